//! Chromium as a process, spoken to through a pipe.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take on a machine that does much else.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

/// How often Chromium is started before that fails.
const TRIES: usize = 3;

/// Commands come on descriptor 3, answers go out on 4, as `--remote-debugging-pipe` wants it; Chromium ends when 3 closes, also
/// if the test is killed.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>&2"#;

const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--mute-audio",
    "--password-store=basic",
    "--lang=en-GB",
];

/// A running Chromium.
pub(super) struct Chromium {
    process: Child,
    answers: Receiver<Value>,
    /// Number of the last command.
    last: u64,
    /// All that was told without being asked, in its order.
    pub(super) events: Vec<Value>,
    folder: TempDir,
}

impl Chromium {
    /// Starts what the path names, and waits until it answers.
    pub(super) fn start(path: &Path) -> Self {
        let mut reasons = Vec::new();
        for _ in 0..TRIES {
            let mut one = Self::spawn(path);
            match one.ask("Browser.getVersion", &json!({}), None) {
                Ok(_) => return one,
                Err(reason) => reasons.push(format!("{reason}\n{}", one.said())),
            }
        }
        panic!("`{}` does not start:\n{}", path.display(), reasons.join("\n"));
    }

    fn spawn(path: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the profile");
        let said = std::fs::File::create(folder.path().join("stderr")).expect("writable");
        let mut command = Command::new("sh");
        command.args(["-c", START]).arg(path).args(FLAGS);
        command.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
        if folder.path().metadata().expect("it is there").uid() == 0 {
            command.arg("--no-sandbox");
        }
        command
            .env("HOME", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(said);
        let mut process = command.spawn().expect("there is a shell");
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        let (send, answers) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).is_ok_and(|count| count > 0) {
                message.pop();
                let value = serde_json::from_slice(&message).expect("Chromium writes JSON");
                if send.send(value).is_err() {
                    return;
                }
                message.clear();
            }
        });
        Self { process, answers, last: 0, events: Vec::new(), folder }
    }

    /// Sends a command, to a page if a session is given, and waits for its answer.
    pub(super) fn ask(
        &mut self,
        method: &str,
        parameters: &Value,
        session: Option<&str>,
    ) -> Result<Value, String> {
        self.last += 1;
        let id = self.last;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let to = self.process.stdin.as_mut().expect("piped");
        to.write_all(&bytes).map_err(|error| format!("`{method}` is not read: {error}"))?;
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let mut told = self.receive(left).map_err(|reason| format!("`{method}`: {reason}"))?;
            if told["id"] == id {
                return match told.get("error") {
                    Some(error) => Err(format!("`{method}`: {error}")),
                    None => Ok(told["result"].take()),
                };
            }
            self.events.push(told);
        }
    }

    /// Waits a little for something that is told without being asked.
    pub(super) fn listen(&mut self, wait: Duration) {
        match self.receive(wait) {
            Ok(event) => self.events.push(event),
            Err(Silence::Lasts) => {}
            Err(Silence::Ended) => panic!("Chromium has ended:\n{}", self.said()),
        }
    }

    fn receive(&self, wait: Duration) -> Result<Value, Silence> {
        self.answers.recv_timeout(wait).map_err(|error| match error {
            RecvTimeoutError::Timeout => Silence::Lasts,
            RecvTimeoutError::Disconnected => Silence::Ended,
        })
    }

    /// What it wrote on standard error.
    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }
}

/// Why nothing is received.
enum Silence {
    Lasts,
    Ended,
}

impl std::fmt::Display for Silence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Lasts => "no answer in time",
            Self::Ended => "the browser has ended",
        })
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It ends by itself, and its children with it; only if it hangs it is killed.
        drop(self.process.stdin.take());
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if self.process.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // It may have ended just now; nothing is lost if either fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
