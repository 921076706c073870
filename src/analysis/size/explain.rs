//! Why no plant reaches the targets, and what to set free.

use super::{
    ROUNDING, needed,
    prepare::{Open, is_amount, without_capacities},
};
use crate::{
    analysis::{context::Context, failure},
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Flowsheet, LimitKind, Sense, Values},
    lp::Options,
    measure::format_mass_rate,
    model::{Failure, Form, Model, shape},
};

/// Why no plant reaches the targets, and what to set free.
pub(super) fn explain(
    flowsheet: &Flowsheet,
    open: &Open,
    values: &Values,
    model: &Model,
    options: &Options,
    failure: &Failure,
) -> Diagnostics {
    if !matches!(failure, Failure::Infeasible(_)) {
        return failure::explain(&open.flowsheet, values, model, options, failure);
    }
    let plain = without_capacities(open);
    let values = plain.values();
    let mut model = match Model::assemble(&plain, &values) {
        Ok(model) => model,
        Err(findings) => return findings,
    };
    match model.solve(&plain, options, Form::Condensed) {
        Ok(solution) => {
            let context = Context::new(&plain, &values, &model, &solution);
            too_large(flowsheet, open, &context).into()
        }
        Err(failure) => {
            let mut told = failure::explain(&plain, &values, &model, options, &failure);
            let mut findings: Vec<Diagnostic> = std::iter::from_fn(|| told.pop()).collect();
            findings.reverse();
            let mut all = Diagnostics::new();
            for finding in findings {
                all.push(name_free(flowsheet, finding));
            }
            all
        }
    }
}

/// Capacities that would have to be larger than may be built.
fn too_large(flowsheet: &Flowsheet, open: &Open, context: &Context<'_>) -> Diagnostic {
    let message = "the targets need more than may be built".to_owned();
    let mut finding = Diagnostic::new(Code::Infeasible, message);
    let mut help = Vec::new();
    for item in &open.items {
        let Some(build) = item.build.as_ref().filter(|_| !item.kept) else { continue };
        let Some(largest) = shape(build, context.values).largest(build, context.values) else {
            continue;
        };
        let there = item.existing.unwrap_or(0.0);
        let needed = context.value(&needed(context, item));
        if needed > (there + largest) * (1.0 + ROUNDING) {
            let name = &flowsheet.operations[item.operation].name;
            finding = finding.at(build.span, format!("needs {}", format_mass_rate(needed)));
            help.push(format!(
                "`{name}` needs {}, has {}, and at most {} may be built",
                format_mass_rate(needed),
                format_mass_rate(there),
                format_mass_rate(largest)
            ));
        }
    }
    if help.is_empty() {
        help.push("look at `min` and `max` of what may be built, and at `money.budget`".to_owned());
    } else {
        help.push("raise `build.max`, or lower the target".to_owned());
    }
    finding.help(help.join("\n"))
}

/// Says which of the limits in a conflict can be set free.
fn name_free(flowsheet: &Flowsheet, mut finding: Diagnostic) -> Diagnostic {
    let Some(explanation) = &finding.explanation else { return finding };
    let (mut free, mut kept) = (Vec::new(), Vec::new());
    for (_, limit) in flowsheet.limits.iter_ids() {
        let path = &flowsheet.figures[limit.figure].path;
        let name = &flowsheet.operations[limit.operation].name;
        if !explanation.conflict.iter().any(|claim| claim.path == *path) {
            continue;
        }
        if is_amount(limit) && limit.sense != Sense::AtLeast && !free.contains(name) {
            free.push(name.clone());
        }
        if limit.kind == LimitKind::Capacity && !kept.contains(name) {
            kept.push(name.clone());
        }
    }
    let mut help: Vec<String> = finding.help.take().into_iter().collect();
    if !free.is_empty() {
        let flags: Vec<String> = free.iter().map(|name| format!("`--free {name}`")).collect();
        help.push(format!(
            "no capacity limits it, all are sized; {} sets free what does",
            flags.join(" or ")
        ));
    }
    if !kept.is_empty() {
        help.push(format!("`--keep` holds the capacity of `{}`", kept.join("`, `")));
    }
    if help.is_empty() { finding } else { finding.help(help.join("\n")) }
}
