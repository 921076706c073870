//! Sweeps: distributions read in the unit and on the basis of their figures.

mod distribution;

use std::collections::HashMap;

use super::{Lowering, did_you_mean, keys};
use crate::{
    diagnostic::{Code, Diagnostic, Severity, Span, nearest},
    document::{self, Name, Provenance, Spanned, SweepInputTable, SweepMethod, SweepTable},
    flowsheet::{
        self, FigureId, Sweep, SweepInput,
        sweep::{is_read_once, unit_of},
    },
    sampling::{Distribution, Method},
};

/// Samples that a sweep is tried with that does not say how many.
const TRIAL: u64 = 1 << 20;

/// The list that a figure is an item of, if its items are figures of one kind: `product.x.price` of `product.x.price.0`.
fn list_of(path: &str) -> Option<&str> {
    let (list, item) = path.rsplit_once('.')?;
    let key = list.rsplit('.').next()?;
    let is_list = ["price", "cost", "capacity", "opex", "incentive"].contains(&key);
    (is_list && item.bytes().all(|byte| byte.is_ascii_digit())).then_some(list)
}

/// The figures that an input sets, and how it is called.
struct Target<'a> {
    /// The sweep's path of the input: `sweep.uncertain.input.feed.ore.cost`.
    path: String,
    /// The names by which the figures were written, with their figures.
    figures: Vec<(&'a Name, Vec<FigureId>)>,
    relative: bool,
}

impl Target<'_> {
    fn ids(&self) -> impl Iterator<Item = FigureId> + '_ {
        self.figures.iter().flat_map(|(_, ids)| ids.iter().copied())
    }
}

impl<'d> Lowering<'d> {
    pub(super) fn lower_sweeps(&mut self) -> Vec<Sweep> {
        let document = self.document;
        if document.sweep.is_empty() {
            return Vec::new();
        }
        // A figure that is read in two places has two identifiers.
        let mut paths: HashMap<String, Vec<FigureId>> = HashMap::new();
        for (id, figure) in self.figures.iter_ids() {
            paths.entry(figure.path.clone()).or_default().push(id);
            // The name of a list stands for all that is in it.
            if let Some(list) = list_of(&figure.path) {
                paths.entry(list.to_owned()).or_default().push(id);
            }
        }
        let sweeps = document.sweep.iter();
        sweeps.filter_map(|(name, table)| self.lower_sweep(name, table, &paths)).collect()
    }

    fn lower_sweep(
        &mut self,
        name: &'d Name,
        table: &'d SweepTable,
        paths: &HashMap<String, Vec<FigureId>>,
    ) -> Option<Sweep> {
        let own = Provenance::said(&table.source, table.assumed.as_ref(), table.confidence);
        let inherit = own.or(&self.provenance);
        let mut taken: HashMap<FigureId, Span> = HashMap::new();
        let mut inputs = Vec::new();
        let mut blocked = None;
        for (key, input) in &table.input {
            let path = format!("sweep.{name}.input.{key}");
            let lowered = match input {
                document::SweepInput::Range(span) => {
                    match self.lower_range_input(key, *span, path, paths, &mut taken) {
                        Ok(lowered) => lowered,
                        Err(finding) => {
                            blocked = blocked.or(Some(finding));
                            continue;
                        }
                    }
                }
                document::SweepInput::Table(input) => {
                    self.lower_input(key, input, path, paths, &inherit, &mut taken)
                }
            };
            inputs.extend(lowered);
        }
        let complete = blocked.is_some() || inputs.len() == table.input.len();
        let mut sweep = Sweep {
            name: name.value.clone(),
            title: table.title.clone(),
            method: table.method.as_ref().map(|method| match method.value {
                SweepMethod::Grid => Method::Grid,
                SweepMethod::Random => Method::Random,
                SweepMethod::LatinHypercube => Method::LatinHypercube,
                SweepMethod::Sobol => Method::Sobol,
                SweepMethod::Indices => Method::Indices,
            }),
            samples: table.samples.as_ref().map(|samples| samples.value),
            inputs,
            correlations: Vec::new(),
            correlation_spans: Vec::new(),
            span: name.span,
            blocked,
        };
        let sound = self.lower_correlations(table, &inherit, &mut sweep);
        // What is missing has been told.
        if !(complete && sound) {
            return None;
        }
        if let (Method::Grid, Some(samples)) = (sweep.method(), &table.samples) {
            let message =
                format!("sweep `{name}` is a grid, whose values say how many samples it has");
            self.report(
                Diagnostic::new(Code::BadSweep, message)
                    .at(samples.span, "")
                    .help("leave `samples` out, or say another `method`"),
            );
            return None;
        }
        if sweep.blocked.is_some() {
            return Some(sweep);
        }
        match sweep.sampler(sweep.method(), sweep.samples.unwrap_or(TRIAL), 0) {
            Ok(_) => Some(sweep),
            Err(finding) => {
                self.report(*finding);
                None
            }
        }
    }

