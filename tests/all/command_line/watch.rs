//! `--watch`: runs again on save, survives what is broken in between, and ends well.

use std::{
    cell::RefCell,
    io::{BufRead as _, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::spawn,
    time::Duration,
};

use super::{TUTORIAL, folder, path, reeflow, run, run_with_input, tutorial, written};

/// So long is waited for a line; a machine that is busy needs some of it.
const PATIENCE: Duration = Duration::from_mins(1);

struct Watching {
    child: Child,
    lines: Receiver<String>,
    /// What came while something else was waited for: which of two streams is read first is chance.
    passed: RefCell<Vec<String>>,
}

impl Watching {
    fn start(arguments: &[&str]) -> Self {
        let mut command = reeflow(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the tool starts");
        let (sender, lines) = channel();
        let streams: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().expect("piped")),
            Box::new(child.stderr.take().expect("piped")),
        ];
        for stream in streams {
            let sender = sender.clone();
            spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines, passed: RefCell::default() }
    }

    /// The next line that contains a word, of those that were not waited for yet.
    fn wait_for(&self, word: &str) -> String {
        let mut passed = self.passed.borrow_mut();
        if let Some(at) = passed.iter().position(|line| line.contains(word)) {
            return passed.remove(at);
        }
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("no `{word}` in {passed:#?}");
            };
            if line.contains(word) {
                return line;
            }
            passed.push(line);
        }
    }

    fn interrupt(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("it starts").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As editors save: a new file takes the place of the old one.
fn replace(file: &Path, text: &[u8]) {
    let new = file.with_extension("new");
    std::fs::write(&new, text).expect("writable");
    std::fs::rename(&new, file).expect("it takes its place");
}

#[test]
fn a_flowsheet_is_solved_again_when_it_or_what_it_includes_is_saved() {
    let folder = folder();
    let scenario = tutorial("[flowsheet]", "include = [\"parts/limit.toml\"]\n[flowsheet]");
    let text = String::from_utf8(scenario).expect("UTF-8");
    let text = text.replace("capacity             = \"600 t/yr\"", "");
    std::fs::create_dir(folder.path().join("parts")).expect("a folder");
    let limit = |capacity: u32| format!("[separator.mill]\ncapacity = \"{capacity} t/yr\"\n");
    let part = written(&folder, "parts/limit.toml", limit(600).as_bytes());
    let sheet = written(&folder, "plant.toml", text.as_bytes());
    let mut watching = Watching::start(&["solve", path(&sheet), "--watch"]);
    let told = watching.wait_for("Ctrl-C ends");
    assert!(told.contains("profit 6,000 USD/yr; watching plant.toml and 1 included"), "{told}");

    replace(&part, limit(700).as_bytes());
    watching.wait_for("── limit.toml changed ──");
    let told = watching.wait_for("Ctrl-C ends");
    assert!(told.contains("profit 7,000 USD/yr, was 6,000 USD/yr (+16.67 %)"), "{told}");

    // A file that is broken is told, and its repair compared with what was before.
    replace(&sheet, b"[feed.ore");
    watching.wait_for("── plant.toml changed ──");
    watching.wait_for("error[");
    watching.wait_for("Ctrl-C ends");
    std::fs::remove_file(&sheet).expect("it is there");
    watching.wait_for("no such file");
    watching.wait_for("Ctrl-C ends");
    std::fs::write(&sheet, text.replace("5 USD/t", "4 USD/t")).expect("writable");
    let told = watching.wait_for("was 7,000 USD/yr");
    assert!(told.contains("profit 7,700 USD/yr"), "{told}");

    // What is written again as it was is no change.
    replace(&part, limit(700).as_bytes());
    replace(&part, limit(600).as_bytes());
    let told = watching.wait_for("was 7,700 USD/yr");
    assert!(told.contains("profit 6,600 USD/yr"), "{told}");
    assert_eq!(watching.interrupt(), Some(0));
}

#[test]
fn check_watches_several_files() {
    let folder = folder();
    let first = written(&folder, "first.toml", &tutorial("80 t/yr", "10 t/yr"));
    let second = written(&folder, "second.toml", &tutorial("80 t/yr", "20 t/yr"));
    let mut watching = Watching::start(&["check", path(&first), path(&second), "--watch"]);
    watching.wait_for("Ctrl-C ends");
    replace(&second, &tutorial("600 t/yr", "700 t/yr"));
    watching.wait_for("── second.toml changed ──");
    let told = watching.wait_for("Ctrl-C ends");
    assert!(told.contains("first.toml: profit 6,000 USD/yr, unchanged"), "{told}");
    assert!(told.contains("second.toml: profit 7,000 USD/yr, was 6,000 USD/yr"), "{told}");
    assert_eq!(watching.interrupt(), Some(0));
}

#[test]
fn a_report_is_written_anew() {
    let folder = folder();
    let sheet = written(&folder, "plant.toml", &tutorial("80 t/yr", "10 t/yr"));
    let out = folder.path().join("plant.md");
    let watching = Watching::start(&["report", path(&sheet), "-o", path(&out), "--watch"]);
    watching.wait_for("Ctrl-C ends");
    replace(&sheet, &tutorial("A goal and a bottleneck\"", "Another title\""));
    watching.wait_for("Ctrl-C ends");
    assert!(std::fs::read_to_string(&out).expect("written").contains("Another title"));
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let ran = run_with_input(&["solve", "-", "--watch"], b"");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("standard input is none; name the file"), "{}", ran.err);
    for arguments in [
        &["solve", TUTORIAL, "--watch", "--format", "json"][..],
        &["check", TUTORIAL, "--watch", "--format", "markdown"],
        &["goals", TUTORIAL, "--watch", "--format", "json", "-o", "-"],
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ran.err.contains("name a file with `--output`"), "{}", ran.err);
    }
    let ran = run(&["solve", "none.toml", "--watch"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("cannot watch `none.toml`"), "{}", ran.err);
}
