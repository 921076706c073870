//! Questions to a solved flowsheet: closure, recovery, value, multipliers, bottlenecks, goals, assumptions.
//!
//! [`analyse`] answers all of them; each submodule answers one. Answers are data ([`Outcome`]); `report` writes them.

mod assumption;
pub mod benchmark;
mod bottleneck;
pub mod claims;
mod clock;
mod closure;
pub mod compare;
mod context;
pub mod debottleneck;
mod derivative;
mod doubt;
mod exact;
pub mod extraction;
mod failure;
mod flows;
mod goals;
mod interval;
mod multiplier;
mod open;
mod outcome;
pub mod pareto;
mod price;
pub mod replay;
mod roadmap;
pub mod sensitivity;
pub mod size;
pub mod solvers;
pub mod sources;
pub mod sweep;
pub mod together;
mod users;
mod value;

pub use exact::Exactly;
pub use outcome::{
    AccountLine, AssumptionOutcome, BestMultiplier, ChainOutcome, ClosureOutcome,
    ConsumptionOutcome, Counts, ExactProof, FigureCount, GoalEffect, GoalOutcome, HeldBy,
    JointOutcome, KeptMultiplier, LimitOutcome, MultiplierOutcome, NoBest, NormalisedOutcome,
    ObjectiveOutcome, OpenOutcome, OperationOutcome, Outcome, PriceOutcome, ProgramSize, Proof,
    RatioOutcome, RecoveryOutcome, ResidueOutcome, Share, SpeciesFlow, StageOutcome, StreamOutcome,
};

pub use roadmap::{
    Alternative, BuiltOutcome, CapacityCourse, CashFlow, CashLine, Course, Finance, GoalCourse,
    GoalPoint, Levelised, LimitCourse, PeriodOutcome, Roadmap, RouteOutcome, Search, best_routes,
};

use std::fmt::Write;

use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Sources, nearest},
    flowsheet::{Flowsheet, Objective, PeriodId},
    index::Id,
    lp::{LinearProgram, Options},
    measure::format_number,
    model::{Failure, Form, Model, Solution},
};
use clock::Clock;
use context::Context;

/// Closure worse than this is an error of ours, relative.
const CLOSURE: f64 = 1e-9;

/// A solved flowsheet and everything that is to be said of it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program that was solved.
    pub model: Model,
    /// Its certified optimum.
    pub solution: Solution,
    /// The answers.
    pub outcome: Outcome,
    /// Missed goals (errors) and notes on the optimum.
    pub findings: Diagnostics,
}

/// Solves a flowsheet and answers all questions about it.
///
/// # Errors
/// Findings, if the model is wrong, infeasible or unbounded, or if no proven optimum was found.
pub fn analyse(flowsheet: &Flowsheet, options: &Options, form: Form) -> Result<Plan, Diagnostics> {
    analyse_with(flowsheet, options, form, Wanted::default())
}

/// What else is to be told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The flow of each species in each stream with its least and greatest value where other plans are as good.
    pub intervals: bool,
    /// The period that is told in full; the last one if none is named.
    pub period: Option<&'a str>,
    /// Only what the plan itself says, and nothing that asks for other plans: of missed goals not what they could reach,
    /// of the plan not how firm it is.
    pub brief: bool,
}

/// Like [`analyse`], and tells more.
///
/// # Errors
/// As [`analyse`]; and if the period does not exist.
pub fn analyse_with(
    flowsheet: &Flowsheet,
    options: &Options,
    form: Form,
    wanted: Wanted<'_>,
) -> Result<Plan, Diagnostics> {
    answer(flowsheet, options, form, wanted, None).0
}

/// Like [`analyse_with`], and proves the answer in rational arithmetic, for the numbers as they stand in `sources`: that the
/// plan is optimal, or that there is none.
///
/// The time limit of `options` holds for the solver and for the proof, each.
pub fn analyse_exactly(
    flowsheet: &Flowsheet,
    sources: &Sources,
    options: &Options,
    form: Form,
    wanted: Wanted<'_>,
) -> (Result<Plan, Diagnostics>, Exactly) {
    answer(flowsheet, options, form, wanted, Some(sources))
}

