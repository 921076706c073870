//! Other values of a figure, written as the figure is: `50 %` becomes `10.48 %`, `570 kt/yr` becomes `827 kt/yr`.
//!
//! What is told is read again, so that a value that was tried is the one that a user sets.

use crate::{
    flowsheet::{FigureId, Flowsheet},
    measure::{format_digits, round, split_number},
};

/// Digits with which a value is told: more only if it would not be told from what was written, or would not do.
pub(super) const DIGITS: [usize; 4] = [4, 6, 9, 12];

/// Most that rounding moves a value, as a share of its difference from what was written.
const MOVED: f64 = 0.2;

/// How a figure was written.
pub(super) struct Written<'a> {
    flowsheet: &'a Flowsheet,
    /// Its number.
    number: f64,
    /// What follows the number.
    unit: &'a str,
    /// Internal value per number.
    factor: f64,
    /// Internal value per value that its text alone has.
    basis: f64,
}

impl<'a> Written<'a> {
    /// None for a text that is no number with a unit.
    pub(super) fn of(flowsheet: &'a Flowsheet, figure: FigureId) -> Option<Self> {
        let figure = &flowsheet.figures[figure];
        let (number, unit) = split_number(&figure.text)?;
        let one = flowsheet.units.parse(&format!("1{unit}")).ok()?.value;
        let alone = flowsheet.units.parse(&figure.text).ok()?.value;
        let basis = if alone == 0.0 { 1.0 } else { figure.value / alone };
        Some(Self { flowsheet, number, unit, factor: one * basis, basis })
    }

    /// A value in so many digits, rounded to a side, as text and as what that text means.
    pub(super) fn round(&self, value: f64, up: bool, digits: usize) -> Option<(f64, String)> {
        let number = round::outward_to(value / self.factor, up, digits);
        // Adding zero: there is no −0.
        let text = format!("{}{}", format_digits(number + 0.0), self.unit);
        let read = self.flowsheet.units.parse(&text).ok()?.value;
        Some((read * self.basis, text))
    }

    /// A value in as few digits as tell it from what was written: rounding moves it by little of the difference.
    pub(super) fn tell(&self, value: f64, up: bool) -> Option<(f64, String)> {
        let wanted = value / self.factor;
        let near = |digits: &usize| {
            let moved = (round::outward_to(wanted, up, *digits) - wanted).abs();
            moved <= MOVED * (wanted - self.number).abs()
        };
        let digits = DIGITS.into_iter().find(near).unwrap_or(DIGITS[0]);
        self.round(value, up, digits)
    }
}
