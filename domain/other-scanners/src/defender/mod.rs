//! Microsoft Defender Antivirus: what `Get-MpThreatDetection` and `Get-MpThreat` give, through `Export-Csv`,
//! `ConvertTo-Json` and `Export-Clixml`; its event log.
//!
//! Source: Microsoft's reference of `MSFT_MpThreatDetection` and `MSFT_MpThreat`, and of the forms that
//! `PowerShell` writes. No file of a running Windows was at hand.

pub(crate) mod events;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;
use serde_json::Value;
use tables::{Cell, Limits};

use crate::category::{category_of, category_of_defender};
use crate::gather::Gather;
use crate::moments::Moments;
use crate::xml::{Elements, walk};
use crate::{Action, Finding, ReadError, Reason, Report, Tool};

/// Fields that only Defender's objects have.
const TELLING: [&str; 4] = ["threatid", "detectionid", "threatname", "threatstatusid"];
/// Rows that are read.
const MOST_ROWS: usize = 50_000;
/// Entries of one list in an object that are kept.
const MOST_ITEMS: usize = 64;

/// One object, its fields by their name in small letters; lists have several values.
#[derive(Default)]
struct Object {
    place: u64,
    fields: BTreeMap<String, Vec<String>>,
}

impl Object {
    fn get(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|it| it.first()).map_or("", |it| it.trim())
    }

    fn push(&mut self, name: &str, value: &str) {
        let list = self.fields.entry(name.to_lowercase()).or_default();
        if list.len() < MOST_ITEMS {
            list.push(value.to_owned());
        }
    }

    fn is_defenders(&self) -> bool {
        TELLING.iter().any(|it| self.fields.contains_key(*it))
    }

    /// When the last thing happened to it.
    fn moment(&self) -> &str {
        let names = ["lastthreatstatuschangetime", "remediationtime", "initialdetectiontime"];
        let is_set = |it: &&str| !it.is_empty() && !it.starts_with("01/01/0001");
        names.into_iter().map(|it| self.get(it)).find(is_set).unwrap_or_default()
    }
}

/// The rows of an exported table; `None` when its header is not of Defender's objects.
pub(crate) fn csv_of(text: &str) -> Option<&str> {
    let rows = match text.strip_prefix("#TYPE ") {
        Some(rest) => rest.split_once('\n')?.1,
        None => text,
    };
    let header = rows.lines().next()?.to_lowercase();
    let names: Vec<&str> =
        header.split([',', ';', '\t']).map(|it| it.trim_matches(['"', ' '])).collect();
    let is_telling = names.iter().any(|it| TELLING.contains(it));
    let has_more =
        ["resources", "isactive", "severityid", "cleaningactionid", "initialdetectiontime"];
    (is_telling && names.iter().any(|it| has_more.contains(it))).then_some(rows)
}

pub(crate) fn read_csv(rows: &str, zone: &TimeZone) -> Result<Report, ReadError> {
    let limits = Limits { rows: MOST_ROWS, bytes: crate::MOST_BYTES, ..Limits::default() };
    let table = tables::read(rows.as_bytes(), &limits)?;
    let mut rows = table.rows.into_iter();
    let header: Vec<String> =
        rows.next().map_or_else(Vec::new, |it| it.cells.iter().map(text_of).collect());
    let objects = rows.map(|row| {
        let place = u64::try_from(row.number).unwrap_or_default();
        let mut object = Object { place, ..Object::default() };
        for (name, cell) in header.iter().zip(&row.cells) {
            let value = text_of(cell);
            if !value.is_empty() {
                object.push(name, &value);
            }
        }
        object
    });
    Ok(report_of(&objects.collect::<Vec<_>>(), zone, Gather::default()))
}

fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Empty | Cell::Merged | Cell::Formula | Cell::Failed => String::new(),
    }
}

