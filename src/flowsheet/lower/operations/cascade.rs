//! Cascades: products, extractants, circuit; the figures that their design will write.

mod circuit;
mod extractants;

use super::super::{Lowering, figures::Expect};
use super::Place;
use crate::{
    chem::extraction::FeedPhase,
    diagnostic::{Code, Diagnostic, Span},
    document::{CascadePhase, CascadeTable},
    flowsheet::{
        Cascade, CascadeProduct, ComputedFigures, Consumption, Content, Figure, FigureId, Kind,
        Limit, LimitKind, Port, Provenance, Rate, Recovery, Sense, Separation, Separator,
        SpeciesId, StreamId,
    },
    measure::Dimension,
};

/// Sequences that are designed in full, if it is not said how many.
const SEQUENCES: usize = 5;

impl<'d> Lowering<'d> {
    pub(super) fn lower_cascade(
        &mut self,
        table: &'d CascadeTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<Kind> {
        let before = self.findings.len();
        let mut products = self.lower_cascade_products(table, place, outlets);
        let extractants = self.lower_extractants(table, place, &products);
        let circuit = self.lower_circuit(&table.circuit, place);
        let reagents = table.reagents.as_ref().and_then(|it| self.lower_reagents(it, place));
        let feed = self.lower_design_feed(table, place, &products);
        let constant = |dimension| Expect::positive(dimension).constant();
        let volume = table.volume.as_ref().and_then(|figure| {
            let path = format!("{}.volume", place.path);
            Some(self.figure(figure, &path, &place.inherit, &constant(Dimension::VOLUME))?.id)
        });
        let extraction = table.extraction.as_ref().and_then(|figure| {
            let path = format!("{}.extraction", place.path);
            Some(self.figure(figure, &path, &place.inherit, &constant(Dimension::FRACTION))?.id)
        });
        let margin = self.lower_margin(table, place);
        let unit_cost = self.lower_unit_cost(table, place);
        let capital = self.lower_capital(table, place);
        if let Some(extractants) = &extractants {
            self.check_metals(&products, extractants, place);
        }
        if products.len() < 2 || self.findings.len() > before && self.findings.has_errors() {
            return None;
        }
        let (circuit, extractants) = (circuit?, extractants?);
        let mut species: Vec<SpeciesId> =
            products.iter().flat_map(|it| it.species.iter().copied()).collect();
        species.sort_unstable();
        species.dedup();
        // The last outlet with a product takes what the others leave, so that all shares sum to exactly 1.
        let rest = outlets
            .iter()
            .copied()
            .find(|&outlet| products.iter().all(|product| product.outlet != outlet));
        let named = if rest.is_some() { products.len() } else { products.len() - 1 };
        let mut recoveries = self.computed_recoveries(&products[..named], &species, place);
        if rest.is_some() {
            // What is not extracted leaves by the outlet without a product.
            for recovery in &mut recoveries {
                let path = format!("{}.recovery.default", place.path);
                let none = self.computed(path, place.name.span);
                self.figures[none].value = 0.0;
                recovery.default = Some(none);
            }
        }
        let rest = rest.or_else(|| products.last().map(|product| product.outlet));
        for product in &mut products {
            product.species.sort_unstable();
        }
        let mut named = |key: &str, wanted: bool| {
            wanted.then(|| self.computed(format!("{}.{key}", place.path), place.name.span))
        };
        let computed = ComputedFigures {
            capacity: named("volume.throughput", volume.is_some()),
            base: named("reagents.base", reagents.is_some()),
            acid: named("reagents.acid", reagents.is_some()),
            water: named("reagents.water", reagents.as_ref().is_some_and(|it| it.water.is_some())),
        };
        let content = self.content_of(&species);
        if let Some(figure) = computed.capacity {
            self.limits.push(Limit {
                kind: LimitKind::Capacity,
                operation: place.id,
                sense: Sense::AtMost,
                figure,
                availability: None,
                expansion: None,
                build: None,
                port: Port::Inlet(place.id),
                content,
                share_of: None,
            });
        }
        let cascade = Cascade {
            products,
            species,
            extractants,
            feed,
            phase: match table.feed_phase.unwrap_or_default() {
                CascadePhase::Aqueous => FeedPhase::Aqueous,
                CascadePhase::Organic => FeedPhase::Organic,
            },
            organic_feed: table.organic_feed.as_ref().is_none_or(|it| it.value),
            aim: table.minimise.unwrap_or_default(),
            sequences: self.lower_sequences(table, place),
            extraction,
            margin,
            availability: None,
            volume,
            circuit,
            reagents,
            unit_cost,
            capital,
            computed,
            design: None,
        };
        Some(Kind::Separator(Separator {
            separation: Separation { recoveries, rest },
            cascade: Some(Box::new(cascade)),
        }))
    }

