//! No plan at all: what contradicts what, why, and what mends it.

use std::fmt::Write as _;

use super::{
    chain,
    conflict::{self, Found, Statement},
    part, rank,
    repair::{Repair, Search},
    words,
};
use crate::{
    diagnostic::{Claim, Code, Diagnostic, Diagnostics, Explanation},
    flowsheet::{Content, Flowsheet, Goal, Kind, LimitKind, Port, Sense, Term, Values},
    lp::Options,
    measure::format_mass_rate,
    model::{Model, Row},
};

/// Most limits that are named as holding a goal.
const NAMED: usize = 3;
/// So many repairs are told if there are so many.
const ENOUGH: usize = 3;

/// Explains each conflict that has no statement in common with the others.
pub(super) fn explain(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    options: &Options,
    proof: &[(Row, f64)],
) -> Diagnostics {
    let Found { conflicts, more, cut } = conflict::find(model, flowsheet, options, proof);
    let search = Search { flowsheet, values, model, options };
    match conflicts.as_slice() {
        [] => structural(flowsheet, proof, cut).into(),
        [statements] if more => {
            let (mut diagnostic, _) = one(&search, statements);
            let help = diagnostic.help.take();
            let cut = format!("there may be further conflicts: {}", cut.unwrap_or_default());
            diagnostic.help(help.into_iter().chain([cut]).collect::<Vec<_>>().join("\n")).into()
        }
        [statements] => one(&search, statements).0.into(),
        _ => {
            let findings = several(&search, &conflicts, more);
            if findings.is_empty() { one(&search, &conflicts[0]).0.into() } else { findings }
        }
    }
}

/// Why some statements contradict each other, without a word on what mends it; none if they do not.
pub(in crate::analysis) fn reason(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    options: &Options,
    proof: &[(Row, f64)],
) -> Option<String> {
    let found = conflict::find(model, flowsheet, options, proof);
    let statements = found.conflicts.first()?;
    let search = Search { flowsheet, values, model, options };
    let told = tell(&search, statements);
    let goals = statements.iter().filter(|it| matches!(it.row, Row::Goal(..)));
    let claims = told.diagnostic.explanation.iter().flat_map(|it| &it.conflict);
    let reached = claims.take(goals.clone().count()).filter_map(|claim| {
        let side = if claim.sense == "at most" { "at least" } else { "at most" };
        Some(format!("`{}` is then {side} {}", claim.path, claim.reach.as_ref()?))
    });
    let several = goals.count() > 1;
    let reached: Vec<String> = if several { reached.collect() } else { Vec::new() };
    // What stands against one goal is in no message.
    let limits = statements
        .iter()
        .skip(1)
        .take(NAMED)
        .filter_map(|&it| Some(words::statement(flowsheet, it.figure(flowsheet)?, it)));
    let limits: Vec<String> = if several { Vec::new() } else { limits.collect() };
    let held = (!limits.is_empty()).then(|| format!("it is held by {}", limits.join(", ")));
    let message = std::iter::once(told.diagnostic.message.clone());
    let parts: Vec<String> = message.chain(reached).chain(held).chain(told.why).collect();
    Some(parts.join("; "))
}

