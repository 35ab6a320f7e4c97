//! A plain table as CSV or XLSX: a template to fill in, a list to take along.

use csv::WriterBuilder;
use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook};

use crate::DocumentError;
use crate::text::{clean, csv_safe};

/// A header and rows of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Name of the sheet in a workbook.
    pub name: String,
    /// Header, one text a column.
    pub header: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// CSV as [`crate::to_csv`] writes it: byte order mark, `;`, no formulas.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            // Writing to memory does not fail.
            drop(writer.write_record(row.iter().map(|it| csv_safe(it))));
        }
        let mut bytes = b"\xef\xbb\xbf".to_vec();
        bytes.extend(writer.into_inner().unwrap_or_default());
        bytes
    }

    /// XLSX whose cells are all text, so that codes keep their leading zeros.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, DocumentError> {
        let mut workbook = Workbook::new();
        let head = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0x00E2_F0F5))
            .set_border_bottom(FormatBorder::Thin);
        let text = Format::new().set_num_format("@");
        let sheet = workbook.add_worksheet();
        sheet.set_name(clean(&self.name))?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, name) in (0_u16..).zip(&self.header) {
            sheet.set_column_format(column, &text)?;
            sheet.write_string_with_format(0, column, clean(name), &head)?;
            let longest = self.rows.iter().filter_map(|row| row.get(usize::from(column)));
            let longest = longest.chain([name]).map(|it| it.chars().count()).max().unwrap_or(0);
            let width = u16::try_from(longest.clamp(8, 50) + 2).unwrap_or(52);
            sheet.set_column_width(column, f64::from(width))?;
        }
        for (at, row) in (1_u32..).zip(&self.rows) {
            for (column, value) in (0_u16..).zip(row) {
                sheet.write_string_with_format(at, column, clean(value), &text)?;
            }
        }
        Ok(workbook.save_to_buffer()?)
    }
}
