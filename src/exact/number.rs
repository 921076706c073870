//! Rational numbers from what was written, and back to what can be printed.

use std::{borrow::Borrow, str::FromStr as _};

use dashu_ratio::RBig;

/// Significant digits of a double that stands for a decimal number.
const DIGITS: usize = 15;

/// A decimal number: `-2500.5`, `1.5e3`.
pub(super) fn decimal(text: &str) -> Option<RBig> {
    RBig::from_str_decimal(text).ok()
}

/// A fraction as [`RBig`] writes it: `-7/3`, `42`.
pub(super) fn fraction(text: &str) -> Option<RBig> {
    RBig::from_str(text).ok()
}

/// The decimal number that a double stands for: its shortest digits, or, where a product of short decimals has left
/// noise behind them, the first fifteen.
///
/// For constants of few digits: atomic weights, counts of atoms, units of measure, factors in a measure.
pub(super) fn of(value: f64) -> RBig {
    let shortest = format!("{value:e}");
    let digits = shortest.split('e').next().unwrap_or_default();
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    let text = if count > DIGITS { format!("{value:.*e}", DIGITS - 1) } else { shortest };
    decimal(&text).unwrap_or(RBig::ZERO)
}

/// The double nearest to a number.
pub(super) fn rounded(number: &RBig) -> f64 {
    let value = number.to_f64().value();
    if value == 0.0 { 0.0 } else { value }
}

/// The sum of numbers.
pub(super) fn sum<N: Borrow<RBig>>(numbers: impl IntoIterator<Item = N>) -> RBig {
    numbers.into_iter().fold(RBig::ZERO, |sum, number| sum + number.borrow())
}

/// Whether a number is less than 0.
pub(super) fn is_negative(number: &RBig) -> bool {
    *number < RBig::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_stand_for_the_decimals_they_were_written_as() {
        let third = RBig::from_parts(3.into(), 10_u8.into());
        assert_eq!(of(0.3), third);
        assert_eq!(of(0.1 * 3.0), third, "0.30000000000000004");
        assert_eq!(of(-1.5e-7), decimal("-0.00000015").expect("a decimal"));
        assert_eq!(of(144.242), decimal("144.242").expect("a decimal"));
        assert_eq!(of(0.0), RBig::ZERO);
    }

    #[test]
    fn rounding_is_to_the_nearest_double() {
        for value in [0.1, 1e300, -7.25, 2.0_f64.powi(-30), 123_456.789, 0.0] {
            assert_eq!(rounded(&decimal(&format!("{value:e}")).expect("a decimal")), value);
        }
        // Between 1 and the next double, nearer to the latter.
        assert_eq!(
            rounded(&decimal("1.0000000000000001111").expect("a decimal")),
            1.0 + f64::EPSILON
        );
    }
}
