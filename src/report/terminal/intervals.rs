//! What is no fact, and how far prices may go before the plan changes.

use super::page::{NONE, Page, Sheet, amount};
use crate::{
    analysis::{Outcome, PriceOutcome},
    measure::{Units, format_mass_rate, format_number},
};

/// What stands before a number that other optimal plans have otherwise.
const MARK: char = '~';

/// A number, marked if it is no fact.
pub(super) fn marked(text: String, open: bool) -> String {
    if open { format!("{MARK}{text}") } else { text }
}

pub(super) fn write(page: &mut Page, outcome: &Outcome) {
    let mut sheet = Sheet::new(&["what", "#here", "#at least", "#at most"]);
    let mut rows = 0;
    let mut add =
        |name: String, here: Option<f64>, ends: [Option<f64>; 2], show: &dyn Fn(f64) -> String| {
            let show = |value: Option<f64>| value.map_or_else(|| NONE.to_owned(), show);
            sheet.row([name, show(here), show(ends[0]), show(ends[1])]);
            rows += 1;
        };
    for goal in &outcome.goals {
        if let Some(ends) = goal.interval {
            let show = |value: f64| amount(value, &goal.unit, &outcome.currency);
            add(format!("goal {}", goal.name), goal.value, ends, &show);
        }
    }
    for stream in &outcome.streams {
        if let Some(ends) = stream.interval {
            add(stream.name.clone(), Some(stream.flow), ends, &format_mass_rate);
        }
        for species in &stream.species {
            if let Some(ends) = species.interval {
                let name = format!("{}, {}", stream.name, species.name);
                add(name, Some(species.flow), ends, &format_mass_rate);
            }
        }
    }
    for item in &outcome.open {
        let name = format!("{} {}", item.part.replace('-', " "), item.name);
        let ends = [item.least, item.greatest];
        add(name, Some(item.value), ends, &format_number);
    }
    if rows == 0 {
        return;
    }
    page.heading(&format!("No facts ({MARK}): other plans are as good"));
    page.table(&sheet);
}

pub(super) fn write_prices(page: &mut Page, outcome: &Outcome) {
    if outcome.prices.is_empty() {
        return;
    }
    page.heading("Prices: how far they may go while the plan stays the same");
    let mut sheet = Sheet::new(&[".price", "#now", "#from", ".below that", "#to", ".above that"]);
    for price in &outcome.prices {
        let next = |next: &Option<String>| next.clone().unwrap_or_default();
        sheet.row([
            price.path.clone(),
            price.text.clone(),
            end(price, price.low, &outcome.currency),
            next(&price.next_down),
            end(price, price.high, &outcome.currency),
            next(&price.next_up),
        ]);
    }
    page.table(&sheet);
}

/// An end of a range in the unit that the price was written in.
fn end(price: &PriceOutcome, end: Option<f64>, currency: &str) -> String {
    let Some(end) = end else { return "any".to_owned() };
    let unit = price.text.split_once(' ').map_or("", |(_, unit)| unit);
    match Units::new(currency).parse(&format!("1 {unit}")) {
        Ok(one) if one.value != 0.0 => {
            format!("{} {unit}", format_number(end / one.value)).trim().to_owned()
        }
        _ => format_number(end),
    }
}
