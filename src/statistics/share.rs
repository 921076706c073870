//! How likely a condition is.

use super::{Estimate, NORMAL_95};

/// Share of cases in which a condition holds, with the interval of Wilson 1927 (*J. Am. Stat. Assoc.* 22, 209).
///
/// It stays between 0 and 1, and says something also where the condition held always or never. None without cases.
/// `holds`: ≤ `count`.
#[must_use]
pub fn share(holds: u64, count: u64) -> Option<Estimate> {
    debug_assert!(holds <= count, "it holds in cases that there are");
    if count == 0 {
        return None;
    }
    let (n, z) = (count as f64, NORMAL_95);
    let value = holds as f64 / n;
    let scale = 1.0 + z * z / n;
    let centre = (value + z * z / (2.0 * n)) / scale;
    let half = z * (value * (1.0 - value) / n + z * z / (4.0 * n * n)).sqrt() / scale;
    // The ends of never and always are 0 and 1 but for rounding.
    let low = if holds == 0 { 0.0 } else { (centre - half).clamp(0.0, value) };
    let high = if holds == count { 1.0 } else { (centre + half).clamp(value, 1.0) };
    Some(Estimate { value, low, high })
}
