//! What an operation makes of one tonne of a species: the terms of `R`, written from the meaning of each operation.

use std::collections::BTreeMap;

use super::Decisions;
use crate::{
    document::ReactionMode,
    flowsheet::{
        Flowsheet, Kind, OperationId, Reactor, Separation, SpeciesId, Splitter, StreamId, Values,
    },
};

/// What is left of a species after rounding, as a share of what passed.
const ROUNDING: f64 = 1e-14;

/// What one tonne of a species becomes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Effect {
    /// t of a species in an outlet.
    pub(super) leaving: Vec<(StreamId, SpeciesId, f64)>,
    /// t of a reagent that is dosed for it.
    pub(super) dosed: Vec<(SpeciesId, f64)>,
}

/// Lets operations act.
#[derive(Clone, Copy)]
pub(super) struct Actor<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) values: &'a Values,
    pub(super) decisions: &'a Decisions,
}

impl Actor<'_> {
    /// What comes into an outlet from nowhere: feeds and what blenders buy, t/yr.
    pub(super) fn sources(&self) -> Vec<(StreamId, SpeciesId, f64)> {
        let mut sources = Vec::new();
        for (id, operation) in self.flowsheet.operations.iter_ids() {
            let Some(&outlet) = operation.outlets.first() else { continue };
            match &operation.kind {
                Kind::Feed(feed) => {
                    let supply = self.decisions.supply.get(&id).copied().unwrap_or(0.0);
                    let assay = feed.assay.fractions(self.values).into_iter();
                    sources.extend(assay.map(|(species, share)| (outlet, species, share * supply)));
                }
                Kind::Blender(blender) => {
                    sources.extend(
                        blender
                            .ingredients
                            .iter()
                            .map(|item| (outlet, item.species, self.bought(id, item.species))),
                    );
                }
                _ => {}
            }
        }
        sources.retain(|&(_, _, flow)| flow != 0.0);
        sources
    }

    /// What a blender buys of a species, t/yr.
    pub(super) fn bought(&self, operation: OperationId, species: SpeciesId) -> f64 {
        self.decisions.ingredients.get(&(operation, species)).copied().unwrap_or(0.0)
    }

    /// What an operation makes of one tonne of a species that enters.
    pub(super) fn act(&self, operation: OperationId, species: SpeciesId) -> Effect {
        let data = &self.flowsheet.operations[operation];
        let mut effect = Effect::default();
        match &data.kind {
            Kind::Feed(_)
            | Kind::Product(_)
            | Kind::Waste(_)
            | Kind::Stockpile(_)
            | Kind::Use(_) => {}
            Kind::Separator(separator) => {
                let shares = self.separate(&separator.separation, &data.outlets, species);
                effect.leaving = shares.map(|(outlet, share)| (outlet, species, share)).collect();
            }
            Kind::Splitter(splitter) => {
                let shares = self.split(splitter, &data.outlets).into_iter();
                effect.leaving = shares.map(|(outlet, share)| (outlet, species, share)).collect();
            }
            Kind::Blender(_) => {
                effect.leaving = data.outlets.iter().map(|&id| (id, species, 1.0)).collect();
            }
            Kind::Reactor(reactor) => {
                let (after, dosed) = self.react(reactor, species);
                for (made, amount) in after {
                    let shares = self.separate(&reactor.separation, &data.outlets, made);
                    let leaving = shares.map(|(outlet, share)| (outlet, made, share * amount));
                    effect.leaving.extend(leaving);
                }
                effect.dosed = dosed.into_iter().collect();
            }
        }
        effect.leaving.retain(|&(_, _, amount)| amount != 0.0);
        effect
    }

    /// The share of a species that each outlet takes; the one without recoveries takes what the others leave.
    fn separate<'s>(
        &'s self,
        separation: &'s Separation,
        outlets: &'s [StreamId],
        species: SpeciesId,
    ) -> impl Iterator<Item = (StreamId, f64)> + 's {
        let recovered = move |outlet: StreamId| -> f64 {
            let of = separation.recoveries.iter().filter(|recovery| recovery.outlet == outlet);
            of.filter_map(|recovery| Some(self.values[recovery.figure(species)?])).sum()
        };
        outlets.iter().map(move |&outlet| {
            if separation.rest != Some(outlet) {
                return (outlet, recovered(outlet));
            }
            let others = outlets.iter().filter(|&&other| other != outlet);
            let rest = 1.0 - others.map(|&other| recovered(other)).sum::<f64>();
            // Recoveries that sum to 100 % leave nothing, whatever the last digit.
            (outlet, if rest.abs() < 1e-12 { 0.0 } else { rest })
        })
    }

    /// The share of the whole inlet that each outlet of a splitter takes.
    fn split(&self, splitter: &Splitter, outlets: &[StreamId]) -> Vec<(StreamId, f64)> {
        let Some(fixed) = &splitter.fixed else {
            let share = |id: &StreamId| self.decisions.fractions.get(id).copied().unwrap_or(0.0);
            return outlets.iter().map(|id| (*id, share(id))).collect();
        };
        let mut left = 1.0;
        let mut shares = Vec::with_capacity(fixed.len());
        for &(outlet, figure) in fixed {
            if let Some(figure) = figure {
                left -= self.values[figure];
                shares.push((outlet, self.values[figure]));
            }
        }
        let rest = fixed.iter().filter(|(_, figure)| figure.is_none());
        shares.extend(rest.map(|&(outlet, _)| (outlet, left)));
        shares
    }

    /// One tonne of a species through the reactions, one after the other: what is there at the end, and what was
    /// dosed on the way.
    fn react(
        &self,
        reactor: &Reactor,
        species: SpeciesId,
    ) -> (BTreeMap<SpeciesId, f64>, BTreeMap<SpeciesId, f64>) {
        let entering = BTreeMap::from([(species, 1.0)]);
        let mut there = entering.clone();
        let mut dosed = BTreeMap::new();
        for reaction in &reactor.reactions {
            let basis = match reactor.mode {
                ReactionMode::Series => &there,
                ReactionMode::Parallel => &entering,
            };
            let key = basis.get(&reaction.key).copied().unwrap_or(0.0);
            let need = reaction.masses.iter().find(|&&(id, _)| id == reaction.key);
            let Some(&(_, need)) = need else { continue };
            let extent = self.values[reaction.conversion] * key / -need;
            if extent == 0.0 {
                continue;
            }
            for &(id, mass) in &reaction.masses {
                let before = there.get(&id).copied().unwrap_or(0.0);
                let mut dose = 0.0;
                let reagent = reactor.reagents.iter().find(|reagent| reagent.species == id);
                if let (Some(reagent), true) = (reagent, mass < 0.0) {
                    let excess = reagent.excess.map_or(0.0, |figure| self.values[figure]);
                    dose = -mass * extent * (1.0 + excess);
                    *dosed.entry(id).or_default() += dose;
                }
                let after = before + dose + mass * extent;
                let passed = before.abs() + dose.abs() + (mass * extent).abs();
                there.insert(id, if after.abs() <= ROUNDING * passed { 0.0 } else { after });
            }
        }
        there.retain(|_, amount| *amount != 0.0);
        (there, dosed)
    }
}
