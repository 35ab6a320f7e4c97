use super::*;

fn rules(text: &str) -> Rules {
    let texts = vec![RuleText { name: "test.yar".to_owned(), text: text.to_owned() }];
    let (rules, refused) = Rules::read(texts, &|_, _| Err("none".to_owned()), 1);
    assert_eq!(refused, []);
    rules
}

fn hits(rules: &Rules, bytes: &[u8]) -> Vec<String> {
    let mut hits = Vec::new();
    let facts = FileFacts::of("a.exe", "/tmp", bytes);
    rules.examiner().examine(&facts, bytes, |hit| hits.push(hit.rule.to_owned())).unwrap();
    hits
}

/// Every rule is asked, and none may be asked for in vain only because of this module.
#[test]
fn rules_that_may_match_are_asked() {
    let check = |condition: &str, strings: &str, bytes: &[u8], expected: bool| {
        let strings =
            if strings.is_empty() { String::new() } else { format!("strings: {strings}") };
        let text = format!("import \"pe\" rule a {{ {strings} condition: {condition} }}");
        assert_eq!(!hits(&rules(&text), bytes).is_empty(), expected, "{text}");
    };
    let wide: Vec<u8> = "evil".bytes().flat_map(|it| [it, 0]).collect();
    check("$a", "$a = \"evil\"", b"an evil thing", true);
    check("$a", "$a = \"evil\"", b"an Evil thing", false);
    check("$a", "$a = \"eVil\" nocase", b"an EVIL thing", true);
    check("$a", "$a = \"evil\" wide", &wide, true);
    check("$a", "$a = \"evil\" wide ascii", b"evil", true);
    check("$a", "$a = \"ev\" wide", &wide, true);
    check("$a", "$a = \"evil\" xor", &b"evil".map(|it| it ^ 0x5a), true);
    check("$a", "$a = \"evil\" xor(1-2)", &b"evil".map(|it| it ^ 0x5a), false);
    check("$a", "$a = \"an evil thing\" base64", b"..YW4gZXZpbCB0aGluZw==", true);
    check("$a", "$a = \"an evil thing\" base64", b"..xhbiBldmlsIHRoaW5n", true);
    check("$a", "$a = { 65 ?? 69 6c 20 ( 74 68 | 74 ) }", b"evil th", true);
    check("$a", "$a = { ( 65 76 69 6c | 67 6f 6f 64 ) }", b"good", true);
    check("$a", "$a = /ev(il|en)t?/", b"even", true);
    check("$a", "$a = /(wicked|e+vil)!/", b"eeevil!", true);
    check("$a", "$a = /[Ee]vil thing/", b"Evil thing", true);
    check("$a", "$a = /evil/ wide", &wide, true);
    check("$a", "$a = /ev..(abcd)?/", b"ev.. ", true);
    check("not $a", "$a = \"evil\"", b"good", true);
    check("#a == 0", "$a = \"evil\"", b"good", true);
    check("#a > 1", "$a = \"evil\"", b"evil evil", true);
    check("2 of them", "$a = \"evil\" $b = \"good\" $c = \"ugly\"", b"ugly good", true);
    check("2 of them", "$a = \"evil\" $b = \"good\" $c = \"ugly\"", b"ugly", false);
    check("none of them", "$a = \"evil\"", b"good", true);
    check("50% of them", "$a = \"evil\" $b = \"good\"", b"good", true);
    check("for any of ($a*) : ( $ at 3 )", "$a = \"evil\"", b"an evil", true);
    check("for all i in (1..#a) : ( @a[i] < 9 )", "$a = \"evil\"", b"an evil", true);
    check("$a at 0 and filesize < 1KB", "$a = { 4D 5A }", b"MZ", true);
    check("uint16(0) == 0x5A4D and filesize > 1", "", b"MZ", true);
    check("uint32(uint8(2)) == 0x12345678", "", b"MZ\x03\x78\x56\x34\x12", true);
    check("uint32be(3) == 0x78563412", "", b"MZ\x03\x78\x56\x34\x12", true);
    check("not (uint16(0) == 0x5A4D)", "", b"ZM", true);
    check("pe.is_pe == 0 and $a", "$a = \"evil\"", b"evil", true);
    check("filename == \"a.exe\"", "", b"", true);
    check("filepath contains \"tmp\" and extension == \".exe\"", "", b"", true);
    check("defined pe.number_of_sections or $a", "$a = \"evil\"", b"evil", true);
}

#[test]
fn rules_that_lean_on_others_know_them() {
    let text = r#"
        private rule hidden { strings: $a = "evil" condition: $a }
        rule open /* of all */ { condition: hidden } // }
        rule set_1 { strings: $b = "good" condition: $b }
        rule many { condition: any of (set_*) and open }
    "#;
    let rules = rules(text);
    assert_eq!(rules.len(), 3);
    assert_eq!(hits(&rules, b"evil"), ["open"]);
    assert_eq!(hits(&rules, b"evil and good"), ["open", "set_1", "many"]);
}

