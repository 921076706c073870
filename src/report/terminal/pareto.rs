//! What two aims cost each other.

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held},
};
use crate::{
    analysis::pareto::{Aim, Pareto},
    measure::format_number,
};

/// The front as text.
#[must_use]
pub fn render(told: &Pareto, style: &Style) -> String {
    let mut page = Page::new(*style);
    page.heading(&told.title);
    let word = |aim: &Aim| if aim.sense == "maximise" { "greatest" } else { "least" };
    page.line(&format!(
        "From the {} {} to the {} {}, in {} plans of which none is better in both.",
        word(&told.first),
        told.first.name,
        word(&told.second),
        told.second.name,
        told.points.len()
    ));
    let per = if told.second.unit.is_empty() { "unit" } else { told.second.unit.as_str() };
    let head = [
        format!("#{}", told.first.name),
        format!("#{}", told.second.name),
        format!("#{} per {per} let go", told.first.unit),
    ];
    let routed = told.points.iter().any(|point| !point.routes.is_empty());
    let mut columns: Vec<&str> = head.iter().map(String::as_str).collect();
    if routed {
        columns.push("route");
    }
    let mut sheet = Sheet::new(&columns);
    let show = |value: f64, unit: &str| {
        let dated = amount(value, &format!("{unit}/yr"), &told.currency);
        let text = if unit == told.currency || unit == "t" {
            dated.trim_end_matches("/yr").to_owned()
        } else {
            amount(value, unit, &told.currency)
        };
        held(&text)
    };
    for point in &told.points {
        let trade = point.trade.map_or_else(|| NONE.to_owned(), format_number);
        let mut cells =
            vec![show(point.first, &told.first.unit), show(point.second, &told.second.unit), trade];
        if routed {
            cells.push(point.routes.join(", "));
        }
        sheet.cells(cells);
    }
    page.table(&sheet);
    if told.points.len() == 1 {
        page.line("Both aims are best in one plan.");
    }
    let gap = told.points.iter().filter_map(|point| point.gap).fold(0.0, f64::max);
    if gap > 1e-9 {
        page.line(&format!(
            "Whole numbers are proven to {} % at worst.",
            format_number(100.0 * gap)
        ));
    }
    page.finish()
}