    /// `"range"`: uniform over the figure's own range. Fails with what blocks the sweep, and nothing else, where a change took
    /// the range away.
    fn lower_range_input(
        &mut self,
        key: &'d Name,
        span: Span,
        path: String,
        paths: &HashMap<String, Vec<FigureId>>,
        taken: &mut HashMap<FigureId, Span>,
    ) -> Result<Option<SweepInput>, Box<Diagnostic>> {
        let target = self.varied(key, &[], false, path, paths, taken);
        let figures: Vec<FigureId> = target.iter().flat_map(Target::ids).collect();
        let Some(&id) = figures.first() else { return Ok(None) };
        let figure = &self.figures[id];
        let Some(range) = figure.range.clone().filter(|range| range.low < range.high) else {
            let message = format!("`{key}` has no range to vary over");
            let finding = Diagnostic::new(Code::BadDistribution, message)
                .at(span, "")
                .at(figure.span, "this figure")
                .help("give the figure a `range`, or write `{ uniform = [\"…\", \"…\"] }` here");
            if self.document.changed.iter().any(|place| place.contains(figure.span)) {
                return Err(Box::new(finding));
            }
            self.report(finding);
            return Ok(None);
        };
        Ok(Some(SweepInput {
            name: key.value.clone(),
            unit: unit_of(&self.units, &figure.text),
            provenance: figure.provenance.clone(),
            figures,
            relative: false,
            distribution: Distribution::Uniform { low: range.low, high: range.high },
            span: key.span,
        }))
    }

    fn lower_input(
        &mut self,
        key: &'d Name,
        table: &'d Spanned<SweepInputTable>,
        path: String,
        paths: &HashMap<String, Vec<FigureId>>,
        inherit: &Provenance,
        taken: &mut HashMap<FigureId, Span>,
    ) -> Option<SweepInput> {
        let relative = table.relative.as_ref().is_some_and(|relative| relative.value);
        let provenance = self.origin(&table.provenance(), key.span, &path, inherit);
        let target = self.varied(key, &table.of, relative, path, paths, taken)?;
        let (distribution, span) = self.distribution(key, table, &target)?;
        let figures: Vec<FigureId> = target.ids().collect();
        self.warn_of_impossible_values(&target, &distribution, span);
        let unit = if relative {
            String::new()
        } else {
            unit_of(&self.units, &self.figures[figures[0]].text)
        };
        Some(SweepInput {
            name: key.value.clone(),
            figures,
            relative,
            distribution,
            unit,
            span: key.span,
            provenance,
        })
    }