pub(crate) fn read_json(text: &str, zone: &TimeZone) -> Result<Report, ReadError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| ReadError::Damaged(error.to_string()))?;
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    let mut gather = Gather::default();
    let is_empty = list.is_empty();
    let mut objects = Vec::new();
    for (place, value) in (1..).zip(list) {
        let mut object = Object { place, ..Object::default() };
        let Value::Object(fields) = value else {
            gather.refuse(place, Reason::NotUnderstood);
            continue;
        };
        for (name, value) in &fields {
            match value {
                Value::Array(list) => push_list(&mut object, name, list),
                // PowerShell wraps lists and dates at times.
                Value::Object(inner) => {
                    let value = ["value", "DateTime"].into_iter().find_map(|it| inner.get(it));
                    match value {
                        Some(Value::Array(list)) => {
                            push_list(&mut object, name, list);
                        }
                        Some(value) => push_json(&mut object, name, value),
                        None => {}
                    }
                }
                value => push_json(&mut object, name, value),
            }
        }
        if !object.is_defenders() {
            gather.refuse(place, Reason::NotUnderstood);
            continue;
        }
        objects.push(object);
    }
    if objects.is_empty() && !is_empty {
        return Err(ReadError::Unknown);
    }
    Ok(report_of(&objects, zone, gather))
}

fn push_list(object: &mut Object, name: &str, list: &[Value]) {
    for it in list {
        push_json(object, name, it);
    }
}

fn push_json(object: &mut Object, name: &str, value: &Value) {
    match value {
        Value::String(text) => object.push(name, text),
        Value::Number(number) => object.push(name, &number.to_string()),
        Value::Bool(value) => object.push(name, &value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {}
    }
}

pub(crate) fn read_clixml(text: &str, zone: &TimeZone) -> Result<Report, ReadError> {
    let mut objects = Objects::default();
    let walked = walk(text, &mut objects);
    let mut gather = Gather::default();
    if let Err(error) = walked {
        if objects.done.is_empty() {
            return Err(error);
        }
        gather.refuse(0, Reason::Damaged);
    }
    let (ours, others): (Vec<_>, Vec<_>) = objects.done.into_iter().partition(Object::is_defenders);
    if ours.is_empty() && !others.is_empty() {
        return Err(ReadError::Unknown);
    }
    for it in &others {
        gather.refuse(it.place, Reason::NotUnderstood);
    }
    Ok(report_of(&ours, zone, gather))
}

/// `Objs / Obj / Props|MS / <S N="name">value` and `Obj N="name" / LST / S`.
#[derive(Default)]
struct Objects {
    done: Vec<Object>,
    current: Object,
    /// Name of the property whose value is read.
    name: String,
    /// Name of the list that is read, which stands one object deeper.
    list: String,
}

impl Elements for Objects {
    fn begin(&mut self, path: &[String], attributes: &[(String, String)]) {
        let name = attributes.iter().find(|it| it.0 == "N").map_or("", |it| it.1.as_str());
        match path {
            [_, object] if object == "Obj" => self.current = Object::default(),
            [_, _, _, object] if object == "Obj" => name.clone_into(&mut self.list),
            [_, _, _, _] => name.clone_into(&mut self.name),
            _ => {}
        }
    }

    fn end(&mut self, path: &[String], text: &str) {
        match path {
            [_, object] if object == "Obj" => {
                let mut object = std::mem::take(&mut self.current);
                object.place = u64::try_from(self.done.len()).unwrap_or_default() + 1;
                if self.done.len() < MOST_ROWS {
                    self.done.push(object);
                }
            }
            [_, _, _, value] if value != "Obj" && value != "Nil" => {
                let name = std::mem::take(&mut self.name);
                self.current.push(&name, &unescaped(text));
            }
            [_, _, _, _, list, value] if list == "LST" && value == "S" => {
                let name = self.list.clone();
                self.current.push(&name, &unescaped(text));
            }
            _ => {}
        }
    }
}

/// `_x000A_` is a character that XML cannot hold.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        plain.push_str(before);
        let code = after.get(..4).filter(|_| after.get(4..5) == Some("_"));
        let code = code.and_then(|it| u32::from_str_radix(it, 16).ok());
        if let Some(character) = code.and_then(char::from_u32) {
            plain.push(character);
            rest = after.get(5..).unwrap_or_default();
        } else {
            plain.push_str("_x");
            rest = after;
        }
    }
    plain + rest
}

