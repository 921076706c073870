//! What becomes of claims, as a table for people and as one for Markdown.

use std::fmt::Write as _;

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held},
};
use crate::analysis::claims::{Checked, Claim, Turn, Verdict, Weight};

/// Figures that turn a verdict and are named.
const TURNS: usize = 3;

/// The claims of one flowsheet as text: a table, then what holds each, or what it hangs on.
#[must_use]
pub fn render(checked: &Checked, style: &Style) -> String {
    let mut page = Page::new(*style);
    let mut sheet = Sheet::new(&["claim", "", "#value", "#claimed", "#best attainable", "verdict"]);
    for claim in &checked.audit.claims {
        let show = |value: f64| held(&amount(value, &claim.unit, &checked.currency));
        let best = match claim.best {
            Some(best) => show(best),
            None if claim.met => String::new(),
            None => NONE.to_owned(),
        };
        sheet.row([
            name(claim),
            if claim.met { "✓" } else { "✗" }.to_owned(),
            claim.value.map_or_else(|| NONE.to_owned(), show),
            held(&format!("{} {}", sign(claim), show(claim.bound))),
            best,
            held(claim.verdict.words()),
        ]);
    }
    page.table(&sheet);
    for claim in &checked.audit.claims {
        let mark = if claim.met { "✓" } else { "✗" };
        let title = claim.title.as_ref().map_or(String::new(), |title| format!("{title}. "));
        let by = if claim.sources.is_empty() {
            String::new()
        } else {
            format!(" ({})", claim.sources.join(", "))
        };
        let words = reasons(claim, &checked.currency).join("; ");
        page.item(&format!(
            "{mark} {}{by}: {title}{}: {words}.",
            name(claim),
            capital(claim.verdict.words())
        ));
    }
    let planless = &checked.audit.without_plan;
    if !planless.is_empty() {
        let ends = planless.iter().take(TURNS);
        let ends = ends.map(|end| format!("`{}` = {} at {}", end.path, end.text, end.end));
        let ends: Vec<String> = ends.collect();
        let more = planless.len().saturating_sub(TURNS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        page.item(&format!(
            "There is no plan, and so no claim is judged, with {}{more}.",
            ends.join(", ")
        ));
    }
    page.finish()
}

/// The claims of one flowsheet as a table in Markdown.
#[must_use]
pub fn render_markdown(checked: &Checked) -> String {
    let mut text = String::from(
        "| claim | claimed | computed | verdict | why, and on which figures |\n| --- | --- | --- | --- | --- |\n",
    );
    for claim in &checked.audit.claims {
        let show = |value: f64| amount(value, &claim.unit, &checked.currency);
        let title = claim.title.as_ref().unwrap_or(&claim.measure);
        let by = if claim.sources.is_empty() {
            "no source".to_owned()
        } else {
            claim.sources.join(", ")
        };
        let mut computed = claim.value.map_or_else(|| NONE.to_owned(), show);
        if let Some(best) = claim.best.map(show).filter(|best| *best != computed) {
            let _ = write!(computed, "; at best {best}");
        }
        let cells = [
            format!("`{}`: {title}", name(claim)),
            format!("{} {} ({by})", sign(claim), show(claim.bound)),
            computed,
            format!("**{}**", claim.verdict.words()),
            reasons(claim, &checked.currency).join("; "),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// How many claims of each flowsheet hold, cannot hold and depend on something, as a table in Markdown.
#[must_use]
pub fn render_markdown_sums(all: &[Checked]) -> String {
    let verdicts = [Verdict::Holds, Verdict::DependsOn, Verdict::CannotHold, Verdict::Open];
    let words = verdicts.map(Verdict::words).join(" | ");
    let mut text = format!("| flowsheet | {words} |\n| --- | ---: | ---: | ---: | ---: |\n");
    for checked in all.iter().filter(|checked| !checked.audit.claims.is_empty()) {
        let counts = verdicts.map(|verdict| {
            checked.audit.claims.iter().filter(|claim| claim.verdict == verdict).count().to_string()
        });
        let _ = writeln!(text, "| `{}` | {} |", checked.name(), counts.join(" | "));
    }
    text
}

/// The goal, with its period.
fn name(claim: &Claim) -> String {
    match &claim.period {
        Some(period) => format!("{} in {period}", claim.goal),
        None => claim.goal.clone(),
    }
}

fn sign(claim: &Claim) -> char {
    if claim.sense == "at most" { '≤' } else { '≥' }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// What binds, what turns the verdict, what the value hangs on.
pub(in crate::report) fn reasons(claim: &Claim, currency: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let show = |value: f64| amount(value, &claim.unit, currency);
    if !claim.turned_by.is_empty() {
        let turns: Vec<String> =
            claim.turned_by.iter().take(TURNS).map(|turn| words_of_turn(turn, &show)).collect();
        let more = claim.turned_by.len().saturating_sub(TURNS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("turns with {}{more}", turns.join(", ")));
    }
    if !claim.why.is_empty() {
        parts.push(claim.why.clone());
    }
    if let Some(value) = claim.all_together {
        let word = if claim.verdict == Verdict::CannotHold { "still " } else { "" };
        parts.push(format!("{word}{} with the heaviest in doubt all at their best", show(value)));
    }
    let turned = |weight: &&Weight| !claim.turned_by.iter().any(|turn| turn.path == weight.path);
    let weights: Vec<String> = claim
        .hangs_on
        .iter()
        .filter(turned)
        .map(|weight| {
            let size = amount(weight.weight.abs(), &claim.unit, currency);
            format!("`{}` ({}, ±{size})", weight.path, weight.footing)
        })
        .collect();
    if !weights.is_empty() {
        parts.push(format!("hangs on {}", weights.join(", ")));
    }
    if claim.untried > 0 {
        parts.push(format!("{} figures in doubt not tried", claim.untried));
    }
    if parts.is_empty() {
        parts.push("hangs on no figure in doubt".to_owned());
    }
    parts
}

fn words_of_turn(turn: &Turn, show: &dyn Fn(f64) -> String) -> String {
    let value = turn.value.map_or_else(|| "no value".to_owned(), show);
    format!("`{}` = {} at {} ({value})", turn.path, turn.text, turn.end)
}
