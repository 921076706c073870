//! Specifications that no plan can meet.
//!
//! What enters a product is a sum of driver columns with factors ≥ 0, so its grade lies between the least and the
//! greatest grade of these columns. A bound outside that range cannot be met by any mixture. Where a reaction makes
//! an entry negative the argument does not hold, and nothing is said.

use std::collections::BTreeMap;

use super::{Driver, DriverId, assemble::place_of, compose::TransferRow, system::Nodes};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Span},
    flowsheet::{Flowsheet, Kind, Limit, LimitKind, OperationId, PeriodId, Port, Sense, Values},
    index::{Id, IdVec},
};

/// Grades may be off by this much.
const TOLERANCE: f64 = 1e-9;

/// Reports specifications that are out of reach of every mixture.
pub(super) fn check(
    flowsheet: &Flowsheet,
    values: &IdVec<PeriodId, Values>,
    nodes: &Nodes,
    drivers: &IdVec<DriverId, Driver>,
    transfer: &[TransferRow],
    findings: &mut Diagnostics,
) {
    for limit in &flowsheet.limits {
        let Port::Inlet(operation) = limit.port else { continue };
        if limit.kind != LimitKind::Specification || limit.share_of != Some(limit.port) {
            continue;
        }
        for period in flowsheet.periods.ids() {
            let grades = grades(flowsheet, nodes, transfer, limit, operation, period);
            let least = grades.iter().min_by(|a, b| a.1.total_cmp(&b.1));
            let greatest = grades.iter().max_by(|a, b| a.1.total_cmp(&b.1));
            let (Some(&least), Some(&greatest)) = (least, greatest) else { continue };
            let bound = values[period][limit.figure];
            let best = match limit.sense {
                Sense::AtLeast | Sense::Exactly if greatest.1 < bound - TOLERANCE => greatest,
                Sense::AtMost | Sense::Exactly if least.1 > bound + TOLERANCE => least,
                _ => continue,
            };
            findings.push(report(flowsheet, drivers, limit, bound, best));
            break;
        }
    }
}

/// The grade of the inlet of an operation per driver that alone would bring anything; none where it is not clear.
fn grades(
    flowsheet: &Flowsheet,
    nodes: &Nodes,
    transfer: &[TransferRow],
    limit: &Limit,
    operation: OperationId,
    period: PeriodId,
) -> Vec<(DriverId, f64)> {
    // Per driver: the content, the whole.
    let mut columns: BTreeMap<DriverId, (f64, f64)> = BTreeMap::new();
    for &stream in &flowsheet.operations[operation].inlets {
        for (node, species) in nodes.of(flowsheet, stream, period) {
            let weight = limit.content.weight(species);
            for &(driver, value) in &transfer[node.index()] {
                if value < 0.0 {
                    return Vec::new();
                }
                let column = columns.entry(driver).or_default();
                column.0 += weight * value;
                column.1 += value;
            }
        }
    }
    columns
        .into_iter()
        .filter(|&(_, (_, whole))| whole > 0.0)
        .map(|(driver, (content, whole))| (driver, content / whole))
        .collect()
}

fn report(
    flowsheet: &Flowsheet,
    drivers: &IdVec<DriverId, Driver>,
    limit: &Limit,
    bound: f64,
    (driver, grade): (DriverId, f64),
) -> Diagnostic {
    let figure = &flowsheet.figures[limit.figure];
    let name = &flowsheet.operations[limit.operation].name;
    let content = &limit.content.name;
    let (source, place) = place_of(flowsheet, drivers, driver);
    let sense = match limit.sense {
        Sense::AtLeast => "at least ",
        Sense::AtMost => "at most ",
        Sense::Exactly => "exactly ",
    };
    let too_low = grade < bound;
    let word = if too_low { "richest" } else { "purest" };
    let grade = percent(grade, bound);
    let message = format!(
        "product `{name}` must hold {sense}{} `{content}`, but the {word} that can reach it holds {grade} %",
        figure.text
    );
    let help = if too_low {
        format!("enrich `{content}` further up, or relax the specification to {grade} %")
    } else {
        format!("remove `{content}` further up, or relax the specification to {grade} %")
    };
    let found = Diagnostic::new(Code::SpecificationUnmeetable, message)
        .at(figure.span, "")
        .at(place, format!("what comes from {source} alone holds {grade} %"));
    let assays = assays(flowsheet, limit, too_low.then_some(bound));
    assays.into_iter().fold(found, |found, (span, text)| found.at(span, text)).help(help)
}

