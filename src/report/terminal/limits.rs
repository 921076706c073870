//! Bottlenecks: what to relieve next, and what it is worth.

use super::page::{NONE, Page, Sheet, amount, percent, signed, stacked};
use crate::{
    analysis::{
        Counts, GoalOutcome, JointOutcome, LimitOutcome, Outcome,
        compare::{PriceChange, SHARE},
    },
    measure::{format_fraction, format_money_rate, format_number, format_price},
};

/// Number of binding limits that are shown in a report of which no section was chosen.
const MOST: usize = 12;

/// Number of goals whose changes are shown.
const GOALS: usize = 5;

/// Number of limits that are told to be near, and from which utilisation on.
const NEAR: usize = 6;
const NEARLY: f64 = 0.8;

/// Two prices nearer than this are one, relative.
const SAME: f64 = 1e-6;

pub(super) fn write(page: &mut Page, outcome: &Outcome, in_full: bool) {
    if outcome.limits.is_empty() {
        return;
    }
    page.heading("Bottlenecks: what to relieve next");
    let other = |limit: &LimitOutcome| [limit.left, limit.right].contains(&Some(0.0));
    let priced = outcome.limits.iter().filter(|limit| {
        let sided = limit.left != limit.right && !(limit.left.is_none() && other(limit));
        limit.binding && (limit.shadow_price != 0.0 || (limit.sense != "exactly" && sided))
    });
    let priced: Vec<&LimitOutcome> = priced.collect();
    let most = if in_full { priced.len() } else { MOST.min(priced.len()) };
    if priced.is_empty() {
        page.line("No limit holds the objective back.");
    } else {
        write_table(page, outcome, &priced, most);
    }
    if let Some(joint) = &outcome.joint {
        write_joint(page, outcome, joint);
    }
    if outcome.objective.degenerate {
        write_sides(page, outcome, &priced, most);
    }
    let near = outcome.limits.iter().filter(|limit| {
        !limit.binding && limit.utilisation.is_some_and(|used| (NEARLY..=1.0).contains(&used))
    });
    let near: Vec<String> = near
        .take(NEAR)
        .map(|limit| format!("{} {} %", limit.path, percent(limit.utilisation.unwrap_or(0.0))))
        .collect();
    if !near.is_empty() {
        page.item(&format!("Near their limits: {}.", near.join(", ")));
    }
}

/// Limits that hold the objective together.
fn write_joint(page: &mut Page, outcome: &Outcome, joint: &JointOutcome) {
    let worth = in_objective(joint.worth_per_percent, outcome);
    let end = joint
        .percent
        .map_or_else(String::new, |percent| format!(", up to {} %", format_number(percent)));
    page.item(&format!(
        "Together: {} hold each other; one alone gains nothing, 1 % more of each is worth {worth}{end}.",
        joint.limits.join(", ")
    ));
}

/// Limits whose price is another one in the direction that tightens them.
fn write_sides(page: &mut Page, outcome: &Outcome, limits: &[&LimitOutcome], most: usize) {
    let other = |limit: &&&LimitOutcome| {
        let sides = [limit.left, limit.right].into_iter();
        sides.flatten().find(|side| (side - limit.shadow_price).abs() > SAME * side.abs())
    };
    let told = limits.iter().filter_map(|limit| {
        let price = other(&limit)?;
        let side = if limit.left == Some(price) { "less" } else { "more" };
        let unit = Unit::of(limit, outcome);
        let other = LimitOutcome { shadow_price: price, ..(*limit).clone() };
        Some(format!("{} {} for {side} of it", limit.path, shadow_price(&other, &unit, outcome)))
    });
    let told: Vec<String> = told.take(most).collect();
    let list = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
    page.item(&format!(
        "More limits meet than fix the plan; prices are those of relieving a limit{list}."
    ));
}

fn write_table(page: &mut Page, outcome: &Outcome, limits: &[&LimitOutcome], most: usize) {
    let mut sheet = Sheet::new(&[
        "",
        ".limit",
        "#bound",
        "#used\n%",
        "#shadow\nprice",
        "#holds\nfrom",
        "#\nto",
        "#worth",
    ]);
    for (rank, limit) in limits.iter().take(most).enumerate() {
        let unit = Unit::of(limit, outcome);
        let end = |change: Option<f64>, sign: f64| {
            let Some(change) = change else { return NONE.to_owned() };
            let end = limit.bound + sign * change;
            let is_rounding = end.abs() <= 1e-9 * limit.bound.abs();
            unit.show(if is_rounding { 0.0 } else { end }, &outcome.currency)
        };
        sheet.row([
            (rank + 1).to_string(),
            limit.path.clone(),
            unit.show(limit.bound, &outcome.currency),
            limit.utilisation.map_or_else(|| NONE.to_owned(), percent),
            shadow_price(limit, &unit, outcome),
            end(limit.decrease, -1.0),
            end(limit.increase, 1.0),
            match limit.worth {
                Some(worth) => in_objective(worth, outcome),
                None if limit.shadow_price == 0.0 => NONE.to_owned(),
                None if limit.decrease.is_none() && limit.increase.is_none() => NONE.to_owned(),
                None => "no end".to_owned(),
            },
        ]);
    }
    page.table(&sheet);
    let ends = limits.iter().take(most).enumerate();
    let ends: Vec<String> = ends
        .filter_map(|(rank, limit)| Some(format!("{} {}", rank + 1, then(limit, outcome)?)))
        .collect();
    if !ends.is_empty() {
        page.item(&format!("What binds next, at the end of the range: {}.", ends.join(", ")));
    }
    let shares = ["specification", "fraction", "recipe", "contract share"];
    let bends = |limit: &&&LimitOutcome| shares.contains(&limit.kind) && limit.sense != "exactly";
    if outcome.proof.ratio.is_some() || limits.iter().find(bends).is_some() {
        page.item("Along a share, and towards a ratio, the price changes within its range; the worth is the change itself.");
    }
    if limits.iter().any(|limit| limit.kind == "recipe" && limit.sense == "exactly") {
        page.item("A line of a recipe takes more as the others take less in proportion.");
    }
    let more = limits.len() - most;
    if more > 0 {
        page.line(&format!("… and {more} more that bind: `--show bottlenecks` tells all."));
    }
    write_effects(page, outcome, &limits[..most]);
}

