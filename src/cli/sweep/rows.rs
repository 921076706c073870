//! The table of a sweep: a row for each sample, the samples of one scenario after those of another.

use std::ops::Range;

use indexmap::IndexMap;

use super::store::{Store, StoreError};
use crate::{
    analysis::sweep::{Batch, Sweep, Which},
    report::table::{Column, Kind, Table, Values},
};

/// Chunks that a sweep has at least, if it has as many rows; so many threads are busy.
const CHUNKS: u64 = 64;
/// Fewest and most rows of a chunk: a chunk is what an interruption costs, and what is held in memory.
const ROWS: (u64, u64) = (256, 65_536);

/// Columns before those of the inputs: scenario, sample, outcome, proof.
const KNOWN: usize = 4;

/// All rows of some sweeps.
pub(super) struct Rows<'a, 'f> {
    sweeps: &'a [Sweep<'f>],
    scenarios: Vec<Option<String>>,
    /// Names of all inputs and outputs of any sweep, in the order in which they come.
    inputs: Vec<String>,
    outputs: Vec<String>,
}

impl<'a, 'f> Rows<'a, 'f> {
    /// The rows of sweeps; if something is not of one unit in all of them, its name.
    pub(super) fn new(
        sweeps: &'a [Sweep<'f>],
        scenarios: Vec<Option<String>>,
    ) -> Result<Self, String> {
        let mut inputs: IndexMap<&str, (&str, bool)> = IndexMap::new();
        let mut outputs: IndexMap<&str, (&str, bool)> = IndexMap::new();
        for sweep in sweeps {
            let own = sweep.inputs().iter();
            join(&mut inputs, own.map(|it| (it.name.as_str(), (it.unit.as_str(), it.relative))))?;
            let own = sweep.outputs().iter();
            join(
                &mut outputs,
                own.map(|it| (it.name.as_str(), (it.unit.as_str(), it.is_truth()))),
            )?;
        }
        let names = |of: IndexMap<&str, (&str, bool)>| of.into_keys().map(str::to_owned).collect();
        Ok(Self { sweeps, scenarios, inputs: names(inputs), outputs: names(outputs) })
    }

    /// Number of rows.
    pub(super) fn count(&self) -> u64 {
        self.sweeps.iter().map(Sweep::len).sum()
    }

    /// Rows of a chunk; they follow from the sweeps alone.
    pub(super) fn chunk(&self) -> u64 {
        self.count().div_ceil(CHUNKS).clamp(ROWS.0, ROWS.1)
    }

    /// The columns.
    pub(super) fn table(&self) -> Table {
        let text = |name: &str, kind, description: &str| Column {
            name: name.to_owned(),
            kind,
            unit: None,
            description: description.to_owned(),
        };
        let mut columns = vec![
            text("scenario", Kind::Text, "the scenario; empty for the flowsheet as it is"),
            text("sample", Kind::Count, "number of the sample, from 0"),
            text("plan", Kind::Text, "optimal, infeasible, unbounded, refused or failed"),
            text(
                "proof",
                Kind::Text,
                "certified, covered or none: by a certificate of its own, by a basis that was certified for another sample, or not at all",
            ),
        ];
        let found = |name: &String| {
            self.sweeps.iter().find_map(|it| it.inputs().iter().find(|input| input.name == *name))
        };
        for name in &self.inputs {
            let input = found(name).expect("it came from one");
            let what = if input.relative { "factor on" } else { "value of" };
            columns.push(Column {
                name: format!("input.{name}"),
                kind: Kind::Number,
                unit: (!input.unit.is_empty()).then(|| input.unit.clone()),
                description: format!("{what} {name}"),
            });
        }
        for name in &self.outputs {
            let mut all = self.sweeps.iter().flat_map(Sweep::outputs);
            let output = all.find(|output| output.name == *name).expect("it came from one");
            columns.push(Column {
                name: name.clone(),
                kind: if output.is_truth() { Kind::Condition } else { Kind::Number },
                unit: (!output.unit.is_empty()).then(|| output.unit.clone()),
                description: output.about.clone(),
            });
        }
        Table { columns, about: IndexMap::new() }
    }

    /// Computes rows of the table that [`Rows::table`] describes.
    pub(super) fn evaluate(&self, table: &Table, range: Range<u64>) -> Vec<Values> {
        let mut columns: Vec<Values> = table
            .columns
            .iter()
            .map(|column| match column.kind {
                Kind::Number => Values::Numbers(Vec::new()),
                Kind::Condition => Values::Conditions(Vec::new()),
                Kind::Count => Values::Counts(Vec::new()),
                Kind::Text => Values::Texts(Vec::new()),
            })
            .collect();
        let mut first = 0;
        for (at, sweep) in self.sweeps.iter().enumerate() {
            let own = range.start.max(first)..range.end.min(first + sweep.len());
            if own.start < own.end {
                let samples = own.start - first..own.end - first;
                let batch = sweep.run(samples.clone());
                self.append(at, samples.start, &batch, &mut columns);
            }
            first += sweep.len();
        }
        columns
    }

    fn append(&self, at: usize, first: u64, batch: &Batch, columns: &mut [Values]) {
        let sweep = &self.sweeps[at];
        let rows = batch.outcomes.len();
        let scenario = self.scenarios[at].clone().unwrap_or_default();
        let (known, rest) = columns.split_at_mut(KNOWN);
        let [scenarios, samples, plans, proofs] = known else { unreachable!("KNOWN of them") };
        if let Values::Texts(texts) = scenarios {
            texts.extend(std::iter::repeat_n(scenario, rows));
        }
        if let Values::Counts(counts) = samples {
            counts.extend(first..first + rows as u64);
        }
        if let Values::Texts(texts) = plans {
            texts.extend(batch.outcomes.iter().map(|it| it.word().to_owned()));
        }
        if let Values::Texts(texts) = proofs {
            texts.extend(batch.proofs.iter().map(|it| it.word().to_owned()));
        }
        let (inputs, outputs) = rest.split_at_mut(self.inputs.len());
        let own = |name: &String| sweep.inputs().iter().position(|it| it.name == *name);
        let width = sweep.inputs().len();
        for (column, name) in inputs.iter_mut().zip(&self.inputs) {
            let at = own(name);
            push(column, rows, |row| at.map(|at| batch.inputs[row * width + at]));
        }
        let own = |name: &String| sweep.outputs().iter().position(|it| it.name == *name);
        let width = sweep.outputs().len();
        for (column, name) in outputs.iter_mut().zip(&self.outputs) {
            let at = own(name);
            push(column, rows, |row| at.map(|at| batch.outputs[row * width + at]));
        }
    }

    /// Reads columns of one sweep.
    pub(super) fn read(
        &self,
        at: usize,
        store: &Store,
        which: &[Which],
        take: &mut dyn FnMut(&[&[f64]]),
    ) -> Result<(), StoreError> {
        let sweep = &self.sweeps[at];
        let place = |which: &Which| match *which {
            Which::Outcome => 2,
            Which::Proof => 3,
            Which::Input(input) => {
                let name = &sweep.inputs()[input].name;
                KNOWN + self.inputs.iter().position(|it| it == name).expect("all are there")
            }
            Which::Output(output) => {
                let name = &sweep.outputs()[output].name;
                let at = self.outputs.iter().position(|it| it == name).expect("all are there");
                KNOWN + self.inputs.len() + at
            }
        };
        let columns: Vec<usize> = which.iter().map(place).collect();
        let start: u64 = self.sweeps[..at].iter().map(Sweep::len).sum();
        let (own, mut first) = (start..start + sweep.len(), 0_u64);
        store.read(&columns, &mut |values| {
            let rows = values.first().map_or(0, Values::len) as u64;
            let cut = |at: u64| {
                usize::try_from(at.clamp(first, first + rows) - first).expect("rows in memory")
            };
            let (from, to) = (cut(own.start), cut(own.end));
            first += rows;
            if from < to {
                let numbers: Vec<Vec<f64>> =
                    values.iter().map(|it| numbers(it, from..to)).collect();
                take(&numbers.iter().map(Vec::as_slice).collect::<Vec<_>>());
            }
        })
    }
}

