//! `HiGHS` as a shared library, loaded when it is first needed.
//!
//! Nothing is looked for unless someone has said where ([`provide`]), and nothing is loaded before
//! it is asked for ([`loaded`]). The functions of its C API are called in `highs/library.rs` only.
//! A [`Session`] keeps one program in `HiGHS`, so that it can be changed and solved again from the
//! last basis; [`solve`](super::solve) makes one of its own and trusts none of its answers.

use std::{path::PathBuf, sync::OnceLock};

pub(super) mod answer;
mod library;
mod numbers;
mod session;

#[cfg(test)]
pub(super) mod tests;

pub use session::{Basis, Iterations, Method, Point, Ranging, Session, Status, Strategy};

use library::Library;

/// A place where a library may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Its path, or a name alone, which the system's loader looks for where it looks for all.
    pub path: PathBuf,
    /// Libraries whose symbols it takes for granted: the first that can be loaded is, for all to see.
    pub needs: Vec<PathBuf>,
    /// Libraries that it uses if they are there already: what HiPO needs.
    pub plug_ins: Vec<PathBuf>,
}

impl Candidate {
    /// A library that needs no other.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

/// Names under which the system's loader may know the library.
pub const NAMES: &[&str] = if cfg!(windows) {
    &["highs.dll"]
} else if cfg!(target_os = "macos") {
    &["libhighs.dylib", "libhighs.1.dylib"]
} else {
    &["libhighs.so.1", "libhighs.so"]
};

/// Where to look, in this order.
struct Search {
    candidates: Box<dyn Fn() -> Vec<Candidate> + Send + Sync>,
    advice: &'static str,
}

static SEARCH: OnceLock<Search> = OnceLock::new();
static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();

/// Says where a library may be, and what to do if there is none. `candidates` is called when `HiGHS`
/// is first needed, at most once, and the first candidate of use is taken. Only the first call of
/// this function counts, in the whole process.
pub fn provide(
    candidates: impl Fn() -> Vec<Candidate> + Send + Sync + 'static,
    advice: &'static str,
) {
    let _ = SEARCH.set(Search { candidates: Box::new(candidates), advice });
}

/// A library that has been loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Its version: `1.15.1`.
    pub version: &'static str,
    /// Its path or name, as it was provided.
    pub path: PathBuf,
    /// Whether its interior point method HiPO is there, too.
    pub hipo: bool,
}

/// Loads the library, if that has not been done, and tells what it is.
///
/// # Errors
///
/// Why there is none: nobody said where, nothing is there, or what is there is of no use.
pub fn loaded() -> Result<Loaded, String> {
    let library = library()?;
    let (version, path) = (library.version.as_str(), library.path.clone());
    Ok(Loaded { version, path, hipo: library.has_hipo() })
}

/// Loads the library, if that has not been done, and asks no more of it.
///
/// # Errors
///
/// As those of [`loaded`].
pub fn load() -> Result<(), String> {
    library().map(|_| ())
}

/// The version of the library, if it has been loaded: nothing is loaded for it.
pub(super) fn version() -> Option<&'static str> {
    LIBRARY.get()?.as_ref().ok().map(|library| library.version.as_str())
}

/// Whether a file can be loaded, without making it the library of the process.
///
/// # Errors
///
/// Why it cannot.
pub fn probe(candidate: &Candidate) -> Result<String, String> {
    Library::load(candidate).map(|library| library.version)
}

/// The library of the process.
fn library() -> Result<&'static Library, String> {
    // Before anyone has said where to look there is no answer to remember.
    let search = SEARCH.get().ok_or("no HiGHS library is provided (`lp::highs::provide`)")?;
    let found = LIBRARY.get_or_init(|| {
        let mut refused = Vec::new();
        for candidate in (search.candidates)() {
            match Library::load(&candidate) {
                Ok(library) => return Ok(library),
                // A name that the loader does not know says nothing.
                Err(_) if NAMES.iter().any(|name| candidate.path.as_os_str() == *name) => {}
                Err(reason) => refused.push(format!("`{}`: {reason}", candidate.path.display())),
            }
        }
        let refused =
            if refused.is_empty() { "none was found".to_owned() } else { refused.join("; ") };
        Err(format!("no HiGHS library: {refused}; {}", search.advice))
    });
    found.as_ref().map_err(Clone::clone)
}
