//! Lifetimes of products in use: what is sold in one span of time reaches its end of life in which other.
//!
//! With the distribution `F(a)` of the age at the end of life, of sales that spread evenly over `[s, s + L)` there is
//! still in use at the time `t`, and returns in the window `[b, b + M)`
//!
//! ```text
//! V(t) = (1/L) ∫_s^{s+L} [1 − F(t − u)] du = [H(t−s) − H(t−s−L)] / L,   H(a) = ∫₀^a (1 − F),   V(b) − V(b + M)
//! ```
//!
//! in closed form: no mid-year convention and no steps, whatever the lengths. It is the convolution of dynamic material
//! flow analysis (Müller et al. 2014, *Environ. Sci. Technol.* 48, 2102), integrated instead of summed. Beyond the mean
//! age `H` is replaced by what it lacks to the mean, `∫_a^∞ (1 − F)`, which keeps its digits as it falls to zero.
//!
//! What share of that is collected, and what happens to it, is not known here.

// That of `statrs` has eleven digits.
use libm::erfc;
use statrs::function::gamma::{gamma, gamma_lr, gamma_ur};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

use crate::years::Years;

/// Share of a sale that does not count by itself.
const MILLIONTH: f64 = 1e-6;

/// Distribution of the age at which a product reaches its end of life; ages in yr.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lifetime {
    /// Every product lasts equally long.
    Fixed {
        /// Age, yr, > 0.
        years: f64,
    },
    /// Normal, truncated at age 0 and renormalised: nothing fails before it is sold.
    Normal {
        /// Mean before truncation, yr, > 0; that of the truncated distribution is higher, see [`Lifetime::mean`].
        mean: f64,
        /// Standard deviation before truncation, yr, > 0.
        deviation: f64,
    },
    /// Weibull (1951): `F(a) = 1 − exp(−(a / scale)^shape)`.
    Weibull {
        /// Age by which 63.2 % have reached their end of life, yr, > 0.
        scale: f64,
        /// Shape, dimensionless, > 0.01; above 1 failures grow more likely with age.
        shape: f64,
    },
}

impl Lifetime {
    /// Share that has reached its end of life by `age`, 0 to 1; 0 at ages below 0.
    ///
    /// `age`: yr.
    #[must_use]
    pub fn reached(&self, age: f64) -> f64 {
        self.debug_check();
        if age <= 0.0 {
            return 0.0;
        }
        match *self {
            Self::Fixed { years } => f64::from(u8::from(age >= years)),
            Self::Normal { mean, deviation } => {
                let (start, end) = (mean / deviation, (mean - age) / deviation);
                1.0 - normal(end) / normal(start)
            }
            Self::Weibull { scale, shape } => -(-(age / scale).powf(shape)).exp_m1(),
        }
    }