fn answer(
    flowsheet: &Flowsheet,
    options: &Options,
    form: Form,
    wanted: Wanted<'_>,
    sources: Option<&Sources>,
) -> (Result<Plan, Diagnostics>, Exactly) {
    let period = match told_period(flowsheet, wanted.period) {
        Ok(period) => period,
        Err(finding) => return (Err(finding.into()), Exactly::default()),
    };
    if let Err(findings) = check_annuities(flowsheet) {
        return (Err(findings), Exactly::default());
    }
    let told = Told {
        period,
        in_full: wanted.period.is_some(),
        intervals: wanted.intervals,
        brief: wanted.brief,
    };
    let values = flowsheet.values();
    let mut model = match Model::assemble(flowsheet, &values) {
        Ok(model) => model,
        Err(findings) => return (Err(findings), Exactly::default()),
    };
    if let Err(finding) = check_ratio(flowsheet, &model) {
        return (Err(finding.into()), Exactly::default());
    }
    let mut exactly = Exactly::default();
    let mut proven = None;
    let solved = match (form, model.solve(flowsheet, options, form)) {
        (Form::Full, Ok(full)) => match solve_again(flowsheet, options, &mut model, &full) {
            Ok(solved) => solved,
            Err(findings) => return (Err(findings), exactly),
        },
        (_, solved) => solved,
    };
    let solution = match solved {
        Ok(mut solution) => {
            if let Some(sources) = sources {
                (exactly, proven) =
                    exact::prove_optimum(flowsheet, sources, options, &model, &mut solution);
            }
            solution
        }
        Err(failure) => {
            if let Some(sources) = sources {
                exactly = exact::prove_failure(flowsheet, sources, options, &model, &failure);
            }
            let findings = failure::explain(flowsheet, &values, &model, options, &failure);
            return (Err(findings), exactly);
        }
    };
    let plan = report(flowsheet, options, told, model, solution).map(|mut plan| {
        plan.outcome.proof.exact = proven;
        plan
    });
    (plan, exactly)
}

/// Solves the condensed program as well, for its basis: two programs, one optimum. What is reported is its plan, with the
/// certificate of the other one's.
fn solve_again(
    flowsheet: &Flowsheet,
    options: &Options,
    model: &mut Model,
    full: &Solution,
) -> Result<Result<Solution, Failure>, Diagnostics> {
    let mut solution = match model.solve(flowsheet, options, Form::Condensed) {
        Ok(solution) => solution,
        Err(failure) => return Ok(Err(failure)),
    };
    let (one, other) = (solution.objective, full.objective);
    if (one - other).abs() > CLOSURE * one.abs().max(other.abs()) {
        let message =
            format!("the condensed program has the optimum {one:?}, the uncondensed one {other:?}");
        return Err(Diagnostic::new(Code::NotProven, message)
            .help("try another `--solver`")
            .into());
    }
    solution.certificate = full.certificate;
    solution.raw.backend = full.raw.backend;
    Ok(Ok(solution))
}

/// How much is told of which period.
#[derive(Clone, Copy)]
struct Told {
    period: PeriodId,
    in_full: bool,
    intervals: bool,
    brief: bool,
}

