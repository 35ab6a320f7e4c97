//! The members of nested JSON records, cut without decoding: a table says which are read.

use crate::json;
use crate::layouts::{Layouts, before};
use crate::scan::{Style, find_soon};

/// Which members of a record are read.
pub(crate) trait Table {
    /// An object of the record, by its meaning.
    type Place: Copy;
    /// What is read.
    type Field: Copy;

    /// The record itself.
    const TOP: Self::Place;

    /// What is done with a member of an object. `opening` is the brace or bracket that its value begins
    /// with, 0 where it begins with none. Members whose keys are longer than 13 bytes are passed over.
    fn member(place: Self::Place, key: &[u8], opening: u8) -> Member<Self::Place, Self::Field>;
}

/// What is done with a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Member<P, F> {
    /// Nothing.
    Other,
    /// Its value is read, without its quotes, braces or brackets.
    Value(F),
    /// It is an object, which is walked into.
    Object(P),
    /// It is an object, or an array of them at any depth, which are walked into.
    Objects(P),
}

/// How deep objects and arrays that are walked into stand within each other at most.
const DEPTH: u32 = 8;

/// Calls `set` with the values of a record, in order; `false` when it is none.
#[inline]
pub(crate) fn read<'l, T: Table>(
    layouts: &mut Layouts<T::Field>,
    line: &'l [u8],
    mut set: impl FnMut(T::Field, &'l [u8]),
) -> bool {
    let places = layouts.places(line, Style::Tree, |marks, places| {
        let mut walk = Walk { line, marks, places };
        walk.opening(0).is_some_and(|it| it == b'{') && walk.object::<T>(T::TOP, 0, DEPTH).is_some()
    });
    let Some(places) = places else {
        return walk_text::<T>(line, T::TOP, &mut set, DEPTH).is_some();
    };
    for (field, from, to) in places {
        set(field, line.get(from + 1..to).map(value).unwrap_or_default());
    }
    true
}

/// The value at the start of what stands between two marks.
#[inline]
fn value(text: &[u8]) -> &[u8] {
    let is_blank = text.first().is_some_and(u8::is_ascii_whitespace);
    let text = if is_blank { text.trim_ascii_start() } else { text };
    match text.first() {
        Some(b'"') => {
            let inner = text.get(1..).unwrap_or_default();
            json::string_end(inner).and_then(|end| inner.get(..end)).unwrap_or_default()
        }
        Some(b'{' | b'[') => text.get(1..).unwrap_or_default(),
        _ => find_soon(text, b',').and_then(|end| text.get(..end)).unwrap_or(text).trim_ascii_end(),
    }
}

/// A walk from mark to mark.
struct Walk<'w, 'l, F> {
    line: &'l [u8],
    marks: &'w [u32],
    places: &'w mut Vec<(F, u32, u32)>,
}

