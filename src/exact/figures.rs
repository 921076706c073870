//! The figures of a flowsheet as they were written, and what operations make of them, without rounding.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::{Refusal, number};
use crate::{
    chem::{Element, Equation, Formula},
    diagnostic::Sources,
    document::ReactionMode,
    flowsheet::{
        Assay, Content, Figure, FigureId, Flowsheet, PriceTerm, Provenance, Reaction, Reactor,
        Separation, SpeciesId, Splitter, StreamId,
    },
    index::IdVec,
    measure::Units,
};

/// Shares of species: ascending, without zeros.
pub(super) type Shares = BTreeMap<SpeciesId, RBig>;

/// A flowsheet with the exact values of its figures.
pub(super) struct Figures<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    values: IdVec<FigureId, RBig>,
}

/// What a reactor makes of what enters, per t of each species that does.
#[derive(Default)]
pub(super) struct Conversion {
    /// t of a species (outer) that leaves.
    pub(super) after: BTreeMap<SpeciesId, Shares>,
    /// t that is dosed of each reagent of the reactor.
    pub(super) doses: Vec<Shares>,
}

impl<'a> Figures<'a> {
    /// Reads all figures again.
    pub(super) fn read(flowsheet: &'a Flowsheet, sources: &Sources) -> Result<Self, Refusal> {
        let mut values = IdVec::new();
        for figure in &flowsheet.figures {
            let value = read(figure, &flowsheet.units, sources).ok_or_else(|| {
                Refusal::Unable(format!("`{}` cannot be read exactly", figure.path))
            })?;
            if !agrees(&value, figure.value) {
                let reason = format!("`{}` is not what was written any more", figure.path);
                return Err(Refusal::Unable(reason));
            }
            values.push(value);
        }
        Ok(Self { flowsheet, values })
    }

    pub(super) fn value(&self, figure: FigureId) -> &RBig {
        &self.values[figure]
    }

    fn or(&self, figure: Option<FigureId>, otherwise: RBig) -> RBig {
        figure.map_or(otherwise, |figure| self.values[figure].clone())
    }

    /// t counted per t of a species: all of it, or the mass of one element in it.
    pub(super) fn weight(&self, content: &Content, species: SpeciesId) -> RBig {
        let weight = content.weight(species);
        if weight == 0.0 || weight == 1.0 {
            return if weight == 0.0 { RBig::ZERO } else { RBig::ONE };
        }
        let formula = self.flowsheet.species[species].formula.as_ref();
        let element = Element::from_symbol(&content.name);
        let share = element.zip(formula).map(|(element, formula)| {
            let atoms = number::of(formula.count(element)) * number::of(element.atomic_weight());
            atoms / molar_mass(formula)
        });
        share.expect("a weight that is neither 0 nor 1 is that of an element in a formula")
    }

    /// Money paid per t of what a price counts.
    pub(super) fn paid(&self, term: &PriceTerm) -> RBig {
        self.value(term.figure) * self.or(term.payable, RBig::ONE)
    }

    /// What a bound allows, with the share of the year in which it is at hand.
    pub(super) fn bound(&self, figure: FigureId, availability: Option<FigureId>) -> RBig {
        self.value(figure) * self.or(availability, RBig::ONE)
    }

    /// Mass fractions of a feed.
    pub(super) fn assay(&self, assay: &Assay) -> Shares {
        let mut shares = Shares::new();
        for grade in &assay.grades {
            let mut whole = self.value(grade.figure).clone();
            if let Some(counted) = &grade.counted {
                whole /= self.weight(counted, grade.members[0]);
            }
            if grade.parts.is_empty() {
                *shares.entry(grade.members[0]).or_default() += whole;
                continue;
            }
            let sum = number::sum(grade.parts.iter().map(|&part| self.value(part)));
            for (&species, &part) in grade.members.iter().zip(&grade.parts) {
                *shares.entry(species).or_default() += &whole * self.value(part) / &sum;
            }
        }
        if let Some(rest) = assay.rest {
            let sum = number::sum(shares.values());
            *shares.entry(rest).or_default() += RBig::ONE - sum;
        }
        shares.retain(|_, share| !share.is_zero());
        shares
    }

    /// Share of a species that reports to an outlet.
    pub(super) fn recovery(
        &self,
        separation: &Separation,
        outlet: StreamId,
        species: SpeciesId,
    ) -> RBig {
        let named = separation.recoveries.iter();
        let of = |figure: Option<FigureId>| self.or(figure, RBig::ZERO);
        if separation.rest == Some(outlet) {
            return named.fold(RBig::ONE, |rest, item| rest - of(item.figure(species)));
        }
        let mut named = named.filter(|item| item.outlet == outlet);
        named.next().map_or(RBig::ZERO, |item| of(item.figure(species)))
    }

