//! The marks of activators and cracks: risks, which are named and never removed by themselves.

use crate::collect::{At, Autostart};
use crate::disk::RegistryView;
use crate::places::HiveName;

/// A mark of cracked software.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// What kind of mark.
    pub kind: RiskKind,
    /// Where it was seen: a key, a task, a file.
    pub at: String,
    /// What stands there.
    pub what: String,
}

/// Kinds of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskKind {
    /// Windows or Office is told to activate at a server that an activator runs on this PC or that
    /// is none of the owner's.
    KmsServer,
    /// The library that activators put between Windows and its licensing.
    KmsHook,
    /// A task of a known activator.
    KmsTask,
    /// A licensing server is blocked in the hosts file.
    LicensingBlocked,
    /// The antivirus is told to pass over files or folders.
    AntivirusExclusion,
    /// The antivirus is switched off by a policy.
    AntivirusOff,
}

impl RiskKind {
    /// Short name, for files and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::KmsServer => "kms-server",
            Self::KmsHook => "kms-hook",
            Self::KmsTask => "kms-task",
            Self::LicensingBlocked => "licensing-blocked",
            Self::AntivirusExclusion => "antivirus-exclusion",
            Self::AntivirusOff => "antivirus-off",
        }
    }
}

/// Programs that Windows activates itself with.
const LICENSING_PROGRAMS: [&str; 3] = ["sppextcomobj.exe", "osppsvc.exe", "sppsvc.exe"];
/// Libraries of activators.
const HOOKS: [&str; 5] = [
    "sppextcomobjhook.dll",
    "sppextcomobjpatcher.exe",
    "secopatcher.dll",
    "kmseldi.exe",
    "kms-qad.exe",
];
/// Words in names of tasks and commands of activators.
const ACTIVATORS: [&str; 10] = [
    "autokms",
    "autopico",
    "kmspico",
    "kms_vl_all",
    "kmsauto",
    "svctrigger",
    "hwidgen",
    "kms38",
    "activation-renewal",
    "activation-run_once",
];

/// Marks in the machine's registry.
pub fn registry_risks(hive: HiveName, view: &dyn RegistryView) -> Vec<Risk> {
    let mut risks = Vec::new();
    if hive != HiveName::Software {
        return risks;
    }
    let nt = "Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform";
    let mut platforms =
        vec![nt.to_owned(), "Microsoft\\OfficeSoftwareProtectionPlatform".to_owned()];
    // Values for one product stand two keys below.
    for application in view.subkeys(nt).map(|(keys, _)| keys).unwrap_or_default().iter().take(64) {
        let key = format!("{nt}\\{application}");
        let products = view.subkeys(&key).map(|(keys, _)| keys).unwrap_or_default();
        platforms.extend(products.iter().take(64).map(|product| format!("{key}\\{product}")));
        platforms.push(key);
    }
    for key in platforms {
        for value in view.values(&key).map(|(values, _)| values).unwrap_or_default() {
            if value.name.eq_ignore_ascii_case("KeyManagementServiceName") {
                let texts = value.texts().into_iter().filter(|text| !text.is_empty());
                risks.extend(texts.map(|what| Risk {
                    kind: RiskKind::KmsServer,
                    at: key.clone(),
                    what,
                }));
            }
        }
    }
    let images = "Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options";
    for program in LICENSING_PROGRAMS {
        let key = format!("{images}\\{program}");
        for value in view.values(&key).map(|(values, _)| values).unwrap_or_default() {
            let is_hook =
                ["debugger", "verifierdlls"].contains(&value.name.to_lowercase().as_str());
            let texts = value.texts().into_iter().filter(|text| is_hook && !text.is_empty());
            risks.extend(texts.map(|what| Risk { kind: RiskKind::KmsHook, at: key.clone(), what }));
        }
    }
    let defender = ["Policies\\Microsoft\\Windows Defender", "Microsoft\\Windows Defender"];
    for product in defender {
        for kind in ["Paths", "Extensions", "Processes"] {
            let key = format!("{product}\\Exclusions\\{kind}");
            let values = view.values(&key).map(|(values, _)| values).unwrap_or_default();
            let names = values.into_iter().map(|value| value.name).filter(|name| !name.is_empty());
            let risk = |what| Risk { kind: RiskKind::AntivirusExclusion, at: key.clone(), what };
            risks.extend(names.take(1_000).map(risk));
        }
        for value in view.values(product).map(|(values, _)| values).unwrap_or_default() {
            let is_switch = ["disableantispyware", "disableantivirus"]
                .contains(&value.name.to_lowercase().as_str());
            if is_switch && value.number() == Some(1) {
                let (at, what) = (product.to_owned(), value.name);
                risks.push(Risk { kind: RiskKind::AntivirusOff, at, what });
            }
        }
    }
    risks
}

/// The mark that an autostart is, if it is one: an activator's task, service or hook.
pub fn autostart_risk(entry: &Autostart) -> Option<Risk> {
    let command = entry.command.to_lowercase();
    let at = match &entry.at {
        At::Registry { key, value, .. } => format!("{key}\\{value}"),
        At::File(path) | At::Line(path, _) => path.to_string(),
    };
    let lower = at.to_lowercase();
    let is_hook = HOOKS.iter().any(|hook| command.contains(hook));
    let is_activator = ACTIVATORS.iter().any(|name| command.contains(name) || lower.contains(name));
    let kind = match (is_hook, is_activator) {
        (true, _) => RiskKind::KmsHook,
        (_, true) => RiskKind::KmsTask,
        _ => return None,
    };
    Some(Risk { kind, at, what: entry.command.clone() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::RegistryValue;

    struct Keys(BTreeMap<&'static str, Vec<RegistryValue>>);

    impl RegistryView for Keys {
        fn values(&self, key: &str) -> Option<(Vec<RegistryValue>, bool)> {
            self.0.get(key).map(|values| (values.clone(), true))
        }

        fn subkeys(&self, _: &str) -> Option<(Vec<String>, bool)> {
            None
        }
    }

    fn text(name: &str, text: &str) -> RegistryValue {
        let data = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        RegistryValue { name: name.to_owned(), kind: 1, data }
    }

    #[test]
    fn marks_of_activators_are_named() {
        let keys = Keys(BTreeMap::from([
            (
                "Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform",
                vec![text("KeyManagementServiceName", "127.0.0.2")],
            ),
            (
                "Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\sppextcomobj.exe",
                vec![text("Debugger", "SppExtComObjPatcher.exe"), text("Other", "x")],
            ),
            (
                "Policies\\Microsoft\\Windows Defender\\Exclusions\\Paths",
                vec![RegistryValue { name: "C:\\".into(), kind: 4, data: vec![0; 4] }],
            ),
            (
                "Policies\\Microsoft\\Windows Defender",
                vec![RegistryValue {
                    name: "DisableAntiSpyware".into(),
                    kind: 4,
                    data: vec![1, 0, 0, 0],
                }],
            ),
        ]));
        let kinds: Vec<_> =
            registry_risks(HiveName::Software, &keys).into_iter().map(|risk| risk.kind).collect();
        let expected = [
            RiskKind::KmsServer,
            RiskKind::KmsHook,
            RiskKind::AntivirusExclusion,
            RiskKind::AntivirusOff,
        ];
        assert_eq!(kinds, expected);
        assert_eq!(registry_risks(HiveName::User, &keys), []);
    }
}
