//! Links that other programs wrote.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test helpers read files")]

use artifacts::Lnk;

fn read(name: &str) -> Lnk {
    let path = format!("{}/testdata/links/{name}", env!("CARGO_MANIFEST_DIR"));
    Lnk::parse(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_link_of_wine_gives_its_facts() {
    let lnk = read("wine.lnk");
    assert!(
        lnk.target().unwrap().eq_ignore_ascii_case("C:\\windows\\system32\\cmd.exe"),
        "{lnk:?}"
    );
    let arguments = "/c start RECYCLER\\x.vbs & start explorer Tai lieu";
    assert_eq!(lnk.arguments.as_deref(), Some(arguments));
    assert_eq!(lnk.name.as_deref(), Some("Tai lieu"));
    assert_eq!(lnk.icon.as_deref(), Some("C:\\windows\\system32\\shell32.dll"));
    assert_eq!((lnk.icon_index, lnk.show_command, lnk.overlay_bytes), (3, 7, 0));
    assert!(!lnk.is_damaged);
}

#[test]
fn a_link_of_pylnk_gives_its_facts() {
    let lnk = read("pylnk.lnk");
    assert!(
        lnk.target().unwrap().eq_ignore_ascii_case("C:\\Windows\\System32\\wscript.exe"),
        "{lnk:?}"
    );
    assert_eq!(lnk.arguments.as_deref(), Some("//B \"Tài liệu mật\\x.vbs\""));
    assert_eq!(lnk.name.as_deref(), Some("Ổ đĩa"));
    assert_eq!(lnk.icon_index, 7);
}
