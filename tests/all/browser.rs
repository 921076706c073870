//! Pages in a real browser, Chromium, which `REEFLOW_BROWSER` names; where it names none these tests say so and are left out.
//!
//! [`Browser::there`] starts it, [`Browser::tab`] opens a tab, and a [`Tab`] does what a reader does: `open`, `resize`,
//! `prefer` (light or dark), `show_as` and `print`, `click`, `hover`, `fill`, `press`, `slide`, `choose`; and tells what came of it:
//! `evaluate`, `number`, `text`, `wait_until`, `complaints`, `loads`, `accessible`, `screenshot` (kept in `target/tmp/browser`).
//! Several tabs may be open at once. A page over HTTP that names no icon is asked for `/favicon.ico`. All waiting has an end, far
//! away, and no test asserts a time.
//!
//! The browser is spoken to in the DevTools protocol through a pipe: JSON between zero bytes, which needs no port, no WebSocket
//! and no crate, and ends the browser with the test. (`headless_chrome` would make Rust of the whole protocol, at each build, for the
//! dozen commands that are sent.)

#[path = "browser/chromium.rs"]
mod chromium;
#[path = "browser/noticed.rs"]
mod noticed;
#[path = "browser/report.rs"]
mod report;
#[path = "browser/serve.rs"]
mod serve;
#[path = "browser/tab.rs"]
mod tab;

use std::{cell::RefCell, path::PathBuf, rc::Rc};

use chromium::Chromium;
pub(crate) use tab::Tab;

/// A running browser; it ends when it and its tabs are dropped.
pub(crate) struct Browser {
    chromium: Rc<RefCell<Chromium>>,
}

impl Browser {
    /// Starts the browser that the environment names; none, and says so, if it names none.
    #[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
    pub(crate) fn there() -> Option<Self> {
        let Some(path) = std::env::var_os("REEFLOW_BROWSER").map(PathBuf::from) else {
            println!("skipped: `REEFLOW_BROWSER` names no browser");
            return None;
        };
        Some(Self { chromium: Rc::new(RefCell::new(Chromium::start(&path))) })
    }

    /// A new tab, 1280 pixels wide, light.
    pub(crate) fn tab(&self) -> Tab {
        Tab::new(Rc::clone(&self.chromium))
    }
}
