//! Who signed a found file: told in the plan, and what the system's vendor signed stays, from the scan
//! to the last moment before a change.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use clean_up::{
    Change, Computer, HostError, Keeper, NotVerified, Outcome, PlanFile, PlanRequest, Signature,
    SignatureCheck, make_plan, make_stick_plan,
};
use file_check::{Detection, Finding, RuleText, Rules, Settings, Watcher, check_files};

/// What stands in every planted file, and harms nobody.
const MARK: &str = "LAMSACH-HARMLESS-TEST-FILE";
const RULE: &str = "rule planted { strings: $a = \"LAMSACH-HARMLESS-TEST-FILE\" condition: $a }";

/// Says what the first word of the open file says.
#[derive(Clone, Debug, Default)]
struct ByFirstWord {
    asked: Arc<AtomicUsize>,
    /// Knows of the vendor's files from now on.
    knows_vendor: Arc<AtomicBool>,
}

impl SignatureCheck for ByFirstWord {
    fn signature(&self, mut file: &File, _: &Path) -> Signature {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        let by = Some("Microsoft Corporation".to_owned());
        let knows_vendor = self.knows_vendor.load(Ordering::Relaxed);
        let not_verified = |why, has_vendors_root| Signature::NotVerified {
            by: by.clone(),
            why,
            has_vendors_root,
        };
        match content.split(' ').next().unwrap() {
            "vendor" if knows_vendor => Signature::Vendor { by },
            // A name is only a name.
            "named-so" => Signature::Other { by },
            "altered" => Signature::Altered { by },
            "expired" => not_verified(NotVerified::Expired, true),
            "unknown" => not_verified(NotVerified::UnknownIssuer, false),
            "failed" => not_verified(NotVerified::Failed(0x8007_0005), false),
            _ => Signature::Unsigned,
        }
    }
}

fn check() -> ByFirstWord {
    let check = ByFirstWord::default();
    check.knows_vendor.store(true, Ordering::Relaxed);
    check
}

struct Disk {
    folder: tempfile::TempDir,
    top: PathBuf,
}

impl Disk {
    /// A disk of Windows with planted files.
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("disk");
        let disk = Self { folder, top };
        fs::create_dir_all(disk.top.join("Windows/System32")).unwrap();
        for (path, word) in files {
            disk.put(path, word);
        }
        disk
    }

    fn put(&self, path: &str, word: &str) {
        let path = self.top.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{word} {MARK}")).unwrap();
    }

    fn computer(&self, check: &ByFirstWord) -> Computer {
        Computer::open(Some(&self.top)).unwrap().with_signature_check(Box::new(check.clone()))
    }

    fn scanned(&self) -> Vec<Finding> {
        #[derive(Default)]
        struct Gathering(Mutex<Vec<Finding>>);
        impl Watcher for Gathering {
            fn advanced(&self, _: u64, _: u64) {}
            fn found(&self, finding: Finding) {
                self.0.lock().unwrap().push(finding);
            }
            fn is_cancelled(&self) -> bool {
                false
            }
        }
        let text = RuleText { name: "rules.yar".to_owned(), text: RULE.to_owned() };
        let (rules, refused) = Rules::read(vec![text], &|_, _| Err(String::new()), 1);
        assert!(refused.is_empty());
        let detection = Detection { rules, ..Detection::default() };
        let settings = Settings {
            threads: 1,
            is_gentle: false,
            root: Some(self.top.clone()),
            parts: unpacking::PartLimits::default(),
            memory: None,
        };
        let gathering = Gathering::default();
        check_files(std::slice::from_ref(&self.top), &detection, &settings, &gathering);
        gathering.0.into_inner().unwrap()
    }

    fn plan(&self, computer: &mut Computer, findings: &[Finding]) -> PlanFile {
        let request = PlanRequest {
            findings,
            is_complete: true,
            base: Path::new("/"),
            root: Some(&self.top),
            is_stick: false,
            takes_suspicious: true,
            at: 1,
        };
        make_plan(computer, &request)
    }

    fn keeper(&self) -> Keeper {
        Keeper::open(&self.folder.path().join("store")).unwrap()
    }

    fn has(&self, path: &str) -> bool {
        self.top.join(path).exists()
    }
}

