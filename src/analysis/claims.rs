//! Claims: whether a goal holds, cannot hold, or depends on something, and on what.
//!
//! A goal that the best plan keeps *holds* if it is also kept with each figure in doubt at either end of what it may be;
//! one that no plan keeps *cannot hold* if that is so too, and if none keeps it with the heaviest of them all at their better ends. In
//! doubt is what has a `range`, what a sweep varies, and what is assumed, unstated, or of low confidence; all other figures
//! are taken as they are. Ends are solved anew where the derivative promises at least a part of what is missing
//! (`probe::NEAR`), for the heaviest figures.

mod probe;
mod years;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    GoalOutcome, Plan,
    bottleneck::sense_name,
    clock::Clock,
    context::Context,
    derivative::{Followed, Slopes, Weigher, follow, follow_objective},
    doubt::{Doubt, doubts},
    goals,
};
use crate::{
    flowsheet::{Flowsheet, Goal, GoalBound, Objective, Provenance, Ratio, Sense},
    lp::Options,
    model::{Form, Model},
};
use probe::{Probe, Target};

/// Most limits that are named as holding a claim.
const HOLDERS: usize = 2;

/// What becomes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The best plan keeps it, whichever figure in doubt is moved to either of its ends.
    Holds,
    /// No plan keeps it, whatever the figures in doubt are; over the years: none with the routes and trains of the best.
    CannotHold,
    /// It is kept or missed as a figure in doubt is this or that, or as another plan than the best one is taken.
    DependsOn,
    /// It was not found out.
    Open,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::CannotHold => "cannot hold",
            Self::DependsOn => "depends on",
            Self::Open => "open",
        }
    }
}

/// A goal and what becomes of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Claim {
    /// The goal.
    pub goal: String,
    /// What is claimed, in words.
    pub title: Option<String>,
    /// The measure or ratio.
    pub measure: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// The period, where there are several.
    pub period: Option<String>,
    /// `at least` or `at most`.
    pub sense: &'static str,
    /// The bound.
    pub bound: f64,
    /// Who claims it: source ids.
    pub sources: Vec<String>,
    /// The value in the best plan; none if the denominator of a ratio is 0.
    pub value: Option<f64>,
    /// Whether the best plan keeps the bound.
    pub met: bool,
    /// The best value of any plan, if the best plan misses the bound.
    pub best: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
    /// What binds, or what it depends on.
    pub why: String,
    /// Figures in doubt one of which alone turns the verdict.
    pub turned_by: Vec<Turn>,
    /// The best value with the heaviest figures in doubt all at their better ends, if none alone is enough.
    pub all_together: Option<f64>,
    /// The heaviest figures in doubt.
    pub hangs_on: Vec<Weight>,
    /// Number of figures in doubt that were not weighed.
    pub unweighed: usize,
}

/// A figure whose end turns a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Turn {
    /// Its path.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// The end, in words.
    pub end: String,
    /// The value there; none if there is no plan.
    pub value: Option<f64>,
}

/// What a figure in doubt weighs in a claim.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Weight {
    /// Its path.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// `assumed`, `low`, `unstated`; or `high`, `medium`, if it has a range or is swept all the same.
    pub footing: &'static str,
    /// Derivative × half of what lies between its ends, in the unit of the claim.
    pub weight: f64,
}

/// A flowsheet that was checked, in one case.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Checked {
    /// The file.
    pub file: String,
    /// The scenario; none for the flowsheet as it is.
    pub scenario: Option<String>,
    /// Code of the currency of all money.
    pub currency: String,
    /// Whether there is a proven plan.
    pub solved: bool,
    /// What becomes of the goals; empty without a plan.
    pub claims: Vec<Claim>,
}

impl Checked {
    /// The file without folders and ending, with its scenario.
    #[must_use]
    pub fn name(&self) -> String {
        let file = std::path::Path::new(&self.file).file_stem().and_then(|name| name.to_str());
        let file = file.unwrap_or(&self.file);
        match &self.scenario {
            Some(scenario) => format!("{file}, scenario {scenario}"),
            None => file.to_owned(),
        }
    }
}

/// What becomes of all goals of a solved flowsheet, one entry per bound.
///
/// The time limit of `options` holds for all of it; what is not found out in time is open, or not weighed.
#[must_use]
pub fn audit(flowsheet: &Flowsheet, plan: &Plan, options: &Options) -> Vec<Claim> {
    if flowsheet.goals.is_empty() {
        return Vec::new();
    }
    let doubts: Vec<Doubt> = doubts(flowsheet).into_iter().filter(Doubt::is_open).collect();
    let auditor = Auditor { flowsheet, plan, doubts, clock: Clock::start(options) };
    if flowsheet.is_planned() { auditor.over_years() } else { auditor.in_one_year() }
}

