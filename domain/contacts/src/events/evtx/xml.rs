//! Binary XML, as far as an event's own header and its data fields go.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::le32;

/// How many archives of XML may stand in one another; Windows writes two.
const DEEPEST: usize = 8;
/// How many elements may stand in one another.
const DEEPEST_ELEMENT: usize = 32;
/// How much one event may take: more tokens, or more text, than any has.
const MOST_STEPS: usize = 20_000;
const MOST_TEXT: usize = 1 << 20;
const MOST_VALUES: usize = 4_096;
/// 1 January 1601 in seconds since 1970.
const EPOCH_1601: i64 = -11_644_473_600;

/// The event contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

type Read<T> = Result<T, Malformed>;

/// What of an event matters here; used again for event after event.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) provider: String,
    pub(super) id: String,
    pub(super) computer: String,
    /// Number of the process that noted it.
    pub(super) process: String,
    pub(super) time: Option<Timestamp>,
    data: Vec<(String, String)>,
}

impl Fields {
    /// A data field by its name; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.data.iter().find(|(it, _)| it == name).map_or("", |(_, value)| value)
    }

    pub(super) fn is_sysmon(&self) -> bool {
        self.provider == "Microsoft-Windows-Sysmon"
    }

    /// Reads the event that stands in a chunk from one place to another.
    pub(super) fn read(&mut self, chunk: &[u8], from: usize, to: usize) -> Read<()> {
        for text in [&mut self.provider, &mut self.id, &mut self.computer, &mut self.process] {
            text.clear();
        }
        self.time = None;
        self.data.clear();
        let mut reader = Reader {
            chunk,
            fields: self,
            path: Vec::new(),
            text: String::new(),
            data_name: String::new(),
            steps: 0,
            text_bytes: 0,
        };
        reader.content(from, to, &[], true, 0)?;
        Ok(())
    }
}

/// A moment in units of 100 ns since 1601.
pub(super) fn file_time(time: u64) -> Option<Timestamp> {
    let seconds = i64::try_from(time / 10_000_000).ok()? + EPOCH_1601;
    let nanoseconds = i32::try_from(time % 10_000_000).ok()? * 100;
    Timestamp::new(seconds, nanoseconds).ok()
}

/// A value that a template takes in: its kind, and where it stands in the chunk.
#[derive(Clone, Copy, Debug)]
struct Value {
    kind: u8,
    at: usize,
    length: usize,
}

struct Reader<'c, 'f> {
    chunk: &'c [u8],
    fields: &'f mut Fields,
    /// The elements that are open.
    path: Vec<String>,
    /// The text of the element or attribute that is open.
    text: String,
    /// What the data field that is open is called.
    data_name: String,
    steps: usize,
    text_bytes: usize,
}

impl Reader<'_, '_> {
    /// Reads what stands between two places; gives where it ended. Elements of templates, and of an
    /// event without one, have a number that others lack.
    fn content(
        &mut self,
        mut at: usize,
        end: usize,
        values: &[Value],
        has_numbers: bool,
        depth: usize,
    ) -> Read<usize> {
        if depth > DEEPEST {
            return Err(Malformed);
        }
        let floor = self.path.len();
        while at < end {
            self.step()?;
            let token = self.byte(at)?;
            at = match token & !0x40 {
                // Its end.
                0x00 => return Ok(at + 1),
                0x0f => at + 4,
                0x0c => self.template(at, depth)?,
                0x01 => self.element(at, token & 0x40 != 0, values, has_numbers, depth)?,
                // The end of a tag, which holds nothing of its own.
                0x02 => at + 1,
                0x03 | 0x04 => {
                    if self.path.len() <= floor {
                        return Err(Malformed);
                    }
                    self.close();
                    at + 1
                }
                0x0a => self.name(at + 1)?.1,
                0x0b => {
                    let count = usize::from(self.le16(at + 1)?);
                    at + 3 + 2 * count
                }
                _ => self.piece(at, values, depth)?,
            };
        }
        Ok(at)
    }

