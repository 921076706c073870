//! Designs the cascades of a flowsheet, upstream first, and writes what follows into computed figures.

use std::sync::Arc;

use super::{
    super::{FigureId, Flowsheet, Kind, OperationId, SpeciesId, Values, topology},
    Cascade, CascadeDesign, NoDesign,
    composition::{self, Inlet},
};
use crate::{
    chem::extraction::{ExtractionError, MOST_STAGES},
    diagnostic::{Code, Diagnostic, Diagnostics},
    measure::{format_fraction, format_mass_rate, format_number},
};

/// Rounds of designs: cascades in a loop settle, or do not.
const ROUNDS: usize = 50;

/// Designs all cascades for the values of the figures as they are.
pub(in crate::flowsheet) fn design(flowsheet: &mut Flowsheet, findings: &mut Diagnostics) {
    let cascades: Vec<OperationId> =
        flowsheet.operations.ids().filter(|&id| cascade(flowsheet, id).is_some()).collect();
    if cascades.is_empty() {
        return;
    }
    for round in 0..ROUNDS {
        let mut changed = false;
        let mut faults = Vec::new();
        for &id in &cascades {
            match design_one(flowsheet, id) {
                Ok(design) => changed |= write(flowsheet, id, &design),
                Err(fault) => faults.push(*fault),
            }
        }
        if !changed {
            for fault in faults {
                findings.push(fault);
            }
            topology::find_species(flowsheet);
            check_periods(flowsheet, &cascades, findings);
            return;
        }
        if round + 1 == ROUNDS {
            for &id in &cascades {
                findings.push(in_a_loop(flowsheet, id));
            }
        }
    }
}

fn cascade(flowsheet: &Flowsheet, id: OperationId) -> Option<&Cascade> {
    flowsheet.operations[id].kind.cascade()
}

/// The design of a cascade.
fn design_one(
    flowsheet: &Flowsheet,
    id: OperationId,
) -> Result<Arc<CascadeDesign>, Box<Diagnostic>> {
    let data = cascade(flowsheet, id).expect("a cascade");
    let values = flowsheet.values();
    check_inlet(flowsheet, id, data)?;
    let composition = if data.feed.is_empty() {
        match first_inlet(flowsheet, &values, id, &data.species) {
            Inlet::Nothing => return Err(Box::new(nothing_comes(flowsheet, id))),
            Inlet::Unknown => return Err(Box::new(in_a_loop(flowsheet, id))),
            Inlet::Free(species) => return Err(Box::new(free(flowsheet, id, species))),
            Inlet::Fixed(composition) => composition,
        }
    } else {
        data.feed.iter().map(|&(species, figure)| (species, values[figure])).collect()
    };
    let formula = |species: SpeciesId| {
        flowsheet.species[species].formula.clone().expect("checked when it was read")
    };
    let price = |species: SpeciesId| {
        let terms = flowsheet.market.iter();
        terms.map(|term| term.content.weight(species) * values[term.figure]).sum()
    };
    data.designed(&values, &composition, formula, price)
        .map_err(|fault| Box::new(explain(flowsheet, id, data, &fault)))
}

/// What comes in the first period in which anything does.
fn first_inlet(
    flowsheet: &Flowsheet,
    values: &Values,
    id: OperationId,
    species: &[SpeciesId],
) -> Inlet {
    let mut found = composition::of_inlet(flowsheet, values, id, species);
    if !flowsheet.series.is_empty() {
        for period in flowsheet.periods.ids() {
            if found != Inlet::Nothing {
                break;
            }
            let own = flowsheet.in_period(values, period);
            found = composition::of_inlet(flowsheet, &own, id, species);
        }
    }
    found
}

/// Everything that comes must have its place: metals in a product and in the composition that is designed for, all else in
/// an outlet without a product.
fn check_inlet(
    flowsheet: &Flowsheet,
    id: OperationId,
    data: &Cascade,
) -> Result<(), Box<Diagnostic>> {
    let operation = &flowsheet.operations[id];
    let spare = operation
        .outlets
        .iter()
        .any(|&outlet| data.products.iter().all(|product| product.outlet != outlet));
    let metal = |species: SpeciesId| data.metal(flowsheet.species[species].formula.as_ref());
    for &stream in &operation.inlets {
        for &species in &flowsheet.streams[stream].species {
            let name = &flowsheet.species[species].name;
            match metal(species) {
                Some(_) if !data.species.contains(&species) => {
                    return Err(Box::new(in_no_product(flowsheet, id, species)));
                }
                Some(own) => {
                    let known = |&(it, _): &(SpeciesId, FigureId)| metal(it) == Some(own);
                    if !data.feed.is_empty() && !data.feed.iter().any(known) {
                        let message = format!(
                            "`{name}` comes to cascade `{}`, but not in the `feed` that it is designed for",
                            operation.name
                        );
                        return Err(Box::new(
                            Diagnostic::new(Code::CascadeComposition, message)
                                .at(flowsheet.figures[data.feed[0].1].span, "designed for this")
                                .help("add it there, if only as a trace"),
                        ));
                    }
                }
                None if !spare => {
                    let message = format!(
                        "`{name}` comes to cascade `{}`, and is not extracted",
                        operation.name
                    );
                    return Err(Box::new(
                        Diagnostic::new(Code::CascadeProduct, message)
                            .at(operation.span, "all its outlets have a product")
                            .help("add an outlet without a product to `to`: it takes what is not extracted"),
                    ));
                }
                None => {}
            }
        }
    }
    Ok(())
}

