//! Reactions: parsed, balanced, turned into masses.

use super::{Lowering, did_you_mean, figures::Expect};
use crate::{
    chem::Equation,
    diagnostic::{Code, Diagnostic, nearest},
    document::{Name, Provenance, ReactionTable},
    flowsheet::{Reaction, SpeciesId},
};

impl Lowering<'_> {
    /// One reaction of a reactor.
    pub(super) fn lower_reaction(
        &mut self,
        table: &ReactionTable,
        path: &str,
        inherit: &Provenance,
    ) -> Option<Reaction> {
        let text = &table.equation;
        let conversion = self.figure(
            &table.conversion,
            &format!("{path}.conversion"),
            inherit,
            &Expect::share(),
        );
        let equation = match Equation::parse(text) {
            Ok(equation) => equation,
            Err(error) => {
                let span = text.span.part(text, error.range);
                let mut diagnostic = Diagnostic::new(Code::BadFormula, error.message).at(span, "");
                if let Some(help) = error.help {
                    diagnostic = diagnostic.help(help);
                }
                self.report(diagnostic);
                return None;
            }
        };
        if let Err(unbalanced) = equation.check() {
            let message = format!("the equation does not balance {unbalanced}");
            let mut diagnostic =
                Diagnostic::new(Code::ReactionUnbalanced, message).at(text.span, "");
            if let Some(help) = unbalanced.help {
                diagnostic = diagnostic.help(help);
            }
            self.report(diagnostic);
            return None;
        }
        let mut masses: Vec<(SpeciesId, f64)> = Vec::new();
        for (sign, term) in equation.signed_terms() {
            let id = self.intern(&Name::new(term.species.clone(), text.span))?;
            let mass = sign.signum() * term.mass();
            match masses.iter_mut().find(|(known, _)| *known == id) {
                Some((_, sum)) => *sum += mass,
                None => masses.push((id, mass)),
            }
        }
        let key = masses
            .iter()
            .find(|&&(id, mass)| self.species[id].name == table.key.value && mass < 0.0);
        let Some(&(key, _)) = key else {
            let reactants: Vec<&str> =
                equation.left().iter().map(|term| term.species.as_str()).collect();
            let near = nearest(&table.key, reactants.iter().copied()).map(str::to_owned);
            let help = did_you_mean(near, &format!("name one of `{}`", reactants.join("`, `")));
            let message = format!("key `{}` is not a reactant of the equation", table.key);
            self.report(
                Diagnostic::new(Code::KeyNotReactant, message)
                    .at(table.key.span, "")
                    .at(text.span, "of this equation")
                    .help(help),
            );
            return None;
        };
        Some(Reaction {
            text: text.value.clone(),
            span: text.span,
            masses,
            key,
            conversion: conversion?.id,
        })
    }
}
