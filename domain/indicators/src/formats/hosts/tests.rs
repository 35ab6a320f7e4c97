use crate::{ReadOptions, read_list};

#[test]
fn every_name_of_an_entry_is_taken() {
    let list = include_bytes!("testdata/hosts");
    let mut found = Vec::new();
    let report = read_list(&mut &list[..], ReadOptions::default(), |it| {
        found.push(it.observable.to_string());
    });
    assert_eq!(report.format, Some("hosts"));
    assert_eq!(found, ["evil.example", "www.evil.example", "drop.example"]);
    let refused: Vec<_> = report.refused.iter().map(|it| (it.line, it.reason.code())).collect();
    assert_eq!(refused, [(2, "local-name"), (3, "local-name"), (6, "extra-text"), (7, "bad-name")]);
}
