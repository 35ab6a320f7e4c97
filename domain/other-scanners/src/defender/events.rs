//! Defender's event log, `Microsoft-Windows-Windows Defender/Operational`: 1116 found, 1117 done about it,
//! 1118 and 1119 tried in vain; as a log (EVTX), and as XML by the event viewer or `wevtutil`.

use contacts::events::read_windows_events;
use jiff::Timestamp;

use super::{action_of_number, place_of};
use crate::category::{category_of, category_of_defender};
use crate::gather::Gather;
use crate::xml::{Elements, walk};
use crate::{Action, Finding, ReadError, Reason, Report, Tool};

const PROVIDER: &str = "Microsoft-Windows-Windows Defender";

pub(crate) fn read_log(bytes: &[u8]) -> Report {
    let mut taken = Taken::default();
    let mut place = 0;
    let read = read_windows_events(bytes, |event| {
        place += 1;
        if event.provider() == PROVIDER {
            taken.event((event.id(), event.computer(), event.time()), |it| event.get(it), place);
        }
    });
    for (_, count) in read.not_parsed {
        (0..count.min(1_000)).for_each(|_| taken.gather.refuse(0, Reason::Damaged));
    }
    if read.problem.is_some() {
        taken.gather.refuse(0, Reason::Damaged);
    }
    taken.finish()
}

pub(crate) fn read_xml(text: &str) -> Result<Report, ReadError> {
    let mut events = XmlEvents::default();
    let walked = walk(text, &mut events);
    if let Err(error) = walked {
        if events.taken.count == 0 {
            return Err(error);
        }
        events.taken.gather.refuse(0, Reason::Damaged);
    }
    Ok(events.taken.finish())
}

#[derive(Default)]
struct Taken {
    gather: Gather,
    version: String,
    count: u64,
}

impl Taken {
    fn event<'f>(
        &mut self,
        (id, computer, time): (&str, &str, Option<Timestamp>),
        get: impl Fn(&str) -> &'f str,
        place: u64,
    ) {
        if !["1116", "1117", "1118", "1119"].contains(&id) {
            return;
        }
        self.count += 1;
        let (name, number) = (get("Threat Name"), get("Threat ID"));
        if name.is_empty() && number.is_empty() {
            return self.gather.refuse(place, Reason::NoThreat);
        }
        let done = action_of_number(get("Action ID"));
        let action = match id {
            // What is about to be done is not yet done.
            "1116" if done != Action::Allowed => Action::Left,
            "1116" | "1117" => done,
            _ => Action::Failed,
        };
        let (path, inside) = place_of(get("Path"));
        let (threat, category) = if name.is_empty() {
            (format!("ThreatID {number}"), category_of_defender(get("Category ID")))
        } else {
            (name.to_owned(), category_of(name))
        };
        self.gather.account(get("Detection User"));
        if !get("Product Version").is_empty() {
            get("Product Version").clone_into(&mut self.version);
        }
        let finding = Finding { threat, path, inside, at: time, action, category };
        self.gather.finding(computer, finding, place);
    }

    fn finish(self) -> Report {
        self.gather.finish((Tool::Defender, self.version, "windows"), None)
    }
}

#[derive(Default)]
struct XmlEvents {
    taken: Taken,
    place: u64,
    provider: String,
    id: String,
    computer: String,
    time: Option<Timestamp>,
    name: String,
    data: Vec<(String, String)>,
}

impl Elements for XmlEvents {
    fn begin(&mut self, path: &[String], attributes: &[(String, String)]) {
        let get = |key: &str| attributes.iter().find(|it| it.0 == key).map_or("", |it| &it.1);
        match path.last().map(String::as_str) {
            Some("Event") => {
                *self = Self {
                    taken: std::mem::take(&mut self.taken),
                    place: self.place + 1,
                    ..Self::default()
                }
            }
            Some("Provider") => get("Name").clone_into(&mut self.provider),
            Some("TimeCreated") => self.time = get("SystemTime").parse().ok(),
            Some("Data") => get("Name").clone_into(&mut self.name),
            _ => {}
        }
    }

    fn end(&mut self, path: &[String], text: &str) {
        const MOST_FIELDS: usize = 200;
        match path.last().map(String::as_str) {
            Some("EventID") => text.clone_into(&mut self.id),
            Some("Computer") => text.clone_into(&mut self.computer),
            Some("Data") if self.data.len() < MOST_FIELDS => {
                self.data.push((std::mem::take(&mut self.name), text.to_owned()));
            }
            Some("Event") if self.provider == PROVIDER => {
                let Self { taken, data, id, computer, .. } = self;
                let get =
                    |key: &str| data.iter().find(|it| it.0 == key).map_or("", |it| it.1.as_str());
                taken.event((id, computer, self.time), get, self.place);
            }
            _ => {}
        }
    }
}
