//! Rounding to the digits that are printed.

/// The nearest number of four significant digits that is not below (`up`) or not above the value.
#[must_use]
pub fn outward(value: f64, up: bool) -> f64 {
    outward_to(value, up, 4)
}

/// The nearest number of so many significant digits (1–17) that is not below (`up`) or not above the value.
#[must_use]
pub fn outward_to(value: f64, up: bool, digits: usize) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let decimals = digits.saturating_sub(1);
    // The last bits of a value are no reason to print more.
    let value = if up { value - 1e-10 * value.abs() } else { value + 1e-10 * value.abs() };
    let rounded: f64 = format!("{value:.decimals$e}").parse().unwrap_or(value);
    let short = if up { rounded < value } else { rounded > value };
    if !short {
        return rounded;
    }
    let exponent: i32 = format!("{value:.decimals$e}")
        .split_once('e')
        .and_then(|(_, e)| e.parse().ok())
        .unwrap_or(0);
    let unit = 10_f64.powi(exponent - i32::try_from(decimals).unwrap_or(i32::MAX));
    let moved = if up { rounded + unit } else { rounded - unit };
    format!("{moved:.decimals$e}").parse().unwrap_or(moved)
}

#[cfg(test)]
mod tests {
    use super::{outward, outward_to};

    #[test]
    fn rounding_goes_to_the_side_that_is_asked() {
        assert_eq!(outward(785.32, true), 785.4);
        assert_eq!(outward(785.32, false), 785.3);
        assert_eq!(outward(785.3, true), 785.3);
        assert_eq!(outward(0.123_401, true), 0.1235);
        assert_eq!(outward(999.96, true), 1000.0);
        assert_eq!(outward(-785.32, true), -785.3);
        assert_eq!(outward(0.1 + 0.2, true), 0.3);
        assert_eq!(outward_to(16.000_12, true, 6), 16.0002);
        assert_eq!(outward_to(16.000_12, false, 6), 16.0001);
    }
}
