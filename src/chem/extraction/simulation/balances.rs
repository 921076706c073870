//! Each component's balances for given `t`, and how they answer to it.
//!
//! With `K_ij = βᵢ / t_j` the aqueous mole fractions of a component obey
//!
//! `(L_j + L′_j + (V_j + V′_j) K_j) x_j − V_{j−1} K_{j−1} x_{j−1} − L_{j+1} x_{j+1} = F_j z`
//!
//! with side draws `L′`, `V′`. What enters a stage leaves the cascade there or comes to another stage: the elimination
//! carries the shares that leave, which are sums of positive numbers (Grassmann, Taksar and Heyman 1985, *Oper. Res.* 33,
//! 1107), instead of the differences of the Thomas algorithm.
//!
//! That the fractions sum to 1 on the first stage is the same as that the organic product is as large as it is to be, and
//! what it says of a nearly perfect separation drowns in rounding. In its place stands the ratio of what goes astray on
//! either side, which says the same without a subtraction:
//!
//! `Σ_lights dᵢ = Σ_heavies (zᵢ − dᵢ) + f′_A − Σ_heavies zᵢ`

use nalgebra::DMatrix;

use super::network::{LANES, Network};

/// The balances at one `t`; arrays go stage by stage, component by component.
pub(super) struct Balances {
    /// `β^λ` per component in the two sections.
    betas: [Vec<f64>; 2],
    /// `V_j K_ij`.
    up: Vec<f64>,
    /// `L′_j + V′_j K_ij`.
    draw: Vec<f64>,
    /// Share of what falls to a stage that leaves there or below.
    falls: Vec<f64>,
    /// Share of what rises to a stage that leaves there or above.
    rises: Vec<f64>,
    /// `x_j / x_{j+1}` where nothing enters below j + 1.
    down_ratio: Vec<f64>,
    /// `x_j / x_{j−1}` where nothing enters above j − 1.
    up_ratio: Vec<f64>,
    /// `x_j` where 1 enters stage j: the diagonal of the inverse.
    diagonal: Vec<f64>,
    /// Share of what enters a stage that leaves with the organic product.
    product: Vec<f64>,
    /// `x_ij`.
    x: Vec<f64>,
    /// What goes astray: lights into the product, heavies elsewhere.
    astray: (f64, f64),
    /// What is to vanish: of the first stage `ln` of the ratio of what goes astray, of the others `ln Σᵢ x_ij`.
    pub(super) residual: Vec<f64>,
}

impl Network {
    /// Room for balances, with the separation factors to the power `power`, 0 … 1.
    pub(super) fn balances(&self, power: f64) -> Balances {
        let empty = || vec![0.0; self.stages * self.width];
        let betas = |section: usize| -> Vec<f64> {
            self.log_betas[section].iter().map(|log| (power * log).exp()).collect()
        };
        Balances {
            betas: [betas(0), betas(1)],
            up: empty(),
            draw: empty(),
            falls: empty(),
            rises: empty(),
            down_ratio: empty(),
            up_ratio: empty(),
            diagonal: empty(),
            product: empty(),
            x: empty(),
            astray: (1.0, 1.0),
            residual: vec![0.0; self.stages],
        }
    }

    /// The balances at `ln t`; whether they are finite.
    pub(super) fn solve(&self, logs: &[f64], balances: &mut Balances) -> bool {
        self.fall(logs, balances);
        self.rise(balances);
        self.spread(balances);
        let rows = balances.x.chunks_exact(self.width);
        for (residual, x) in balances.residual.iter_mut().zip(rows) {
            *residual = sum(x).ln();
        }
        balances.astray = self.astray(balances);
        balances.residual[0] = (balances.astray.1 / balances.astray.0).ln();
        balances.residual.iter().all(|residual| residual.is_finite())
    }

    /// Eliminates the stages from the raffinate up.
    fn fall(&self, logs: &[f64], balances: &mut Balances) {
        let w = self.width;
        // What falls below the first stage leaves as raffinate.
        let mut below = vec![1.0; w];
        for (j, log) in logs.iter().enumerate() {
            let row = j * w..(j + 1) * w;
            let inverse = (-log).exp();
            let (organic, aqueous) = (self.organic[j] * inverse, self.aqueous[j]);
            let (organic_draw, aqueous_draw) =
                (self.organic_draw[j] * inverse, self.aqueous_draw[j]);
            let above = self.aqueous.get(j + 1).copied().unwrap_or(0.0);
            let betas = &balances.betas[usize::from(j >= self.extraction_stages)];
            let (up, draw) = (&mut balances.up[row.clone()], &mut balances.draw[row.clone()]);
            let falls = &mut balances.falls[row.clone()];
            let climbs = &mut balances.product[row.clone()];
            let down_ratio = &mut balances.down_ratio[row];
            for i in 0..w {
                up[i] = organic * betas[i];
                draw[i] = aqueous_draw + organic_draw * betas[i];
                let leaves = draw[i] + aqueous * below[i];
                let share = (leaves + up[i]).recip();
                falls[i] = leaves * share;
                climbs[i] = up[i] * share;
                down_ratio[i] = above * share;
            }
            below.copy_from_slice(falls);
        }
    }

