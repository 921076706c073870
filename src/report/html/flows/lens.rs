//! What can be looked at in the streams.

use crate::{
    chem::{Element, Formula},
    flowsheet::{Content, SpeciesId},
    index::IdVec,
    report::html::Told,
};

/// A number of each stream.
pub(super) struct Lens {
    /// Heading under which it stands in the list.
    pub(super) group: String,
    /// By which it is asked for, in any language.
    pub(super) key: String,
    pub(super) name: String,
    pub(super) unit: String,
    /// What is to be said of it.
    pub(super) note: String,
    /// By stream.
    pub(super) values: Vec<f64>,
    /// Whether it is the whole mass.
    pub(super) is_whole: bool,
    /// Whether it is one species by its mass.
    pub(super) is_species: bool,
}

/// Mass, value, groups, elements and species; what no stream has is left out.
pub(super) fn lenses(told: &Told<'_>) -> Vec<Lens> {
    let words = &told.words;
    let mass = words.unit("t/yr");
    let content = |group: &str, content: &Content, is_species: bool| Lens {
        group: words.text(group),
        key: content.name.clone(),
        name: content.name.clone(),
        unit: mass.clone(),
        note: String::new(),
        values: measured(told, content),
        is_whole: false,
        is_species,
    };
    let whole = Lens {
        group: words.text("lens-whole"),
        key: "mass".to_owned(),
        name: words.text("mass"),
        unit: mass.clone(),
        note: words.text("mass-note"),
        values: told.outcome.streams.iter().map(|stream| stream.flow).collect(),
        is_whole: true,
        is_species: false,
    };
    let groups = told.flowsheet.groups.iter().map(|group| {
        let mut weights: Vec<(SpeciesId, f64)> =
            group.members.iter().map(|&id| (id, 1.0)).collect();
        weights.sort_unstable_by_key(|&(id, _)| id);
        content("lens-groups", &Content { name: group.name.clone(), weights: Some(weights) }, false)
    });
    let elements = elements(told).into_iter().map(|it| content("lens-elements", &it, false));
    let species = told.flowsheet.species.ids();
    let species = species.map(|id| content("lens-species", &told.flowsheet.content_of(id), true));
    let all = [whole, value(told)].into_iter().chain(groups).chain(elements).chain(species);
    all.filter(|lens| lens.values.iter().any(|&value| value > 0.0)).collect()
}

/// What stream values are: at market, or else imputed, where imputed values are those of one year's money.
fn value(told: &Told<'_>) -> Lens {
    let words = &told.words;
    let is_imputed = told.outcome.objective.name == "profit" && told.outcome.roadmap.is_none();
    let streams = told.outcome.streams.iter();
    let values = streams
        .map(|stream| stream.value.unwrap_or(if is_imputed { stream.imputed_value } else { 0.0 }));
    Lens {
        group: words.text("lens-whole"),
        key: "value".to_owned(),
        name: words.text("value"),
        unit: words.unit(&format!("{}/yr", told.outcome.currency)),
        note: words.text(if is_imputed { "value-imputed-note" } else { "value-note" }),
        values: values.collect(),
        is_whole: false,
        is_species: false,
    }
}

/// Every element of the formulas, in the order of the flowsheet.
fn elements(told: &Told<'_>) -> Vec<Content> {
    let species = &told.flowsheet.species;
    let formulas = || species.iter_ids().filter_map(|(id, it)| Some((id, it.formula.as_ref()?)));
    let mut found: Vec<Element> = Vec::new();
    for &(element, _) in formulas().flat_map(|(_, formula)| Formula::counts(formula)) {
        if !found.contains(&element) {
            found.push(element);
        }
    }
    let content = |element: Element| {
        let weights = formulas().map(|(id, formula)| (id, formula.mass_fraction(element)));
        Content {
            name: element.symbol().to_owned(),
            weights: Some(weights.filter(|&(_, weight)| weight > 0.0).collect()),
        }
    };
    found.into_iter().map(content).collect()
}

/// How much of a content is in each stream, t/yr.
fn measured(told: &Told<'_>, content: &Content) -> Vec<f64> {
    let species: &IdVec<SpeciesId, _> = &told.flowsheet.species;
    let weight = |name: &str| {
        let found = species.ids().find(|&id| species[id].name == name);
        found.map_or(0.0, |id| content.weight(id))
    };
    let streams = told.outcome.streams.iter();
    let sums = streams
        .map(|stream| stream.species.iter().map(|it| weight(&it.name) * it.flow).sum::<f64>());
    sums.collect()
}