const FILES: [(&str, &str); 10] = [
    ("Users/An/AppData/Local/Microsoft/OneDrive/vendor.dll", "vendor"),
    ("Users/An/expired.dll", "expired"),
    ("Users/An/named-so.dll", "named-so"),
    ("Users/An/altered.dll", "altered"),
    ("Users/An/unknown.dll", "unknown"),
    ("Users/An/failed.dll", "failed"),
    ("Users/An/unsigned.dll", "-"),
    ("Windows/System32/vendor.dll", "vendor"),
    ("Windows/System32/unsigned.dll", "-"),
    ("Windows/System32/altered.dll", "altered"),
];

#[test]
fn from_scan_to_change_what_the_vendor_signed_is_left() {
    let disk = Disk::new(&FILES);
    disk.put("Users/An/thư.txt", "vendor");
    fs::write(disk.top.join("Users/An/thư.txt"), "nothing is found in it").unwrap();
    let check = check();
    let mut computer = disk.computer(&check);
    let found = disk.scanned();
    assert_eq!(found.len(), FILES.len(), "{found:?}");
    let plan = disk.plan(&mut computer, &found);
    // What is found is asked about, each file once.
    assert_eq!(check.asked.load(Ordering::Relaxed), FILES.len());

    let told: Vec<(String, String, String, String)> = plan
        .stays
        .iter()
        .map(|it| {
            let signature = it.signature.clone().unwrap();
            let why = signature.why.unwrap_or_default();
            (it.at.clone(), it.why.clone(), signature.is, why)
        })
        .collect();
    let expected = [
        ("/Users/An/AppData/Local/Microsoft/OneDrive/vendor.dll", "vendor-signed", "vendor", ""),
        ("/Users/An/expired.dll", "vendor-unverified", "not-verified", "expired"),
        ("/Windows/System32/altered.dll", "system-unverified", "altered", ""),
        ("/Windows/System32/unsigned.dll", "system-unverified", "unsigned", ""),
        ("/Windows/System32/vendor.dll", "vendor-signed", "vendor", ""),
    ];
    let mut told: Vec<_> = told.iter().map(|(a, b, c, d)| (&**a, &**b, &**c, &**d)).collect();
    told.sort_unstable();
    assert_eq!(told, expected);
    let json = String::from_utf8(plan.bytes().unwrap()).unwrap();
    assert!(json.contains("\"number\": \"0x80070005\""), "{json}");
    assert_eq!(PlanFile::read(json.as_bytes()).unwrap(), plan);

    let report = disk.keeper().apply(&mut computer, &plan, 2).unwrap();
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
    let stays = |path: &str| expected.iter().any(|it| it.0.strip_prefix('/') == Some(path));
    for (path, _) in FILES {
        assert_eq!(disk.has(path), stays(path), "{path}");
    }
    assert!(disk.has("Users/An/thư.txt"));
}

/// A plan that is older than what lies there, of another program, or written by hand.
#[test]
fn a_plan_that_wants_a_vendors_file_gone_is_not_followed() {
    let disk = Disk::new(&[("Users/An/vendor.dll", "vendor"), ("Users/An/x.dll", "-")]);
    let blind = ByFirstWord::default();
    let found = disk.scanned();
    let plan = disk.plan(&mut disk.computer(&blind), &found);
    assert_eq!((plan.steps.len(), plan.stays.len()), (2, 0));
    let mut keeper = disk.keeper();
    let report = keeper.apply(&mut disk.computer(&check()), &plan, 2).unwrap();
    for (_, change, outcome) in &report.outcomes {
        let Change::Quarantine { path, .. } = change else { panic!("{change:?}") };
        let is_vendors = path.0.name() == b"vendor.dll";
        let expected =
            if is_vendors { Outcome::Skipped(HostError::VendorSigned) } else { Outcome::Done };
        assert_eq!(*outcome, expected);
    }
    assert!(disk.has("Users/An/vendor.dll") && !disk.has("Users/An/x.dll"));
    // Nothing of it was copied either.
    assert_eq!(keeper.kept().unwrap().len(), 1);
    assert_eq!(fs::read_dir(disk.folder.path().join("store/items")).unwrap().count(), 1);
}

