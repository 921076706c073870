//! Standard output and standard error, and reports that go to files.

use std::{
    io::{ErrorKind, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use anstream::{AutoStream, ColorChoice};

use super::{
    Stop,
    args::{Color, Global},
    links,
    progress::Busy,
    render,
};
use crate::{
    diagnostic::{Diagnostics, Severity, Sources},
    report::terminal::Style,
};

/// Width of lines where there is no terminal.
const WIDTH: usize = 100;

/// The standard streams.
pub(super) struct Console {
    out: AutoStream<std::io::Stdout>,
    err: AutoStream<std::io::Stderr>,
    choice: ColorChoice,
    width: Option<usize>,
    quiet: bool,
    /// What runs found that `--watch` compares, since they were last taken.
    marks: Vec<Mark>,
}

/// A result that is compared with the one before.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) name: String,
    pub(super) value: f64,
    /// The value with its unit.
    pub(super) text: String,
}

impl Console {
    pub(super) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self {
            out: AutoStream::new(std::io::stdout(), choice),
            err: AutoStream::new(std::io::stderr(), choice),
            choice,
            width: global.width.map(usize::from),
            quiet: global.quiet,
            marks: Vec::new(),
        }
    }

    /// How text on standard output is laid out, or in a file.
    pub(super) fn style(&self, file: Option<&Path>) -> Style {
        let asked = self.choice == ColorChoice::Always;
        if file.is_some() {
            let width = self.width.unwrap_or(WIDTH);
            return Style { width, strict: self.width.is_some(), color: asked, links: false };
        }
        let terminal = std::io::stdout().is_terminal();
        let color = self.out.current_choice() != ColorChoice::Never;
        let links = color && shows_links(supports_hyperlinks::Stream::Stdout);
        let strict = terminal || self.width.is_some();
        Style { width: self.columns(terminal), strict, color, links }
    }

    /// Width of lists; none where a program reads them, line by line.
    pub(super) fn list_width(&self) -> usize {
        let terminal = std::io::stdout().is_terminal();
        if terminal || self.width.is_some() { self.columns(terminal) } else { usize::MAX }
    }

    fn columns(&self, terminal: bool) -> usize {
        let of_terminal = || {
            let (width, _) = terminal_size::terminal_size().filter(|_| terminal)?;
            Some(usize::from(width.0))
        };
        self.width.or_else(of_terminal).unwrap_or(WIDTH)
    }

    /// Tells on standard error, if it is a terminal, that something takes long, until what is returned is dropped.
    pub(super) fn busy(&self, what: impl Into<String>) -> Busy {
        Busy::new(self.shows_progress(), what.into())
    }

    /// Whether somebody looks at standard error who wants to know more than errors.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// Keeps a result for `--watch` to compare.
    pub(super) fn mark(&mut self, name: impl Into<String>, value: f64, text: impl Into<String>) {
        self.marks.push(Mark { name: name.into(), value, text: text.into() });
    }

    /// The results since they were last taken.
    pub(super) fn take_marks(&mut self) -> Vec<Mark> {
        std::mem::take(&mut self.marks)
    }

    /// Parts what comes from what came: a terminal is cleared, elsewhere a line is drawn.
    pub(super) fn part(&mut self, words: &str) -> Result<(), Stop> {
        // Without colours nothing but text is written.
        let is_plain = self.out.current_choice() == ColorChoice::Never;
        if std::io::stdout().is_terminal() && !is_plain {
            self.print("\u{1b}[2J\u{1b}[H")?;
        } else {
            self.print(&format!("\n── {words} ──\n\n"))?;
        }
        self.flush()
    }

    /// Writes to standard output.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Stop> {
        self.print_bytes(text.as_bytes())
    }

    pub(super) fn print_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.out.write_all(bytes).map_err(|error| stopped(&error))
    }

    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(|error| stopped(&error))
    }

    /// Draws findings on standard error; only errors if the user wants it quiet.
    pub(super) fn draw(&mut self, findings: &Diagnostics, sources: &Sources) {
        let terminal = std::io::stderr().is_terminal();
        let width = self.columns(terminal);
        // A message on one line is easier to search for; whoever looks at a terminal, or asks for a width, wants it to fit.
        let fitted = terminal || self.width.is_some();
        let mut shown = Diagnostics::new();
        for item in findings {
            if !self.quiet || item.severity == Severity::Error {
                shown.push(if fitted { render::fit(item, sources, width) } else { item.clone() });
            }
        }
        if shown.is_empty() {
            return;
        }
        let color = self.err.current_choice() != ColorChoice::Never;
        let mut text = render::render(&shown, sources, color, width);
        if color && shows_links(supports_hyperlinks::Stream::Stderr) {
            text = links::of_places(&text, sources);
        }
        // If standard error is closed there is nobody left to tell.
        let _ = self.err.write_all(text.as_bytes());
    }

    /// What is good to know, on standard error, unless the user wants it quiet.
    pub(super) fn note(&mut self, message: &str) {
        if !self.quiet {
            let _ = writeln!(self.err, "note: {message}");
        }
    }

    /// Why the tool could not run.
    pub(super) fn complain(&mut self, message: &str) {
        let _ = writeln!(self.err, "error: {message}");
    }
}

