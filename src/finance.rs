//! Time value of money: discounting, escalation, net present value, rate of return, payback, depreciation.
//!
//! Money is in any one currency, time in years. What flows in a calendar year counts with the factor of that year,
//! whenever in the year it flows: the slot `[y, y + 1)` is discounted by `(1 + i)^−(y − b)` to the start of the base
//! year `b`. Rates are fractions per year and either all nominal or all real; nothing here knows taxes or inflation.
//!
//! Textbooks for all of it: Short, Packey and Holt (1995), *A Manual for the Economic Evaluation of Energy Efficiency
//! and Renewable Energy Technologies*, NREL/TP-462-5173; Peters, Timmerhaus and West (2003), *Plant Design and
//! Economics for Chemical Engineers*, 5th ed., ch. 7 and 8; Turton et al. (2018), *Analysis, Synthesis and Design of
//! Chemical Processes*, 5th ed., ch. 9 and 10.

mod depreciation;
mod payback;
mod rate_of_return;

pub use depreciation::{declining_balance, straight_line};
pub use payback::{discounted_payback, payback};
pub use rate_of_return::{Irr, irr};

use crate::years::Years;

/// Worth now of one unit of money that is paid after `years`, dimensionless, > 0: `(1 + rate)^−years`.
///
/// Peters, Timmerhaus and West (2003), ch. 7, discrete compounding; years may be fractional or negative.
///
/// `rate`: fraction per year, > −1, else the result means nothing.
#[must_use]
pub fn discount_factor(rate: f64, years: f64) -> f64 {
    debug_assert!(rate > -1.0, "a rate is above −1");
    (1.0 + rate).powf(-years)
}

/// Present worth of one unit of money per year that flows during `[from, from + length)`, yr, ≥ 0.
///
/// `Σ_y overlap(y) · (1 + rate)^−(y − base)` over the calendar years `y`: [`present_worth`] without growth. Exactly
/// `length` where the rate is 0.
///
/// `rate`: fraction per year, > −1; `base`, `from`: calendar years; `length`: yr, ≥ 0.
#[must_use]
pub fn weight_of(rate: f64, base: f64, from: f64, length: f64) -> f64 {
    present_worth(Years { from, length }, base, 0.0, rate)
}

/// Mean of the escalation factor `(1 + growth)^(y − base)` over the time of `span`, dimensionless, > 0.
///
/// What one unit of money of the base year costs in the mean of the span. Exactly 1 where nothing grows.
///
/// `growth`: fraction per year, > −1; `base`: calendar year; length of `span`: > 0.
#[must_use]
pub fn escalation_mean(span: Years, base: f64, growth: f64) -> f64 {
    debug_assert!(span.length > 0.0, "a mean needs a length");
    present_worth(span, base, growth, 0.0) / span.length
}

/// Present worth of one unit of money per year, at prices of the base year, that flows during `span`, yr, ≥ 0.
///
/// `Σ_y overlap(y) · (1 + growth)^(y − base) · (1 + rate)^−(y − base)` over the calendar years `y`: prices escalate by
/// `growth`, then are discounted at `rate` (Short, Packey and Holt 1995, present value of a series that
/// escalates). Full years are summed as a geometric series. Additive where a span is split. Exactly the length of the
/// span where growth and rate are equal.
///
/// `growth`, `rate`: fractions per year, > −1; `base`: calendar year; `span`: finite.
#[must_use]
pub fn present_worth(span: Years, base: f64, growth: f64, rate: f64) -> f64 {
    debug_assert!(growth > -1.0 && rate > -1.0, "rates are above −1");
    let step = growth.ln_1p() - rate.ln_1p();
    let (first, last) = (span.from.floor(), span.end().floor());
    if step == 0.0 {
        return span.length;
    }
    let factor = |year: f64| (step * (year - base)).exp();
    if first == last {
        return span.length * factor(first);
    }
    let full = last - first - 1.0;
    let head = (first + 1.0 - span.from) * factor(first);
    let middle = factor(first + 1.0) * (step * full).exp_m1() / step.exp_m1();
    let tail = (span.end() - last) * factor(last);
    head + middle + tail
}

/// Net present value of `(time, amount)`, money: `Σ amount · (1 + rate)^−time`.
///
/// Short, Packey and Holt (1995), net present value; Turton et al. (2018), ch. 10. Times are years from the
/// moment of which it is the worth, in any order; receipts are positive, payments negative.
///
/// `rate`: fraction per year, > −1.
#[must_use]
pub fn npv(rate: f64, flows: &[(f64, f64)]) -> f64 {
    flows.iter().map(|(time, amount)| amount * discount_factor(rate, *time)).sum()
}

/// Yearly payment that repays one unit of money over `life`, 1/yr, > 0: `i / (1 − (1 + i)^−n)`.
///
/// Short, Packey and Holt (1995), uniform capital recovery factor (payments at the ends of the years); its limit
/// `1 / life` where the rate is 0.
///
/// `rate`: fraction per year, > −1; `life`: yr, > 0, may be fractional.
#[must_use]
pub fn capital_recovery_factor(rate: f64, life: f64) -> f64 {
    debug_assert!(rate > -1.0 && life > 0.0, "a rate is above −1, a life above 0");
    if rate == 0.0 { 1.0 / life } else { rate / -(-life * rate.ln_1p()).exp_m1() }
}

/// Levelised cost, money per unit of quantity: the price at which the sales of `quantity` pay `costs`.
///
/// Present worth of the costs by present worth of the quantity, both discounted at one rate (Short, Packey and Holt
/// 1995: `LCOE = TLCC / Σ Qₙ / (1 + d)ⁿ`). `None` where nothing is sold.
///
/// `costs`: present worth of all costs less that of all other receipts, money; `quantity`: present worth of what is
/// sold, ≥ 0, in its own unit.
#[must_use]
pub fn levelised_cost(costs: f64, quantity: f64) -> Option<f64> {
    (quantity > 0.0).then(|| costs / quantity)
}

#[cfg(test)]
mod tests;
