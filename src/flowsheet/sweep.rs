//! Sweeps: which figures are uncertain, how, and which of them together.

use super::{FigureId, Flowsheet, Provenance};
use crate::{
    diagnostic::{Code, Diagnostic, Span},
    measure::Units,
    sampling::{Distribution, Method, Problem, Sampler},
};

/// A study of what is uncertain.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Its name: the key of its table.
    pub name: String,
    /// What is studied, in words.
    pub title: Option<String>,
    /// How samples are drawn, if that is said.
    pub method: Option<Method>,
    /// Number of samples, ≥ 1, if that is said.
    pub samples: Option<u64>,
    /// What varies, in the order of the file.
    pub inputs: Vec<SweepInput>,
    /// Two inputs, by their positions, and their rank correlation (Spearman's), above −1 and below 1.
    pub correlations: Vec<(usize, usize, f64)>,
    /// Where each correlation was written.
    pub correlation_spans: Vec<Span>,
    /// Where its name was written; nowhere for [`Sweep::of_ranges`].
    pub span: Span,
    /// Why it cannot be sampled as the flowsheet is changed: a figure whose range it takes was replaced without one.
    pub blocked: Option<Box<Diagnostic>>,
}

/// An uncertain quantity and the figures that take its value.
#[derive(Clone, Debug)]
pub struct SweepInput {
    /// Its name: the path of its figure, or the key of its table.
    pub name: String,
    /// The figures that it sets, at least one; a figure that is read in two places counts for each.
    pub figures: Vec<FigureId>,
    /// Whether its value is a factor on each figure's own value rather than the value itself.
    pub relative: bool,
    /// Its values, in the internal unit of the figures; factors, if it is relative.
    pub distribution: Distribution,
    /// The internal unit of its values as text: `USD/t`, `t/yr REO`; empty for shares and factors.
    pub unit: String,
    /// Where it was written.
    pub span: Span,
    /// Where the distribution comes from.
    pub provenance: Provenance,
}

impl Sweep {
    /// The sweep of a flowsheet that has no other: every figure with a `range` takes all values of it, each as likely.
    ///
    /// A range is that of the value beside it. Where a figure changes over the periods, that is the value until the first
    /// change.
    #[must_use]
    pub fn of_ranges(flowsheet: &Flowsheet) -> Self {
        let mut inputs: Vec<SweepInput> = Vec::new();
        for (id, figure) in flowsheet.figures.iter_ids() {
            let Some(range) = figure.range.as_ref().filter(|range| range.low < range.high) else {
                continue;
            };
            if is_read_once(&figure.path) {
                continue;
            }
            if let Some(input) = inputs.iter_mut().find(|input| input.name == figure.path) {
                input.figures.push(id);
                continue;
            }
            inputs.push(SweepInput {
                name: figure.path.clone(),
                figures: vec![id],
                relative: false,
                distribution: Distribution::Uniform { low: range.low, high: range.high },
                unit: unit_of(&flowsheet.units, &figure.text),
                span: figure.span,
                provenance: figure.provenance.clone(),
            });
        }
        Self {
            name: "ranges".to_owned(),
            title: None,
            method: None,
            samples: None,
            inputs,
            correlations: Vec::new(),
            correlation_spans: Vec::new(),
            span: Span::default(),
            blocked: None,
        }
    }

    /// How samples are drawn: as is said, else a grid where all inputs are lists, else a Latin hypercube.
    #[must_use]
    pub fn method(&self) -> Method {
        let lists = self.inputs.iter().all(|input| !input.distribution.is_continuous());
        let otherwise = if lists { Method::Grid } else { Method::LatinHypercube };
        self.method.unwrap_or(otherwise)
    }

    /// Its samples, by a method and as many as are asked for.
    ///
    /// # Errors
    /// A finding, if it cannot be sampled so.
    pub fn sampler(
        &self,
        method: Method,
        samples: u64,
        seed: u64,
    ) -> Result<Sampler, Box<Diagnostic>> {
        if let Some(blocked) = &self.blocked {
            return Err(blocked.clone());
        }
        let inputs = self.inputs.iter().map(|input| input.distribution.clone()).collect();
        Sampler::new(inputs, method, samples, seed, &self.correlations)
            .map_err(|problem| Box::new(self.explain(&problem, method)))
    }

