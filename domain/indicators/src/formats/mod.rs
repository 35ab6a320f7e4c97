//! One module a list format, and which one a list is.

pub mod csv;
pub mod hosts;
pub mod plain;

/// A format of indicator lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListFormat {
    /// One value a line, with comments.
    Plain,
    /// CSV with a header.
    Csv,
    /// A hosts file.
    Hosts,
}

impl ListFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Csv, Self::Hosts];

    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Csv => "csv",
            Self::Hosts => "hosts",
        }
    }
}

/// The format of a list, from its first lines.
///
/// CSV when the first line that is no comment has several columns or is a known header alone;
/// hosts when most lines are an address of this machine with a name behind it; plain otherwise.
pub fn detect(sample: &[u8]) -> ListFormat {
    let text = String::from_utf8_lossy(sample);
    let mut lines =
        text.lines().map(str::trim).filter(|line| !is_comment(line)).take(50).peekable();
    if lines.peek().is_some_and(|first| csv::is_header(first)) {
        return ListFormat::Csv;
    }
    let (mut hosts, mut others) = (0, 0);
    for line in lines {
        if hosts::is_entry(line) {
            hosts += 1;
        } else {
            others += 1;
        }
    }
    if hosts > others { ListFormat::Hosts } else { ListFormat::Plain }
}

/// Whether a line is empty or a comment in any of the formats.
pub(crate) fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with(['#', ';', '!']) || line.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart_by_their_first_lines() {
        let check = |text: &str, expected| assert_eq!(detect(text.as_bytes()), expected, "{text}");
        check("", ListFormat::Plain);
        check("evil.example\n192.0.2.1\n", ListFormat::Plain);
        check("# x\n192.0.2.1\t9\n192.0.2.2\t8\n", ListFormat::Plain);
        check("indicator,family\nevil.example,x\n", ListFormat::Csv);
        check("value\nevil.example\n", ListFormat::Csv);
        check("Địa chỉ;Loại\nevil.example;domain\n", ListFormat::Csv);
        check("id,name,colour\n1,2,3\n", ListFormat::Csv);
        check("127.0.0.1 localhost\n0.0.0.0 evil.example\n", ListFormat::Hosts);
    }
}