    /// Recoveries that the design will write.
    fn computed_recoveries(
        &mut self,
        products: &[CascadeProduct],
        species: &[SpeciesId],
        place: &Place<'d>,
    ) -> Vec<Recovery> {
        let mut recoveries = Vec::new();
        for product in products {
            let path = format!("{}.recovery.{}", place.path, product.name);
            let mut figure = |id: SpeciesId| {
                let path = format!("{path}.{}", self.species[id].name);
                (id, self.computed(path, place.name.span))
            };
            recoveries.push(Recovery {
                outlet: product.outlet,
                span: place.name.span,
                species: species.iter().map(|&id| figure(id)).collect(),
                default: None,
            });
        }
        recoveries
    }

    /// What a cascade consumes by its design.
    pub(super) fn cascade_consumption(
        &self,
        kind: Option<&Kind>,
        place: &Place<'d>,
    ) -> Vec<Consumption> {
        let Some(Kind::Separator(Separator { cascade: Some(cascade), .. })) = kind else {
            return Vec::new();
        };
        let Some(reagents) = &cascade.reagents else { return Vec::new() };
        let computed = &cascade.computed;
        let list = [
            (Some(reagents.base.0), computed.base),
            (Some(reagents.acid.0), computed.acid),
            (reagents.water, computed.water),
        ];
        let content = self.content_of(&cascade.species);
        list.into_iter()
            .filter_map(|(consumable, figure)| {
                let port = Port::Inlet(place.id);
                let rate = Rate { figure: figure?, port, content: content.clone() };
                Some(Consumption { consumable: consumable?, rate })
            })
            .collect()
    }

    /// The name by which the species are known together.
    fn content_of(&self, species: &[SpeciesId]) -> Content {
        let same = |members: &[SpeciesId]| {
            let mut members = members.to_vec();
            members.sort_unstable();
            members == species
        };
        let group = self.groups.iter().find(|group| same(&group.members));
        let name = group.map_or_else(|| "metals".to_owned(), |group| group.name.clone());
        Content { name, weights: Some(species.iter().map(|&id| (id, 1.0)).collect()) }
    }

    fn computed(&mut self, path: String, span: Span) -> FigureId {
        self.figures.push(Figure {
            path,
            text: "computed".to_owned(),
            value: f64::NAN,
            span,
            provenance: Provenance::Computed,
            range: None,
            allowed: (f64::NEG_INFINITY, f64::INFINITY),
        })
    }