    /// Share of the whole that a splitter of given fractions sends to an outlet.
    pub(super) fn fraction(&self, splitter: &Splitter, outlet: StreamId) -> Option<RBig> {
        let fixed = splitter.fixed.as_ref()?;
        let own = fixed.iter().find(|(stream, _)| *stream == outlet);
        Some(match own {
            Some((_, Some(figure))) => self.value(*figure).clone(),
            Some((_, None)) => {
                let given = fixed.iter().filter_map(|&(_, figure)| Some(self.value(figure?)));
                RBig::ONE - number::sum(given)
            }
            None => RBig::ZERO,
        })
    }

    /// What the reactions of a reactor do, one after the other or side by side: extent = conversion · key ÷ key per
    /// extent; a reagent is dosed to its need times 1 + excess before it reacts.
    pub(super) fn conversion(
        &self,
        reactor: &Reactor,
        entering: &[SpeciesId],
    ) -> Result<Conversion, Refusal> {
        let mut after: BTreeMap<SpeciesId, Shares> =
            entering.iter().map(|&id| (id, Shares::from([(id, RBig::ONE)]))).collect();
        let before = after.clone();
        let mut doses = vec![Shares::new(); reactor.reagents.len()];
        for reaction in &reactor.reactions {
            let masses = self.masses(reaction)?;
            let there = match reactor.mode {
                ReactionMode::Series => after.get(&reaction.key),
                ReactionMode::Parallel => before.get(&reaction.key),
            };
            let Some(key) = there.cloned() else { continue };
            let per_key = self.value(reaction.conversion) / -masses[&reaction.key].clone();
            for (species, mass) in &masses {
                let reagent = reactor.reagents.iter().position(|item| item.species == *species);
                let mut net = mass.clone();
                if let (Some(at), true) = (reagent, number::is_negative(mass)) {
                    let excess = self.or(reactor.reagents[at].excess, RBig::ZERO);
                    let dosed = -mass * (RBig::ONE + &excess);
                    net += &dosed;
                    for (&from, factor) in &key {
                        *doses[at].entry(from).or_default() += &dosed * &per_key * factor;
                    }
                }
                let row = after.entry(*species).or_default();
                for (&from, factor) in &key {
                    *row.entry(from).or_default() += &net * &per_key * factor;
                }
            }
        }
        for row in after.values_mut() {
            row.retain(|_, factor| !factor.is_zero());
        }
        after.retain(|_, row| !row.is_empty());
        Ok(Conversion { after, doses })
    }

    /// t per unit of extent of each species of a reaction, negative for what it consumes.
    fn masses(&self, reaction: &Reaction) -> Result<Shares, Refusal> {
        let equation = Equation::parse(&reaction.text)
            .map_err(|error| Refusal::Unable(format!("`{}`: {error}", reaction.text)))?;
        let mut masses = Shares::new();
        for (sign, term) in equation.signed_terms() {
            let named = reaction
                .masses
                .iter()
                .find(|(id, _)| self.flowsheet.species[*id].name == term.species);
            let Some(&(species, _)) = named else {
                let reason = format!("`{}` of `{}` is no species", term.species, reaction.text);
                return Err(Refusal::Unable(reason));
            };
            let moles = number::of(term.ratio.0) / number::of(term.ratio.1);
            let mass = moles * molar_mass(&term.formula);
            let row = masses.entry(species).or_default();
            if sign < 0.0 { *row -= mass } else { *row += mass }
        }
        Ok(masses)
    }
}

/// Molar mass of a formula, g/mol, of the atomic weights as published.
fn molar_mass(formula: &Formula) -> RBig {
    let atoms = formula.counts().iter();
    number::sum(atoms.map(|&(element, n)| number::of(n) * number::of(element.atomic_weight())))
}

/// A figure in internal units from its text; a bare number from the file itself; what was computed as the double that it is.
fn read(figure: &Figure, units: &Units, sources: &Sources) -> Option<RBig> {
    if figure.provenance == Provenance::Computed {
        return Some(number::of(figure.value));
    }
    let bare = sources.snippet(figure.span).map(|text| text.trim().replace('_', ""));
    if let Some(value) = bare.and_then(|text| number::decimal(&text)) {
        return Some(value);
    }
    let written = units.parse_written(&figure.text).ok()?;
    let product = |factors: &[f64]| {
        factors.iter().fold(RBig::ONE, |product, &factor| product * number::of(factor))
    };
    let (above, below) = (product(&written.above), product(&written.below));
    Some(number::decimal(&written.decimal)? * above / below)
}

/// Whether a double is what rounding leaves of a number.
fn agrees(exact: &RBig, value: f64) -> bool {
    (number::rounded(exact) - value).abs() <= 1e-14 * value.abs()
}
