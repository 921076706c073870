//! Between which values each figure may lie, and which figures are in doubt.
//!
//! A figure's own `range` comes first, then the first sweep that varies it: both ends of what is bounded, the middle 95 %
//! of what is not. Else it is between itself divided and multiplied by a factor that says how reliable its source is: the
//! factors of the indicator *reliability* in the pedigree matrix of ecoinvent 2, which are meant as the ends of 95 %
//! (R. Frischknecht et al., Int. J. Life Cycle Assess. 10 (2005) 3–9). Which factor stands for which word is our reading. Of a
//! share the factor is on its odds, share ÷ (1 − share), so that it stays one; 0 and 1 stay what they are. The
//! largest line of a recipe that fills the whole is what the others leave, and in no doubt of its own.

use crate::{
    document::Confidence,
    flowsheet::{Figure, FigureId, Flowsheet, Provenance, Sweep, Values},
    index::IdVec,
    sampling::Distribution,
};

use super::derivative::{is_datum, whole_recipes};

/// Factor of a source that is sure: measured, but not verified by us (score 2 of 5).
const HIGH: f64 = 1.05;
/// Factor of a source at second hand, or of which nothing else is said (score 3).
const MEDIUM: f64 = 1.10;
/// Factor of press and opinion (score 4).
const LOW: f64 = 1.20;
/// Factor of what is assumed, not verified, or of which no source is told (score 5).
const ASSUMED: f64 = 1.50;

/// Of an unbounded distribution the middle 95 % count.
const TAIL: f64 = 0.025;

/// How well a figure is founded, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Footing {
    High,
    Medium,
    Low,
    Assumed,
    Unstated,
}

impl Footing {
    pub(super) const ALL: [Self; 5] =
        [Self::High, Self::Medium, Self::Low, Self::Assumed, Self::Unstated];

    pub(super) fn of(provenance: &Provenance) -> Self {
        match provenance {
            Provenance::Sourced { confidence, .. } => match confidence {
                Some(Confidence::High) => Self::High,
                Some(Confidence::Medium) | None => Self::Medium,
                Some(Confidence::Low) => Self::Low,
                Some(Confidence::Unverified) => Self::Assumed,
            },
            Provenance::Assumed { .. } => Self::Assumed,
            Provenance::Unstated | Provenance::Wanted | Provenance::Computed => Self::Unstated,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Assumed => "assumed",
            Self::Unstated => "unstated",
        }
    }

    /// Whether a result that rests on it rests on sand.
    pub(super) fn is_weak(self) -> bool {
        self >= Self::Low
    }
}

/// What says between which values a figure may lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    /// Its own `range`.
    Range,
    /// A sweep, by its name.
    Sweep(String),
    /// How sure its source is.
    Footing,
}

/// One figure, or one that is read in several places.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    /// At least one; all of one value and one path.
    pub(super) figures: Vec<FigureId>,
    /// The least value, at most the figure's own.
    pub(super) low: f64,
    /// The greatest value, at least the figure's own.
    pub(super) high: f64,
    pub(super) basis: Basis,
    pub(super) footing: Footing,
}

impl Doubt {
    /// Half of what lies between its ends.
    pub(super) fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// Whether the audit of claims moves it: what is said to be uncertain, or not well founded.
    pub(super) fn is_open(&self) -> bool {
        self.low < self.high && (self.basis != Basis::Footing || self.footing.is_weak())
    }

    /// All figures with this one at a value.
    pub(super) fn set(&self, values: &mut Values, to: f64) {
        for &id in &self.figures {
            values[id] = to;
        }
    }

    /// The derivative by it, of what is followed at a place; none if one of its figures has none.
    pub(super) fn slope(
        &self,
        by: &IdVec<FigureId, Option<Vec<f64>>>,
        place: usize,
    ) -> Option<f64> {
        self.figures.iter().map(|&id| by[id].as_ref().map(|by| by[place])).sum()
    }

