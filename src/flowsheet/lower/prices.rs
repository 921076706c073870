//! Prices: of streams, products and contained species.

use super::{Lowering, figures::Expect};
use crate::{
    diagnostic::{Code, Diagnostic},
    document::{self, Many, Payable, Provenance, Scalar},
    flowsheet::{Content, FigureId, Price, PriceTerm, SpeciesId},
    measure::Dimension,
};

impl Lowering<'_> {
    /// Market prices of contained species: the most special entry counts (a species before a group).
    pub(super) fn lower_market(&mut self) {
        let document = self.document;
        let inherit = self.provenance.clone();
        let mut entries: Vec<(bool, Vec<SpeciesId>, FigureId, Content)> = Vec::new();
        for (name, figure) in &document.price {
            let path = format!("price.{name}");
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price().per();
            let Some(found) = self.figure(figure, &path, &inherit, &expect) else { continue };
            let group = self.groups.iter().find(|group| group.name == name.value);
            let members = match (group, self.species_names.get(name.as_str())) {
                (Some(group), _) => group.members.clone(),
                (None, Some(&id)) => vec![id],
                // A price of something that the flowsheet does not have: fine in a shared list of prices.
                (None, None) if super::formula(name).is_some() => continue,
                (None, None) => {
                    self.members(name);
                    continue;
                }
            };
            let single = self.groups.iter().all(|group| group.name != name.value);
            let content = if let Some(basis) = &found.basis.denominator {
                let Some(content) = self.content(basis, found.basis_span(basis)) else { continue };
                content
            } else {
                let mut weights: Vec<(SpeciesId, f64)> =
                    members.iter().map(|&id| (id, 1.0)).collect();
                weights.sort_by_key(|&(id, _)| id);
                Content { name: name.value.clone(), weights: Some(weights) }
            };
            entries.push((single, members, found.id, content));
        }
        for id in self.species.ids() {
            let mine: Vec<_> =
                entries.iter().filter(|(_, members, ..)| members.contains(&id)).collect();
            let best = mine.iter().find(|(single, ..)| *single).or(mine.first());
            if let [(false, _, one, _), (false, _, two, _), ..] = mine.as_slice() {
                let (one, two) = (self.figures[*one].span, self.figures[*two].span);
                let message = format!("two groups of `[price]` price `{}`", self.species[id].name);
                self.report(
                    Diagnostic::new(Code::OverlappingPrice, message)
                        .at(two, "here")
                        .at(one, "and here")
                        .help("give the species a price of its own, or keep one group"),
                );
                return;
            }
            if let Some((_, _, figure, content)) = best {
                let weight = content.weight(id);
                let name = self.species[id].name.clone();
                if weight == 0.0 {
                    let figure = &self.figures[*figure];
                    let message = format!(
                        "`{}` is per t of `{}`, which `{name}` does not hold",
                        figure.path, content.name
                    );
                    let span = figure.span;
                    self.report(Diagnostic::new(Code::WrongBasis, message).at(span, ""));
                    return;
                }
                let content = Content { name, weights: Some(vec![(id, weight)]) };
                self.market.push(PriceTerm { figure: *figure, content, payable: None });
            }
        }
    }

    /// The price of a stream or product.
    pub(super) fn lower_price(
        &mut self,
        prices: &Many<document::Figure>,
        payable: Option<&Payable>,
        path: &str,
        inherit: &Provenance,
    ) -> Option<Price> {
        let mut terms: Vec<PriceTerm> = Vec::new();
        for (at, figure) in prices.0.iter().enumerate() {
            if matches!(&figure.value, Scalar::Text(text) if text.trim() == "market") {
                if self.market.is_empty() && !self.findings.has_errors() {
                    let why = if self.document.price.is_empty() {
                        "there is no `[price]` table"
                    } else {
                        "`[price]` has no species of this flowsheet"
                    };
                    let message = format!("`{path}` asks for market prices, but {why}");
                    self.report(
                        Diagnostic::new(Code::UnknownBasis, message)
                            .at(figure.span, "")
                            .help("add `[price]` with a price per contained species: `Nd2O3 = \"73 USD/kg\"`"),
                    );
                }
                terms.extend(self.market.iter().cloned());
                continue;
            }
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price().per();
            let own = Self::item_path(path, at, prices.0.len());
            let Some(found) = self.figure(figure, &own, inherit, &expect) else { continue };
            let content = match &found.basis.denominator {
                Some(basis) => match self.content(basis, found.basis_span(basis)) {
                    Some(content) => content,
                    None => continue,
                },
                None => Content::whole(),
            };
            terms.push(PriceTerm { figure: found.id, content, payable: None });
        }
        self.check_overlap(&terms, path);
        if let Some(payable) = payable {
            self.lower_payable(payable, path, inherit, &mut terms);
        }
        // A price that cannot be read was reported: that is no lack of a price.
        (!prices.0.is_empty()).then_some(Price { terms })
    }

    fn check_overlap(&mut self, terms: &[PriceTerm], path: &str) {
        for (at, term) in terms.iter().enumerate() {
            let overlap = |other: &PriceTerm| {
                self.species
                    .ids()
                    .any(|id| term.content.weight(id) > 0.0 && other.content.weight(id) > 0.0)
            };
            if let Some(other) = terms[..at].iter().find(|other| overlap(other)) {
                let (one, two) = (self.figures[other.figure].span, self.figures[term.figure].span);
                let twice = self
                    .species
                    .ids()
                    .find(|&id| term.content.weight(id) > 0.0 && other.content.weight(id) > 0.0);
                let twice = twice.map_or("", |id| self.species[id].name.as_str());
                let message = format!("`{path}` pays twice for `{twice}`");
                self.report(
                    Diagnostic::new(Code::OverlappingPrice, message)
                        .at(two, format!("this price counts `{twice}`"))
                        .at(one, "and so does this one")
                        .help("price each species once, or the whole stream"),
                );
                return;
            }
        }
    }

    fn lower_payable(
        &mut self,
        payable: &Payable,
        path: &str,
        inherit: &Provenance,
        terms: &mut [PriceTerm],
    ) {
        let base = path.strip_suffix(".price").unwrap_or(path);
        match payable {
            Payable::All(figure) => {
                let path = format!("{base}.payable");
                if let Some(found) = self.figure(figure, &path, inherit, &Expect::share()) {
                    for term in terms.iter_mut() {
                        term.payable = Some(found.id);
                    }
                }
            }
            Payable::Each(each) => {
                for (name, figure) in each {
                    let path = format!("{base}.payable.{name}");
                    let Some(found) = self.figure(figure, &path, inherit, &Expect::share()) else {
                        continue;
                    };
                    let Some(content) = self.content(name, name.span) else { continue };
                    let mut used = false;
                    for term in terms.iter_mut() {
                        let inside = term.content.weights.as_ref().is_some_and(|weights| {
                            weights.iter().all(|&(id, _)| content.weight(id) > 0.0)
                        });
                        if inside {
                            term.payable = Some(found.id);
                            used = true;
                        }
                    }
                    if !used {
                        let message =
                            format!("`{path}` names `{name}`, which `{base}.price` does not price");
                        self.report(
                            Diagnostic::new(Code::UnusedInput, message)
                                .at(name.span, "")
                                .help("name a basis of `price`, or remove it"),
                        );
                    }
                }
            }
        }
    }
}
