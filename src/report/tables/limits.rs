//! Limits with what they are worth, and how far prices may go.

use super::{Cell, Table, of, plain, row};
use crate::{
    analysis::{Counts, GoalOutcome, LimitOutcome, Outcome, PriceOutcome},
    flowsheet::Flowsheet,
};

pub(super) fn limits(outcome: &Outcome) -> Table {
    let objective = &outcome.objective;
    let mut columns = vec![
        plain("limit"),
        plain("as written"),
        plain("kind"),
        plain("of"),
        plain("sense"),
        plain("bound"),
        plain("reached"),
        plain("unit"),
        plain("utilisation"),
        of("slack", "t/yr"),
        plain("binding"),
        of("shadow price", &format!("{} per unit", objective.unit)),
        of("shadow price for less", &format!("{} per unit", objective.unit)),
        of("shadow price for more", &format!("{} per unit", objective.unit)),
        plain("holds from"),
        plain("holds to"),
        plain("binds next below"),
        plain("binds next above"),
        of("worth of relieving it", &objective.unit),
    ];
    let mut goals: Vec<&GoalOutcome> = Vec::new();
    for goal in &outcome.goals {
        if !goals.iter().any(|other| other.name == goal.name) {
            goals.push(goal);
        }
    }
    let effect = |goal: &&GoalOutcome| {
        let per = format!("{} per unit", goal.unit);
        of(format!("effect on {}", goal.name), per.trim_start())
    };
    columns.extend(goals.iter().map(effect));
    let row = |limit: &LimitOutcome| {
        let mut row = row![
            &limit.path,
            &limit.text,
            limit.kind,
            &limit.of,
            limit.sense,
            limit.bound,
            limit.reached,
            unit(limit, outcome),
            limit.utilisation,
            limit.slack,
            limit.binding,
            limit.shadow_price,
            limit.left,
            limit.right,
            limit.decrease.map(|change| end(limit, -change)),
            limit.increase.map(|change| end(limit, change)),
            &limit.next_down,
            &limit.next_up,
            limit.worth,
        ];
        row.extend(goals.iter().map(|goal| {
            let effect = limit.goal_effects.iter().find(|effect| effect.goal == goal.name);
            Cell::from(effect.map(|it| sound(it.effect, limit.bound, goal.value)))
        }));
        row
    };
    let title = "Limits: those that bind by what relieving them is worth, then the others";
    Table::new("limits", title, columns).with(outcome.limits.iter().map(row))
}

/// A bound after a change; what is rounding beside the bound is 0.
fn end(limit: &LimitOutcome, change: f64) -> f64 {
    let end = limit.bound + change;
    if end.abs() <= 1e-9 * limit.bound.abs() { 0.0 } else { end }
}

/// An effect of one more unit on a goal; 0 if that of the whole bound is rounding beside the goal.
fn sound(effect: f64, bound: f64, goal: Option<f64>) -> f64 {
    let is_rounding = goal.is_some_and(|goal| (effect * bound).abs() <= 1e-14 * goal.abs());
    if is_rounding { 0.0 } else { effect }
}

/// The unit of a bound; none for shares, which are fractions.
fn unit<'a>(limit: &LimitOutcome, outcome: &'a Outcome) -> &'a str {
    match Counts::of(limit.kind) {
        Counts::Share => "",
        Counts::Mass => "t",
        Counts::Goal => {
            let goal = outcome.goals.iter().find(|goal| goal.name == limit.of);
            goal.map_or("", |goal| &goal.unit)
        }
        Counts::MassRate => "t/yr",
    }
}

pub(super) fn prices(outcome: &Outcome, flowsheet: &Flowsheet) -> Table {
    let columns = vec![
        plain("price"),
        plain("as written"),
        plain("value"),
        plain("same plan from"),
        plain("same plan to"),
        plain("unit"),
        plain("enters or comes free below"),
        plain("enters or comes free above"),
    ];
    let row = |price: &PriceOutcome| {
        row![
            &price.path,
            &price.text,
            price.value,
            price.low,
            price.high,
            internal_unit(flowsheet, &price.text, price.value),
            &price.next_down,
            &price.next_up,
        ]
    };
    let title = "Prices: how far they may go while the plan stays the same";
    Table::new("prices", title, columns).with(outcome.prices.iter().map(row))
}

/// The internal unit of a figure, by how it was written; none of a mere number, or of what is no quantity, and where the text
/// does not say the value.
pub(super) fn internal_unit(flowsheet: &Flowsheet, text: &str, value: f64) -> Option<String> {
    let quantity = flowsheet.units.parse(text).ok()?;
    let near = (quantity.value - value).abs() <= 1e-9 * value.abs();
    let unit = quantity.dimension.to_string().replace("money", &flowsheet.currency);
    (near && unit != "1").then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_no_effect() {
        assert_eq!(sound(-4.235e-22, 570_000.0, Some(1.0)), 0.0);
        assert_eq!(sound(-2.02e-6, 350.0, Some(7.218)), -2.02e-6);
        assert_eq!(sound(1e-22, 1.0, None), 1e-22);
    }
}