impl<F: Copy> Walk<'_, '_, F> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.line.get(*self.marks.get(at)? as usize).copied()
    }

    /// The brace or bracket that opens at a mark with nothing but space before it from the mark before;
    /// 0 where there is none.
    fn opening(&self, at: usize) -> Option<u8> {
        let byte = self.byte(at).filter(|byte| matches!(byte, b'{' | b'['));
        let Some(byte) = byte else { return Some(0) };
        let from = match at.checked_sub(1) {
            Some(before) => *self.marks.get(before)? as usize + 1,
            None => 0,
        };
        let gap = self.line.get(from..*self.marks.get(at)? as usize)?;
        // Only what stands right there is a part of what is compared.
        gap.is_empty().then_some(byte)
    }

    /// Walks through the object that opens at a mark; the mark behind it.
    fn object<T: Table<Field = F>>(
        &mut self,
        place: T::Place,
        open: usize,
        depth: u32,
    ) -> Option<usize> {
        let depth = depth.checked_sub(1)?;
        let mut at = open + 1;
        loop {
            match self.byte(at)? {
                b'}' => return Some(at + 1),
                b':' => {}
                _ => return None,
            }
            let next = *self.marks.get(at - 1)? as usize + 1;
            let key = before(self.line, Style::Tree, next, *self.marks.get(at)? as usize).key?;
            let opening = self.opening(at + 1)?;
            at = match T::member(place, key, opening) {
                Member::Other => self.behind(at + 1, opening)?,
                Member::Value(field) => {
                    let behind = self.behind(at + 1, opening)?;
                    // What has no brace or bracket ends before the next mark, the other at its own.
                    let end = if opening == 0 { behind } else { behind - 1 };
                    self.places.push((field, u32::try_from(at).ok()?, u32::try_from(end).ok()?));
                    behind
                }
                Member::Object(place) if opening == b'{' => {
                    self.object::<T>(place, at + 1, depth)?
                }
                Member::Objects(place) if opening != 0 => {
                    self.objects::<T>(place, at + 1, depth)?
                }
                Member::Object(_) | Member::Objects(_) => return None,
            };
        }
    }

    /// Walks through the object, or the array of objects, that opens at a mark; the mark behind it.
    fn objects<T: Table<Field = F>>(
        &mut self,
        place: T::Place,
        open: usize,
        depth: u32,
    ) -> Option<usize> {
        if self.byte(open)? == b'{' {
            return self.object::<T>(place, open, depth);
        }
        let depth = depth.checked_sub(1)?;
        let mut at = open + 1;
        loop {
            at = match self.byte(at)? {
                b']' => return Some(at + 1),
                b'{' | b'[' => self.objects::<T>(place, at, depth)?,
                _ => return None,
            };
        }
    }

    /// The mark behind a value.
    fn behind(&self, mut at: usize, opening: u8) -> Option<usize> {
        let mut depth = u32::from(opening != 0);
        while depth > 0 {
            at += 1;
            match self.byte(at)? {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
        }
        Some(at + usize::from(opening != 0))
    }
}

/// Walks through the text of an object value by value, for what cannot be walked through by marks.
#[cold]
fn walk_text<'l, T: Table>(
    text: &'l [u8],
    place: T::Place,
    set: &mut dyn FnMut(T::Field, &'l [u8]),
    depth: u32,
) -> Option<&'l [u8]> {
    let depth = depth.checked_sub(1)?;
    json::object(text, |key, rest| {
        let opening = rest.first().copied().filter(|it| matches!(it, b'{' | b'[')).unwrap_or(0);
        match T::member(place, key, opening) {
            Member::Other => json::value(rest).map(|(_, rest)| rest),
            Member::Value(field) => {
                let (value, rest) = json::value(rest)?;
                set(field, value);
                Some(rest)
            }
            Member::Object(place) => walk_text::<T>(rest, place, set, depth),
            Member::Objects(place) => walk_texts::<T>(rest, place, set, depth),
        }
    })
}