fn push(column: &mut Values, rows: usize, value: impl Fn(usize) -> Option<f64>) {
    match column {
        Values::Numbers(numbers) => {
            numbers.extend((0..rows).map(|row| value(row).unwrap_or(f64::NAN)));
        }
        Values::Conditions(conditions) => {
            let truth = |row| value(row).filter(|it| !it.is_nan()).map(|it| it == 1.0);
            conditions.extend((0..rows).map(truth));
        }
        Values::Counts(_) | Values::Texts(_) => unreachable!("inputs and outputs are none"),
    }
}

/// Values as numbers: words by their places in the order of what they are of.
fn numbers(values: &Values, range: Range<usize>) -> Vec<f64> {
    use crate::analysis::sweep::{Outcome, Proof};
    match values {
        Values::Texts(texts) => {
            let code = |text: &String| {
                let outcome = Outcome::ALL.into_iter().find(|it| it.word() == text);
                let proof = Proof::ALL.into_iter().find(|it| it.word() == text);
                outcome.map(Outcome::code).or(proof.map(Proof::code)).unwrap_or(f64::NAN)
            };
            texts[range].iter().map(code).collect()
        }
        other => other.numbers().map_or_else(Vec::new, |all| all[range].to_vec()),
    }
}

/// Adds columns to those that are known; the name of the first that is there in another kind.
fn join<'n>(
    known: &mut IndexMap<&'n str, (&'n str, bool)>,
    own: impl Iterator<Item = (&'n str, (&'n str, bool))>,
) -> Result<(), String> {
    for (name, kind) in own {
        if *known.entry(name).or_insert(kind) != kind {
            return Err(name.to_owned());
        }
    }
    Ok(())
}
