//! What is told of long work, on standard error, where it is a terminal.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{JoinHandle, spawn},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What takes less is not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells of work as long as it is there.
pub(super) struct Busy {
    teller: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Busy {
    pub(super) fn new(is_shown: bool, what: String) -> Self {
        let teller = is_shown.then(|| {
            let (work, ended) = channel::<()>();
            let tell = move || {
                if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                let bar = bar(true, None, "{spinner} {msg} {elapsed}").with_elapsed(PATIENCE);
                bar.set_message(what);
                // The sender says nothing, it goes.
                let _ = ended.recv();
                bar.finish_and_clear();
            };
            (work, spawn(tell))
        });
        Self { teller }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some((work, teller)) = self.teller.take() {
            drop(work);
            // What follows is written when the line is free.
            let _ = teller.join();
        }
    }
}

/// A bar, or without a count a spinner.
pub(super) fn bar(is_shown: bool, count: Option<u64>, style: &str) -> ProgressBar {
    let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(count, target);
    bar.set_style(ProgressStyle::with_template(style).expect("the template is sound"));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