/// Writes a design into the figures; whether that changes anything.
fn write(flowsheet: &mut Flowsheet, id: OperationId, design: &Arc<CascadeDesign>) -> bool {
    let Kind::Separator(separator) = &mut flowsheet.operations[id].kind else { return false };
    let Some(cascade) = separator.cascade.as_deref_mut() else { return false };
    cascade.design = Some(design.clone());
    let mut written: Vec<(FigureId, f64, String)> = Vec::new();
    for product in &cascade.products {
        let place = cascade.products.iter().position(|it| it.outlet == product.outlet);
        let recovery =
            separator.separation.recoveries.iter().find(|it| it.outlet == product.outlet);
        let (Some(place), Some(recovery)) = (place, recovery) else { continue };
        for &(species, figure) in &recovery.species {
            let formula = flowsheet.species[species].formula.as_ref();
            // What does not come needs a share all the same; it goes where its own product does.
            let share = cascade.metal(formula).and_then(|metal| design.shares(metal)).map_or_else(
                || f64::from(u8::from(product.species.contains(&species))),
                |it| it[place],
            );
            written.push((figure, share, format_fraction(share)));
        }
    }
    let per_tonne = 1.0 / design.tonnes_per_mol();
    let computed = cascade.computed;
    if let (Some(figure), Some(volume)) = (computed.capacity, cascade.volume) {
        let capacity = flowsheet.figures[volume].value / design.volume_per_rate();
        written.push((figure, capacity, format_mass_rate(capacity)));
    }
    if let Some(reagents) = &cascade.reagents {
        let mut of = |figure: Option<FigureId>, value: f64, unit: &str| {
            written.extend(
                figure.map(|figure| (figure, value, format!("{} {unit}", format_number(value)))),
            );
        };
        of(computed.base, design.base() * reagents.base.1 * 1e-6 * per_tonne, "t/t");
        of(computed.acid, design.acid() * reagents.acid.1 * 1e-6 * per_tonne, "t/t");
        of(computed.water, design.water() * 1e-3 * per_tonne, "m3/t");
    }
    let mut changed = false;
    for (id, value, text) in written {
        let figure = &mut flowsheet.figures[id];
        changed |= figure.value != value;
        figure.value = value;
        figure.text = text;
    }
    changed
}

/// A plant is built once: what comes to it must be the same in all periods.
fn check_periods(flowsheet: &Flowsheet, cascades: &[OperationId], findings: &mut Diagnostics) {
    if flowsheet.series.is_empty() {
        return;
    }
    let values = flowsheet.values();
    for &id in cascades {
        let data = cascade(flowsheet, id).expect("a cascade");
        if !data.feed.is_empty() || data.design.is_none() {
            continue;
        }
        let at = |values: &Values| composition::of_inlet(flowsheet, values, id, &data.species);
        let first = first_inlet(flowsheet, &values, id, &data.species);
        for period in flowsheet.periods.ids() {
            let own = at(&flowsheet.in_period(&values, period));
            let (Inlet::Fixed(first), Inlet::Fixed(own)) = (&first, &own) else { continue };
            let differs = first.iter().zip(own).any(|(a, b)| (a.1 - b.1).abs() > 1e-9);
            if differs {
                let operation = &flowsheet.operations[id];
                let message = format!(
                    "what comes to cascade `{}` consists of other parts in `{}` than at first",
                    operation.name, flowsheet.periods[period].name
                );
                findings.push(
                    Diagnostic::new(Code::CascadeComposition, message)
                        .at(operation.span, "it is designed once")
                        .help(
                            "say for what: `feed = { Nd2O3 = 75, Pr6O11 = 25 }`, in parts by mass",
                        ),
                );
                break;
            }
        }
    }
}

fn in_a_loop(flowsheet: &Flowsheet, id: OperationId) -> Diagnostic {
    let operation = &flowsheet.operations[id];
    let message = format!(
        "what comes to cascade `{}` depends on what it sends back, or on another cascade without a design",
        operation.name
    );
    Diagnostic::new(Code::CascadeComposition, message)
        .at(operation.span, "")
        .help("say what it is designed for: `feed = { Nd2O3 = 75, Pr6O11 = 25 }`, in parts by mass")
}

fn nothing_comes(flowsheet: &Flowsheet, id: OperationId) -> Diagnostic {
    let operation = &flowsheet.operations[id];
    let message =
        format!("nothing comes to cascade `{}` of which a product could be made", operation.name);
    Diagnostic::new(Code::CascadeProduct, message)
        .at(operation.span, "")
        .help("look at what is sent here, and where it is lost further up")
}