/// Answers all questions about a certified optimum.
fn report(
    flowsheet: &Flowsheet,
    options: &Options,
    told: Told,
    model: Model,
    solution: Solution,
) -> Result<Plan, Diagnostics> {
    let Told { period, in_full, intervals, brief } = told;
    let planned = flowsheet.is_planned();
    let mut worst = 0.0_f64;
    for other in flowsheet.periods.ids() {
        let context = Context::in_period(flowsheet, &model, &solution, other);
        worst = worst.max(accept(&context)?.1);
    }
    let context = Context::in_period(flowsheet, &model, &solution, period);
    let (closure, _) = accept(&context)?;
    // What asks for many plans is asked of a plan over the years only where it says more than the roadmap.
    let single = planned || brief;
    let mut goals = if single { goals::reached(&context) } else { goals::check(&context, options) };
    let mut streams = flows::streams(&context);
    if !single || intervals {
        interval::fill(&context, options, &mut streams, &mut goals, intervals);
    }
    let empty = flowsheet.goals.iter().filter(|goal| goal.enforced);
    let mut empty = empty.filter(|goal| goals::value(&context, goal).is_none());
    if let Some(goal) = empty.next() {
        return Err(failure::explain_empty_ratio(goal).into());
    }
    let seek = (!brief).then_some(options);
    let roadmap = planned.then(|| roadmap::roadmap(flowsheet, &model, &solution, seek));
    let findings = match &roadmap {
        Some(roadmap) => roadmap::findings(flowsheet, roadmap),
        None => report_findings(flowsheet, &solution, &goals),
    };
    let (assumptions, figures) = if single {
        (Vec::new(), assumption::count(flowsheet))
    } else {
        assumption::weigh(&context, Clock::start(options))
    };
    let (stages, chain) = value::stages(&context);
    // Of a plan over the years the roadmap tells which limits bind; their ranges are told of a period that is asked for.
    let limits =
        if planned && !in_full { Vec::new() } else { bottleneck::limits(&context, options) };
    let outcome = Outcome {
        title: flowsheet.title.clone(),
        note: flowsheet.note.clone(),
        currency: flowsheet.currency.clone(),
        period: flowsheet.is_dated().then(|| flowsheet.periods[period].name.clone()),
        roadmap,
        objective: describe_objective(flowsheet, &solution),
        proof: prove(&model, &solution, worst),
        account: flows::account(&context),
        stages,
        chain,
        multipliers: multiplier::multipliers(&context),
        joint: if single { None } else { bottleneck::joint(&context, options, &limits) },
        limits,
        prices: if single { Vec::new() } else { price::ranges(&context, options) },
        goals,
        operations: flows::operations(&context),
        streams,
        open: if single && !intervals {
            Vec::new()
        } else {
            open::open(&context, options, intervals)
        },
        recoveries: flows::recoveries(&context),
        closure,
        consumption: flows::consumption(&context),
        residues: flows::residues(&context),
        emission: flows::emission(&context),
        assumptions,
        figures,
        normalised: assumption::normalised(&context),
    };
    Ok(Plan { model, solution, outcome, findings })
}

/// Refuses what is asked of one year only.
pub(crate) fn only_one_year(flowsheet: &Flowsheet, command: &str) -> Result<(), Diagnostic> {
    if !flowsheet.is_planned() {
        return Ok(());
    }
    let message = format!(
        "`{command}` answers for one year, but the flowsheet has periods, stocks, money, or something to build or choose"
    );
    let first = flowsheet.document.period.keys().next().map(|name| name.span);
    let first = first.unwrap_or(flowsheet.document.flowsheet.title.span);
    Err(Diagnostic::new(Code::SeveralPeriods, message)
        .at(first, "")
        .help("`reeflow solve` tells what binds in which period, and what is built"))
}

/// A ratio is not optimised among whole numbers.
pub(crate) fn check_ratio(flowsheet: &Flowsheet, model: &Model) -> Result<(), Diagnostic> {
    let Some(ratio) = flowsheet.objective.ratio().filter(|_| model.condensed().has_integers())
    else {
        return Ok(());
    };
    let message = "a ratio cannot be the objective where routes, trains, pieces of cost curves or whole operators are to be chosen";
    Err(Diagnostic::new(Code::NoRatio, message).at(ratio.span, "this ratio").help(
        "optimise its numerator or the profit and enforce the ratio as a goal, or let it be the second aim of `reeflow pareto`",
    ))
}

