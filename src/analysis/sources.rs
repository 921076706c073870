//! Where a result comes from: every figure with its source, what it may be, and its weight in each goal.
//!
//! The weight of a figure in a goal is the goal's derivative by it, times half of what lies between the values it may have
//! (`doubt`). Weights are first order and of one figure at a time; the share of a source or of a footing is that of the sum
//! of squares, as the errors of independent figures add up.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    clock::Clock,
    context::Context,
    derivative::{
        Course, Followed, FollowedCourse, Slopes, Weigher, follow, follow_objective, is_datum,
    },
    doubt::{Basis, Doubt, Footing, doubts},
    failure, goals,
};
use crate::{
    diagnostic::Diagnostics,
    flowsheet::{Flowsheet, Goal, PeriodId, Provenance},
    lp::Options,
    model::{Form, Model},
};

/// Where a result comes from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SourcesReport {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// What is weighed: the objective, then each goal that has a value. Weights are in this order.
    pub results: Vec<ResultFooting>,
    /// All data, in the order of the file: bounds of goals and what follows from the design of cascades are none.
    pub figures: Vec<FigureFooting>,
    /// All sources that are cited, in the order of the file.
    pub sources: Vec<SourceFooting>,
    /// Number of figures without weights: there are too many, cascades are designed by them, they are shares of 0 or 1 or times in a
    /// plan over the years, there is no plan beside them, or the time limit passed.
    pub unweighed: usize,
}

/// One result and what it rests on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ResultFooting {
    /// The goal; none for the objective.
    pub goal: Option<String>,
    /// The objective or a goal; with its period, where there are several.
    pub name: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// Its value in the best plan.
    pub value: f64,
    /// Root of the sum of the squares of all weights, in its unit.
    pub uncertainty: f64,
    /// Share of each footing in the sum of squares, 0–1; empty if no figure has a weight.
    pub shares: Vec<FootingShare>,
    /// Share of what is assumed, of low confidence, or unstated, 0–1; none if no figure has a weight.
    pub weak: Option<f64>,
}

/// The share of one footing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FootingShare {
    /// `high`, `medium`, `low`: confidence of the source; `assumed` (or unverified), `unstated`.
    pub footing: &'static str,
    /// 0–1.
    pub share: f64,
}

/// A figure, where it comes from, and its weights.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FigureFooting {
    /// Its path.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// In internal units.
    pub value: f64,
    /// Source ids.
    pub sources: Vec<String>,
    /// Why it is assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed: Option<String>,
    /// `high`, `medium`, `low`, `assumed` or `unstated`; a source that says nothing else counts as `medium`.
    pub footing: &'static str,
    /// Between which values it may lie, in internal units.
    pub ends: [f64; 2],
    /// The same in words: as it was written, or how far from the figure.
    pub ends_text: [String; 2],
    /// What says so: `range`, `sweep NAME`, or `footing`.
    pub ends_by: String,
    /// Derivative × half of what lies between the ends, per result; none if it was not weighed.
    pub weights: Option<Vec<f64>>,
}

/// A source, and the share of the results that rests on it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SourceFooting {
    /// Its id.
    pub id: String,
    /// Title, author, year and address as far as given.
    pub text: String,
    /// Number of figures that cite it.
    pub figures: usize,
    /// Share of the sum of squares of the figures that cite it, per result, 0–1; a figure of two sources counts for both.
    pub shares: Vec<Option<f64>>,
}

/// What is less than this share of a result is rounding.
const NOISE: f64 = 1e-8;

/// Solves a flowsheet and tells where the result comes from.
///
/// # Errors
/// Findings, if there is no proven plan.
pub fn sources(flowsheet: &Flowsheet, options: &Options) -> Result<SourcesReport, Diagnostics> {
    let clock = Clock::start(options);
    let values = flowsheet.values();
    let mut model = Model::assemble(flowsheet, &values)?;
    super::check_ratio(flowsheet, &model)?;
    let solution = model
        .solve(flowsheet, options, Form::Condensed)
        .map_err(|failure| failure::explain(flowsheet, &values, &model, options, &failure))?;
    let context = Context::new(flowsheet, &values, &model, &solution);
    let (results, slopes) = if flowsheet.is_planned() {
        over_years(&context, &clock)
    } else {
        in_one_year(&context, clock)
    };
    Ok(tell(&context, results, &slopes))
}

/// What is weighed, before its footing is known.
struct Weighed {
    goal: Option<String>,
    name: String,
    unit: String,
    value: f64,
}

fn in_one_year(context: &Context<'_>, clock: Clock) -> (Vec<Weighed>, Slopes) {
    let flowsheet = context.flowsheet;
    let mut results = Vec::new();
    let mut followed: Vec<Followed> = Vec::new();
    if let Some(objective) = follow_objective(context) {
        let unit = flowsheet.objective.unit(&flowsheet.currency);
        let name = flowsheet.objective.text();
        results.push(Weighed { goal: None, name, unit, value: objective.base });
        followed.push(objective);
    }
    for goal in &flowsheet.goals {
        let Some(found) = follow(context, goal) else { continue };
        let unit = goals::unit(flowsheet, goal);
        let name = goal.name.clone();
        results.push(Weighed { goal: Some(name.clone()), name, unit, value: found.base });
        followed.push(found);
    }
    let weigher = Weigher::new(context, clock, |id| is_datum(flowsheet, id));
    let followed: Vec<Option<&Followed>> = followed.iter().map(Some).collect();
    let slopes = Slopes::new(context, &weigher, &followed, |id| is_datum(flowsheet, id));
    (results, slopes)
}

