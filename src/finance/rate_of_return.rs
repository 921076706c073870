//! Internal rate of return: all of them.
//!
//! With `s = ln(1 + r)` the net present value is `f(s) = Σ aⱼ e^(−tⱼ s)`. Times `e^(τ s)`, which changes no sign, its
//! derivative is `Σ aⱼ (τ − tⱼ) e^((τ − tⱼ) s)`: with `τ` between the times of one change of sign, a sum of the same
//! kind with one change of sign less. Its roots part the range into pieces on each of which `f e^(τ s)` is monotone, so
//! bisection misses no root. This is the proof of Descartes' rule for real exponents (Laguerre 1883), run as a program.

/// Rates, fractions per year: the range that is searched, −0.99 exclusive to 10 inclusive.
const RANGE: (f64, f64) = (-0.99, 10.0);

/// Internal rates of return: those at which the net present value is zero, fractions per year, −0.99 < r ≤ 10.
#[derive(Clone, Debug, PartialEq)]
pub enum Irr {
    /// One, as for an investment that is followed by receipts.
    Unique(f64),
    /// More than one, ascending: none of them says whether the flows are worth while.
    Several(Vec<f64>),
    /// None in the range, or every rate, where nothing flows.
    None,
}

/// All internal rates of return of `(time, amount)`, to 1e-12 or what the rounding of the amounts leaves.
///
/// Short, Packey and Holt (1995), internal rate of return; there are at most as many as the flows, in order of
/// time, change their sign (Descartes). A rate at which the net present value only touches zero, to rounding, is one.
///
/// `flows`: years and money, in any order.
#[must_use]
pub fn irr(flows: &[(f64, f64)]) -> Irr {
    let mut sorted = flows.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut merged: Vec<Term> = Vec::new();
    for (time, amount) in sorted {
        match merged.last_mut() {
            Some(last) if last.time == time => last.amount += amount,
            _ => merged.push(Term { time, amount }),
        }
    }
    merged.retain(|term| term.amount != 0.0);
    let rates: Vec<f64> = roots(&merged).into_iter().map(f64::exp_m1).collect();
    match rates[..] {
        [] => Irr::None,
        [rate] => Irr::Unique(rate),
        _ => Irr::Several(rates),
    }
}

/// `amount · e^(−time · s)`; the amount is not 0.
#[derive(Clone, Copy)]
struct Term {
    time: f64,
    amount: f64,
}

/// Sign of the sum at `s`: 0 where it is within the rounding of its terms.
fn sign(terms: &[Term], s: f64) -> f64 {
    // The largest factor is divided out, so that none overflows.
    let largest = terms.iter().map(|term| -term.time * s).fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut size) = (0.0, 0.0);
    for term in terms {
        let part = term.amount * (-term.time * s - largest).exp();
        sum += part;
        size += part.abs();
    }
    if sum.abs() <= 4.0 * f64::EPSILON * size { 0.0 } else { f64::signum(sum) }
}

/// All roots in the range, ascending; `terms` in order of time.
fn roots(terms: &[Term]) -> Vec<f64> {
    let change = terms.windows(2).find_map(|pair| match pair {
        [a, b] if (a.amount > 0.0) != (b.amount > 0.0) => Some(f64::midpoint(a.time, b.time)),
        _ => None,
    });
    let Some(middle) = change else { return Vec::new() };
    let slope = |term: &Term| Term { amount: term.amount * (middle - term.time), ..*term };
    let turns = roots(&terms.iter().map(slope).collect::<Vec<_>>());

    let (low, high) = (RANGE.0.ln_1p(), RANGE.1.ln_1p());
    let mut found = Vec::new();
    let mut from = (low, sign(terms, low));
    for to in turns.into_iter().chain([high]) {
        let to = (to, sign(terms, to));
        if from.1 * to.1 < 0.0 {
            found.push(bisect(terms, from, to.0));
        }
        if to.1 == 0.0 {
            found.push(to.0);
        }
        from = to;
    }
    found
}

/// The root between `from`, with the sign there, and `to`, where the sign is the other.
fn bisect(terms: &[Term], from: (f64, f64), to: f64) -> f64 {
    let (mut left, mut right) = (from.0, to);
    while right - left > f64::EPSILON / 2.0 {
        let middle = f64::midpoint(left, right);
        if middle <= left || middle >= right {
            break;
        }
        match sign(terms, middle) {
            0.0 => return zero(terms, left, middle, right),
            sign if sign == from.1 => left = middle,
            _ => right = middle,
        }
    }
    f64::midpoint(left, right)
}

/// The middle of the values around `inside` at which the sum is zero to rounding.
fn zero(terms: &[Term], left: f64, inside: f64, right: f64) -> f64 {
    let edge = |mut outside: f64| {
        let mut inside = inside;
        while (outside - inside).abs() > f64::EPSILON / 2.0 {
            let middle = f64::midpoint(inside, outside);
            if middle == inside || middle == outside {
                break;
            }
            if sign(terms, middle) == 0.0 { inside = middle } else { outside = middle }
        }
        inside
    };
    f64::midpoint(edge(left), edge(right))
}
