//! The clean-up tool for a PC: one command a job, one module a command under `commands/`.

mod commands;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    command_line::heap::share_one();
    command_line::heap::return_large_pieces();
    commands::run(&env::args_os().collect::<Vec<_>>())
}