    /// Why it cannot be sampled.
    fn explain(&self, problem: &Problem, method: Method) -> Diagnostic {
        let name = |input: usize| self.inputs[input].name.as_str();
        let sweep = |message: String| Diagnostic::new(Code::BadSweep, message);
        let at = |input: usize| self.inputs[input].span;
        // Of several correlations that cannot hold together, the last one of the two inputs is shown.
        let between = |one: usize, other: usize| {
            let pairs = self.correlations.iter().zip(&self.correlation_spans);
            let found =
                pairs.rev().find(|((a, b, _), _)| [(*a, *b), (*b, *a)].contains(&(one, other)));
            found.map_or(self.span, |(_, &span)| span)
        };
        match *problem {
            Problem::NoInputs => sweep(format!("nothing varies in sweep `{}`", self.name))
                .at(self.span, "")
                .help("name a figure under `[sweep.NAME.input]`, or give figures a `range`"),
            Problem::TooFewSamples { least } => {
                sweep(format!("sweep `{}` needs at least {least} samples", self.name))
                    .at(self.span, "")
                    .help(if method == Method::Indices {
                        "`indices` takes two samples and one more per input for each row"
                    } else {
                        "say how many: `samples = 1000`"
                    })
            }
            Problem::TooManySamples => {
                let most = crate::sampling::MOST_SAMPLES;
                let found =
                    sweep(format!("sweep `{}` has more than {most} samples", self.name)).at(self.span, "");
                found.help(match method {
                    Method::Grid => "a grid has as many as the numbers of values of its inputs multiplied",
                    _ => "take fewer: statistics hardly change beyond a million",
                })
            }
            Problem::TooManyInputs => {
                let most = crate::sampling::MOST_DIMENSIONS;
                sweep(format!("sweep `{}` has too many inputs for this method", self.name))
                    .at(self.span, "")
                    .help(format!("the sequence has {most} dimensions, of which `indices` takes two per input; draw by `latin-hypercube`"))
            }
            Problem::Distribution { input, why } => {
                let message = format!("`{}`: {why}", name(input));
                Diagnostic::new(Code::BadDistribution, message).at(at(input), "")
            }
            Problem::NoLevels { input } => {
                sweep(format!("a grid is of lists, but `{}` is none", name(input)))
                    .at(at(input), "")
                    .help("write `{ list = [\"…\", \"…\"] }` or `{ grid = [\"…\", \"…\"], points = 5 }`, or draw by another `method`")
            }
            Problem::CorrelationRefused => {
                let method = if method == Method::Grid { "a grid" } else { "`indices`" };
                let span = self.correlation_spans.first().copied().unwrap_or(self.span);
                sweep(format!("{method} takes inputs as independent, but some are correlated"))
                    .at(span, "")
                    .help("leave the correlation out, or draw by `latin-hypercube`, `random` or `sobol`")
            }
            Problem::CorrelationInvalid { correlation } => {
                sweep("a correlation is of two inputs, above -1 and below 1".to_owned())
                    .at(self.correlation_spans[correlation], "")
                    .help("of figures that move as one, make one input: `{ of = [\"…\", \"…\"], … }`")
            }
            Problem::CorrelationTwice { correlation } => {
                let (one, other, _) = self.correlations[correlation];
                sweep(format!("`{}` and `{}` are correlated twice", name(one), name(other)))
                    .at(self.correlation_spans[correlation], "the second")
                    .help("keep one of the two")
            }
            Problem::CorrelationOfList { input } => {
                let mut pairs = self.correlations.iter().zip(&self.correlation_spans);
                let found = pairs.find(|((a, b, _), _)| *a == input || *b == input);
                sweep(format!("`{}` is a list and cannot be correlated", name(input)))
                    .at(found.map_or(self.span, |(_, &span)| span), "")
                    .help("correlations are of `uniform`, `triangular`, `normal` and `lognormal`")
            }
            Problem::CorrelationsImpossible { input, with } => sweep(format!(
                "the correlations of `{}` with `{}` and others cannot hold together",
                name(input),
                name(with)
            ))
            .at(between(input, with), "")
            .help("two inputs that both follow a third one closely follow each other, too: weaken one of the three"),
        }
    }
}

/// Whether a figure shapes what is read of a file, so that another value of it changes nothing afterwards: lengths of
/// periods and of a shift.
pub(super) fn is_read_once(path: &str) -> bool {
    path.starts_with("period.") || path == "flowsheet.shift"
}

/// The internal unit of a figure that was written so, with its basis: `USD/t`, `t/yr REO`; empty for shares.
pub(super) fn unit_of(units: &Units, text: &str) -> String {
    let Ok(read) = units.parse(text) else { return String::new() };
    let unit = read.dimension.to_string().replace("money", &units.currency);
    match (unit.as_str(), read.basis.numerator, read.basis.denominator) {
        ("1", ..) => String::new(),
        (_, Some(basis), None) | (_, None, Some(basis)) => format!("{unit} {basis}"),
        _ => unit,
    }
}