struct Auditor<'a> {
    flowsheet: &'a Flowsheet,
    plan: &'a Plan,
    doubts: Vec<Doubt>,
    clock: Clock,
}

impl Auditor<'_> {
    /// A claim of which nothing is known but its value.
    fn claim(&self, goal: &Goal, bound: &GoalBound, wanted: f64, value: Option<f64>) -> Claim {
        Claim {
            goal: goal.name.clone(),
            title: goal.title.clone(),
            measure: crate::flowsheet::ratio_text(&goal.of, goal.to.as_ref()),
            unit: goals::unit(self.flowsheet, goal),
            period: None,
            sense: sense_name(bound.sense),
            bound: wanted,
            sources: match &bound.claimed {
                Provenance::Sourced { ids, .. } => ids.clone(),
                _ => Vec::new(),
            },
            value,
            met: goals::judge(bound.sense, wanted, value).1,
            best: None,
            verdict: Verdict::Open,
            why: String::new(),
            turned_by: Vec::new(),
            all_together: None,
            hangs_on: Vec::new(),
            unweighed: 0,
        }
    }

    fn is_asked(&self) -> impl Fn(crate::flowsheet::FigureId) -> bool + Sync {
        let mut asked: Vec<_> = self.doubts.iter().flat_map(|it| it.figures.clone()).collect();
        asked.sort_unstable();
        move |id| asked.binary_search(&id).is_ok()
    }

    fn in_one_year(&self) -> Vec<Claim> {
        let (flowsheet, plan) = (self.flowsheet, self.plan);
        let values = flowsheet.values();
        let context = Context::new(flowsheet, &values, &plan.model, &plan.solution);
        let followed: Vec<Option<Followed>> =
            flowsheet.goals.iter().map(|goal| follow(&context, goal)).collect();
        let asked = self.is_asked();
        let weigher = Weigher::new(&context, self.clock, &asked);
        let all: Vec<Option<&Followed>> = followed.iter().map(Option::as_ref).collect();
        let slopes = Slopes::new(&context, &weigher, &all, &asked);
        let mut outcomes = plan.outcome.goals.iter();
        let mut claims = Vec::new();
        for (place, goal) in flowsheet.goals.iter().enumerate() {
            for bound in &goal.bounds {
                let Some(outcome) = outcomes.next() else { continue };
                let mut claim = self.claim(goal, bound, outcome.bound, outcome.value);
                let probe = all[place].map(|main| Probe {
                    context: &context,
                    main,
                    slopes: &slopes,
                    doubts: &self.doubts,
                    clock: &self.clock,
                    target: Target {
                        place,
                        value: main.base,
                        wanted: outcome.bound,
                        sense: bound.sense,
                    },
                });
                match probe {
                    Some(probe) if outcome.met => judge_met(&probe, &mut claim),
                    Some(probe) if outcome.why_no_best.is_some() => {
                        judge_plan(&probe, outcome, &mut claim);
                    }
                    _ => self.judge_missed(goal, bound.sense, outcome, &mut claim),
                }
                claims.push(claim);
            }
        }
        claims
    }

    /// What becomes of a goal that the best plan misses: the same questions, to the plan that is best for the goal.
    fn judge_missed(&self, goal: &Goal, sense: Sense, outcome: &GoalOutcome, claim: &mut Claim) {
        claim.best = outcome.best;
        let kept = |value: f64| goals::judge(sense, outcome.bound, Some(value)).1;
        if outcome.best.is_some_and(kept) {
            claim.verdict = Verdict::DependsOn;
            claim.why = match self.cost_of_keeping(goal) {
                Some(cost) => format!("which plan is taken: keeping it costs {cost}"),
                None => "which plan is taken: another one keeps it".to_owned(),
            };
        } else if let Some(reason) = &outcome.why_no_best {
            claim.why = format!("no best value: {reason}");
            return;
        } else {
            claim.verdict = Verdict::CannotHold;
            claim.why = held_by(outcome.held_by.iter().map(|held| held.limit.as_str()));
        }
        let changed = aim_at(self.flowsheet, goal, sense);
        let values = changed.values();
        let Ok(mut model) = Model::assemble(&changed, &values) else { return };
        let Some(options) = self.clock.left() else { return };
        let Ok(solution) = model.solve(&changed, &options, Form::Condensed) else { return };
        let context = Context::new(&changed, &values, &model, &solution);
        let Some(main) = follow_objective(&context) else { return };
        let asked = self.is_asked();
        let weigher = Weigher::new(&context, self.clock, &asked);
        let slopes = Slopes::new(&context, &weigher, &[Some(&main)], &asked);
        let probe = Probe {
            context: &context,
            main: &main,
            slopes: &slopes,
            doubts: &self.doubts,
            clock: &self.clock,
            target: Target { place: 0, value: main.base, wanted: outcome.bound, sense },
        };
        (claim.hangs_on, claim.unweighed) = probe.heaviest();
        if claim.verdict != Verdict::CannotHold {
            return;
        }
        claim.turned_by = probe.turns();
        if !claim.turned_by.is_empty() {
            claim.verdict = Verdict::DependsOn;
            return;
        }
        claim.all_together = probe.all_together();
        if claim.all_together.is_some_and(kept) {
            claim.verdict = Verdict::DependsOn;
            claim.why = format!("several figures together; {}", claim.why);
        }
    }

    /// What enforcing a goal costs the objective, with its unit; none if it is not found.
    fn cost_of_keeping(&self, goal: &Goal) -> Option<String> {
        let mut changed = self.flowsheet.clone();
        changed
            .goals
            .iter_mut()
            .filter(|it| it.name == goal.name)
            .for_each(|it| it.enforced = true);
        let values = changed.values();
        let mut model = Model::assemble(&changed, &values).ok()?;
        let solution = model.solve(&changed, &self.clock.left()?, Form::Condensed).ok()?;
        let outcome = &self.plan.outcome;
        let cost = (outcome.objective.value - solution.objective).abs();
        let unit = &outcome.objective.unit;
        let money = unit.strip_suffix("/yr") == Some(self.flowsheet.currency.as_str());
        Some(if money {
            crate::measure::format_money_rate(cost, &self.flowsheet.currency)
        } else {
            format!("{} {unit} of the objective", crate::measure::format_number(cost))
        })
    }
}

