//! The portal in a real browser: the real program, headless Chromium by `chromedriver`.
//!
//! [`Portal::demo`] starts `lamsach serve` on a free port of loopback with a world of its own, and
//! [`Browser::open`] a browser without anybody's profile. Both end with the value that holds them.
//! Set `LAMSACH_SCREENSHOTS=FOLDER` to keep a picture of every page that is looked at.

mod axe;
mod browser;
mod portal;
mod recorder;
mod tool;

pub use browser::{Browser, Width};
pub use portal::Portal;
pub use recorder::Recorder;
pub use test_support::Engine;
pub use tool::Tool;
