//! What a sweep has computed, on disk: safe against being killed, and continued as if it had not been.
//!
//! While a sweep runs, `OUT.parts` holds `manifest.json`, which says what is computed, and a Parquet file for every chunk of
//! rows that is done. A file is written under another name, flushed to the disk and then renamed, so it is there whole or not
//! at all; its name bears a digest of its bytes, and what does not match it is thrown away and computed again. Chunks may be
//! done in any order and on any thread: what comes of them in the end is the same, byte by byte. [`Store::finish`] makes the
//! one file `OUT` of them, Parquet or CSV by its ending, and removes them.
//!
//! A lock keeps two runs from the same output; it ends with the process, however that ends.

mod disk;
mod failure;
mod manifest;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs::{File, TryLockError},
    io::{self, BufWriter, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::Mutex,
};

use crate::report::table::{CsvText, Merge, Parts, Values, write_part};
pub use failure::StoreError;
pub use manifest::Manifest;

const MANIFEST: &str = "manifest.json";
const LOCK: &str = "lock";
const MERGED: &str = "merged.tmp";
/// Files beside the chunks.
const OWN: [&str; 3] = [MANIFEST, LOCK, MERGED];

/// What may be overwritten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether chunks of an unfinished run are thrown away instead of kept.
    pub restart: bool,
    /// Whether a finished output is replaced.
    pub force: bool,
}

/// How the finished output is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Parquet,
    Csv,
}

/// The chunks of a sweep, done and to be done.
#[derive(Debug)]
pub struct Store {
    out: PathBuf,
    format: Format,
    folder: PathBuf,
    manifest: Manifest,
    /// The files of the chunks that are done.
    done: Mutex<BTreeMap<u64, PathBuf>>,
    /// Released when the store is dropped.
    _lock: File,
}

impl Store {
    /// Opens the store of an output: a new one, or that of an unfinished run of the same manifest.
    ///
    /// # Errors
    /// If there is a finished output, an unfinished run of something else, or another run now; or of reading and writing.
    pub fn open(out: &Path, manifest: Manifest, policy: Policy) -> Result<Self, StoreError> {
        // A link stays a link.
        let out = out.canonicalize().unwrap_or_else(|_| out.to_owned());
        let ending = out.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
        let format = match ending.as_deref() {
            Some("parquet") => Format::Parquet,
            Some("csv") => Format::Csv,
            _ => return Err(StoreError::Ending { out }),
        };
        let beside = out.parent().filter(|folder| !folder.as_os_str().is_empty());
        if beside.is_some_and(|folder| !folder.exists()) {
            return Err(StoreError::failed("write", &out, io::ErrorKind::NotFound.into()));
        }
        let folder = with_ending(&out, ".parts");
        let is_begun = || folder.join(MANIFEST).exists();
        let is_finished = || out.exists() && !policy.force && (policy.restart || !is_begun());
        if is_finished() {
            return Err(StoreError::Finished { out });
        }
        let fail = |error| StoreError::failed("keep chunks in", &folder, error);
        let lock = lock(&out, &folder)?;
        if is_finished() {
            // By a run that ended just now.
            return Err(StoreError::Finished { out });
        }
        let mut left = disk::left(&folder, &OWN).map_err(fail)?;
        if policy.restart || !is_begun() {
            left.retain(|path| path.file_name().is_some_and(|name| name != LOCK));
            left.drain(..).try_for_each(|path| disk::remove(&path)).map_err(fail)?;
            let text = manifest.to_json();
            disk::write_whole(&folder, MANIFEST, text.as_bytes()).map_err(fail)?;
        } else {
            let text = disk::read(&folder.join(MANIFEST)).map_err(fail)?;
            let differences = manifest.differences(&text);
            if !differences.is_empty() {
                return Err(StoreError::Different { folder, differences });
            }
        }
        let done = Mutex::new(disk::sound_parts(left, manifest.chunks()).map_err(fail)?);
        Ok(Self { out, format, folder, manifest, done, _lock: lock })
    }

    /// What is computed.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The chunks that are not done yet, ascending.
    #[must_use]
    pub fn missing(&self) -> Vec<u64> {
        let done = self.parts();
        (0..self.manifest.chunks()).filter(|chunk| !done.contains_key(chunk)).collect()
    }

    /// Number of rows that are done.
    #[must_use]
    pub fn kept(&self) -> u64 {
        let done = self.parts();
        done.keys().map(|&chunk| self.rows(chunk)).map(|rows| rows.end - rows.start).sum()
    }

