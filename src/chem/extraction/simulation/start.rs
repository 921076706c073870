//! Where Newton's method starts from, and paths that lead from an easy cascade to the one that is asked for.

use super::network::Network;

/// Rounds of bubble points; more of them need not come closer.
const ROUNDS: usize = 10;

impl Network {
    /// `ln t` at total reflux: `d_i / r_i` grows by the separation factor of each stage (Fenske 1932).
    ///
    /// One number, the level of the ratios, follows from the size of the organic product.
    pub(super) fn total_reflux(&self) -> Vec<f64> {
        let n = self.extraction_stages as f64;
        let m = (self.stages - self.extraction_stages) as f64;
        let parts = || self.feed.iter().zip(&self.heavy).take(self.components.len());
        let gains: Vec<f64> = self.log_betas[0]
            .iter()
            .zip(&self.log_betas[1])
            .map(|(extraction, scrub)| n * extraction + m * scrub)
            .collect();
        let too_low = |level: f64| {
            let (mut lights, mut heavies) = self.shortfalls();
            for ((feed, heavy), gain) in parts().zip(&gains) {
                let odds = (gain - level).exp();
                if *heavy > 0.0 {
                    heavies += feed / (1.0 + odds);
                } else {
                    lights += feed / (1.0 + odds.recip());
                }
            }
            lights > heavies
        };
        let mut low = gains.iter().copied().fold(f64::INFINITY, f64::min) - 100.0;
        let mut high = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max) + 100.0;
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if too_low(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        // ln of the raffinate, and up the stages from there.
        let mut amounts: Vec<f64> = parts()
            .zip(&gains)
            .map(|((feed, _), gain)| {
                let log = gain - high;
                feed.ln() - log.max(0.0) - (-log.abs()).exp().ln_1p()
            })
            .collect();
        let mut stage = |j: usize| {
            let betas = &self.log_betas[usize::from(j >= self.extraction_stages)];
            let largest = amounts.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (mut weighted, mut whole) = (0.0, 0.0);
            for (amount, beta) in amounts.iter_mut().zip(betas) {
                let x = (*amount - largest).exp();
                weighted += x * beta.exp();
                whole += x;
                *amount += beta;
            }
            (weighted / whole).ln()
        };
        (0..self.stages).map(&mut stage).collect()
    }

    /// `ln t` from a perfect raffinate straight to the feed and to a perfect product.
    pub(super) fn straight(&self) -> Vec<f64> {
        let count = self.components.len();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&a, &b| self.log_betas[0][b].total_cmp(&self.log_betas[0][a]));
        let filled = |order: &mut dyn Iterator<Item = &usize>, mut room: f64| {
            let mut flows = vec![0.0; count];
            for &i in order {
                flows[i] = self.feed[i].min(room);
                room -= flows[i];
            }
            flows
        };
        let organic = filled(&mut order.iter(), self.organic[self.stages - 1]);
        let raffinate = filled(&mut order.iter().rev(), self.aqueous[0]);
        let mean = |flows: &[f64], section: usize, sign: f64| {
            let terms = flows.iter().zip(&self.log_betas[section]);
            let weighted: f64 = terms.map(|(flow, log)| flow * (sign * log).exp()).sum();
            sign * (weighted / flows.iter().sum::<f64>()).ln()
        };
        let (bottom, top) = (mean(&raffinate, 0, 1.0), mean(&organic, 1, -1.0));
        let feed = |section| {
            let fed = &self.feed[..count];
            f64::midpoint(mean(fed, section, 1.0), mean(fed, section, -1.0))
        };
        let (n, m) = (self.extraction_stages, self.stages - self.extraction_stages);
        let (below, above) = (feed(0), feed(1));
        let extraction = (0..n).map(|j| bottom + (below - bottom) * ((j + 1) as f64 / n as f64));
        let scrub = (1..=m).map(|j| above + (top - above) * (j as f64 / m as f64));
        extraction.chain(scrub).collect()
    }

    /// `ln t` where all stages have the composition of the feed, with the separation factors to the power `power`.
    pub(super) fn flat(&self, power: f64) -> Vec<f64> {
        let total: f64 = self.feed.iter().sum();
        let level = |logs: &[f64]| {
            let terms = self.feed.iter().zip(logs);
            (terms.map(|(feed, log)| feed * (power * log).exp()).sum::<f64>() / total).ln()
        };
        let [extraction, scrub] = [level(&self.log_betas[0]), level(&self.log_betas[1])];
        let of = |j| if j < self.extraction_stages { extraction } else { scrub };
        (0..self.stages).map(of).collect()
    }

    /// The closest of a few rounds of bubble points from `logs` on (Wang and Henke 1966).
    pub(super) fn settled(&self, mut logs: Vec<f64>) -> Vec<f64> {
        let mut balances = self.balances(1.0);
        let mut best = (f64::INFINITY, logs.clone());
        for _ in 0..=ROUNDS {
            if !self.solve(&logs, &mut balances) {
                break;
            }
            let miss = balances.residual.iter().fold(0.0, |miss: f64, r| miss.max(r.abs()));
            if miss < best.0 {
                best = (miss, logs.clone());
            }
            self.bubble_points(&balances, &mut logs);
        }
        best.1
    }

    /// The same cascade with an extraction amount `1 / power` times as large.
    pub(super) fn with_reflux(&self, power: f64) -> Self {
        let more = self.organic[0] * (power.recip() - 1.0);
        let mut other = self.clone();
        other.organic[..self.stages - 1].iter_mut().for_each(|flow| *flow += more);
        other.aqueous[1..].iter_mut().for_each(|flow| *flow += more);
        other
    }
}
