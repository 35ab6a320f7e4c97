//! Backing up while the portal runs, and bringing it back on the other engine.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use storage::Location;
use test_support::TestDatabase;

use crate::program::{Serving, refusal, run};

/// Makes the first administrator.
fn set_up(url: &str) {
    let form = [
        ("unit_name", "Sở Khoa học và Công nghệ"),
        ("unit_code", "H90"),
        ("name", "Trần Mai"),
        ("login", "quantri"),
        ("password", "một câu dài dễ nhớ"),
    ];
    let request = ureq::post(format!("{url}/first-run")).header("sec-fetch-site", "same-origin");
    assert!(request.send_form(form).unwrap().status().is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_portal_is_backed_up_and_restored_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(folder.path(), &[]);
    set_up(&serving.url);
    let data = folder.path().to_str().unwrap();
    let file = folder.path().join("backup.lamsach");
    let file = file.to_str().unwrap();
    let output = run(&["backup", file, "--data", data]);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("Đã sao lưu"));
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(refusal(&["backup", file, "--data", data]).contains("đã có"));
    assert_eq!(serving.stop().0, Some(0));

    let target = TestDatabase::postgres().await;
    let Location::Postgres(url) = target.location() else { panic!("PostgreSQL") };
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere.path();
    let there = ["--data", elsewhere.to_str().unwrap(), "--database", url];
    let output = run(&[&["restore", file][..], &there].concat());
    assert!(output.status.success(), "{output:?}");
    assert!(refusal(&[&["restore", file][..], &there].concat()).contains("đã có dữ liệu"));

    let serving = Serving::start(elsewhere, &["--database", url]);
    let page = ureq::get(&serving.url).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(!page.contains("Thiết lập lần đầu"), "the account came back");
    assert_eq!(serving.stop().0, Some(0));
}

#[test]
fn what_is_no_backup_or_no_portal_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let file = folder.path().join("x");
    let file = file.to_str().unwrap();
    assert!(refusal(&["backup", file, "--data", data]).contains("--data"));
    let said = refusal(&["restore", file, "--data", data]);
    assert!(said.contains("Không tìm thấy bản sao lưu"), "{said}");
    assert!(said.contains("There is no backup") && said.contains(file), "{said}");
    let said = refusal(&["restore", data, "--data", data]);
    assert!(said.contains("Không mở được bản sao lưu"), "{said}");
    let nowhere = folder.path().join("no/such/folder/x");
    let said = refusal(&["backup", nowhere.to_str().unwrap(), "--data", data]);
    assert!(said.contains("Không ghi được") && said.contains("cannot be written"), "{said}");
    fs::write(file, "something else").unwrap();
    assert!(refusal(&["restore", file, "--data", data]).contains("không phải là bản sao lưu"));
}