/// Most assays that are marked.
const ASSAYS: usize = 4;

/// The grades of feeds that hold less of a content than is asked for; none is marked if too much is there.
fn assays(flowsheet: &Flowsheet, limit: &Limit, least: Option<f64>) -> Vec<(Span, String)> {
    let Some(least) = least else { return Vec::new() };
    let mut places = Vec::new();
    for operation in &flowsheet.operations {
        let Kind::Feed(feed) = &operation.kind else { continue };
        for grade in &feed.assay.grades {
            let figure = &flowsheet.figures[grade.figure];
            if limit.content.meets(&grade.members) && figure.value < least {
                places.push((figure.span, format!("so much is in `{}`", operation.name)));
            }
        }
    }
    places.truncate(ASSAYS);
    places
}

/// A grade as percent, with as many digits as tell it from the bound, rounded away from the bound: so much can be met.
fn percent(grade: f64, bound: f64) -> String {
    let mut text = String::new();
    for digits in 2..12_i32 {
        let scale = 10_f64.powi(digits + 2);
        // The last bits of a grade are no reason to tell less.
        let away = if grade < bound {
            (grade * scale + 1e-6).floor()
        } else {
            (grade * scale - 1e-6).ceil()
        };
        text = format!("{:.*}", usize::try_from(digits).unwrap_or(2), away / scale * 100.0);
        if (away / scale - bound).abs() > 1e-12 {
            break;
        }
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::Sources,
        document::{Files, Read, Request, load},
        model::Model,
    };

    struct NoFiles;

    impl Files for NoFiles {
        fn read(&self, _path: &str, _from: &str) -> Result<Read, String> {
            Err("no such file".to_owned())
        }
    }

    /// Two ores of 40 % and 20 % `CaF2`, and a kiln for lime, which the ores may pass.
    fn findings(specification: &str, of: &str) -> Vec<String> {
        let text = format!(
            r#"
            [flowsheet]
            title = "t"
            assumed = "test"
            [species.gangue]
            [feed.rich]
            to = "{of}"
            assay = {{ grade = {{ CaF2 = "40 %", CaCO3 = "10 %" }}, rest = "gangue" }}
            [feed.poor]
            to = "{of}"
            assay = {{ grade = {{ CaF2 = "20 %", CaCO3 = "10 %" }}, rest = "gangue" }}
            [reactor.kiln]
            to = "sales"
            reaction = [{{ equation = "CaCO3 -> CaO + CO2", key = "CaCO3", conversion = "50 %" }}]
            [feed.lime]
            to = "kiln"
            assay = {{ grade = {{ CaCO3 = "100 %" }} }}
            [product.sales]
            price = "1 USD/t"
            specification = {{ CaF2 = {specification} }}
            "#
        );
        let mut sources = Sources::new();
        let loaded = load("t", text.as_bytes(), &Request::default(), &NoFiles, &mut sources);
        let document = loaded.expect("sound").document;
        let (flowsheet, _) = Flowsheet::lower(&document).expect("sound");
        match Model::assemble(&flowsheet, &flowsheet.values()) {
            Ok(_) => Vec::new(),
            Err(found) => found.iter().map(|item| item.message.clone()).collect(),
        }
    }

    #[test]
    fn a_bound_outside_the_grades_of_all_sources_is_unmeetable() {
        // By hand: the kiln changes no masses; the columns hold 40 %, 20 % and 0 % CaF2.
        let rich = "product `sales` must hold at least 41 % `CaF2`, but the richest that can reach it holds 40 %";
        assert_eq!(findings("{ min = \"41 %\" }", "kiln"), [rich]);
        assert!(findings("{ min = \"40 %\" }", "kiln").is_empty());
        assert!(findings("{ exactly = \"30 %\" }", "kiln").is_empty());
        assert!(findings("{ max = \"0 %\" }", "kiln").is_empty());
    }

    #[test]
    fn what_a_decision_can_avoid_is_meetable() {
        assert!(findings("{ max = \"19 %\" }", "sales").is_empty());
        assert_eq!(findings("{ min = \"41 %\" }", "sales").len(), 1);
    }

    #[test]
    fn what_is_told_of_a_grade_can_be_met() {
        assert_eq!(percent(0.4, 0.41), "40");
        assert_eq!(percent(0.999_899_99, 0.9999), "99.98");
        assert_eq!(percent(0.05479, 0.01), "5.48");
        assert_eq!(percent(0.010_000_1, 0.01), "1.01");
    }
}
