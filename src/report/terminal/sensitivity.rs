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
    let ranged = report.tornado.iter().any(|bar| bar.range.is_some());
    let own = if ranged { ", or over its own range (*)" } else { "" };
    page.line(&format!(
        "{} is {}; each figure by {by} % of itself{own}, alone, solved anew:",
        report.of,
        amount(report.base, &report.unit, &report.currency)
    ));
    if report.tornado.is_empty() {
        page.line("No figure moves it.");
    }
    let largest = report.tornado.iter().map(|bar| bar.swing).fold(f64::MIN_POSITIVE, f64::max);
    let low = format!("#-{by} %");
    let high = format!("#+{by} %");
    let mut sheet = Sheet::new(&[".figure", "#now", &low, &high, "#% per\n1 %", "less ┼ more", ""]);
    for bar in &report.tornado {
        let end = |at: usize, end: Option<f64>| match end {
            _ if bar.ends[at] == bar.value => NONE.to_owned(),
            Some(end) => show(end),
            None if bar.no_plan[at] => "no plan".to_owned(),
            None => NONE.to_owned(),
        };
        let now = if bar.range.is_some() { format!("{} *", bar.text) } else { bar.text.clone() };
        sheet.row([
            bar.path.clone(),
            held(&now),
            end(0, bar.at_low),
            end(1, bar.at_high),
            bar.elasticity.map_or_else(|| NONE.to_owned(), format_number),
            held(&draw(bar, report.base, largest)),
            bar.provenance.to_owned(),
        ]);
    }
    page.table(&sheet);
    for bar in &report.tornado {
        if let Some([low, high]) = &bar.range {
            page.item(&format!("* {}: {low} to {high}", bar.path));
        }
    }
    let clipped = |bar: &Bar| {
        bar.range.is_none() && bar.ends[1] == 1.0 && bar.value * (1.0 + report.by) > 1.0
    };
    if report.tornado.iter().any(clipped) {
        page.line("Shares end at 100 %.");
    }
    let refused = |bar: &Bar| {
        let ends = [(0, bar.at_low), (1, bar.at_high)];
        ends.iter().any(|&(at, end)| end.is_none() && !bar.no_plan[at] && bar.ends[at] != bar.value)
    };
    if report.tornado.iter().any(refused) {
        page.item(
            "– where the flowsheet is refused (shares that do not sum to 1, a specification that nothing meets) or a ratio has no denominator.",
        );
    }
    if report.degenerate {
        page.item(
            "More limits meet than fix the plan: `% per 1 %` may hold in one direction only; both ends are solved anew.",
        );
    }
    if report.unweighed > 0 {
        page.item(&format!(
            "{} figures were not weighed: there are too many that shape flows, cascades are designed by them (see `reeflow sx`), \
             or the time limit passed.",
            report.unweighed
        ));
    }
    if report.unsolved > 0 {
        page.item(&format!(
            "{} figures were not solved anew at their ends: there are too many, or the time limit passed.",
            report.unsolved
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
