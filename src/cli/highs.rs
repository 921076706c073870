//! Where a shared `HiGHS` library may be: what the user names, else where the system's loader, conda and pip put it.
//!
//! Only paths are looked at; no Python is run.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::Stop;
use crate::lp::highs::{self, Candidate, NAMES};

/// What to do where there is none.
const ADVICE: &str = "`pip install highsbox` brings one, `--highs PATH` names one";

/// The library of the wheel `highsbox`, in its folder.
const HIGHSBOX: &str = if cfg!(windows) {
    "highsbox/highs_dist/bin/highs.dll"
} else if cfg!(target_os = "macos") {
    "highsbox/highs_dist/lib/libhighs.dylib"
} else {
    "highsbox/highs_dist/lib/libhighs.so"
};

/// What HiPO needs, from the wheel `highspy-extras`.
const EXTRAS: &str = if cfg!(windows) {
    "highs_extras.dll"
} else if cfg!(target_os = "macos") {
    "libhighs_extras.dylib"
} else {
    "libhighs_extras.so"
};

/// Whether a library is the one that the environment names.
pub(super) fn is_of_environment(named: Option<&Path>) -> bool {
    named.is_some_and(|path| std::env::var_os("REEFLOW_HIGHS").is_some_and(|it| path == it))
}

/// Tells the solvers where to look; what the user names must be of use.
pub(super) fn provide(named: Option<&Path>, must: bool) -> Result<(), Stop> {
    match named.map(Path::to_owned) {
        Some(path) => {
            highs::provide(
                move || named_by(&path),
                "that is what `--highs` or REEFLOW_HIGHS names",
            );
            if must { highs::load().map_err(Stop::Tool) } else { Ok(()) }
        }
        // What is compiled in needs no other, unless the user says so.
        None if cfg!(feature = "highs") => Ok(()),
        None => {
            highs::provide(everywhere, ADVICE);
            Ok(())
        }
    }
}

/// The library at a path, or those in a folder.
fn named_by(path: &Path) -> Vec<Candidate> {
    if !path.is_dir() {
        // What is no file here may be a name that the loader knows.
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        return vec![candidate(whole)];
    }
    let inside = ["", "lib", "bin", "lib64"]
        .iter()
        .flat_map(|folder| NAMES.iter().map(move |name| path.join(folder).join(name)));
    let inside = inside.filter(|it| it.is_file()).map(candidate);
    let packages = packages_below(path).into_iter().chain([path.to_owned()]);
    inside.chain(packages.flat_map(|it| of_packages(&it))).collect()
}

/// Wherever a library is usually put, what the system's loader knows first.
fn everywhere() -> Vec<Candidate> {
    let prefixes = prefixes();
    let packages: Vec<PathBuf> = prefixes.iter().flat_map(|it| packages_below(it)).collect();
    let plug_ins: Vec<PathBuf> = packages
        .iter()
        .map(|it| it.join("highspy_extras").join(EXTRAS))
        .filter(|it| it.is_file())
        .collect();
    let known =
        NAMES.iter().map(|name| Candidate { plug_ins: plug_ins.clone(), ..Candidate::new(name) });
    let conda = std::env::var_os("CONDA_PREFIX").map(PathBuf::from).into_iter();
    let conda = conda.flat_map(|it| NAMES.iter().map(move |name| it.join("lib").join(name)));
    let conda = conda.filter(|it| it.is_file()).map(candidate);
    known.chain(conda).chain(packages.iter().flat_map(|it| of_packages(it))).collect()
}

/// Folders below which a Python has its `lib`, the most particular first, each once.
fn prefixes() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let variable =
        |name: &str| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    found.extend(variable("VIRTUAL_ENV"));
    found.extend(variable("CONDA_PREFIX"));
    let home = variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    found.extend(home.as_ref().map(|home| home.join(".local")));
    for folder in std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()) {
        let python = ["python3", "python3.exe", "python.exe"].map(|name| folder.join(name));
        let Some(python) = python.into_iter().find(|it| it.is_file()) else { continue };
        let real = python.canonicalize().ok();
        let prefix = |python: &Path| python.parent().and_then(Path::parent).map(Path::to_owned);
        found.extend([Some(python), real].iter().flatten().filter_map(|it| prefix(it)));
    }
    let pyenv = variable("PYENV_ROOT").or_else(|| home.map(|home| home.join(".pyenv")));
    found.extend(pyenv.into_iter().flat_map(|it| entries(&it.join("versions"), |_| true)));
    found.extend(["/usr/local", "/usr"].map(PathBuf::from));
    let mut seen = BTreeSet::new();
    found.retain(|it| seen.insert(it.clone()));
    found
}

