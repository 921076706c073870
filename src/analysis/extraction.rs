//! Solvent-extraction plants: what each `[cascade.NAME]` of a flowsheet consists of, holds and consumes.
//!
//! A cascade is designed when the flowsheet is lowered, per mol of what comes; here it gets a size, by a rate that is given or
//! by the throughput of the best plan. All flows and volumes are those of the time in which the plant runs: the yearly rate
//! divided by the availability. The design itself is not made again but for other separation factors.

mod checks;
mod outcome;
mod plant;
mod sensitivity;

pub use outcome::{
    AnewCase, Answered, CascadeFlows, CascadeOutcome, Destination, ElementShare, Extraction,
    ExtractionPlant, FactorCase, FactorSensitivity, FeedFrom, FillCost, Leak, LegacyCheck,
    LinkedBound, Minimised, PairCase, PairHarm, Phase, PlantFeed, PlantReagents, PlantTotals,
    ProductCase, ProductOutcome, RankedSequence, ReagentNeed, Sections,
};

use super::{Plan, accept, check_annuities, check_ratio, context::Context, failure};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, nearest},
    flowsheet::{Cascade, CascadeDesign, Flowsheet, OperationId, Port, Values},
    lp::Options,
    measure::{Dimension, Quantity},
    model::{Form, Model, Solution},
};
use plant::Told;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The cascade that is told; all of them if none is named.
    pub cascade: Option<String>,
    /// What is fed, as `--feed` says it; the throughput of the best plan if it says nothing.
    pub feed: Option<Quantity>,
    /// Whether nothing is to be told about other separation factors.
    pub no_sensitivity: bool,
}

/// What a cascade is sized for.
#[derive(Clone, Debug)]
struct Size {
    /// t/yr.
    rate: f64,
    availability: f64,
    from: FeedFrom,
    period: Option<String>,
}

/// Tells the plants of the cascades.
///
/// # Errors
/// Findings: no cascade, or none of that name; a rate that is none; without a rate, whatever leaves the flowsheet without a
/// plan, or a plan that feeds no cascade.
pub fn extraction(
    flowsheet: &Flowsheet,
    options: &Options,
    request: &Request,
) -> Result<Extraction, Diagnostics> {
    let chosen = choose(flowsheet, request.cascade.as_deref())?;
    let sizes = match &request.feed {
        Some(feed) => {
            let &[(id, cascade)] = &chosen[..] else { return Err(several(flowsheet, &chosen)) };
            vec![given(flowsheet, id, cascade, feed)?]
        }
        None => planned(flowsheet, options, &chosen)?,
    };
    let told = tell(flowsheet, &chosen, sizes, !request.no_sensitivity);
    if told.plants.is_empty() { Err(nothing_comes(flowsheet, &chosen)) } else { Ok(told) }
}

/// The plants as a plan sizes them, without other separation factors; none without a cascade to which something comes.
///
/// # Errors
/// Findings, if the plan does not pass what every plan must pass.
pub fn plants_of(flowsheet: &Flowsheet, plan: &Plan) -> Result<Option<Extraction>, Diagnostics> {
    let chosen = all(flowsheet);
    if chosen.is_empty() {
        return Ok(None);
    }
    let sizes = sizes(flowsheet, &plan.model, &plan.solution, &chosen)?;
    let told = tell(flowsheet, &chosen, sizes, false);
    Ok((!told.plants.is_empty()).then_some(told))
}

fn tell(
    flowsheet: &Flowsheet,
    chosen: &[Chosen<'_>],
    sizes: Vec<Size>,
    sensitive: bool,
) -> Extraction {
    let values = flowsheet.values();
    let (mut plants, mut idle) = (Vec::new(), Vec::new());
    for (&(id, cascade), size) in chosen.iter().zip(sizes) {
        let name = flowsheet.operations[id].name.clone();
        match &cascade.design {
            Some(design) if size.rate > 0.0 => {
                let told = Told { flowsheet, values: &values, cascade, design, size: &size };
                let sensitivity = sensitive.then(|| sensitivity::of(cascade, design, &size));
                plants.push(told.tell(name, sensitivity));
            }
            _ => idle.push(name),
        }
    }
    Extraction {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        plants,
        idle,
    }
}

/// A cascade with its operation.
type Chosen<'a> = (OperationId, &'a Cascade);