/// A stop between writing down and removing: what is gone on with is asked about once more.
#[test]
fn a_run_that_is_gone_on_with_asks_again() {
    let disk = Disk::new(&[("Users/An/vendor.dll", "vendor")]);
    let check = ByFirstWord::default();
    let found = disk.scanned();
    let plan = disk.plan(&mut disk.computer(&check), &found);
    let mut keeper = disk.keeper();
    let run = keeper.apply(&mut disk.computer(&check), &plan, 2).unwrap().run;
    keeper.undo(&mut disk.computer(&check), &run).unwrap();
    drop(keeper);
    // As it was written down before the file was removed.
    let journal = disk.folder.path().join(format!("store/journals/{run}.journal"));
    let whole = fs::read_to_string(&journal).unwrap();
    let kept: Vec<&str> = whole.split_inclusive('\n').take(2).collect();
    fs::write(&journal, kept.concat()).unwrap();
    let content = fs::read(disk.top.join("Users/An/vendor.dll")).unwrap();

    check.knows_vendor.store(true, Ordering::Relaxed);
    let report = disk.keeper().apply(&mut disk.computer(&check), &plan, 3).unwrap();
    assert_eq!(report.run, run);
    assert!(matches!(report.outcomes[0].2, Outcome::Skipped(_)), "{report:?}");
    assert_eq!(fs::read(disk.top.join("Users/An/vendor.dll")).unwrap(), content);
}

/// Where nothing tells who signed a program, that is said; of what is no program of Windows nothing is.
#[test]
fn a_mounted_disk_says_that_signatures_are_not_verified() {
    let files = [("Users/An/x.exe", "MZ"), ("Windows/System32/y.dll", "MZ"), ("Users/An/z", "-")];
    let disk = Disk::new(&files);
    let mut computer = Computer::open(Some(&disk.top)).unwrap();
    let plan = disk.plan(&mut computer, &disk.scanned());
    let told: Vec<_> = plan.steps.iter().map(|it| it.signature.clone()).collect();
    let told: Vec<_> = told.iter().map(|it| it.as_ref().and_then(|it| it.why.as_deref())).collect();
    assert_eq!(told, [Some("no-means"), None]);
    assert_eq!(plan.stays.len(), 1);
    assert_eq!(plan.stays[0].why, "system-unverified");
    let signature = plan.stays[0].signature.as_ref().unwrap();
    assert_eq!(signature.why.as_deref(), Some("no-means"));
    let report = disk.keeper().apply(&mut computer, &plan, 2).unwrap();
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
    assert!(!disk.has("Users/An/x.exe") && disk.has("Windows/System32/y.dll"));
}

#[test]
fn on_a_stick_a_vendors_program_stays_and_what_starts_it_goes() {
    for word in ["vendor", "-"] {
        let disk = Disk::new(&[]);
        let stick = disk.folder.path().join("stick");
        fs::create_dir_all(stick.join("RECYCLER")).unwrap();
        fs::write(stick.join("RECYCLER/x.exe"), word).unwrap();
        fs::write(stick.join("autorun.inf"), "[autorun]\r\nopen=RECYCLER\\x.exe\r\n").unwrap();
        let mut computer =
            Computer::open(Some(&stick)).unwrap().with_signature_check(Box::new(check()));
        let plan = make_stick_plan(&mut computer, stick.display().to_string(), 1);
        let report = disk.keeper().apply(&mut computer, &plan, 2).unwrap();
        assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
        assert!(!stick.join("autorun.inf").exists());
        let is_vendors = word == "vendor";
        assert_eq!(stick.join("RECYCLER/x.exe").exists(), is_vendors);
        assert_eq!(stick.join("RECYCLER").exists(), is_vendors);
        let stays: Vec<&str> = plan.stays.iter().map(|it| it.why.as_str()).collect();
        assert_eq!(stays, if is_vendors { vec!["vendor-signed"] } else { vec![] });
    }
}
