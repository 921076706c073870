//! The cascades of a plant, in tables that fit a page.

use crate::{
    analysis::extraction::{CascadeOutcome, ExtractionPlant, Phase, Sections},
    measure::{format_fraction, format_number},
};

use super::{
    super::page::{NONE, Page, Sheet},
    letter,
};

/// How many products of one side of a cut are named.
const NAMED: usize = 2;

pub(super) fn write(page: &mut Page, plant: &ExtractionPlant) {
    write_cuts(page, plant);
    write_amounts(page, plant);
    write_tanks(page, plant);
    write_volumes(page, plant);
    write_flows(page, plant);
    write_leaks(page, plant);
    write_legacy(page, plant);
}

/// One row for each cascade.
fn table(
    page: &mut Page,
    plant: &ExtractionPlant,
    columns: &[&str],
    row: impl Fn(&CascadeOutcome) -> Vec<String>,
) {
    let columns: Vec<&str> = ["#no."].into_iter().chain(columns.iter().copied()).collect();
    let mut sheet = Sheet::new(&columns);
    for it in &plant.cascades {
        sheet.cells([it.number.to_string()].into_iter().chain(row(it)).collect());
    }
    page.table(&sheet);
}

fn or_none(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.to_owned(), format_number)
}

/// A number, or a dash for what is not there.
fn there(value: f64) -> String {
    or_none((value > 0.0).then_some(value))
}

/// `lanthanum, cerium`, or `lanthanum … ndpr` of many.
pub(in crate::report) fn side(products: &[String]) -> String {
    match products {
        [first, .., last] if products.len() > NAMED => format!("{first} … {last}"),
        _ => products.join(", "),
    }
}

fn write_cuts(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Cascades");
    let columns = ["by", "feed", "raffinate | extracted", "#keys", "#β", "#t/yr", "#mol/min"];
    table(page, plant, &columns, |it| {
        vec![
            letter(plant, &it.extractant).to_string(),
            match it.phase {
                Phase::Aqueous => "aq",
                Phase::Organic => "org",
            }
            .to_owned(),
            format!("{} | {}", side(&it.lower), side(&it.upper)),
            it.keys.join("/"),
            factor(it),
            format_number(it.feed),
            format_number(it.moles),
        ]
    });
}

/// The separation factor of the keys; that of the scrub section behind it, if it is another one.
fn factor(it: &CascadeOutcome) -> String {
    let same = (it.factor - it.scrub_factor).abs() <= 1e-9 * it.factor;
    if same {
        format_number(it.factor)
    } else {
        format!("{}; {}", format_number(it.factor), format_number(it.scrub_factor))
    }
}

fn write_amounts(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Amounts, mol/mol of what is fed to each");
    let columns = ["#S min", "#S", "#S/S min", "#W", "#E", "#E′", "#J_S", "#J_W", "#Φ"];
    table(page, plant, &columns, |it| {
        let exact = [it.minimum, it.extraction].map(format_number);
        let numbers = [
            it.margin,
            it.washing,
            it.extraction_ratio,
            it.scrub_ratio,
            it.extraction_reflux,
            it.washing_reflux,
            it.inventory,
        ];
        exact.into_iter().chain(numbers.map(three_digits)).collect()
    });
    page.item(
        "S min: with stages without number, at these leaks. E, E′: mixed extraction ratios of the extraction and the scrub \
         section. J_S, J_W: reflux ratios, S over the raffinate and W over the organic product. Φ: S (n + m), the usual \
         indicator of capital.",
    );
    let Some(margin) = plant.margin else { return };
    let held = plant.cascades.iter().filter(|it| it.margin <= margin * (1.0 + 1e-6));
    let held: Vec<String> = held.map(|it| it.number.to_string()).collect();
    if !held.is_empty() {
        page.item(&format!(
            "Held at {} times the minimum (key `margin`): {}.",
            format_number(margin),
            held.join(", ")
        ));
    }
}

