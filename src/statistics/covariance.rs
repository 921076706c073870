//! Means and covariances of some variables, in one pass.

/// Means and covariances of `N` variables by Welford's recurrence, from the first values on, so that a large mean does no
/// harm.
#[derive(Clone, Debug)]
pub(super) struct Covariance<const N: usize> {
    count: u64,
    origin: [f64; N],
    /// Less the origin.
    means: [f64; N],
    /// Sums of products of deviations; the lower triangle counts.
    products: [[f64; N]; N],
}

impl<const N: usize> Covariance<N> {
    pub(super) fn new() -> Self {
        Self { count: 0, origin: [0.0; N], means: [0.0; N], products: [[0.0; N]; N] }
    }

    pub(super) fn push(&mut self, values: [f64; N]) {
        if self.count == 0 {
            self.origin = values;
        }
        self.count += 1;
        let shifted = std::array::from_fn::<f64, N, _>(|i| values[i] - self.origin[i]);
        let mut before = [0.0; N];
        for i in 0..N {
            before[i] = shifted[i] - self.means[i];
            self.means[i] += before[i] / self.count as f64;
        }
        for (i, row) in self.products.iter_mut().enumerate() {
            let after = shifted[i] - self.means[i];
            for (product, before) in row[..=i].iter_mut().zip(before) {
                *product += after * before;
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn mean(&self, variable: usize) -> f64 {
        self.origin[variable] + self.means[variable]
    }

    /// Of at least two values, with n − 1.
    pub(super) fn covariance(&self, one: usize, other: usize) -> f64 {
        self.products[one.max(other)][one.min(other)] / (self.count as f64 - 1.0)
    }

    /// Variance of a weighted sum of the variables, ≥ 0.
    pub(super) fn variance_of(&self, weights: [f64; N]) -> f64 {
        let mut sum = 0.0;
        for i in 0..N {
            for j in 0..N {
                sum += weights[i] * weights[j] * self.covariance(i, j);
            }
        }
        sum.max(0.0)
    }
}
