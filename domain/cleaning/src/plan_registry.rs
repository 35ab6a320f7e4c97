//! Changes of the registry that take out what starts a found file.

use artifacts::{Autostart, Holds, Place, RegistryValue, Remover, Source};

use crate::change::{Change, Value};
use crate::encoding::Bytes;

/// `Start` of a service that is never started.
const SWITCHED_OFF: u32 = 4;
/// Types of values, as Windows numbers them.
const REG_SZ: u32 = 1;
const REG_EXPAND_SZ: u32 = 2;
const REG_DWORD: u32 = 4;
const REG_MULTI_SZ: u32 = 7;

/// The key of a service, from the key of one of its entries.
pub fn service_key(key: &str) -> &str {
    key.strip_suffix("\\Parameters").unwrap_or(key)
}

/// The change that takes an entry out of a live registry; `None` where a person has to do it.
/// `known` gives what stands in a value now.
pub(crate) fn registry_change(
    entry: &Autostart,
    key: &str,
    name: &str,
    known: impl Fn(&str, &str) -> Option<Value>,
) -> Option<Change> {
    let set = |key: &str, name: &str, was: Option<Value>, value: Option<Value>| {
        Some(Change::SetValue { key: key.to_owned(), name: name.to_owned(), value, was })
    };
    match entry.place.remover {
        Remover::DeleteKey => Some(Change::DeleteKey { key: key.to_owned() }),
        Remover::DeleteValue => {
            let was = known(key, name)?;
            set(key, name, Some(was), None)
        }
        Remover::DisableService => {
            let service = service_key(key);
            let was = known(service, "Start").filter(|was| was.kind == REG_DWORD)?;
            let off = Value { kind: REG_DWORD, data: Bytes(SWITCHED_OFF.to_le_bytes().to_vec()) };
            set(service, "Start", Some(was), Some(off))
        }
        Remover::TakeFromList => {
            let was = known(key, name)?;
            let left = without(entry.place, &was, &entry.command)?;
            set(key, name, Some(was), Some(left))
        }
        Remover::RestoreValue => {
            let was = known(key, name)?;
            let fresh = entry.place.fresh_text()?;
            // Where the usual entry stands beside the other one, it stays as it is written.
            let left = without(entry.place, &was, &entry.command).filter(|left| !is_empty(left));
            let kind = if was.kind == REG_EXPAND_SZ { REG_EXPAND_SZ } else { REG_SZ };
            let value = left.unwrap_or_else(|| Value { kind, data: text(fresh) });
            set(key, name, Some(was), Some(value))
        }
        _ => None,
    }
}

/// A list without one of its entries, of the same type; `None` where it is no list or has no such
/// entry.
fn without(place: &Place, value: &Value, command: &str) -> Option<Value> {
    let Source::Registry { holds, .. } = place.source else { return None };
    let texts = texts(value);
    let data = match (value.kind, holds) {
        (REG_MULTI_SZ, _) => {
            let is_it = |text: &String| text.split(',').any(|part| part.trim() == command);
            let left: Vec<&String> = texts.iter().filter(|text| !is_it(text)).collect();
            if left.len() == texts.len() {
                return None;
            }
            let all = left.into_iter().flat_map(|text| text.encode_utf16().chain([0])).chain([0]);
            Bytes(all.flat_map(u16::to_le_bytes).collect())
        }
        (REG_SZ | REG_EXPAND_SZ, Holds::List) => {
            let text_now = texts.first()?;
            let parts: Vec<&str> = text_now.split(',').collect();
            let left: Vec<&str> =
                parts.iter().copied().filter(|part| part.trim() != command).collect();
            if left.len() == parts.len() {
                return None;
            }
            text(left.join(",").trim())
        }
        (REG_SZ | REG_EXPAND_SZ, Holds::Words) => text(&without_word(texts.first()?, command)?),
        _ => return None,
    };
    Some(Value { kind: value.kind, data })
}

