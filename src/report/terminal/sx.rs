//! Solvent-extraction plants: the sequence, each cascade, what the plant holds and consumes, and what hangs on separation
//! factors.

mod cascades;
mod sensitivity;
mod sequence;

#[cfg(feature = "html")]
pub(in crate::report) use cascades::side;

use super::{
    Style,
    page::{NONE, Page, Sheet, percent},
};
use crate::{
    analysis::extraction::{
        Extraction, ExtractionPlant, FeedFrom, Minimised, PlantTotals, ReagentNeed,
    },
    measure::{format_fraction, format_mass, format_mass_rate, format_money, format_number},
};

/// The plants as text.
#[must_use]
pub fn render(told: &Extraction, style: &Style) -> String {
    let mut page = Page::new(*style);
    page.heading(&told.title);
    if !told.idle.is_empty() {
        page.item(&format!("Nothing comes to {}.", told.idle.join(", ")));
    }
    for plant in &told.plants {
        page.heading(&format!("Cascade `{}`", plant.operation));
        write_feed(&mut page, plant);
        sequence::write(&mut page, plant);
        cascades::write(&mut page, plant);
        write_products(&mut page, plant);
        write_totals(&mut page, plant, &told.currency);
        if let Some(found) = &plant.sensitivity {
            sensitivity::write(&mut page, plant, found);
        }
    }
    page.finish()
}

fn write_feed(page: &mut Page, plant: &ExtractionPlant) {
    let feed = &plant.feed;
    let from = match (feed.from, &feed.period) {
        (FeedFrom::Given, _) => "as given".to_owned(),
        (FeedFrom::Plan, None) => "the throughput of the best plan".to_owned(),
        (FeedFrom::Plan, Some(period)) => format!("the throughput of the best plan in {period}"),
    };
    page.item(&format!(
        "Sized for {}, {from}: {} mol/min in {} h/yr, {} % of the year.",
        format_mass_rate(feed.rate),
        format_number(feed.moles),
        format_number(feed.hours),
        percent(feed.availability),
    ));
    let mut parts: Vec<_> = feed.composition.iter().collect();
    parts.sort_by(|a, b| b.share.total_cmp(&a.share));
    let parts: Vec<String> =
        parts.iter().map(|it| format!("{} {}", it.element, percent(it.share))).collect();
    page.item(&format!("Feed, mol %: {}.", parts.join(", ")));
    let known: Vec<String> =
        extractants(plant).iter().map(|name| format!("{} {name}", letter(plant, name))).collect();
    page.item(&format!("Extractants: {}.", known.join(", ")));
    page.item(match plant.minimised {
        Minimised::Organic => "Made small: the organic that all stages hold.",
        Minimised::Extraction => "Made small: the extraction amounts, which the reagents follow.",
        Minimised::Cost => "Made small: the cost of reagents, tanks and what they hold.",
    });
}

/// The extractants that are used, in the order of the cascades.
fn extractants(plant: &ExtractionPlant) -> Vec<&str> {
    let mut known: Vec<&str> = Vec::new();
    for it in &plant.cascades {
        if !known.contains(&it.extractant.as_str()) {
            known.push(&it.extractant);
        }
    }
    known
}

/// What stands for an extractant where its name does not fit: `A`.
fn letter(plant: &ExtractionPlant, extractant: &str) -> char {
    let at = extractants(plant).iter().position(|it| *it == extractant);
    at.and_then(|at| ('A'..='Z').nth(at)).unwrap_or('?')
}

fn write_products(page: &mut Page, plant: &ExtractionPlant) {
    page.heading("Products");
    let asked = plant.products.iter().any(|it| it.recovery_asked.is_some());
    let mut columns = vec!["product", "of", "#t/yr", "#purity %\nasked", "#\nachieved"];
    if asked {
        columns.extend(["#recovery %\nasked", "#\nachieved"]);
    } else {
        columns.push("#recovery\n%");
    }
    columns.push("#reserve\n%");
    let mut sheet = Sheet::new(&columns);
    for it in &plant.products {
        let mut cells = vec![
            it.name.clone(),
            it.elements.join(" "),
            format_number(it.rate),
            near_whole(it.purity_asked),
            near_whole(it.purity),
        ];
        if asked {
            cells.push(it.recovery_asked.map_or_else(|| NONE.to_owned(), near_whole));
        }
        cells.extend([near_whole(it.recovery), percent(it.reserve)]);
        sheet.cells(cells);
    }
    page.table(&sheet);
    page.item(
        "Purities are by mass, recoveries by mole. Reserve: what is left of the impurity, or of the loss, that is allowed.",
    );
}

