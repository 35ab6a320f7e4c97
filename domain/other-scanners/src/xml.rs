//! XML as a stream of elements, under limits.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::ReadError;

/// Elements inside one another.
const DEEPEST: usize = 64;
/// Bytes kept of one value.
const LONGEST_VALUE: usize = 64 << 10;

/// What a reader of elements is told.
pub(crate) trait Elements {
    /// An element begins; its name is the last of the path.
    fn begin(&mut self, path: &[String], attributes: &[(String, String)]);
    /// It ends, and this was its text.
    fn end(&mut self, path: &[String], text: &str);
}

/// Reads a document. What was told before an error stays told.
pub(crate) fn walk(text: &str, elements: &mut impl Elements) -> Result<(), ReadError> {
    let damaged = |what: String| ReadError::Damaged(what);
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    loop {
        match reader.read_event().map_err(|error| damaged(error.to_string()))? {
            Event::Start(start) => {
                if path.len() == DEEPEST {
                    return Err(damaged("elements stand too deep in one another".to_owned()));
                }
                path.push(start.local_name().as_ref().to_owned());
                elements.begin(&path, &attributes(&start));
                value.clear();
            }
            Event::Empty(start) => {
                path.push(start.local_name().as_ref().to_owned());
                elements.begin(&path, &attributes(&start));
                elements.end(&path, "");
                path.pop();
                value.clear();
            }
            Event::Text(text) => push(&mut value, &text),
            Event::CData(data) => push(&mut value, &data),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => quick_xml::escape::resolve_predefined_entity(&reference)
                        .map_or_else(String::new, str::to_owned),
                };
                push(&mut value, &resolved);
            }
            Event::End(_) => {
                elements.end(&path, value.trim());
                value.clear();
                path.pop();
            }
            Event::Eof if path.is_empty() => return Ok(()),
            Event::Eof => return Err(damaged("it ends early".to_owned())),
            _ => {}
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    const MOST: usize = 32;
    let mut list = start.attributes();
    let list = list.with_checks(false).filter_map(Result::ok).take(MOST);
    let pair = |it: quick_xml::events::attributes::Attribute<'_>| {
        let value = it
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default();
        (it.key.local_name().as_ref().to_owned(), value)
    };
    list.map(pair).collect()
}

fn push(value: &mut String, piece: &str) {
    let room = LONGEST_VALUE.saturating_sub(value.len());
    value.extend(piece.chars().take(room));
}
