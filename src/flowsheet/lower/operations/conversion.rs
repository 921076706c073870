//! Reactors and blenders: what makes one thing of another.

use super::super::{Lowering, figures::Expect, limits::LimitOn};
use super::Place;
use crate::{
    diagnostic::{Code, Diagnostic},
    document::{BlenderTable, Outlets, ReactorTable},
    flowsheet::{
        Blender, Content, Ingredient, LimitKind, Port, Reactor, Reagent, RecipeEntry, Sense,
        Separation, SpeciesId, StreamId,
    },
    measure::{Dimension, format_number},
};

impl<'d> Lowering<'d> {
    pub(super) fn lower_reactor(
        &mut self,
        table: &'d ReactorTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<Reactor> {
        let reactions = table.reaction.iter().enumerate().filter_map(|(at, reaction)| {
            let path = format!("{}.reaction.{at}", place.path);
            self.lower_reaction(reaction, &path, &place.inherit)
        });
        let reactions: Vec<_> = reactions.collect();
        if table.reaction.is_empty() {
            let message = format!("reactor `{}` has no reaction", place.name);
            self.report(
                Diagnostic::new(Code::MissingKey, message)
                    .at(place.name.span, "")
                    .help("add one to `reaction`, or make it a separator"),
            );
        }
        let mut reagents = Vec::new();
        for (name, reagent) in &table.reagent {
            let path = format!("{}.reagent.{name}", place.path);
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price().per();
            let price =
                self.figure(&reagent.price, &format!("{path}.price"), &place.inherit, &expect);
            self.check_named(name, price.as_ref());
            let excess = reagent.excess.as_ref().and_then(|figure| {
                let expect =
                    Expect::not_negative(Dimension::FRACTION).usual(1e-6, 20.0, "0–2,000 %");
                Some(self.figure(figure, &format!("{path}.excess"), &place.inherit, &expect)?.id)
            });
            let Some(members) = self.members(name) else { continue };
            let reacts = |id: SpeciesId| {
                reactions.iter().any(|reaction: &crate::flowsheet::Reaction| {
                    reaction.masses.iter().any(|&(known, mass)| known == id && mass < 0.0)
                })
            };
            if !reacts(members[0]) && reactions.len() == table.reaction.len() {
                let message =
                    format!("reagent `{name}` takes part in no reaction of `{}`", place.name);
                self.report(
                    Diagnostic::new(Code::UnusedInput, message)
                        .at(name.span, "")
                        .help("a reagent stands on the left of an equation under the same name"),
                );
            }
            if let Some(price) = price {
                reagents.push(Reagent { species: members[0], price: price.id, excess });
            }
        }
        let separation = if outlets.len() == 1 && table.recovery.is_empty() {
            Separation::all_to(outlets[0])
        } else {
            self.lower_separation(&table.recovery, place, outlets)?
        };
        let mode = table.mode.unwrap_or_default();
        Some(Reactor { reactions, mode, reagents, separation })
    }

    pub(super) fn lower_blender(
        &mut self,
        table: &'d BlenderTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<Blender> {
        let [outlet] = outlets else {
            if let Outlets::Named(named) = &table.to
                && named.len() > 1
            {
                let message = format!("blender `{}` has several outlets", place.name);
                self.report(
                    Diagnostic::new(Code::SeveralOutlets, message)
                        .at(
                            named.keys().nth(1).map_or(place.name.span, |name| name.span),
                            "a second outlet",
                        )
                        .at(place.name.span, "this blender")
                        .help("a blender makes one mixture; put a splitter behind it"),
                );
            }
            return None;
        };
        let mut recipe: Vec<RecipeEntry> = Vec::new();
        let mut complete = true;
        for (name, limit) in &table.recipe {
            let Some(members) = self.members(name) else { continue };
            let mut weights: Vec<(SpeciesId, f64)> =
                members.into_iter().map(|id| (id, 1.0)).collect();
            weights.sort_by_key(|&(id, _)| id);
            let content = Content { name: name.value.clone(), weights: Some(weights) };
            complete &= self.species.ids().all(|id| {
                content.weight(id) == 0.0
                    || recipe.iter().all(|entry| entry.content.weight(id) == 0.0)
            });
            let before = self.limits.len();
            let on = LimitOn {
                kind: LimitKind::Recipe,
                operation: place.id,
                port: Port::Mix(place.id),
                content: content.clone(),
                share_of: Some(Port::Stream(*outlet)),
                grows: false,
                span: name.span,
            };
            let path = format!("{}.recipe.{name}", place.path);
            self.lower_limit(limit, Sense::Exactly, &path, &place.inherit, &on);
            let share = self.limits.as_slice()[before..]
                .iter()
                .find(|limit| limit.sense == Sense::Exactly)
                .map(|limit| limit.figure);
            recipe.push(RecipeEntry { content, share });
        }
        let shares: Option<f64> =
            recipe.iter().map(|entry| Some(self.figures[entry.share?].value)).sum();
        complete &= shares.is_some_and(|sum| (sum - 1.0).abs() < 1e-9);
        if let Some(sum) = shares
            && sum > 1.0 + 1e-9
        {
            let percent = format_number(sum * 100.0);
            let message =
                format!("the recipe of `{}` sums to {percent} %, more than 100 %", place.name);
            let mut diagnostic = Diagnostic::new(Code::RecipeNotOne, message);
            for figure in recipe.iter().filter_map(|entry| entry.share) {
                diagnostic = diagnostic.at(self.figures[figure].span, "");
            }
            self.report(diagnostic.help("lower the shares until they sum to at most 100 %"));
        }
        if complete {
            let own = self.limits.iter_mut().skip(place.limits);
            for limit in own.filter(|limit| limit.kind == LimitKind::Recipe) {
                limit.share_of = Some(Port::Blend(place.id));
            }
        }
        let mut ingredients = Vec::new();
        for (name, item) in &table.buy {
            let path = format!("{}.buy.{name}", place.path);
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price().per();
            let price = self.figure(&item.price, &format!("{path}.price"), &place.inherit, &expect);
            self.check_named(name, price.as_ref());
            let Some(species) = self.intern(name) else { continue };
            if let Some(supply) = &item.supply {
                let on = LimitOn {
                    kind: LimitKind::Ingredient,
                    operation: place.id,
                    port: Port::Ingredient(place.id, species),
                    content: Content::whole(),
                    share_of: None,
                    grows: false,
                    span: name.span,
                };
                let path = format!("{path}.supply");
                self.lower_limit(supply, Sense::AtMost, &path, &place.inherit, &on);
            }
            if let Some(price) = price {
                ingredients.push(Ingredient { species, price: price.id });
            }
        }
        Some(Blender { recipe, ingredients, complete })
    }

    /// The price of something bought may name that thing, and nothing else.
    fn check_named(&mut self, name: &super::Name, price: Option<&super::super::figures::Lowered>) {
        let Some(price) = price else { return };
        if let Some(basis) = price.basis.denominator.as_ref().filter(|basis| **basis != name.value)
        {
            let message = format!("the price of `{name}` is per t of `{basis}`");
            self.report(
                Diagnostic::new(Code::WrongBasis, message)
                    .at(price.span, "")
                    .help(format!("convert it to a price per t of `{name}`")),
            );
        }
    }
}
