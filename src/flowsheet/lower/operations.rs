//! Operations: names, streams, and what each kind does.

use super::{Lowering, did_you_mean, figures::Expect, limits::LimitOn};
use crate::{
    diagnostic::{Code, Diagnostic, Span, nearest},
    document::{
        BlenderTable, Common, FeedTable, Figure, Name, Named, Outlets, ProductTable, Provenance,
        Rate as RateTable, ReactionMode, ReactorTable, SeparatorTable, SplitterTable, WasteTable,
    },
    flowsheet::{
        Assay, Blender, Consumption, Content, Feed, Grade, Ingredient, Kind, LimitKind, Operation,
        OperationId, Port, Price, PriceTerm, Product, Rate, Reactor, Reagent, RecipeEntry,
        Recovery, Sense, Separation, Separator, SpeciesId, Splitter, Stream, StreamId, Waste,
    },
    index::Id,
    measure::{Dimension, format_number},
};

/// A table of any kind.
#[derive(Clone, Copy)]
enum Table<'d> {
    Feed(&'d FeedTable),
    Separator(&'d SeparatorTable),
    Splitter(&'d SplitterTable),
    Reactor(&'d ReactorTable),
    Blender(&'d BlenderTable),
    Product(&'d ProductTable),
    Waste(&'d WasteTable),
}

impl<'d> Table<'d> {
    fn common(self) -> Common<'d> {
        match self {
            Self::Feed(table) => table.common(),
            Self::Separator(table) => table.common(),
            Self::Splitter(table) => table.common(),
            Self::Reactor(table) => table.common(),
            Self::Blender(table) => table.common(),
            Self::Product(table) => table.common(),
            Self::Waste(table) => table.common(),
        }
    }

    const fn outlets(self) -> Option<&'d Outlets> {
        match self {
            Self::Feed(table) => Some(&table.to),
            Self::Separator(table) => Some(&table.to),
            Self::Splitter(table) => Some(&table.to),
            Self::Reactor(table) => Some(&table.to),
            Self::Blender(table) => Some(&table.to),
            Self::Product(_) | Self::Waste(_) => None,
        }
    }

    /// The same kind without content, for what could not be read.
    fn empty(self) -> Kind {
        let separation = || Separation { recoveries: Vec::new(), rest: None };
        match self {
            Self::Feed(table) => Kind::Feed(Feed {
                assay: Assay { grades: Vec::new(), rest: None },
                cost: None,
                origin: table.origin.unwrap_or_default(),
            }),
            Self::Separator(_) => Kind::Separator(Separator { separation: separation() }),
            Self::Splitter(_) => Kind::Splitter(Splitter { fixed: None }),
            Self::Reactor(_) => Kind::Reactor(Reactor {
                reactions: Vec::new(),
                mode: ReactionMode::default(),
                reagents: Vec::new(),
                separation: separation(),
            }),
            Self::Blender(_) => Kind::Blender(Blender {
                recipe: Vec::new(),
                ingredients: Vec::new(),
                complete: false,
            }),
            Self::Product(table) => Kind::Product(Product {
                price: Price { terms: Vec::new() },
                role: table.role.unwrap_or_default(),
            }),
            Self::Waste(_) => Kind::Waste(Waste { cost: Vec::new() }),
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Feed(_) => "feed",
            Self::Separator(_) => "separator",
            Self::Splitter(_) => "splitter",
            Self::Reactor(_) => "reactor",
            Self::Blender(_) => "blender",
            Self::Product(_) => "product",
            Self::Waste(_) => "waste",
        }
    }
}

/// What is needed while one operation is lowered.
struct Place<'d> {
    id: OperationId,
    name: &'d Name,
    path: String,
    inherit: Provenance,
    common: Common<'d>,
}

impl<'d> Lowering<'d> {
    /// All operations in the order of the file, with their streams and limits.
    pub(super) fn lower_operations(&mut self) {
        let tables = self.list_tables();
        for (at, (name, _)) in tables.iter().enumerate() {
            self.names.insert(name.value.clone(), OperationId::new(at));
        }
        let mut inlets: Vec<Vec<StreamId>> = vec![Vec::new(); tables.len()];
        let mut outlets: Vec<Vec<StreamId>> = vec![Vec::new(); tables.len()];
        for (at, (name, table)) in tables.iter().enumerate() {
            if let Some(to) = table.outlets() {
                let id = OperationId::new(at);
                self.lower_outlets(id, name, to, &tables, &mut inlets, &mut outlets[at]);
            }
        }
        for (at, (name, table)) in tables.iter().enumerate() {
            let common = table.common();
            let own = common.provenance();
            let place = Place {
                id: OperationId::new(at),
                name,
                path: format!("{}.{name}", table.kind()),
                inherit: if own.is_empty() { self.provenance.clone() } else { own },
                common,
            };
            let outlets = std::mem::take(&mut outlets[at]);
            let kind = self.lower_kind(*table, &place, &outlets);
            let stage = common.stage.and_then(|stage| self.stage(stage));
            let opex = self.lower_opex(&place, &outlets);
            let consumes = self.lower_consumption(&place, &outlets);
            let emission = common.emission.and_then(|rate| {
                let path = format!("{}.emission", place.path);
                let expect = Expect::not_negative(Dimension::FRACTION);
                self.lower_rate(rate, &path, &place, &outlets, &expect)
            });
            self.lower_capacity(&place, &outlets);
            // Identifiers are positions: what could not be read, and was reported, keeps its place.
            let kind = kind.unwrap_or_else(|| table.empty());
            self.operations.push(Operation {
                name: name.value.clone(),
                span: name.span,
                stage,
                inlets: std::mem::take(&mut inlets[at]),
                outlets,
                kind,
                opex,
                consumes,
                emission,
            });
        }
    }

    fn list_tables(&self) -> Vec<(&'d Name, Table<'d>)> {
        let document = self.document;
        let mut tables: Vec<(&Name, Table<'_>)> = Vec::new();
        tables.extend(document.feed.iter().map(|(name, table)| (name, Table::Feed(table))));
        tables
            .extend(document.separator.iter().map(|(name, table)| (name, Table::Separator(table))));
        tables.extend(document.splitter.iter().map(|(name, table)| (name, Table::Splitter(table))));
        tables.extend(document.reactor.iter().map(|(name, table)| (name, Table::Reactor(table))));
        tables.extend(document.blender.iter().map(|(name, table)| (name, Table::Blender(table))));
        tables.extend(document.product.iter().map(|(name, table)| (name, Table::Product(table))));
        tables.extend(document.waste.iter().map(|(name, table)| (name, Table::Waste(table))));
        tables.sort_by_key(|(name, _)| name.span);
        tables
    }

    fn lower_outlets(
        &mut self,
        id: OperationId,
        name: &Name,
        to: &Outlets,
        tables: &[(&Name, Table<'_>)],
        inlets: &mut [Vec<StreamId>],
        outlets: &mut Vec<StreamId>,
    ) {
        let named: Vec<(String, &Name)> = match to {
            Outlets::One(to) => vec![(name.value.clone(), to)],
            Outlets::Named(named) => {
                named.iter().map(|(outlet, data)| (format!("{name}.{outlet}"), &data.to)).collect()
            }
        };
        if named.is_empty() {
            let message = format!("`{name}` has no outlet");
            self.report(
                Diagnostic::new(Code::MissingKey, message)
                    .at(name.span, "what enters here has to go somewhere")
                    .help("name one: `to = { OUTLET = \"OPERATION\" }`"),
            );
        }
        for (stream, to) in named {
            let target = self.find_target(&stream, to, tables);
            let data = Stream {
                name: stream,
                from: id,
                // A stream that leads nowhere was reported; it stays, so that what names it is not reported too.
                to: target.unwrap_or(id),
                span: to.span,
                price: None,
                species: Vec::new(),
            };
            let stream = self.streams.push(data);
            if let Some(target) = target {
                inlets[target.index()].push(stream);
            }
            outlets.push(stream);
        }
    }

    /// The operation that a stream goes to.
    fn find_target(
        &mut self,
        stream: &str,
        to: &Name,
        tables: &[(&Name, Table<'_>)],
    ) -> Option<OperationId> {
        let Some(&target) = self.names.get(to.as_str()) else {
            let near = nearest(to, tables.iter().map(|(name, _)| name.as_str()));
            let help = did_you_mean(
                near.map(str::to_owned),
                &format!("define it, for example `[product.{to}]` or `[waste.{to}]`"),
            );
            let message = format!("stream `{stream}` goes to `{to}`, which is no operation");
            self.report_name(
                to,
                Diagnostic::new(Code::UnknownOperation, message).at(to.span, "").help(help),
            );
            return None;
        };
        if let (feed, Table::Feed(_)) = tables[target.index()] {
            let message = format!("stream `{stream}` goes into feed `{feed}`");
            self.report(
                Diagnostic::new(Code::FeedWithInlet, message)
                    .at(to.span, "a feed has no inlet")
                    .at(feed.span, "this feed")
                    .help("send the stream to the operation that the feed goes to"),
            );
            return None;
        }
        Some(target)
    }

    /// What each kind does; also the prices and limits of its outlets.
    fn lower_kind(
        &mut self,
        table: Table<'d>,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<Kind> {
        if let Some(Outlets::Named(named)) = table.outlets() {
            for (outlet, data) in named {
                let name = format!("{}.{outlet}", place.name);
                let Some(stream) =
                    outlets.iter().copied().find(|&id| self.streams[id].name == name)
                else {
                    continue;
                };
                let path = format!("{}.to.{outlet}", place.path);
                let price = self.lower_price(
                    &data.price,
                    data.payable.as_ref(),
                    &format!("{path}.price"),
                    &place.inherit,
                );
                self.streams[stream].price = price;
                if let Some(limit) = &data.limit {
                    let on = LimitOn {
                        kind: LimitKind::Flow,
                        operation: place.id,
                        port: Port::Stream(stream),
                        content: Content::whole(),
                        share_of: None,
                        span: outlet.span,
                    };
                    let path = format!("{path}.limit");
                    self.lower_limit(limit, Sense::AtMost, &path, &place.inherit, &on);
                }
            }
        }
        match table {
            Table::Feed(table) => Some(Kind::Feed(self.lower_feed(table, place))),
            Table::Separator(table) => {
                let separation = self.lower_separation(&table.recovery, place, outlets)?;
                Some(Kind::Separator(Separator { separation }))
            }
            Table::Splitter(table) => {
                Some(Kind::Splitter(self.lower_splitter(table, place, outlets)))
            }
            Table::Reactor(table) => self.lower_reactor(table, place, outlets).map(Kind::Reactor),
            Table::Blender(table) => self.lower_blender(table, place, outlets).map(Kind::Blender),
            Table::Product(table) => self.lower_product(table, place).map(Kind::Product),
            Table::Waste(table) => Some(Kind::Waste(self.lower_waste(table, place))),
        }
    }

    fn limit_on(place: &Place<'_>, kind: LimitKind) -> LimitOn {
        LimitOn {
            kind,
            operation: place.id,
            port: Port::Inlet(place.id),
            content: Content::whole(),
            share_of: None,
            span: place.name.span,
        }
    }

    fn lower_feed(&mut self, table: &'d FeedTable, place: &Place<'d>) -> Feed {
        if let Outlets::Named(named) = &table.to
            && named.len() > 1
        {
            let message = format!("feed `{}` has several outlets", place.name);
            self.report(
                Diagnostic::new(Code::SeveralOutlets, message)
                    .at(place.name.span, "")
                    .help("a feed supplies one stream; put a splitter behind it"),
            );
        }
        if let Some(supply) = &table.supply {
            let on = Self::limit_on(place, LimitKind::Supply);
            let path = format!("{}.supply", place.path);
            self.lower_limit(supply, Sense::AtMost, &path, &place.inherit, &on);
        }
        let cost = table.cost.as_ref().and_then(|figure| {
            let path = format!("{}.cost", place.path);
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price();
            Some(self.figure(figure, &path, &place.inherit, &expect)?.id)
        });
        let mut grades = Vec::new();
        for (name, figure) in &table.assay.grade {
            let path = format!("{}.assay.grade.{name}", place.path);
            let found = self.figure(figure, &path, &place.inherit, &Expect::share());
            let members = self.members(name);
            let (Some(found), Some(members)) = (found, members) else { continue };
            let Some(factor) = self.grade_factor(&found, name, &members) else { continue };
            let Some((members, parts)) = self.lower_split(name, members, table, place) else {
                continue;
            };
            grades.push(Grade { figure: found.id, factor, members, parts });
        }
        for group in table.assay.split.keys() {
            if !table.assay.grade.contains_key(group.as_str()) {
                let message = format!("`{}` splits `{group}`, which has no grade", place.name);
                self.report(
                    Diagnostic::new(Code::UnusedInput, message)
                        .at(group.span, "")
                        .help(format!("add `assay.grade.{group}`, or remove the split")),
                );
            }
        }
        let rest = table.assay.rest.as_ref().and_then(|name| self.intern(name));
        let assay = Assay { grades, rest };
        Feed { assay, cost, origin: table.origin.unwrap_or_default() }
    }

    /// t of the named species per t of what the grade's basis counts.
    fn grade_factor(
        &mut self,
        found: &super::figures::Lowered,
        name: &Name,
        members: &[SpeciesId],
    ) -> Option<f64> {
        let Some(basis) = found.basis.numerator.clone() else { return Some(1.0) };
        if basis == name.value {
            return Some(1.0);
        }
        let span = found.basis_span(&basis);
        let content = self.content(&basis, span)?;
        let weight = content.weight(members[0]);
        if members.len() == 1 && weight > 0.0 {
            return Some(1.0 / weight);
        }
        let message = format!("the grade of `{name}` counts `{basis}`");
        self.report(
            Diagnostic::new(Code::WrongBasis, message)
                .at(span, "")
                .help(format!("give it as `{name}`, or for each species by itself")),
        );
        None
    }

    fn lower_split(
        &mut self,
        name: &Name,
        members: Vec<SpeciesId>,
        table: &'d FeedTable,
        place: &Place<'d>,
    ) -> Option<(Vec<SpeciesId>, Vec<crate::flowsheet::FigureId>)> {
        let is_group = self.groups.iter().any(|group| group.name == name.value);
        let Some(split) = table.assay.split.get(name.as_str()) else {
            if is_group && members.len() > 1 {
                let message = format!(
                    "grade `{name}` of feed `{}` has no split among its species",
                    place.name
                );
                self.report(Diagnostic::new(Code::SplitMissing, message).at(name.span, "").help(
                    format!(
                        "add `assay.split.{name} = {{ {} }}`, in parts by mass",
                        self.list_parts(&members)
                    ),
                ));
                return None;
            }
            return Some((members, Vec::new()));
        };
        let mut chosen = Vec::new();
        let mut parts = Vec::new();
        let mut sound = true;
        for (species, figure) in split {
            let path = format!("{}.assay.split.{name}.{species}", place.path);
            let expect = Expect::not_negative(Dimension::FRACTION);
            let found = self.figure(figure, &path, &place.inherit, &expect);
            let Some(id) = self.intern(species) else {
                sound = false;
                continue;
            };
            sound &= found.is_some();
            if !members.contains(&id) && !self.is_group_known(name) {
                // The species is probably meant by the name in the group that is not known.
                sound = false;
                continue;
            }
            if !members.contains(&id) {
                let known: Vec<String> =
                    members.iter().map(|&id| self.species[id].name.clone()).collect();
                let near = nearest(species, known.iter().map(String::as_str)).map(str::to_owned);
                let message = format!("`{species}` is not in group `{name}`");
                let mut diagnostic =
                    Diagnostic::new(Code::UnknownSpecies, message).at(species.span, "");
                if let Some((group, _)) = self.document.group.get_key_value(name.as_str()) {
                    diagnostic = diagnostic.at(group.span, "this group");
                }
                self.report(diagnostic.help(did_you_mean(
                    near,
                    "add it to the group, or give it a grade of its own",
                )));
                sound = false;
                continue;
            }
            if let Some(found) = found {
                chosen.push(id);
                parts.push(found.id);
            }
        }
        let sum: f64 = parts.iter().map(|&id| self.figures[id].value).sum();
        if !sound {
            return None;
        }
        if sum <= 0.0 {
            let message = format!("the split of `{name}` in feed `{}` sums to 0", place.name);
            let key = table_key(&table.assay.split, name);
            self.report(
                Diagnostic::new(Code::AssayNotOne, message)
                    .at(key, "")
                    .help("give the parts by mass; they are normalised to their sum"),
            );
            return None;
        }
        Some((chosen, parts))
    }

    /// The first species of a group as parts of a split, to be filled in.
    fn list_parts(&self, members: &[SpeciesId]) -> String {
        let mut parts: Vec<String> =
            members.iter().take(2).map(|&id| format!("{} = 1", self.species[id].name)).collect();
        if members.len() > 2 {
            parts.push("…".to_owned());
        }
        parts.join(", ")
    }

    /// Recoveries per outlet; one outlet may take the rest.
    fn lower_separation(
        &mut self,
        recovery: &'d Named<Named<Figure>>,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<Separation> {
        let mut recoveries = Vec::new();
        let mut sound = true;
        for (outlet, figures) in recovery {
            let Some(stream) = self.outlet(outlet, place, outlets) else {
                sound = false;
                continue;
            };
            let mut species: Vec<(SpeciesId, crate::flowsheet::FigureId, bool, Span)> = Vec::new();
            let mut default = None;
            for (name, figure) in figures {
                let path = format!("{}.recovery.{outlet}.{name}", place.path);
                let found = self.figure(figure, &path, &place.inherit, &Expect::share());
                if name.value == "default" {
                    default = found.map(|found| found.id);
                    continue;
                }
                let single = !self.groups.iter().any(|group| group.name == name.value);
                let (Some(found), Some(members)) = (found, self.members(name)) else { continue };
                for id in members {
                    match species.iter_mut().find(|(known, ..)| *known == id) {
                        // A species of its own counts before the group that it is in.
                        Some(entry) if single && !entry.2 => {
                            *entry = (id, found.id, true, name.span);
                        }
                        Some(entry) if !single && entry.2 => {}
                        Some(entry) => {
                            let other = entry.3;
                            let message = format!(
                                "`{}` has two recoveries to `{outlet}`",
                                self.species[id].name
                            );
                            self.report(
                                Diagnostic::new(Code::DuplicateRecovery, message)
                                    .at(name.span, "this is for it")
                                    .at(other, "and so is this")
                                    .help("keep one, or give the species a recovery of its own"),
                            );
                            break;
                        }
                        None => species.push((id, found.id, single, name.span)),
                    }
                }
            }
            let mut species: Vec<_> =
                species.into_iter().map(|(id, figure, ..)| (id, figure)).collect();
            species.sort_by_key(|&(id, _)| id);
            recoveries.push(Recovery { outlet: stream, span: outlet.span, species, default });
        }
        let unnamed: Vec<StreamId> = outlets
            .iter()
            .copied()
            .filter(|&stream| recoveries.iter().all(|recovery| recovery.outlet != stream))
            .collect();
        if !sound {
            return None;
        }
        if unnamed.len() > 1 {
            let names: Vec<&str> =
                unnamed.iter().map(|&id| self.streams[id].name.as_str()).collect();
            let message = format!("outlets `{}` have no recovery", names.join("`, `"));
            let mut diagnostic = Diagnostic::new(Code::RecoveryMissing, message);
            for &id in &unnamed {
                diagnostic = diagnostic.at(self.streams[id].span, "");
            }
            self.report(
                diagnostic.help("give `recovery` for all outlets but one; that one takes the rest"),
            );
            return None;
        }
        Some(Separation { recoveries, rest: unnamed.first().copied() })
    }

    /// The outlet of that name.
    fn outlet(
        &mut self,
        outlet: &Name,
        place: &Place<'_>,
        outlets: &[StreamId],
    ) -> Option<StreamId> {
        let wanted = format!("{}.{outlet}", place.name);
        let find = |id: &&StreamId| {
            let name = &self.streams[**id].name;
            *name == wanted || (outlets.len() == 1 && *name == outlet.value)
        };
        let found = outlets.iter().find(find).copied();
        if found.is_none() {
            let known = outlets.iter().filter_map(|&id| {
                self.streams[id].name.strip_prefix(&format!("{}.", place.name)).map(str::to_owned)
            });
            let known: Vec<String> = known.collect();
            let near = nearest(outlet, known.iter().map(String::as_str)).map(str::to_owned);
            let otherwise = match known.as_slice() {
                [] => format!("name the outlet: `to = {{ {outlet} = \"OPERATION\" }}`"),
                [one] => format!("the outlet is `{one}`"),
                _ => format!("the outlets are `{}`", known.join("`, `")),
            };
            let help = did_you_mean(near, &otherwise);
            let message = format!("`{}` has no outlet `{outlet}`", place.name);
            self.report(
                Diagnostic::new(Code::UnknownOutlet, message).at(outlet.span, "").help(help),
            );
        }
        found
    }

    fn lower_splitter(
        &mut self,
        table: &'d SplitterTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Splitter {
        let mut fixed: Vec<(StreamId, Option<crate::flowsheet::FigureId>)> = Vec::new();
        let single = table.fraction.values().all(|limit| {
            limit.value.is_some() != limit.exactly.is_some()
                && limit.min.is_none()
                && limit.max.is_none()
        });
        let all = single && table.fraction.len() + 1 >= outlets.len();
        for (outlet, limit) in &table.fraction {
            let Some(stream) = self.outlet(outlet, place, outlets) else { continue };
            let path = format!("{}.fraction.{outlet}", place.path);
            if all {
                let figure = limit.value.as_ref().or(limit.exactly.as_ref());
                if let Some(found) = figure
                    .and_then(|figure| self.figure(figure, &path, &place.inherit, &Expect::share()))
                {
                    fixed.push((stream, Some(found.id)));
                }
                continue;
            }
            let on = LimitOn {
                kind: LimitKind::Fraction,
                operation: place.id,
                port: Port::Stream(stream),
                content: Content::whole(),
                share_of: Some(Port::Inlet(place.id)),
                span: outlet.span,
            };
            self.lower_limit(limit, Sense::Exactly, &path, &place.inherit, &on);
        }
        if !all {
            return Splitter { fixed: None };
        }
        for &outlet in outlets {
            if fixed.iter().all(|&(stream, _)| stream != outlet) {
                fixed.push((outlet, None));
            }
        }
        Splitter { fixed: Some(fixed) }
    }

    fn lower_reactor(
        &mut self,
        table: &'d ReactorTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<Reactor> {
        let reactions = table.reaction.iter().enumerate().filter_map(|(at, reaction)| {
            let path = format!("{}.reaction.{}", place.path, at + 1);
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
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price();
            let price =
                self.figure(&reagent.price, &format!("{path}.price"), &place.inherit, &expect);
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

    fn lower_blender(
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
            for limit in self
                .limits
                .iter_mut()
                .filter(|limit| limit.kind == LimitKind::Recipe && limit.operation == place.id)
            {
                limit.share_of = Some(Port::Blend(place.id));
            }
        }
        let mut ingredients = Vec::new();
        for (name, item) in &table.buy {
            let path = format!("{}.buy.{name}", place.path);
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price();
            let price = self.figure(&item.price, &format!("{path}.price"), &place.inherit, &expect);
            let Some(species) = self.intern(name) else { continue };
            if let Some(supply) = &item.supply {
                let on = LimitOn {
                    kind: LimitKind::Ingredient,
                    operation: place.id,
                    port: Port::Ingredient(place.id, species),
                    content: Content::whole(),
                    share_of: None,
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

    fn lower_product(&mut self, table: &'d ProductTable, place: &Place<'d>) -> Option<Product> {
        if let Some(demand) = &table.demand {
            let on = Self::limit_on(place, LimitKind::Demand);
            let path = format!("{}.demand", place.path);
            self.lower_limit(demand, Sense::AtMost, &path, &place.inherit, &on);
        }
        for (name, limit) in &table.specification {
            let Some(content) = self.content(name, name.span) else { continue };
            let on = LimitOn {
                kind: LimitKind::Specification,
                operation: place.id,
                port: Port::Inlet(place.id),
                content,
                share_of: Some(Port::Inlet(place.id)),
                span: name.span,
            };
            let path = format!("{}.specification.{name}", place.path);
            self.lower_limit(limit, Sense::AtLeast, &path, &place.inherit, &on);
        }
        let path = format!("{}.price", place.path);
        let price = self.lower_price(&table.price, table.payable.as_ref(), &path, &place.inherit);
        let Some(price) = price else {
            let message = format!("product `{}` has no price", place.name);
            self.report(
                Diagnostic::new(Code::MissingKey, message)
                    .at(place.name.span, "")
                    .help("write `price = \"0 USD/t\"` for what is given away"),
            );
            return None;
        };
        Some(Product { price, role: table.role.unwrap_or_default() })
    }

    fn lower_waste(&mut self, table: &'d WasteTable, place: &Place<'d>) -> Waste {
        let mut cost: Vec<PriceTerm> = Vec::new();
        for figure in &table.cost.0 {
            let path = format!("{}.cost", place.path);
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price();
            let Some(found) = self.figure(figure, &path, &place.inherit, &expect) else { continue };
            let content = match &found.basis.denominator {
                Some(basis) => self.content(basis, found.basis_span(basis)),
                None => Some(Content::whole()),
            };
            if let Some(content) = content {
                cost.push(PriceTerm { figure: found.id, content, payable: None });
            }
        }
        for (name, limit) in &table.limit {
            let content = if name.value == "total" {
                Some(Content::whole())
            } else {
                self.content(name, name.span)
            };
            let Some(content) = content else { continue };
            let on =
                LimitOn { content, span: name.span, ..Self::limit_on(place, LimitKind::Disposal) };
            let path = format!("{}.limit.{name}", place.path);
            self.lower_limit(limit, Sense::AtMost, &path, &place.inherit, &on);
        }
        Waste { cost }
    }

    fn lower_opex(&mut self, place: &Place<'d>, outlets: &[StreamId]) -> Vec<Rate> {
        let path = format!("{}.opex", place.path);
        let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price();
        let rates = place.common.opex.0.iter();
        rates.filter_map(|rate| self.lower_rate(rate, &path, place, outlets, &expect)).collect()
    }

    fn lower_consumption(&mut self, place: &Place<'d>, outlets: &[StreamId]) -> Vec<Consumption> {
        let mut list = Vec::new();
        for (name, rate) in place.common.consumes {
            let path = format!("{}.consumes.{name}", place.path);
            let found = self.consumables.ids().find(|&id| self.consumables[id].name == name.value);
            let Some(consumable) = found else {
                if self.document.consumable.contains_key(name.as_str()) {
                    // Its price cannot be read, which was reported.
                    continue;
                }
                let known = self.consumables.iter().map(|item| item.name.as_str());
                let near = nearest(name, known).map(str::to_owned);
                let help =
                    did_you_mean(near, &format!("define `[consumable.{name}]` with a `price`"));
                let message = format!("`{}` consumes `{name}`, which is no consumable", place.name);
                self.report_name(
                    name,
                    Diagnostic::new(Code::UnknownConsumable, message).at(name.span, "").help(help),
                );
                continue;
            };
            let dimension = match self.consumables[consumable].unit {
                "kWh" => Dimension::ENERGY_PER_MASS,
                "m3" => Dimension::VOLUME_PER_MASS,
                _ => Dimension::FRACTION,
            };
            let expect = Expect::not_negative(dimension).usual(1e-9, 1e6, "up to 1,000,000 per t");
            if let Some(rate) = self.lower_rate(rate, &path, place, outlets, &expect) {
                list.push(Consumption { consumable, rate });
            }
        }
        list
    }

    /// A figure per t of throughput.
    fn lower_rate(
        &mut self,
        rate: &RateTable,
        path: &str,
        place: &Place<'_>,
        outlets: &[StreamId],
        expect: &Expect,
    ) -> Option<Rate> {
        let found = self.figure(&rate.figure, path, &place.inherit, expect)?;
        let content = match &found.basis.denominator {
            Some(basis) => self.content(basis, found.basis_span(basis))?,
            None => Content::whole(),
        };
        let port = self.port(rate, place, outlets)?;
        Some(Rate { figure: found.id, port, content })
    }

    fn port(&mut self, rate: &RateTable, place: &Place<'_>, outlets: &[StreamId]) -> Option<Port> {
        match &rate.of {
            Some(outlet) => Some(Port::Stream(self.outlet(outlet, place, outlets)?)),
            None => Some(Port::Inlet(place.id)),
        }
    }

    fn lower_capacity(&mut self, place: &Place<'d>, outlets: &[StreamId]) {
        let availability = place.common.availability.and_then(|figure| {
            let path = format!("{}.availability", place.path);
            let expect = Expect::share().usual(0.3, 1.0, "30–100 %");
            Some(self.figure(figure, &path, &place.inherit, &expect)?.id)
        });
        for rate in &place.common.capacity.0 {
            let Some(port) = self.port(rate, place, outlets) else { continue };
            let before = self.limits.len();
            let on = LimitOn {
                kind: LimitKind::Capacity,
                operation: place.id,
                port,
                content: Content::whole(),
                share_of: None,
                span: place.name.span,
            };
            let path = format!("{}.capacity", place.path);
            let limit = rate.figure.clone().into();
            self.lower_limit(&limit, Sense::AtMost, &path, &place.inherit, &on);
            if let Some(id) = self.limits.ids().nth(before) {
                self.limits[id].availability = availability;
            }
        }
        if availability.is_some() && place.common.capacity.0.is_empty() {
            let message = format!("`{}` has an availability but no capacity", place.name);
            let span = place.common.availability.map_or(place.name.span, |figure| figure.span);
            self.report(Diagnostic::new(Code::UnusedInput, message).at(span, "").help(
                "add `capacity`; availability is the share of the year in which it is at hand",
            ));
        }
    }
}

/// Where a key of a table was written.
fn table_key<T>(table: &Named<T>, name: &Name) -> Span {
    table.get_key_value(name.as_str()).map_or(name.span, |(key, _)| key.span)
}
