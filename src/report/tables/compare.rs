//! What differs between two plans.

use super::{Cell, Column, Table, of, plain, row};
use crate::analysis::compare::{Attribution, Change, Comparison, GoalChange, Part, PriceChange};

/// Names of all tables that a comparison can have, in their order.
pub const NAMES: &[&str] =
    &["summary", "edits", "goals", "multipliers", "stages", "limits", "shadow-prices", "streams"];

/// All tables of a comparison that have rows, in the order of [`NAMES`].
#[must_use]
pub fn tables(told: &Comparison) -> Vec<Table> {
    let mut all = vec![summary(told)];
    all.extend(told.attribution.as_ref().map(|found| edits(told, found)));
    all.push(goals(told));
    all.extend([
        changes("multipliers", "Value multipliers that differ", "sales ÷ base", &told.multipliers),
        changes("stages", "Stages that differ", "value of stage", &told.stages),
        limits(told),
        shadow_prices(told),
        changes("streams", "Streams that differ", "stream", &told.streams),
    ]);
    all.retain(|table| !table.rows.is_empty());
    all
}

/// What is compared, and how the change is divided.
fn summary(told: &Comparison) -> Table {
    let columns = ["what", "before", "after", "change", "unit", "in words"].map(plain);
    let Change { name, unit, before, after, .. } = &told.objective;
    let words = |what: &str, text: &str| {
        row![what, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, text]
    };
    let mut rows = vec![
        row!["plan", &told.before, &told.after, Cell::Empty, Cell::Empty, Cell::Empty],
        row![name, *before, *after, difference(&told.objective), unit, Cell::Empty],
    ];
    if let Some(found) = &told.attribution {
        rows.push(words("how the change is divided", &found.method));
        rows.push(words("why that is fair", &found.fair_because));
        rows.extend(
            found
                .why_no_multiplier
                .iter()
                .map(|why| words("why the change of the multiplier is not divided", why)),
        );
    }
    rows.extend(told.why_not_attributed.iter().map(|why| words("why it is not divided", why)));
    rows.push(words("reeflow", env!("CARGO_PKG_VERSION")));
    Table::new("summary", "What changed", columns.into()).with(rows)
}

/// After less before, of what is in both.
fn difference(change: &Change) -> Cell {
    Cell::from(change.before.zip(change.after).map(|_| change.difference()))
}

/// The part of each edit; those that have one together stand below each other, the part with the first.
fn edits(told: &Comparison, found: &Attribution) -> Table {
    let objective = &told.objective;
    let goal = found.multiplier_goal.as_ref().filter(|_| found.multiplier.is_some());
    let goal = goal.map_or("multiplier", String::as_str);
    let parts = [format!("part in {}", objective.name), format!("part in {goal}")];
    let mut columns: Vec<Column> =
        ["edit", "how", "before", "after", "together with"].map(plain).into();
    columns.extend([of(&parts[0], &objective.unit), plain(&parts[1])]);
    let rows = found.parts.iter().flat_map(|part| {
        let Part { objective, multiplier, .. } = *part;
        let Some(first) = part.members.first() else {
            let (edit, before, after) = (&part.edit, &part.before, &part.after);
            return vec![row![
                edit,
                part.change,
                before,
                after,
                Cell::Empty,
                objective,
                multiplier
            ]];
        };
        let member = |(at, it): (usize, &crate::analysis::compare::Member)| {
            let own = at == 0;
            row![
                &it.edit,
                it.change,
                &it.before,
                &it.after,
                (!own).then_some(first.edit.as_str()),
                own.then_some(objective),
                multiplier.filter(|_| own),
            ]
        };
        part.members.iter().enumerate().map(member).collect()
    });
    let is_divided = found.parts.iter().any(|part| part.multiplier.is_some());
    let summed: Vec<&str> = if is_divided { vec![&parts[0], &parts[1]] } else { vec![&parts[0]] };
    Table::new("edits", "Which input did it", columns).with(rows).summed(&summed)
}

/// What is told of a number in both plans, after its name.
fn numbers() -> [Column; 10] {
    [
        "before",
        "after",
        "change",
        "relative change",
        "unit",
        "changed for certain",
        "least before",
        "greatest before",
        "least after",
        "greatest after",
    ]
    .map(plain)
}

fn number(change: &Change) -> Vec<Cell> {
    let relative = match (change.before, change.after) {
        (Some(before), Some(_)) if before != 0.0 => Some(change.difference() / before.abs()),
        _ => None,
    };
    let [low, high] = change.before_interval.unwrap_or_default();
    let [least, greatest] = change.after_interval.unwrap_or_default();
    row![
        change.before,
        change.after,
        difference(change),
        relative,
        &change.unit,
        change.fact,
        low,
        high,
        least,
        greatest,
    ]
}

fn changes(name: &'static str, title: &str, of: &str, changes: &[Change]) -> Table {
    let columns = std::iter::once(plain(of)).chain(numbers()).collect();
    let row = |change: &Change| [row![&change.name], number(change)].concat();
    Table::new(name, title, columns).with(changes.iter().map(row))
}

fn goals(told: &Comparison) -> Table {
    let verdicts = ["met before", "met after", "certain before", "certain after"].map(plain);
    let columns = std::iter::once(plain("goal")).chain(verdicts).chain(numbers()).collect();
    let row = |goal: &GoalChange| {
        let verdicts = row![
            &goal.value.name,
            goal.met_before,
            goal.met_after,
            goal.sure_before,
            goal.sure_after,
        ];
        [verdicts, number(&goal.value)].concat()
    };
    Table::new("goals", "Goals that differ", columns).with(told.goals.iter().map(row))
}

/// Limits that bind in one plan only.
fn limits(told: &Comparison) -> Table {
    let lists = [
        (&told.newly_binding, "after", true),
        (&told.newly_free, "before", true),
        (&told.perhaps_binding, "after", false),
        (&told.perhaps_free, "before", false),
    ];
    let rows = lists
        .into_iter()
        .flat_map(|(list, binds, certain)| list.iter().map(move |path| row![path, binds, certain]));
    let columns = ["limit", "binds", "for certain"].map(plain);
    Table::new("limits", "Limits that bind in one of the plans only", columns.into()).with(rows)
}

fn shadow_prices(told: &Comparison) -> Table {
    let columns = ["limit", "before", "after", "change", "unit"].map(plain);
    let row = |change: &PriceChange| {
        let Change { name, before, after, .. } = &change.value;
        row![name, *before, *after, difference(&change.value), change.unit()]
    };
    let title = "Shadow prices that differ, of limits that bind in both plans";
    Table::new("shadow-prices", title, columns.into()).with(told.shadow_prices.iter().map(row))
}
