//! `reeflow sweep`: many samples of what is uncertain.

pub mod vary;
