//! The tornado: what each figure does.

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held},
};
use crate::{
    analysis::sensitivity::{Bar, SensitivityReport},
    measure::format_number,
};

/// Width of each half of a bar, in characters.
const HALF: usize = 10;

/// The tornado as text.
#[must_use]
pub fn render(report: &SensitivityReport, style: &Style) -> String {
    let mut page = Page::new(*style);
    let show = |value: f64| held(&amount(value, &report.unit, &report.currency));
    page.heading(&report.title);
    let by = format_number(report.by * 100.0);
    page.line(&format!(
        "{} is {}; each figure by {by} % of itself, alone, solved anew:",
        report.of,
        amount(report.base, &report.unit, &report.currency)
    ));
    if report.tornado.is_empty() {
        page.line("No figure moves it.");
        return page.finish();
    }
    let largest = report.tornado.iter().map(|bar| bar.swing).fold(f64::MIN_POSITIVE, f64::max);
    let low = format!("#-{by} %");
    let high = format!("#+{by} %");
    let mut sheet = Sheet::new(&[".figure", "#now", &low, &high, "#% per\n1 %", "less ┼ more", ""]);
    for bar in &report.tornado {
        let end = |end: Option<f64>| end.map_or_else(|| "no plan".to_owned(), show);
        sheet.row([
            bar.path.clone(),
            bar.text.clone(),
            end(bar.at_low),
            if (bar.moved[1] - 1.0).abs() < 1e-12 { NONE.to_owned() } else { end(bar.at_high) },
            bar.elasticity.map_or_else(|| NONE.to_owned(), format_number),
            held(&draw(bar, report.base, largest)),
            bar.provenance.to_owned(),
        ]);
    }
    page.table(&sheet);
    let clipped = report.tornado.iter().any(|bar| bar.moved[1] < 1.0 + report.by - 1e-12);
    if clipped {
        page.line("Shares end at 100 %.");
    }
    if report.degenerate {
        page.item(
            "More limits meet than fix the plan: `% per 1 %` may hold in one direction only; both ends are solved anew.",
        );
    }
    if report.unweighed > 0 {
        page.item(&format!(
            "{} figures that shape flows (assays, recoveries) were not weighed: there are too many.",
            report.unweighed
        ));
    }
    page.finish()
}

/// A bar around the base: `░` for the low value of the figure, `█` for the high one.
fn draw(bar: &Bar, base: f64, largest: f64) -> String {
    let mut cells = vec![' '; 2 * HALF + 1];
    cells[HALF] = '│';
    let mut paint = |end: Option<f64>, mark: char| {
        let Some(end) = end else { return };
        let share = ((end - base) / largest).clamp(-1.0, 1.0);
        let length = (share.abs() * HALF as f64).round();
        for at in 1..=HALF {
            if (at as f64) <= length {
                let place = if share < 0.0 { HALF - at } else { HALF + at };
                cells[place] = mark;
            }
        }
    };
    paint(bar.at_low, '░');
    paint(bar.at_high, '█');
    cells.into_iter().collect()
}