    /// Eliminates the stages from the organic product down.
    fn rise(&self, balances: &mut Balances) {
        let w = self.width;
        let ones = vec![1.0; w];
        // What rises above the last stage leaves as organic product.
        let (mut above, mut reach) = (ones.clone(), ones.clone());
        let mut from_below = vec![0.0; w];
        for j in (0..self.stages).rev() {
            let row = j * w..(j + 1) * w;
            let aqueous = self.aqueous[j];
            let mut fallen = &ones[..];
            if j > 0 {
                let under = row.start - w..row.start;
                from_below.copy_from_slice(&balances.up[under.clone()]);
                fallen = &balances.falls[under];
            }
            let (up, draw) = (&balances.up[row.clone()], &balances.draw[row.clone()]);
            let rises = &mut balances.rises[row.clone()];
            let (up_ratio, diagonal) =
                (&mut balances.up_ratio[row.clone()], &mut balances.diagonal[row.clone()]);
            let product = &mut balances.product[row];
            for i in 0..w {
                let leaves = draw[i] + up[i] * above[i];
                let share = (leaves + aqueous).recip();
                rises[i] = leaves * share;
                up_ratio[i] = from_below[i] * share;
                diagonal[i] = (leaves + aqueous * fallen[i]).recip();
                reach[i] *= product[i];
                product[i] = reach[i];
            }
            above.copy_from_slice(rises);
            from_below.fill(0.0);
        }
    }

    /// `x` from where the feed enters, down and up.
    fn spread(&self, balances: &mut Balances) {
        let w = self.width;
        balances.x.fill(0.0);
        let n = self.extraction_stages;
        for entry in [n - 1, n] {
            let share = self.feed_share(entry);
            if share == 0.0 {
                continue;
            }
            let at = entry * w;
            let mut amount: Vec<f64> =
                (0..w).map(|i| share * self.feed[i] * balances.diagonal[at + i]).collect();
            let start = amount.clone();
            add(&mut balances.x[at..at + w], &amount);
            for j in (0..entry).rev() {
                let row = j * w..(j + 1) * w;
                scale(&mut amount, &balances.down_ratio[row.clone()]);
                add(&mut balances.x[row], &amount);
            }
            amount = start;
            for j in entry + 1..self.stages {
                let row = j * w..(j + 1) * w;
                scale(&mut amount, &balances.up_ratio[row.clone()]);
                add(&mut balances.x[row], &amount);
            }
        }
    }

    /// Lights in the organic product, and heavies elsewhere, each with what the product is short of or over.
    fn astray(&self, balances: &Balances) -> (f64, f64) {
        let w = self.width;
        let (mut lights, mut heavies) = self.shortfalls();
        let last = (self.stages - 1) * w;
        for i in 0..w {
            lights += (1.0 - self.heavy[i]) * balances.up[last + i] * balances.x[last + i];
            heavies += self.heavy[i] * self.aqueous[0] * balances.x[i];
        }
        for j in 0..self.stages {
            if self.organic_draw[j] + self.aqueous_draw[j] > 0.0 {
                for i in j * w..(j + 1) * w {
                    heavies += self.heavy[i - j * w] * balances.draw[i] * balances.x[i];
                }
            }
        }
        (lights, heavies)
    }

    /// What goes astray at least, because the product is smaller or larger than the feed of what is meant for it.
    pub(super) fn shortfalls(&self) -> (f64, f64) {
        ((-self.excess).max(0.0), self.excess.max(0.0))
    }

    /// `t` of each stage from the mole fractions of the last solution: its bubble point.
    pub(super) fn bubble_points(&self, balances: &Balances, logs: &mut [f64]) {
        let rows = balances.x.chunks_exact(self.width);
        for (j, (log, x)) in logs.iter_mut().zip(rows).enumerate() {
            let betas = &balances.betas[usize::from(j >= self.extraction_stages)];
            let weighted: f64 = x.iter().zip(betas).map(|(x, beta)| x * beta).sum();
            *log = (weighted / sum(x)).ln();
        }
    }

