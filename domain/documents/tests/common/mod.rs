//! Reads a DOCX without the library that wrote it: the archive and its XML.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::fmt::Write;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// One member of the archive, as text.
pub(crate) fn member(docx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What a reader sees, one paragraph a line with how it is set, cells between bars.
pub(crate) fn outline(docx: &[u8]) -> String {
    let xml = member(docx, "word/document.xml");
    let mut reader = Reader::from_str(&xml);
    let mut out = String::new();
    let mut at = Place::default();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => at.open(&tag),
            Event::Empty(tag) => {
                at.open(&tag);
                at.close(tag.local_name().as_ref(), &mut out);
            }
            Event::End(tag) => at.close(tag.local_name().as_ref(), &mut out),
            Event::Text(text) if at.is_text => at.text.push_str(&text),
            Event::GeneralRef(name) if at.is_text => {
                let resolved = quick_xml::escape::resolve_xml_entity(&name).unwrap();
                at.text.push_str(resolved);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    out
}

/// Every row of every table, cell by cell.
pub(crate) fn table_rows(docx: &[u8]) -> Vec<Vec<String>> {
    let outline = outline(docx);
    let rows = outline.lines().filter_map(|line| line.strip_prefix("| "));
    let cells =
        |row: &str| row.strip_suffix(" |").unwrap_or(row).split(" | ").map(str::to_owned).collect();
    rows.map(cells).collect()
}

#[derive(Default)]
struct Place {
    is_text: bool,
    text: String,
    setting: Vec<String>,
    cells: Vec<String>,
    paragraphs: Vec<String>,
    in_table: usize,
    is_head: bool,
}

impl Place {
    fn open(&mut self, tag: &BytesStart) {
        let value = |name: &str| {
            let found = tag.attributes().flatten().find(|it| it.key.as_ref() == name);
            found.map(|it| it.value.into_owned()).unwrap_or_default()
        };
        match tag.local_name().as_ref() {
            "t" => self.is_text = true,
            "br" => self.text.push_str(" / "),
            "tbl" => self.in_table += 1,
            "tblHeader" => self.is_head = true,
            "jc" => self.set(value("w:val")),
            "sz" => self.set(format!("{}", value("w:val").parse::<f32>().unwrap() / 2.0)),
            "b" | "i" => self.set(tag.local_name().as_ref().to_owned()),
            "top" if value("w:val") == "single" && self.in_table == 0 => self.set("rule".into()),
            "top" if value("w:sz") == "6" => self.set("rule".into()),
            "ind" if !value("w:firstLine").is_empty() => self.set("indented".into()),
            "pgSz" => self.set(format!("page {}x{}", value("w:w"), value("w:h"))),
            "pgMar" => {
                let sides = ["w:top", "w:right", "w:bottom", "w:left"].map(value);
                self.set(format!("margins {}", sides.join(" ")));
            }
            "pgNumType" => self.set(format!("from page {}", value("w:start"))),
            "titlePg" => self.set("own first header".into()),
            _ => {}
        }
    }

    fn set(&mut self, setting: String) {
        if !self.setting.contains(&setting) {
            self.setting.push(setting);
        }
    }

    fn close(&mut self, tag: &str, out: &mut String) {
        match tag {
            "t" => self.is_text = false,
            "p" => {
                let text = std::mem::take(&mut self.text);
                let setting = std::mem::take(&mut self.setting).join(" ");
                if self.in_table > 0 {
                    let text = text.trim().to_owned();
                    let is_rule = setting.contains("rule");
                    if !text.is_empty() || is_rule {
                        self.paragraphs.push(if is_rule { "———".to_owned() } else { text });
                    }
                } else {
                    writeln!(out, "[{setting}] {text}").unwrap();
                }
            }
            "tc" => self.cells.push(std::mem::take(&mut self.paragraphs).join(" // ")),
            "tr" => {
                let mark = if std::mem::take(&mut self.is_head) { " (head)" } else { "" };
                writeln!(out, "| {} |{mark}", std::mem::take(&mut self.cells).join(" | ")).unwrap();
            }
            "tbl" => self.in_table -= 1,
            "sectPr" if self.in_table == 0 => {
                let setting = std::mem::take(&mut self.setting).join(", ");
                writeln!(out, "=== {setting}").unwrap();
            }
            _ => {}
        }
    }
}