/// All cascades.
fn all(flowsheet: &Flowsheet) -> Vec<Chosen<'_>> {
    let operations = flowsheet.operations.iter_ids();
    operations.filter_map(|(id, it)| Some((id, it.kind.cascade()?))).collect()
}

/// The cascade of that name, or all of them.
fn choose<'a>(
    flowsheet: &'a Flowsheet,
    name: Option<&str>,
) -> Result<Vec<Chosen<'a>>, Diagnostics> {
    let all = all(flowsheet);
    if all.is_empty() {
        let message =
            "the flowsheet has no cascade: nothing in it is separated by solvent extraction";
        return Err(Diagnostic::new(Code::MissingKey, message)
            .at(flowsheet.document.flowsheet.title.span, "")
            .help(
                "write the separator as `[cascade.NAME]`, with `to`, `product`, `extractants` and `circuit`, and \
                 `[extractant.NAME]` with its separation factors; `reeflow example show sx-refinery` has both",
            )
            .into());
    }
    let Some(name) = name else { return Ok(all) };
    let known = names(flowsheet, &all);
    if let Some(&found) = all.iter().find(|&&(id, _)| flowsheet.operations[id].name == name) {
        return Ok(vec![found]);
    }
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are `{}`", known.join("`, `")),
    };
    let message = format!("there is no cascade `{name}`");
    Err(Diagnostic::new(Code::UnknownOperation, message).help(help).into())
}

