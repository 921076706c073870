//! Results on paper: what `analysis` found, as text for people and as data for programs.
//!
//! A report knows neither solver nor files; it makes strings.

#[cfg(feature = "html")]
pub mod html;
pub mod json;
#[cfg(feature = "cli")]
pub mod open_energy;
#[cfg(feature = "cli")]
pub mod table;
pub mod tables;
pub mod terminal;
#[cfg(feature = "cli")]
pub mod workbook;
