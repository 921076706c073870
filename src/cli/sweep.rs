//! Sweeps: many scenarios of a flowsheet, and what they say together.

pub mod store;
pub mod vary;
