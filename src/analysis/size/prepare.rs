//! The flowsheet of which all capacities are open.

use super::Request;
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Span, nearest},
    document::Origin,
    flowsheet::{
        Build, BuildCost, BuildId, Content, FigureId, Flowsheet, GoalId, Kind, Limit, LimitId,
        LimitKind, Measure, MeasureUnit, Objective, OperationId, PeriodId, Port, Sense, Term,
    },
    index::{Id, IdVec},
};

/// A capacity that is sized.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) operation: OperationId,
    /// The limit that said what is there.
    limit: Option<LimitId>,
    pub(super) port: Port,
    pub(super) content: Content,
    pub(super) availability: Option<FigureId>,
    /// What is there as the flowsheet says, t/yr.
    pub(super) existing: Option<f64>,
    /// What may be built, and what it costs.
    pub(super) build: Option<Build>,
    /// The same in the open flowsheet, if the cost is what is least.
    pub(super) id: Option<BuildId>,
    pub(super) kept: bool,
}

/// The flowsheet of which all capacities are open.
pub(super) struct Open {
    /// With what may be built, if every capacity has a cost; without any capacity otherwise.
    pub(super) flowsheet: Flowsheet,
    pub(super) targets: Vec<GoalId>,
    pub(super) items: Vec<Item>,
    /// Operations whose capacity has no cost.
    pub(super) without_cost: Vec<String>,
    /// Limits that were set free.
    pub(super) freed: Vec<LimitId>,
}

impl Open {
    /// Whether the capital is what is least.
    pub(super) fn is_priced(&self) -> bool {
        self.without_cost.is_empty() && self.items.iter().any(|item| item.id.is_some())
    }
}

/// Opens all capacities.
pub(super) fn open(flowsheet: &Flowsheet, request: &Request) -> Result<Open, Diagnostics> {
    if flowsheet.is_dated() {
        let message = "`size` answers for one year, but the flowsheet has periods";
        return Err(Diagnostic::new(Code::SeveralPeriods, message)
            .help("`reeflow solve` decides what is built when, if operations have a `build`")
            .into());
    }
    let mut changed = flowsheet.clone();
    let targets = find_targets(&mut changed, request)?;
    let freed = free(&mut changed, &request.free)?;
    let kept = keep(flowsheet, &request.keep)?;
    if let Some(money) = &mut changed.money {
        // Neither says how large anything is.
        (money.tax, money.whole_operators) = (None, false);
    }
    let mut items = list(flowsheet, &kept);
    let lacks = |item: &&Item| item.limit.is_some() && !item.kept && item.build.is_none();
    let without_cost: Vec<String> = items
        .iter()
        .filter(lacks)
        .map(|item| flowsheet.operations[item.operation].name.clone())
        .collect();
    let priced = without_cost.is_empty() && items.iter().any(|item| item.build.is_some());
    check_choices(flowsheet, &items, priced)?;
    changed.objective = Objective::Minimise(supply(flowsheet));
    for limit in &mut changed.limits {
        limit.build = None;
    }
    changed.builds = IdVec::new();
    for item in items.iter_mut().filter(|item| !item.kept) {
        let Some(id) = item.limit else { continue };
        match &item.build {
            Some(build) if priced => {
                let added = changed.builds.push(build.clone());
                item.id = Some(added);
                changed.limits[id].build = Some(added);
                if request.greenfield {
                    let figure = changed.limits[id].figure;
                    changed.figures[figure].value = 0.0;
                }
            }
            _ => drop_limit(&mut changed, id),
        }
    }
    Ok(Open { flowsheet: changed, targets, items, without_cost, freed })
}

/// The same without any capacity and without what may be built.
pub(super) fn without_capacities(open: &Open) -> Flowsheet {
    let mut changed = open.flowsheet.clone();
    for item in open.items.iter().filter(|item| !item.kept) {
        if let Some(id) = item.limit {
            changed.limits[id].build = None;
            drop_limit(&mut changed, id);
        }
    }
    changed.builds = IdVec::new();
    changed
}

/// At least nothing: a row that every plan satisfies, so that all ids stay.
fn drop_limit(flowsheet: &mut Flowsheet, id: LimitId) {
    let limit = &mut flowsheet.limits[id];
    (limit.sense, limit.expansion) = (Sense::AtLeast, None);
    let figure = limit.figure;
    flowsheet.figures[figure].value = 0.0;
}

