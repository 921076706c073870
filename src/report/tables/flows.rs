//! Matter: streams, operations, where it ends, what is consumed, how it closes.

use super::{Cell, Table, of, plain, row, summary::money};
use crate::{
    analysis::{OperationOutcome, Outcome, StreamOutcome},
    flowsheet::Flowsheet,
};

/// Streams and what is in them, a column per species; the mass yield is the share of what enters the operation.
pub(super) fn streams(outcome: &Outcome, flowsheet: &Flowsheet) -> Table {
    let mut columns = vec![
        plain("stream"),
        plain("from"),
        plain("to"),
        of("all", "t/yr"),
        plain("mass yield"),
        money("value", outcome),
        money("imputed value", outcome),
        of("least in optimal plans", "t/yr"),
        of("greatest in optimal plans", "t/yr"),
    ];
    let flows = |name: &str, stream: &StreamOutcome| {
        stream.species.iter().find(|it| it.name == name).map(|it| it.flow)
    };
    let names = flowsheet.species.iter().map(|species| species.name.as_str());
    let names: Vec<&str> =
        names.filter(|name| outcome.streams.iter().any(|it| flows(name, it).is_some())).collect();
    let mass_yield = |stream: &StreamOutcome| {
        let from = outcome.operations.iter().find(|it| it.name == stream.from)?;
        from.yields.iter().find(|it| it.to == stream.name).map(|it| it.share)
    };
    // A species may be called as a column is.
    let column = |name: &&str| {
        let taken = columns.iter().any(|column| column.name == **name);
        of(if taken { format!("{name} (species)") } else { (*name).to_owned() }, "t/yr")
    };
    let of_species: Vec<_> = names.iter().map(column).collect();
    columns.extend(of_species);
    let row = |stream: &StreamOutcome| {
        let [least, greatest] = stream.interval.unwrap_or([None, None]);
        let mut row = row![
            &stream.name,
            &stream.from,
            &stream.to,
            stream.flow,
            mass_yield(stream),
            stream.value,
            stream.imputed_value,
            least,
            greatest,
        ];
        row.extend(names.iter().map(|name| Cell::from(flows(name, stream))));
        row
    };
    Table::new("streams", "Streams by species", columns).with(outcome.streams.iter().map(row))
}

/// What is in each stream, a row per species.
pub(super) fn grades(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("stream"),
        plain("species"),
        of("flow", "t/yr"),
        plain("grade"),
        plain("single-pass recovery"),
        of("worth of one more tonne", &format!("{}/t", outcome.currency)),
        of("least in optimal plans", "t/yr"),
        of("greatest in optimal plans", "t/yr"),
    ];
    let rows = outcome.streams.iter().flat_map(|stream| {
        stream.species.iter().map(|it| {
            let [least, greatest] = it.interval.unwrap_or([None, None]);
            row![&stream.name, &it.name, it.flow, it.grade, it.recovery, it.worth, least, greatest]
        })
    });
    Table::new("grades", "Streams: grades and recoveries", columns).with(rows)
}

pub(super) fn operations(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("operation"),
        plain("kind"),
        plain("stage"),
        of("in", "t/yr"),
        of("bought", "t/yr"),
        of("out", "t/yr"),
        of("error", "t/yr"),
        plain("closure, relative"),
        money("cost", outcome),
        of("emission, CO2 equivalent", "t/yr"),
    ];
    let row = |it: &OperationOutcome| {
        row![
            &it.name,
            it.kind,
            &it.stage,
            it.throughput,
            it.purchased,
            it.leaving,
            it.error,
            it.closure,
            it.cost,
            it.emission,
        ]
    };
    Table::new("operations", "Operations", columns)
        .with(outcome.operations.iter().map(row))
        .summed(&["bought", "cost", "emission, CO2 equivalent"])
}

pub(super) fn recoveries(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("content"),
        plain("counted as"),
        of("supplied", "t/yr"),
        plain("ends in"),
        plain("share"),
    ];
    let rows = outcome.recoveries.iter().flat_map(|it| {
        let counted = if it.element { "element" } else { "species" };
        it.ends.iter().map(move |end| row![&it.name, counted, it.supplied, &end.to, end.share])
    });
    Table::new("recoveries", "Recovery from all feeds and purchases", columns).with(rows)
}

pub(super) fn consumption(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("what"),
        plain("kind"),
        plain("amount"),
        plain("unit"),
        money("cost", outcome),
        plain("by"),
    ];
    let rows = outcome.consumption.iter().map(|it| {
        row![&it.name, it.kind, it.amount, format!("{}/yr", it.unit), it.cost, it.by.join(", ")]
    });
    Table::new("consumption", "Consumption", columns).with(rows).summed(&["cost"])
}

pub(super) fn residues(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("waste"),
        plain("species"),
        of("flow", "t/yr"),
        money("disposal", outcome),
        plain("grade"),
    ];
    let rows =
        outcome.residues.iter().flat_map(|it| {
            let whole = row![&it.name, "all", it.flow, it.cost, Cell::Empty];
            let parts = it.species.iter();
            std::iter::once(whole).chain(parts.map(|part| {
                row![&it.name, &part.to, part.share * it.flow, Cell::Empty, part.share]
            }))
        });
    Table::new("residues", "Residues", columns).with(rows)
}

pub(super) fn closure(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("element or species"),
        of("entering", "t/yr"),
        of("leaving", "t/yr"),
        of("error", "t/yr"),
        plain("error, relative"),
    ];
    let rows = outcome.closure.iter();
    let rows = rows.map(|it| row![&it.name, it.entering, it.leaving, it.error, it.relative]);
    Table::new("closure", "Closure around the whole flowsheet", columns).with(rows)
}

/// Numbers that other optimal plans have otherwise.
pub(super) fn intervals(outcome: &Outcome) -> Table {
    let columns =
        vec![plain("part"), plain("of"), plain("here"), plain("at least"), plain("at most")];
    let rows = outcome.open.iter();
    let rows = rows.map(|it| row![it.part, &it.name, it.value, it.least, it.greatest]);
    Table::new("intervals", "No facts: other plans are as good", columns).with(rows)
}
