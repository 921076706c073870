//! What many plans say together: percentiles, probabilities, and what they hang on.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Batch, Effect, Outcome, OutputKind, Proof, Sweep};
use crate::{
    sampling::Method,
    statistics::{Estimate, Fit, Histogram, Index, Indices, Moments, Regression, quantiles, share},
};

/// Shares at which percentiles are told.
pub const PERCENTILES: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
/// Quantiles between which each input alone is moved.
const SWING: [f64; 2] = [0.1, 0.9];
/// Quantiles between which a distribution is told bin by bin: rare values would leave all others in one bin.
const DRAWN: [f64; 2] = [0.01, 0.99];
/// Number of bins.
const BINS: usize = 40;

/// A column of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// What became of the samples, as [`Outcome`]s in their order from 0.
    Outcome,
    /// By what that is known, as [`Proof`]s in their order from 0.
    Proof,
    /// An input.
    Input(usize),
    /// An output.
    Output(usize),
}

/// Sweeps of a flowsheet and its scenarios.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Sweeps {
    /// One for each scenario.
    pub sweeps: Vec<SweepReport>,
    /// The table with all samples, if it was kept.
    pub output: Option<String>,
}

/// A sweep and what it says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SweepReport {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// The scenario, if one is applied.
    pub scenario: Option<String>,
    /// The name of the sweep.
    pub sweep: String,
    /// How samples are chosen: `grid`, `random`, `latin-hypercube`, `sobol` or `indices`.
    pub method: &'static str,
    /// Number of samples.
    pub samples: u64,
    /// Seed of all that is random.
    pub seed: u64,
    /// What varies.
    pub inputs: Vec<InputTold>,
    /// What became of the samples.
    pub outcomes: Outcomes,
    /// By what that is known.
    pub proofs: Proofs,
    /// What the plans say.
    pub outputs: Vec<OutputTold>,
}

/// What varies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InputTold {
    /// Its name.
    pub name: String,
    /// Its unit; empty for shares and factors.
    pub unit: String,
    /// Whether it is a factor on the figures' own values.
    pub relative: bool,
    /// What it moves.
    pub moves: Effect,
    /// The values below which a tenth, a half and nine tenths of its samples lie, in internal units.
    pub quantiles: [Percentile; 3],
}

/// Number of samples by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Outcomes {
    /// With a best plan.
    pub optimal: u64,
    /// Without any plan.
    pub infeasible: u64,
    /// Whose objective grows without limit.
    pub unbounded: u64,
    /// With a figure that may not have its value.
    pub refused: u64,
    /// Whose plan was not found, or not proven.
    pub failed: u64,
}

/// Number of samples by what is known of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Proofs {
    /// With a certificate of their own.
    pub certified: u64,
    /// Covered by a basis, or multipliers, certified for another sample, that hold for them to 1e-9.
    pub covered: u64,
    /// Bases that the first samples found; none where each sample is solved.
    pub bases: Option<usize>,
}

/// A figure with the ends between which it lies in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Interval {
    /// The best single value.
    pub value: f64,
    /// The low end.
    pub low: f64,
    /// The high end.
    pub high: f64,
}

impl From<Estimate> for Interval {
    fn from(Estimate { value, low, high }: Estimate) -> Self {
        Self { value, low, high }
    }
}

/// What the plans say of one output.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OutputTold {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its unit.
    pub unit: String,
    /// What it is, among all outputs.
    pub kind: OutputKind,
    /// The share of independent samples in which it is true, of all that were neither refused nor failed; without a plan it is
    /// false. None for numbers.
    pub probability: Option<Interval>,
    /// Its distribution; none for what is true or false, or without any value.
    pub numbers: Option<Numbers>,
    /// How often its values lie where; none where it is one value.
    pub histogram: Option<Bins>,
    /// Rows of samples that its Sobol indices are of; with the method `indices` only.
    pub rows: Option<IndexRows>,
    /// Share of its variance that the inputs explain linearly, 0 to 1; where it is low, standardised coefficients say little.
    pub explained: Option<f64>,
    /// Its value with all inputs at their medians, from which the swings go; none if it has none there.
    pub at_middle: Option<f64>,
    /// What it hangs on, by the longest swing first.
    pub swings: Vec<Swing>,
}

