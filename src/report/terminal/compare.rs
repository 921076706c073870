//! What changed between two plans.

use super::{
    Style,
    limits::{Unit, worth_of_one},
    page::{NONE, Page, Sheet, amount, held, signed},
};
use crate::analysis::compare::{Attribution, Change, Comparison, PriceChange};

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
    write_goals(&mut page, told);
    table(&mut page, "Value multipliers", "row ÷ column", &told.multipliers, told, most);
    table(&mut page, "Stages", "stage", &told.stages, told, most);
    write_limits(&mut page, told, most);
    table(&mut page, "Streams", "stream", &told.streams, told, most);
    if has_loose(told) {
        page.item(
            "~ is no fact: other plans are as good as one of these, and in them the number is another, or unchanged.",
        );
    }
    page.finish()
}

/// Whether something is marked as no fact.
fn has_loose(told: &Comparison) -> bool {
    let goals = told.goals.iter().map(|goal| &goal.value);
    let changes = [&told.multipliers, &told.stages, &told.streams].into_iter().flatten();
    let mut all = goals.chain(changes);
    all.any(|change| {
        !change.fact || change.before_interval.is_some() || change.after_interval.is_some()
    }) || !told.perhaps_binding.is_empty()
        || !told.perhaps_free.is_empty()
}

fn write_goals(page: &mut Page, told: &Comparison) {
    if told.goals.is_empty() {
        return;
    }
    page.heading("Goals");
    let mut sheet = Sheet::new(&["goal", "#before", "", "#after", "", "#change"]);
    for goal in &told.goals {
        let mark = |met: Option<bool>, sure: bool| match met {
            Some(_) if !sure => "~",
            Some(true) => "✓",
            Some(false) => "✗",
            None => "",
        };
        let [before, after] = ends(&goal.value, &told.currency);
        sheet.row([
            goal.value.name.clone(),
            before,
            mark(goal.met_before, goal.sure_before).to_owned(),
            after,
            mark(goal.met_after, goal.sure_after).to_owned(),
            difference(&goal.value, &told.currency),
        ]);
    }
    page.table(&sheet);
}

/// Both values, those that are no facts marked.
fn ends(change: &Change, currency: &str) -> [String; 2] {
    let mark = |loose: bool, text: String| if loose { format!("~{text}") } else { text };
    [
        mark(change.before_interval.is_some(), show(change.before, &change.unit, currency)),
        mark(change.after_interval.is_some(), show(change.after, &change.unit, currency)),
    ]
}

fn show(value: Option<f64>, unit: &str, currency: &str) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| held(&amount(value, unit, currency)))
}

/// With a sign.
fn difference(change: &Change, currency: &str) -> String {
    if change.before.is_none() || change.after.is_none() {
        return if change.before.is_none() { "new" } else { "gone" }.to_owned();
    }
    let text = with_sign(change.difference(), &change.unit, currency);
    if change.fact { text } else { format!("~{text}") }
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
        let [before, after] = ends(change, &told.currency);
        sheet.row([
            change.name.clone(),
            before,
            after,
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
    let lists = [
        ("Newly binding", &told.newly_binding),
        ("No longer binding", &told.newly_free),
        ("~ Newly binding in this plan, but not in all that are as good", &told.perhaps_binding),
        ("~ No longer binding, but it need not have been before", &told.perhaps_free),
    ];
    if lists.iter().all(|(_, list)| list.is_empty()) && told.shadow_prices.is_empty() {
        return;
    }
    page.heading("Limits");
    for (what, list) in lists {
        if !list.is_empty() {
            page.item(&format!("{what}: {}.", list.join(", ")));
        }
    }
    if told.shadow_prices.is_empty() {
        return;
    }
    let mut sheet = Sheet::new(&[".shadow price", "#before", "#after"]);
    for change in told.shadow_prices.iter().take(most) {
        let Change { name, before, after, .. } = &change.value;
        let cell = |value: Option<f64>| held(&price(change, value, &told.currency));
        sheet.row([name.clone(), cell(*before), cell(*after)]);
    }
    page.table(&sheet);
}

/// A shadow price with its unit.
pub(in crate::report) fn price(change: &PriceChange, value: Option<f64>, currency: &str) -> String {
    let unit = Unit::of_change(change);
    let show = |value| worth_of_one(value, &unit, &change.value.unit, currency).replace('\n', " ");
    value.map_or_else(|| NONE.to_owned(), show)
}

fn write_attribution(page: &mut Page, told: &Comparison, attribution: &Attribution, most: usize) {
    page.heading("Which input did it");
    let unit = &told.objective.unit;
    let head = format!("#part in\n{}", told.objective.name);
    let mut columns = vec![".input", "before", "after", head.as_str()];
    let divided = attribution.multiplier.filter(|_| attribution.why_no_multiplier.is_none());
    let goal = attribution.multiplier_goal.as_ref().filter(|_| divided.is_some());
    let goal = goal.map(|goal| format!("#part in\n{goal}"));
    columns.extend(goal.as_deref());
    let mut sheet = Sheet::new(&columns);
    let word = |change: &str, text: &str, empty: &str| match (change, text) {
        ("added" | "removed", "") => empty.to_owned(),
        ("changed", "") => NONE.to_owned(),
        _ => text.to_owned(),
    };
    for part in attribution.parts.iter().take(most) {
        let of_multiplier = part.multiplier.map(signed);
        let value = with_sign(part.objective, unit, &told.currency);
        let numbers = std::iter::once(value).chain(of_multiplier);
        if part.members.is_empty() {
            let mut cells = vec![
                part.edit.clone(),
                word(part.change, &part.before, "not there"),
                word(part.change, &part.after, "gone"),
            ];
            cells.extend(numbers);
            sheet.cells(cells);
            continue;
        }
        // Edits without a plan between them have one part together, told with the first.
        let mut numbers = Some(numbers);
        for (at, member) in part.members.iter().enumerate() {
            let lead = if at == 0 { "" } else { "& " };
            let mut cells = vec![
                format!("{lead}{}", member.edit),
                word(member.change, &member.before, "not there"),
                word(member.change, &member.after, "gone"),
            ];
            match numbers.take() {
                Some(numbers) => cells.extend(numbers),
                None => cells.resize(columns.len(), String::new()),
            }
            sheet.cells(cells);
        }
    }
    let mut cells = vec![
        "all".to_owned(),
        String::new(),
        String::new(),
        with_sign(attribution.objective, unit, &told.currency),
    ];
    cells.extend(divided.map(signed));
    sheet.cells(cells);
    page.table(&sheet);
    let more = attribution.parts.len().saturating_sub(most);
    if more > 0 {
        page.line(&format!("… and {more} more: `--all`."));
    }
    let size = attribution.objective.abs().max(f64::MIN_POSITIVE);
    let rest = attribution.objective_residual.abs() / size;
    let rest = if rest == 0.0 { "exactly".to_owned() } else { format!("to {rest:.0e}") };
    page.item(&format!("How: {}. The parts add up to the whole {rest}.", attribution.method));
    page.item(&format!("Fair, because {}.", attribution.fair_because));
    if attribution.parts.iter().any(|part| !part.members.is_empty()) {
        page.item("& joins edits that need each other: with only some of them made there is no plan, so they have one part.");
    }
    if let Some(why) = &attribution.why_no_multiplier {
        page.item(&format!("The multiplier is not divided: {why}."));
    }
}
