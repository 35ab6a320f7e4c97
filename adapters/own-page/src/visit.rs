//! What a browser asks for.

use std::io::Read as _;

use tiny_http::{Method, Request};

/// Bytes of a form that are read.
const LONGEST_FORM: u64 = 64 << 10;

/// A visit of the person in front of the computer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// Which page: what stands behind the first address, without a question mark and what follows.
    pub path: String,
    /// Whether a button was pressed; else nothing may change.
    pub is_press: bool,
    /// What was typed and chosen.
    fields: Vec<(String, String)>,
}

impl Visit {
    /// What was typed or chosen in a field; empty when nothing was.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|it| it.0 == name).map(|it| it.1.as_str()).unwrap_or_default()
    }

    /// Reads a request whose page stands behind so many bytes; `None` for what no browser sends.
    pub(crate) fn read(request: &mut Request, skipped: usize) -> Option<Self> {
        let below = request.url().get(skipped..)?;
        let (path, query) = below.split_once('?').unwrap_or((below, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        let is_press = match request.method() {
            Method::Get | Method::Head => false,
            Method::Post => true,
            _ => return None,
        };
        let mut form = query.into_bytes();
        if is_press {
            form.clear();
            request.as_reader().take(LONGEST_FORM + 1).read_to_end(&mut form).ok()?;
            if form.len() as u64 > LONGEST_FORM {
                return None;
            }
        }
        Some(Self { path, is_press, fields: form_urlencoded::parse(&form).into_owned().collect() })
    }
}