/// A goal that is met: whether it stays so.
fn judge_met(probe: &Probe<'_>, claim: &mut Claim) {
    claim.turned_by = probe.turns();
    (claim.hangs_on, claim.unweighed) = probe.heaviest();
    claim.why = margin(claim);
    claim.verdict = if claim.turned_by.is_empty() { Verdict::Holds } else { Verdict::DependsOn };
}

/// A goal that is missed, and that has no best value over all plans, such as a ratio whose denominator may vanish: the best
/// plan alone is judged.
fn judge_plan(probe: &Probe<'_>, outcome: &GoalOutcome, claim: &mut Claim) {
    claim.turned_by = probe.turns();
    (claim.hangs_on, claim.unweighed) = probe.heaviest();
    let reason = outcome.why_no_best.as_deref().unwrap_or_default();
    claim.why = format!("judged at the plan itself, for no best value is there: {reason}");
    if claim.turned_by.is_empty() {
        claim.all_together = probe.all_together();
    }
    let together = claim.all_together.is_some_and(|value| probe.target.keeps(value));
    claim.verdict = if together || !claim.turned_by.is_empty() {
        Verdict::DependsOn
    } else {
        Verdict::CannotHold
    };
}

/// How far a value is on the good side of its bound.
fn margin(claim: &Claim) -> String {
    let Some(value) = claim.value else { return String::new() };
    let slack = (value - claim.bound).abs();
    if claim.bound == 0.0 || slack <= goals::TOLERANCE * claim.bound.abs() {
        return "without margin".to_owned();
    }
    let percent = crate::measure::format_number(100.0 * slack / claim.bound.abs());
    format!("margin {percent} %")
}

fn held_by<'a>(limits: impl Iterator<Item = &'a str>) -> String {
    let limits: Vec<&str> = limits.collect();
    match limits.len() {
        0 => "no limit holds it, only grades, recoveries and recipes".to_owned(),
        1..=HOLDERS => format!("held by {}", limits.join(", ")),
        count => {
            format!("held by {} and {} more", limits[..HOLDERS].join(", "), count - HOLDERS)
        }
    }
}

/// The flowsheet with a goal's measure as objective, and the goal not enforced.
fn aim_at(flowsheet: &Flowsheet, goal: &Goal, sense: Sense) -> Flowsheet {
    let mut changed = flowsheet.clone();
    changed.goals.iter_mut().filter(|it| it.name == goal.name).for_each(|it| it.enforced = false);
    let least = sense == Sense::AtMost;
    let of = goal.of.clone();
    changed.objective = match &goal.to {
        None if least => Objective::Minimise(of),
        None => Objective::Maximise(of),
        Some(to) => {
            let ratio = Ratio { of, to: to.clone(), span: goal.span };
            if least { Objective::MinimiseRatio(ratio) } else { Objective::MaximiseRatio(ratio) }
        }
    };
    changed
}
