//! Solvent-extraction cascades: balances, minimum extraction amounts, stages and their simulation.
//!
//! Pure physics of countercurrent cascades with reflux, per mol of rare earths: what enters is a composition and a
//! demand, what leaves are flows, stages and profiles. It knows no tanks, reagents, prices or flowsheets, and takes the
//! separation factors as given: constant in each section. The organic's load of rare earths is constant too, which is
//! right for saponified acidic extractants near their working load, and not for TBP or for unsaponified acid circuits. Stages
//! are equilibrium stages.
//!
//! ```text
//!               extraction, stages 1 … n             scrub, stages n+1 … N = n+m
//!  organic S →  [1] → [2] → … → [n]  →  V  →  [n+1] → … → [N]  →  organic product f′_A
//!  raffinate f′_B ← [1] ← [2] ← … ← [n]  ←  L  ←  [n+1] ← … ← [N]  ←  wash W (acid, returns W to the aqueous)
//!                             feed ↑ aqueous: to stage n; organic: to stage n+1
//! ```
//!
//! | symbol | meaning | unit, range |
//! | --- | --- | --- |
//! | A, B | more, less extractable component or group | |
//! | `β = D_A / D_B`, `β′` | separation factor, in the scrub section if it differs | dimensionless, > 1 |
//! | `f_A`, `f_B`, `zᵢ` | fractions of the feed | mol/mol, sum 1 |
//! | `f′_A`, `f′_B` | organic product, raffinate | mol/mol feed, sum 1 |
//! | `P_A`, `P_B`, `Y_A`, `Y_B` | purities, recoveries | mol/mol, dimensionless |
//! | `S` | extraction amount: rare earths on the organic that leaves each extraction stage | mol/mol feed, > 0 |
//! | `W` | washing amount: rare earths that the scrub acid returns to the aqueous | mol/mol feed, > 0 |
//! | `V`, `L` | organic, aqueous flow of rare earths between stages | mol/mol feed |
//! | `q` | aqueous share of the feed | 0 … 1 |
//!
//! `W = S + (1 − q) − f′_A`; organic flows `S` and `S + (1 − q)`, aqueous flows `W + q` and `W` in the two sections.
//!
//! Sources: Zhang, Zhao and Schreiner (2016), *Separation Hydrometallurgy of Rare Earth Elements*; Fenske (1932); Smoker
//! (1938); Underwood (1948); Kremser (1930).

mod binary;
mod circuit;
mod design;
mod error;
pub mod kremser;
pub mod legacy;
mod march;
mod minimise;
mod minimum;
mod plant;
mod sequence;
mod simulation;

pub use binary::*;
pub use circuit::*;
pub use design::*;
pub use error::ExtractionError;
pub use march::{Duty, Rating};
pub use minimum::*;
pub use plant::*;
pub use sequence::*;
pub use simulation::{Draw, Layout, Profile, simulate, simulate_from};

#[cfg(test)]
mod tests;