/// Whether a stream is a terminal that knows links; `FORCE_HYPERLINK` says that it is, `NO_HYPERLINK` that it is not.
fn shows_links(stream: supports_hyperlinks::Stream) -> bool {
    let unwanted = std::env::var_os("NO_HYPERLINK").is_some_and(|value| !value.is_empty());
    !unwanted && supports_hyperlinks::on(stream)
}

fn stopped(error: &std::io::Error) -> Stop {
    match error.kind() {
        ErrorKind::BrokenPipe => Stop::Closed,
        _ => Stop::Tool(format!("cannot write to standard output: {error}")),
    }
}

/// Whether a path asks for a page.
pub(super) fn is_page(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("html" | "htm"))
}

/// Writes a text to a file, or to standard output.
pub(super) fn write_output(
    console: &mut Console,
    file: Option<&Path>,
    text: &str,
) -> Result<(), Stop> {
    let Some(path) = file.filter(|path| path.as_os_str() != "-") else {
        return console.print(text);
    };
    write_bytes(path, text.as_bytes())
}

/// Writes a file whole or not at all.
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    write_file(path, bytes)
        .map_err(|reason| Stop::Tool(format!("cannot write `{}`: {reason}", path.display())))
}

/// Writes a file into a folder, which is made if there is none.
pub(super) fn write_in_folder(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Stop> {
    std::fs::create_dir_all(folder).map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => "it is a file".to_owned(),
            _ => reason(&error),
        };
        Stop::Tool(format!("cannot make the folder `{}`: {reason}", folder.display()))
    })?;
    write_bytes(&folder.join(name), bytes)
}

/// Writes a file whole or not at all; what is no plain file (a pipe, a device) is written directly.
fn write_file(path: &Path, bytes: &[u8]) -> Result<(), String> {
    // A link stays a link.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if let Ok(about) = target.metadata() {
        if about.is_dir() {
            return Err("it is a directory".to_owned());
        }
        if about.permissions().readonly() {
            return Err("it is read-only".to_owned());
        }
        if !about.is_file() {
            let opened = std::fs::OpenOptions::new().write(true).open(&target);
            let written = opened.and_then(|mut file| file.write_all(bytes));
            return match written {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(reason(&error)),
                _ => Ok(()),
            };
        }
    }
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut file = builder(&target).tempfile_in(&folder).map_err(|error| reason(&error))?;
    file.write_all(bytes).map_err(|error| reason(&error))?;
    file.persist(&target).map_err(|error| reason(&error.error))?;
    Ok(())
}

/// A temporary file with the permissions of the file that it will replace, or those of a new file.
fn builder(target: &Path) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".reeflow-");
    if let Ok(about) = target.metadata() {
        builder.permissions(about.permissions());
        return builder;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What the user's mask forbids is taken away when the file is made.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::NotADirectory => "a part of the path is not a folder".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

/// Writes a file that must not be there yet, and the folders above it; the same content may be there.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let fail = |reason: String| Stop::Tool(format!("cannot write `{}`: {reason}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| fail(reason(&error)))?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(bytes).map_err(|error| fail(reason(&error))),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            #[expect(clippy::disallowed_methods, reason = "this is where files are written")]
            let same = std::fs::read(path).is_ok_and(|there| there == bytes);
            if same { Ok(()) } else { Err(fail("it is there already".to_owned())) }
        }
        Err(error) => Err(fail(reason(&error))),
    }
}
