//! Files that are there whole or not at all.
#![expect(clippy::disallowed_methods, reason = "this is where a sweep touches files")]

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

/// What a file is called until it is whole.
const UNFINISHED: &str = ".tmp";

pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

pub(super) fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(super) fn create(path: &Path) -> io::Result<File> {
    File::create(path)
}

pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// Makes a folder, unless it is there.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => flush_folder_of(path),
    }
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Removes a folder, unless something is in it.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        removed => removed,
    }
}

/// What a run has left in a folder: chunks, unfinished files, and `own` ones. Another file is an error.
pub(super) fn left(folder: &Path, own: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_part = chunk_of(name).is_some();
        if !(own.contains(&name) || name.ends_with(UNFINISHED) || is_part) {
            let message = format!("`{name}` in it is not of a sweep; move it away");
            return Err(io::Error::other(message));
        }
        left.push(path);
    }
    Ok(left)
}

/// Whether an open file is the one that a path leads to.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let known = |it: fs::Metadata| (it.dev(), it.ino());
        file.metadata().map(known).ok() == fs::metadata(path).map(known).ok()
    }
    #[cfg(not(unix))]
    {
        file.metadata().is_ok() && path.exists()
    }
}

/// Writes a file such that it is there whole or not at all, even if the machine fails.
pub(super) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let (path, unfinished) = (folder.join(name), folder.join(format!("{name}{UNFINISHED}")));
    let mut file = create(&unfinished)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // What a full disk holds of it is of no use; if it cannot be removed, it is when the store is opened next.
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    rename(&unfinished, &path)?;
    Ok(path)
}

/// Renames a file that has been flushed, in place of what is there.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    flush_folder_of(to)
}

/// A name is safe on the disk once the folder is flushed; elsewhere than on Unix a folder is no file.
fn flush_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// The name of a chunk's file, with a digest of its bytes.
pub(super) fn part_name(chunk: u64, bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut name = format!("{chunk:010}-");
    for byte in &Sha256::digest(bytes)[..8] {
        write!(name, "{byte:02x}").expect("a string takes all");
    }
    name.push_str(".parquet");
    name
}

/// The chunk of a file, by a name that [`part_name`] gives.
fn chunk_of(name: &str) -> Option<u64> {
    let (chunk, digest) = name.strip_suffix(".parquet")?.split_once('-')?;
    let digits = chunk.len() == 10 && chunk.bytes().all(|it| it.is_ascii_digit());
    if digits && digest.len() == 16 { chunk.parse().ok() } else { None }
}

/// Of what a run has left, the files of chunks that are as they were written; what is left of others is removed.
pub(super) fn sound_parts(left: Vec<PathBuf>, chunks: u64) -> io::Result<BTreeMap<u64, PathBuf>> {
    let mut sound = BTreeMap::new();
    for path in left {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match chunk_of(name) {
            Some(chunk) if chunk < chunks && part_name(chunk, &fs::read(&path)?) == name => {
                sound.insert(chunk, path);
            }
            Some(_) => fs::remove_file(&path)?,
            None if name.ends_with(UNFINISHED) => fs::remove_file(&path)?,
            None => {}
        }
    }
    Ok(sound)
}
