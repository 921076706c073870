//! Where matter goes: streams, recoveries, residues.

use super::{
    account::error,
    page::{Money, NONE, Page, Sheet, number, percent},
};
use crate::{
    analysis::{Outcome, SpeciesFlow, StreamOutcome},
    measure::format_fraction,
};

/// Number of streams up to which all are main ones; else half of it by flow and half by value.
const MAIN: usize = 24;

/// Number of grades that are told of a stream, and the least of them.
const GRADES: usize = 4;
const LEAST: f64 = 1e-4;

/// Number of rows of recoveries.
const RECOVERIES: usize = 24;

pub(super) fn write_flows(page: &mut Page, outcome: &Outcome) {
    let running: Vec<&StreamOutcome> =
        outcome.streams.iter().filter(|stream| is_running(stream, outcome)).collect();
    if outcome.streams.is_empty() {
        return;
    }
    page.heading("Flows");
    let chosen = main_streams(&running);
    let largest = largest(outcome);
    let mut sheet = Sheet::new(&["stream", "from → to", "#t/yr", "grades"]);
    for stream in &chosen {
        sheet.row([
            stream.name.clone(),
            format!("{} → {}", stream.from, stream.to),
            number(stream.flow, largest, 1.0),
            grades(&stream.species),
        ]);
    }
    page.table(&sheet);
    let more = running.len() - chosen.len();
    if more > 0 {
        page.line(&format!("… and {more} more: `--show streams`."));
    }
    let still: Vec<&str> = outcome
        .streams
        .iter()
        .filter(|stream| !is_running(stream, outcome))
        .map(|stream| stream.name.as_str())
        .collect();
    if !still.is_empty() {
        page.item(&format!("Empty: {}.", still.join(", ")));
    }
    let worst = outcome.closure.iter().max_by(|a, b| a.relative.abs().total_cmp(&b.relative.abs()));
    if let Some(worst) = worst {
        page.item(&format!(
            "Closure of the whole over {} elements and species: worst {} ({}).",
            outcome.closure.len(),
            error(worst.relative.abs()),
            worst.name
        ));
    }
}

fn largest(outcome: &Outcome) -> f64 {
    outcome.streams.iter().map(|stream| stream.flow).fold(0.0, f64::max)
}

fn is_running(stream: &StreamOutcome, outcome: &Outcome) -> bool {
    stream.flow > 1e-9 * largest(outcome)
}

/// The streams with the largest flows and values, in the order of the file.
fn main_streams<'a>(streams: &[&'a StreamOutcome]) -> Vec<&'a StreamOutcome> {
    if streams.len() <= MAIN {
        return streams.to_vec();
    }
    let mut chosen = vec![false; streams.len()];
    let value = |stream: &StreamOutcome| stream.value.unwrap_or(stream.imputed_value).abs();
    let flow = |stream: &StreamOutcome| stream.flow;
    let mut take = |rank: &dyn Fn(&StreamOutcome) -> f64, until: usize| {
        let mut order: Vec<usize> = (0..streams.len()).collect();
        order.sort_by(|&a, &b| rank(streams[b]).total_cmp(&rank(streams[a])));
        for at in order {
            if chosen.iter().filter(|&&is| is).count() < until {
                chosen[at] = true;
            }
        }
    };
    take(&flow, MAIN / 2);
    take(&value, MAIN);
    streams.iter().zip(chosen).filter_map(|(&stream, is)| is.then_some(stream)).collect()
}

/// The main species with their grades.
fn grades(species: &[SpeciesFlow]) -> String {
    let shown = species.iter().filter(|item| item.grade >= LEAST).take(GRADES);
    let shown: Vec<String> =
        shown.map(|item| format!("{} {}", item.name, format_fraction(item.grade))).collect();
    shown.join(", ")
}

pub(super) fn write_streams(page: &mut Page, outcome: &Outcome) {
    if outcome.streams.is_empty() {
        return;
    }
    page.heading("Streams by species");
    let values = outcome.streams.iter().map(|item| item.value.unwrap_or(item.imputed_value));
    let money = Money::fitting(values, &outcome.currency);
    let largest = largest(outcome);
    let value = format!("#value {}", money.unit);
    let imputed = format!("#imputed {}", money.unit);
    let mut sheet = Sheet::new(&[
        "stream",
        "species",
        "#t/yr",
        "#grade",
        "#recovery %",
        &value,
        &imputed,
        "#worth per t",
    ]);
    for stream in &outcome.streams {
        sheet.row([
            stream.name.clone(),
            format!("→ {}", stream.to),
            number(stream.flow, largest, 1.0),
            String::new(),
            String::new(),
            stream.value.map_or_else(|| NONE.to_owned(), |value| money.show(value)),
            money.show(stream.imputed_value),
            String::new(),
        ]);
        for item in &stream.species {
            sheet.row([
                String::new(),
                item.name.clone(),
                number(item.flow, largest, 1.0),
                format_fraction(item.grade),
                item.recovery.map_or_else(|| NONE.to_owned(), percent),
                String::new(),
                String::new(),
                crate::measure::format_price(item.worth, &outcome.currency),
            ]);
        }
    }
    page.table(&sheet);
}

pub(super) fn write_recoveries(page: &mut Page, outcome: &Outcome) {
    let supplied: Vec<_> = outcome.recoveries.iter().filter(|item| item.supplied > 0.0).collect();
    if supplied.is_empty() {
        return;
    }
    page.heading("Recovery from all feeds and purchases");
    let mut sheet = Sheet::new(&["", "#supplied t/yr", "ends in, % of what is supplied"]);
    for item in supplied.iter().take(RECOVERIES) {
        let mut ends: Vec<_> = item.ends.iter().filter(|end| end.share.abs() >= LEAST).collect();
        ends.sort_by(|a, b| b.share.total_cmp(&a.share));
        let ends: Vec<String> =
            ends.iter().map(|end| format!("{} {}", end.to, percent(end.share))).collect();
        let name =
            if item.element { format!("{} (element)", item.name) } else { item.name.clone() };
        sheet.row([name, number(item.supplied, 0.0, 1.0), ends.join(", ")]);
    }
    page.table(&sheet);
    let more = supplied.len().saturating_sub(RECOVERIES);
    if more > 0 {
        page.line(&format!("… and {more} more: `--format json`."));
    }
}

pub(super) fn write_residues(page: &mut Page, outcome: &Outcome) {
    if outcome.residues.is_empty() {
        return;
    }
    page.heading("Residues");
    let money = Money::fitting(outcome.residues.iter().map(|item| item.cost), &outcome.currency);
    let cost = format!("#{}", money.unit);
    let mut sheet = Sheet::new(&["", "#t/yr", &cost, "grades"]);
    for item in &outcome.residues {
        let shown = item.species.iter().filter(|part| part.share >= LEAST).take(GRADES);
        let shown: Vec<String> =
            shown.map(|part| format!("{} {}", part.to, format_fraction(part.share))).collect();
        let flow = number(item.flow, largest(outcome), 1.0);
        sheet.row([item.name.clone(), flow, money.show(item.cost), shown.join(", ")]);
    }
    page.table(&sheet);
}