fn write_tanks(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Stages and mixer-settlers");
    let columns = [
        "#stages\nn",
        "#\nm",
        "#feed\nat",
        "#tanks\nextract",
        "#\nscrub",
        "#\nstrip",
        "#\nwash",
        "#\nsapon",
        "#\nall",
    ];
    table(page, plant, &columns, |it| {
        let stages = [it.extraction_stages, it.scrub_stages, it.feed_stage];
        let tanks = it.tanks.all();
        let all = tanks.iter().sum::<usize>();
        let counts = stages.into_iter().chain(tanks).chain([all]);
        counts.map(|it| if it > 0 { it.to_string() } else { NONE.to_owned() }).collect()
    });
}

fn write_volumes(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Volumes and what is held");
    let columns = [
        "#tank, m³\nextract",
        "#\nscrub",
        "#\nstrip",
        "#\nwash",
        "#\nsapon",
        "#all tanks\nm³",
        "#organic\nm³",
        "#RE\nt",
    ];
    table(page, plant, &columns, |it| {
        let one: &Sections<f64> = &it.tank_volumes;
        let held = it.held_in_organic + it.held_in_aqueous;
        let numbers = one.all().into_iter().chain([it.volume, it.organic_held, held]);
        numbers.map(|it| if it > 0.0 { three_digits(it) } else { NONE.to_owned() }).collect()
    });
}

fn write_flows(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Flows while the plant runs, m³/h");
    let columns = ["#organic", "#feed", "#scrub acid", "#strip acid", "#base"];
    table(page, plant, &columns, |it| {
        let flows = &it.flows;
        [flows.organic, flows.feed, flows.scrub, flows.strip, flows.base].map(there).into()
    });
}

/// Rating and simulation may differ by this share.
const VERIFIED: f64 = 1e-6;

fn write_leaks(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("What goes the wrong way, mol/mol of what is fed to each");
    let verified = plant.cascades.iter().any(|it| it.verified.is_some());
    let mut columns =
        vec!["#into organic\nallowed", "#\nachieved", "#into raffinate\nallowed", "#\nachieved"];
    if verified {
        columns.push("#differs from\nsimulation");
    }
    table(page, plant, &columns, |it| {
        let mut cells: Vec<String> = [&it.light_leak, &it.heavy_leak]
            .into_iter()
            .flat_map(|leak| [leak.allowed, leak.achieved])
            .map(format_fraction)
            .collect();
        if verified {
            cells.push(it.verified.map_or_else(|| NONE.to_owned(), |it| format!("{it:.0e}")));
        }
        cells
    });
    let doubtful: Vec<String> = plant
        .cascades
        .iter()
        .filter(|it| it.verified.is_none_or(|found| found > VERIFIED))
        .map(|it| it.number.to_string())
        .collect();
    page.item(&if doubtful.is_empty() {
        "Rated from both ends to the feed; an independent simulation of all stages gives the same."
            .to_owned()
    } else {
        format!(
            "✗ Not borne out by an independent simulation of all stages: {}.",
            doubtful.join(", ")
        )
    });
}

fn write_legacy(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Textbook formulas, for comparison only, not used");
    let columns = [
        "#n\nXu",
        "#\nhere",
        "#m\nXu",
        "#\nhere",
        "#S min\npseudo-binary",
        "#\nhere",
        "#S\n√β",
        "#\nhere",
    ];
    table(page, plant, &columns, |it| {
        let legacy = &it.legacy;
        vec![
            or_none(legacy.extraction_stages.map(rounded)),
            it.extraction_stages.to_string(),
            or_none(legacy.scrub_stages.map(rounded)),
            it.scrub_stages.to_string(),
            or_none(legacy.minimum),
            format_number(it.minimum),
            or_none(legacy.square_root),
            format_number(it.extraction),
        ]
    });
    page.item(&format!(
        "They lump what is extracted, and what is not, into one element each; {NONE} where a formula has no value. Xu's numbers are for the S that is \
         used here."
    ));
}

/// A number to three significant digits.
fn three_digits(value: f64) -> String {
    format_number(format!("{value:.2e}").parse().unwrap_or(value))
}

/// A number of stages to a tenth.
fn rounded(stages: f64) -> f64 {
    (10.0 * stages).round() / 10.0
}
