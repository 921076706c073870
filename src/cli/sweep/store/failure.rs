//! Why a store cannot be opened, filled or finished.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Why a store cannot be opened, filled or finished.
#[derive(Debug)]
pub enum StoreError {
    /// The output is neither Parquet nor CSV.
    Ending {
        /// The output.
        out: PathBuf,
    },
    /// There is a finished output.
    Finished {
        /// The output.
        out: PathBuf,
    },
    /// Another run has the same output.
    Locked {
        /// The output.
        out: PathBuf,
    },
    /// There is an unfinished run of something else.
    Different {
        /// Where its chunks are.
        folder: PathBuf,
        /// What differs, at least one.
        differences: Vec<String>,
    },
    /// A file could not be read or written.
    Failed {
        /// What was to be done with it.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file could not be written; what was done before is kept.
    Interrupted {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
        /// Chunks that are kept.
        done: u64,
        /// Chunks of the whole.
        chunks: u64,
    },
}

impl StoreError {
    pub(super) fn failed(what: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Failed { what, path: path.to_owned(), error }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ending { out } => {
                write!(f, "`{}` ends neither in `.parquet` nor in `.csv`", out.display())
            }
            Self::Finished { out } => {
                write!(f, "`{}` is there already; `--force` replaces it", out.display())
            }
            Self::Locked { out } => write!(f, "another run is writing `{}`", out.display()),
            Self::Different { folder, differences } => write!(
                f,
                "`{}` holds an unfinished run of something else ({}); `--restart` throws it away",
                folder.display(),
                differences.join("; ")
            ),
            Self::Failed { what, path, error } => {
                write!(f, "cannot {what} `{}`: {}", path.display(), reason(error))
            }
            Self::Interrupted { path, error, done, chunks } => write!(
                f,
                "cannot write `{}`: {}; {done} of {chunks} chunks are kept, and the same command goes on from them",
                path.display(),
                reason(error)
            ),
        }
    }
}

impl std::error::Error for StoreError {}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}
