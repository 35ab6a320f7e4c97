//! Microsoft Defender Antivirus: what `Get-MpThreatDetection` and `Get-MpThreat` give, through `Export-Csv`,
//! `ConvertTo-Json` and `Export-Clixml`; its event log.
//!
//! Source: Microsoft's reference of `MSFT_MpThreatDetection` and `MSFT_MpThreat`, and of the forms that
//! `PowerShell` writes. No file of a running Windows was at hand.

pub(crate) mod events;
mod json;
mod object;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use tables::{Cell, Limits};

use self::object::{Field, Object};
use crate::category::{category_of, category_of_defender};
use crate::gather::Gather;
use crate::moments::Moments;
use crate::xml::{Elements, walk};
use crate::{Action, Finding, ReadError, Reason, Report, Tool};

/// Objects that are read.
const MOST_ROWS: usize = 50_000;

/// The rows of an exported table; `None` when its header is not of Defender's objects.
pub(crate) fn csv_of(text: &str) -> Option<&str> {
    let rows = match text.strip_prefix("#TYPE ") {
        Some(rest) => rest.split_once('\n')?.1,
        None => text,
    };
    let header = rows.lines().next()?.to_lowercase();
    let names: Vec<&str> =
        header.split([',', ';', '\t']).map(|it| it.trim_matches(['"', ' '])).collect();
    let is_telling = names.iter().any(|it| Field::of(it).is_some_and(Field::is_telling));
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
        let mut object = Object::at(u64::try_from(row.number).unwrap_or_default());
        for (name, cell) in header.iter().zip(&row.cells) {
            let value = text_of(cell);
            if !value.is_empty() {
                object.push(name, value);
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
    let read = json::read(text)?;
    if read.objects.is_empty() && read.gather.has_refused() {
        return Err(ReadError::Unknown);
    }
    Ok(report_of(&read.objects, zone, read.gather))
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
    for place in (objects.count - objects.beyond + 1)..=objects.count {
        gather.refuse(place, Reason::TooMany);
    }
    Ok(report_of(&ours, zone, gather))
}

/// `Objs / Obj / Props|MS / <S N="name">value` and `Obj N="name" / LST / S`.
#[derive(Default)]
struct Objects {
    done: Vec<Object<'static>>,
    /// Objects that ended, and how many of them came after as many as are read.
    count: u64,
    beyond: u64,
    current: Object<'static>,
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
                self.count += 1;
                object.place = self.count;
                if self.done.len() < MOST_ROWS {
                    self.done.push(object);
                } else {
                    self.beyond += 1;
                }
            }
            [_, _, _, value] if value != "Obj" && value != "Nil" => {
                let name = std::mem::take(&mut self.name);
                self.current.push(&name, unescaped(text));
            }
            [_, _, _, _, list, value] if list == "LST" && value == "S" => {
                self.current.push(&self.list, unescaped(text));
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

fn report_of(objects: &[Object<'_>], zone: &TimeZone, mut gather: Gather) -> Report {
    let moments = Moments::of(zone, objects.iter().map(Object::moment));
    // Detections tell the number of a threat alone; where threats are in the file too, they name it.
    let names: HashMap<&str, &str> = objects
        .iter()
        .map(|it| (it.get(Field::ThreatId), it.get(Field::ThreatName)))
        .filter(|it| !it.0.is_empty() && !it.1.is_empty())
        .collect();
    let detected: HashSet<&str> = objects
        .iter()
        .filter(|it| it.has(Field::DetectionId))
        .map(|it| it.get(Field::ThreatId))
        .collect();
    let mut version = "";
    for object in objects {
        let number = object.get(Field::ThreatId);
        if !object.has(Field::DetectionId) && detected.contains(number) {
            // Told by its detections.
            continue;
        }
        let name = names.get(number).copied().unwrap_or(object.get(Field::ThreatName));
        if name.is_empty() && number.is_empty() {
            gather.refuse(object.place, Reason::NoThreat);
            continue;
        }
        let (path, inside) = place_of(object.get(Field::Resources));
        let at = gather.moment(&moments, object.moment(), object.place);
        let threat = if name.is_empty() { format!("ThreatID {number}") } else { name.to_owned() };
        let category = if name.is_empty() {
            category_of_defender(object.get(Field::CategoryId))
        } else {
            category_of(name)
        };
        gather.account(object.get(Field::DomainUser));
        if object.has_value(Field::AmProductVersion) {
            version = object.get(Field::AmProductVersion);
        }
        let finding = Finding { threat, path, inside, at, action: action_of(object), category };
        gather.finding(object.get(Field::PsComputerName), finding, object.place);
    }
    let version = version.to_owned();
    gather.finish((Tool::Defender, version, "windows"), None)
}

/// What was done, by the number of the state, else by that of the action.
fn action_of(object: &Object<'_>) -> Action {
    match object.get(Field::ThreatStatusId) {
        "1" | "105" => return Action::Left,
        "2" => return Action::Cleaned,
        "3" => return Action::Quarantined,
        "4" => return Action::Removed,
        "5" => return Action::Allowed,
        "6" => return Action::Blocked,
        "102" | "103" | "104" | "107" => return Action::Failed,
        _ => {}
    }
    let action = action_of_number(object.get(Field::CleaningActionId));
    if action == Action::Unknown && object.get(Field::IsActive).eq_ignore_ascii_case("true") {
        return Action::Left;
    }
    let has_failed = object.get(Field::ActionSuccess).eq_ignore_ascii_case("false");
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

/// The place that resources name, and how deep inside of archives: `file:_C:\a.zip->b.exe`.
fn place_of(resources: &str) -> (String, usize) {
    let Some((rank, text)) = best_resource(resources) else { return (String::new(), 0) };
    let kind = RESOURCES.get(rank).map_or(0, |it| it.len());
    let text = text.get(kind..).unwrap_or_default();
    let text = text.split('|').next().unwrap_or_default();
    let inside = text.matches("->").count();
    (text.split("->").next().unwrap_or_default().to_owned(), inside)
}

/// Kinds of resources, the most telling first: best a file.
const RESOURCES: [&str; 5] = ["file:_", "containerfile:_", "webfile:_", "cmdline:_", ""];

/// The most telling of resources, and the place of its kind among [`RESOURCES`].
fn best_resource(resources: &str) -> Option<(usize, &str)> {
    // A table that was written without expanding lists names their type alone.
    let all = resources.split(';').filter(|it| *it != "System.String[]").map(str::trim);
    let starts = |text: &str, kind: &str| {
        text.get(..kind.len()).is_some_and(|it| it.eq_ignore_ascii_case(kind))
    };
    let ranked =
        all.filter_map(|it| Some((RESOURCES.iter().position(|kind| starts(it, kind))?, it)));
    ranked.min_by_key(|it| it.0)
}
