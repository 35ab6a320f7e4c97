//! Undoing the spellings that keep a malicious address from being clicked.

use std::borrow::Cow;

/// Every spelling seen in real lists and letters, with what it stands for. Longer ones first where
/// one begins another.
const SPELLINGS: [(&str, &str); 18] = [
    ("[://]", "://"),
    ("[:]//", "://"),
    ("[:]", ":"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[,]", "."),
    ("[/]", "/"),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("\\.", "."),
    ("[www]", "www"),
    ("[http]", "http"),
    ("[https]", "https"),
];

/// The text without its disguise: `hxxps[://]evil[.]example` gives `https://evil.example`.
///
/// Invisible characters that travel with copied text (byte order mark, no-break and zero-width
/// spaces, direction marks) are dropped, surrounding quotes and white space too. Nothing else is
/// changed, nothing is invented.
pub fn refang(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c) || is_quote(c));
    let is_plain = !trimmed.contains(['[', '(', '{', '\\'])
        && !trimmed.chars().any(is_invisible)
        && !starts_disguised(trimmed);
    if is_plain {
        return Cow::Borrowed(trimmed);
    }
    let mut plain: String = trimmed.chars().filter(|c| !is_invisible(*c)).collect();
    for (spelling, meaning) in SPELLINGS {
        plain = replace_ignoring_case(&plain, spelling, meaning);
    }
    if starts_disguised(&plain)
        && let Some(rest) = plain.get(4..)
    {
        plain = format!("http{rest}");
    }
    Cow::Owned(plain)
}

/// `hxxp`, `hXXp`, `h**p`, `meow`: what stands in place of `http`.
fn starts_disguised(text: &str) -> bool {
    let Some(start) = text.get(..4) else { return false };
    let is_scheme = text.get(4..).is_some_and(|rest| {
        let rest = rest.strip_prefix(['s', 'S']).unwrap_or(rest);
        rest.starts_with(':') || rest.starts_with('[')
    });
    is_scheme && ["hxxp", "h**p", "htxp", "httx"].iter().any(|it| start.eq_ignore_ascii_case(it))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{ad}')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | '<' | '>')
}

fn replace_ignoring_case(text: &str, spelling: &str, meaning: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.get(..spelling.len()).is_some_and(|it| it.eq_ignore_ascii_case(spelling)) {
            result.push_str(meaning);
            rest = rest.get(spelling.len()..).unwrap_or_default();
        } else {
            result.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_undone_and_nothing_is_invented() {
        let check = |text: &str, expected: &str| assert_eq!(refang(text), expected, "{text}");
        check("evil.example", "evil.example");
        check("evil[.]example", "evil.example");
        check("evil(.)sub{.}example", "evil.sub.example");
        check("x(.)y[dot]test(DOT)example", "x.y.test.example");
        check("hxxp://evil[.]example/a", "http://evil.example/a");
        check("hXXps[://]evil[.]example", "https://evil.example");
        check("hxxps[:]//evil[.]example", "https://evil.example");
        check("192[.]0[.]2[.]1[:]8080", "192.0.2.1:8080");
        check("2001:db8[:]1::5", "2001:db8:1::5");
        check("  \u{feff}evil.example\u{a0}\u{200e} ", "evil.example");
        check("\"evil.example\"", "evil.example");
        check("evil\\.example", "evil.example");
        check("hxxp.evil.example", "hxxp.evil.example");
        check("[2001:db8::1]:443", "[2001:db8::1]:443");
        check("192.0.2.0/24", "192.0.2.0/24");
    }
}
