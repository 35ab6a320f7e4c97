//! Objects that `ConvertTo-Json` wrote, read one after another: of each only the fields that tell
//! something are held, as slices of the text where it has no escapes in them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::MOST_ROWS;
use super::object::{Field, Object};
use crate::gather::Gather;
use crate::{ReadError, Reason};

/// Entries of one list in an object that are looked at.
const MOST_ITEMS: usize = 64;

/// What a document held.
#[derive(Default)]
pub(super) struct Read<'t> {
    pub(super) objects: Vec<Object<'t>>,
    pub(super) gather: Gather,
}

/// A list of objects, or one alone.
pub(super) fn read(text: &str) -> Result<Read<'_>, ReadError> {
    let damaged = |error: serde_json::Error| ReadError::Damaged(error.to_string());
    let mut json = serde_json::Deserializer::from_str(text);
    let read = json.deserialize_any(Document).map_err(damaged)?;
    json.end().map_err(damaged)?;
    Ok(read)
}

impl<'t> Read<'t> {
    fn take(&mut self, place: u64, element: Element<'t>) {
        match element {
            Element::Object(mut object) if object.is_defenders() => {
                object.place = place;
                self.objects.push(object);
            }
            Element::Object(_) | Element::Other => self.gather.refuse(place, Reason::NotUnderstood),
        }
    }
}

struct Document;

impl<'t> Visitor<'t> for Document {
    type Value = Read<'t>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of objects, or one")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut read = Read::default();
        let mut place = 1;
        while read.objects.len() < MOST_ROWS {
            let Some(element) = list.next_element()? else { return Ok(read) };
            read.take(place, element);
            place += 1;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            read.gather.refuse(place, Reason::TooMany);
            place += 1;
        }
        Ok(read)
    }

    fn visit_map<A: MapAccess<'t>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut read = Read::default();
        read.take(1, Element::Object(object_of(map)?));
        Ok(read)
    }
}

/// One entry of the document.
enum Element<'t> {
    Object(Object<'t>),
    Other,
}

impl<'t> Deserialize<'t> for Element<'t> {
    fn deserialize<D: Deserializer<'t>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'t> Visitor<'t> for ElementVisitor {
    type Value = Element<'t>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(Element::Object(object_of(map)?))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Element::Other)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Element::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Element::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Element::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Element::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Element::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Element::Other)
    }
}

fn object_of<'t, A: MapAccess<'t>>(mut map: A) -> Result<Object<'t>, A::Error> {
    let mut object = Object::default();
    while let Some(name) = map.next_key::<Text<'t>>()? {
        if let Some(field) = Field::of(&name.0) {
            for value in map.next_value::<Values<'t>>()?.0 {
                object.put(field, value);
            }
        } else {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(object)
}

/// A text, borrowed where that can be.
struct Text<'t>(Cow<'t, str>);

impl<'t> Deserialize<'t> for Text<'t> {
    fn deserialize<D: Deserializer<'t>>(json: D) -> Result<Self, D::Error> {
        let text = json.deserialize_str(ValuesVisitor)?.0.into_iter().next();
        Ok(Self(text.unwrap_or_default()))
    }
}

/// The values of a field: one, those of a list, or what `PowerShell` wrapped them in.
struct Values<'t>(Vec<Cow<'t, str>>);

impl<'t> Deserialize<'t> for Values<'t> {
    fn deserialize<D: Deserializer<'t>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'t> Visitor<'t> for ValuesVisitor {
    type Value = Values<'t>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a value or a list of values")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<Self::Value, E> {
        Ok(Values(vec![Cow::Borrowed(text)]))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Values(vec![Cow::Owned(text)]))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        self.visit_string(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        self.visit_string(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        self.visit_string(number.to_string())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.visit_string(value.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Values(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Values(some)) = list.next_element()? {
            let room = MOST_ITEMS.saturating_sub(all.len());
            all.extend(some.into_iter().take(room));
        }
        Ok(Values(all))
    }

    /// `{"value": [...], "Count": 1}`, `{"value": "\/Date(...)\/", "DateTime": "..."}`.
    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut value, mut date_time) = (None, None);
        while let Some(name) = map.next_key::<Text<'t>>()? {
            match name.0.as_ref() {
                "value" => value = Some(map.next_value()?),
                "DateTime" => date_time = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(value.or(date_time).unwrap_or(Values(Vec::new())))
    }
}
