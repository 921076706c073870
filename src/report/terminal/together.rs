//! Which goals can hold together.

use super::{
    Style,
    page::{Page, Sheet, amount, held},
};
use crate::analysis::together::Together;

/// The sets of goals as text.
#[must_use]
pub fn render(told: &Together, style: &Style) -> String {
    let mut page = Page::new(*style);
    page.heading(&told.title);
    if told.goals.is_empty() {
        page.line("The flowsheet has no goals.");
        return page.finish();
    }
    let show = |value: f64| held(&amount(value, &told.objective_unit, &told.currency));
    page.line(&format!("Without goals the best plan makes {}.", show(told.objective)));
    let mut sheet = Sheet::new(&["goal", "best plan", "some plan"]);
    let mark = |yes: bool| if yes { "✓" } else { "✗" }.to_owned();
    for goal in &told.goals {
        sheet.row([goal.name.clone(), mark(goal.met), mark(goal.possible)]);
    }
    page.table(&sheet);
    page.heading("What can hold together");
    if told.together.is_empty() {
        page.line("No goal can be met.");
    }
    let mut sheet = Sheet::new(&["goals", "#objective", "#cost of the goals"]);
    for set in &told.together {
        let cost = (told.objective - set.objective).abs();
        let cost = if cost <= 1e-9 * told.objective.abs() { 0.0 } else { cost };
        sheet.row([set.goals.join(", "), show(set.objective), show(cost)]);
    }
    page.table(&sheet);
    if !told.conflicts.is_empty() {
        page.heading("What cannot");
        for conflict in &told.conflicts {
            let set = match conflict.goals.as_slice() {
                [one] => format!("✗ {one}, by itself"),
                [some @ .., last] => format!("✗ {} with {last}", some.join(", ")),
                [] => continue,
            };
            let why = conflict.why.iter().map(|why| format!(": {why}"));
            page.item(&format!("{set}{}.", why.collect::<String>()));
        }
        page.item("What mends it: enforce them (`--set goal.NAME.enforce=true`) and solve.");
    }
    if !told.left_out.is_empty() {
        page.item(&format!("Not looked at, there are too many: {}.", told.left_out.join(", ")));
    }
    page.finish()
}
