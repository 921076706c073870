//! Goals: what is wanted, what is reached, what holds it back.

use maud::html;

use super::{Section, Told, page::prose, table::Table};
use crate::{
    analysis::{GoalCourse, GoalOutcome, GoalPoint, Roadmap},
    report::terminal::{claims::reasons, page::NONE},
};

/// Number of limits that are named as holding a goal back.
const HOLDERS: usize = 3;

pub(super) fn goals(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    if let (Some(roadmap), Some(_)) = (&outcome.roadmap, &outcome.period) {
        return by_period(told, roadmap);
    }
    if outcome.goals.is_empty() {
        return None;
    }
    let met = outcome.goals.iter().filter(|goal| goal.met).count();
    let counts = [("met", met.to_string()), ("all", outcome.goals.len().to_string())];
    let columns = ["goal", "verdict", "#value", "#bound", "#margin", "#best"];
    let columns = columns.map(|column| match column.strip_prefix('#') {
        Some(id) => format!("#{}", words.text(id)),
        None => words.text(column),
    });
    let mut table = Table::new(words.text_with("goals-count", &counts), columns).in_records();
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
                |slack| {
                    let is_rounding = slack.abs() <= 1e-9 * goal.bound.abs();
                    let slack = if is_rounding { 0.0 } else { slack };
                    words.signed(slack, &goal.unit, &outcome.currency)
                },
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
    Some(section(told, &table, None, &reasons))
}

fn section(
    told: &Told<'_>,
    table: &Table,
    courses: Option<&Table>,
    reasons: &[(String, String)],
) -> Section {
    let words = &told.words;
    let body = html! {
        (table.markup())
        @if let Some(courses) = courses { (courses.folded(words)) }
        @if !reasons.is_empty() {
            h3 { (words.text("why-missed")) }
            ul {
                @for (goal, reason) in reasons {
                    li { strong { (goal) } ": " (prose(reason)) }
                }
            }
        }
        (claims(told).markup())
    };
    Section { id: "goals", title: words.text("goals"), body, charts: Vec::new() }
}

/// What becomes of each goal when figures in doubt are moved, if that was asked for.
fn claims(told: &Told<'_>) -> Table {
    let Told { outcome, words, .. } = told;
    let columns = ["goal", "verdict", "why"].map(|id| words.text(id));
    let mut table = Table::new(words.text("claims"), columns).in_records();
    for claim in told.more.claims.unwrap_or_default() {
        let title = claim.title.as_ref().unwrap_or(&claim.goal);
        let title = match &claim.period {
            Some(period) => format!("{title}, {period}"),
            None => title.clone(),
        };
        let verdict = words.name("cell", claim.verdict.words());
        table.row([title, verdict, reasons(claim, &outcome.currency).join("; ")]);
    }
    table
}

/// Goals of a plan over the years, period by period.
fn by_period(told: &Told<'_>, roadmap: &Roadmap) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    if roadmap.goals.is_empty() {
        return None;
    }
    let met = roadmap.goals.iter().filter(|goal| goal.met).count();
    let counts = [("met", met.to_string()), ("all", roadmap.goals.len().to_string())];
    let columns = ["goal", "verdict", "#bound", "to-hold-in", "#at-worst"];
    let columns = columns.map(|column| match column.strip_prefix('#') {
        Some(id) => format!("#{}", words.text(id)),
        None => words.text(column),
    });
    let mut table = Table::new(words.text_with("goals-count", &counts), columns).in_records();
    for goal in &roadmap.goals {
        let show = |value: f64| words.amount(value, &goal.unit, &outcome.currency);
        let name = goal.title.clone().unwrap_or_else(|| goal.name.clone());
        let worst = worst(roadmap, goal).map(|(period, point)| {
            let value = point.value.map_or_else(|| NONE.to_owned(), show);
            words.text_with("at-worst-in", &[("value", value), ("period", period.to_owned())])
        });
        table.row([
            name,
            verdict(told, goal.met),
            bounds(goal, show),
            stretches(roadmap, goal, |point| point.wanted),
            worst.unwrap_or_else(|| NONE.to_owned()),
        ]);
    }
    let courses = courses(told, roadmap);
    let missed = roadmap.goals.iter().filter(|goal| !goal.met);
    let reasons = missed.map(|goal| {
        let name = goal.title.clone().unwrap_or_else(|| goal.name.clone());
        (name, reason_by_period(told, roadmap, goal))
    });
    let reasons: Vec<(String, String)> = reasons.collect();
    Some(section(told, &table, Some(&courses), &reasons))
}

