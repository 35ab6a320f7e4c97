//! One statement, four files: read back, their figures are the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

mod common;

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use common::table_rows;
use documents::{Statement, to_csv, to_docx, to_json, to_xlsx};
use language::{Language, parse_count};

/// Declared and measured figures: of each row, then of each unit.
type Figures = Vec<(String, Vec<Option<i64>>)>;

fn of_model(statement: &Statement) -> Figures {
    let rows =
        statement.rows.iter().map(|row| (row.label.clone(), vec![row.declared, row.measured]));
    let units = statement.roll_up.iter().flat_map(|it| &it.units).map(|unit| {
        let figures = unit.figures.iter().flat_map(|it| [it.declared, it.measured]);
        (unit.name.clone(), figures.collect())
    });
    rows.chain(units).collect()
}

fn of_docx(statement: &Statement) -> Figures {
    let count = |text: &str| parse_count(text).unwrap();
    let figures = |cell: &str| {
        // `5 (4)`: measured in brackets where it differs.
        let (declared, measured) = match cell.split_once('(') {
            Some((declared, rest)) => (declared, rest.trim_end_matches(')')),
            None => (cell, cell),
        };
        [count(declared), count(measured)]
    };
    let rows = table_rows(&to_docx(statement).unwrap());
    let is_number = |text: &str| matches!(parse_count(text), Ok(Some(_)));
    let rows = rows.into_iter().filter(|row| is_number(&row[0]));
    let mut found = Figures::new();
    for row in rows.take(of_model(statement).len()) {
        match row.as_slice() {
            // The form: TT, Nội dung, Số lượng, Hệ thống ghi nhận, Ghi chú.
            [_, label, declared, measured, _] if found.len() < statement.rows.len() => {
                found.push((label.clone(), vec![count(declared), count(measured)]));
            }
            // A unit: TT, Đơn vị, Trạng thái, a figure for each row.
            [_, name, _, cells @ ..] if cells.len() == statement.rows.len() => {
                found.push((name.clone(), cells.iter().flat_map(|it| figures(it)).collect()));
            }
            _ => {}
        }
    }
    found
}

fn of_xlsx(statement: &Statement) -> Figures {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(to_xlsx(statement).unwrap())).unwrap();
    let number = |cell: &Data| match cell {
        Data::Empty => None,
        #[expect(clippy::cast_possible_truncation, reason = "test figures are small")]
        Data::Float(value) => Some(*value as i64),
        Data::Int(value) => Some(*value),
        other => panic!("not a number: {other:?}"),
    };
    let mut found = Figures::new();
    let figures = book.worksheet_range_at(0).unwrap().unwrap();
    for row in figures.rows().skip_while(|row| row[0] != Data::String("TT".into())).skip(1) {
        found.push((row[1].to_string(), vec![number(&row[2]), number(&row[4])]));
    }
    let units = book.worksheet_range_at(1).unwrap().unwrap();
    for row in units.rows().skip_while(|row| row[0] != Data::String("TT".into())).skip(1) {
        found.push((row[2].to_string(), row[4..].iter().map(number).collect()));
    }
    found
}

fn of_csv(statement: &Statement) -> Figures {
    let bytes = to_csv(statement);
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark for spreadsheets");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .has_headers(false)
        .from_reader(text);
    let number = |text: &str| (!text.is_empty()).then(|| text.parse::<i64>().unwrap());
    let mut found = Figures::new();
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    let first = records.iter().position(|it| &it[0] == "TT").unwrap() + 1;
    let units = records.iter().position(|it| &it[0] == "Mã đơn vị").unwrap() + 1;
    for record in &records[first..first + statement.rows.len()] {
        found.push((record[1].to_owned(), vec![number(&record[2]), number(&record[4])]));
    }
    for record in &records[units..] {
        found.push((record[1].to_owned(), record.iter().skip(3).map(number).collect()));
    }
    found
}

fn of_json(statement: &Statement) -> Figures {
    let json = to_json(statement);
    let mut found = Figures::new();
    for row in json["Rows"].as_array().unwrap() {
        let figures = vec![row["Declared"].as_i64(), row["Measured"].as_i64()];
        found.push((row["Label"].as_str().unwrap().to_owned(), figures));
    }
    for unit in json["RollUp"]["Units"].as_array().unwrap() {
        let rows = unit["Rows"].as_array().unwrap().iter();
        let figures = rows.flat_map(|it| [it["Declared"].as_i64(), it["Measured"].as_i64()]);
        found.push((unit["OrganName"].as_str().unwrap().to_owned(), figures.collect()));
    }
    found
}

#[test]
fn docx_xlsx_csv_and_json_say_the_same() {
    let mut statement = Statement::example_roll_up();
    // Large, 0 and blank: each is itself in every format.
    let units = &mut statement.roll_up.as_mut().unwrap().units;
    units[0].figures[0].declared = Some(1_234_567);
    units[1].figures[1] = documents::Figure { declared: Some(0), measured: Some(0) };
    statement.rows[0].declared = Some(12_345_678);
    let expected = of_model(&statement);
    assert_eq!(expected.len(), 22);
    assert_eq!(of_docx(&statement), expected, "DOCX");
    assert_eq!(of_xlsx(&statement), expected, "XLSX");
    assert_eq!(of_csv(&statement), expected, "CSV");
    assert_eq!(of_json(&statement), expected, "JSON");
}

#[test]
fn nothing_typed_becomes_a_formula() {
    let mut statement = Statement::example();
    statement.issuer = "=HYPERLINK(\"http://evil.example\")".to_owned();
    for (row, note) in statement.rows.iter_mut().zip(["=1+1", "@SUM(A1)"]) {
        note.clone_into(&mut row.note);
        "-2+3".clone_into(&mut row.reason);
    }
    let csv = String::from_utf8(to_csv(&statement)).unwrap();
    for expected in [";'=1+1;", ";'@SUM(A1);", ";'-2+3"] {
        assert!(csv.contains(expected), "{expected}\n{csv}");
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(to_xlsx(&statement).unwrap())).unwrap();
    let names = book.sheet_names();
    for name in names {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{name}");
    }
}

#[test]
fn headings_follow_the_language_and_figures_do_not() {
    let mut statement = Statement::example_roll_up();
    let vi = to_csv(&statement);
    statement.language = Language::En;
    let en = String::from_utf8(to_csv(&statement)).unwrap();
    assert!(en.contains(";Number (declared);") && en.contains("Row 1 – measured"));
    let digits = |text: &str| text.matches(|c: char| c.is_ascii_digit()).collect::<String>();
    assert_eq!(digits(&en), digits(&String::from_utf8(vi).unwrap()));
    assert!(to_xlsx(&statement).is_ok());
}