/// Conflicts that have nothing in common: each is explained as if the others were mended.
fn several(search: &Search<'_>, conflicts: &[Vec<Statement>], more: bool) -> Diagnostics {
    let mut findings = Diagnostics::new();
    let mut first: Vec<Option<Repair>> = Vec::new();
    let count = format!("{}{}", if more { "at least " } else { "" }, conflicts.len());
    for (at, statements) in conflicts.iter().enumerate() {
        let (mut flowsheet, mut values) = (search.flowsheet.clone(), search.values.clone());
        for other in conflicts.iter().enumerate().filter(|(other, _)| *other != at) {
            other.1[0].drop_from(&mut flowsheet, &mut values);
        }
        // A statement is there again with all but one of every other conflict; where not, the others are told as well.
        let Ok(model) = Model::assemble(&flowsheet, &values) else {
            findings.push(one(search, statements).0);
            first.push(None);
            continue;
        };
        let alone = Search { flowsheet: &flowsheet, values: &values, model: &model, ..*search };
        let same: Option<Vec<Statement>> = statements.iter().map(|it| it.again(&model)).collect();
        let Some(statements) = same else {
            findings.push(one(search, statements).0);
            first.push(None);
            continue;
        };
        let (mut diagnostic, best) = one(&alone, &statements);
        let apart = format!(
            "conflict {} of {count} that have no statement in common: each must be mended, and is told here as if the others were;",
            at + 1
        );
        let help: Vec<String> = std::iter::once(apart).chain(diagnostic.help.take()).collect();
        findings.push(diagnostic.help(help.join("\n")));
        first.push(best);
    }
    let all: Option<Vec<Repair>> = first.into_iter().collect();
    let changes = all.map(|all| all.into_iter().flat_map(|it| it.changes).collect::<Vec<_>>());
    let together = changes.and_then(|changes| search.try_out(&changes));
    if let Some(repair) = together
        && let Some(mut last) = findings.pop()
    {
        let told = words::repair(search.flowsheet, &repair, None);
        let help: Vec<String> = last
            .help
            .take()
            .into_iter()
            .chain([format!("all are mended together by\n- {told}")])
            .collect();
        findings.push(last.help(help.join("\n")));
    }
    findings
}

/// What is said of a conflict before its repairs.
struct Told {
    diagnostic: Diagnostic,
    /// Physical sentences.
    why: Vec<String>,
    /// How far each statement alone would have to give way.
    nearest: Vec<Option<f64>>,
    /// The repair by each statement alone.
    alone: Vec<Option<Repair>>,
}

fn tell(search: &Search<'_>, statements: &[Statement]) -> Told {
    let flowsheet = search.flowsheet;
    let nearest: Vec<Option<f64>> = statements.iter().map(|&it| search.nearest(it)).collect();
    let alone: Vec<Option<Repair>> = statements
        .iter()
        .zip(&nearest)
        .map(|(&statement, nearest)| search.relax(statement, (*nearest)?))
        .collect();
    let reach: Vec<Option<String>> = statements
        .iter()
        .zip(nearest.iter().zip(&alone))
        .map(|(&statement, (nearest, alone))| match alone {
            Some(repair) => Some(repair.changes[0].text.clone()),
            None => words::reach(search, statement, (*nearest)?),
        })
        .collect();
    let mut goals = statements.iter().zip(&reach).filter_map(|(it, reach)| match it.row {
        Row::Goal(id, at, _) => Some((it.row, &flowsheet.goals[id], at, reach)),
        _ => None,
    });
    let mut why = Vec::new();
    let (mut diagnostic, single) = match (goals.next(), goals.next()) {
        (Some((row, goal, at, reach)), None) => {
            why.extend(held_in_feeds(search, goal, at, nearest[0]));
            (goal_out_of_reach(flowsheet, goal, at, reach.as_deref()), Some(row))
        }
        _ => (Diagnostic::new(Code::Infeasible, contradict(flowsheet, statements)), None),
    };
    for (statement, reach) in statements.iter().zip(&reach) {
        let Some(figure) = statement.figure(flowsheet) else { continue };
        if Some(statement.row) != single {
            let span = flowsheet.figures[figure].span;
            let label = words::label(flowsheet, *statement, reach.as_deref());
            diagnostic = diagnostic.at(span, label);
        }
        if let (Row::Goal(id, ..), None) = (statement.row, single) {
            diagnostic = diagnostic.at(flowsheet.goals[id].enforced_at, "and is enforced");
        }
        if let Row::Limit(id, _) = statement.row
            && let Some(figure) = flowsheet.limits[id].availability
        {
            diagnostic = diagnostic.at(flowsheet.figures[figure].span, "and so much of the year");
        }
    }
    if let Some(share) = part::follow(search, statements[0]) {
        diagnostic = share.mark(search, diagnostic);
        why.push(share.sentence);
    }
    why.extend(chain::follow(search, statements[0], statements));
    let claims = statements.iter().zip(reach).filter_map(|(statement, reach)| {
        let figure = &flowsheet.figures[statement.figure(flowsheet)?];
        Some(Claim {
            path: figure.path.clone(),
            text: figure.text.clone(),
            sense: words::sense(*statement, flowsheet),
            span: figure.span,
            reach,
        })
    });
    let conflict = claims.collect();
    let diagnostic = diagnostic.explained(Explanation { conflict, ..Explanation::default() });
    Told { diagnostic, why, nearest, alone }
}

