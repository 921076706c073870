//! One distribution: its values read in internal units and held against what its figures may be.

use super::Target;
use crate::{
    diagnostic::{Code, Diagnostic, Span},
    document::{Name, Scalar, Spanned, SweepInputTable, SweepValues},
    flowsheet::{FigureId, lower::Lowering},
    measure::{Basis, Dimension},
    sampling::Distribution,
};

/// The most values of a `grid`.
const MOST_POINTS: u64 = 1_000_000;

/// What a value of a distribution must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A value that the figures take.
    Value,
    /// A difference of values: a standard deviation.
    Difference,
    /// A pure number.
    Factor,
}

/// How a distribution is written: what its values are, and in which words.
fn form(key: &str) -> (&'static [Role], &'static str) {
    match key {
        "uniform" => (&[Role::Value; 2], "the least and the greatest value"),
        "triangular" => (&[Role::Value; 3], "the least, the likeliest and the greatest value"),
        "normal" => (&[Role::Value, Role::Difference], "mean and standard deviation"),
        "lognormal" => (&[Role::Value, Role::Factor], "median and geometric standard deviation"),
        "grid" => (&[Role::Value; 2], "the first and the last value, with `points`"),
        _ => (&[], "the values"),
    }
}

impl Lowering<'_> {
    /// Reads the distribution of an input, and where it is written.
    pub(super) fn distribution(
        &mut self,
        key: &Name,
        table: &Spanned<SweepInputTable>,
        target: &Target<'_>,
    ) -> Option<(Distribution, Span)> {
        let written = table.distributions();
        let &[(kind, values)] = written.as_slice() else {
            let (message, place) = match written.get(1) {
                Some((_, second)) => {
                    (format!("`{key}` has {} distributions", written.len()), second.span)
                }
                None => (format!("`{key}` has no distribution"), key.span),
            };
            let help =
                "write one of `uniform`, `triangular`, `normal`, `lognormal`, `list` and `grid`";
            self.report_distribution(message, place, help);
            return None;
        };
        self.check_course(target)?;
        let (roles, words) = form(kind);
        let count = values.value.len();
        if kind != "list" && count != roles.len() || count == 0 {
            let message = match count {
                0 => format!("`{kind}` of `{key}` has no values"),
                _ => format!("`{kind}` of `{key}` has {count} values; it takes {words}"),
            };
            let help = format!("write {words}, in this order");
            self.report_distribution(message, values.span, &help);
            return None;
        }
        let role = |at: usize| roles.get(at).copied().unwrap_or(Role::Value);
        let read: Vec<Option<f64>> = values
            .value
            .iter()
            .enumerate()
            .map(|(at, value)| self.sweep_value(value, role(at), target))
            .collect();
        let read: Vec<f64> = read.into_iter().collect::<Option<_>>()?;
        let points = self.points(key, table, kind)?;
        let distribution = match (kind, read.as_slice()) {
            ("uniform", &[low, high]) => Distribution::Uniform { low, high },
            ("triangular", &[low, mode, high]) => Distribution::Triangular { low, mode, high },
            ("normal", &[mean, deviation]) => Distribution::Normal { mean, deviation },
            ("lognormal", &[median, spread]) => Distribution::LogNormal { median, spread },
            ("grid", &[first, last]) => {
                let ordered = Distribution::Uniform { low: first, high: last };
                self.check_distribution(key, &ordered, values, words)?;
                Distribution::List(steps(first, last, points))
            }
            _ => Distribution::List(read),
        };
        self.check_distribution(key, &distribution, values, words)?;
        Some((distribution, values.span))
    }

    /// An absolute value cannot stand for several that a figure has over the periods.
    fn check_course(&mut self, target: &Target<'_>) -> Option<()> {
        if target.relative {
            return Some(());
        }
        let own: Vec<FigureId> = target.ids().collect();
        let open = target.figures.iter().find_map(|(name, ids)| {
            let points = self.points_of(ids);
            points.into_iter().find(|point| !own.contains(point)).map(|point| (*name, point))
        });
        let Some((name, point)) = open else { return Some(()) };
        let message =
            format!("`{name}` changes over the periods: one value does not stand for all of them");
        let point = &self.figures[point];
        let help = format!(
            "vary its whole course by a factor, `relative = true`, or name its other values, too: `of = [\"{name}\", \"{}\"]`",
            point.path
        );
        let finding = Diagnostic::new(Code::BadSweep, message)
            .at(name.span, "")
            .at(point.span, "changes here");
        self.report(finding.help(help));
        None
    }

    /// The number of values of a grid; 0 for anything else.
    fn points(&mut self, key: &Name, table: &SweepInputTable, kind: &str) -> Option<u64> {
        let (message, span) = match (&table.points, kind) {
            (Some(points), "grid") if (2..=MOST_POINTS).contains(&points.value) => {
                return Some(points.value);
            }
            (None, "grid") => (format!("`grid` of `{key}` does not say how many values"), key.span),
            (None, _) => return Some(0),
            (Some(points), "grid") => {
                (format!("`points` of `{key}` must be 2 to 1,000,000"), points.span)
            }
            (Some(points), _) => (format!("`points` of `{key}` belongs to a `grid`"), points.span),
        };
        self.report_distribution(message, span, "write `{ grid = [\"…\", \"…\"], points = 5 }`");
        None
    }

    /// One value in internal units, if all figures can take it.
    fn sweep_value(
        &mut self,
        written: &Spanned<Scalar>,
        role: Role,
        target: &Target<'_>,
    ) -> Option<f64> {
        let (read, text) = match self.scalar(written) {
            Ok(read) => read,
            Err((message, span)) => {
                let message = format!("`{}`: {message}", target.path);
                self.report_distribution(message, span, "write quantities like `\"10 USD/t\"`");
                return None;
            }
        };
        if role == Role::Factor || target.relative {
            if read.dimension != Dimension::FRACTION || read.basis != Basis::default() {
                let what = if role == Role::Factor {
                    "a geometric standard deviation"
                } else {
                    "a factor"
                };
                let message = format!("{what} is a pure number, found {text}");
                self.report_distribution(message, written.span, "write it like `1.3`");
                return None;
            }
            if role == Role::Value {
                for id in target.ids().collect::<Vec<_>>() {
                    let figure = &self.figures[id];
                    let text = format!("{text} × {}", figure.text);
                    self.admit(id, read.value * figure.value, &text, written.span)?;
                }
            }
            return Some(read.value);
        }
        for id in target.ids().collect::<Vec<_>>() {
            let figure = &self.figures[id];
            let own = Spanned::new(Scalar::Text(figure.text.clone()), figure.span);
            let like = self
                .scalar(&own)
                .is_ok_and(|(own, _)| own.dimension == read.dimension && own.basis == read.basis);
            if !like {
                let message = format!(
                    "values of `{}` must be in units and on the basis of its own, {}, found {text}",
                    figure.path, figure.text
                );
                let finding = Diagnostic::new(Code::BadDistribution, message)
                    .at(written.span, "")
                    .at(figure.span, "the figure");
                self.report(
                    finding.help("convert the value, or vary this figure by another input"),
                );
                return None;
            }
            if role == Role::Value {
                self.admit(id, read.value, &text, written.span)?;
            }
        }
        Some(read.value)
    }

    /// Whether a figure may have a value.
    fn admit(&mut self, id: FigureId, value: f64, text: &str, span: Span) -> Option<()> {
        let path = self.figures[id].path.clone();
        if let Some(expect) = self.expected.get(&id).copied() {
            self.check_range(value, text, &path, span, &expect)?;
        }
        let (low, high) = self.figures[id].allowed;
        if (low..=high).contains(&value) {
            return Some(());
        }
        let message = format!("`{path}` cannot be {text} here");
        let finding = Diagnostic::new(Code::OutOfRange, message).at(span, "");
        self.report(finding.help("keep to the values that the figure itself may have"));
        None
    }

    fn check_distribution(
        &mut self,
        key: &Name,
        distribution: &Distribution,
        values: &SweepValues,
        words: &str,
    ) -> Option<()> {
        let Err(why) = distribution.check() else { return Some(()) };
        let help = format!("write {words}, in this order");
        self.report_distribution(format!("`{key}`: {why}"), values.span, &help);
        None
    }

    fn report_distribution(&mut self, message: String, span: Span, help: &str) {
        let help = help.replace("USD", &self.units.currency);
        self.report(Diagnostic::new(Code::BadDistribution, message).at(span, "").help(help));
    }
}

/// Values in equal steps, both ends as they were written.
fn steps(first: f64, last: f64, count: u64) -> Vec<f64> {
    let parts = (count - 1) as f64;
    (0..count)
        .map(|at| {
            let share = at as f64 / parts;
            first * (1.0 - share) + last * share
        })
        .collect()
}

/// The share of the values that lie below one, 0 to 1, of a continuous distribution.
pub(super) fn share_below(distribution: &Distribution, value: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // The quantile grows with the share: halving finds it to all digits that matter.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if middle <= 0.0 || middle >= 1.0 {
            break;
        }
        if distribution.quantile(middle) < value { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}