#[test]
fn a_global_rule_holds_for_every_rule_of_its_file() {
    let text = r#"
        global private rule small { condition: filesize < 10 }
        rule evil { strings: $a = "evil" condition: $a }
    "#;
    assert_eq!(hits(&rules(text), b"evil"), ["evil"]);
    assert_eq!(hits(&rules(text), b"evil and long"), Vec::<String>::new());
    let text = r#"
        rule evil { strings: $a = "evil" condition: $a }
        global private rule small { condition: filesize < 10 }
    "#;
    assert_eq!(hits(&rules(text), b"evil"), ["evil"]);
    assert_eq!(hits(&rules(text), b"evil and long"), Vec::<String>::new());
}

#[test]
fn a_file_of_rules_that_cannot_be_used_is_refused_with_its_reason() {
    let check = |text: &str, expected: &str| {
        let texts = vec![RuleText { name: "bad.yar".to_owned(), text: text.to_owned() }];
        let (rules, refused) = Rules::read(texts, &|_, _| Err("not there".to_owned()), 2);
        assert!(rules.is_empty());
        assert!(refused[0].reason.contains(expected), "{}", refused[0].reason);
    };
    check("rule a {", "line 1");
    check("\nrule a { condition: $b }", "unknown variable");
    check("include \"b.yar\"", "not there");
    check("import \"androguard\" rule a { condition: androguard.activity(/x/) }", "androguard");
}

#[test]
fn an_included_file_is_read_once_for_each_that_includes_it() {
    let texts = vec![RuleText {
        name: "index.yar".to_owned(),
        text: "include \"b.yar\"\nrule a { condition: b }".to_owned(),
    }];
    let include = |_: &str, path: &str| match path {
        "b.yar" => Ok(RuleText {
            name: path.to_owned(),
            text: "rule b { strings: $a = \"evil\" condition: $a }".to_owned(),
        }),
        _ => Err("not there".to_owned()),
    };
    let (rules, refused) = Rules::read(texts, &include, 1);
    assert_eq!(refused, []);
    assert_eq!(hits(&rules, b"evil"), ["b", "a"]);
}

#[test]
fn a_rule_says_what_it_is() {
    let check = |meta: &str, expected| {
        let rules = rules(&format!("rule a {{ meta: {meta} condition: true }}"));
        let mut found = None;
        let facts = FileFacts::of("a", "/", b"x");
        rules.examiner().examine(&facts, b"x", |hit| found = Some(hit.category)).unwrap();
        assert_eq!(found, Some(expected), "{meta}");
    };
    check("author = \"a\"", Category::Malware);
    check("score = 60", Category::Suspicious);
    check("score = 75", Category::Malware);
    check("category = \"risk\"", Category::Risk);
}

fn texts(all: &[&str]) -> Vec<RuleText> {
    let named = |(number, text): (usize, &&str)| RuleText {
        name: format!("{number}.yar"),
        text: (*text).to_owned(),
    };
    all.iter().enumerate().map(named).collect()
}

const NOTHING: Include<'_> = &|_, _| Err("none".to_owned());

#[test]
fn what_compiled_before_is_found_and_refused_as_at_first() {
    let good = "rule a { strings: $a = \"evil\" condition: $a }";
    let bad = "rule b { condition: $b }";
    let mut before = CompiledBefore::default();
    let (first, refused_first) = Rules::read_again(texts(&[good, bad]), NOTHING, 2, &mut before);
    assert_eq!(before.to_bytes().len(), 32, "the good one alone");
    let mut again = CompiledBefore::from_bytes(&before.to_bytes());
    let (second, refused) = Rules::read_again(texts(&[good, bad]), NOTHING, 2, &mut again);
    assert_eq!((refused, again), (refused_first, before));
    assert_eq!(hits(&first, b"evil"), hits(&second, b"evil"));
    assert_eq!(hits(&second, b"evil"), ["a"]);
}

#[test]
fn a_rule_that_is_wrongly_said_to_have_compiled_hides_nothing() {
    let good = "rule a { strings: $a = \"evil\" condition: $a }";
    let bad = "rule b { strings: $a = \"evil\" condition: $a and nonesuch == 1 }";
    let mut forged = CompiledBefore::default();
    let (_, refused) = Rules::read_again(texts(&[good, bad]), NOTHING, 1, &mut forged);
    assert_eq!(refused.len(), 1);
    let sources = texts(&[good, bad]).into_iter().map(|it| {
        source::Source::read(&it.name, &it.text, NOTHING, &mut Strings::default()).unwrap()
    });
    forged.replace(sources.map(|it| CompiledBefore::digest(&it)).collect::<Vec<_>>().into_iter());
    let (rules, refused) = Rules::read_again(texts(&[good, bad]), NOTHING, 1, &mut forged);
    assert_eq!(refused, []);
    let mut found = Vec::new();
    let facts = FileFacts::of("a.exe", "/tmp", b"evil");
    let decided = rules.examiner().examine(&facts, b"evil", |hit| found.push(hit.rule));
    assert_eq!(decided, Err(RulesUndecided));
    assert_eq!(found, ["a"]);
}
