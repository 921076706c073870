//! Who is measured: what is compiled in, and what is on the path.

use std::{env, path::PathBuf};

use super::external::{EXTERNALS, External};
use crate::{analysis::solvers::solvers, lp::Backend};

/// Someone who solves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Contender {
    /// Compiled in.
    Backend(Backend),
    /// A tool on the path.
    External(&'static External),
}

impl Contender {
    /// The one of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let backend = Backend::ALL.into_iter().find(|backend| backend.name() == name);
        let external = || EXTERNALS.iter().find(|external| external.name == name);
        backend.map(Self::Backend).or_else(|| external().map(Self::External))
    }

    /// All names there are.
    pub(super) fn names() -> Vec<&'static str> {
        let external = EXTERNALS.iter().map(|external| external.name);
        Backend::ALL.iter().map(|backend| backend.name()).chain(external).collect()
    }

    /// Why it cannot be measured here, if it cannot.
    pub(super) fn absence(self) -> Option<String> {
        match self {
            Self::Backend(backend) => {
                let all = solvers().solvers;
                let solver = all.into_iter().find(|solver| solver.name == backend.name())?;
                solver.missing.map(|reason| format!("{}: {reason}", solver.name))
            }
            Self::External(external) => on_path(external.program).is_none().then(|| {
                format!("{}, as there is no `{}` on the path", external.name, external.program)
            }),
        }
    }
}

/// Where a program is, if it is on the path.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(&file)).find(|path| path.is_file())
}
