//! The clean-up tool for a PC: one command a job, one module a command under `commands/`.

mod commands;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    clean_up::share_one_heap();
    commands::run(&env::args_os().collect::<Vec<_>>())
}
