//! How lines with keys are built: a program writes few kinds of lines, and most have the same keys in the
//! same order as one before. What each key means is then not looked up anew.
//!
//! What is told of a line is the same whichever lines came before it.

use wide::u8x16;

use crate::scan::{Marks, Style, find_back};

/// The most layouts that are kept; what further ones hold is looked up line by line.
const MOST: usize = 64;
/// Bytes up to a mark that are compared.
const COMPARED: usize = 16;
/// Bytes that are compared whole, at most.
const LONGEST_HEAD: usize = 4 << 10;
/// Bytes in which the priority of a syslog header may end.
const PRIORITY: usize = 6;

/// The layouts of the lines so far.
#[derive(Clone, Debug)]
pub(crate) struct Layouts<F> {
    marks: Marks,
    known: Vec<Layout<F>>,
    /// Which of them a line with so many marks had last.
    recent: [u8; MOST],
    /// Of a line that is built like none of them.
    other: Vec<Place<F>>,
}

/// A field, the mark behind its key, and one that its value ends before.
type Place<F> = (F, u32, u32);

/// The marks of a line, as far as they tell its keys.
#[derive(Clone, Debug)]
struct Layout<F> {
    /// What the lines start with: to the last of the marks before which too few bytes stand.
    head: Box<[u8]>,
    /// How many marks the head holds.
    head_marks: usize,
    /// The other marks.
    marks: Box<[MarkText]>,
    /// What is read.
    places: Box<[Place<F>]>,
}

/// The last bytes up to a mark, from the byte before its key on, as far as they are compared.
#[derive(Clone, Copy, Debug)]
struct MarkText {
    text: u8x16,
    mask: u8x16,
}

/// The fields of a line: each with where the mark behind its key stands, and the one it ends before.
pub(crate) struct Places<'p, F> {
    marks: &'p [u32],
    /// Of the line.
    end: usize,
    rest: std::slice::Iter<'p, Place<F>>,
}

impl<F: Copy> Iterator for Places<'_, F> {
    type Item = (F, usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (field, from, to) = *self.rest.next()?;
        let mark = |at: u32| self.marks.get(at as usize).map_or(self.end, |it| *it as usize);
        Some((field, mark(from), mark(to)))
    }
}

/// What stands before a mark.
pub(crate) struct Before<'l> {
    /// Where the text begins that tells.
    from: usize,
    /// The key that the mark ends, if it ends one.
    pub(crate) key: Option<&'l [u8]>,
}

impl<F> Default for Layouts<F> {
    fn default() -> Self {
        Self { marks: Marks::default(), known: Vec::new(), recent: [0; MOST], other: Vec::new() }
    }
}

impl<F: Copy> Layouts<F> {
    /// The fields of a line, in order. `field` tells those that are read by their keys. `None` where the line is to be read
    /// in another way: see [`Marks::find`].
    #[inline]
    pub(crate) fn keys(
        &mut self,
        line: &[u8],
        style: Style,
        field: impl Fn(&[u8]) -> Option<F>,
    ) -> Option<Places<'_, F>> {
        self.places(line, style, |marks, places| {
            let mut next = 0;
            for (at, mark) in (0..).zip(marks) {
                let mark = *mark as usize;
                let found = before(line, style, next, mark).key.and_then(&field);
                places.extend(found.map(|it| (it, at, at + 1)));
                next = mark + 1;
            }
            true
        })
    }

    /// As [`Self::keys`]; `look_up` finds the fields of a line by its marks, and says whether the line can
    /// be read so. It must look at nothing but keys, of which it may tell those from each other that
    /// have up to 13 bytes, and at which bytes the marks are.
    #[inline]
    pub(crate) fn places(
        &mut self,
        line: &[u8],
        style: Style,
        look_up: impl FnOnce(&[u32], &mut Vec<Place<F>>) -> bool,
    ) -> Option<Places<'_, F>> {
        if !self.marks.find(line, style) {
            return None;
        }
        let marks = self.marks.as_slice();
        let recent = self.recent.get_mut(marks.len() % MOST)?;
        let is_built_so =
            |at: &u8| self.known.get(usize::from(*at)).is_some_and(|it| it.fits(line, marks));
        let known = if is_built_so(recent) {
            Some(*recent)
        } else {
            (0..=u8::MAX).take(self.known.len()).find(is_built_so)
        };
        let places = if let Some(at) = known {
            *recent = at;
            self.known.get(usize::from(at)).map_or(&[][..], |it| &it.places)
        } else {
            self.other.clear();
            if !look_up(marks, &mut self.other) {
                return None;
            }
            if self.known.len() < MOST {
                self.known.extend(Layout::of(line, style, marks, &self.other));
            }
            &self.other
        };
        Some(Places { marks, end: line.len(), rest: places.iter() })
    }
}

