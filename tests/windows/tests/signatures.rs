//! Who signed a found program: asked of Windows, told in the plan, and once more before a change.
//!
//! The certificates and signatures are made here; no program that Microsoft signed is at hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use windows_tests::Wine;

/// What stands in every planted file, and harms nobody.
const MARK: &str = "LAMSACH-HARMLESS-TEST-FILE";

/// Who signs, with the one who vouches for that.
struct Signers {
    folder: tempfile::TempDir,
}

impl Signers {
    /// `None`, and that is said, where nothing is at hand to sign with.
    fn new() -> Option<Self> {
        for program in ["openssl", "osslsigncode"] {
            if Command::new(program).arg("version").output().is_err() {
                let text = format!("\nSKIPPED: signatures of Windows: there is no {program}\n");
                io::stderr().write_all(text.as_bytes()).unwrap();
                return None;
            }
        }
        Some(Self { folder: tempfile::tempdir().unwrap() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, line: &str) {
        let mut command = Command::new("openssl");
        command.args(line.split(' ')).current_dir(self.folder.path());
        let Output { status, stderr, .. } = command.output().unwrap();
        assert!(status.success(), "openssl {line}: {}", String::from_utf8_lossy(&stderr));
    }

    /// Makes a root `NAME-root` and a signer `NAME` below it. The names claim what they like.
    fn make(&self, name: &str, claims: &str) {
        let root = format!(
            "req -x509 -newkey rsa:2048 -sha256 -nodes -days 3650 -subj /CN={name}-root \
             -keyout {name}-root.key -out {name}-root.pem"
        );
        self.openssl(&root);
        let usage = "keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n";
        fs::write(self.path("usage"), usage).unwrap();
        let subject = format!("/O={claims}/CN={claims}");
        let mut request = Command::new("openssl");
        request.args(["req", "-utf8", "-newkey", "rsa:2048", "-nodes", "-subj", &subject]);
        request.args(["-keyout", &format!("{name}.key"), "-out", "request"]);
        assert!(request.current_dir(self.folder.path()).output().unwrap().status.success());
        self.openssl(&format!(
            "x509 -req -in request -CA {name}-root.pem -CAkey {name}-root.key -CAcreateserial \
             -sha256 -days 365 -extfile usage -out {name}.pem"
        ));
        self.openssl(&format!("x509 -in {name}-root.pem -outform DER -out {name}-root.der"));
    }

    /// Signs a program in its place.
    fn sign(&self, name: &str, program: &Path) {
        let signed = self.path("signed");
        drop(fs::remove_file(&signed));
        let mut command = Command::new("osslsigncode");
        command.args(["sign", "-h", "sha256", "-certs", &format!("{name}.pem")]);
        command
            .args(["-ac", &format!("{name}-root.pem"), "-key", &format!("{name}.key"), "-in"])
            .arg(program)
            .arg("-out")
            .arg(&signed);
        let Output { status, stdout, .. } =
            command.current_dir(self.folder.path()).output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stdout));
        fs::copy(signed, program).unwrap();
    }
}

fn clean(wine: &Wine, expected: i32, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = wine.clean(arguments);
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(expected), "{arguments:?}\n{out}\n{err}");
    out
}

/// What a plan says of each file's signature, by the file's name.
fn signatures(plan: &Value) -> BTreeMap<String, Value> {
    let named = |it: &Value, at: &str| {
        let path = it[at].as_str().unwrap();
        let name = path.rsplit(['/', '\\']).next().unwrap().to_owned();
        (name, it["signature"].clone())
    };
    let steps = plan["steps"].as_array().unwrap().iter().map(|it| named(it, "path"));
    let stays = plan["stays"].as_array().unwrap().iter().map(|it| named(it, "at"));
    steps.chain(stays).collect()
}

