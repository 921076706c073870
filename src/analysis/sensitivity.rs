//! What each input figure does: derivatives of the objective and of every goal by duality, and a tornado of re-solved
//! plans.
//!
//! A derivative needs no second solve: with the multipliers of the optimal basis `dm/dθ = ∂m/∂θ + y · (∂b/∂θ − ∂A/∂θ x)`
//! (see `assumption`). It moves one figure alone, and it holds in the small; the tornado solves anew at both ends.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    assumption::{
        Followed, Moved, Resolved, WORK, follow, follow_objective, is_multiplier, shaping,
    },
    context::Context,
    failure, goals,
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, nearest},
    flowsheet::{FigureId, Flowsheet, Kind, Objective, Provenance, Values},
    index::IdVec,
    lp::Options,
    model::{Form, Model},
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The goal whose tornado is drawn; by default the value multiplier if it is a goal, else the objective.
    pub goal: Option<String>,
    /// Whether the tornado is that of the objective, whatever goals there are.
    pub objective: bool,
    /// Number of figures in the tornado.
    pub top: usize,
    /// How far figures are moved, as a share of their value, 0–1.
    pub by: f64,
}

/// What each figure does to the objective and the goals.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SensitivityReport {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// What the tornado is of: the objective or a goal.
    pub of: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// Its value in the best plan.
    pub base: f64,
    /// How far figures are moved in the tornado, as a share of their value.
    pub by: f64,
    /// Whether more limits meet than fix the plan: a derivative may then hold in one direction only.
    pub degenerate: bool,
    /// The figures with the largest swings.
    pub tornado: Vec<Bar>,
    /// All figures that do anything, in the order of the file.
    pub figures: Vec<FigureEffect>,
    /// Number of figures that were not weighed, because the flowsheet has too many that shape flows.
    pub unweighed: usize,
}

/// One bar of a tornado.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Bar {
    /// Path of the figure.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// `sourced`, `assumed` or `unstated`.
    pub provenance: &'static str,
    /// The figure's low and high value as shares of what was written: 0.9 and 1.1, unless 0–1 ends it.
    pub moved: [f64; 2],
    /// What is followed at the low value; none if there is no plan.
    pub at_low: Option<f64>,
    /// What is followed at the high value; none if there is no plan.
    pub at_high: Option<f64>,
    /// Largest difference between these and the base.
    pub swing: f64,
    /// Change in % per 1 % more of the figure; none if the base is 0.
    pub elasticity: Option<f64>,
}

/// What one figure does.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FigureEffect {
    /// Its path.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// In internal units.
    pub value: f64,
    /// `sourced`, `assumed` or `unstated`.
    pub provenance: &'static str,
    /// ∂(objective)/∂figure, in internal units.
    pub objective: f64,
    /// ∂(goal)/∂figure of each goal that has a value, in the order of the file.
    pub goals: Vec<Effect>,
}

/// The derivative of a goal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Effect {
    /// Its name.
    pub goal: String,
    /// ∂(goal)/∂figure, in internal units.
    pub derivative: f64,
}

/// Solves a flowsheet and weighs its figures.
///
/// # Errors
/// Findings, if a named goal does not exist or has no value, or if there is no proven plan.
pub fn sensitivity(
    flowsheet: &Flowsheet,
    options: &Options,
    request: &Request,
) -> Result<SensitivityReport, Diagnostics> {
    let chosen = choose(flowsheet, request)?;
    let values = flowsheet.values();
    let mut model = Model::assemble(flowsheet, &values)?;
    let solution = model
        .solve(flowsheet, options, Form::Condensed)
        .map_err(|failure| failure::explain(flowsheet, &values, &model, options, &failure))?;
    let context = Context::new(flowsheet, &values, &model, &solution);
    let no_basis = || -> Diagnostics {
        Diagnostic::new(
            Code::NotProven,
            "the program is too large for derivatives: there is no basis",
        )
        .into()
    };
    let objective = follow_objective(&context).ok_or_else(no_basis)?;
    let followed: Vec<Option<Followed>> =
        flowsheet.goals.iter().map(|goal| follow(&context, goal)).collect();
    let (main, name, unit) = if let Some(at) = chosen {
        let goal = flowsheet.goals.iter().nth(at);
        let (name, unit) =
            goal.map(|goal| (goal.name.clone(), goals::unit(flowsheet, goal))).unwrap_or_default();
        let Some(main) = &followed[at] else {
            let message =
                format!("goal `{name}` has no value in the best plan: its denominator is 0");
            return Err(Diagnostic::new(Code::GoalMissed, message).into());
        };
        (main, name, unit)
    } else {
        let unit = flowsheet.objective.unit(&flowsheet.currency);
        (&objective, flowsheet.objective.text(), unit)
    };
    let shapes = shaping(flowsheet);
    let shaping_figures = shapes.iter().filter(|&&shapes| shapes).count();
    let affordable = shaping_figures.saturating_mul(model.nodes().len()) <= WORK;
    let mut report = SensitivityReport {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        of: name,
        unit,
        base: main.base,
        by: request.by,
        degenerate: solution.raw.degenerate,
        tornado: Vec::new(),
        figures: Vec::new(),
        unweighed: if affordable { 0 } else { shaping_figures },
    };
    let all = [Some(main), Some(&objective)].into_iter().chain(followed.iter().map(Option::as_ref));
    let all: Vec<Option<&Followed>> = all.collect();
    let weighed = |id: FigureId| {
        flowsheet.figures[id].provenance != Provenance::Wanted && (affordable || !shapes[id])
    };
    // Per figure moved alone, the derivatives of all that is followed.
    let alone: IdVec<FigureId, Option<Vec<f64>>> = flowsheet
        .figures
        .ids()
        .map(|id| {
            let moved = Moved::new(&context, id, shapes[id]).filter(|_| weighed(id))?;
            let by = all.iter().map(|of| of.map_or(0.0, |of| moved.derivative(&context, of)));
            Some(by.collect())
        })
        .collect();
    let mut ranked: Vec<(f64, FigureId, f64)> = Vec::new();
    for (id, figure) in flowsheet.figures.iter_ids() {
        let Some(mut by) = alone[id].clone() else { continue };
        for (other, rate) in companions(flowsheet, &values, id) {
            for (sum, part) in by.iter_mut().zip(alone[other].iter().flatten()) {
                *sum += rate * part;
            }
        }
        if by.iter().all(|&by| by == 0.0) {
            continue;
        }
        ranked.push(((by[0] * figure.value).abs(), id, by[0]));
        let effects = flowsheet.goals.iter().zip(&followed).zip(&by[2..]);
        let effects = effects.filter(|((_, followed), _)| followed.is_some());
        report.figures.push(FigureEffect {
            path: figure.path.clone(),
            text: figure.text.clone(),
            value: figure.value,
            provenance: provenance(&figure.provenance),
            objective: by[1],
            goals: effects
                .map(|((goal, _), &derivative)| Effect { goal: goal.name.clone(), derivative })
                .collect(),
        });
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let noise = 1e-9 * main.base.abs();
    let top = ranked.into_iter().filter(|(weight, ..)| *weight > noise).take(request.top);
    report.tornado =
        top.map(|(_, id, slope)| bar(&context, main, id, slope, request.by, shapes[id])).collect();
    report.tornado.sort_by(|a, b| b.swing.total_cmp(&a.swing));
    Ok(report)
}

fn provenance(provenance: &Provenance) -> &'static str {
    match provenance {
        Provenance::Sourced { .. } => "sourced",
        Provenance::Assumed { .. } => "assumed",
        Provenance::Wanted | Provenance::Unstated => "unstated",
    }
}