/// The explanation of one conflict, and its first repair.
fn one(search: &Search<'_>, statements: &[Statement]) -> (Diagnostic, Option<Repair>) {
    let flowsheet = search.flowsheet;
    let Told { mut diagnostic, why, nearest, alone } = tell(search, statements);
    let capped = search.too_many();
    let repairs = rank::choose(flowsheet, seek(search, statements, &nearest, alone, capped));
    for (kind, repair) in repairs.iter().filter(|(kind, _)| !rank::is_limit(*kind)) {
        for change in &repair.changes {
            let span = flowsheet.figures[change.figure].span;
            diagnostic = diagnostic.at(span, words::instead(*kind, &change.text));
        }
    }
    let reference = search.without_demand(statements[0]);
    let mut help: Vec<String> = why.into_iter().map(|sentence| format!("{sentence};")).collect();
    help.extend(words::repairs(flowsheet, &repairs, reference, statements));
    let plausible = repairs.iter().filter(|(kind, _)| rank::is_plausible(*kind)).count();
    if plausible == 0 {
        help.push("no change of one figure within a plausible range mends it".to_owned());
    } else if plausible < ENOUGH {
        help.push("no other single change within a plausible range mends it".to_owned());
    }
    if capped {
        help.push("recoveries and grades were not tried, there are too many".to_owned());
    }
    if let Some(explanation) = &mut diagnostic.explanation {
        explanation.reference = reference;
        explanation.repairs =
            repairs.iter().map(|(kind, it)| words::data(flowsheet, *kind, it, reference)).collect();
    }
    let first = repairs.into_iter().next().map(|(_, repair)| repair);
    (diagnostic.help(help.join("\n")), first)
}

/// All repairs that are found, in no order.
fn seek(
    search: &Search<'_>,
    statements: &[Statement],
    nearest: &[Option<f64>],
    alone: Vec<Option<Repair>>,
    capped: bool,
) -> Vec<Repair> {
    let mut repairs: Vec<Repair> = Vec::new();
    for ((&statement, nearest), alone) in statements.iter().zip(nearest).zip(alone) {
        match nearest {
            Some(nearest) => repairs.extend(search.run_longer(statement, *nearest)),
            None => repairs.extend(search.join(statement, statements)),
        }
        repairs.extend(alone);
    }
    let enough = |repairs: &[Repair]| {
        let chosen = rank::choose(search.flowsheet, repairs.to_vec());
        chosen.iter().filter(|(kind, _)| rank::is_plausible(*kind)).count() >= ENOUGH
    };
    for (at, &statement) in statements.iter().enumerate().filter(|_| !capped) {
        if at == 0 || !enough(&repairs) {
            repairs.extend(search.figures(statement).unwrap_or_default());
        }
    }
    if !enough(&repairs) {
        repairs.extend(search.meet(statements));
    }
    repairs
}

/// `A`, `B` and `C` contradict each other.
fn contradict(flowsheet: &Flowsheet, statements: &[Statement]) -> String {
    let names: Vec<String> = statements
        .iter()
        .filter_map(|&statement| {
            Some(words::statement(flowsheet, statement.figure(flowsheet)?, statement))
        })
        .collect();
    match names.as_slice() {
        [one] => format!("no plan satisfies {one}"),
        [first, second] => format!("{first} and {second} contradict each other"),
        [some @ .., last] => format!("{} and {last} contradict each other", some.join(", ")),
        [] => "no plan satisfies all limits together".to_owned(),
    }
}

