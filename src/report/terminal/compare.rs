//! What changed between two plans.

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held, signed},
};
use crate::{
    analysis::compare::{Attribution, Change, Comparison},
    measure::format_number,
};

/// Number of lines of each table, unless all are asked for.
const MOST: usize = 12;

/// The comparison as text.
#[must_use]
pub fn render(told: &Comparison, all: bool, style: &Style) -> String {
    let mut page = Page::new(*style);
    let most = if all { usize::MAX } else { MOST };
    page.heading("What changed");
    page.item(&format!("before: {}", told.before));
    page.item(&format!("after: {}", told.after));
    let objective = &told.objective;
    let show = |value: Option<f64>| show(value, &objective.unit, &told.currency);
    page.line(&format!(
        "{}: {} → {} ({})",
        objective.name,
        show(objective.before),
        show(objective.after),
        difference(objective, &told.currency)
    ));
    match (&told.attribution, &told.why_not_attributed) {
        (Some(attribution), _) => write_attribution(&mut page, told, attribution, most),
        (None, Some(why)) => page.item(&format!("Not divided among the inputs: {why}.")),
        (None, None) => {}
    }
    if !told.goals.is_empty() {
        page.heading("Goals");
        let mut sheet = Sheet::new(&["goal", "#before", "", "#after", "", "#change"]);
        for goal in &told.goals {
            let mark = |met: Option<bool>| match met {
                Some(true) => "✓",
                Some(false) => "✗",
                None => "",
            };
            let cell = |value| self::show(value, &goal.value.unit, &told.currency);
            sheet.row([
                goal.value.name.clone(),
                cell(goal.value.before),
                mark(goal.met_before).to_owned(),
                cell(goal.value.after),
                mark(goal.met_after).to_owned(),
                difference(&goal.value, &told.currency),
            ]);
        }
        page.table(&sheet);
    }
    table(&mut page, "Value multipliers", "row ÷ column", &told.multipliers, told, most);
    table(&mut page, "Stages", "stage", &told.stages, told, most);
    write_limits(&mut page, told, most);
    table(&mut page, "Streams", "stream", &told.streams, told, most);
    page.finish()
}

fn show(value: Option<f64>, unit: &str, currency: &str) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| held(&amount(value, unit, currency)))
}

/// With a sign.
fn difference(change: &Change, currency: &str) -> String {
    if change.before.is_none() || change.after.is_none() {
        return if change.before.is_none() { "new" } else { "gone" }.to_owned();
    }
    with_sign(change.difference(), &change.unit, currency)
}

fn with_sign(value: f64, unit: &str, currency: &str) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    held(&format!("{sign}{}", amount(value, unit, currency)))
}

fn table(
    page: &mut Page,
    title: &str,
    what: &str,
    changes: &[Change],
    told: &Comparison,
    most: usize,
) {
    if changes.is_empty() {
        return;
    }
    page.heading(title);
    let mut sheet = Sheet::new(&[what, "#before", "#after", "#change", "#%"]);
    for change in changes.iter().take(most) {
        let percent = match (change.before, change.after) {
            (Some(before), Some(_)) if before != 0.0 => {
                signed(change.difference() / before.abs() * 100.0)
            }
            _ => NONE.to_owned(),
        };
        sheet.row([
            change.name.clone(),
            show(change.before, &change.unit, &told.currency),
            show(change.after, &change.unit, &told.currency),
            difference(change, &told.currency),
            percent,
        ]);
    }
    page.table(&sheet);
    let more = changes.len().saturating_sub(most);
    if more > 0 {
        page.line(&format!("… and {more} more: `--all`."));
    }
}

fn write_limits(page: &mut Page, told: &Comparison, most: usize) {
    if told.newly_binding.is_empty() && told.newly_free.is_empty() && told.shadow_prices.is_empty()
    {
        return;
    }
    page.heading("Limits");
    for (what, list) in
        [("Newly binding", &told.newly_binding), ("No longer binding", &told.newly_free)]
    {
        if !list.is_empty() {
            page.item(&format!("{what}: {}.", list.join(", ")));
        }
    }
    if told.shadow_prices.is_empty() {
        return;
    }
    let mut sheet = Sheet::new(&[".shadow price, per unit of the limit", "#before", "#after"]);
    for change in told.shadow_prices.iter().take(most) {
        let cell = |value: Option<f64>| value.map_or_else(|| NONE.to_owned(), format_number);
        sheet.row([change.name.clone(), cell(change.before), cell(change.after)]);
    }
    page.table(&sheet);
}

fn write_attribution(page: &mut Page, told: &Comparison, attribution: &Attribution, most: usize) {
    page.heading("Which input did it");
    let unit = &told.objective.unit;
    let head = format!("#part in\n{}", told.objective.name);
    let mut columns = vec![".input", "before", "after", head.as_str()];
    let goal = attribution.multiplier_goal.as_ref().map(|goal| format!("#part in\n{goal}"));
    columns.extend(goal.as_deref());
    let mut sheet = Sheet::new(&columns);
    for part in attribution.parts.iter().take(most) {
        let mut cells = vec![
            part.edit.clone(),
            part.before.clone(),
            part.after.clone(),
            with_sign(part.objective, unit, &told.currency),
        ];
        cells.extend(part.multiplier.map(signed));
        sheet.cells(cells);
    }
    let mut cells = vec![
        "all".to_owned(),
        String::new(),
        String::new(),
        with_sign(attribution.objective, unit, &told.currency),
    ];
    cells.extend(attribution.multiplier.map(signed));
    sheet.cells(cells);
    page.table(&sheet);
    let more = attribution.parts.len().saturating_sub(most);
    if more > 0 {
        page.line(&format!("… and {more} more: `--all`."));
    }
    let size = attribution.objective.abs().max(f64::MIN_POSITIVE);
    page.item(&format!(
        "{}. The parts add up to the whole to {:.0e}.",
        attribution.method,
        attribution.objective_residual.abs() / size
    ));
}