/// Folders of packages below a prefix: `lib/python3.12/site-packages`.
fn packages_below(prefix: &Path) -> Vec<PathBuf> {
    let mut found = vec![prefix.join("Lib").join("site-packages")];
    for lib in ["lib", "lib64"] {
        for python in entries(&prefix.join(lib), |name| name.starts_with("python3")) {
            found.extend(["site-packages", "dist-packages"].map(|folder| python.join(folder)));
        }
    }
    found.retain(|folder| folder.is_dir());
    found
}

/// Libraries in a folder of packages.
fn of_packages(folder: &Path) -> Vec<Candidate> {
    let highsbox = Some(folder.join(HIGHSBOX)).filter(|it| it.is_file());
    let highspy = entries(&folder.join("highspy"), |name| python_of(name).is_some());
    highsbox.into_iter().chain(highspy).map(candidate).collect()
}

/// Entries of a folder whose names are wanted, by name; none if it cannot be read.
fn entries(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
    let named = |path: &PathBuf| path.file_name().and_then(OsStr::to_str).is_some_and(&wanted);
    let mut found: Vec<PathBuf> = entries.filter(named).collect();
    found.sort();
    found
}

/// The version of Python that a module of `highspy` is for: `3.11` of `_core.cpython-311-x86_64-linux-gnu.so`.
fn python_of(name: &str) -> Option<String> {
    let digits: String =
        name.strip_prefix("_core.cpython-")?.chars().take_while(char::is_ascii_digit).collect();
    let (major, minor) = digits.split_at_checked(1)?;
    (!minor.is_empty()).then(|| format!("{major}.{minor}"))
}

/// A library with what it needs, as far as its path tells that.
fn candidate(path: PathBuf) -> Candidate {
    let plug_ins = path
        .ancestors()
        .skip(1)
        .take(5)
        .flat_map(|folder| [folder.join(EXTRAS), folder.join("highspy_extras").join(EXTRAS)]);
    let plug_ins = plug_ins.filter(|it| it.is_file()).take(1).collect();
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let needs =
        python_of(name).map(|version| python_libraries(&path, &version)).unwrap_or_default();
    Candidate { path, needs, plug_ins }
}

/// Libraries of the Python that a module is for, whose symbols it takes for granted.
fn python_libraries(module: &Path, version: &str) -> Vec<PathBuf> {
    let name = if cfg!(target_os = "macos") {
        format!("libpython{version}.dylib")
    } else {
        format!("libpython{version}.so.1.0")
    };
    // prefix/lib/python3.11/site-packages/highspy/_core…
    let prefix = module.ancestors().nth(5);
    let real = prefix.and_then(|it| it.join("bin/python3").canonicalize().ok());
    let real = real.as_deref().and_then(Path::parent).and_then(Path::parent);
    let beside = [prefix, real].into_iter().flatten().map(|it| it.join("lib").join(&name));
    beside.filter(|it| it.is_file()).chain([PathBuf::from(&name)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        #[expect(clippy::disallowed_methods, reason = "files to be found")]
        std::fs::write(path, "").expect("a file is made");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn wheels_are_found_in_an_environment_with_what_they_need() {
        let folder = tempfile::tempdir().expect("a folder");
        let packages = folder.path().join("lib/python3.11/site-packages");
        let module = packages.join("highspy/_core.cpython-311-x86_64-linux-gnu.so");
        let extras = packages.join("highspy_extras").join(EXTRAS);
        let python = folder.path().join("lib/libpython3.11.so.1.0");
        for path in [&packages.join(HIGHSBOX), &module, &extras, &python] {
            touch(path);
        }
        let found = named_by(folder.path());
        let paths: Vec<&Path> = found.iter().map(|it| it.path.as_path()).collect();
        assert_eq!(paths, [packages.join(HIGHSBOX), module]);
        assert_eq!(found[0].needs, Vec::<PathBuf>::new());
        assert_eq!(found[1].needs, [python, PathBuf::from("libpython3.11.so.1.0")]);
        assert!(found.iter().all(|it| it.plug_ins == [extras.clone()]));
    }

    #[test]
    fn a_module_names_its_python() {
        assert_eq!(python_of("_core.cpython-39-darwin.so").as_deref(), Some("3.9"));
        assert_eq!(python_of("_core.cpython-314-x86_64-linux-gnu.so").as_deref(), Some("3.14"));
        assert_eq!(python_of("_core.pyi"), None);
        assert_eq!(python_of("_core.cpython-3-darwin.so"), None);
    }

    #[test]
    fn a_library_beside_nothing_else_needs_nothing() {
        let found = named_by(Path::new("/nowhere/libhighs.so.1"));
        assert_eq!(found, [Candidate::new("/nowhere/libhighs.so.1")]);
    }
}
