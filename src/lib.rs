#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::disallowed_methods))]

// Layer 0: leaves.
pub mod diagnostic;
pub mod index;
pub mod lp;
pub mod measure;
pub mod sampling;
pub mod statistics;
pub mod years;
// Layer 1: chemistry, economics.
pub mod chem;
pub mod curve;
pub mod finance;
pub mod lifetime;
// Layer 2: what was written.
pub mod document;
// Layer 3: what it means.
pub mod flowsheet;
// Layer 4: computations of the flows.
pub mod balance;
pub mod exact;
pub mod model;
// Layer 5: questions.
pub mod analysis;
// Layer 6: paper.
pub mod report;
// Layer 7: the tool.
#[cfg(feature = "cli")]
pub mod cli;