/// A share as a number of per cent, with as many digits as what lacks to the whole needs.
pub(in crate::report) fn near_whole(share: f64) -> String {
    let lacking = 100.0 * (1.0 - share);
    if lacking <= 0.0 || lacking > 10.0 {
        return percent(share);
    }
    // Two digits of what lacks.
    let digits = (1.0 - lacking.log10().floor()).clamp(1.0, 9.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 9")]
    let digits = digits as usize;
    let text = format!("{:.digits$}", 100.0 * share);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

fn write_totals(page: &mut Page, plant: &ExtractionPlant, currency: &str) {
    page.heading("In all");
    let totals = &plant.totals;
    let mut sheet = Sheet::new(&["what", "#amount", ""]);
    let mut row = |what: &str, amount: String, note: String| {
        sheet.row([what.to_owned(), amount, note]);
    };
    row(
        "cascades",
        totals.cascades.to_string(),
        format!("{} equilibrium stages of extraction and scrubbing", totals.stages),
    );
    row("mixer-settlers", format_number(totals.tanks as f64), with_volume(totals));
    row(
        "organic held",
        format!("{} m³", format_number(totals.organic_held)),
        "in all sections".to_owned(),
    );
    row(
        "rare earths held",
        format_mass(totals.held_in_organic + totals.held_in_aqueous),
        format!(
            "{} in the organic, {} in the aqueous; extraction and scrubbing",
            format_mass(totals.held_in_organic),
            format_mass(totals.held_in_aqueous)
        ),
    );
    row(
        "first product",
        format!("{} d", format_number(totals.first_product_days)),
        format!(
            "{} at the earliest; all cascades hold what is fed in {} d",
            totals.first_product,
            format_number(totals.days_held)
        ),
    );
    write_money(&mut row, totals, currency);
    row(
        "extraction ΣS",
        format!("{} mol/mol", format_number(totals.extraction)),
        match &totals.linked {
            Some(bound) => format!(
                "{} times the least of linked cascades, {} mol/mol, all with {}",
                format_number(bound.ratio),
                format_number(bound.extraction),
                bound.extractant
            ),
            None => "no bound of linked cascades: no extractant alone can make all cuts".to_owned(),
        },
    );
    write_reagents(&mut row, plant);
    row(
        "least S/S min",
        format_number(totals.least_margin),
        format!("cascade {}", totals.tightest),
    );
    row(
        "least reserve",
        format_fraction(totals.reserve),
        format!("of what {} is allowed", totals.least_reserve),
    );
    page.table(&sheet);
    page.item(
        "Aqueous feeds count at the concentration of the first one: what evaporates, or takes less acid, on the way is not \
         counted. The linear program takes shares of an element below 1e-7 as none.",
    );
}

fn with_volume(totals: &PlantTotals) -> String {
    let volume = format!("{} m³", format_number(totals.volume));
    match totals.existing_volume {
        Some(there) if totals.volume > there * (1.0 + 1e-9) => {
            format!("{volume}, more than the {} m³ that are there", format_number(there))
        }
        Some(there) => format!("{volume}, of {} m³ that are there", format_number(there)),
        None => volume,
    }
}

fn write_money(row: &mut impl FnMut(&str, String, String), totals: &PlantTotals, currency: &str) {
    let fill = &totals.fill;
    let parts: Vec<f64> = [fill.metals, fill.organic].into_iter().flatten().collect();
    if !parts.is_empty() {
        let part = |what: &str, value: Option<f64>| match value {
            Some(value) => format!("{what} {}", format_money(value, currency)),
            None => format!("{what} without a price"),
        };
        let without = if fill.metals.is_some() && !fill.without_price.is_empty() {
            format!("; {} without a price", fill.without_price.join(", "))
        } else {
            String::new()
        };
        row(
            "first fill",
            format_money(parts.iter().sum(), currency),
            format!(
                "{}, {}{without}",
                part("rare earths", fill.metals),
                part("organic", fill.organic)
            ),
        );
    }
    if let Some(capital) = totals.capital {
        row(
            "capital",
            format_money(capital, currency),
            "mixer-settlers, by the correlation".to_owned(),
        );
    }
}

fn write_reagents(row: &mut impl FnMut(&str, String, String), plant: &ExtractionPlant) {
    let reagents = &plant.totals.reagents;
    let yearly = |per_tonne: f64| format_mass_rate(per_tonne * plant.feed.rate);
    let mut need = |what: &str, named: Option<&ReagentNeed>, moles: f64| match named {
        Some(it) => row(
            what,
            format!("{} t/t", format_number(it.per_tonne)),
            format!("{} {}, {} mol/mol", yearly(it.per_tonne), it.name, format_number(moles)),
        ),
        None => row(what, format!("{} mol/mol", format_number(moles)), String::new()),
    };
    need("base", reagents.base.as_ref(), reagents.base_moles);
    need("acid", reagents.acid.as_ref(), reagents.acid_moles);
    if let Some(salt) = &reagents.salt {
        row(
            "salt in effluent",
            format!("{} t/t", format_number(salt.per_tonne)),
            format!("{} {}", yearly(salt.per_tonne), salt.name),
        );
    }
    row(
        "water",
        format!("{} m³/t", format_number(reagents.water)),
        format!("{} m³/yr, in acids and base", format_number(reagents.water * plant.feed.rate)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_to_the_whole_keeps_two_digits() {
        assert_eq!(near_whole(0.995), "99.5");
        assert_eq!(near_whole(0.995_012_3), "99.5");
        assert_eq!(near_whole(0.999_912_34), "99.9912");
        assert_eq!(near_whole(0.9), "90");
        assert_eq!(near_whole(0.5), "50");
        assert_eq!(near_whole(1.0), "100");
    }
}