fn report_of(objects: &[Object], zone: &TimeZone, mut gather: Gather) -> Report {
    let moments = Moments::of(zone, objects.iter().map(Object::moment));
    // Detections tell the number of a threat alone; where threats are in the file too, they name it.
    let names: HashMap<&str, &str> = objects
        .iter()
        .map(|it| (it.get("threatid"), it.get("threatname")))
        .filter(|it| !it.0.is_empty() && !it.1.is_empty())
        .collect();
    let detected: Vec<&str> = objects
        .iter()
        .filter(|it| it.fields.contains_key("detectionid"))
        .map(|it| it.get("threatid"))
        .collect();
    let mut version = "";
    for object in objects {
        let number = object.get("threatid");
        let is_threat = !object.fields.contains_key("detectionid");
        if is_threat && detected.contains(&number) {
            // Told by its detections.
            continue;
        }
        let name = names.get(number).copied().unwrap_or(object.get("threatname"));
        if name.is_empty() && number.is_empty() {
            gather.refuse(object.place, Reason::NoThreat);
            continue;
        }
        let (path, inside) = place_of(object.fields.get("resources").map_or(&[], Vec::as_slice));
        let at = gather.moment(&moments, object.moment(), object.place);
        let threat = if name.is_empty() { format!("ThreatID {number}") } else { name.to_owned() };
        let category = if name.is_empty() {
            category_of_defender(object.get("categoryid"))
        } else {
            category_of(name)
        };
        gather.account(object.get("domainuser"));
        if !object.get("amproductversion").is_empty() {
            version = object.get("amproductversion");
        }
        let finding = Finding { threat, path, inside, at, action: action_of(object), category };
        gather.finding(object.get("pscomputername"), finding, object.place);
    }
    let version = version.to_owned();
    gather.finish((Tool::Defender, version, "windows"), None)
}

/// What was done, by the number of the state, else by that of the action.
fn action_of(object: &Object) -> Action {
    match object.get("threatstatusid") {
        "1" | "105" => return Action::Left,
        "2" => return Action::Cleaned,
        "3" => return Action::Quarantined,
        "4" => return Action::Removed,
        "5" => return Action::Allowed,
        "6" => return Action::Blocked,
        "102" | "103" | "104" | "107" => return Action::Failed,
        _ => {}
    }
    let action = action_of_number(object.get("cleaningactionid"));
    if action == Action::Unknown && object.get("isactive").eq_ignore_ascii_case("true") {
        return Action::Left;
    }
    let has_failed = object.get("actionsuccess").eq_ignore_ascii_case("false");
    if has_failed && action.is_cleaned() { Action::Failed } else { action }
}

/// An action by Defender's number of it.
fn action_of_number(number: &str) -> Action {
    match number {
        "1" => Action::Cleaned,
        "2" => Action::Quarantined,
        "3" => Action::Removed,
        "6" => Action::Allowed,
        "9" => Action::Left,
        "10" => Action::Blocked,
        _ => Action::Unknown,
    }
}

/// The place that resources name, best a file, and how deep inside of archives: `file:_C:\a.zip->b.exe`.
fn place_of(resources: &[String]) -> (String, usize) {
    // A table that was written without expanding lists names their type alone.
    let all =
        || resources.iter().flat_map(|it| it.split(';')).filter(|it| *it != "System.String[]");
    let kinds = ["file:_", "containerfile:_", "webfile:_", "cmdline:_", ""];
    let starts = |text: &str, kind: &str| {
        text.trim().get(..kind.len()).is_some_and(|it| it.eq_ignore_ascii_case(kind))
    };
    let chosen = kinds.iter().find_map(|kind| Some((all().find(|it| starts(it, kind))?, kind)));
    let Some((text, kind)) = chosen else { return (String::new(), 0) };
    let text = text.trim().get(kind.len()..).unwrap_or_default();
    let text = text.split('|').next().unwrap_or_default();
    let inside = text.matches("->").count();
    (text.split("->").next().unwrap_or_default().to_owned(), inside)
}
