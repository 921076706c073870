//! Reactions: whether they run, and whether what they need is there.

use super::{Check, Found, TOLERANCE, join, percent};
use crate::{
    chem::Equation,
    diagnostic::{Code, Diagnostic, Span},
    document::ReactionMode,
    flowsheet::{Operation, Reaction, Reactor, SpeciesId},
};

impl Check<'_> {
    pub(super) fn check_reactions(
        &self,
        operation: &Operation,
        reactor: &Reactor,
        inlet: &[SpeciesId],
        found: &mut Vec<Found>,
    ) {
        let mut there: Vec<SpeciesId> = inlet.to_vec();
        for reaction in &reactor.reactions {
            let name = &operation.name;
            if there.contains(&reaction.key) {
                found.extend(self.check_reactants(operation, reactor, reaction, &there));
            } else {
                let key = self.name(reaction.key);
                let message =
                    format!("reaction `{}` in `{name}` never runs: no `{key}`", reaction.text);
                let diagnostic = Diagnostic::new(Code::UnusedInput, message)
                    .at(Self::place_in(reaction, key), format!("no `{key}` enters `{name}`"))
                    .help("remove the reaction, or look where its key species is lost further up");
                found.push(Found { diagnostic, about: key.to_owned() });
            }
            // What a reaction would make counts as there, so that what follows on it is not reported too.
            there
                .extend(reaction.masses.iter().filter(|&&(_, mass)| mass > 0.0).map(|&(id, _)| id));
        }
        if reactor.mode == ReactionMode::Parallel {
            self.check_conversions(operation, reactor, found);
        }
    }

    /// Reactions that act on the same inlet cannot convert more than all of it.
    fn check_conversions(&self, operation: &Operation, reactor: &Reactor, found: &mut Vec<Found>) {
        for (at, reaction) in reactor.reactions.iter().enumerate() {
            let same = |other: &&Reaction| other.key == reaction.key;
            if reactor.reactions[..at].iter().any(|other| same(&other)) {
                continue;
            }
            let figures: Vec<_> =
                reactor.reactions.iter().filter(same).map(|other| other.conversion).collect();
            let sum: f64 = figures.iter().map(|&figure| self.values[figure]).sum();
            if sum > 1.0 + TOLERANCE {
                let message = format!(
                    "the parallel reactions of `{}` convert {} % of `{}`, more than 100 %",
                    operation.name,
                    percent(sum),
                    self.name(reaction.key)
                );
                let diagnostic = Diagnostic::new(Code::OutOfRange, message);
                let help = "lower a conversion, or let one act on what the other leaves: `mode = \"series\"`";
                found.push(self.mark(diagnostic, &figures, "").help(help).into());
            }
        }
    }

    fn check_reactants(
        &self,
        operation: &Operation,
        reactor: &Reactor,
        reaction: &Reaction,
        there: &[SpeciesId],
    ) -> Option<Found> {
        let missing: Vec<&str> = reaction
            .masses
            .iter()
            .filter(|&&(id, mass)| {
                mass < 0.0
                    && !there.contains(&id)
                    && reactor.reagents.iter().all(|reagent| reagent.species != id)
            })
            .map(|&(id, _)| self.name(id))
            .collect();
        let first = missing.first()?;
        let message = format!(
            "reaction `{}` in `{}` needs {}, which nothing brings",
            reaction.text,
            operation.name,
            join(&missing)
        );
        let help = format!(
            "dose it: `reagent.{} = {{ price = \"…\" }}`, or let a stream bring it",
            quote_key(first)
        );
        Some(
            Diagnostic::new(Code::ReactantMissing, message)
                .at(Self::place_in(reaction, first), "")
                .help(help)
                .into(),
        )
    }

    /// Where a species stands in an equation.
    fn place_in(reaction: &Reaction, species: &str) -> Span {
        let equation = Equation::parse(&reaction.text).ok();
        let range = equation.and_then(|equation| {
            let term = equation.left().iter().find(|term| term.species == species)?;
            Some(term.range.clone())
        });
        range.map_or(reaction.span, |range| reaction.span.part(&reaction.text, range))
    }
}

/// A name as a key of TOML, in quotes where it needs them.
pub(super) fn quote_key(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.bytes().all(plain) { name.to_owned() } else { format!("\"{name}\"") }
}
