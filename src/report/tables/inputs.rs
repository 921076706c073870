//! What went in: every figure with its source, the cascades that follow from some, the sources.

use super::{Table, limits::internal_unit, of, plain, row};
use crate::{
    analysis::Outcome,
    chem::extraction::FeedPhase,
    document::Confidence,
    flowsheet::{Figure, Flowsheet, Provenance},
};

pub(super) fn inputs(flowsheet: &Flowsheet) -> Table {
    let columns = vec![
        plain("figure"),
        plain("as written"),
        plain("value"),
        plain("unit"),
        plain("origin"),
        plain("sources"),
        plain("confidence"),
        plain("assumed because"),
        plain("least"),
        plain("greatest"),
    ];
    let row = |figure: &Figure| {
        let (origin, sources, confidence, reason) = match &figure.provenance {
            Provenance::Sourced { ids, confidence } => {
                ("sourced", ids.join(", "), confidence.map(word), None)
            }
            Provenance::Assumed { reason } => {
                ("assumed", String::new(), None, Some(reason.clone()))
            }
            Provenance::Wanted => ("wanted", String::new(), None, None),
            Provenance::Computed => ("computed", String::new(), None, None),
            Provenance::Unstated => ("unstated", String::new(), None, None),
        };
        row![
            &figure.path,
            &figure.text,
            figure.value,
            internal_unit(flowsheet, &figure.text, figure.value),
            origin,
            sources,
            confidence,
            reason,
            figure.range.as_ref().map(|range| range.low),
            figure.range.as_ref().map(|range| range.high),
        ]
    };
    let title = "Inputs: every figure, in t, yr, kWh, m³, mol, the currency and fractions";
    Table::new("inputs", title, columns).with(flowsheet.figures.iter().map(row))
}

const fn word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
        Confidence::Unverified => "unverified",
    }
}

pub(super) fn sources(flowsheet: &Flowsheet) -> Table {
    let columns = vec![plain("source"), plain("what it is"), plain("figures")];
    let rows = flowsheet.sources.iter().map(|source| {
        let cites = |figure: &&Figure| match &figure.provenance {
            Provenance::Sourced { ids, .. } => ids.contains(&source.id),
            _ => false,
        };
        row![&source.id, &source.text, flowsheet.figures.iter().filter(cites).count()]
    });
    Table::new("sources", "Sources", columns).with(rows)
}

pub(super) fn assumptions(outcome: &Outcome, flowsheet: &Flowsheet) -> Table {
    let columns = vec![
        plain("figure"),
        plain("as written"),
        plain("value"),
        plain("unit"),
        plain("assumed because"),
        plain("multiplier, change per unit"),
        of("multiplier, change per 1 % more", "%"),
        of("objective, change per 1 % more", &outcome.objective.unit),
    ];
    let rows = outcome.assumptions.iter().map(|it| {
        row![
            &it.path,
            &it.text,
            it.value,
            internal_unit(flowsheet, &it.text, it.value),
            &it.reason,
            it.multiplier_derivative,
            it.multiplier_elasticity,
            it.objective_per_percent,
        ]
    });
    Table::new("assumptions", "What is assumed, by its effect", columns).with(rows)
}

/// Solvent extraction, a row per cascade.
pub(super) fn cascades(flowsheet: &Flowsheet) -> Table {
    let columns = vec![
        plain("operation"),
        plain("cascade"),
        plain("extractant"),
        plain("feed"),
        plain("stays in the raffinate"),
        plain("extracted"),
        of("fed to it", "mol/mol of the plant's feed"),
        of("least extraction amount", "mol/mol"),
        of("extraction amount", "mol/mol"),
        of("washing amount", "mol/mol"),
        plain("stages of extraction"),
        plain("stages of scrubbing"),
        plain("mixer-settlers"),
        of("volume", "L per mol/min of the plant's feed"),
    ];
    let mut table =
        Table::new("cascades", "Solvent extraction: `reeflow sx` tells sizes and flows", columns);
    for operation in &flowsheet.operations {
        let Some(cascade) = operation.kind.cascade() else { continue };
        let Some(design) = cascade.design.as_deref() else { continue };
        for (at, it) in design.plant.cascades.iter().enumerate() {
            let named = |set| {
                let products = cascade.products.iter().enumerate();
                let inside = products.filter(|(place, _)| set & (1 << place) != 0);
                inside.map(|(_, product)| product.name.as_str()).collect::<Vec<_>>().join(", ")
            };
            table.rows.push(row![
                &operation.name,
                at + 1,
                &cascade.extractants[it.extractant].name,
                match it.amounts.phase {
                    FeedPhase::Aqueous => "aqueous",
                    FeedPhase::Organic => "organic",
                },
                named(it.lower),
                named(it.upper),
                it.flow,
                it.minimum,
                it.amounts.extraction,
                it.amounts.washing,
                it.design.extraction_stages,
                it.design.scrub_stages,
                it.tanks.total(),
                it.volume(&design.circuit),
            ]);
        }
    }
    table
}