    fn lower_cascade_products(
        &mut self,
        table: &'d CascadeTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Vec<CascadeProduct> {
        let mut products: Vec<CascadeProduct> = Vec::new();
        for (outlet, data) in &table.product {
            let path = format!("{}.product.{outlet}", place.path);
            let expect = Expect::share().constant();
            let purity =
                self.figure(&data.purity, &format!("{path}.purity"), &place.inherit, &expect);
            let recovery = data.recovery.as_ref().and_then(|figure| {
                let path = format!("{path}.recovery");
                let found = self.figure(figure, &path, &place.inherit, &expect)?;
                let value = self.figures[found.id].value;
                if !(value > 0.0 && value < 1.0) {
                    let message =
                        format!("`{path}` must lie between 0 % and 100 %, and be neither");
                    self.report(Diagnostic::new(Code::OutOfRange, message).at(figure.span, ""));
                    return None;
                }
                self.narrow(found.id, 0.0_f64.next_up(), 1.0_f64.next_down());
                Some(found.id)
            });
            let found = self.outlet(outlet, place, outlets);
            let members = self.members(&data.of);
            let (Some(purity), Some(stream), Some(members)) = (purity, found, members) else {
                continue;
            };
            for &id in &members {
                if let Some(other) = products.iter().find(|it| it.species.contains(&id)) {
                    let message = format!(
                        "`{}` is in two products of `{}`: `{}` and `{outlet}`",
                        self.species[id].name, place.name, other.name
                    );
                    self.report(
                        Diagnostic::new(Code::CascadeProduct, message)
                            .at(data.of.span, "")
                            .help("keep it in one of them"),
                    );
                    break;
                }
            }
            products.push(CascadeProduct {
                outlet: stream,
                name: outlet.value.clone(),
                species: members,
                purity: purity.id,
                recovery,
            });
        }
        let unnamed: Vec<StreamId> = outlets
            .iter()
            .copied()
            .filter(|&stream| products.iter().all(|product| product.outlet != stream))
            .collect();
        let read = products.len() == table.product.len();
        if read && !outlets.is_empty() && (products.len() < 2 || unnamed.len() > 1) {
            let message = format!(
                "cascade `{}` has {} and {} without one",
                place.name,
                count(products.len(), "outlet with a product"),
                count(unnamed.len(), "outlet")
            );
            let found = Diagnostic::new(Code::CascadeProduct, message);
            let found = unnamed.iter().fold(found.at(place.name.span, ""), |found, &id| {
                found.at(self.streams[id].span, "no product")
            });
            self.report(found.help(
                "give two outlets or more a product, `product.OUTLET = { of = \"NdPr\", purity = \"99.5 %\" }`; one outlet may be without, for what is not extracted",
            ));
        }
        products
    }

    fn lower_margin(&mut self, table: &'d CascadeTable, place: &Place<'d>) -> Option<FigureId> {
        let figure = table.margin.as_ref()?;
        let path = format!("{}.margin", place.path);
        let expect = Expect::positive(Dimension::FRACTION).constant().usual(1.0, 3.0, "1.05 to 3");
        let found = self.figure(figure, &path, &place.inherit, &expect)?;
        if self.figures[found.id].value <= 1.0 {
            let message = format!("`{path}` must be greater than 1");
            self.report(
                Diagnostic::new(Code::OutOfRange, message)
                    .at(figure.span, "")
                    .help("at the minimum itself the stages are infinitely many"),
            );
            return None;
        }
        self.narrow(found.id, 1.0_f64.next_up(), f64::MAX);
        Some(found.id)
    }

    fn lower_sequences(&mut self, table: &CascadeTable, place: &Place<'d>) -> usize {
        let Some(written) = &table.sequences else { return SEQUENCES };
        if !(1..=20).contains(&written.value) {
            let message = format!("`{}.sequences` must be 1 to 20", place.path);
            self.report(Diagnostic::new(Code::OutOfRange, message).at(written.span, ""));
        }
        written.value.clamp(1, 20)
    }

    /// The composition that it is designed for.
    fn lower_design_feed(
        &mut self,
        table: &'d CascadeTable,
        place: &Place<'d>,
        products: &[CascadeProduct],
    ) -> Vec<(SpeciesId, FigureId)> {
        let mut feed = Vec::new();
        for (name, figure) in &table.feed {
            let path = format!("{}.feed.{name}", place.path);
            let expect = Expect::not_negative(Dimension::FRACTION).constant();
            let found = self.figure(figure, &path, &place.inherit, &expect);
            let (Some(found), Some(id)) = (found, self.intern(name)) else { continue };
            if products.iter().all(|product| !product.species.contains(&id)) {
                let message =
                    format!("`{name}` in the feed of `{}` is in none of its products", place.name);
                self.report(Diagnostic::new(Code::CascadeProduct, message).at(name.span, "").help(
                    "name species of the products here; what is not extracted does not count",
                ));
            }
            feed.push((id, found.id));
        }
        if let Some((key, _)) = table.feed.first() {
            let parts: Vec<FigureId> = feed.iter().map(|&(_, id)| id).collect();
            let what = format!("`{}.feed`", place.path);
            self.check_whole(&parts, &what, key.span, "mend the parts, so that they sum to 100");
        }
        feed
    }
}

pub(super) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {}", plural(what)) }
}

fn plural(what: &str) -> String {
    what.replacen("outlet", "outlets", 1).replacen("element", "elements", 1)
}