/// The place of the goal that is followed among the goals; none for the objective.
fn choose(flowsheet: &Flowsheet, request: &Request) -> Result<Option<usize>, Diagnostics> {
    let mut goals = flowsheet.goals.iter();
    let Some(name) = &request.goal else {
        let multiplier = goals.position(is_multiplier);
        let money = matches!(flowsheet.objective, Objective::Profit);
        return Ok(multiplier.filter(|_| money && !request.objective));
    };
    if let Some(at) = goals.position(|goal| goal.name == *name) {
        return Ok(Some(at));
    }
    let known: Vec<&str> = flowsheet.goals.iter().map(|goal| goal.name.as_str()).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the flowsheet has no goal".to_owned(),
        None => format!("there are `{}`", known.join("`, `")),
    };
    Err(Diagnostic::new(Code::UnknownGoal, format!("there is no goal `{name}`")).help(help).into())
}

fn bar(
    context: &Context<'_>,
    main: &Followed,
    id: FigureId,
    slope: f64,
    by: f64,
    shapes: bool,
) -> Bar {
    let figure = &context.flowsheet.figures[id];
    let share = is_share(context.flowsheet, id, shapes);
    let high =
        if share && figure.value > 0.0 { (1.0 + by).min(1.0 / figure.value) } else { 1.0 + by };
    let moved = [1.0 - by, high];
    let at = |factor: f64| -> Option<f64> {
        let mut values: Values = context.values.clone();
        values[id] = figure.value * factor;
        for (other, rate) in companions(context.flowsheet, context.values, id) {
            values[other] += rate * figure.value * (factor - 1.0);
        }
        let value = Resolved::new(context, &values)?.value(&values, main);
        value.is_finite().then_some(value)
    };
    let ends = moved.map(at);
    let swing = ends.iter().flatten().map(|end| (end - main.base).abs()).fold(0.0, f64::max);
    Bar {
        path: figure.path.clone(),
        text: figure.text.clone(),
        provenance: provenance(&figure.provenance),
        moved,
        at_low: ends[0],
        at_high: ends[1],
        swing,
        elasticity: (main.base != 0.0).then(|| slope * figure.value / main.base),
    }
}

/// The figures that must move with one, and their rates: the other lines of a recipe that fills the whole shrink in
/// proportion, so that it still does.
fn companions(flowsheet: &Flowsheet, values: &Values, id: FigureId) -> Vec<(FigureId, f64)> {
    let recipes = flowsheet.operations.iter().filter_map(|operation| match &operation.kind {
        Kind::Blender(blender) => Some(&blender.recipe),
        _ => None,
    });
    for recipe in recipes {
        let shares: Vec<FigureId> = recipe.iter().filter_map(|entry| entry.share).collect();
        let sum: f64 = shares.iter().map(|&share| values[share]).sum();
        let rest = 1.0 - values[id];
        if shares.contains(&id) && (sum - 1.0).abs() < 1e-9 && rest > 0.0 {
            let others = shares.into_iter().filter(|&share| share != id);
            return others.map(|share| (share, -values[share] / rest)).collect();
        }
    }
    Vec::new()
}

/// Whether a figure is a share of something, which 1 ends.
fn is_share(flowsheet: &Flowsheet, id: FigureId, shapes: bool) -> bool {
    let limit = flowsheet.limits.iter().any(|limit| {
        (limit.figure == id && limit.share_of.is_some()) || limit.availability == Some(id)
    });
    limit || shapes && flowsheet.figures[id].value <= 1.0
}
