//! Whether the program was started from a desktop, where nobody reads what it prints.

/// Whether it was: by a double click on Windows, where the black window that was opened for it is
/// given up; on a desktop of Linux without any terminal.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the system's own calls")]
pub fn is_from_desktop() -> bool {
    use windows_sys::Win32::System::Console::{FreeConsole, GetConsoleProcessList};

    let mut programs = [0_u32; 2];
    // SAFETY: the array has room for as many numbers as are said to fit.
    let count = unsafe { GetConsoleProcessList(programs.as_mut_ptr(), 2) };
    // A shell that started it would be there too.
    let is_alone = count == 1;
    if is_alone {
        // SAFETY: no pointers; nothing is printed from here on.
        unsafe { FreeConsole() };
    }
    is_alone
}

/// Whether it was: by a double click on Windows, where the black window that was opened for it is
/// given up; on a desktop of Linux without any terminal.
#[cfg(not(windows))]
pub fn is_from_desktop() -> bool {
    use std::env;
    use std::io::{self, IsTerminal as _};

    let is_set = |name| env::var_os(name).is_some_and(|it| !it.is_empty());
    let has_terminal =
        io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal();
    !has_terminal && (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"))
}