    /// Derivatives of the residuals by `ln t_k`, a column for each `k`.
    ///
    /// A larger `t_k` keeps `w = V_k K_k x_k` at stage k that would rise to k + 1. Below, that is more by what would have
    /// left above, above it is less by what leaves below: again there is nothing to subtract.
    pub(super) fn jacobian(&self, balances: &Balances) -> DMatrix<f64> {
        let (n, w) = (self.stages, self.width);
        let mut jacobian = DMatrix::zeros(n, n);
        let weights: Vec<f64> =
            balances.residual.iter().map(|residual| (-residual).exp()).collect();
        let mut kept = vec![0.0; w];
        for (k, mut column) in jacobian.column_iter_mut().enumerate() {
            let column = column.as_mut_slice();
            let at = k * w;
            for (i, kept) in kept.iter_mut().enumerate() {
                let rises = balances.rises.get(at + w + i).copied().unwrap_or(1.0);
                let flow = balances.up[at + i] * balances.x[at + i];
                *kept = flow * rises * balances.diagonal[at + i];
            }
            self.add_below(balances, column, k, &mut kept);
            if k + 1 < n {
                for (i, kept) in kept.iter_mut().enumerate() {
                    let flow = balances.up[at + i] * balances.x[at + i];
                    *kept = -flow * balances.falls[at + i] * balances.diagonal[at + w + i];
                }
                self.add_above(balances, column, k + 1, &mut kept);
            }
            let drawn = self.organic_draw[k] / self.organic[k];
            if drawn > 0.0 {
                for (i, kept) in kept.iter_mut().enumerate() {
                    let flow = drawn * balances.up[at + i] * balances.x[at + i];
                    *kept = flow * balances.diagonal[at + i];
                }
                let mut above: Vec<f64> = kept
                    .iter()
                    .zip(&balances.up_ratio[(at + w).min((n - 1) * w)..])
                    .map(|(kept, ratio)| kept * ratio)
                    .collect();
                self.add_below(balances, column, k, &mut kept);
                if k + 1 < n {
                    self.add_above(balances, column, k + 1, &mut above);
                }
            }
            for (entry, weight) in column.iter_mut().zip(&weights) {
                *entry *= weight;
            }
            column[0] = self.astray_slope(balances, k, drawn);
        }
        jacobian
    }

    /// Adds to stage `k` and those below what `amount` at stage `k` gives there.
    fn add_below(&self, balances: &Balances, column: &mut [f64], k: usize, amount: &mut [f64]) {
        let w = self.width;
        column[k] += sum(amount);
        for j in (0..k).rev() {
            column[j] += scale(amount, &balances.down_ratio[j * w..(j + 1) * w]);
        }
    }

    /// Adds to stage `k` and those above what `amount` at stage `k` gives there.
    fn add_above(&self, balances: &Balances, column: &mut [f64], k: usize, amount: &mut [f64]) {
        let w = self.width;
        column[k] += sum(amount);
        let ratios = balances.up_ratio.chunks_exact(w);
        for (entry, ratio) in column.iter_mut().zip(ratios).skip(k + 1) {
            *entry += scale(amount, ratio);
        }
    }

    /// Derivative of the first residual by `ln t_k`: what is kept at stage k and does not come into the product.
    fn astray_slope(&self, balances: &Balances, k: usize, drawn: f64) -> f64 {
        let at = k * self.width;
        let (lights, heavies) = balances.astray;
        (0..self.width)
            .map(|i| {
                let above = balances.product.get(at + self.width + i).copied().unwrap_or(1.0);
                let share = balances.falls[at + i] * above - drawn * balances.product[at + i];
                let lost = balances.up[at + i] * balances.x[at + i] * share;
                lost * ((1.0 - self.heavy[i]) / lights + self.heavy[i] / heavies)
            })
            .sum()
    }

    /// Mole fractions of the aqueous and the organic phase of each stage, in `count` components of the layout.
    pub(super) fn fractions(
        &self,
        balances: &Balances,
        logs: &[f64],
        count: usize,
    ) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let phases = logs.iter().enumerate().map(|(j, log)| {
            let betas = &balances.betas[usize::from(j >= self.extraction_stages)];
            let (mut aqueous, mut organic) = (vec![0.0; count], vec![0.0; count]);
            let inverse = (-log).exp();
            for (i, &component) in self.components.iter().enumerate() {
                let x = balances.x[j * self.width + i];
                aqueous[component] = x;
                organic[component] = betas[i] * inverse * x;
            }
            (aqueous, organic)
        });
        phases.unzip()
    }
}

/// `amount · ratio` in place of `amount`, and the sum of that.
fn scale(amount: &mut [f64], ratio: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for (amount, ratio) in amount.chunks_exact_mut(LANES).zip(ratio.chunks_exact(LANES)) {
        for lane in 0..LANES {
            amount[lane] *= ratio[lane];
            sums[lane] += amount[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

fn add(to: &mut [f64], amount: &[f64]) {
    for (to, amount) in to.iter_mut().zip(amount) {
        *to += amount;
    }
}

fn sum(values: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for values in values.chunks_exact(LANES) {
        for lane in 0..LANES {
            sums[lane] += values[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}