    /// The figures that an input sets.
    fn varied<'a>(
        &mut self,
        key: &'a Name,
        of: &'a [Name],
        relative: bool,
        path: String,
        paths: &HashMap<String, Vec<FigureId>>,
        taken: &mut HashMap<FigureId, Span>,
    ) -> Option<Target<'a>> {
        let names = if of.is_empty() { std::slice::from_ref(key) } else { of };
        let mut figures = Vec::new();
        for name in names {
            let mut ids = self.figures_at(name, paths, of.is_empty())?;
            if relative {
                // The factor is on the whole course over the periods.
                ids.extend(self.points_of(&ids));
            }
            figures.push((name, ids));
        }
        let target = Target { path, figures, relative };
        // Only afterwards, as a course and the values in it may stand in one list.
        let mut own: Vec<FigureId> = Vec::new();
        let mut distinct = Vec::new();
        for (name, ids) in &target.figures {
            let fresh: Vec<FigureId> = ids.iter().copied().filter(|id| !own.contains(id)).collect();
            own.extend(&fresh);
            for &id in &fresh {
                if let Some(first) = taken.insert(id, name.span) {
                    let message = format!("`{}` varies twice", self.figures[id].path);
                    let finding = Diagnostic::new(Code::BadSweep, message)
                        .at(name.span, "the second")
                        .at(first, "the first")
                        .help("name each figure in one input");
                    self.report(finding);
                    return None;
                }
            }
            distinct.push((*name, fresh));
        }
        Some(Target { figures: distinct, ..target })
    }

    /// The figures of a path that can be varied.
    fn figures_at(
        &mut self,
        name: &Name,
        paths: &HashMap<String, Vec<FigureId>>,
        is_key: bool,
    ) -> Option<Vec<FigureId>> {
        let Some(ids) = paths.get(name.as_str()) else {
            // A figure that is wrong is there, and has been told of.
            let quoted = format!("`{}`", name.as_str());
            let mut told = self.findings.iter().filter(|it| it.severity == Severity::Error);
            if told.any(|it| it.message.contains(&quoted)) {
                return None;
            }
            let known = self.figures.iter().filter(|figure| !is_read_once(&figure.path));
            let near = nearest(name, known.map(|figure| figure.path.as_str())).map(str::to_owned);
            let otherwise = if is_key {
                "write the path of a figure, as `--set` takes it, or say `of = [\"…\"]`"
            } else {
                "write the path of a figure, as `--set` takes it"
            };
            let message = format!("there is no figure `{name}` to be varied");
            self.report(
                Diagnostic::new(Code::UnknownFigure, message)
                    .at(name.span, "")
                    .help(did_you_mean(near, otherwise)),
            );
            return None;
        };
        let fixed = if is_read_once(name) {
            "shapes what is read of the file, and cannot be varied"
        } else if ids.iter().any(|id| !self.expected.contains_key(id)) {
            "is not written but follows from other figures, and cannot be varied"
        } else {
            return Some(ids.clone());
        };
        self.report(
            Diagnostic::new(Code::BadSweep, format!("`{name}` {fixed}"))
                .at(name.span, "")
                .at(self.figures[ids[0]].span, "it comes from here")
                .help("vary a figure that stands in the flowsheet"),
        );
        None
    }

    /// The other values of figures that change over the periods.
    fn points_of(&self, ids: &[FigureId]) -> Vec<FigureId> {
        let courses = self.series.iter().filter(|series| ids.contains(&series.figure));
        courses.flat_map(|series| series.points.iter().map(|&(_, id)| id)).collect()
    }

    /// Adds the correlations; whether all of them are of inputs.
    fn lower_correlations(
        &mut self,
        table: &'d SweepTable,
        inherit: &Provenance,
        sweep: &mut Sweep,
    ) -> bool {
        let mut sound = true;
        for (at, correlation) in table.correlation.iter().enumerate() {
            let own = Provenance::said(
                &correlation.source,
                correlation.assumed.as_ref(),
                correlation.confidence,
            );
            let path = format!("sweep.{}.correlation.{at}", sweep.name);
            self.origin(&own, correlation.rank.span, &path, inherit);
            let [one, other] = correlation.of.value.as_slice() else {
                let count = correlation.of.value.len();
                let message = format!("a correlation is of two inputs, not of {count}");
                self.report(
                    Diagnostic::new(Code::BadSweep, message)
                        .at(correlation.of.span, "")
                        .help("write one `[[sweep.NAME.correlation]]` for each pair"),
                );
                sound = false;
                continue;
            };
            for name in [one, other] {
                if !table.input.contains_key(name.as_str()) {
                    let near = nearest(name, keys(&table.input)).map(str::to_owned);
                    let message = format!("sweep `{}` has no input `{name}`", sweep.name);
                    let help = did_you_mean(near, "a correlation is of inputs, by their keys");
                    self.report(
                        Diagnostic::new(Code::BadSweep, message).at(name.span, "").help(help),
                    );
                    sound = false;
                }
            }
            let position =
                |name: &Name| sweep.inputs.iter().position(|input| input.name == name.value);
            if let (Some(one), Some(other)) = (position(one), position(other)) {
                sweep.correlations.push((one, other, correlation.rank.value));
                sweep.correlation_spans.push(correlation.rank.span);
            }
        }
        sound
    }

    /// Values that a figure may not have are refused one by one; if there are many, that is told at once.
    fn warn_of_impossible_values(
        &mut self,
        target: &Target<'_>,
        distribution: &Distribution,
        span: Span,
    ) {
        /// Share that is too small to be worth a word.
        const LEAST: f64 = 1e-4;
        if !matches!(distribution, Distribution::Normal { .. } | Distribution::LogNormal { .. }) {
            return;
        }
        let worst = target.ids().map(|id| {
            let flowsheet::Figure { value, allowed: (low, high), .. } = self.figures[id];
            let ends = match value {
                _ if !target.relative => (low, high),
                value if value > 0.0 => (low / value, high / value),
                value if value < 0.0 => (high / value, low / value),
                _ => (f64::NEG_INFINITY, f64::INFINITY),
            };
            let below = distribution::share_below(distribution, ends.0);
            (below + 1.0 - distribution::share_below(distribution, ends.1), id)
        });
        let worst = worst.max_by(|one, other| one.0.total_cmp(&other.0));
        let Some((share, id)) = worst.filter(|&(share, _)| share > LEAST) else { return };
        let path = &self.figures[id].path;
        let percent = crate::measure::format_number(share * 100.0);
        let message = format!("{percent} % of the values of `{path}` are such as it cannot have");
        self.report(Diagnostic::new(Code::ImpossibleValues, message).at(span, "").help(
            "such samples are refused, not clipped; take a distribution with ends, or a smaller deviation",
        ));
    }
}
