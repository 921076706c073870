//! `--watch`: a command again and again, whenever a file that it reads has changed.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use clap::Args;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{
    End, Stop,
    args::{Command, SheetArgs},
    console::{Console, Mark},
    files::Disk,
};
use crate::{
    diagnostic::Sources,
    document::{Files, Read, Request, load},
    measure::format_number,
};

/// An editor that saves is done when nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(100);

/// And for how long it is waited for that, at most.
const LONGEST: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct WatchArgs {
    /// Run again whenever the flowsheet, or a file that it includes, is saved; Ctrl-C ends
    #[arg(long)]
    watch: bool,
}

/// What a command that may be watched reads and writes.
#[derive(Clone, Debug)]
pub(super) struct Watched<'a> {
    pub(super) args: WatchArgs,
    pub(super) files: Vec<&'a Path>,
    /// Whether data for programs goes to standard output.
    pub(super) is_data: bool,
}

impl<'a> Watched<'a> {
    /// What of a command can be watched; none if it cannot be.
    pub(super) fn of(command: &'a Command) -> Option<Self> {
        let one = |watch: &WatchArgs, sheet: &'a SheetArgs, is_data: bool| {
            Some(Self { args: *watch, files: vec![&sheet.file], is_data })
        };
        match command {
            Command::Solve(args) => one(&args.watch, &args.sheet, args.output.is_data()),
            // What is written goes to a file.
            Command::Report(args) => one(&args.watch, &args.sheet, false),
            Command::Balance(args) => one(&args.watch, &args.sheet, false),
            Command::Debottleneck(args) => one(&args.watch, &args.sheet, args.output.is_data()),
            Command::Goals(args) => one(&args.watch, &args.sheet, args.output.is_data()),
            Command::Sensitivity(args) => one(&args.watch, &args.sheet, args.output.is_data()),
            Command::Size(args) => one(&args.watch, &args.sheet, args.output.is_data()),
            Command::Sources(args) => one(&args.watch, &args.sheet, args.output.is_data()),
            Command::Sx(args) => one(&args.watch, &args.sheet, args.output.is_data()),
            Command::Check(args) => {
                let files = args.files.iter().map(PathBuf::as_path).collect();
                Some(Self { args: args.watch, files, is_data: args.is_data() })
            }
            _ => None,
        }
    }
}

/// Runs a command once, or as long as it is watched.
pub(super) fn run(
    watched: &Watched<'_>,
    console: &mut Console,
    command: impl Fn(&mut Console) -> Result<End, Stop>,
) -> Result<End, Stop> {
    if !watched.args.watch {
        return command(console);
    }
    if watched.files.iter().any(|file| file.as_os_str() == "-") {
        let message =
            "`--watch` runs again when a file is saved, and standard input is none; name the file";
        return Err(Stop::Tool(message.to_owned()));
    }
    if watched.is_data {
        let message = "with `--watch` one answer would follow the other on standard output, which no program reads as JSON; \
                       name a file with `--output`, which is written anew each time";
        return Err(Stop::Tool(message.to_owned()));
    }
    for file in &watched.files {
        Disk::open(file).map_err(|why| {
            Stop::Tool(format!("cannot watch `{}`, as it cannot be read: {why}", file.display()))
        })?;
    }
    Watch::new()?.run(&watched.files, console, command)
}

/// Something that happened.
enum Event {
    /// Somewhere in a folder that is watched.
    Folder,
    /// The user wants no more.
    End,
}

/// Texts by the files that they stand in; none where there is no such file.
type Texts = BTreeMap<PathBuf, Option<Vec<u8>>>;

struct Watch {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
    events: Receiver<Event>,
    /// Whether the command runs at the moment.
    runs: Arc<AtomicBool>,
}