fn find_targets(flowsheet: &mut Flowsheet, request: &Request) -> Result<Vec<GoalId>, Diagnostics> {
    let mut findings = Diagnostics::new();
    let mut targets = Vec::new();
    for text in &request.targets {
        match flowsheet.add_target(text) {
            Ok(id) => targets.push(id),
            Err(found) => findings.append(found),
        }
    }
    if findings.has_errors() {
        return Err(findings);
    }
    if request.targets.is_empty() {
        targets.extend(flowsheet.goals.iter_ids().filter(|(_, it)| it.enforced).map(|(id, _)| id));
    }
    if targets.is_empty() {
        let names: Vec<&str> = flowsheet.goals.iter().map(|goal| goal.name.as_str()).collect();
        let known = if names.is_empty() {
            String::new()
        } else {
            format!("; its goals are `{}`", names.join("`, `"))
        };
        let message = "nothing says what the plant is to reach: there is no target and no goal that is enforced";
        return Err(Diagnostic::new(Code::MissingKey, message)
            .help(format!(
                "name one: `--target \"magnets >= 2500 t/yr\"`, or set `enforce = true` in a goal{known}"
            ))
            .into());
    }
    Ok(targets)
}

/// Whether a limit says how much there is of something that is no plant.
pub(super) const fn is_amount(limit: &Limit) -> bool {
    matches!(
        limit.kind,
        LimitKind::Supply
            | LimitKind::Demand
            | LimitKind::Flow
            | LimitKind::Disposal
            | LimitKind::Ingredient
            | LimitKind::Contract
    ) && limit.share_of.is_none()
}

/// Sets limits free that are no capacities.
fn free(flowsheet: &mut Flowsheet, names: &[String]) -> Result<Vec<LimitId>, Diagnostics> {
    let mut freed: Vec<LimitId> = Vec::new();
    for name in names {
        let found: Vec<LimitId> = flowsheet
            .limits
            .iter_ids()
            .filter(|(_, limit)| {
                let path = &flowsheet.figures[limit.figure].path;
                let own = flowsheet.operations[limit.operation].name == *name || name == "all";
                let above = limit.sense != Sense::AtLeast;
                path == name && limit.kind != LimitKind::Capacity
                    || own && is_amount(limit) && above
            })
            .map(|(id, _)| id)
            .collect();
        if found.is_empty() && name != "all" {
            let able = flowsheet.limits.iter().filter(|limit| is_amount(limit));
            let known = able.map(|limit| {
                let path = flowsheet.figures[limit.figure].path.as_str();
                (flowsheet.operations[limit.operation].name.as_str(), path)
            });
            return Err(unknown("--free", name, &known.collect::<Vec<_>>()));
        }
        freed.extend(found);
    }
    freed.sort_unstable();
    freed.dedup();
    for &id in &freed {
        drop_limit(flowsheet, id);
    }
    Ok(freed)
}

/// Capacities that stay limits.
fn keep(flowsheet: &Flowsheet, names: &[String]) -> Result<Vec<LimitId>, Diagnostics> {
    let mut kept = Vec::new();
    for name in names {
        let own = flowsheet.limits.iter_ids().filter(|(_, limit)| {
            limit.kind == LimitKind::Capacity
                && flowsheet.figures[limit.figure].value > 0.0
                && (flowsheet.operations[limit.operation].name == *name
                    || flowsheet.figures[limit.figure].path == *name)
        });
        let before = kept.len();
        kept.extend(own.map(|(id, _)| id));
        if kept.len() == before {
            let able = flowsheet.limits.iter().filter(|limit| limit.kind == LimitKind::Capacity);
            let known = able.map(|limit| {
                let path = flowsheet.figures[limit.figure].path.as_str();
                (flowsheet.operations[limit.operation].name.as_str(), path)
            });
            return Err(unknown("--keep", name, &known.collect::<Vec<_>>()));
        }
    }
    Ok(kept)
}

/// A name that no limit bears.
fn unknown(flag: &str, name: &str, known: &[(&str, &str)]) -> Diagnostics {
    let what = if flag == "--keep" { "capacity" } else { "limit" };
    let near = nearest(name, known.iter().flat_map(|&(operation, path)| [operation, path]));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("the flowsheet has no such {what}"),
        None => {
            let mut names: Vec<&str> = known.iter().map(|&(operation, _)| operation).collect();
            names.dedup();
            format!("there are those of `{}`", names.join("`, `"))
        }
    };
    let message = format!("`{flag}`: there is no {what} `{name}`");
    Diagnostic::new(Code::UnknownLimit, message).help(help).into()
}