/// Rows of samples that Sobol indices are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct IndexRows {
    /// Those that count.
    pub used: u64,
    /// Those that do not, as a sample of them has no value.
    pub dropped: u64,
}

/// A distribution.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Numbers {
    /// Number of samples that have it.
    pub count: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation; none of one sample.
    pub deviation: Option<f64>,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
    /// Percentiles 5, 10, 25, 50, 75, 90 and 95.
    pub percentiles: [Percentile; 7],
}

/// Number of samples by their value: in equal bins between two of them, and beyond.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Bins {
    /// Where the first bin begins: the value below which a hundredth of the samples lies.
    pub low: f64,
    /// Where the last one ends: the value above which a hundredth lies.
    pub high: f64,
    /// Samples below the first bin.
    pub below: u64,
    /// Samples in each bin.
    pub counts: Vec<u64>,
    /// Samples above the last bin.
    pub above: u64,
}

/// The value below which a share of the samples lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Percentile {
    /// The share, 0 to 1.
    pub share: f64,
    /// The value.
    pub value: f64,
}

/// What one input does to an output.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Swing {
    /// The input.
    pub input: String,
    /// The output with the input at its first decile and all others at their medians; none if it has no value there.
    pub at_low: Option<f64>,
    /// What became of that sample: `optimal`, `infeasible`, `unbounded`, `refused` or `failed`.
    pub outcome_low: &'static str,
    /// The output with the input at its ninth decile.
    pub at_high: Option<f64>,
    /// What became of that sample.
    pub outcome_high: &'static str,
    /// Pearson's correlation; none where either does not vary.
    pub correlation: Option<f64>,
    /// Standardised regression coefficient.
    pub coefficient: Option<f64>,
    /// First-order Sobol index: share of the variance by the input alone; with the method `indices` only.
    pub first: Option<Interval>,
    /// Total Sobol index: by the input alone and together with others.
    pub total: Option<Interval>,
}

impl Swing {
    fn length(&self) -> f64 {
        match (self.at_low, self.at_high) {
            (Some(low), Some(high)) => (high - low).abs(),
            _ => f64::INFINITY,
        }
    }
}

/// Outcomes before this one, in their order, say whether there is a plan.
const JUDGED: f64 = 3.0;

/// Which samples are independent of each other: all but those of the design for indices that share inputs with one before.
struct Drawn {
    row: u64,
    at: u64,
}

impl Drawn {
    fn of(sweep: &Sweep<'_>) -> Self {
        Self { row: sweep.sampler().row(), at: 0 }
    }

    /// Whether the next sample is independent.
    fn next(&mut self) -> bool {
        let place = self.at % self.row;
        self.at += 1;
        place < 2
    }
}

/// What is gathered of one output in one reading.
struct Gathered {
    moments: Moments,
    holds: u64,
    regression: Regression,
    indices: Option<Indices>,
    row: Vec<f64>,
}

