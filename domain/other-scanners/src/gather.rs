//! Findings of a file, device by device, under limits.

use std::collections::{BTreeMap, HashMap};

use crate::{
    DeviceReport, Finding, LONGEST_TEXT, MOST_DEVICES, MOST_FINDINGS, MOST_IN_FILE, MOST_LISTED,
    Reason, Refused, Report, ScanRun, Tool,
};

/// Takes findings one by one; the same thing at the same place is one, with the last that was done.
#[derive(Default)]
pub(crate) struct Gather {
    devices: BTreeMap<String, Gathered>,
    /// Findings that are kept.
    kept: usize,
    refused: Vec<Refused>,
    refused_count: u64,
    accounts: Vec<String>,
}

#[derive(Default)]
struct Gathered {
    report: DeviceReport,
    /// Where the finding of a thing and a place is.
    known: HashMap<(String, String), usize>,
}

impl Gather {
    /// A finding on a device; without a name it is the device that the file is of.
    pub(crate) fn finding(&mut self, device: &str, mut finding: Finding, place: u64) {
        for text in [&mut finding.threat, &mut finding.path] {
            *text = short(text);
        }
        let is_full = self.kept >= MOST_IN_FILE;
        let Some(device) = self.device(device) else { return self.refuse(place, Reason::TooMany) };
        let key = (finding.threat.to_lowercase(), finding.path.to_lowercase());
        if let Some(index) = device.known.get(&key) {
            if let Some(known) = device.report.findings.get_mut(*index) {
                // Where one of them has no time, nobody knows which is later: what is still there counts.
                let is_later = match (finding.at, known.at) {
                    (Some(new), Some(old)) => new >= old,
                    (None, None) => true,
                    _ => !finding.action.is_cleaned() || known.action.is_cleaned(),
                };
                if is_later {
                    *known = finding;
                }
            }
            return;
        }
        if device.report.findings.len() >= MOST_FINDINGS {
            device.report.more_findings += 1;
            device.report.more_is_left |= !finding.action.is_cleaned();
            return;
        }
        if is_full {
            return self.refuse(place, Reason::TooMany);
        }
        device.known.insert(key, device.report.findings.len());
        device.report.findings.push(finding);
        self.kept += 1;
    }

    fn device(&mut self, name: &str) -> Option<&mut Gathered> {
        let name = short(name.trim());
        let is_unnamed = ["", "localhost", ".", "127.0.0.1", "::1"].contains(&name.as_str());
        let name = if is_unnamed { String::new() } else { name };
        let key = name.to_lowercase();
        if !self.devices.contains_key(&key) && self.devices.len() >= MOST_DEVICES {
            return None;
        }
        let gathered = self.devices.entry(key).or_default();
        if gathered.report.name.is_none() && !is_unnamed {
            gathered.report.name = Some(name);
        }
        Some(gathered)
    }

    /// A user, perhaps with a domain, who may not stand in a path.
    pub(crate) fn account(&mut self, user: &str) {
        const MOST: usize = 200;
        let name = user.rsplit('\\').next().unwrap_or_default().trim();
        let is_system = ["", "system", "local service", "network service", "root"];
        let is_known = self.accounts.iter().any(|it| it == name);
        if !is_system.contains(&name.to_lowercase().as_str())
            && !is_known
            && self.accounts.len() < MOST
        {
            self.accounts.push(short(name));
        }
    }

    pub(crate) fn refuse(&mut self, place: u64, reason: Reason) {
        self.refused_count += 1;
        if self.refused.len() < MOST_LISTED {
            self.refused.push(Refused { place, reason });
        }
    }

    /// Whether anything was refused so far.
    pub(crate) fn has_refused(&self) -> bool {
        self.refused_count > 0
    }

    /// Gives a moment, or notes that it cannot be read.
    pub(crate) fn moment(
        &mut self,
        moments: &crate::moments::Moments<'_>,
        text: &str,
        place: u64,
    ) -> Option<jiff::Timestamp> {
        if text.trim().is_empty() {
            return None;
        }
        let at = moments.read(text);
        if at.is_none() {
            self.refuse(place, Reason::BadTime);
        }
        at
    }

    pub(crate) fn finish(
        mut self,
        (tool, version, system): (Tool, String, &'static str),
        scan: Option<ScanRun>,
    ) -> Report {
        if self.devices.is_empty() && scan.is_some() {
            self.devices.insert(String::new(), Gathered::default());
        }
        let accounts = self.accounts;
        let devices = self.devices.into_values().map(|it| {
            let mut report = it.report;
            report.accounts.clone_from(&accounts);
            report
        });
        let (refused, refused_count) = (self.refused, self.refused_count);
        let devices = devices.collect();
        Report { tool, version: short(&version), system, devices, scan, refused, refused_count }
    }
}

/// The beginning of a text, without what no text has.
fn short(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(LONGEST_TEXT).collect()
}
