//! Where matter goes: streams, recoveries, residues.

use super::{
    account::error,
    intervals::marked,
    page::{Money, NONE, Page, Sheet, held, number, percent},
};
use crate::{
    analysis::{Outcome, Share, SpeciesFlow, StreamOutcome},
    measure::format_fraction,
};

/// Number of streams up to which all are main ones; else so many by flow, and the others by value.
const MAIN: usize = 24;
const BY_FLOW: usize = 12;

/// Number of grades that are told of a stream, and the least of them.
const GRADES: usize = 3;
const LEAST: f64 = 1e-4;

/// Number of rows of recoveries.
const RECOVERIES: usize = 24;

pub(super) fn write_flows(page: &mut Page, outcome: &Outcome) {
    if outcome.streams.is_empty() {
        return;
    }
    page.heading("Flows");
    write_table(page, &outcome.streams, MAIN);
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

/// The streams that run, the main ones if there are more than `most`; the names of the others.
pub(super) fn write_table(page: &mut Page, streams: &[StreamOutcome], most: usize) {
    let largest = largest(streams);
    let (running, still): (Vec<&StreamOutcome>, Vec<&StreamOutcome>) =
        streams.iter().partition(|stream| stream.flow > 1e-9 * largest);
    let chosen = if running.len() > most { main_streams(&running) } else { running.clone() };
    let mut sheet = Sheet::new(&["stream", "to", "#t/yr", "grades"]);
    for stream in &chosen {
        sheet.row([
            stream.name.clone(),
            stream.to.clone(),
            marked(number(stream.flow, largest, 1.0), stream.interval.is_some()),
            grades(&stream.species),
        ]);
    }
    page.table(&sheet);
    let more = running.len() - chosen.len();
    if more > 0 {
        page.line(&format!("… and {more} more: `--show streams`."));
    }
    if !still.is_empty() {
        let names = still.iter();
        let names: Vec<String> =
            names.map(|stream| marked(stream.name.clone(), stream.interval.is_some())).collect();
        page.item(&format!("Empty: {}.", names.join(", ")));
    }
}

fn largest(streams: &[StreamOutcome]) -> f64 {
    streams.iter().map(|stream| stream.flow).fold(0.0, f64::max)
}

/// The streams with the largest flows and values, in the order of the file.
fn main_streams<'a>(streams: &[&'a StreamOutcome]) -> Vec<&'a StreamOutcome> {
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
    take(&flow, BY_FLOW);
    take(&value, MAIN);
    streams.iter().zip(chosen).filter_map(|(&stream, is)| is.then_some(stream)).collect()
}

/// The main species with their grades.
fn grades(species: &[SpeciesFlow]) -> String {
    let shown = species.iter().filter(|item| item.grade >= LEAST).take(GRADES);
    let shown: Vec<String> = shown.map(|item| grade(&item.name, item.grade)).collect();
    shown.join(", ")
}

fn grade(name: &str, grade: f64) -> String {
    held(&format!("{name} {}", format_fraction(grade)))
}

pub(super) fn write_streams(page: &mut Page, outcome: &Outcome) {
    if outcome.streams.is_empty() {
        return;
    }
    page.heading("Streams by species");
    let values = outcome.streams.iter().map(|item| item.value.unwrap_or(item.imputed_value));
    let money = Money::fitting(values, &outcome.currency);
    let largest = largest(&outcome.streams);
    let value = format!("#value\n{}", money.unit);
    let imputed = format!("#imputed\n{}", money.unit);
    let mut sheet = Sheet::new(&[
        "stream",
        "species",
        "#t/yr",
        "#grade",
        "#recovery\n%",
        &value,
        &imputed,
        "#worth",
    ]);
    for stream in &outcome.streams {
        sheet.row([
            stream.name.clone(),
            format!("→ {}", stream.to),
            marked(number(stream.flow, largest, 1.0), stream.interval.is_some()),
            String::new(),
            String::new(),
            stream.value.map_or_else(|| NONE.to_owned(), |value| money.show(value)),
            marked(
                money.show(stream.imputed_value),
                outcome.is_open("imputed-value", &stream.name),
            ),
            String::new(),
        ]);
        for item in &stream.species {
            sheet.row([
                String::new(),
                item.name.clone(),
                marked(number(item.flow, largest, 1.0), item.interval.is_some()),
                format_fraction(item.grade),
                item.recovery.map_or_else(|| NONE.to_owned(), percent),
                String::new(),
                String::new(),
                marked(
                    crate::measure::format_price(item.worth, &outcome.currency),
                    outcome.is_open("worth", &format!("{} in {}", item.name, stream.name)),
                ),
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
        let told = |end: &&Share| {
            let open = outcome.is_open("recovery", &format!("{} in {}", item.name, end.to));
            held(&format!("{} {}", end.to, marked(percent(end.share), open)))
        };
        let ends: Vec<String> = ends.iter().map(told).collect();
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
        let shown: Vec<String> = shown.map(|part| grade(&part.to, part.share)).collect();
        let flow = number(item.flow, largest(&outcome.streams), 1.0);
        let flow = marked(flow, outcome.is_open("residue", &item.name));
        sheet.row([item.name.clone(), flow, money.show(item.cost), shown.join(", ")]);
    }
    page.table(&sheet);
}