    /// Mean age at the end of life, yr, > 0.
    ///
    /// Normal: `mean + deviation · φ(z) / Φ(z)`, `z = mean / deviation`, because of the truncation. Weibull:
    /// `scale · Γ(1 + 1 / shape)`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.debug_check();
        match *self {
            Self::Fixed { years } => years,
            Self::Normal { mean, deviation } => {
                let z = mean / deviation;
                mean + deviation * density(z) / normal(z)
            }
            Self::Weibull { scale, shape } => scale * gamma(1.0 + 1.0 / shape),
        }
    }

    /// Share of what is sold evenly during `sold` that reaches its end of life during `back`, 0 to 1.
    ///
    /// Exact for every distribution. Over windows that follow each other without end it sums to 1; it is additive where
    /// a window is split, and the mean by length where the sales are. A window may have no end (length infinite).
    ///
    /// `sold`: length > 0 and finite; `back`: length ≥ 0, before or after, also overlapping.
    #[must_use]
    pub fn returned(&self, sold: Years, back: Years) -> f64 {
        debug_assert!(back.length >= 0.0, "a window has a length");
        // What rounding leaves of nothing may be below it.
        (self.in_use(sold, back.from) - self.in_use(sold, back.end())).max(0.0)
    }

    /// The same to a millionth: until a millionth has come back, nothing has, and when less is in use, all has. What is
    /// left out comes with what follows, or before, so that all windows still sum to 1.
    ///
    /// Where nearly all products last for long, the shares of the first years are below all rounding (those of 25 ± 5 yr
    /// 3e-7), but would be coefficients that no solver may be given.
    #[must_use]
    pub fn returned_in_millionths(&self, sold: Years, back: Years) -> f64 {
        let in_use = |time: f64| match self.in_use(sold, time) {
            share if share < MILLIONTH => 0.0,
            share if share > 1.0 - MILLIONTH => 1.0,
            share => share,
        };
        (in_use(back.from) - in_use(back.end())).max(0.0)
    }

    /// Share of what is sold evenly during `sold` that is not sold yet or still in use at `time`, 0 to 1.
    ///
    /// 1 until the sales begin. `sold`: length > 0 and finite; `time`: calendar years, also infinite.
    #[must_use]
    pub fn in_use(&self, sold: Years, time: f64) -> f64 {
        self.debug_check();
        debug_assert!(sold.length > 0.0 && sold.length.is_finite(), "sales take time");
        let (oldest, youngest) = (time - sold.from, time - sold.end());
        if oldest <= 0.0 {
            return 1.0;
        }
        let lives = if oldest <= self.mean() {
            self.lived(oldest) - self.lived(youngest)
        } else {
            self.remaining(youngest) - self.remaining(oldest)
        };
        (lives / sold.length).clamp(0.0, 1.0)
    }

    /// `∫₀^age (1 − F)`, yr: mean life up to `age`; negative before the sale.
    fn lived(&self, age: f64) -> f64 {
        if age <= 0.0 {
            return age;
        }
        match *self {
            Self::Fixed { years } => age.min(years),
            Self::Normal { .. } => self.mean() - self.remaining(age),
            // With x = (a / scale)^shape the integral is scale / shape · γ(1 / shape, x).
            Self::Weibull { scale, shape } => match (age / scale).powf(shape) {
                0.0 => age,
                f64::INFINITY => self.mean(),
                x => self.mean() * gamma_lr(1.0 / shape, x),
            },
        }
    }

    /// `∫_age^∞ (1 − F)`, yr: mean life after `age` per product sold.
    fn remaining(&self, age: f64) -> f64 {
        if age <= 0.0 {
            return self.mean() - age;
        }
        if age == f64::INFINITY {
            return 0.0;
        }
        match *self {
            Self::Fixed { years } => (years - age).max(0.0),
            // ∫_−∞^z Φ = z Φ(z) + φ(z).
            Self::Normal { mean, deviation } => {
                let z = (mean - age) / deviation;
                deviation * (z * normal(z) + density(z)) / normal(mean / deviation)
            }
            // With x = (a / scale)^shape the integral is scale / shape · Γ(1 / shape, x).
            Self::Weibull { scale, shape } => match (age / scale).powf(shape) {
                0.0 => self.mean() - age,
                f64::INFINITY => 0.0,
                x => self.mean() * gamma_ur(1.0 / shape, x),
            },
        }
    }

    fn debug_check(&self) {
        debug_assert!(
            match *self {
                Self::Fixed { years } => years > 0.0,
                Self::Normal { mean, deviation } => mean > 0.0 && deviation > 0.0,
                Self::Weibull { scale, shape } => scale > 0.0 && shape > 0.01,
            },
            "{self:?} is a lifetime"
        );
    }
}

/// Standard normal distribution `Φ(z)`.
fn normal(z: f64) -> f64 {
    0.5 * erfc(-z * FRAC_1_SQRT_2)
}

/// Standard normal density `φ(z)`.
fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

#[cfg(test)]
mod tests;
