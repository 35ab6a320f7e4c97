//! Help and wrong arguments, as somebody new meets them.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::process::Command;

/// Exit status, standard output, standard error.
fn run(arguments: &str, language: Option<&str>) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach"));
    command.args(arguments.split_whitespace()).env_remove("LAMSACH_LANGUAGE");
    if let Some(language) = language {
        command.env("LAMSACH_LANGUAGE", language);
    }
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn help_is_vietnamese_unless_another_language_is_asked_for() {
    let check = |arguments: &str, language: Option<&str>, expected: &[&str]| {
        let (status, out, err) = run(arguments, language);
        assert_eq!((status, err.as_str()), (Some(0), ""), "{arguments}");
        for part in expected {
            assert!(out.contains(part), "{arguments}: {part}\n{out}");
        }
    };
    check("--help", None, &["Cách dùng: lamsach", "Các lệnh:", "match", "--language en --help"]);
    check("help", None, &["Cách dùng: lamsach"]);
    check("help serve", None, &["lamsach serve [TÙY CHỌN]", "LAMSACH_DATA", "<THƯ-MỤC>"]);
    check("match --help", None, &["DANH-SÁCH", "Ví dụ:", "Asia/Ho_Chi_Minh]"]);
    check("match --help --language en", None, &["Usage: lamsach match", "Examples:", "<LIST>"]);
    check("--language en help restore", None, &["Usage: lamsach restore [OPTIONS] <FILE>"]);
    check("restore --help", Some("en"), &["Usage: lamsach restore [OPTIONS] <FILE>"]);
    check("serve -h", Some("fr"), &["Cách dùng: lamsach serve"]);
    check("--version", None, &[env!("CARGO_PKG_VERSION")]);
}

#[test]
fn wrong_arguments_name_the_place_and_the_way_on_in_both_languages() {
    let check = |arguments: &str, expected: &[&str]| {
        let (status, out, err) = run(arguments, None);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments}: {err}");
        for part in expected {
            assert!(err.contains(part), "{arguments}: {part}\n{err}");
        }
        assert!(!err.contains('⟦'), "{err}");
    };
    check("", &["Cách dùng: lamsach", "match", "serve", "--language en"]);
    check("--language en", &["Chưa chọn lệnh", "No command is named", "lamsach --help"]);
    check("--language fr match -i a b", &["Hãy chọn vi hoặc en", "Choose vi or en"]);
    check("mtch", &["Không có lệnh “mtch”", "“match”?", "There is no command “mtch”"]);
    check("backup", &["Lệnh còn thiếu: <TỆP>", "lacks: <FILE>", "lamsach backup --help"]);
    check("backup a b", &["không nhận “b”", "does not take “b”", "Cách dùng: lamsach backup"]);
    check("restore", &["Lệnh còn thiếu: <TỆP>", "lamsach restore --help"]);
    check("serve --behind-proxy=yes", &["--behind-proxy không nhận giá trị", "leave “yes” out"]);
    check("serve --tls-key key.pem", &["Lệnh còn thiếu: --tls-certificate", "lacks:"]);
    check("serve --lsten 1", &["“--lsten”", "“--listen”?"]);
    check("serve --log [ --listen x", &["Không hiểu --log [", "Cannot read --log ["]);
}

#[test]
fn what_a_terminal_would_obey_is_not_repeated() {
    let (_, _, err) = run("mach\u{1b}[2J", None);
    assert!(!err.contains('\u{1b}'), "{err:?}");
}
