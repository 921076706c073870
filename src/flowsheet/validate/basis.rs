//! Bases of prices, rates and measures: is there anything that they count?

use super::super::{Content, FigureId, Flowsheet, Kind, Port, PriceTerm, Rate, SpeciesId, Term};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Reports prices and rates on what can never be there; they would count nothing, silently.
pub(super) fn check(flowsheet: &Flowsheet, findings: &mut Diagnostics) {
    for (id, operation) in flowsheet.operations.iter_ids() {
        let inlet = Port::Inlet(id);
        match &operation.kind {
            Kind::Product(product) => check_price(flowsheet, inlet, &product.price.terms, findings),
            Kind::Waste(waste) => check_price(flowsheet, inlet, &waste.cost, findings),
            _ => {}
        }
        for &stream in &operation.outlets {
            if let Some(price) = &flowsheet.streams[stream].price {
                check_price(flowsheet, Port::Stream(stream), &price.terms, findings);
            }
        }
        let consumed = operation.consumes.iter().map(|item| &item.rate);
        for Rate { figure, port, content } in
            operation.opex.iter().chain(consumed).chain(&operation.emission)
        {
            check_content(flowsheet, *figure, *port, content, findings);
        }
    }
    for goal in &flowsheet.goals {
        for (_, term) in goal.of.terms.iter().chain(goal.to.iter().flat_map(|to| &to.terms)) {
            let Term::Flow(port, content) = term else { continue };
            if !counts(flowsheet, *port, content) {
                let message = format!(
                    "goal `{}` counts `{}` in `{}`, where it cannot be",
                    goal.name,
                    content.name,
                    name(flowsheet, *port)
                );
                findings.push(Diagnostic::new(Code::UnusedInput, message).at(goal.span, ""));
            }
        }
    }
}

fn check_price(flowsheet: &Flowsheet, port: Port, terms: &[PriceTerm], findings: &mut Diagnostics) {
    // Market prices are a list for all: what is not in this stream is not paid for in it.
    let own = |term: &&PriceTerm| !flowsheet.figures[term.figure].path.starts_with("price.");
    for term in terms.iter().filter(own) {
        check_content(flowsheet, term.figure, port, &term.content, findings);
    }
}

fn check_content(
    flowsheet: &Flowsheet,
    figure: FigureId,
    port: Port,
    content: &Content,
    findings: &mut Diagnostics,
) {
    if counts(flowsheet, port, content) {
        return;
    }
    let figure = &flowsheet.figures[figure];
    let message = format!(
        "`{}` is per t of `{}`, which cannot be in `{}`",
        figure.path,
        content.name,
        name(flowsheet, port)
    );
    let there: Vec<&str> = species(flowsheet, port)
        .iter()
        .take(8)
        .map(|&id| flowsheet.species[id].name.as_str())
        .collect();
    let help = format!(
        "there can be `{}`: name one of these, a group of them, or an element",
        there.join("`, `")
    );
    findings.push(Diagnostic::new(Code::WrongBasis, message).at(figure.span, "").help(help));
}

/// Whether a content counts anything at a port; nothing is said of ports where nothing can be.
fn counts(flowsheet: &Flowsheet, port: Port, content: &Content) -> bool {
    let species = species(flowsheet, port);
    species.is_empty() || content.meets(&species)
}

fn species(flowsheet: &Flowsheet, port: Port) -> Vec<SpeciesId> {
    let streams = match port {
        Port::Stream(stream) => vec![stream],
        Port::Inlet(id)
        | Port::Mix(id)
        | Port::Blend(id)
        | Port::Ingredient(id, _)
        | Port::Stock(id) => {
            let operation = &flowsheet.operations[id];
            let feeds = matches!(operation.kind, Kind::Feed(_));
            if feeds { operation.outlets.clone() } else { operation.inlets.clone() }
        }
    };
    let mut species: Vec<SpeciesId> =
        streams.into_iter().flat_map(|id| flowsheet.streams[id].species.iter().copied()).collect();
    species.sort_unstable();
    species.dedup();
    species
}

fn name(flowsheet: &Flowsheet, port: Port) -> &str {
    match port {
        Port::Stream(stream) => &flowsheet.streams[stream].name,
        Port::Inlet(id)
        | Port::Mix(id)
        | Port::Blend(id)
        | Port::Ingredient(id, _)
        | Port::Stock(id) => &flowsheet.operations[id].name,
    }
}