/// A text without one of its words, which may stand in quotes, and without one separator beside it.
fn without_word(text: &str, word: &str) -> Option<String> {
    let at = text.find(word)?;
    let (before, behind) = (text.get(..at)?, text.get(at + word.len()..)?);
    let quote = before.chars().next_back().filter(|it| "\"'".contains(*it));
    let (before, behind) = match quote {
        Some(quote) => (before.strip_suffix(quote)?, behind.strip_prefix(quote)?),
        None => (before, behind),
    };
    let is_separator = |it: char| it == ' ' || it == ',';
    // In the middle of another word it is not this one.
    let is_alone = before.chars().next_back().is_none_or(is_separator)
        && behind.chars().next().is_none_or(is_separator);
    if !is_alone {
        return None;
    }
    let behind = behind.trim_start_matches(is_separator);
    let before = if behind.is_empty() { before.trim_end_matches(is_separator) } else { before };
    Some(format!("{before}{behind}"))
}

fn texts(value: &Value) -> Vec<String> {
    let (kind, data) = (value.kind, value.data.0.clone());
    RegistryValue { name: String::new(), kind, data }.texts()
}

fn is_empty(value: &Value) -> bool {
    texts(value).iter().all(|text| text.split(',').all(|part| part.trim().is_empty()))
}

/// A text with the zero behind it, as the registry keeps it.
fn text(text: &str) -> Bytes {
    Bytes(text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect())
}

#[cfg(test)]
mod tests {
    use artifacts::{At, HiveName};

    use super::*;

    fn entry(place: &str, command: &str) -> Autostart {
        Autostart {
            place: Place::by_id(place).unwrap(),
            at: At::Registry {
                hive: HiveName::Software,
                owner: None,
                key: String::new(),
                value: String::new(),
            },
            command: command.to_owned(),
            files: Vec::new(),
            is_usual: false,
            is_switched_off: false,
        }
    }

    fn after(place: &str, command: &str, was: &Value) -> Option<(String, Option<Value>)> {
        let known = |_: &str, _: &str| Some(was.clone());
        match registry_change(&entry(place, command), "K\\Parameters", "V", known)? {
            Change::SetValue { key, value, was: expected, .. } => {
                assert_eq!(expected.as_ref(), Some(was));
                Some((key, value))
            }
            Change::DeleteKey { key } => Some((key, None)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_remover_leaves_the_rest_of_the_value() {
        let check = |place: &str, command: &str, kind: u32, was: &str, expected: Option<&str>| {
            let value = |it: &str| Value { kind, data: text(it) };
            let found = after(place, command, &value(was)).map(|(_, it)| it.unwrap());
            assert_eq!(found, expected.map(value), "{place}: {was}");
        };
        check("winlogon-shell", r"C:\b.exe", 1, r"explorer.exe, C:\b.exe", Some("explorer.exe"));
        check("winlogon-shell", r"C:\b.exe", 1, r"C:\b.exe", Some("explorer.exe"));
        check("open-exe", r#"C:\b.exe "%1""#, 1, r#"C:\b.exe "%1""#, Some(r#""%1" %*"#));
        check("appinit-dlls", "b.dll", 1, "a.dll b.dll,c.dll", Some("a.dll c.dll"));
        check("appinit-dlls", "b.dll", 1, "a.dll b.dll", Some("a.dll"));
        check("appinit-dlls", r"C:\x y\b.dll", 2, r#""C:\x y\b.dll" a.dll"#, Some("a.dll"));
        check("appinit-dlls", "b.dll", 1, "ab.dll", None);
        check("lsa-notification", "bad", 7, "scecli\0bad\0", Some("scecli\0"));
        check("lsa-notification", "bad", 7, "scecli\0", None);
        check("time-providers", "b.dll", 1, "b.dll", None);
    }

    #[test]
    fn values_keys_and_services_go_their_own_ways() {
        let run = Value { kind: 2, data: text(r"C:\b.exe") };
        let expected = Some(("K\\Parameters".to_owned(), None));
        assert_eq!(after("run-machine", r"C:\b.exe", &run), expected);
        assert_eq!(after("com-server-user", r"C:\b.exe", &run), expected);
        let start = Value { kind: 4, data: Bytes(vec![2, 0, 0, 0]) };
        let off = Value { kind: 4, data: Bytes(vec![4, 0, 0, 0]) };
        assert_eq!(after("service-dll", r"C:\b.dll", &start), Some(("K".to_owned(), Some(off))));
        // What is no service has no `Start`.
        assert_eq!(after("service-image", r"C:\b.exe", &run), None);
    }
}
