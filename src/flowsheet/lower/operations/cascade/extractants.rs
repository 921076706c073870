//! Extractants and their separation factors.

use super::{
    super::super::{Lowering, did_you_mean, figures::Expect, keys},
    Place, count,
};
use crate::{
    chem::Element,
    diagnostic::{Code, Diagnostic, Span, nearest},
    document::{CascadeTable, Confidence, ExtractantTable, Name, Provenance},
    flowsheet::{CascadeProduct, Extractant, FigureId},
    measure::Dimension,
};

/// Elements and figure of a separation factor.
type Pairs = Vec<(Element, Element, FigureId)>;

impl<'d> Lowering<'d> {
    pub(super) fn lower_extractants(
        &mut self,
        table: &'d CascadeTable,
        place: &Place<'d>,
        products: &[CascadeProduct],
    ) -> Option<Vec<Extractant>> {
        let document = self.document;
        let wanted: Vec<Element> = products
            .iter()
            .flat_map(|product| &product.species)
            .filter_map(|&id| self.species[id].formula.as_ref())
            .flat_map(|formula| formula.counts().iter().map(|&(element, _)| element))
            .collect();
        if table.extractants.is_empty() {
            let message = format!("cascade `{}` has no extractant", place.name);
            self.report(
                Diagnostic::new(Code::MissingKey, message)
                    .at(place.name.span, "")
                    .help("name one: `extractants = [\"P507-chloride\"]`"),
            );
            return None;
        }
        let mut list = Vec::new();
        let mut unconfirmed: Vec<(String, Span)> = Vec::new();
        for name in &table.extractants {
            let own = self.extractant(name)?;
            let scrub = match &own.scrub {
                Some(other) => self.extractant(other)?,
                None => own,
            };
            let extraction = self.lower_factors(name, own, table, &wanted, &mut unconfirmed)?;
            let scrub = match &own.scrub {
                Some(other) => {
                    self.lower_factors(other, scrub, table, &wanted, &mut unconfirmed)?
                }
                None => extraction.clone(),
            };
            let inherit = extractant_provenance(own).or(&self.provenance);
            let path = format!("extractant.{name}");
            let needed = [
                (&own.concentration, "concentration", "\"1.5 mol/L\""),
                (&own.saponification, "saponification", "\"36 %\""),
            ];
            for (figure, key, example) in needed {
                if figure.is_none() {
                    let message =
                        format!("`[{path}]` has no `{key}`, which `{}` needs", place.name);
                    let written = document.extractant.get_key_value(name.as_str());
                    let key_span = written.map_or(name.span, |(key, _)| key.span);
                    self.report(
                        Diagnostic::new(Code::MissingKey, message)
                            .at(key_span, "")
                            .help(format!("add `{key} = {example}`")),
                    );
                }
            }
            let concentration = own.concentration.as_ref().and_then(|figure| {
                let expect = Expect::positive(Dimension::CONCENTRATION).constant();
                self.figure(figure, &format!("{path}.concentration"), &inherit, &expect)
            });
            let saponification = own.saponification.as_ref().and_then(|figure| {
                let expect = Expect::share().constant();
                let found =
                    self.figure(figure, &format!("{path}.saponification"), &inherit, &expect)?;
                if self.figures[found.id].value <= 0.0 {
                    let message = format!("`{path}.saponification` must be greater than 0");
                    self.report(Diagnostic::new(Code::OutOfRange, message).at(figure.span, ""));
                    return None;
                }
                Some(found)
            });
            let (Some(concentration), Some(saponification)) = (concentration, saponification)
            else {
                continue;
            };
            list.push(Extractant {
                name: name.value.clone(),
                extraction,
                scrub,
                concentration: concentration.id,
                saponification: saponification.id,
            });
        }
        if !unconfirmed.is_empty() {
            let mut names: Vec<&str> = unconfirmed.iter().map(|(name, _)| name.as_str()).collect();
            names.dedup();
            let message = format!(
                "cascade `{}` uses separation factors that nobody has verified: `{}`",
                place.name,
                names.join("`, `")
            );
            let listed = names.join("\", \"");
            let found = Diagnostic::new(Code::UnverifiedFactor, message).at(place.name.span, "");
            let found =
                unconfirmed.iter().take(6).fold(found, |found, (_, span)| found.at(*span, ""));
            self.report(found.help(format!(
                "measure them or find a source; or, if you stand for them, write `confirmed = [\"{listed}\"]` in the cascade"
            )));
        }
        (list.len() == table.extractants.len()).then_some(list)
    }