/// Tells what the samples of a sweep say together.
///
/// `read` hands over the values of the columns it is asked for, in chunks of rows, in their order, whenever it is called.
///
/// # Errors
/// That of `read`.
pub fn summarise<E>(
    sweep: &Sweep<'_>,
    mut read: impl FnMut(&[Which], &mut dyn FnMut(&[&[f64]])) -> Result<(), E>,
) -> Result<SweepReport, E> {
    let inputs = sweep.inputs.count();
    let truths: Vec<bool> = sweep.outputs().iter().map(super::Output::is_truth).collect();
    let sobol = sweep.sampler().method() == Method::Indices;
    let mut gathered: Vec<Gathered> = (0..truths.len())
        .map(|_| Gathered {
            moments: Moments::new(),
            holds: 0,
            regression: Regression::new(inputs),
            indices: sobol.then(|| Indices::new(inputs)),
            row: Vec::new(),
        })
        .collect();
    let (mut outcomes, mut proofs, mut judged) = ([0_u64; 5], [0_u64; 3], 0);
    let mut columns = vec![Which::Outcome, Which::Proof];
    columns.extend((0..inputs).map(Which::Input));
    columns.extend((0..truths.len()).map(Which::Output));
    let mut sample = vec![0.0; inputs];
    let mut drawn = Drawn::of(sweep);
    read(&columns, &mut |values| {
        let (known, told) = values.split_at(2 + inputs);
        for row in 0..values[0].len() {
            let independent = drawn.next();
            judged += u64::from(independent && known[0][row] < JUDGED);
            count(&mut outcomes, known[0][row]);
            count(&mut proofs, known[1][row]);
            for (slot, column) in sample.iter_mut().zip(&known[2..]) {
                *slot = column[row];
            }
            for ((it, column), &truth) in gathered.iter_mut().zip(told).zip(&truths) {
                it.push(&sample, column[row], truth, independent);
            }
        }
    })?;
    let swings = sweep.one_by_one(SWING[0], SWING[1]);
    let mut outputs = Vec::with_capacity(truths.len());
    for (at, (output, it)) in sweep.outputs().iter().zip(&gathered).enumerate() {
        let told = if output.is_truth() { None } else { it.numbers(sweep, at, &mut read)? };
        let (numbers, histogram) = told.unzip();
        let varies = numbers.is_some_and(|numbers| numbers.least < numbers.greatest);
        let fit = it.regression.fit().filter(|_| varies);
        let indices = it.indices.as_ref().filter(|_| varies).and_then(Indices::estimate);
        let mut list = list_swings(sweep, &swings, at, fit.as_ref(), indices.as_deref());
        list.sort_by(|left, right| right.length().total_cmp(&left.length()));
        outputs.push(OutputTold {
            name: output.name.clone(),
            about: output.about.clone(),
            unit: output.unit.clone(),
            kind: output.kind,
            probability: output
                .is_truth()
                .then(|| share(it.holds, judged))
                .flatten()
                .map(Into::into),
            numbers,
            histogram: histogram.flatten(),
            rows: it
                .indices
                .as_ref()
                .map(|all| IndexRows { used: all.rows(), dropped: all.dropped() }),
            explained: fit.and_then(|fit| fit.explained),
            at_middle: alone(&swings, sweep, 0, at).filter(|_| !output.is_truth()),
            swings: if output.is_truth() { Vec::new() } else { list },
        });
    }
    let [optimal, infeasible, unbounded, refused, failed] = outcomes;
    let [certified, covered, _] = proofs;
    let (flowsheet, plan) = (sweep.inputs.flowsheet, sweep.inputs.plan);
    let told = plan.inputs.iter().zip(&sweep.effects).map(|(input, &moves)| InputTold {
        name: input.name.clone(),
        unit: input.unit.clone(),
        relative: input.relative,
        moves,
        quantiles: [0.1, 0.5, 0.9]
            .map(|share| Percentile { share, value: input.distribution.quantile(share) }),
    });
    Ok(SweepReport {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        scenario: None,
        sweep: plan.name.clone(),
        method: sweep.sampler().method().name(),
        samples: sweep.len(),
        seed: sweep.seed,
        inputs: told.collect(),
        outcomes: Outcomes { optimal, infeasible, unbounded, refused, failed },
        proofs: Proofs { certified, covered, bases: sweep.bases() },
        outputs,
    })
}

/// The output at a position in one of the samples that move one input alone; the first one moves none.
fn alone(samples: &Batch, sweep: &Sweep<'_>, row: usize, at: usize) -> Option<f64> {
    let value = samples.outputs[row * sweep.outputs().len() + at];
    (!value.is_nan()).then_some(value)
}

