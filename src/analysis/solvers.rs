//! Who can solve here: where each solver comes from, what it can do, and when it is chosen.

use schemars::JsonSchema;
use serde::Serialize;

use crate::lp::{Backend, HIGHS_COLUMNS, HIPO_COLUMNS, SMALL_COLUMNS, highs};

/// All solvers, those that are there and those that are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Solvers {
    /// In the order of `--solver`.
    pub solvers: Vec<Solver>,
}

/// One solver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Solver {
    /// What `--solver` calls it.
    pub name: &'static str,
    /// Whether it can be used.
    pub available: bool,
    /// Where it comes from: `own`, `compiled in`, or the path or name of a library; null if it is not there.
    pub origin: Option<String>,
    /// The version of a library that was loaded; null otherwise.
    pub version: Option<&'static str>,
    /// Why it is not there, and how to get it; null if it is.
    pub missing: Option<String>,
    /// What it can do by itself; what it cannot is done for it, as `chosen` and the manual tell.
    pub abilities: Vec<Ability>,
    /// For which programs it is chosen if nobody says who solves.
    pub chosen: String,
}

/// What a solver can do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ability {
    /// Columns of whole numbers.
    Integers,
    /// Duals of rows and columns.
    Duals,
    /// An optimum at a vertex, with its basis.
    Basis,
    /// It goes on from a basis.
    WarmStart,
    /// Ranges over which a basis stays optimal.
    Ranging,
    /// Proofs that a program is infeasible or unbounded.
    Rays,
}

impl Ability {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Integers, Self::Duals, Self::Basis, Self::WarmStart, Self::Ranging, Self::Rays];
}

/// Looks who is there; loads the library of `HiGHS` for that.
#[must_use]
pub fn solvers() -> Solvers {
    use Ability::{Basis, Duals, Integers};
    let own = |backend: Backend, origin: &str, abilities: &[Ability], chosen: String| Solver {
        name: backend.name(),
        available: true,
        origin: Some(origin.to_owned()),
        version: None,
        missing: None,
        abilities: abilities.to_vec(),
        chosen,
    };
    let library = highs::loaded();
    let highs = |backend| of_highs(backend, &library);
    Solvers {
        solvers: vec![
            own(
                Backend::Simplex,
                "own",
                &Ability::ALL,
                format!("up to {SMALL_COLUMNS} columns; whole numbers"),
            ),
            own(Backend::Microlp, "compiled in", &[Integers, Basis], "if others fail".to_owned()),
            own(
                Backend::Clarabel,
                "compiled in",
                &[Duals],
                format!(
                    "from {} columns on; from {HIGHS_COLUMNS} on, if there is no HiGHS or it fails",
                    SMALL_COLUMNS + 1
                ),
            ),
            highs(Backend::Highs),
            highs(Backend::HighsIpm),
            highs(Backend::HighsHipo),
        ],
    }
}

fn of_highs(backend: Backend, library: &Result<highs::Loaded, String>) -> Solver {
    let compiled = cfg!(feature = "highs") && backend != Backend::HighsHipo;
    let found = match library {
        Ok(it) if it.hipo || backend != Backend::HighsHipo => {
            Ok((it.path.display().to_string(), Some(it.version)))
        }
        Ok(it) => Err(format!(
            "HiGHS {} has no HiPO; from 1.15 on `pip install highspy-extras=={}` beside it brings what it needs",
            it.version, it.version
        )),
        Err(_) if compiled => Ok(("compiled in".to_owned(), None)),
        Err(reason) => Err(reason.clone()),
    };
    let loaded = found.as_ref().is_ok_and(|(_, version)| version.is_some());
    let chosen = match backend {
        Backend::HighsIpm => format!("from {HIGHS_COLUMNS} columns on"),
        Backend::HighsHipo => format!("from {HIPO_COLUMNS} columns on"),
        _ => "if it is asked for".to_owned(),
    };
    let abilities = if loaded || found.is_err() {
        &Ability::ALL[..]
    } else {
        &[Ability::Integers, Ability::Duals, Ability::Basis]
    };
    let (missing, found) = match found {
        Ok(found) => (None, Some(found)),
        Err(reason) => (Some(reason), None),
    };
    Solver {
        name: backend.name(),
        available: found.is_some(),
        version: found.as_ref().and_then(|(_, version)| *version),
        origin: found.map(|(origin, _)| origin),
        missing,
        abilities: abilities.to_vec(),
        chosen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_solver_is_told_and_what_is_missing_says_why() {
        let told = solvers();
        let names: Vec<&str> = told.solvers.iter().map(|it| it.name).collect();
        let all = ["simplex", "microlp", "clarabel", "highs", "highs-ipm", "highs-hipo"];
        assert_eq!(names, all);
        for it in &told.solvers {
            assert_eq!(it.available, it.missing.is_none(), "{}", it.name);
            assert_eq!(it.available, it.origin.is_some(), "{}", it.name);
            assert!(!it.abilities.is_empty() && !it.chosen.is_empty(), "{}", it.name);
        }
    }

    #[test]
    fn highs_without_hipo_says_how_to_get_it() {
        let library =
            Ok(highs::Loaded { version: "1.15.1", path: "libhighs.so".into(), hipo: false });
        let hipo = of_highs(Backend::HighsHipo, &library);
        assert!(
            !hipo.available && hipo.missing.is_some_and(|it| it.contains("highspy-extras==1.15.1"))
        );
        let simplex = of_highs(Backend::Highs, &library);
        assert_eq!((simplex.available, simplex.version), (true, Some("1.15.1")));
        assert_eq!(simplex.abilities, Ability::ALL);
    }
}
