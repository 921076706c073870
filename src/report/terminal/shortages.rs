//! Shortages: what is wanted and not there, and what one more tonne of what holds it back is worth.

use super::{
    limits::{Unit, shadow_price},
    page::{NONE, Page, Sheet, amount, percent},
};
use crate::analysis::{GoalOutcome, LimitOutcome, Outcome};

/// Of each goal of one year for t/yr that is missed: how much is missing, the limit that holds it back most, and its shadow price.
pub(super) fn write(page: &mut Page, outcome: &Outcome) {
    let short = outcome.goals.iter().filter(|goal| {
        !goal.met && goal.sense == "at least" && goal.unit == "t/yr" && goal.value.is_some()
    });
    let short: Vec<&GoalOutcome> = short.collect();
    if short.is_empty() || outcome.roadmap.is_some() {
        return;
    }
    page.line("");
    let mut sheet = Sheet::new(&[
        "short of",
        "#wanted",
        "#there",
        "#missing",
        "#%",
        ".held by",
        "#one more of\nit is worth",
    ]);
    for goal in short {
        let show = |value: f64| amount(value, &goal.unit, &outcome.currency);
        let value = goal.value.unwrap_or_default();
        let missing = goal.bound - value;
        let holder = holder(goal, outcome);
        sheet.row([
            goal.name.clone(),
            show(goal.bound),
            show(value),
            show(missing),
            percent(missing / goal.bound),
            holder.map_or_else(|| NONE.to_owned(), |limit| limit.path.clone()),
            holder.map_or_else(
                || NONE.to_owned(),
                |limit| shadow_price(limit, &Unit::of(limit, outcome), outcome),
            ),
        ]);
    }
    page.table(&sheet);
}

/// The limit that holds a goal back most of those that are worth something to the plan.
fn holder<'a>(goal: &GoalOutcome, outcome: &'a Outcome) -> Option<&'a LimitOutcome> {
    let held = goal.held_by.iter().filter(|held| held.effect != 0.0);
    let mut limits = held.filter_map(|held| {
        outcome.limits.iter().find(|limit| limit.path == held.limit && limit.binding)
    });
    limits.find(|limit| limit.shadow_price != 0.0)
}