    fn extractant(&mut self, name: &Name) -> Option<&'d ExtractantTable> {
        let document = self.document;
        let found = document.extractant.get(name.as_str());
        if found.is_none() {
            let near = nearest(name, keys(&document.extractant)).map(str::to_owned);
            let help = did_you_mean(
                near,
                "define it, `[extractant.NAME]`, or include `library/extractants.toml`",
            );
            let message = format!("`{name}` is no extractant");
            self.report_name(
                name,
                Diagnostic::new(Code::UnknownExtractant, message).at(name.span, "").help(help),
            );
        }
        found
    }

    /// The separation factors of an extractant; a table that several cascades use is read once.
    fn lower_factors(
        &mut self,
        name: &Name,
        extractant: &'d ExtractantTable,
        table: &'d CascadeTable,
        wanted: &[Element],
        unconfirmed: &mut Vec<(String, Span)>,
    ) -> Option<Pairs> {
        let inherit = extractant_provenance(extractant).or(&self.provenance);
        let mut pairs: Pairs = Vec::new();
        let mut doubtful: Vec<(FigureId, String, Span)> = Vec::new();
        let mut sound = true;
        for (pair, figure) in &extractant.separation_factor {
            let path = format!("extractant.{name}.separation-factor.{pair}");
            let known = self.figures.iter_ids().find(|(_, it)| it.path == path).map(|(id, _)| id);
            let expect =
                Expect::positive(Dimension::FRACTION).constant().usual(0.001, 1e4, "up to 10,000");
            let id = match known {
                Some(id) => Some(id),
                None => self.figure(figure, &path, &inherit, &expect).map(|found| found.id),
            };
            let elements = pair.split_once('/').and_then(|(one, other)| {
                Some((Element::from_symbol(one.trim())?, Element::from_symbol(other.trim())?))
            });
            let elements = elements.filter(|(one, other)| one != other);
            let Some((one, other)) = elements else {
                let message = format!("`{pair}` is no pair of elements");
                self.report_name(
                    pair,
                    Diagnostic::new(Code::SeparationFactor, message)
                        .at(pair.span, "")
                        .help("write the more extractable one first: `\"Nd/Pr\" = 1.4`"),
                );
                sound = false;
                continue;
            };
            let Some(id) = id else {
                sound = false;
                continue;
            };
            let value = self.figures[id].value;
            if value <= 1.0 {
                let message = format!("separation factor `{pair}` is {value}: it must exceed 1");
                self.report_name(
                    &path,
                    Diagnostic::new(Code::SeparationFactor, message).at(figure.span, "").help(
                        format!("if `{other}` is the more extractable one, write `\"{other}/{one}\" = {:.3}`", 1.0 / value),
                    ),
                );
                sound = false;
                continue;
            }
            self.narrow(id, 1.0_f64.next_up(), f64::MAX);
            let confidence = figure.provenance.confidence.or(if figure.provenance.is_empty() {
                extractant.confidence
            } else {
                None
            });
            let confirmed = table.confirmed.iter().any(|it| it.value == pair.value);
            if confidence == Some(Confidence::Unverified) && !confirmed {
                doubtful.push((id, pair.value.clone(), pair.span));
            }
            pairs.push((one, other, id));
        }
        // Only pairs that join elements of the products are used.
        let used = joining(&pairs, wanted);
        let doubtful = doubtful.into_iter().filter(|(id, ..)| used.contains(id));
        unconfirmed.extend(doubtful.map(|(_, pair, span)| (pair, span)));
        sound.then_some(pairs)
    }

    /// Every species of a product has one metal that every extractant knows.
    pub(super) fn check_metals(
        &mut self,
        products: &[CascadeProduct],
        extractants: &[Extractant],
        place: &Place<'d>,
    ) {
        for product in products {
            for &id in &product.species {
                let name = self.species[id].name.clone();
                let counts: Vec<Element> = self.species[id]
                    .formula
                    .iter()
                    .flat_map(|formula| formula.counts().iter().map(|&(element, _)| element))
                    .collect();
                let known = |element: &Element| {
                    extractants
                        .iter()
                        .flat_map(|it| &it.extraction)
                        .any(|(one, other, _)| one == element || other == element)
                };
                let metals = counts.iter().filter(|it| known(it)).count();
                if metals != 1 {
                    let message = format!(
                        "`{name}` in product `{}` of `{}` has {} with a separation factor; it must have one",
                        product.name,
                        place.name,
                        count(metals, "element")
                    );
                    let message = message.replace("0 elements", "no element");
                    self.report(
                        Diagnostic::new(Code::SeparationFactor, message)
                            .at(place.name.span, "")
                            .help("products of a cascade are made of compounds such as `Nd2O3`, whose metal is in `[extractant.NAME.separation-factor]`"),
                    );
                }
            }
        }
    }
}

/// The figures of the pairs that lie between wanted elements: what is left when loose ends are taken off.
fn joining(pairs: &Pairs, wanted: &[Element]) -> Vec<FigureId> {
    let mut left: Vec<(Element, Element, FigureId)> = pairs.clone();
    loop {
        let loose = |element: Element| {
            let times = left.iter().filter(|(one, other, _)| *one == element || *other == element);
            times.count() == 1 && !wanted.contains(&element)
        };
        let kept: Vec<_> =
            left.iter().copied().filter(|&(one, other, _)| !loose(one) && !loose(other)).collect();
        if kept.len() == left.len() {
            return left.into_iter().map(|(.., figure)| figure).collect();
        }
        left = kept;
    }
}

fn extractant_provenance(table: &ExtractantTable) -> Provenance {
    Provenance::said(&table.source, table.assumed.as_ref(), table.confidence)
}