fn in_no_product(flowsheet: &Flowsheet, id: OperationId, species: SpeciesId) -> Diagnostic {
    let operation = &flowsheet.operations[id];
    let species = &flowsheet.species[species];
    let message = format!(
        "`{}` comes to cascade `{}`, but is in none of its products",
        species.name, operation.name
    );
    Diagnostic::new(Code::CascadeProduct, message)
        .at(operation.span, "")
        .at(species.span, "first named here")
        .help("its extractants know the metal, so it has to be separated: add it to the group of a product, or give it one")
}

fn free(flowsheet: &Flowsheet, id: OperationId, species: SpeciesId) -> Diagnostic {
    let operation = &flowsheet.operations[id];
    let name = &flowsheet.species[species].name;
    let message = format!(
        "the share of `{name}` in what comes to cascade `{}` depends on how much comes by which way",
        operation.name
    );
    operation
        .inlets
        .iter()
        .fold(Diagnostic::new(Code::CascadeComposition, message), |found, &stream| {
            found.at(flowsheet.streams[stream].span, "comes this way")
        })
        .help(
            "give each way a cascade of its own, or say what it is designed for: `feed = { Nd2O3 = 75, Pr6O11 = 25 }`, in parts by mass",
        )
}

fn explain(flowsheet: &Flowsheet, id: OperationId, data: &Cascade, fault: &NoDesign) -> Diagnostic {
    let operation = &flowsheet.operations[id];
    let name = &operation.name;
    let span = |figure: FigureId| flowsheet.figures[figure].span;
    match fault {
        NoDesign::NoFactor(element, extractant) => Diagnostic::new(
            Code::SeparationFactor,
            format!("`{extractant}` has no separation factor that joins `{element}` to the other elements of `{name}`"),
        )
        .at(operation.span, "")
        .help(format!("add one, such as `\"{element}/…\" = 2.0`, to `[extractant.{extractant}.separation-factor]`")),
        NoDesign::Contradiction(extractant, figure) => Diagnostic::new(
            Code::SeparationFactor,
            format!("the separation factors of `{extractant}` contradict each other"),
        )
        .at(span(*figure), "the product of the others is another one")
        .help("leave one of them out: the others give it"),
        NoDesign::Empty(product) => {
            let product = &data.products[*product];
            Diagnostic::new(
                Code::CascadeProduct,
                format!("nothing comes to `{name}` of which product `{}` could be made", product.name),
            )
            .at(span(product.purity), "")
            .help("leave the product and its outlet out, or look where its species are lost")
        }
        NoDesign::Purity(product, fed) => {
            let product = &data.products[*product];
            let asked = format_fraction(flowsheet.figures[product.purity].value);
            Diagnostic::new(
                Code::CascadeProduct,
                format!(
                    "product `{}` of `{name}` is to be {asked} pure, but must be purer than the feed, which has {} of it, and less than 100 %",
                    product.name,
                    format_fraction(*fed)
                ),
            )
            .at(span(product.purity), "")
            .help("ask for a purity between these, or leave the product together with another one")
        }
        NoDesign::Physics(error) => {
            let why = match error {
                ExtractionError::Order { .. } => {
                    "extraction and scrubbing order the elements at a cut differently".to_owned()
                }
                ExtractionError::Unreachable | ExtractionError::NotConverged { .. } => format!(
                    "no number of stages up to {MOST_STAGES} was found that does it"
                ),
                other => other.to_string(),
            };
            let physics = format!("cascade `{name}` cannot be built: {why}");
            let found = Diagnostic::new(Code::CascadeImpossible, physics).at(operation.span, "");
            let found = match (data.extraction, error) {
                (Some(figure), ExtractionError::Extraction { .. } | ExtractionError::Layout { .. }) => {
                    found.at(span(figure), "this amount")
                }
                _ => found,
            };
            let found = match error {
                ExtractionError::Missed { product, .. } => {
                    found.at(span(data.products[*product].purity), "this product")
                }
                _ => found,
            };
            found.help(match error {
                ExtractionError::Layout { .. } if data.extraction.is_some() && data.products.len() > 2 => {
                    "leave `extraction` out: each cascade of a sequence gets its own".to_owned()
                }
                ExtractionError::Extraction { minimum, .. } => format!(
                    "extract more than {} mol per mol fed; 1.3 times that is usual",
                    format_number(*minimum)
                ),
                ExtractionError::Order { .. } | ExtractionError::SeparationFactor { .. } => {
                    "elements that extraction and scrubbing order differently cannot be parted there: put them into one product, or use another extractant".to_owned()
                }
                ExtractionError::ProductFlow { .. } => {
                    "the purities and recoveries of two products contradict each other: leave out one of them".to_owned()
                }
                _ => "ask for less purity, put products that hardly differ together, or add an extractant that parts them".to_owned(),
            })
        }
    }
}
