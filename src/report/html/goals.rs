//! Goals: what is wanted, what is reached, what holds it back.

use maud::html;

use super::{Section, Told, table::Table};
use crate::{analysis::GoalOutcome, report::terminal::page::NONE};

/// Number of limits that are named as holding a goal back.
const HOLDERS: usize = 3;

pub(super) fn goals(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    if outcome.goals.is_empty() {
        return None;
    }
    let met = outcome.goals.iter().filter(|goal| goal.met).count();
    let counts = [("met", met.to_string()), ("all", outcome.goals.len().to_string())];
    let title = match &outcome.period {
        Some(period) => words.text_with("goals-in", &[("period", period.clone())]),
        None => words.text("goals"),
    };
    let columns = ["goal", "verdict", "#value", "#bound", "#margin", "#best"];
    let columns = columns.map(|column| match column.strip_prefix('#') {
        Some(id) => format!("#{}", words.text(id)),
        None => words.text(column),
    });
    let mut table = Table::new(words.text_with("goals-count", &counts), columns);
    for goal in &outcome.goals {
        let show = |value: f64| words.amount(value, &goal.unit, &outcome.currency);
        let sign = if goal.sense == "at most" { "≤" } else { "≥" };
        let mut name = goal.title.clone().unwrap_or_else(|| goal.name.clone());
        if goal.enforced {
            name = words.text_with("enforced", &[("goal", name)]);
        }
        let value = goal.value.map_or_else(|| NONE.to_owned(), show);
        table.row([
            name,
            verdict(told, goal.met),
            if goal.interval.is_some() { format!("~{value}") } else { value },
            format!("{sign} {}", show(goal.bound)),
            goal.slack.map_or_else(
                || NONE.to_owned(),
                |slack| words.signed(slack, &goal.unit, &outcome.currency),
            ),
            match goal.best {
                Some(best) => show(best),
                None if goal.met => String::new(),
                None => NONE.to_owned(),
            },
        ]);
    }
    let reasons: Vec<(String, String)> = outcome
        .goals
        .iter()
        .filter(|goal| !goal.met)
        .filter_map(|goal| {
            let name = goal.title.clone().unwrap_or_else(|| goal.name.clone());
            Some((name, reason(told, goal)?))
        })
        .collect();
    let body = html! {
        (table.markup())
        @if !reasons.is_empty() {
            h3 { (words.text("why-missed")) }
            ul {
                @for (goal, reason) in &reasons {
                    li { strong { (goal) } ": " (reason) }
                }
            }
        }
    };
    Some(Section { id: "goals", title, body, charts: Vec::new() })
}

/// Met or missed, in words and with a mark.
pub(super) fn verdict(told: &Told<'_>, met: bool) -> String {
    if met {
        format!("✓ {}", told.words.text("is-met"))
    } else {
        format!("✗ {}", told.words.text("is-missed"))
    }
}

/// What holds a missed goal back; none if nothing is known of it.
fn reason(told: &Told<'_>, goal: &GoalOutcome) -> Option<String> {
    let words = &told.words;
    let mut parts: Vec<String> = Vec::new();
    if let Some(reason) = &goal.why_no_best {
        parts.push(words.text_with("no-best", &[("reason", reason.clone())]));
    }
    let holders: Vec<&str> =
        goal.held_by.iter().take(HOLDERS).map(|held| held.limit.as_str()).collect();
    let more = goal.held_by.len().saturating_sub(HOLDERS);
    if holders.is_empty() && goal.best.is_some() {
        parts.push(words.text("held-by-none"));
    }
    if !holders.is_empty() {
        parts.push(words.text_with("held-by", &[("limits", holders.join(", "))]));
    }
    if more > 0 {
        parts.push(words.text_with("more", &[("count", more.to_string())]));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
