//! What kind of thing a threat's name names, by the naming rules that the vendors publish.

use crate::Category;

/// Beginnings and parts of names, in small letters, of what harms nobody by itself.
const RISKS: [&str; 22] = [
    // Microsoft: type before the colon.
    "hacktool:",
    "pua:",
    "puaadvertising:",
    "puabundler:",
    "puadlmanager:",
    "puamarketing:",
    "puaotherapplication:",
    "app:",
    "program:",
    "tool:",
    "remoteaccess:",
    "monitoringtool:",
    "adware:",
    "browsermodifier:",
    "softwarebundler:",
    // Kaspersky: what stands before "not a virus", and tools.
    "not-a-virus:",
    "hacktool.",
    "uds:hacktool.",
    "heur:hacktool.",
    // ClamAV: possibly unwanted applications.
    "pua.",
    "win.tool.",
    "win.adware.",
];
/// Parts of names of activators and key makers, whoever names them.
const CRACKS: [&str; 7] =
    ["autokms", "kmsauto", "kmspico", "keygen", "hacktool", "crack", "bẻ khóa"];
/// Beginnings of guesses.
const GUESSES: [&str; 3] = ["heuristics.", "behavior:", "suspicious"];

/// The kind of a threat by its name.
pub(crate) fn category_of(threat: &str) -> Category {
    let name = threat.to_lowercase();
    let starts = |list: &[&str]| list.iter().any(|it| name.starts_with(it));
    if starts(&RISKS) || CRACKS.iter().any(|it| name.contains(it)) {
        // A trojan that poses as a crack is a trojan.
        let is_harmless = ["not-a-virus:", "pua"].iter().any(|it| name.starts_with(it));
        if !is_harmless && name.split(|c: char| !c.is_alphanumeric()).any(is_worse) {
            return Category::Malware;
        }
        Category::Risk
    } else if starts(&GUESSES) {
        Category::Suspicious
    } else {
        Category::Malware
    }
}

/// Whether a word of a name is that of what harms by itself.
fn is_worse(word: &str) -> bool {
    let starts = ["trojan", "ransom", "backdoor", "exploit", "spy"];
    starts.iter().any(|it| word.starts_with(it))
        || ["worm", "virus", "pws", "malware", "rootkit", "bootkit"].contains(&word)
}

/// The kind by Defender's number of a category, where there is no name.
pub(crate) fn category_of_defender(number: &str) -> Category {
    match number.trim() {
        // Adware, monitoring, browsers' modifiers and plug-ins, jokes, bundlers, toolbars, remote
        // control, unwanted software, file sharing, makers of malware, tools.
        "1" | "12" | "13" | "15" | "19" | "21" | "24" | "25" | "27" | "31" | "32" | "33" | "34" => {
            Category::Risk
        }
        // Behaviour.
        "46" => Category::Suspicious,
        _ => Category::Malware,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_kind() {
        let check = |name, expected| assert_eq!(category_of(name), expected, "{name}");
        check("Trojan:Win32/Wacatac.B!ml", Category::Malware);
        check("Virus:DOS/EICAR_Test_File", Category::Malware);
        check("Trojan:Win32/AutoKMS.A", Category::Malware);
        check("HackTool:Win32/AutoKMS", Category::Risk);
        check("PUA:Win32/Presenoker", Category::Risk);
        check("Behavior:Win32/Persistence.A!ml", Category::Suspicious);
        check("HEUR:Trojan.Win32.Generic", Category::Malware);
        check("not-a-virus:RiskTool.Win32.KMSAuto.gen", Category::Risk);
        check("HackTool.MSIL.KMSAuto.ds", Category::Risk);
        check("PUA.Win.Tool.Packed-1", Category::Risk);
        check("Win.Trojan.Agent-1", Category::Malware);
        check("Heuristics.Phishing.Email.SpoofedDomain", Category::Suspicious);
        check("phần mềm bẻ khóa Office", Category::Risk);
        check("HEUR:Trojan.Win32.Crackonosh.gen", Category::Malware);
        check("UDS:Trojan-Ransom.Win32.Crack.a", Category::Malware);
        check("Win.Trojan.Keygen-1", Category::Malware);
        check("Win.Ransomware.Crack-2", Category::Malware);
        check("PWS:Win32/Keygen.A", Category::Malware);
        check("CrackTool.Win32.Keygen", Category::Risk);
        check("", Category::Malware);
    }
}
