//! Reading files: the only place that does.

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::document::{Files, MAX_BYTES, Read};

/// What standard input is called.
pub const STDIN: &str = "<stdin>";

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Disk {
    /// Reads a file that the user named.
    ///
    /// The name it is given is its path relative to the present directory if it is in it, else its whole path; links
    /// and `..` are followed, so that one file has one name.
    ///
    /// # Errors
    ///
    /// The reason why it cannot be read: not found, a directory, not permitted, too large.
    pub fn open(path: &Path) -> Result<Read, String> {
        let whole = path.canonicalize().map_err(|error| reason(&error))?;
        if whole.is_dir() {
            return Err("it is a directory, not a file".to_owned());
        }
        #[expect(clippy::disallowed_methods, reason = "this is where files are opened")]
        let file = File::open(&whole).map_err(|error| reason(&error))?;
        let bytes = read_limited(file)?;
        Ok(Read { name: name_of(&whole), bytes })
    }

    /// Reads a flowsheet from standard input.
    ///
    /// # Errors
    ///
    /// The reason why it cannot be read.
    pub fn open_stdin() -> Result<Read, String> {
        let bytes = read_limited(std::io::stdin().lock())?;
        Ok(Read { name: STDIN.to_owned(), bytes })
    }
}

/// How a file is, as far as can be told without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: SystemTime,
    length: u64,
}

impl Stamp {
    /// The stamp of a file; none if there is none.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let about = path.metadata().ok()?;
        Some(Self { modified: about.modified().ok()?, length: about.len() })
    }
}

impl Disk {
    /// The path of a file that another includes.
    #[must_use]
    pub fn beside(path: &str, from: &str) -> PathBuf {
        let directory = match from {
            "-" | STDIN => None,
            from => Path::new(from).parent(),
        };
        directory.map_or_else(|| PathBuf::from(path), |directory| directory.join(path))
    }
}

impl Files for Disk {
    fn read(&self, path: &str, from: &str) -> Result<Read, String> {
        Self::open(&Self::beside(path, from))
    }
}

/// Reads to the end, or one byte past the limit, at which the loader refuses the text.
fn read_limited(source: impl std::io::Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
    Ok(bytes)
}

/// The path below the present directory, or the whole path.
fn name_of(whole: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here.ok().and_then(|here| whole.strip_prefix(here).ok().map(Path::to_owned));
    below.as_deref().unwrap_or(whole).display().to_string()
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory, not a file".to_owned(),
        ErrorKind::NotADirectory => "a part of the path is not a directory".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_are_relative_to_the_including_file() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let library = folder.path().join("library");
        std::fs::create_dir(&library).expect("a directory");
        std::fs::write(library.join("prices.toml"), "a = 1").expect("a file");
        let main = folder.path().join("main.toml");
        std::fs::write(&main, "b = 1").expect("a file");
        let main = Disk::open(&main).expect("readable");
        let prices = Disk.read("library/prices.toml", &main.name).expect("readable");
        assert_eq!(prices.bytes, b"a = 1");
        let again = Disk.read("../main.toml", &prices.name).expect("readable");
        assert_eq!(again.name, main.name);
        assert_eq!(Disk.read("none.toml", &main.name).expect_err("absent"), "no such file");
        let error = Disk.read("library", &main.name).expect_err("a directory");
        assert_eq!(error, "it is a directory, not a file");
    }
}