impl Watch {
    fn new() -> Result<Self, Stop> {
        let (sender, events) = channel();
        let end = sender.clone();
        let runs = Arc::new(AtomicBool::new(false));
        let is_running = Arc::clone(&runs);
        let handler = move || {
            // A command that takes long is not waited for.
            if is_running.load(Ordering::SeqCst) || end.send(Event::End).is_err() {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "a solver cannot be ended otherwise"
                )]
                std::process::exit(0);
            }
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Stop::Tool(format!("cannot wait for Ctrl-C: {error}")))?;
        let changed = move |event: notify::Result<notify::Event>| {
            // Whoever only reads changes nothing. An error says that events were lost.
            if event.is_ok_and(|event| event.kind.is_access()) {
                return;
            }
            // Nobody listens any more when the command has ended.
            let _ = sender.send(Event::Folder);
        };
        let watcher = notify::recommended_watcher(changed)
            .map_err(|error| Stop::Tool(format!("cannot watch files: {error}")))?;
        Ok(Self { watcher, folders: BTreeSet::new(), events, runs })
    }

    fn run(
        mut self,
        files: &[&Path],
        console: &mut Console,
        command: impl Fn(&mut Console) -> Result<End, Stop>,
    ) -> Result<End, Stop> {
        let mut texts = self.look(files)?;
        // What a broken file includes is not read, and no other when it is again.
        let mut known = texts.clone();
        let mut before: Vec<Mark> = Vec::new();
        let mut last: Option<Instant> = None;
        loop {
            let began = Instant::now();
            self.runs.store(true, Ordering::SeqCst);
            let ended = command(console);
            self.runs.store(false, Ordering::SeqCst);
            match ended {
                Ok(_) | Err(Stop::Model) => {}
                // A file that is being replaced comes back.
                Err(Stop::Tool(why)) => console.complain(&why),
                Err(Stop::Closed) => return Err(Stop::Closed),
            }
            console.flush()?;
            let marks = console.take_marks();
            let mut told = vec![format!("took {}", seconds(began.elapsed()))];
            told.extend(last.map(|last| format!("{} after the last", seconds(began - last))));
            told.extend(compare(&before, &marks));
            let others = texts.len() - files.len().min(texts.len());
            let others = if others > 0 { format!(" and {others} included") } else { String::new() };
            told.push(format!("watching {}{others}; Ctrl-C ends", names(files.iter().copied())));
            console.note(&told.join("; "));
            last = Some(began);
            // A file that is broken in between says nothing, and what stood before is compared with what comes next.
            if !marks.is_empty() {
                before = marks;
            }
            let Some(now) = self.wait(files, &texts)? else { return Ok(End::Well) };
            let changed = names(changes(&known, &now));
            known.extend(now.clone());
            texts = now;
            console.part(&format!("{changed} changed"))?;
        }
    }

    /// Waits for a change of a text; none if the user wants no more.
    fn wait(&mut self, files: &[&Path], texts: &Texts) -> Result<Option<Texts>, Stop> {
        // What changed while the command ran has been reported, too.
        loop {
            let Ok(Event::Folder) = self.events.recv() else { return Ok(None) };
            // A file beside may be written to all the time.
            let began = Instant::now();
            while began.elapsed() < LONGEST {
                match self.events.recv_timeout(QUIET) {
                    Ok(Event::Folder) => {}
                    Err(RecvTimeoutError::Timeout) => break,
                    Ok(Event::End) | Err(RecvTimeoutError::Disconnected) => return Ok(None),
                }
            }
            let now = self.look(files)?;
            if changes(texts, &now).next().is_some() {
                return Ok(Some(now));
            }
        }
    }

    /// The texts of all files, whose folders are watched from now on.
    fn look(&mut self, files: &[&Path]) -> Result<Texts, Stop> {
        loop {
            let texts = read(files);
            let mut is_new = false;
            for file in texts.keys() {
                // Editors put a new file in the place of the old one, so a file is watched through its folder; and so is
                // the file that a link leads to.
                let target = file.canonicalize().unwrap_or_else(|_| file.clone());
                for folder in [file, &target].into_iter().filter_map(|file| file.parent()) {
                    if folder.is_dir() && self.folders.insert(folder.to_owned()) {
                        is_new = true;
                        self.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(
                            |error| {
                                Stop::Tool(format!("cannot watch `{}`: {error}", folder.display()))
                            },
                        )?;
                    }
                }
            }
            // What changed before a folder was watched is seen by reading again.
            if !is_new {
                return Ok(texts);
            }
        }
    }
}

/// Files that note what is read, and what cannot be.
#[derive(Default)]
struct Noted {
    texts: RefCell<Texts>,
}

impl Noted {
    fn note(&self, path: &Path, read: Result<Read, String>) -> Result<Read, String> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.texts.borrow_mut().insert(path, read.as_ref().ok().map(|read| read.bytes.clone()));
        read
    }
}

impl Files for Noted {
    fn read(&self, path: &str, from: &str) -> Result<Read, String> {
        self.note(&Disk::beside(path, from), Disk.read(path, from))
    }
}

/// The texts of flowsheets and of all that they include.
fn read(files: &[&Path]) -> Texts {
    let noted = Noted::default();
    for file in files {
        if let Ok(read) = noted.note(file, Disk::open(file)) {
            // What is wrong is told by the command.
            let _ = load(&read.name, &read.bytes, &Request::default(), &noted, &mut Sources::new());
        }
    }
    noted.texts.into_inner()
}

/// The files whose texts are others.
fn changes<'a>(before: &'a Texts, now: &'a Texts) -> impl Iterator<Item = &'a Path> {
    let other = now.iter().filter(|(file, text)| before.get(*file) != Some(text));
    other.map(|(file, _)| file.as_path())
}

/// Files by their names alone.
fn names<'a>(files: impl Iterator<Item = &'a Path>) -> String {
    let names = files.map(|file| file.file_name().unwrap_or_default().to_string_lossy());
    names.collect::<Vec<_>>().join(", ")
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs_f64() {
        short @ ..1.0 => format!("{:.0} ms", (1e3 * short).max(1.0)),
        long => format!("{long:.1} s"),
    }
}

/// What results are, and were if they were others.
fn compare(before: &[Mark], now: &[Mark]) -> Vec<String> {
    let told = now.iter().map(|mark| {
        let was = before.iter().find(|was| was.name == mark.name);
        match was {
            Some(was) if was.value == mark.value => {
                format!("{} {}, unchanged", mark.name, mark.text)
            }
            Some(was) => {
                format!(
                    "{} {}, was {}{}",
                    mark.name,
                    mark.text,
                    was.text,
                    relative(was.value, mark.value)
                )
            }
            None => format!("{} {}", mark.name, mark.text),
        }
    });
    told.collect()
}

/// By how much a value is another, if that can be said.
fn relative(was: f64, is: f64) -> String {
    let change = 100.0 * (is - was) / was.abs();
    if change.is_finite() { format!(" ({} %)", signed(change)) } else { String::new() }
}

fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", format_number(value))
}
