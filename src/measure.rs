//! Quantities written as strings with units: `"570 kt/yr"`, `"69 USD/kg NdPr oxide"`, `"1.75 % REO"`.
//!
//! Everything is converted once, here, to the internal units: tonne, year, the flowsheet's currency, kWh, m³ and
//! fraction. A year is 365 days = 8,760 h, as in the `uom` crate, from which all conversion factors come. The basis
//! (the words that say *of what*) is kept verbatim; nothing here knows what it means.
//!
//! ```text
//! quantity   = number [ scale ] [ expression ]
//! expression = factor { "/" factor }
//! factor     = unit [ basis words ] | "(" expression ")"        one level of brackets, below a "/" only
//! number     = 570 | 2,500 | 1_000 | 1.5e3 | −2                 scale = thousand | million | billion
//! ```
//!
//! `a/b/c` divides by both b and c, so capital cost per annual capacity is written `USD/(t/yr)`. Words after a unit of
//! time are the basis of the mass, volume or energy before it: `600 kt/yr REO` is `600 kt REO/yr`. Ratios of masses are
//! fractions: `5 g/t` is 5 ppm, `0.9 t H2SO4/t REO` is 0.9 with both bases kept.

mod atom;
mod dimension;
mod error;
mod format;
mod number;
mod parse;
pub mod round;

pub use dimension::{Dimension, Mismatch};
pub use error::{MeasureError, MeasureErrorKind};
pub use format::{
    format_digits, format_energy_per_mass, format_energy_rate, format_fraction, format_mass,
    format_mass_rate, format_money, format_money_rate, format_number, format_price,
};

/// The number at the start of a quantity and the text after it: 570 and ` kt/yr`; none if there is no number.
#[must_use]
pub fn split_number(text: &str) -> Option<(f64, &str)> {
    let trimmed = text.trim_start();
    let number = number::read(trimmed, 0).ok()?;
    Some((number.value, &trimmed[number.length..]))
}

/// Hours in a year, h/yr: 8,760, a year being 365 days.
#[must_use]
pub fn hours_per_year() -> f64 {
    use uom::{Conversion, si::time};
    <time::year as Conversion<f64>>::coefficient() / <time::hour as Conversion<f64>>::coefficient()
}

/// What a quantity is of, above and below the line, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// `H2SO4` of `0.9 t H2SO4/t REO`.
    pub numerator: Option<String>,
    /// `REO` of `0.9 t H2SO4/t REO`.
    pub denominator: Option<String>,
}

/// A value in internal units with its dimension and basis.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Value in internal units (t, yr, currency, kWh, m³, fraction), finite.
    pub value: f64,
    /// What kind of quantity it is.
    pub dimension: Dimension,
    /// What it is of.
    pub basis: Basis,
    /// Whether it was written in `%`, `ppm` or `ppb`, and so is a share and not a mere number.
    pub percent_like: bool,
}

impl Quantity {
    /// The value in internal units, if the dimension is the one expected.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] if it is another one; its text says what was expected, with an example, and what was found.
    pub fn expect(&self, dimension: Dimension) -> Result<f64, Mismatch> {
        if self.dimension == dimension {
            Ok(self.value)
        } else {
            Err(Mismatch { expected: dimension, found: self.dimension })
        }
    }
}

/// A quantity in internal units without any rounding: `decimal · Π above ÷ Π below`.
///
/// The factors are numbers of few decimals (3,600, 0.45359237), for which their doubles stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The number as written, without what separates thousands: `-2500.5e3`.
    pub decimal: String,
    /// Factors, > 0.
    pub above: Vec<f64>,
    /// Divisors, > 0.
    pub below: Vec<f64>,
}

/// What a flowsheet says once about its units.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    /// Code of the only currency in the flowsheet, such as `USD`.
    pub currency: String,
    /// Length of a shift, h, > 0; without it the unit `shift` is an error.
    pub shift_hours: Option<f64>,
}

impl Units {
    /// Units with this currency and no shift.
    #[must_use]
    pub fn new(currency: impl Into<String>) -> Self {
        Self { currency: currency.into(), shift_hours: None }
    }

    /// Parses a quantity and converts it to internal units.
    ///
    /// # Errors
    ///
    /// [`MeasureError`] with the bytes at fault for anything that is not a finite number with known units.
    pub fn parse(&self, text: &str) -> Result<Quantity, MeasureError> {
        parse::parse(self, text)
    }

    /// Parses a quantity and keeps what was written, for arithmetic without rounding.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_written(&self, text: &str) -> Result<Written, MeasureError> {
        parse::parse_written(self, text)
    }
}

#[cfg(test)]
mod tests;