/// In one year like all others what is built is paid by annuities, which need a life or a discount rate.
fn check_annuities(flowsheet: &Flowsheet) -> Result<(), Diagnostics> {
    let values = flowsheet.values();
    let rate = flowsheet.money.as_ref().map_or(0.0, |money| money.rate(&values));
    if flowsheet.is_dated() || rate > 0.0 {
        return Ok(());
    }
    let mut findings = Diagnostics::new();
    for build in flowsheet.builds.iter().filter(|build| build.life.is_none()) {
        let name = &flowsheet.operations[build.operation].name;
        let message = format!("nothing says what a year of what is built of `{name}` costs");
        findings.push(Diagnostic::new(Code::MissingKey, message).at(build.span, "").help(
            "add `life` to its `build`, or `discount` to `[money]`; or add `[period]`, so that it is paid when it is built",
        ));
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// The period that is told in full.
fn told_period(flowsheet: &Flowsheet, name: Option<&str>) -> Result<PeriodId, Diagnostic> {
    let periods = &flowsheet.periods;
    let Some(name) = name else { return Ok(PeriodId::new(periods.len() - 1)) };
    let found = periods.ids().find(|&id| periods[id].name == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = periods.iter().map(|period| period.name.as_str()).collect();
        let message = format!("there is no period `{name}`");
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if flowsheet.is_dated() => format!("the periods are `{}`", known.join("`, `")),
            None => "the flowsheet is about one year: it has no `[period]`".to_owned(),
        };
        Diagnostic::new(Code::UnknownPeriod, message).help(help)
    })
}

/// Fills in the best multiplier on every basis over all plans, which takes as many solves as there are bases.
pub fn fill_best_multipliers(plan: &mut Plan, flowsheet: &Flowsheet, options: &Options) {
    let values = flowsheet.values();
    let context = Context::new(flowsheet, &values, &plan.model, &plan.solution);
    multiplier::fill_best(&context, options, &mut plan.outcome.multipliers);
}

/// The linear program of a flowsheet, as a model. A ratio is optimised first, and its objective is then the linear one
/// that has the same optimum.
///
/// # Errors
/// Findings, if the model is wrong, or if the objective is a ratio and there is no best one.
pub fn linearise(
    flowsheet: &Flowsheet,
    options: &Options,
    form: Form,
) -> Result<Model, Diagnostics> {
    let values = flowsheet.values();
    let mut model = Model::assemble(flowsheet, &values)?;
    if flowsheet.objective.ratio().is_some() {
        let solved = model.solve(flowsheet, options, form);
        solved
            .map_err(|failure| failure::explain(flowsheet, &values, &model, options, &failure))?;
    }
    Ok(model)
}

/// Whether a plan may be told: its flows close, and it meets no enforced ratio by making nothing of either part. Then the
/// balances and the worst of them.
fn accept(context: &Context<'_>) -> Result<(Vec<ClosureOutcome>, f64), Diagnostic> {
    let told = check_closure(context)?;
    let mut empty = context.flowsheet.goals.iter().filter(|goal| goal.enforced);
    match empty.find(|goal| goals::value(context, goal).is_none()) {
        Some(goal) => Err(failure::explain_empty_ratio(goal)),
        None => Ok(told),
    }
}

/// Balances around operations and the whole, and the worst error of them.
fn check_closure(context: &Context<'_>) -> Result<(Vec<ClosureOutcome>, f64), Diagnostic> {
    let (closure, worst) = closure::close(context);
    if worst > CLOSURE {
        let message = format!("the flows close to {worst:.0e} only, not to {CLOSURE:.0e}");
        return Err(Diagnostic::new(Code::NotProven, message).help(
            "look for a loop that hardly anything leaves, or a species whose declared formula is not its own",
        ));
    }
    Ok((closure, worst))
}

