//! Why an objective that is a ratio has no best value, or no plan that has it.

use super::unbounded::decision;
use crate::{
    diagnostic::{Code, Diagnostic},
    flowsheet::{Flowsheet, MeasureUnit},
    measure::format_number,
    model::{Decision, DriverId, Model, RatioFailure},
};

/// Most decisions that are named.
const NAMED: usize = 3;
/// A decision below this share of the largest is not named.
const PART: f64 = 1e-6;

/// What says how large a plan is.
const LIMIT: &str =
    "give the feeds a `supply`, the products a `demand`, or an operation a `capacity`";

pub(super) fn explain(flowsheet: &Flowsheet, model: &Model, failure: &RatioFailure) -> Diagnostic {
    let objective = &flowsheet.objective;
    let (Some(ratio), text) = (objective.ratio(), objective.text()) else {
        return Diagnostic::new(Code::NotProven, "there is no ratio to be optimised");
    };
    let (of, to) = (&ratio.of.text, &ratio.to.text);
    let word = if objective.sign() > 0.0 { "grows" } else { "falls" };
    let unit = objective.unit(&flowsheet.currency);
    let (code, label, help) = match failure {
        RatioFailure::Negative(least) => {
            let unit = ratio.to.unit.text(&flowsheet.currency);
            let label = if least.is_finite() {
                format!("{} {unit} in some plan", format_number(*least))
            } else {
                "ever more negative".to_owned()
            };
            let help = "divide by what is never negative, such as a flow, a value or a cost";
            (Code::NoRatio, label, help.to_owned())
        }
        RatioFailure::Nothing => {
            let money = ratio.to.unit == MeasureUnit::MoneyRate;
            let price = if money { ", and have a price or cost" } else { "" };
            let help =
                format!("something must flow there{price}: look for a limit or recovery of 0");
            (Code::NoRatio, "0 in every plan".to_owned(), help)
        }
        RatioFailure::Vanishing(drivers) => {
            let with = remaining(flowsheet, model, drivers);
            let with = if with.is_empty() { with } else { format!(" with {with}") };
            let help = format!(
                "`{of}` can be had{with} without any of `{to}`: demand some of it (`min` of a supply or demand, or an enforced goal), or divide by more"
            );
            (Code::Unbounded, "this can be 0".to_owned(), help)
        }
        RatioFailure::Growing(drivers) => {
            let with = remaining(flowsheet, model, drivers);
            let help = format!("`{of}` grows with {with}, `{to}` does not: {LIMIT}");
            (Code::Unbounded, "this does not grow with it".to_owned(), help)
        }
        RatioFailure::AnySize(_) | RatioFailure::Approached(_) => {
            (Code::NoRatio, String::new(), LIMIT.to_owned())
        }
        RatioFailure::Disagree(_) => {
            (Code::NotProven, String::new(), "try another `--solver`".to_owned())
        }
    };
    let message = format!("the objective `{text}` {}", reason(failure, to, word, &unit));
    let mut diagnostic = Diagnostic::new(code, message).at(ratio.span, label).help(help);
    if let RatioFailure::Growing(drivers) = failure {
        for &(driver, _) in drivers.iter().take(NAMED) {
            diagnostic = diagnostic.at(decision(flowsheet, model, driver).1, "this grows");
        }
    }
    diagnostic
}

/// What a ratio does instead of having a best value, as the end of a sentence.
pub(in crate::analysis) fn reason(
    failure: &RatioFailure,
    to: &str,
    word: &str,
    unit: &str,
) -> String {
    let best = |value: f64| {
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        format!("{}{unit}", format_number(value))
    };
    match failure {
        RatioFailure::Negative(_) => format!("has no best value, because `{to}` can be negative"),
        RatioFailure::Nothing => format!("has no value, because `{to}` is always 0"),
        RatioFailure::Vanishing(_) => format!("{word} without limit as `{to}` goes to 0"),
        RatioFailure::Growing(_) => format!("{word} without limit, while `{to}` stays what it is"),
        RatioFailure::AnySize(value) => {
            format!("is {} at best in plans of any size, so that none is the best", best(*value))
        }
        RatioFailure::Approached(value) => {
            format!(
                "comes ever nearer to {} as the plan grows, but reaches it nowhere",
                best(*value)
            )
        }
        RatioFailure::Disagree([one, other]) => format!(
            "was not proven: Charnes and Cooper's program has {}, Dinkelbach's iteration {}",
            best(*one),
            best(*other)
        ),
    }
}

/// The decisions that remain where a denominator is 0, or that grow, as a list: the feeds, if there are any.
pub(in crate::analysis) fn remaining(
    flowsheet: &Flowsheet,
    model: &Model,
    drivers: &[(DriverId, f64)],
) -> String {
    let largest = drivers.iter().fold(0.0_f64, |most, &(_, value)| most.max(value));
    let all: Vec<DriverId> =
        drivers.iter().filter(|&&(_, value)| value > PART * largest).map(|&(id, _)| id).collect();
    let is_feed = |id: &DriverId| matches!(model.drivers()[*id].decision, Decision::Supply(_));
    let feeds: Vec<DriverId> = all.iter().copied().filter(is_feed).collect();
    let named = if feeds.is_empty() { all } else { feeds };
    let mut names: Vec<String> = Vec::new();
    for driver in named {
        let name = format!("`{}`", decision(flowsheet, model, driver).0);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let list = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}
