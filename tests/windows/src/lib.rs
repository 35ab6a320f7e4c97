//! The clean-up tool for Windows, run under Wine.
//!
//! [`Wine::start`] builds `lamsach-clean.exe` by `script/windows`, makes a Windows of its own in a
//! temporary folder, and ends everything in it when it is dropped.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

const LINKER: &str = "x86_64-w64-mingw32-gcc";

/// A fresh Windows with the program on its drive `C:`.
#[derive(Debug)]
pub struct Wine {
    folder: tempfile::TempDir,
    /// Whether a program was started that may still run.
    has_started: AtomicBool,
}

impl Wine {
    /// Starts one; `None`, and that is said, where there is no Wine or no compiler for Windows.
    pub fn start() -> Option<Self> {
        let is_there = |program: &str| {
            let mut command = Command::new(program);
            command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        for program in ["wine", LINKER] {
            if !is_there(program) {
                return skipped(&format!("there is no {program}"));
            }
        }
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let mut build = Command::new(top.join("script/windows"));
        build.args(["--if-possible", "--profile", "dev"]);
        // What cargo says to those it runs is not meant for another cargo of another compiler.
        for name in ["RUSTC", "RUSTFLAGS", "CARGO", "RUSTUP_TOOLCHAIN", "CARGO_MANIFEST_DIR"] {
            build.env_remove(name);
        }
        let built = build.stderr(Stdio::inherit()).output().unwrap();
        assert!(built.status.success(), "script/windows failed");
        let program = String::from_utf8(built.stdout).unwrap();
        if program.trim().is_empty() {
            return skipped("no compiler here makes programs for Windows");
        }
        let folder = tempfile::tempdir().unwrap();
        let wine = Self { folder, has_started: AtomicBool::new(false) };
        fs::create_dir(wine.home()).unwrap();
        assert!(wine.command("wineboot").arg("-i").output().unwrap().status.success());
        wine.settle(&top.join(program.trim()));
        Some(wine)
    }

    /// The drive `C:`.
    pub fn drive(&self) -> PathBuf {
        self.folder.path().join("prefix/drive_c")
    }

    /// The folder of the only user, as Windows spells it and here.
    pub fn user(&self) -> (String, PathBuf) {
        let users = fs::read_dir(self.drive().join("users")).unwrap();
        let mut names = users.map(|it| it.unwrap().file_name().into_string().unwrap());
        let name = names.find(|name| name != "Public").unwrap();
        (format!("C:\\users\\{name}"), self.drive().join("users").join(name))
    }

    /// What `lamsach-clean.exe` gives.
    pub fn clean(&self, arguments: &[&str]) -> Output {
        self.run("C:\\lamsach-clean.exe", arguments)
    }

    /// What a program of this Windows gives.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Output {
        if !self.has_started.load(Ordering::Relaxed) {
            return self.to_run(program, arguments).output().unwrap();
        }
        // Not through pipes: what Wine starts besides holds on to them as long as any program runs.
        let [mut out, mut err] = [(); 2].map(|()| tempfile::tempfile().unwrap());
        let mut command = self.to_run(program, arguments);
        command.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
        let status = command.status().unwrap();
        let [stdout, stderr] = [&mut out, &mut err].map(|file| {
            let mut text = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut text).unwrap();
            text
        });
        Output { status, stdout, stderr }
    }

    /// A program of this Windows, to be started.
    pub fn program(&self, program: &str, arguments: &[&str]) -> Command {
        self.has_started.store(true, Ordering::Relaxed);
        self.to_run(program, arguments)
    }

    fn to_run(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.command("wine");
        command.arg(program).args(arguments);
        command
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("WINEPREFIX", self.folder.path().join("prefix"))
            .env("WINEDEBUG", "-all")
            // A machine where no language is set would have names of files in ASCII alone.
            .env("LC_ALL", "C.UTF-8")
            // Neither .NET nor a browser, for which Wine would ask.
            .env("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe=")
            // The user's folders lead there.
            .env("HOME", self.home())
            .current_dir(self.folder.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null());
        command
    }

    /// Cuts the way out to this computer, and puts the programs on the drive.
    fn settle(&self, program: &Path) {
        let (_, user) = self.user();
        let links = ["Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos"];
        for name in links.map(|name| user.join(name)) {
            if name.is_symlink() {
                fs::remove_file(&name).unwrap();
                fs::create_dir(&name).unwrap();
            }
        }
        let devices = self.folder.path().join("prefix/dosdevices");
        for device in fs::read_dir(&devices).unwrap() {
            let device = device.unwrap();
            if device.file_name() != "c:" {
                fs::remove_file(device.path()).unwrap();
            }
        }
        symlink(program, self.drive().join("lamsach-clean.exe")).unwrap();
        let source = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("c").join(name);
        let compile = |arguments: &[&str], source: &Path, output: &Path| {
            let mut compiler = Command::new(LINKER);
            compiler.args(arguments).arg("-O2").arg(source).arg("-o").arg(output);
            compiler.args(["-ladvapi32", "-lws2_32", "-lcrypt32"]);
            assert!(compiler.status().unwrap().success(), "{LINKER} failed");
        };
        let library = self.drive().join("windows/system32/bcryptprimitives.dll");
        compile(&["-shared"], &source("random.c"), &library);
        compile(&["-municode"], &source("probe.c"), &self.drive().join("probe.exe"));
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        for how in ["-k", "-w"] {
            drop(self.command("wineserver").arg(how).status());
        }
    }
}

fn skipped(why: &str) -> Option<Wine> {
    // Not `eprintln!`, which is shown of failed tests only.
    let text =
        format!("\nSKIPPED: nothing of Windows was tested: {why} (script/setup --for test)\n");
    io::stderr().write_all(text.as_bytes()).unwrap();
    None
}
