//! Reactors as linear maps: what leaves, and what is dosed, per species that enters.

use super::{Reactor, SpeciesId, Values};
use crate::document::ReactionMode;

/// The linear map of a reactor: what leaves, and what is dosed, per species that enters.
#[derive(Clone, Debug, Default)]
pub struct ReactorMap {
    /// t of species (first) after reaction per t of species (second) before it.
    pub after: Vec<(SpeciesId, SpeciesId, f64)>,
    /// t of reagent (index into the reactor's reagents) per t of species that enters.
    pub doses: Vec<(usize, SpeciesId, f64)>,
}

impl ReactorMap {
    /// Composes the reactions of a reactor: extent ξ = χ · (key there) ÷ (key per extent); reagents are dosed to
    /// ξ · need · (1 + excess) before they react (formulation §2).
    #[must_use]
    pub fn new(reactor: &Reactor, values: &Values, inlet: &[SpeciesId]) -> Self {
        // Amounts after reaction as functionals of the inlet: per species, (inlet species, factor).
        let mut amounts: Vec<(SpeciesId, Vec<(SpeciesId, f64)>)> =
            inlet.iter().map(|&species| (species, vec![(species, 1.0)])).collect();
        let mut doses: Vec<(usize, SpeciesId, f64)> = Vec::new();
        let entering = amounts.clone();
        for reaction in &reactor.reactions {
            let find = |amounts: &[(SpeciesId, Vec<(SpeciesId, f64)>)]| {
                amounts
                    .iter()
                    .find(|(species, _)| *species == reaction.key)
                    .map_or_else(Vec::new, |(_, terms)| terms.clone())
            };
            let key = match reactor.mode {
                ReactionMode::Series => find(&amounts),
                ReactionMode::Parallel => find(&entering),
            };
            let per_extent = reaction
                .masses
                .iter()
                .find(|&&(species, _)| species == reaction.key)
                .map_or(1.0, |&(_, mass)| -mass);
            let conversion = values[reaction.conversion] / per_extent;
            for &(species, mass) in &reaction.masses {
                let reagent =
                    reactor.reagents.iter().position(|reagent| reagent.species == species);
                let mut net = mass;
                if let (Some(reagent), true) = (reagent, mass < 0.0) {
                    let excess = reactor.reagents[reagent].excess.map_or(0.0, |id| values[id]);
                    let dosed = -mass * (1.0 + excess);
                    net = -mass * excess;
                    for &(from, factor) in &key {
                        doses.push((reagent, from, dosed * conversion * factor));
                    }
                }
                if net == 0.0 {
                    continue;
                }
                let known = amounts.iter().position(|(id, _)| *id == species);
                let at = known.unwrap_or_else(|| {
                    amounts.push((species, Vec::new()));
                    amounts.len() - 1
                });
                for &(from, factor) in &key {
                    add_to(&mut amounts[at].1, from, net * conversion * factor);
                }
            }
        }
        let after = amounts
            .into_iter()
            .flat_map(|(species, terms)| {
                terms.into_iter().map(move |(from, factor)| (species, from, factor))
            })
            .filter(|&(_, _, factor)| factor != 0.0)
            .collect();
        Self { after, doses }
    }
}

fn add_to(terms: &mut Vec<(SpeciesId, f64)>, species: SpeciesId, value: f64) {
    match terms.iter_mut().find(|(id, _)| *id == species) {
        // A full conversion leaves exactly nothing, whatever the rounding.
        Some((_, sum)) if (*sum + value).abs() <= 1e-14 * sum.abs().max(value.abs()) => *sum = 0.0,
        Some((_, sum)) => *sum += value,
        None => terms.push((species, value)),
    }
}
