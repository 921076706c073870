//! The sequence of a plant as a tree, and what other sequences cost.

use crate::{
    analysis::extraction::{CascadeOutcome, Destination, ExtractionPlant, Phase},
    measure::{format_mass_rate, format_number},
};

use super::{
    super::page::{Page, Sheet},
    near_whole,
};

pub(super) fn write(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Sequence");
    page.item(&plant.sequence);
    page.item(
        "Of each cut the raffinate is told first, then what is extracted. S is mol extracted per mol fed, n + m are the \
         equilibrium stages of extraction and scrubbing.",
    );
    if let Some(first) = plant.cascades.first() {
        page.verbatim(&label(first));
        branches(page, plant, first, "");
    }
    if plant.ranking.len() > 1 {
        page.heading("Sequences that were designed in full");
        let mut sheet = Sheet::new(&["#", "#cost over\nthe best", "sequence"]);
        for (at, it) in plant.ranking.iter().enumerate() {
            sheet.row([(at + 1).to_string(), format_number(it.relative), it.sequence.clone()]);
        }
        page.table(&sheet);
        page.item("(raffinate | organic); » loaded organic that is fed to its next cascade without being stripped.");
    }
}

/// What a cascade feeds, the raffinate first.
fn branches(page: &mut Page, plant: &ExtractionPlant, from: &CascadeOutcome, indent: &str) {
    let ways = [(&from.raffinate_to, "├─ ", "│  "), (&from.organic_to, "└─ ", "   ")];
    for (to, stem, below) in ways {
        match to {
            Destination::Product(name) => {
                page.verbatim(&format!("{indent}{stem}{}", product(plant, name)));
            }
            Destination::Cascade(number) => {
                // Cascades stand in the order of their numbers.
                let Some(next) = plant.cascades.get(number - 1) else { continue };
                page.verbatim(&format!("{indent}{stem}{}", label(next)));
                branches(page, plant, next, &format!("{indent}{below}"));
            }
        }
    }
}

/// `3  P507-chloride  S 0.812  12 + 18  organic feed`
fn label(it: &CascadeOutcome) -> String {
    let mark = match it.phase {
        Phase::Aqueous => "",
        Phase::Organic => "  organic feed",
    };
    format!(
        "{}  {}  S {}  {} + {}{mark}",
        it.number,
        it.extractant,
        format_number(it.extraction),
        it.extraction_stages,
        it.scrub_stages
    )
}

/// `lanthanum  99.5 %  1,590 t/yr`
fn product(plant: &ExtractionPlant, name: &str) -> String {
    let found = plant.products.iter().find(|it| it.name == name);
    found.map_or_else(
        || name.to_owned(),
        |it| format!("{name}  {} %  {}", near_whole(it.purity), format_mass_rate(it.rate)),
    )
}
