//! Where a result comes from.

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held, stacked},
};
use crate::analysis::sources::{FigureFooting, SourcesReport};

/// Weights of so many results stand side by side.
const ABREAST: usize = 3;

/// The sources as text.
///
/// `results` are the places of those whose weights are told beside each figure; empty for the objective and the first
/// goals. `top` is the number of figures.
#[must_use]
pub fn render(
    report: &SourcesReport,
    results: &[usize],
    top: Option<usize>,
    style: &Style,
) -> String {
    let mut page = Page::new(*style);
    page.heading(&report.title);
    write_results(&mut page, report);
    let first: Vec<usize> = (0..report.results.len().min(ABREAST)).collect();
    let shown = if results.is_empty() { &first } else { results };
    write_figures(&mut page, report, shown, top);
    write_sources(&mut page, report, shown);
    if report.unweighed > 0 {
        page.item(&format!(
            "{} figures have no weight ({NONE}): cascades are designed by them, there are too many, they are shares of 0 or 1, \
             or times, in a plan over the years, there is no plan beside them, or the time limit passed.",
            report.unweighed
        ));
    }
    page.finish()
}

/// A share in %, to a tenth.
fn tenths(share: f64) -> String {
    match 100.0 * share {
        0.0 => "0".to_owned(),
        ..0.05 => "< 0.1".to_owned(),
        percent => format!("{percent:.1}"),
    }
}

fn write_results(page: &mut Page, report: &SourcesReport) {
    page.heading("What the results rest on");
    let mut sheet = Sheet::new(&[
        "result",
        "#value",
        "#±",
        "#high",
        "#medium",
        "#low",
        "#assumed",
        "#unstated",
        "#weak",
    ]);
    for result in &report.results {
        let show = |value: f64| held(&amount(value, &result.unit, &report.currency));
        let share = |footing: &str| {
            let found = result.shares.iter().find(|share| share.footing == footing);
            found.map_or_else(|| NONE.to_owned(), |share| held(&tenths(share.share)))
        };
        let weak = result.weak.map_or_else(|| NONE.to_owned(), |share| held(&tenths(share)));
        sheet.cells(vec![
            result.name.clone(),
            show(result.value),
            show(result.uncertainty),
            share("high"),
            share("medium"),
            share("low"),
            share("assumed"),
            share("unstated"),
            weak,
        ]);
    }
    page.table(&sheet);
    page.line(
        "±: root of the sum of squared weights. Shares: % of that sum by how figures are founded; weak: low, assumed and \
         unstated. A weight is the derivative times half of what lies between the values that a figure may have.",
    );
}

fn write_figures(page: &mut Page, report: &SourcesReport, shown: &[usize], top: Option<usize>) {
    let mut figures: Vec<&FigureFooting> = report.figures.iter().collect();
    let weight = |figure: &FigureFooting| -> f64 {
        let Some(weights) = &figure.weights else { return 0.0 };
        let relative = shown.iter().map(|&at| {
            let whole = report.results[at].uncertainty;
            if whole > 0.0 { (weights[at] / whole).abs() } else { 0.0 }
        });
        relative.fold(0.0, f64::max)
    };
    // The order of the file among those without weight.
    figures.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    let count = top.unwrap_or(figures.len()).min(figures.len());
    page.heading(&if count < figures.len() {
        format!("Figures: the {count} heaviest of {}", figures.len())
    } else {
        format!("Figures: {count}")
    });
    let names: Vec<String> =
        shown.iter().map(|&at| format!("#{}", stacked(&report.results[at].name))).collect();
    let mut columns = vec![".figure", "#value", "#may be", "footing", "source"];
    columns.extend(names.iter().map(String::as_str));
    let mut sheet = Sheet::new(&columns);
    for figure in &figures[..count] {
        let ends = match (figure.ends_text.as_slice(), figure.ends) {
            (_, [low, high]) if low == high => NONE.to_owned(),
            ([low, high], _) => format!("{low} to {high}"),
            _ => NONE.to_owned(),
        };
        let mut cells = vec![
            figure.path.clone(),
            held(&figure.text),
            held(&ends),
            figure.footing.to_owned(),
            if figure.sources.is_empty() { NONE.to_owned() } else { figure.sources.join(" ") },
        ];
        cells.extend(shown.iter().map(|&at| match &figure.weights {
            Some(weights) => {
                let result = &report.results[at];
                let size =
                    if weights[at].abs() <= 1e-9 * result.uncertainty { 0.0 } else { weights[at] };
                held(&amount(size, &result.unit, &report.currency))
            }
            None => NONE.to_owned(),
        }));
        sheet.cells(cells);
    }
    page.table(&sheet);
}

/// The address at the end of a source; nothing that a terminal could take for more than that.
fn address(text: &str) -> Option<&str> {
    let last = text.rsplit(' ').next()?;
    let known = ["https://", "http://"].iter().any(|scheme| last.starts_with(scheme));
    (known && last.bytes().all(|sign| sign.is_ascii_graphic())).then_some(last)
}

fn write_sources(page: &mut Page, report: &SourcesReport, shown: &[usize]) {
    page.heading("Sources");
    let names: Vec<String> =
        shown.iter().map(|&at| format!("#{} %", stacked(&report.results[at].name))).collect();
    let mut columns = vec!["source", "#figures"];
    columns.extend(names.iter().map(String::as_str));
    columns.push("");
    let mut sheet = Sheet::new(&columns);
    // The heaviest first, else the order of the file.
    let mut sources: Vec<_> = report.sources.iter().collect();
    let weight =
        |shares: &[Option<f64>]| shown.iter().filter_map(|&at| shares[at]).fold(0.0, f64::max);
    sources.sort_by(|a, b| weight(&b.shares).total_cmp(&weight(&a.shares)));
    for source in sources {
        let mut cells = vec![source.id.clone(), source.figures.to_string()];
        let shares = shown.iter().map(|&at| source.shares[at]);
        cells.extend(
            shares.map(|share| share.map_or_else(|| NONE.to_owned(), |share| held(&tenths(share)))),
        );
        cells.push(source.text.clone());
        if let Some(address) = address(&source.text) {
            sheet.link(&source.id, address);
        }
        sheet.cells(cells);
    }
    page.table(&sheet);
}