fn describe_objective(flowsheet: &Flowsheet, solution: &Solution) -> ObjectiveOutcome {
    let sense = if flowsheet.objective.sign() > 0.0 { "maximise" } else { "minimise" };
    let (mut name, mut unit) =
        (flowsheet.objective.text(), flowsheet.objective.unit(&flowsheet.currency));
    if flowsheet.is_dated() && flowsheet.objective.ratio().is_none() {
        // Summed over the years.
        unit = unit.trim_end_matches("/yr").to_owned();
        if matches!(flowsheet.objective, Objective::Profit) {
            "net present value".clone_into(&mut name);
        }
    }
    ObjectiveOutcome {
        name,
        sense,
        value: solution.objective,
        unit,
        unique: solution.raw.unique,
        degenerate: solution.raw.degenerate,
    }
}

fn prove(model: &Model, solution: &Solution, closure: f64) -> Proof {
    fn size<C, R>(program: &LinearProgram<C, R>) -> ProgramSize {
        ProgramSize {
            rows: program.row_count(),
            columns: program.column_count(),
            coefficients: program.term_count(),
        }
    }
    let certificate = &solution.certificate;
    Proof {
        primal: certificate.rows.max(certificate.bounds),
        dual: certificate.dual,
        complementarity: certificate.complementarity,
        gap: certificate.gap,
        closure,
        exact: None,
        backend: solution.raw.backend.told(),
        uncondensed: size(model.full()),
        condensed: size(model.condensed()),
        ratio: solution.ratio.as_ref().map(|proof| RatioOutcome {
            numerator: proof.numerator,
            denominator: proof.denominator.value,
            charnes_cooper: proof.charnes_cooper,
            dinkelbach: proof.dinkelbach,
            iterations: proof.iterations,
        }),
    }
}

fn report_findings(
    flowsheet: &Flowsheet,
    solution: &Solution,
    goals: &[GoalOutcome],
) -> Diagnostics {
    let mut findings = Diagnostics::new();
    for outcome in goals.iter().filter(|outcome| !outcome.met) {
        let Some(goal) = flowsheet.goals.iter().find(|goal| goal.name == outcome.name) else {
            continue;
        };
        let unit =
            if outcome.unit.is_empty() { String::new() } else { format!(" {}", outcome.unit) };
        let reached = outcome.value.map_or_else(
            || "has none, because the denominator is 0".to_owned(),
            |value| format!("reaches {}{unit}", format_number(value)),
        );
        let message = format!(
            "goal `{}` wants {} {}{unit}, the plan {reached}",
            outcome.name,
            outcome.sense,
            format_number(outcome.bound)
        );
        let mut diagnostic =
            Diagnostic::new(Code::GoalMissed, message).at(goal.span, outcome.measure.clone());
        let mut help = match (outcome.best, &outcome.why_no_best) {
            (Some(best), _) => {
                format!("the best that any plan reaches is {}{unit}", format_number(best))
            }
            (None, Some(why)) => why.clone(),
            (None, None) => String::new(),
        };
        let held: Vec<String> = outcome
            .held_by
            .iter()
            .take(3)
            .map(|held| format!("`{}` = {}", held.limit, held.text))
            .collect();
        if held.is_empty() && outcome.best.is_some() {
            help.push_str("; no limit holds it there, only grades, recoveries, recipes and prices");
        }
        if !held.is_empty() {
            let place = if outcome.best.is_some() { "it" } else { "this plan" };
            let _ = write!(help, "; {place} is held by {}", held.join(", "));
        }
        if !help.is_empty() {
            diagnostic = diagnostic.help(help);
        }
        findings.push(diagnostic);
    }
    if solution.raw.unique == Some(false) {
        findings.push(
            Diagnostic::new(Code::OptimumNotUnique, "other plans reach the same optimum").help(
                "the objective is a fact; flows and goals marked `~` are not, `--intervals` tells how far they may differ",
            ),
        );
    }
    if solution.raw.degenerate {
        findings.push(
            Diagnostic::new(Code::Degenerate, "more limits meet at the optimum than fix it")
                .help("shadow prices differ by direction: that of relieving a limit is told, both are in the JSON"),
        );
    }
    findings
}