/// What changes at the end of the range towards which the limit is worth moving.
fn then(limit: &LimitOutcome, outcome: &Outcome) -> Option<String> {
    let upwards = (limit.shadow_price > 0.0) == (outcome.objective.sense == "maximise");
    let next = if upwards { &limit.next_up } else { &limit.next_down };
    next.clone().filter(|_| limit.shadow_price != 0.0)
}

/// What one unit more of each limit does to the goals: to those that are missed, if any are.
fn write_effects(page: &mut Page, outcome: &Outcome, limits: &[&LimitOutcome]) {
    let all_met = outcome.goals.iter().all(|goal| goal.met);
    let goals = outcome.goals.iter().filter(|goal| all_met || !goal.met);
    let goals = goals.filter(|goal| limits.iter().any(|limit| effect(limit, &goal.name).is_some()));
    let goals: Vec<&GoalOutcome> = goals.take(GOALS).collect();
    if goals.is_empty() {
        return;
    }
    page.line("");
    let what = if all_met { "goals" } else { "missed goals" };
    page.line(&format!("What one more of each does to {what}:"));
    let mut head = vec![String::new(), ".limit".to_owned(), "one more".to_owned()];
    head.extend(goals.iter().map(|goal| match goal.unit.as_str() {
        "" => format!("#{}", stacked(&goal.name)),
        unit => format!("#{}\n{unit}", stacked(&goal.name)),
    }));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(&head);
    for (rank, limit) in limits.iter().enumerate() {
        let unit = Unit::of(limit, outcome);
        let mut cells = vec![(rank + 1).to_string(), limit.path.clone(), unit.step()];
        cells.extend(goals.iter().map(|goal| {
            let effect = effect(limit, &goal.name);
            effect.map_or_else(|| "0".to_owned(), |effect| signed(unit.per(effect)))
        }));
        sheet.cells(cells);
    }
    page.table(&sheet);
}

fn effect(limit: &LimitOutcome, goal: &str) -> Option<f64> {
    let effect = limit.goal_effects.iter().find(|effect| effect.goal == goal)?.effect;
    (effect.abs() > 1e-15).then_some(effect)
}

/// What a limit is counted in.
pub(in crate::report) enum Unit {
    /// t/yr.
    Mass,
    /// A share, told in per cent.
    Share,
    /// What the goal is counted in.
    Goal(String),
}

impl Unit {
    pub(in crate::report) fn of(limit: &LimitOutcome, outcome: &Outcome) -> Self {
        match Counts::of(limit.kind) {
            Counts::Share => Self::Share,
            Counts::Mass => Self::Goal("t".to_owned()),
            Counts::Goal => {
                let goal = outcome.goals.iter().find(|goal| goal.name == limit.of);
                Self::Goal(goal.map(|goal| goal.unit.clone()).unwrap_or_default())
            }
            Counts::MassRate => Self::Mass,
        }
    }

    /// Of a limit in two plans.
    pub(in crate::report) fn of_change(change: &PriceChange) -> Self {
        match change.per.as_str() {
            "t/yr" => Self::Mass,
            SHARE => Self::Share,
            unit => Self::Goal(unit.to_owned()),
        }
    }

    pub(in crate::report) fn show(&self, value: f64, currency: &str) -> String {
        match self {
            Self::Mass => amount(value, "t/yr", currency),
            Self::Share => format_fraction(value),
            Self::Goal(unit) => amount(value, unit, currency),
        }
    }

    /// A change per unit, as one per step that is told.
    fn per(&self, change: f64) -> f64 {
        if matches!(self, Self::Share) { change / 100.0 } else { change }
    }

    fn step(&self) -> String {
        match self {
            Self::Mass => "t/yr".to_owned(),
            Self::Share => "point".to_owned(),
            Self::Goal(unit) if unit.is_empty() => "unit".to_owned(),
            Self::Goal(unit) => unit.clone(),
        }
    }
}

/// Whether the objective is money.
pub(in crate::report) fn is_money(outcome: &Outcome) -> bool {
    outcome.objective.unit.strip_suffix("/yr") == Some(&outcome.currency)
}

/// A change of the objective.
fn in_objective(value: f64, outcome: &Outcome) -> String {
    amount(value, &outcome.objective.unit, &outcome.currency)
}

/// What one more of a limit is worth.
pub(in crate::report) fn shadow_price(
    limit: &LimitOutcome,
    unit: &Unit,
    outcome: &Outcome,
) -> String {
    worth_of_one(limit.shadow_price, unit, &outcome.objective.unit, &outcome.currency)
}

/// The same of an objective in a unit.
pub(in crate::report) fn worth_of_one(
    price: f64,
    unit: &Unit,
    objective: &str,
    currency: &str,
) -> String {
    let is_money = objective.strip_suffix("/yr") == Some(currency);
    match unit {
        Unit::Mass if is_money => format_price(price, currency),
        Unit::Mass if objective == "t/yr" => format!("{} t/t", format_number(price)),
        Unit::Share if is_money => {
            format!("{}\nper point", format_money_rate(unit.per(price), currency))
        }
        _ => format!("{} per {}", amount(unit.per(price), objective, currency), unit.step()),
    }
}