    /// One of its ends, in words: as it was written, or how far from the figure it is.
    pub(super) fn end(&self, flowsheet: &Flowsheet, high: bool) -> String {
        let figure = &flowsheet.figures[self.figures[0]];
        if let (Basis::Range, Some(range)) = (&self.basis, &figure.range) {
            return range.text[usize::from(high)].clone();
        }
        let end = if high { self.high } else { self.low };
        if figure.value == 0.0 {
            return crate::measure::format_number(end);
        }
        let percent = crate::measure::format_number(100.0 * (end / figure.value - 1.0));
        let sign = if percent.starts_with('-') { "" } else { "+" };
        format!("{sign}{percent} %")
    }
}

/// All data of a flowsheet, in the order of the file.
pub(super) fn doubts(flowsheet: &Flowsheet) -> Vec<Doubt> {
    let mut places: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut doubts: Vec<Doubt> = Vec::new();
    let balances = balances(flowsheet);
    for (id, figure) in flowsheet.figures.iter_ids() {
        if !is_datum(flowsheet, id) {
            continue;
        }
        if let Some(&at) = places.get(figure.path.as_str())
            && flowsheet.figures[doubts[at].figures[0]].value == figure.value
        {
            doubts[at].figures.push(id);
            continue;
        }
        places.insert(&figure.path, doubts.len());
        let footing = Footing::of(&figure.provenance);
        let (low, high, basis) = if balances.contains(&id) {
            (figure.value, figure.value, Basis::Footing)
        } else {
            ends(flowsheet, id, figure, footing)
        };
        doubts.push(Doubt { figures: vec![id], low, high, basis, footing });
    }
    doubts
}

/// The largest line of each recipe that fills the whole: it is what the others leave.
fn balances(flowsheet: &Flowsheet) -> Vec<FigureId> {
    let values = flowsheet.values();
    let largest =
        |recipe: Vec<FigureId>| recipe.into_iter().max_by(|&a, &b| values[a].total_cmp(&values[b]));
    whole_recipes(flowsheet, &values).filter_map(largest).collect()
}

fn ends(
    flowsheet: &Flowsheet,
    id: FigureId,
    figure: &Figure,
    footing: Footing,
) -> (f64, f64, Basis) {
    if let Some(range) = &figure.range {
        return (range.low, range.high, Basis::Range);
    }
    let within = |value: f64| value.clamp(figure.allowed.0, figure.allowed.1);
    if let Some((sweep, ends)) = flowsheet.sweeps.iter().find_map(|it| Some((it, swept(it, id)?))) {
        let [low, high] = ends(figure.value).map(within);
        let basis = Basis::Sweep(sweep.name.clone());
        return (low.min(figure.value), high.max(figure.value), basis);
    }
    let factor = match footing {
        Footing::High => HIGH,
        Footing::Medium => MEDIUM,
        Footing::Low => LOW,
        Footing::Assumed | Footing::Unstated => ASSUMED,
    };
    let by = |factor: f64| {
        if figure.allowed != (0.0, 1.0) {
            return within(figure.value * factor);
        }
        let odds = factor * figure.value;
        odds / (1.0 - figure.value + odds)
    };
    let [one, other] = [1.0 / factor, factor].map(by);
    (one.min(other), one.max(other), Basis::Footing)
}

/// The ends that a sweep gives to a figure, as a function of the figure's own value.
fn swept(sweep: &Sweep, id: FigureId) -> Option<impl Fn(f64) -> [f64; 2] + use<>> {
    let input = sweep.inputs.iter().find(|input| input.figures.contains(&id))?;
    let distribution = &input.distribution;
    let ends = match distribution {
        Distribution::Uniform { low, high } | Distribution::Triangular { low, high, .. } => {
            [*low, *high]
        }
        Distribution::Normal { .. } | Distribution::LogNormal { .. } => {
            [distribution.quantile(TAIL), distribution.quantile(1.0 - TAIL)]
        }
        Distribution::List(values) => {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            [least, values.iter().copied().fold(f64::NEG_INFINITY, f64::max)]
        }
    };
    let relative = input.relative;
    Some(move |value: f64| if relative { ends.map(|end| end * value) } else { ends })
}