/// All capacities, in the order of the operations: of equipment that says none, the whole inlet.
fn list(flowsheet: &Flowsheet, kept: &[LimitId]) -> Vec<Item> {
    let mut items = Vec::new();
    for (operation, data) in flowsheet.operations.iter_ids() {
        let before = items.len();
        for (id, limit) in flowsheet.limits.iter_ids() {
            if limit.operation != operation || limit.kind != LimitKind::Capacity {
                continue;
            }
            let there = flowsheet.figures[limit.figure].value;
            items.push(Item {
                operation,
                limit: Some(id),
                port: limit.port,
                content: limit.content.clone(),
                availability: limit.availability,
                existing: (there > 0.0).then_some(there),
                build: cost_of(flowsheet, operation, id, data.span),
                id: None,
                kept: kept.contains(&id),
            });
        }
        let port = match data.kind {
            Kind::Separator(_) | Kind::Reactor(_) => Port::Inlet(operation),
            Kind::Blender(_) => Port::Mix(operation),
            _ => continue,
        };
        if items.len() == before {
            items.push(Item {
                operation,
                limit: None,
                port,
                content: Content::whole(),
                availability: data.vessel.and_then(|vessel| vessel.availability),
                existing: None,
                build: None,
                id: None,
                kept: false,
            });
        }
    }
    items
}

/// What more of a capacity costs, as something that may be built in full and at once.
fn cost_of(
    flowsheet: &Flowsheet,
    operation: OperationId,
    id: LimitId,
    span: Span,
) -> Option<Build> {
    let limit = &flowsheet.limits[id];
    if let Some(build) = limit.build {
        let build = flowsheet.builds[build].clone();
        return Some(Build { lead: None, life: None, ramp: Vec::new(), ..build });
    }
    Some(Build {
        operation,
        limit: id,
        cost: BuildCost::Linear(limit.expansion?),
        min: None,
        max: None,
        decided: vec![PeriodId::new(0)],
        lead: None,
        life: None,
        ramp: Vec::new(),
        counted: false,
        span,
    })
}

/// Routes are chosen by what they cost, and need an end to their size.
fn check_choices(flowsheet: &Flowsheet, items: &[Item], priced: bool) -> Result<(), Diagnostics> {
    for choice in &flowsheet.choices {
        let open = |item: &&Item| {
            let ended = item.build.as_ref().is_some_and(Build::has_end);
            choice.operations.contains(&item.operation) && !item.kept && !(priced && ended)
        };
        if let Some(item) = items.iter().find(open) {
            let name = &flowsheet.operations[item.operation].name;
            let message = format!(
                "`{name}` is an alternative of `{}`, but its size has no cost or no end",
                choice.name
            );
            return Err(Diagnostic::new(Code::BadChoice, message)
                .at(flowsheet.operations[item.operation].span, "")
                .at(choice.span, "this choice")
                .help("give every capacity a `build`, those of alternatives with a `max`, a `curve` or a `train` with a `max`; or `--keep` them")
                .into());
        }
    }
    Ok(())
}

/// What all primary feeds supply; all feeds, if none is primary.
fn supply(flowsheet: &Flowsheet) -> Measure {
    let feeds = |primary: bool| {
        let is = move |kind: &Kind| matches!(kind, Kind::Feed(feed) if !primary || feed.origin == Origin::Primary);
        let found = flowsheet.operations.iter_ids().filter(move |(_, it)| is(&it.kind));
        found.map(|(id, _)| id).collect::<Vec<OperationId>>()
    };
    let mut chosen = feeds(true);
    if chosen.is_empty() {
        chosen = feeds(false);
    }
    let names: Vec<String> =
        chosen.iter().map(|&id| format!("flow({})", flowsheet.operations[id].name)).collect();
    let flow = |id: OperationId| (1.0, Term::Flow(Port::Inlet(id), Content::whole()));
    Measure {
        text: names.join(" + "),
        terms: chosen.into_iter().map(flow).collect(),
        unit: MeasureUnit::MassRate,
    }
}