/// What each goal reaches in each period, in one unit.
fn courses(told: &Told<'_>, roadmap: &Roadmap) -> Table {
    let words = &told.words;
    let periods = roadmap.periods.iter().map(|period| format!("#{}", period.name));
    let columns = std::iter::once(words.text("goal")).chain(periods);
    let mut table = Table::new(words.text("goals-periods"), columns);
    for goal in &roadmap.goals {
        let cells = goal.points.iter().map(|point| {
            let value = point.value.map_or_else(|| NONE.to_owned(), |it| words.number(it));
            match (point.wanted, point.met) {
                (false, _) => value,
                (true, true) => format!("✓ {value}"),
                (true, false) => format!("✗ {value}"),
            }
        });
        let name = goal.title.as_ref().unwrap_or(&goal.name);
        let name = match goal.unit.as_str() {
            "" => name.clone(),
            unit => format!("{name}; {}", words.unit(unit)),
        };
        table.row(std::iter::once(name).chain(cells));
    }
    table
}

/// The periods in which something is so of a goal: `2025–2027, 2030`.
fn stretches(roadmap: &Roadmap, goal: &GoalCourse, so: impl Fn(&GoalPoint) -> bool) -> String {
    let points: Vec<_> = roadmap.periods.iter().zip(&goal.points).collect();
    let stretches = points.chunk_by(|(_, one), (_, next)| so(one) == so(next));
    let stretches = stretches.filter(|stretch| so(stretch[0].1)).map(|stretch| match stretch {
        [(first, _), .., (last, _)] => format!("{}–{}", first.name, last.name),
        _ => stretch[0].0.name.clone(),
    });
    stretches.collect::<Vec<_>>().join(", ")
}

/// The period in which a goal is to hold and is missed most, or is met with the least margin.
fn worst<'a>(roadmap: &'a Roadmap, goal: &'a GoalCourse) -> Option<(&'a str, &'a GoalPoint)> {
    let wanted = roadmap.periods.iter().zip(&goal.points).filter(|(_, point)| point.wanted);
    let margin = |point: &GoalPoint| {
        let above = point.value.map_or(f64::NEG_INFINITY, |value| value - point.bound);
        if goal.sense == "at most" && above.is_finite() { -above } else { above }
    };
    let least = wanted.min_by(|(_, one), (_, other)| margin(one).total_cmp(&margin(other)));
    least.map(|(period, point)| (period.name.as_str(), point))
}

/// The bounds of the periods in which a goal is to hold.
fn bounds(goal: &GoalCourse, show: impl Fn(f64) -> String) -> String {
    let sign = if goal.sense == "at most" { "≤" } else { "≥" };
    let wanted = goal.points.iter().filter(|point| point.wanted);
    let wanted: Vec<f64> = wanted.map(|point| point.bound).collect();
    match (wanted.first(), wanted.last()) {
        (Some(first), Some(last)) if first == last => format!("{sign} {}", show(*first)),
        (Some(first), Some(last)) => format!("{sign} {} … {}", show(*first), show(*last)),
        _ => NONE.to_owned(),
    }
}

/// When a goal is missed and by how much, and how good it could be at last.
fn reason_by_period(told: &Told<'_>, roadmap: &Roadmap, goal: &GoalCourse) -> String {
    let Told { outcome, words, .. } = told;
    let is_missed = |point: &GoalPoint| point.wanted && !point.met;
    let periods = stretches(roadmap, goal, is_missed);
    let mut parts = vec![words.text_with("missed-in", &[("periods", periods)])];
    let mut points = roadmap.periods.iter().zip(&goal.points).rev();
    let Some((period, point)) = points.find(|(_, point)| is_missed(point)) else {
        return parts.remove(0);
    };
    let signed = |value: f64| words.signed(value, &goal.unit, &outcome.currency);
    if let Some(value) = point.value {
        let slack = if goal.sense == "at most" { point.bound - value } else { value - point.bound };
        let margin = [("margin", signed(slack)), ("period", period.name.clone())];
        parts.push(words.text_with("margin-in", &margin));
    }
    if let Some(best) = point.best {
        let best = words.amount(best, &goal.unit, &outcome.currency);
        let best = [("best", best), ("period", period.name.clone())];
        parts.push(words.text_with("best-in", &best));
    }
    if !point.held_by.is_empty() {
        let limits = point.held_by.join(", ");
        parts.push(words.text_with("held-by", &[("limits", limits)]));
    }
    parts.join("; ")
}

/// Met or missed, in words and with a mark.
fn verdict(told: &Told<'_>, met: bool) -> String {
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