    /// Reads a piece of text: written out, or taken in.
    fn piece(&mut self, at: usize, values: &[Value], depth: usize) -> Read<usize> {
        match self.byte(at)? & !0x40 {
            0x05 => {
                let length = 2 * usize::from(self.le16(at + 2)?);
                self.push_utf16(at + 4, length)?;
                Ok(at + 4 + length)
            }
            0x07 => {
                let length = 2 * usize::from(self.le16(at + 1)?);
                self.push_utf16(at + 3, length)?;
                Ok(at + 3 + length)
            }
            0x08 => {
                let unit = self.le16(at + 1)?;
                self.text.extend(char::from_u32(unit.into()));
                Ok(at + 3)
            }
            0x09 => {
                let (name, next) = self.name(at + 1)?;
                self.text.push(match name.as_str() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => '\u{fffd}',
                });
                Ok(next)
            }
            0x0d | 0x0e => {
                let number = usize::from(self.le16(at + 1)?);
                let value = values.get(number).copied();
                self.value(value.ok_or(Malformed)?, depth)?;
                Ok(at + 4)
            }
            _ => Err(Malformed),
        }
    }

    /// Reads the start of an element with its attributes.
    fn element(
        &mut self,
        at: usize,
        has_attributes: bool,
        values: &[Value],
        has_numbers: bool,
        depth: usize,
    ) -> Read<usize> {
        let name_at = at + 1 + if has_numbers { 2 } else { 0 } + 4;
        let (name, mut at) = self.name(name_at)?;
        if self.path.len() >= DEEPEST_ELEMENT {
            return Err(Malformed);
        }
        self.path.push(name);
        self.data_name.clear();
        if has_attributes {
            at += 4;
            while self.byte(at)? & !0x40 == 0x06 {
                self.step()?;
                let (name, next) = self.name(at + 1)?;
                self.text.clear();
                at = next;
                while !matches!(self.byte(at)? & !0x40, 0x02 | 0x03 | 0x06) {
                    self.step()?;
                    at = self.piece(at, values, depth)?;
                }
                self.attribute(&name);
            }
        }
        self.text.clear();
        Ok(at)
    }

    /// Reads a template, which stands here or stood somewhere before, with the values it takes in.
    fn template(&mut self, at: usize, depth: usize) -> Read<usize> {
        const HEADER: usize = 24;
        let definition = self.le32(at + 6)?;
        let size = self.le32(definition + 20)?;
        let start = definition + HEADER;
        let mut at = at + 10;
        if definition == at {
            at = start + size;
        }
        let count = self.le32(at)?;
        if count > MOST_VALUES {
            return Err(Malformed);
        }
        self.steps += count;
        let mut values = Vec::with_capacity(count);
        let mut value_at = at + 4 + 4 * count;
        for number in 0..count {
            let about = at + 4 + 4 * number;
            let length = usize::from(self.le16(about)?);
            values.push(Value { kind: self.byte(about + 2)?, at: value_at, length });
            value_at += length;
        }
        if value_at > self.chunk.len() || start + size > self.chunk.len() {
            return Err(Malformed);
        }
        self.content(start, start + size, &values, true, depth + 1)?;
        Ok(value_at)
    }

    fn attribute(&mut self, name: &str) {
        let element = self.path.last().map_or("", String::as_str);
        let text = self.text.as_str();
        match (element, name) {
            ("Provider", "Name") => text.clone_into(&mut self.fields.provider),
            ("Execution", "ProcessID") => text.clone_into(&mut self.fields.process),
            ("TimeCreated", "SystemTime") => self.fields.time = text.parse().ok(),
            ("Data", "Name") => text.clone_into(&mut self.data_name),
            _ => {}
        }
    }

    fn close(&mut self) {
        let Some(element) = self.path.pop() else { return };
        let text = self.text.as_str();
        match element.as_str() {
            "EventID" => text.trim().clone_into(&mut self.fields.id),
            "Computer" => text.clone_into(&mut self.fields.computer),
            "Data" => {
                self.fields.data.push((std::mem::take(&mut self.data_name), text.to_owned()));
            }
            _ => {}
        }
        self.text.clear();
    }

    /// Writes a value as text; one that holds XML is read as such.
    fn value(&mut self, value: Value, depth: usize) -> Read<()> {
        let Value { kind, at, length } = value;
        let bytes = self.chunk.get(at..at + length).ok_or(Malformed)?;
        let unsigned = || {
            let mut number = [0; 8];
            bytes.iter().zip(&mut number).for_each(|(byte, place)| *place = *byte);
            u64::from_le_bytes(number)
        };
        // Sign from the highest bit that is there.
        let signed = || {
            let shift = 64 - 8 * u32::try_from(bytes.len().clamp(1, 8)).unwrap_or(8);
            unsigned().cast_signed().wrapping_shl(shift).wrapping_shr(shift)
        };
        let written = match kind {
            0x01 => return self.push_utf16(at, length),
            0x81 => {
                let start = self.text.len();
                self.push_utf16(at, length)?;
                let list = self.text.split_off(start);
                let items = list.split('\0').filter(|it| !it.is_empty());
                self.text.push_str(&items.collect::<Vec<_>>().join(";"));
                return Ok(());
            }
            0x02 => {
                self.text.extend(bytes.iter().filter(|it| **it != 0).map(|it| char::from(*it)));
                Ok(())
            }
            0x03 | 0x05 | 0x07 | 0x09 => write!(self.text, "{}", signed()),
            0x04 | 0x06 | 0x08 | 0x0a => write!(self.text, "{}", unsigned()),
            0x0d => write!(self.text, "{}", unsigned() != 0),
            0x11 => match file_time(unsigned()) {
                Some(time) => write!(self.text, "{time}"),
                None => Ok(()),
            },
            0x10 | 0x14 | 0x15 => write!(self.text, "{:#x}", unsigned()),
            0x21 => {
                self.content(at, at + length, &[], false, depth + 1)?;
                Ok(())
            }
            // Of no use here: floats, binary data, identifiers of users and of objects.
            _ => Ok(()),
        };
        // Writing into a string does not fail.
        written.map_err(|_| Malformed)
    }

    fn push_utf16(&mut self, at: usize, length: usize) -> Read<()> {
        let bytes = self.chunk.get(at..at + length).ok_or(Malformed)?;
        self.text_bytes += length;
        if self.text_bytes > MOST_TEXT {
            return Err(Malformed);
        }
        let units = bytes.as_chunks::<2>().0.iter().map(|it| u16::from_le_bytes(*it));
        let start = self.text.len();
        let chars = char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.text.extend(chars);
        let kept = self.text.get(start..).map_or(0, |it| it.trim_end_matches('\0').len());
        self.text.truncate(start + kept);
        Ok(())
    }

    /// Reads a name, which stands here or stood somewhere before; gives where it ends here.
    fn name(&mut self, at: usize) -> Read<(String, usize)> {
        let place = self.le32(at)?;
        let length = 2 * usize::from(self.le16(place + 6)?);
        self.steps += length / 64;
        let bytes = self.chunk.get(place + 8..place + 8 + length).ok_or(Malformed)?;
        let units = bytes.as_chunks::<2>().0.iter().map(|it| u16::from_le_bytes(*it));
        let name = char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
        // Behind it stands a NUL.
        let next = if place == at + 4 { place + 8 + length + 2 } else { at + 4 };
        Ok((name.collect(), next))
    }

    fn step(&mut self) -> Read<()> {
        self.steps += 1;
        if self.steps > MOST_STEPS { Err(Malformed) } else { Ok(()) }
    }

    fn byte(&self, at: usize) -> Read<u8> {
        self.chunk.get(at).copied().ok_or(Malformed)
    }

    fn le16(&self, at: usize) -> Read<u16> {
        let bytes = self.chunk.get(at..).and_then(|it| it.first_chunk());
        bytes.map(|it| u16::from_le_bytes(*it)).ok_or(Malformed)
    }

    fn le32(&self, at: usize) -> Read<usize> {
        le32(self.chunk, at).map(|it| it as usize).ok_or(Malformed)
    }
}
