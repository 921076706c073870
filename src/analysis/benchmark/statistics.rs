//! Medians, shifted geometric means, exponents.

use schemars::JsonSchema;
use serde::Serialize;

/// Several values of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Spread {
    /// Half of the values are at most this.
    pub median: f64,
    /// The least value.
    pub least: f64,
    /// The greatest value.
    pub greatest: f64,
}

impl Spread {
    /// The spread of values; none without any.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (&least, &greatest) = (values.first()?, values.last()?);
        let upper = values.len().div_euclid(2);
        let lower = (values.len() - 1).div_euclid(2);
        Some(Self { median: f64::midpoint(values[lower], values[upper]), least, greatest })
    }
}

/// `exp(mean(ln(t + shift))) − shift`: what counts is the ratio of times that are long against the shift, and nothing of those that
/// are short; 0 without times.
pub fn shifted_geometric_mean(times: impl IntoIterator<Item = f64>, shift: f64) -> f64 {
    let (sum, count) = times
        .into_iter()
        .fold((0.0, 0_u32), |(sum, count), time| (sum + (time + shift).ln(), count + 1));
    if count == 0 { 0.0 } else { (sum / f64::from(count)).exp() - shift }
}

/// The exponent `b` of `y = a x^b` by least squares in the logarithms; none unless there are two different `x`.
pub fn exponent(points: impl IntoIterator<Item = (f64, f64)>) -> Option<f64> {
    let points: Vec<(f64, f64)> = points
        .into_iter()
        .filter(|&(x, y)| x > 0.0 && y > 0.0)
        .map(|(x, y)| (x.ln(), y.ln()))
        .collect();
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (x, y) = (x / count, y / count);
    let (along, across) = points.iter().fold((0.0, 0.0), |sum, point| {
        (sum.0 + (point.0 - x).powi(2), sum.1 + (point.0 - x) * (point.1 - y))
    });
    // Below that the sizes are one size.
    (along > 1e-6).then(|| across / along)
}