/// As [`walk_text`], through an object or an array of them.
fn walk_texts<'l, T: Table>(
    text: &'l [u8],
    place: T::Place,
    set: &mut dyn FnMut(T::Field, &'l [u8]),
    depth: u32,
) -> Option<&'l [u8]> {
    if !text.starts_with(b"[") {
        return walk_text::<T>(text, place, set, depth);
    }
    let depth = depth.checked_sub(1)?;
    json::array(text, |rest| walk_texts::<T>(rest, place, set, depth))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads `a` and `list` wherever they stand in what is walked into.
    struct Chosen;

    impl Table for Chosen {
        type Place = u8;
        type Field = (u8, u8);

        const TOP: u8 = 0;

        fn member(place: u8, key: &[u8], opening: u8) -> Member<u8, (u8, u8)> {
            match key {
                b"a" => Member::Value((place, b'a')),
                b"list" if opening == b'[' => Member::Value((place, b'l')),
                b"in" if opening == b'{' => Member::Object(place + 1),
                b"all" if opening != 0 => Member::Objects(place + 1),
                _ => Member::Other,
            }
        }
    }

    type Values = Vec<((u8, u8), Vec<u8>)>;

    fn by_marks(layouts: &mut Layouts<(u8, u8)>, line: &str) -> Option<Values> {
        let mut values = Vec::new();
        let is_whole = read::<Chosen>(layouts, line.as_bytes(), |field, value| {
            values.push((field, value.to_vec()));
        });
        is_whole.then_some(values)
    }

    fn by_text(line: &str) -> Option<Values> {
        let mut values = Vec::new();
        let mut set = |field, value: &[u8]| values.push((field, value.to_vec()));
        let rest = walk_text::<Chosen>(line.as_bytes(), 0, &mut set, DEPTH);
        rest.is_some().then_some(values)
    }

    fn joined(parts: &[String], [open, close]: [&str; 2]) -> String {
        format!("{open}{}{close}", parts.join(","))
    }

    /// A record as programs write it, what stands in strings with anything in it.
    fn record() -> impl Strategy<Value = String> {
        let string = "\"([a:,{}\\[\\] ]|\\\\\"|\\\\\\\\){0,4}\"";
        let leaf = prop_oneof![string, "-?[0-9]{1,9}", Just("null".to_owned())];
        let key =
            prop::sample::select(vec!["a", "list", "in", "all", "b", "\\\"a", "averyverylongkey"]);
        let member = move |value: BoxedStrategy<String>| {
            (key.clone(), value).prop_map(|(key, value)| format!("\"{key}\":{value}"))
        };
        let object = move |value: BoxedStrategy<String>| {
            prop::collection::vec(member(value), 0..6).prop_map(|it| joined(&it, ["{", "}"]))
        };
        let inner = object.clone();
        let value = leaf.prop_recursive(3, 24, 4, move |value| {
            let array = prop::collection::vec(value.clone(), 0..4);
            prop_oneof![array.prop_map(|it| joined(&it, ["[", "]"])), inner(value.boxed())]
        });
        object(value.boxed())
    }

    /// The `a` of `\"a` is a key to marks: no program writes such a key.
    fn is_odd(record: &str) -> bool {
        record.contains("\"\\\"a\":")
    }

    proptest! {
        #[test]
        fn marks_and_text_give_the_same(records in prop::collection::vec(record(), 1..5)) {
            let mut layouts = Layouts::default();
            // The second time around, every record is built as one before it.
            for record in records.iter().chain(&records).filter(|it| !is_odd(it)) {
                let found = by_marks(&mut layouts, record);
                // An array of objects that holds something else is no such array to the text.
                if let (Some(found), Some(expected)) = (&found, by_text(record)) {
                    prop_assert_eq!(found, &expected, "{}", record);
                }
                prop_assert!(found.is_some() || by_text(record).is_none(), "{}", record);
            }
        }

        #[test]
        fn lines_before_change_nothing(
            records in prop::collection::vec(record(), 1..5),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 5),
        ) {
            let mut layouts = Layouts::default();
            for (record, cut) in records.iter().zip(cuts) {
                let cut = record.get(..cut.index(record.len())).unwrap();
                for line in [record, cut, record] {
                    let alone = by_marks(&mut Layouts::default(), line);
                    prop_assert_eq!(by_marks(&mut layouts, line), alone, "{}", line);
                }
            }
        }
    }

    #[test]
    fn blanks_before_a_colon_hide_no_key() {
        let blanks = " ".repeat(20);
        let mut layouts = Layouts::default();
        let mut found = Vec::new();
        for key in ["zzz", "a", "list"] {
            let line = format!("{{\"bbbbbbb\":1,\"{key}\"{blanks}:\t[1]}}");
            found.push(by_marks(&mut layouts, &line).unwrap().len());
        }
        assert_eq!(found, [0, 1, 1]);
    }

    #[test]
    fn spaces_change_nothing() {
        let line = r#" { "a" : 1 , "in" : { "a" : "x" , "b" : [ 1 ] } , "list" : [ "y" ] }"#;
        let expected = [((0, b'a'), &b"1"[..]), ((1, b'a'), b"x"), ((0, b'l'), b" \"y\" ")];
        let mut layouts = Layouts::default();
        for _ in 0..2 {
            let found = by_marks(&mut layouts, line).unwrap();
            let found: Vec<_> =
                found.iter().map(|(field, value)| (*field, value.as_slice())).collect();
            assert_eq!(found, expected);
        }
    }
}
