//! What the page is about, how good the plan is, and how well that is proven.

use maud::{Markup, html};

use super::{Told, page::prose};
use crate::measure::format_number;

/// Title, note, objective and proof.
pub(super) fn head(told: &Told<'_>) -> Markup {
    let Told { outcome, words, .. } = told;
    let objective = &outcome.objective;
    let name = words.name("kind", &objective.name);
    let goals: Vec<bool> = match &outcome.roadmap {
        Some(roadmap) if outcome.period.is_some() => {
            roadmap.goals.iter().map(|it| it.met).collect()
        }
        _ => outcome.goals.iter().map(|goal| goal.met).collect(),
    };
    let met = goals.iter().filter(|&&met| met).count();
    html! {
        header {
            h1 { (outcome.title) }
            dl.facts {
                div.main {
                    dt {
                        @if objective.sense == "minimise" {
                            (words.text_with("least", &[("what", name)]))
                        } @else {
                            (words.text_with("greatest", &[("what", name)]))
                        }
                    }
                    dd { (words.amount(objective.value, &objective.unit, &outcome.currency)) }
                }
                @if !goals.is_empty() {
                    div {
                        dt { (words.text("goals-met")) }
                        dd { (met) " / " (goals.len()) }
                    }
                }
                @if let Some(period) = &outcome.period {
                    div {
                        dt { (words.text("told-period")) }
                        dd { (period) }
                    }
                }
            }
            (proof(told))
            (about(told))
        }
    }
}

/// How well the plan is proven.
pub(super) fn proof(told: &Told<'_>) -> Markup {
    let Told { outcome, words, .. } = told;
    let proof = &outcome.proof;
    let worst = proof.primal.max(proof.dual).max(proof.complementarity).max(proof.gap);
    html! {
        p.proof { (proven(told)) " " (words.text_with("certificate", &[
            ("worst", words.error(worst)),
            ("closure", words.error(proof.closure)),
            ("backend", proof.backend.clone()),
            ("full", words.number(proof.uncondensed.columns as f64)),
            ("condensed", words.number(proof.condensed.columns as f64)),
        ])) }
        @if outcome.objective.unique == Some(false) {
            p.proof { (words.text("not-unique")) }
        }
    }
}

/// The note of the flowsheet.
pub(super) fn about(told: &Told<'_>) -> Markup {
    let note = told.outcome.note.as_deref().unwrap_or_default().trim();
    html! {
        @if !note.is_empty() {
            div.about lang="" {
                @for paragraph in note.split("\n\n") {
                    p { (prose(paragraph)) }
                }
            }
        }
    }
}

/// In which sense the plan is proven to be the best.
fn proven(told: &Told<'_>) -> String {
    let words = &told.words;
    let search = told.outcome.roadmap.as_ref().and_then(|roadmap| roadmap.search);
    match (told.outcome.proof.exact, search) {
        (Some(exact), _) => {
            words.text_with("proven-exactly", &[("rows", words.number(exact.rows as f64))])
        }
        (None, Some(search)) if !search.complete => {
            let gap = words.local(&format!("{} %", format_number(100.0 * search.gap)));
            words.text_with("proven-within", &[("gap", gap)])
        }
        _ => words.text("proven"),
    }
}

/// How the figures are founded.
pub(super) fn foot(told: &Told<'_>) -> Markup {
    let Told { outcome, words, .. } = told;
    let count = &outcome.figures;
    html! {
        p { (words.text_with("figures", &[
            ("sourced", words.number(count.sourced as f64)),
            ("assumed", words.number(count.assumed as f64)),
            ("unstated", words.number(count.unstated as f64)),
        ])) }
        @if !outcome.normalised.is_empty() {
            ul {
                @for it in &outcome.normalised {
                    li { (words.text_with("normalised", &[
                        ("path", it.path.clone()),
                        ("sum", words.number(it.sum)),
                    ])) }
                }
            }
        }
    }
}
