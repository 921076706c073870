//! Claims: whether a goal holds, cannot hold, or depends on something, and on what.
//!
//! In doubt is what has a `range`, what a sweep varies, and what is assumed, unstated, or of low confidence; all other
//! figures are taken as they are. The flowsheet is solved anew with each figure in doubt at either end of what it may be,
//! unless it only limits what stays slack there (`ends`). A goal that the best plan keeps *holds* if it is kept at all of
//! them at which there is a plan. A goal that it misses *cannot hold* if it is missed at all of them, if no plan keeps it as
//! the figures are, nor at the ends that promise at least a part of what is missing, nor with the heaviest figures all at
//! their better ends (`probe`). What was not found out is open.
//!
//! Over the years a plan takes long: only the ends that promise most are solved, and of the best plan; figures are not moved
//! together.

mod ends;
mod probe;
mod years;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    GoalOutcome, NoBest, Plan,
    bottleneck::sense_name,
    clock::Clock,
    context::Context,
    derivative::{Followed, Slopes, Weigher, follow, follow_objective},
    doubt::{Doubt, doubts},
    goals,
};
use crate::{
    flowsheet::{
        FigureId, Flowsheet, Goal, GoalBound, Objective, PeriodId, Provenance, Ratio, Sense,
    },
    index::Id,
    lp::Options,
    model::{Form, Model},
};
use ends::{End, Ends, Place};
use probe::{Probe, Target, heaviest};

/// Solving at ends is worth at most so many nodes in all.
const WORK: usize = 2_000_000;

/// Of models with more nodes the plan that is best for a goal is not asked for.
const LARGE: usize = 100_000;

/// Most limits that are named as holding a claim.
const HOLDERS: usize = 2;

/// What becomes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The best plan keeps it, whichever figure in doubt is moved to either of its ends; over the years: of those that were
    /// tried.
    Holds,
    /// No plan keeps it, nor with a figure in doubt at either of its ends; over the years: of those that were tried.
    CannotHold,
    /// It is kept or missed as a figure in doubt is this or that, or as another plan than the best one is taken.
    DependsOn,
    /// It was not found out, or not of all figures in doubt.
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
    /// Number of figures in doubt of which an end was not tried.
    pub untried: usize,
}

/// A figure at an end of what it may be.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Turn {
    /// Its path.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// The end, in words.
    pub end: String,
    /// The value there; none if the denominator of a ratio is 0, or if there is no plan.
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
    /// Why the file could not be read; none if it was.
    pub unread: Option<String>,
    /// Whether there is a proven plan.
    pub solved: bool,
    /// What becomes of the goals.
    #[serde(flatten)]
    pub audit: Audit,
}

/// What becomes of all goals of a flowsheet.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Audit {
    /// One entry per bound of a goal; empty without a plan.
    pub claims: Vec<Claim>,
    /// Ends at which there is no plan, so that they say nothing of the claims.
    pub without_plan: Vec<Turn>,
}

impl Checked {
    /// A file that could not be read, and why.
    #[must_use]
    pub fn unread(file: String, why: String) -> Self {
        let (scenario, currency) = (None, String::new());
        Self { file, scenario, currency, unread: Some(why), solved: false, audit: Audit::default() }
    }

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
pub fn audit(flowsheet: &Flowsheet, plan: &Plan, options: &Options) -> Audit {
    if flowsheet.goals.is_empty() {
        return Audit::default();
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
            untried: 0,
        }
    }

    fn is_asked(&self) -> impl Fn(FigureId) -> bool + Sync {
        let mut asked: Vec<_> = self.doubts.iter().flat_map(|it| it.figures.clone()).collect();
        asked.sort_unstable();
        move |id| asked.binary_search(&id).is_ok()
    }

