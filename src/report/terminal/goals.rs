//! What is wanted, what is reached, what holds it back.

use super::{
    intervals::marked,
    page::{NONE, Page, Sheet, amount, signed},
};
use crate::analysis::{GoalOutcome, Outcome};

/// Number of limits that are named as holding a goal back.
const HOLDERS: usize = 3;

pub(super) fn write(page: &mut Page, outcome: &Outcome) {
    if outcome.goals.is_empty() {
        return;
    }
    let met = outcome.goals.iter().filter(|goal| goal.met).count();
    page.heading(&format!("Goals: {met} of {} met", outcome.goals.len()));
    write_table(page, outcome);
    for goal in outcome.goals.iter().filter(|goal| !goal.met) {
        write_reason(page, goal);
    }
}

/// What a missed goal means, why there is nothing better, what holds it back.
fn write_reason(page: &mut Page, goal: &GoalOutcome) {
    let mut parts: Vec<String> = goal.title.iter().cloned().collect();
    if let Some(reason) = &goal.why_no_best {
        parts.push(format!("no best value: {reason}"));
    }
    let holders = goal.held_by.iter().take(HOLDERS);
    let holders: Vec<String> = holders.map(|held| holder(&held.limit, held.effect)).collect();
    let more = goal.held_by.len().saturating_sub(HOLDERS);
    if holders.is_empty() && goal.best.is_some() {
        parts.push(
            "no limit holds the best value back, only grades, recoveries, recipes and prices"
                .to_owned(),
        );
    }
    if !holders.is_empty() {
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("held by {}{more}", holders.join(", ")));
    }
    if !parts.is_empty() {
        page.item(&format!("✗ {}: {}.", goal.name, parts.join("; ")));
    }
}

pub(super) fn write_table(page: &mut Page, outcome: &Outcome) {
    let mut sheet = Sheet::new(&["goal", "", "#value", "#bound", "#best attainable"]);
    for goal in &outcome.goals {
        let show = |value: f64| amount(value, &goal.unit, &outcome.currency);
        let sign = if goal.sense == "at most" { "≤" } else { "≥" };
        let best = match goal.best {
            Some(best) => show(best),
            None if goal.met => String::new(),
            None => NONE.to_owned(),
        };
        let name =
            if goal.enforced { format!("{} (enforced)", goal.name) } else { goal.name.clone() };
        sheet.row([
            name,
            if goal.met { "✓" } else { "✗" }.to_owned(),
            marked(goal.value.map_or_else(|| NONE.to_owned(), show), goal.interval.is_some()),
            format!("{sign} {}", show(goal.bound)),
            best,
        ]);
    }
    page.table(&sheet);
}

/// A limit that holds a goal, and what one more of it does.
fn holder(limit: &str, effect: f64) -> String {
    if effect == 0.0 {
        format!("{limit} (with others)")
    } else {
        format!("{limit} ({} per unit)", signed(effect))
    }
}
