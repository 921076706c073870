//! What makes money without limit.

use crate::{
    diagnostic::{Code, Diagnostic, Span},
    flowsheet::{Flowsheet, Kind, LimitKind, Objective, OperationId, PeriodId, Values},
    index::Id,
    measure::{format_number, format_price},
    model::{At, Decision, DriverId, Linear, Model},
};

/// A part of the gain below this share of it is not named.
const PART: f64 = 0.05;
/// Most prices that are marked.
const MARKED: usize = 3;

/// Names what grows, what each tonne of it earns and by which sale, and where a limit is missing.
pub(super) fn explain(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    ray: &[(DriverId, f64)],
) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(Code::Unbounded, "the objective grows without limit");
    let mut rates = vec![0.0; model.drivers().len()];
    let mut names: Vec<&str> = Vec::new();
    for &(driver, rate) in ray {
        rates[driver.index()] = rate;
        let (name, span) = decision(flowsheet, model, driver);
        names.push(name);
        diagnostic = diagnostic.at(span, "this grows");
    }
    if !names.is_empty() {
        diagnostic.message = format!("{}: with `{}`", diagnostic.message, names.join("`, `"));
    }
    // A limit that was written and does not limit.
    for (supply, _) in supplies(model, ray) {
        for limit in flowsheet.limits.iter().filter(|limit| limit.operation == supply) {
            if limit.kind == LimitKind::Supply {
                let span = flowsheet.figures[limit.figure].span;
                diagnostic = diagnostic.at(span, "this sets no upper limit");
            }
        }
    }
    let at = At { flowsheet, values, period: PeriodId::new(0) };
    let per_ray = |functional: &Linear| -> f64 {
        model.reduce(functional).iter().zip(&rates).map(|(factor, rate)| factor * rate).sum()
    };
    let supplied: f64 = supplies(model, ray).map(|(_, rate)| rate).sum();
    if !matches!(flowsheet.objective, Objective::Profit) || supplied <= 0.0 {
        return diagnostic.help(help(&names));
    }
    let gain = per_ray(&model.functionals().profit(at));
    let mut sales: Vec<(f64, OperationId)> = flowsheet
        .operations
        .iter_ids()
        .filter(|(_, operation)| matches!(operation.kind, Kind::Product(_)))
        .map(|(id, _)| (per_ray(&model.functionals().revenue(at, id)), id))
        .filter(|&(revenue, _)| revenue > PART * gain)
        .collect();
    sales.sort_by(|a, b| b.0.total_cmp(&a.0));
    for &(_, id) in sales.iter().take(MARKED) {
        if let Kind::Product(product) = &flowsheet.operations[id].kind {
            for term in &product.price.terms {
                diagnostic =
                    diagnostic.at(flowsheet.figures[term.figure].span, "sold at this, without end");
            }
        }
    }
    let price = |value: f64| format_price(value / supplied, &flowsheet.currency);
    let sold: Vec<String> = sales
        .iter()
        .take(MARKED)
        .map(|&(revenue, id)| format!("{} as `{}`", price(revenue), flowsheet.operations[id].name))
        .collect();
    let feeds: Vec<String> = supplies(model, ray)
        .map(|(id, rate)| match rate / supplied {
            share if share > 0.999_999 => format!("`{}`", flowsheet.operations[id].name),
            share => format!("{} t of `{}`", format_number(share), flowsheet.operations[id].name),
        })
        .collect();
    let costs: f64 = sales.iter().map(|(revenue, _)| revenue).sum::<f64>() - gain;
    diagnostic.help(format!(
        "each t of {} earns {} and costs {}: a gain of {} without limit; {}",
        feeds.join(" and "),
        sold.join(", "),
        price(costs),
        price(gain),
        help(&names)
    ))
}

/// What a driver decides, by name, and where it stands.
pub(super) fn decision<'f>(
    flowsheet: &'f Flowsheet,
    model: &Model,
    driver: DriverId,
) -> (&'f str, Span) {
    match model.drivers()[driver].decision {
        Decision::Supply(id) | Decision::Blend(id) | Decision::Ingredient(id, _) => {
            (&flowsheet.operations[id].name, flowsheet.operations[id].span)
        }
        Decision::Split(id) => (&flowsheet.streams[id].name, flowsheet.streams[id].span),
    }
}

/// The feeds that grow, with their rates.
fn supplies<'a>(
    model: &'a Model,
    ray: &'a [(DriverId, f64)],
) -> impl Iterator<Item = (OperationId, f64)> + 'a {
    ray.iter().filter_map(|&(driver, rate)| match model.drivers()[driver].decision {
        Decision::Supply(id) => Some((id, rate)),
        _ => None,
    })
}

fn help(names: &[&str]) -> String {
    let name = names.first().map_or(String::new(), |name| format!(" (`{name}`)"));
    format!(
        "give a `supply` to the feeds{name}, a `demand` to the products, or a `capacity` on the way"
    )
}
