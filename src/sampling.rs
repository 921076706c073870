//! Samples of uncertain figures: distributions, and designs that say which samples are taken.
//!
//! A [`Sampler`] gives the sample at any index by itself, from the seed alone. So samples can be made in any order and on
//! any thread, and a run that was interrupted goes on as if it had not been.
//!
//! | design | error of a mean, n samples | reference |
//! | --- | --- | --- |
//! | grid: all combinations of levels | – | |
//! | random | n^−½ | `ChaCha8`, one stream for each sample |
//! | Latin hypercube: one sample in each of n strata of every input | at most that of random with n − 1; far less where inputs add up | `McKay`, Beckman, Conover 1979, *Technometrics* 21, 239; Owen 1997, *SIAM J. Numer. Anal.* 34, 1884 |
//! | Sobol, scrambled | up to n^−³ᐟ², best where n is a power of two | Joe, Kuo 2008, *SIAM J. Sci. Comput.* 30, 2635; Owen 1995; Burley 2020, *JCGT* 9(4) |
//! | indices: what variance-based sensitivity is estimated from | as Sobol | Saltelli et al. 2010, *Comput. Phys. Commun.* 181, 259 |
//!
//! Every design but the grid gives a share between 0 and 1 for each input, of which the distribution makes a value by its
//! inverse. Rank correlations are those of a Gaussian copula (see [`Sampler::new`]).
//!
//! ```
//! use reeflow::sampling::{Distribution, Method, Sampler};
//!
//! let price = Distribution::Triangular { low: 40.0, mode: 60.0, high: 110.0 };
//! let recovery = Distribution::Uniform { low: 0.8, high: 0.9 };
//! let sampler = Sampler::new(vec![price, recovery], Method::Sobol, 1024, 7, &[])?;
//! let mut sample = [0.0; 2];
//! sampler.sample(1000, &mut sample);
//! assert!(sample[0] > 40.0 && sample[1] < 0.9);
//! # Ok::<(), reeflow::sampling::Problem>(())
//! ```

mod correlation;
mod distribution;
mod permutation;
mod problem;
mod random;
mod sampler;
mod sequence;

#[cfg(test)]
mod tests;

pub use distribution::Distribution;
pub use problem::Problem;
pub use sampler::{MOST_SAMPLES, Method, Sampler};
pub use sequence::MOST_DIMENSIONS;
