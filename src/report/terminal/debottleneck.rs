//! The path of bottlenecks: what must grow, in which order.

use std::fmt::Write as _;

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held, percent},
};
use crate::{
    analysis::debottleneck::{Debottleneck, EndOfPath, Growth, Step},
    measure::{format_fraction, format_mass_rate, format_number},
};

/// Most limits that are named in one sentence.
const NAMED: usize = 6;

/// The path as text.
#[must_use]
pub fn render(told: &Debottleneck, style: &Style) -> String {
    let mut page = Page::new(*style);
    page.heading(&told.title);
    page.line(&answer(told));
    if !told.steps.is_empty() {
        page.line(&explain_count(told));
        let verb = if any_falls(told) { "gives way" } else { "grows" };
        page.heading(&format!("What {verb}, in this order"));
        write_steps(&mut page, told);
        let difference = format!("{:.0e}", told.worst_difference);
        page.line(&format!(
            "Each step was solved again with the limits {}: the same to {difference}.",
            if any_falls(told) { "moved" } else { "grown" }
        ));
    }
    if !told.held_by.is_empty() && told.end != EndOfPath::TargetMet {
        let held: Vec<String> =
            told.held_by.iter().map(|it| format!("{} = {}", it.limit, it.text)).collect();
        page.item(&format!("What binds there and may not grow: {}.", held.join(", ")));
    }
    page.finish()
}

fn show(told: &Debottleneck, value: f64) -> String {
    if told.unit.is_empty() {
        format_number(value)
    } else {
        amount(value, &told.unit, &told.currency)
    }
}

/// The answer in one sentence.
fn answer(told: &Debottleneck) -> String {
    let name = &told.follows;
    let start = show(told, told.start);
    let reached = show(told, told.reached);
    let grown = grown(told);
    let wanted = match (told.sense, told.target) {
        (Some(sense), Some(target)) => format!("{sense} {}", show(told, target)),
        _ => String::new(),
    };
    if told.steps.is_empty() {
        return match told.end {
            EndOfPath::TargetMet if told.replanned == told.start => {
                format!("✓ {name} is {wanted} already: {start} in the present plan.")
            }
            EndOfPath::TargetMet => {
                let objective = |value| amount(value, &told.objective_unit, &told.currency);
                format!(
                    "✓ No limit has to grow: another plan has {wanted} of {name} (the present one {start}), at {} of {} \
                     instead of {}.",
                    objective(told.replanned_objective),
                    told.objective,
                    objective(told.start_objective),
                )
            }
            EndOfPath::TimeLimit => {
                format!("{name} is {start}; the time limit passed before any growth was looked at.")
            }
            EndOfPath::BudgetSpent => format!("{name} is {start}; the budget leaves no growth."),
            _ if wanted.is_empty() => format!("{name} is {start}; no growth of a limit raises it."),
            _ => format!("✗ {name} stays at {start}, not {wanted}: no growth of a limit helps."),
        };
    }
    let all = match (grown.len(), any_falls(told)) {
        (1, false) => "one limit grows".to_owned(),
        (1, true) => "one limit gives way".to_owned(),
        (n, false) => format!("{n} limits grow"),
        (n, true) => format!("{n} limits give way"),
    };
    let list: Vec<String> = grown.iter().take(NAMED).cloned().collect();
    let more = if grown.len() > NAMED { " …" } else { "" };
    let list = list.join(", ");
    if told.end == EndOfPath::TargetMet {
        return format!("✓ {name} goes from {start} to {wanted} when {all}: {list}{more}.");
    }
    let from_to = if told.end == EndOfPath::WithoutEnd {
        format!("{name} goes up from {start} without end as {all}: {list}{more}.")
    } else {
        format!("{name} goes from {start} to {reached} as {all}: {list}{more}.")
    };
    let why = match told.end {
        EndOfPath::BudgetSpent => " Then the budget is spent.",
        EndOfPath::NothingHelps => " Then no growth helps any more.",
        EndOfPath::MostSegments => " There is more, which is not told.",
        EndOfPath::TimeLimit => " Then the time limit passed.",
        EndOfPath::TargetMet | EndOfPath::WithoutEnd => "",
    };
    if wanted.is_empty() {
        return format!("{from_to}{why}");
    }
    format!("✗ {from_to}{why} It is not {wanted}.")
}

/// Whether some limit is one that demands, and gives way downwards.
fn any_falls(told: &Debottleneck) -> bool {
    told.steps.iter().flat_map(|step| &step.grows).any(|growth| growth.to < growth.from)
}