    fn in_one_year(&self) -> Audit {
        let (flowsheet, plan) = (self.flowsheet, self.plan);
        let values = flowsheet.values();
        let context = Context::new(flowsheet, &values, &plan.model, &plan.solution);
        let followed: Vec<Option<Followed>> =
            flowsheet.goals.iter().map(|goal| follow(&context, goal)).collect();
        let asked = self.is_asked();
        let weigher = Weigher::new(&context, self.clock, &asked);
        let all: Vec<Option<&Followed>> = followed.iter().map(Option::as_ref).collect();
        let slopes = Slopes::new(&context, &weigher, &all, &asked);
        let bounds = flowsheet.goals.iter().enumerate();
        let bounds = bounds
            .flat_map(|(number, goal)| goal.bounds.iter().map(move |bound| (number, goal, bound)));
        let bounds: Vec<(usize, &Goal, &GoalBound)> = bounds.collect();
        let places = bounds.iter().zip(&plan.outcome.goals).map(|((_, goal, bound), outcome)| {
            let (sense, wanted, met) = (bound.sense, outcome.bound, outcome.met);
            Place { goal, sense, period: PeriodId::new(0), wanted, met }
        });
        let places: Vec<Place<'_>> = places.collect();
        let (ends, most) = self.ends_to_try(&weigher);
        let tried = Ends::solve(&context, &self.doubts, &ends[..most], &places, &self.clock);
        let untried = tried.untried(&ends[most..]);
        let mut claims = Vec::new();
        for (at, (&(number, goal, bound), outcome)) in
            bounds.iter().zip(&plan.outcome.goals).enumerate()
        {
            let mut claim = self.claim(goal, bound, outcome.bound, outcome.value);
            claim.turned_by = tried.turns(flowsheet, &self.doubts, at, &places[at]);
            claim.untried = untried;
            claim.best = outcome.best;
            if let Some(main) = all[number] {
                claim.hangs_on = heaviest(flowsheet, &self.doubts, &slopes, number, main.base);
            }
            if outcome.met {
                claim.why = margin(&claim);
                claim.verdict = claim.verdict_unless(Verdict::Holds);
            } else if let Some(no_best) = outcome.no_best {
                let probe = all[number].map(|main| Probe {
                    context: &context,
                    main,
                    slopes: &slopes,
                    doubts: &self.doubts,
                    clock: &self.clock,
                    target: Target {
                        place: number,
                        value: main.base,
                        wanted: outcome.bound,
                        sense: bound.sense,
                    },
                });
                judge_without_best(no_best, outcome, probe.as_ref(), &mut claim);
            } else {
                self.judge_missed(goal, bound.sense, outcome, &mut claim);
            }
            claims.push(claim);
        }
        Audit { claims, without_plan: tried.without_plan(flowsheet, &self.doubts) }
    }

    /// The ends of figures in doubt that may change the plan, and how many of them are solved.
    fn ends_to_try(&self, weigher: &Weigher<'_>) -> (Vec<End>, usize) {
        let mut ends = Vec::new();
        for (at, doubt) in self.doubts.iter().enumerate() {
            let idle = |&id: &FigureId| weigher.is_idle(id, [doubt.low, doubt.high]);
            if doubt.figures.iter().all(idle) {
                continue;
            }
            let own = self.flowsheet.figures[doubt.figures[0]].value;
            let both = [(doubt.low, false), (doubt.high, true)];
            ends.extend(both.iter().filter(|(end, _)| *end != own).map(|&(_, high)| (at, high)));
        }
        let most = WORK.div_euclid(self.plan.model.nodes().len().max(1)).min(ends.len());
        (ends, most)
    }

    /// What becomes of a goal that the best plan misses: the plan that is best for the goal is asked.
    fn judge_missed(&self, goal: &Goal, sense: Sense, outcome: &GoalOutcome, claim: &mut Claim) {
        let kept = |value: f64| goals::judge(sense, outcome.bound, Some(value)).1;
        if outcome.best.is_some_and(kept) {
            claim.verdict = Verdict::DependsOn;
            claim.why = match self.clock.left().and_then(|it| self.cost_of_keeping(goal, &it)) {
                Some(cost) => format!("which plan is taken: keeping it costs {cost}"),
                None => "which plan is taken: another one keeps it".to_owned(),
            };
        } else {
            claim.why = held_by(outcome.held_by.iter().map(|held| held.limit.as_str()));
        }
        if self.plan.model.nodes().len() > LARGE {
            return;
        }
        let changed = aim_at(self.flowsheet, goal, sense);
        let values = changed.values();
        let Ok(mut model) = Model::assemble(&changed, &values) else { return };
        let Some(options) = self.clock.left() else { return };
        let solved = model.solve(&changed, &options, Form::Condensed).ok();
        let context = solved.as_ref().map(|it| Context::new(&changed, &values, &model, it));
        // A best value that plans of any size have is the solution of no one program.
        let found = context.as_ref().and_then(|it| Some((it, follow_objective(it)?)));
        let Some((context, main)) = found else {
            if outcome.best.is_some() && claim.verdict == Verdict::Open {
                claim.verdict = claim.verdict_unless(Verdict::CannotHold);
            }
            return;
        };
        let asked = self.is_asked();
        let weigher = Weigher::new(context, self.clock, &asked);
        let slopes = Slopes::new(context, &weigher, &[Some(&main)], &asked);
        claim.hangs_on = heaviest(&changed, &self.doubts, &slopes, 0, main.base);
        if claim.verdict == Verdict::DependsOn {
            return;
        }
        let probe = Probe {
            context,
            main: &main,
            slopes: &slopes,
            doubts: &self.doubts,
            clock: &self.clock,
            target: Target { place: 0, value: main.base, wanted: outcome.bound, sense },
        };
        let (turns, untried) = probe.turns();
        for turn in turns {
            let known = |it: &Turn| it.path == turn.path && it.end == turn.end;
            if !claim.turned_by.iter().any(known) {
                claim.turned_by.push(turn);
            }
        }
        claim.untried = claim.untried.max(untried);
        if claim.turned_by.is_empty() {
            claim.all_together = probe.all_together();
        }
        claim.verdict = if claim.all_together.is_some_and(kept) {
            claim.why = format!("several figures together; {}", claim.why);
            Verdict::DependsOn
        } else {
            claim.verdict_unless(Verdict::CannotHold)
        };
    }