fn names<'a>(flowsheet: &'a Flowsheet, cascades: &[Chosen<'_>]) -> Vec<&'a str> {
    cascades.iter().map(|&(id, _)| flowsheet.operations[id].name.as_str()).collect()
}

/// One rate is of one cascade.
fn several(flowsheet: &Flowsheet, cascades: &[Chosen<'_>]) -> Diagnostics {
    let message = format!(
        "`--feed` is what one cascade is fed, but the flowsheet has `{}`",
        names(flowsheet, cascades).join("`, `")
    );
    Diagnostic::new(Code::MissingKey, message).help("name one with `--cascade`").into()
}

fn nothing_comes(flowsheet: &Flowsheet, cascades: &[Chosen<'_>]) -> Diagnostics {
    let mut findings = Diagnostics::new();
    for &(id, _) in cascades {
        let operation = &flowsheet.operations[id];
        let message =
            format!("nothing comes to cascade `{}`, so that it has no size", operation.name);
        findings.push(
            Diagnostic::new(Code::CascadeComposition, message)
                .at(operation.span, "")
                .help("say what it is to be sized for: `--feed \"10 kt/yr\"`, and `feed = { … }` in its table if nothing can come"),
        );
    }
    findings
}

/// Share of the year in which a cascade runs; all of it if that is not said.
fn availability(flowsheet: &Flowsheet, values: &Values, id: OperationId) -> f64 {
    let path = format!("cascade.{}.availability", flowsheet.operations[id].name);
    // Without a capacity no limit has it.
    let figure = flowsheet.figures.ids().find(|&it| flowsheet.figures[it].path == path);
    figure.map_or(1.0, |figure| values[figure])
}

/// The size by a rate that is given.
fn given(
    flowsheet: &Flowsheet,
    id: OperationId,
    cascade: &Cascade,
    feed: &Quantity,
) -> Result<Size, Diagnostics> {
    let rate = feed.expect(Dimension::MASS_RATE).map_err(|mismatch| {
        Diagnostic::new(Code::WrongDimension, format!("`--feed`: {mismatch}"))
            .help("say what is fed in a year: `--feed \"10 kt/yr\"`")
    })?;
    if rate <= 0.0 {
        let message = "`--feed` must be more than 0";
        return Err(Diagnostic::new(Code::OutOfRange, message).into());
    }
    if let Some(basis) = &feed.basis.numerator {
        // A rate on a basis that holds more, or less, than what is separated would be another one.
        let group = flowsheet.groups.iter().find(|it| it.name == *basis);
        let whole = group
            .is_some_and(|it| cascade.species.iter().all(|species| it.members.contains(species)));
        if !whole {
            let message = format!(
                "`--feed` is counted in `{basis}`, which is not what the cascade separates"
            );
            return Err(Diagnostic::new(Code::WrongBasis, message)
                .help("count the compounds of all products together, without a basis: `--feed \"10 kt/yr\"`")
                .into());
        }
    }
    let availability = availability(flowsheet, &flowsheet.values(), id);
    Ok(Size { rate, availability, from: FeedFrom::Given, period: None })
}

/// The sizes by the best plan: what comes in the period that asks for the largest plant.
fn planned(
    flowsheet: &Flowsheet,
    options: &Options,
    cascades: &[Chosen<'_>],
) -> Result<Vec<Size>, Diagnostics> {
    find_plan(flowsheet, options, cascades).map_err(|findings| {
        // Without a plan the plant can be told all the same.
        let mut told = Diagnostics::new();
        for (at, finding) in findings.iter().enumerate() {
            let mut finding = finding.clone();
            if at == 0 {
                let more =
                    "to size the plant without a plan, say what is fed: `--feed \"10 kt/yr\"`";
                finding.help = Some(match finding.help {
                    Some(help) => format!("{help}\n{more}"),
                    None => more.to_owned(),
                });
            }
            told.push(finding);
        }
        told
    })
}

fn find_plan(
    flowsheet: &Flowsheet,
    options: &Options,
    cascades: &[Chosen<'_>],
) -> Result<Vec<Size>, Diagnostics> {
    check_annuities(flowsheet)?;
    let values = flowsheet.values();
    let mut model = Model::assemble(flowsheet, &values)?;
    check_ratio(flowsheet, &model)?;
    let solution = model
        .solve(flowsheet, options, Form::Condensed)
        .map_err(|fault| failure::explain(flowsheet, &values, &model, options, &fault))?;
    sizes(flowsheet, &model, &solution, cascades)
}

/// What comes to each cascade in the period that asks for the largest plant.
fn sizes(
    flowsheet: &Flowsheet,
    model: &Model,
    solution: &Solution,
    cascades: &[Chosen<'_>],
) -> Result<Vec<Size>, Diagnostics> {
    let mut sizes: Vec<Size> = Vec::new();
    let several = flowsheet.is_dated();
    let mut sized = |at: usize, size: Size| match sizes.get_mut(at) {
        Some(largest) if size.rate / size.availability > largest.rate / largest.availability => {
            *largest = size;
        }
        Some(_) => {}
        None => sizes.push(size),
    };
    for period in flowsheet.periods.ids() {
        let context = Context::in_period(flowsheet, model, solution, period);
        accept(&context)?;
        for (at, &(id, cascade)) in cascades.iter().enumerate() {
            let rate = throughput(&context, id, cascade);
            let availability = availability(flowsheet, context.values, id);
            let period = several.then(|| flowsheet.periods[period].name.clone());
            sized(at, Size { rate, availability, from: FeedFrom::Plan, period });
        }
    }
    Ok(sizes)
}

/// What comes to a cascade of what it separates, t/yr.
fn throughput(context: &Context<'_>, id: OperationId, cascade: &Cascade) -> f64 {
    let weights = cascade.species.iter().map(|&species| (species, 1.0)).collect();
    let content = crate::flowsheet::Content { name: String::new(), weights: Some(weights) };
    let flow = context.functionals().flow(context.at(), Port::Inlet(id), &content);
    context.value(&flow)
}

/// mol/min that a design is fed while it runs.
fn moles(design: &CascadeDesign, size: &Size) -> f64 {
    size.rate / size.availability * design.rate_per_tonne()
}