/// Each limit that grows, with its first and last bound.
fn grown(told: &Debottleneck) -> Vec<String> {
    let mut ends: Vec<(&str, &str, f64, f64)> = Vec::new();
    for growth in told.steps.iter().flat_map(|step| &step.grows) {
        match ends.iter_mut().find(|(limit, ..)| *limit == growth.limit) {
            Some((.., to)) => *to = growth.to,
            None => ends.push((&growth.limit, growth.unit, growth.from, growth.to)),
        }
    }
    let endless = |limit: &str| {
        let last = told.steps.last().filter(|_| told.end == EndOfPath::WithoutEnd);
        last.is_some_and(|step| step.grows.iter().any(|growth| growth.limit == limit))
    };
    let moves = |&(_, _, from, to): &(&str, &str, f64, f64)| {
        (to - from).abs() > 1e-9 * from.abs().max(to.abs())
    };
    ends.into_iter()
        .filter(moves)
        .map(|(limit, unit, from, to)| {
            if endless(limit) {
                return format!("{limit} from {} on", show_bound(unit, from));
            }
            format!("{limit} from {} to {}", show_bound(unit, from), show_bound(unit, to))
        })
        .collect()
}

fn show_bound(unit: &str, bound: f64) -> String {
    if unit == "share" { format_fraction(bound) } else { format_mass_rate(bound) }
}

fn explain_count(told: &Debottleneck) -> String {
    let mut text = match told.counted_in.as_str() {
        "share" if any_falls(told) => {
            "The least change, summed in % of each bound, leads.".to_owned()
        }
        "share" => "The least growth, summed in % of each bound, leads.".to_owned(),
        "t/yr" if any_falls(told) => "One limit gives way, the others stay.".to_owned(),
        "t/yr" => "One limit grows, the others stay.".to_owned(),
        "point" => {
            "One share is relaxed, all limits stay; its worth, on average, is per point.".to_owned()
        }
        _ => "The least cost of expansion leads.".to_owned(),
    };
    let limits = if told.may_grow == 1 { "limit" } else { "limits" };
    let verb = if any_falls(told) { "give way" } else { "grow" };
    let _ = write!(text, " {} {limits} may {verb}.", told.may_grow);
    if told.steps.iter().any(|step| step.grows.len() > 1) {
        text.push_str(
            " Where several grow together, the worth is that of all, per t/yr of the first.",
        );
    }
    if told.ratio {
        text.push_str(" The denominator stays at least where it is in the present plan.");
    }
    text
}

fn write_steps(page: &mut Page, told: &Debottleneck) {
    let priced = told.steps.iter().any(|step| step.cost.is_some_and(|cost| cost > 0.0));
    let goal = told.target.is_some();
    let one =
        if told.counted_in == "point" { "#worth of\none point" } else { "#worth of\none t/yr" };
    let mut head = vec!["", ".limit", "#from", "#to", "#growth\n%", one, "#then"];
    let bound = |limit: &str| {
        let mut growths = told.steps.iter().flat_map(|step| &step.grows);
        growths.find(|growth| growth.limit == limit).map_or(0.0, |growth| growth.from)
    };
    if goal {
        head.push("#objective");
    }
    if priced {
        head.extend(["#cost", "#payback\nyr"]);
    }
    head.push(".binds now");
    let mut sheet = Sheet::new(&head);
    for (at, step) in told.steps.iter().enumerate() {
        for (line, growth) in step.grows.iter().enumerate() {
            let bound = bound(&growth.limit);
            sheet.cells(cells(told, step, (growth, bound), (at, line), (goal, priced)));
        }
    }
    page.table(&sheet);
}

fn cells(
    told: &Debottleneck,
    step: &Step,
    (growth, bound): (&Growth, f64),
    (at, line): (usize, usize),
    (goal, priced): (bool, bool),
) -> Vec<String> {
    let first = |text: String| if line == 0 { text } else { String::new() };
    // Of a share one point is told.
    let point = if growth.unit == "share" { 0.01 } else { 1.0 };
    let worth = match growth.worth.map(|worth| worth * point) {
        None => "″".to_owned(),
        Some(worth) if told.unit.is_empty() => format_number(worth),
        Some(worth) => amount(worth, &told.unit, &told.currency),
    };
    let endless = told.end == EndOfPath::WithoutEnd && at + 1 == told.steps.len();
    let mut cells = vec![
        first((at + 1).to_string()),
        growth.limit.clone(),
        show_bound(growth.unit, growth.from),
        if endless { "no end".to_owned() } else { show_bound(growth.unit, growth.to) },
        if endless || bound == 0.0 || growth.unit == "share" {
            NONE.to_owned()
        } else {
            percent((growth.to - growth.from) / bound.abs())
        },
        held(&worth),
        first(if endless { "no end".to_owned() } else { held(&show(told, step.value)) }),
    ];
    if goal {
        let objective = amount(step.objective, &told.objective_unit, &told.currency);
        cells.push(first(if endless { NONE.to_owned() } else { held(&objective) }));
    }
    if priced {
        let cost = |cost: f64| amount(cost, &told.currency, &told.currency);
        cells.push(first(step.cost.map_or_else(|| NONE.to_owned(), cost)));
        cells.push(first(step.payback.map_or_else(|| NONE.to_owned(), format_number)));
    }
    cells.push(first(step.newly_binding.join(" ")));
    cells
}
