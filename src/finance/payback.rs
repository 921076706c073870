//! Payback.

use super::discount_factor;

/// Time at which receipts have first repaid all payments, in the years of `flows`; `None` where they never do.
///
/// Undiscounted (Turton et al. 2018, ch. 10, payback period; Short, Packey and Holt 1995, simple payback). An
/// amount at `time` is what flows, evenly, during `[time, time + 1)`; amounts of one time are one. So what is invested
/// in the first year and earned from the next counts the year of building: subtract the start of operation for a
/// payback after start-up. What is paid after that time (a closure) does not undo it. The first time itself where
/// nothing is ever owed.
///
/// `flows`: `(time, amount)` in years and money, in any order, times a year or more apart or equal.
#[must_use]
pub fn payback(flows: &[(f64, f64)]) -> Option<f64> {
    let mut sorted = flows.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut balance = 0.0;
    let mut owed = false;
    for year in sorted.chunk_by(|a, b| a.0 == b.0) {
        let amount: f64 = year.iter().map(|(_, amount)| amount).sum();
        let after = balance + amount;
        if balance < 0.0 && after >= 0.0 {
            return year.first().map(|(time, _)| time - balance / amount);
        }
        owed |= after < 0.0;
        balance = after;
    }
    sorted.first().filter(|_| !owed).map(|(time, _)| *time)
}

/// Time at which discounted receipts have first repaid all discounted payments, in the years of `flows`, else `None`.
///
/// Short, Packey and Holt (1995), discounted payback: [`payback`] of the amounts times `(1 + rate)^−time`.
///
/// `rate`: fraction per year, > −1; `flows` as for [`payback`].
#[must_use]
pub fn discounted_payback(rate: f64, flows: &[(f64, f64)]) -> Option<f64> {
    let present = |(time, amount): &(f64, f64)| (*time, amount * discount_factor(rate, *time));
    payback(&flows.iter().map(present).collect::<Vec<_>>())
}