/// What stands before a mark, where the one before it stands before `next`.
#[inline]
pub(crate) fn before(line: &[u8], style: Style, next: usize, mark: usize) -> Before<'_> {
    let head = line.get(..mark).unwrap_or_default();
    match style {
        Style::Equals => match find_back(head.get(next..).unwrap_or_default(), [b' ', b'>']) {
            Some(from) => {
                let from = next + from;
                // Only the priority of a syslog header ends in `>`; other such text is a value's.
                let is_key = from < PRIORITY || head.get(from) == Some(&b' ');
                Before { from, key: head.get(from + 1..).filter(|_| is_key) }
            }
            _ if next == 0 => Before { from: 0, key: Some(head) },
            // Behind the `=` before it: of a value.
            _ => Before { from: next - 1, key: None },
        },
        Style::Tree if line.get(mark) != Some(&b':') => {
            // Two marks beside each other belong together.
            Before { from: if next == mark { next.saturating_sub(1) } else { mark }, key: None }
        }
        Style::Cells(_) => Before { from: mark, key: None },
        Style::Colons | Style::Tree => {
            let text = head.trim_ascii_end().strip_suffix(b"\"").unwrap_or_default();
            let from = find_back(text, [b'"', b'"']).unwrap_or_default();
            Before { from, key: text.get(from + 1..) }
        }
    }
}

impl<F: Copy> Layout<F> {
    /// How a line is built; `None` where the bytes compared would not tell.
    #[cold]
    fn of(line: &[u8], style: Style, marks: &[u32], places: &[Place<F>]) -> Option<Self> {
        let mut next = 0;
        let (mut head, mut head_marks) = (0, 0);
        let mut texts = Vec::with_capacity(marks.len());
        for (at, mark) in (0..).zip(marks) {
            let mark = *mark as usize;
            let before = before(line, style, next, mark);
            next = mark + 1;
            if mark < COMPARED || before.from <= PRIORITY {
                (head, head_marks) = (mark + 1, head_marks + 1);
                continue;
            }
            let is_read = places.iter().any(|(_, from, _)| *from == at);
            let length = mark + 1 - before.from;
            // Blanks behind a key, or the end of a header, would hide what the key is.
            let is_short = before.key.is_some_and(|it| it.len() + 3 <= COMPARED);
            let is_cut = length > COMPARED && (is_read || is_short);
            let is_header = matches!(style, Style::Equals) && line.get(before.from) == Some(&b'>');
            if is_cut || is_header {
                return None;
            }
            texts.push(MarkText::new(last_bytes(line, mark)?, length));
        }
        if head > LONGEST_HEAD {
            return None;
        }
        let (head, marks, places) = (line.get(..head)?.into(), texts.into(), places.into());
        Some(Self { head, head_marks, marks, places })
    }

    /// Whether a line is built so.
    #[inline]
    fn fits(&self, line: &[u8], marks: &[u32]) -> bool {
        let Some(others) = marks.get(self.head_marks..) else { return false };
        let are_right = |(texts, marks): (&[MarkText], &[u32])| {
            let differences =
                texts.iter().zip(marks).fold(u8x16::ZERO, |differences, (it, mark)| {
                    let bytes = last_bytes(line, *mark as usize).unwrap_or_default();
                    differences | ((u8x16::new(bytes) ^ it.text) & it.mask)
                });
            differences.simd_eq(u8x16::ZERO).to_bitmask() == 0xffff
        };
        others.len() == self.marks.len()
            && line.starts_with(&self.head)
            && self.marks.chunks(8).zip(others.chunks(8)).all(are_right)
    }
}

impl MarkText {
    /// Of the last bytes up to a mark so many.
    fn new(bytes: [u8; COMPARED], length: usize) -> Self {
        let mut mask = [0; COMPARED];
        for byte in mask.iter_mut().rev().take(length) {
            *byte = u8::MAX;
        }
        let mask = u8x16::new(mask);
        Self { text: u8x16::new(bytes), mask }
    }
}

/// The bytes up to a mark, itself included.
#[inline]
fn last_bytes(line: &[u8], mark: usize) -> Option<[u8; COMPARED]> {
    line.get((mark + 1).checked_sub(COMPARED)?..=mark)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEYS: [&[u8]; 4] = [b"log_component", b"log_type", b"src_ip", b"a"];

    fn told(
        layouts: &mut Layouts<usize>,
        line: &[u8],
        style: Style,
    ) -> Option<Vec<(usize, usize)>> {
        let field = |key: &[u8]| KEYS.iter().position(|it| *it == key);
        let places = layouts.keys(line, style, field)?;
        Some(places.map(|(field, from, _)| (field, from)).collect())
    }

    #[test]
    fn the_end_of_a_header_is_no_key_of_the_next_line() {
        let lines = [
            &br#"aaaaaaa>log_component="x" log_type="ATP" log_id="1""#[..],
            br#"<134>log_component="DNS" log_type="ATP" log_id="1""#,
        ];
        let mut used = Layouts::default();
        for line in lines {
            let fresh = told(&mut Layouts::default(), line, Style::Equals);
            assert_eq!(told(&mut used, line, Style::Equals), fresh);
        }
    }

    proptest! {
        #[test]
        fn lines_before_change_nothing(
            lines in prop::collection::vec(
                prop::collection::vec(prop::sample::select(vec![
                    "<134>", "aaaaaaa>", ">", "log_component=", "\"x y\"", "log_type=", "ATP", " ", "  ",
                    "src_ip=", "192.0.2.1", "a=", "=", "\"", "\\\"", "some_other_long_key_name=", "b",
                ]), 0..24),
                1..6,
            ),
        ) {
            let mut used = Layouts::default();
            for line in lines {
                let line = line.concat().into_bytes();
                let fresh = told(&mut Layouts::default(), &line, Style::Equals);
                prop_assert_eq!(told(&mut used, &line, Style::Equals), fresh);
            }
        }
    }
}