    /// What enforcing a goal costs the objective, with its unit; none if it is not found.
    fn cost_of_keeping(&self, goal: &Goal, options: &Options) -> Option<String> {
        let mut changed = self.flowsheet.clone();
        changed
            .goals
            .iter_mut()
            .filter(|it| it.name == goal.name)
            .for_each(|it| it.enforced = true);
        let values = changed.values();
        let mut model = Model::assemble(&changed, &values).ok()?;
        let solution = model.solve(&changed, options, Form::Condensed).ok()?;
        let outcome = &self.plan.outcome;
        let cost = (outcome.objective.value - solution.objective).abs();
        let unit = &outcome.objective.unit;
        let currency = self.flowsheet.currency.as_str();
        let rate = crate::measure::format_money_rate(cost, currency);
        let told = if unit.strip_suffix("/yr") == Some(currency) {
            rate
        } else if unit == currency {
            format!("{} of net present value", rate.trim_end_matches("/yr"))
        } else {
            format!("{} {unit} of the objective", crate::measure::format_number(cost))
        };
        // A search that was cut short has a plan, but maybe not the best.
        let proven = solution.raw.gap.is_none_or(|gap| gap.complete);
        Some(if proven { told } else { format!("at most {told}") })
    }
}

impl Claim {
    /// A verdict, unless a figure turns it, or some were not tried.
    const fn verdict_unless(&self, otherwise: Verdict) -> Verdict {
        if !self.turned_by.is_empty() {
            Verdict::DependsOn
        } else if self.untried > 0 {
            Verdict::Open
        } else {
            otherwise
        }
    }
}

/// A goal that is missed and has no best value: without limit another plan keeps it; of a ratio whose denominator may
/// vanish the best plan alone is judged.
fn judge_without_best(
    no_best: NoBest,
    outcome: &GoalOutcome,
    probe: Option<&Probe<'_>>,
    claim: &mut Claim,
) {
    let reason = outcome.why_no_best.as_deref().unwrap_or_default();
    claim.why = format!("no best value: {reason}");
    match (no_best, probe) {
        (NoBest::Unbounded, _) => {
            claim.why = format!("which plan is taken: {reason}");
            claim.verdict = Verdict::DependsOn;
        }
        (NoBest::Ratio, Some(probe)) => {
            claim.why = format!("judged at the best plan, for {reason}");
            if claim.turned_by.is_empty() {
                claim.all_together = probe.all_together();
            }
            let together = claim.all_together.is_some_and(|value| probe.target.keeps(value));
            claim.verdict = if together {
                Verdict::DependsOn
            } else {
                claim.verdict_unless(Verdict::CannotHold)
            };
        }
        (NoBest::Infeasible, _) => claim.verdict = claim.verdict_unless(Verdict::CannotHold),
        (NoBest::Ratio | NoBest::NotFound, _) => {
            claim.verdict = claim.verdict_unless(Verdict::Open);
        }
    }
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

/// The flowsheet with a goal's measure or ratio as objective, and the goal not enforced.
fn aim_at(flowsheet: &Flowsheet, goal: &Goal, sense: Sense) -> Flowsheet {
    let mut changed = goals::aim_at_measure(flowsheet, goal, sense);
    if let Some(to) = &goal.to {
        let ratio = Ratio { of: goal.of.clone(), to: to.clone(), span: goal.span };
        changed.objective = match sense {
            Sense::AtMost => Objective::MinimiseRatio(ratio),
            _ => Objective::MaximiseRatio(ratio),
        };
    }
    changed
}