/// What contradicts itself without any limit, or could not be narrowed to what is proven.
fn structural(flowsheet: &Flowsheet, rows: &[(Row, f64)], cut: Option<&'static str>) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(Code::Infeasible, "no plan satisfies all limits together");
    for &(row, _) in rows {
        if let Row::Limit(id, _) = row {
            let figure = &flowsheet.figures[flowsheet.limits[id].figure];
            diagnostic = diagnostic.at(figure.span, figure.text.clone());
        }
    }
    let without_limit = diagnostic.labels.is_empty();
    for &(row, _) in rows.iter().filter(|_| without_limit) {
        if let Row::Foreign(operation, species, _) = row {
            let operation = &flowsheet.operations[operation];
            let name = &flowsheet.species[species].name;
            diagnostic =
                diagnostic.at(operation.span, format!("its recipe has no place for `{name}`"));
        }
    }
    let cut = cut.map_or_else(String::new, |cut| format!("; not narrowed further: {cut}"));
    diagnostic
        .help(format!("these statements take part in the contradiction; relax one of them{cut}"))
}

/// An enforced goal out of reach, and how far one can get.
fn goal_out_of_reach(
    flowsheet: &Flowsheet,
    goal: &Goal,
    at: usize,
    reach: Option<&str>,
) -> Diagnostic {
    let bound = &goal.bounds[at];
    let figure = &flowsheet.figures[bound.figure];
    let sense = words::sense_of(bound.sense);
    let mut message = format!("goal `{}` wants {sense} {}", goal.name, figure.text);
    if let Some(reach) = reach {
        let word = if bound.sense == Sense::AtMost { "at least" } else { "at most" };
        let _ = write!(message, ", but {word} {reach} can be reached");
    }
    Diagnostic::new(Code::Infeasible, message)
        .at(figure.span, "this cannot be met")
        .at(goal.enforced_at, "and is enforced")
}

/// What the feeds hold of what a goal wants, and what recovery that asks for.
fn held_in_feeds(
    search: &Search<'_>,
    goal: &Goal,
    at: usize,
    reached: Option<f64>,
) -> Option<String> {
    let (held, content) = contained(search.flowsheet, search.values, goal)?;
    if goal.bounds[at].sense != Sense::AtLeast {
        return None;
    }
    // Reactions and purchases may bring what no feed holds; then the feeds explain nothing.
    if reached.is_some_and(|reached| reached > held * (1.0 + 1e-9)) {
        return None;
    }
    let wanted = search.values[goal.bounds[at].figure];
    let mut text = format!(
        "the feeds hold at most {} {content}: the goal asks for a recovery of {:.1} %",
        format_mass_rate(held),
        wanted / held * 100.0
    );
    if let Some(reached) = reached {
        let _ = write!(text, ", the flowsheet gives {:.1} %", reached / held * 100.0);
    }
    Some(text)
}

/// For a goal on the flow of one content: what all feeds can bring of it, t/yr.
fn contained(flowsheet: &Flowsheet, values: &Values, goal: &Goal) -> Option<(f64, String)> {
    let [(factor, Term::Flow(_, content))] = goal.of.terms.as_slice() else { return None };
    if goal.to.is_some() || content.is_whole() || *factor != 1.0 {
        return None;
    }
    let mut sum = 0.0;
    for (id, operation) in flowsheet.operations.iter_ids() {
        let Kind::Feed(feed) = &operation.kind else { continue };
        let grade: f64 = feed
            .assay
            .fractions(values)
            .iter()
            .map(|&(species, share)| share * content.weight(species))
            .sum();
        if grade == 0.0 {
            continue;
        }
        let supply = flowsheet.limits.iter().find(|limit| {
            limit.kind == LimitKind::Supply
                && limit.operation == id
                && limit.sense != Sense::AtLeast
                && limit.content == Content::whole()
                && limit.port == Port::Inlet(id)
        })?;
        sum += grade * values[supply.figure];
    }
    (sum > 0.0).then(|| (sum, content.name.clone()))
}
