//! What the result is, and what it rests on: title, proof, assumptions, notes.

use super::{
    account::error,
    page::{NONE, Page, Sheet, amount, signed},
};
use crate::analysis::{AssumptionOutcome, Outcome};

/// Number of assumptions that are shown.
const MOST: usize = 10;

pub(super) fn head(page: &mut Page, outcome: &Outcome) {
    page.heading(&outcome.title);
    let (objective, proof) = (&outcome.objective, &outcome.proof);
    let worst = proof.primal.max(proof.dual).max(proof.complementarity).max(proof.gap);
    let sense = match (objective.name.as_str(), objective.sense) {
        ("profit" | "net present value", "maximise") => "",
        (_, "minimise") => "least ",
        _ => "greatest ",
    };
    let twice = proof.ratio.map_or_else(String::new, |ratio| {
        let size = objective.value.abs().max(f64::MIN_POSITIVE);
        let apart = (ratio.charnes_cooper - ratio.dinkelbach).abs() / size;
        format!(", found twice, {} apart", error(apart))
    });
    let proven = match proof.exact {
        None => match outcome.roadmap.as_ref().and_then(|it| it.search) {
            Some(search) if !search.complete => {
                let gap = crate::measure::format_number(100.0 * search.gap);
                format!("within {gap} % of the best, proven")
            }
            _ => "proven".to_owned(),
        },
        Some(exact) => {
            let pivots = match exact.pivots {
                0 => String::new(),
                1 => ", 1 pivot after the solver".to_owned(),
                pivots => format!(", {pivots} pivots after the solver"),
            };
            format!("proven exactly (basis of {} rows in rational arithmetic{pivots})", exact.rows)
        }
    };
    page.item(&format!(
        "{sense}{} {}, {proven}: certificate {}, closure {}{twice}; {}; {} → {} columns",
        objective.name,
        amount(objective.value, &objective.unit, &outcome.currency),
        error(worst),
        error(proof.closure),
        proof.backend,
        proof.uncondensed.columns,
        proof.condensed.columns,
    ));
}

pub(super) fn write_assumptions(page: &mut Page, outcome: &Outcome) {
    let count = &outcome.figures;
    if count.sourced + count.assumed + count.unstated == 0 {
        return;
    }
    page.heading("Assumptions");
    let mut line = format!("{} figures with a source, {} assumed", count.sourced, count.assumed);
    if count.unstated > 0 {
        line.extend([format!(", {} that say neither", count.unstated)]);
    }
    if count.unweighed > 0 {
        line.extend([format!(
            ", of which {} were not weighed (too many, by which cascades are designed, or the time limit passed)",
            count.unweighed
        )]);
    }
    page.item(&format!("{line}."));
    let size = |item: &AssumptionOutcome| {
        let elasticity = item.multiplier_elasticity.unwrap_or(0.0).abs();
        (elasticity, item.objective_per_percent.unwrap_or(0.0).abs())
    };
    let mut order: Vec<&AssumptionOutcome> =
        outcome.assumptions.iter().filter(|item| size(item) != (0.0, 0.0)).collect();
    order.sort_by(|a, b| {
        let ((left, left_next), (right, right_next)) = (size(a), size(b));
        right.total_cmp(&left).then(right_next.total_cmp(&left_next))
    });
    let mut sheet = Sheet::new(&[
        ".1 % more of",
        "#value",
        "#multiplier, %",
        &format!("#{}", outcome.objective.name),
    ]);
    for item in order.iter().take(MOST) {
        let objective = item.objective_per_percent.map_or_else(
            || NONE.to_owned(),
            |change| {
                let text = amount(change, &outcome.objective.unit, &outcome.currency);
                if change > 0.0 { format!("+{text}") } else { text }
            },
        );
        sheet.row([
            item.path.clone(),
            item.text.clone(),
            item.multiplier_elasticity.map_or_else(|| NONE.to_owned(), signed),
            objective,
        ]);
    }
    page.table(&sheet);
    if outcome.normalised.is_empty() {
        return;
    }
    page.line("");
    let mut sheet = Sheet::new(&[".divided by its sum", "#sum", "#each part ×"]);
    for it in &outcome.normalised {
        sheet.row([it.path.clone(), precise(it.sum), precise(it.factor)]);
    }
    page.table(&sheet);
}

/// Six digits, since sums of parts are near to 100.
fn precise(value: f64) -> String {
    format!("{value:.5e}").parse::<f64>().unwrap_or(value).to_string()
}

pub(super) fn write_notes(page: &mut Page, outcome: &Outcome) {
    let mut notes: Vec<&str> = outcome.note.iter().map(String::as_str).collect();
    if outcome.objective.unique == Some(false) {
        notes.push(
            "Other plans reach the same optimum: the objective is a fact, single flows may not be.",
        );
    }
    if notes.is_empty() {
        return;
    }
    page.heading("Notes");
    for note in notes {
        for paragraph in note.trim().split("\n\n") {
            page.line(paragraph);
        }
    }
}