    /// The rows of a chunk, by their positions in the output.
    #[must_use]
    pub fn rows(&self, chunk: u64) -> Range<u64> {
        self.manifest.rows(chunk)
    }

    /// Keeps a chunk, from any thread: one vector of values for each column.
    ///
    /// # Errors
    /// Of writing; the chunks before are kept.
    ///
    /// # Panics
    /// If there is no such chunk, or the values are not those of its rows and the columns.
    pub fn write(&self, chunk: u64, rows: &[Values]) -> Result<(), StoreError> {
        assert!(chunk < self.manifest.chunks(), "a chunk of the sweep");
        let range = self.rows(chunk);
        let length = rows.first().map_or(0, Values::len) as u64;
        assert_eq!(length, range.end - range.start, "all rows of the chunk");
        let mut bytes = Vec::new();
        write_part(&self.manifest.table, rows, &mut bytes).expect("memory takes all");
        let name = disk::part_name(chunk, &bytes);
        let written = disk::write_whole(&self.folder, &name, &bytes);
        let path = written.map_err(|error| self.interrupted(&self.folder, error))?;
        self.parts().insert(chunk, path);
        Ok(())
    }

    /// Reads some columns, by their positions, of all chunks that are done, in their order and one at a time.
    ///
    /// # Errors
    /// Of reading.
    pub fn read(
        &self,
        columns: &[usize],
        visit: &mut dyn FnMut(&[Values]),
    ) -> Result<(), StoreError> {
        for path in self.parts().clone().values() {
            let values = disk::open(path).and_then(|file| Parts::open(file)?.read(0, columns));
            visit(&values.map_err(|error| StoreError::failed("read", path, error))?);
        }
        Ok(())
    }

    /// Makes the output of the chunks and removes them.
    ///
    /// # Errors
    /// Of reading and writing; all chunks are kept.
    ///
    /// # Panics
    /// If a chunk is missing.
    pub fn finish(self) -> Result<(), StoreError> {
        assert!(self.missing().is_empty(), "all chunks are done");
        let merged = self.folder.join(MERGED);
        let made = self.merge(&merged).and_then(|()| disk::rename(&merged, &self.out));
        made.map_err(|error| self.interrupted(&self.out, error))?;
        // Without the manifest, what is left if this is cut short is no run.
        let removed = disk::remove(&self.folder.join(MANIFEST))
            .and_then(|()| disk::left(&self.folder, &OWN))
            .and_then(|left| left.iter().try_for_each(|path| disk::remove(path)))
            .and_then(|()| disk::remove_folder(&self.folder));
        removed.map_err(|error| StoreError::failed("remove", &self.folder, error))
    }

    fn merge(&self, path: &Path) -> io::Result<()> {
        let to = BufWriter::new(disk::create(path)?);
        let parts = self.parts();
        let parts = parts.values().map(|path| disk::open(path));
        let written = match self.format {
            Format::Parquet => {
                let mut merge = Merge::new(&self.manifest.table, to)?;
                for file in parts {
                    let file = file?;
                    merge.add(&Parts::open(file.try_clone()?)?, &file)?;
                }
                merge.finish()?
            }
            Format::Csv => {
                let mut text = CsvText::new(&self.manifest.table, to)?;
                let columns: Vec<usize> = (0..self.manifest.table.columns.len()).collect();
                for file in parts {
                    text.add(&Parts::open(file?)?.read(0, &columns)?)?;
                }
                text.finish()?
            }
        };
        let mut written = written;
        written.flush()?;
        written.get_ref().sync_all()
    }

    fn parts(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, PathBuf>> {
        self.done.lock().expect("nothing panics while it holds the lock")
    }

    /// A failure that leaves what is done as it is.
    fn interrupted(&self, path: &Path, error: io::Error) -> StoreError {
        StoreError::Interrupted {
            path: path.to_owned(),
            error,
            done: self.parts().len() as u64,
            chunks: self.manifest.chunks(),
        }
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Makes the folder and locks it.
fn lock(out: &Path, folder: &Path) -> Result<File, StoreError> {
    let fail = |error| StoreError::failed("make", folder, error);
    loop {
        disk::make_folder(folder).map_err(fail)?;
        let path = folder.join(LOCK);
        let file = disk::open_lock(&path).map_err(fail)?;
        match file.try_lock() {
            // Another run may have ended between the two, and removed what is locked now.
            Ok(()) if disk::is_at(&file, &path) => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { out: out.to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(fail(error)),
        }
    }
}