fn over_years(context: &Context<'_>, clock: &Clock) -> (Vec<Weighed>, Slopes) {
    let (flowsheet, model, solution) = (context.flowsheet, context.model, context.solution);
    let follow = |course| FollowedCourse::new(flowsheet, model, solution, course);
    let mut results = Vec::new();
    let mut followed = Vec::new();
    if let Some(objective) = follow(Course::Objective) {
        let told = super::describe_objective(flowsheet, context.solution);
        let (name, unit) = (told.name, told.unit);
        results.push(Weighed { goal: None, name, unit, value: objective.base });
        followed.push(Some(objective));
    }
    for goal in &flowsheet.goals {
        let period = goal.periods.1;
        let Some(found) = follow(Course::Goal(goal, period)) else { continue };
        results.push(Weighed {
            goal: Some(goal.name.clone()),
            name: dated(flowsheet, goal, period),
            unit: goals::unit(flowsheet, goal),
            value: found.base,
        });
        followed.push(Some(found));
    }
    let slopes = Slopes::over_years(context, &followed, |id| is_datum(flowsheet, id), clock);
    (results, slopes)
}

/// A goal's name with its period, where there are several.
fn dated(flowsheet: &Flowsheet, goal: &Goal, period: PeriodId) -> String {
    if flowsheet.is_dated() {
        format!("{} in {}", goal.name, flowsheet.periods[period].name)
    } else {
        goal.name.clone()
    }
}

fn tell(context: &Context<'_>, results: Vec<Weighed>, slopes: &Slopes) -> SourcesReport {
    let flowsheet = context.flowsheet;
    let doubts = doubts(flowsheet);
    let count = results.len();
    let weights: Vec<Option<Vec<f64>>> = doubts
        .iter()
        .map(|doubt| {
            let weight = |(place, result): (usize, &Weighed)| {
                let weight = doubt.slope(&slopes.by, place)? * doubt.half_width();
                Some(if weight.abs() > NOISE * result.value.abs() { weight } else { 0.0 })
            };
            results.iter().enumerate().map(weight).collect()
        })
        .collect();
    let squares = |place: usize, counts: &dyn Fn(&Doubt) -> bool| -> f64 {
        let weighed = doubts.iter().zip(&weights).filter(|(doubt, _)| counts(doubt));
        weighed.filter_map(|(_, weights)| Some(weights.as_ref()?[place].powi(2))).sum()
    };
    let totals: Vec<f64> = (0..count).map(|place| squares(place, &|_| true)).collect();
    let share = |place: usize, counts: &dyn Fn(&Doubt) -> bool| {
        (totals[place] > 0.0).then(|| squares(place, counts) / totals[place])
    };
    let results = results.into_iter().enumerate().map(|(place, result)| {
        let shares = Footing::ALL.iter().filter_map(|&footing| {
            let share = share(place, &|doubt| doubt.footing == footing)?;
            Some(FootingShare { footing: footing.word(), share })
        });
        ResultFooting {
            goal: result.goal,
            name: result.name,
            unit: result.unit,
            value: result.value,
            uncertainty: totals[place].sqrt(),
            shares: shares.collect(),
            weak: share(place, &|doubt| doubt.footing.is_weak()),
        }
    });
    let ids = |doubt: &Doubt| match &flowsheet.figures[doubt.figures[0]].provenance {
        Provenance::Sourced { ids, .. } => ids.as_slice(),
        _ => &[],
    };
    let sources = flowsheet.sources.iter().filter_map(|source| {
        let cites = |doubt: &Doubt| ids(doubt).contains(&source.id);
        let figures = doubts.iter().filter(|doubt| cites(doubt)).count();
        (figures > 0).then(|| SourceFooting {
            id: source.id.clone(),
            text: source.text.clone(),
            figures,
            shares: (0..count).map(|place| share(place, &cites)).collect(),
        })
    });
    let (results, sources) = (results.collect(), sources.collect());
    let figures = doubts.iter().zip(&weights).map(|(doubt, weights)| {
        let figure = &flowsheet.figures[doubt.figures[0]];
        FigureFooting {
            path: figure.path.clone(),
            text: figure.text.clone(),
            value: figure.value,
            sources: ids(doubt).to_vec(),
            assumed: match &figure.provenance {
                Provenance::Assumed { reason } => Some(reason.clone()),
                _ => None,
            },
            footing: doubt.footing.word(),
            ends: [doubt.low, doubt.high],
            ends_text: [false, true].map(|high| doubt.end(flowsheet, high)),
            ends_by: match &doubt.basis {
                Basis::Range => "range".to_owned(),
                Basis::Sweep(name) => format!("sweep {name}"),
                Basis::Footing => "footing".to_owned(),
            },
            weights: weights.clone(),
        }
    });
    SourcesReport {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        figures: figures.collect(),
        results,
        sources,
        unweighed: weights.iter().filter(|weights| weights.is_none()).count(),
    }
}