/// What each input does to the output at a position, by the samples that move it alone.
fn list_swings(
    sweep: &Sweep<'_>,
    samples: &Batch,
    at: usize,
    fit: Option<&Fit>,
    indices: Option<&[Index]>,
) -> Vec<Swing> {
    let told = |row: usize| (alone(samples, sweep, row, at), samples.outcomes[row].word());
    let list = sweep.inputs().iter().enumerate().map(|(input, data)| {
        let ((at_low, outcome_low), (at_high, outcome_high)) =
            (told(1 + 2 * input), told(2 + 2 * input));
        Swing {
            input: data.name.clone(),
            at_low,
            outcome_low,
            at_high,
            outcome_high,
            correlation: fit.and_then(|fit| fit.inputs[input].correlation),
            coefficient: fit.and_then(|fit| fit.inputs[input].coefficient),
            first: indices.map(|all| all[input].first.into()),
            total: indices.map(|all| all[input].total.into()),
        }
    });
    list.collect()
}

/// Counts one of a few.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small whole numbers, as they were written"
)]
fn count(counts: &mut [u64], which: f64) {
    // What could not be read is none of them, not the first.
    let count = (which >= 0.0).then(|| counts.get_mut(which as usize)).flatten();
    if let Some(count) = count {
        *count += 1;
    }
}

impl Gathered {
    fn push(&mut self, sample: &[f64], value: f64, truth: bool, independent: bool) {
        if truth {
            self.holds += u64::from(independent && value == 1.0);
            return;
        }
        if independent {
            self.moments.push(value);
            self.regression.push(sample, value);
        }
        if let Some(indices) = &mut self.indices {
            self.row.push(value);
            if self.row.len() == sample.len() + 2 {
                indices.push(&self.row);
                self.row.clear();
            }
        }
    }

    fn numbers<E>(
        &self,
        sweep: &Sweep<'_>,
        at: usize,
        read: &mut impl FnMut(&[Which], &mut dyn FnMut(&[&[f64]])) -> Result<(), E>,
    ) -> Result<Option<(Numbers, Option<Bins>)>, E> {
        let (Some(mean), Some(least), Some(greatest)) =
            (self.moments.mean(), self.moments.least(), self.moments.greatest())
        else {
            return Ok(None);
        };
        let mut pass = |take: &mut dyn FnMut(&[f64])| {
            let mut drawn = Drawn::of(sweep);
            read(&[Which::Output(at)], &mut |columns| {
                let values = columns[0].iter().copied();
                take(&values.filter(|_| drawn.next()).collect::<Vec<f64>>());
            })
        };
        let shares: Vec<f64> = PERCENTILES.into_iter().chain(DRAWN).collect();
        let found = quantiles(&shares, |take| pass(take))?;
        let [low, high] = match found.values[PERCENTILES.len()..] {
            [low, high] if low < high && (high - low).is_finite() => [low, high],
            _ => [least, greatest],
        };
        let mut histogram = (low < high).then(|| Histogram::new(low, high, BINS));
        if let Some(histogram) = &mut histogram {
            pass(&mut |values| values.iter().for_each(|&value| histogram.push(value)))?;
        }
        let bins = histogram.map(|it| {
            let (below, counts, above) = it.into_counts();
            Bins { low, high, below, counts, above }
        });
        let mut values = found.values.into_iter();
        let percentiles = PERCENTILES.map(|share| {
            let value = values.next().expect("one value for each share");
            Percentile { share, value }
        });
        let (count, deviation) = (self.moments.count(), self.moments.deviation());
        let numbers = Numbers { count, mean, deviation, least, greatest, percentiles };
        Ok(Some((numbers, bins)))
    }
}

impl Outcome {
    /// All of them, in their order.
    pub const ALL: [Self; 5] =
        [Self::Optimal, Self::Infeasible, Self::Unbounded, Self::Refused, Self::Failed];

    /// Its place in the order of outcomes, from 0.
    #[must_use]
    pub fn code(self) -> f64 {
        f64::from(self as u8)
    }
}

impl Proof {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Certified, Self::Covered, Self::None];

    /// Its place in the order of proofs, from 0.
    #[must_use]
    pub fn code(self) -> f64 {
        f64::from(self as u8)
    }
}