#[test]
fn each_kind_of_signature_is_told_apart() {
    let Some(signers) = Signers::new() else { return };
    let Some(wine) = Wine::start() else { return };
    signers.make("known", "Đơn vị thử");
    // Whoever makes a certificate writes any name into it.
    signers.make("unknown", "Microsoft Corporation");
    signers.make("named", "Microsoft Windows");
    for name in ["known", "named"] {
        let root = format!("{name}-root.der");
        fs::copy(signers.path(&root), wine.drive().join(&root)).unwrap();
        let trusted = wine.run("C:\\probe.exe", &["trust", &format!("C:\\{root}")]);
        assert!(trusted.status.success(), "{trusted:?}");
    }

    let downloads = wine.user().1.join("Downloads");
    let system = wine.drive().join("windows/system32");
    let mut program = fs::read(wine.drive().join("probe.exe")).unwrap();
    program.extend(MARK.as_bytes());
    let plant = |folder: &Path, name: &str, signer: Option<&str>| {
        let path = folder.join(name);
        fs::write(&path, &program).unwrap();
        if let Some(signer) = signer {
            signers.sign(signer, &path);
        }
        path
    };
    plant(&downloads, "không ký.exe", None);
    plant(&downloads, "người khác ký.exe", Some("known"));
    plant(&downloads, "không rõ gốc.exe", Some("unknown"));
    plant(&downloads, "mạo tên.exe", Some("named"));
    let altered = plant(&downloads, "bị sửa.exe", Some("known"));
    plant(&system, "trong hệ thống.exe", None);
    fs::write(downloads.join("văn bản.vbs"), MARK).unwrap();
    let mut bytes = fs::read(&altered).unwrap();
    let at = bytes.windows(MARK.len()).position(|it| it == MARK.as_bytes()).unwrap();
    bytes[at - 1] ^= 1;
    fs::write(&altered, bytes).unwrap();

    let rule = format!("rule planted {{ strings: $a = \"{MARK}\" condition: $a }}");
    fs::write(wine.drive().join("rules.yar"), rule).unwrap();
    let user = wine.user().0;
    let places = [&format!("{user}\\Downloads"), "C:\\windows\\system32\\trong hệ thống.exe"];
    let found = ["scan", places[0], places[1], "--rules", "C:\\rules.yar", "--no-memory", "--json"];
    fs::write(wine.drive().join("found.jsonl"), clean(&wine, 1, &found)).unwrap();
    let plan = ["plan", "--findings", "C:\\found.jsonl", "-o", "C:\\plan.json"];
    let told = clean(&wine, 1, &plan);
    let plan = fs::read_to_string(wine.drive().join("plan.json")).unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();

    let is = |is: &str, by: Option<&str>, why: Option<&str>| {
        let mut expected = serde_json::json!({ "is": is });
        for (key, value) in [("by", by), ("why", why)] {
            if let Some(value) = value {
                expected[key] = value.into();
            }
        }
        expected
    };
    let expected = BTreeMap::from([
        ("không ký.exe", is("unsigned", None, None)),
        ("người khác ký.exe", is("other", Some("Đơn vị thử"), None)),
        (
            "không rõ gốc.exe",
            is("not-verified", Some("Microsoft Corporation"), Some("unknown-issuer")),
        ),
        ("mạo tên.exe", is("other", Some("Microsoft Windows"), None)),
        ("bị sửa.exe", is("altered", None, None)),
        ("trong hệ thống.exe", is("unsigned", None, None)),
        ("văn bản.vbs", is("unsigned", None, None)),
    ]);
    let expected: BTreeMap<String, Value> =
        expected.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
    assert_eq!(signatures(&plan), expected);
    assert!(told.contains("đã bị sửa sau khi ký"), "{told}");
    // What is in the system's folder stays, signed or not.
    let stays = plan["stays"].as_array().unwrap();
    assert_eq!(stays.len(), 1, "{plan}");
    assert_eq!(stays[0]["why"], "system-unverified");

    clean(&wine, 0, &["apply", "C:\\plan.json", "--yes", "--json"]);
    assert_eq!(fs::read_dir(&downloads).unwrap().count(), 0);
    assert!(system.join("trong hệ thống.exe").exists());
    clean(&wine, 0, &["undo", "--yes"]);
    assert_eq!(fs::read_dir(&downloads).unwrap().count(), 6);
}
