//! Operations: names, streams, and what each kind does.

mod builds;
mod cascade;
mod conversion;
mod ends;
mod feed;
mod rates;
mod separation;
mod stocks;
mod vessel;

use super::{Lowering, did_you_mean, figures::Expect, limits::LimitOn};
use crate::{
    diagnostic::{Code, Diagnostic, Span, nearest},
    document::{
        BlenderTable, CascadeTable, Common, FeedTable, Name, Named, Outlets, ProductTable,
        Provenance, ReactionMode, ReactorTable, SeparatorTable, SplitterTable, StockpileTable,
        UseTable, WasteTable,
    },
    flowsheet::{
        Assay, Blender, Content, Feed, Kind, LimitKind, Operation, OperationId, Port, Price,
        Product, Reactor, Sense, Separation, Separator, Splitter, Stockpile, Stream, StreamId,
        Waste,
    },
    index::Id,
    measure::Dimension,
};

/// A table of any kind.
#[derive(Clone, Copy)]
enum Table<'d> {
    Feed(&'d FeedTable),
    Separator(&'d SeparatorTable),
    Cascade(&'d CascadeTable),
    Splitter(&'d SplitterTable),
    Reactor(&'d ReactorTable),
    Blender(&'d BlenderTable),
    Stockpile(&'d StockpileTable),
    Use(&'d UseTable),
    Product(&'d ProductTable),
    Waste(&'d WasteTable),
}

impl<'d> Table<'d> {
    fn common(self) -> Common<'d> {
        match self {
            Self::Feed(table) => table.common(),
            Self::Separator(table) => table.common(),
            Self::Cascade(table) => table.common(),
            Self::Splitter(table) => table.common(),
            Self::Reactor(table) => table.common(),
            Self::Blender(table) => table.common(),
            Self::Stockpile(table) => table.common(),
            Self::Use(table) => table.common(),
            Self::Product(table) => table.common(),
            Self::Waste(table) => table.common(),
        }
    }

    const fn outlets(self) -> Option<&'d Outlets> {
        match self {
            Self::Feed(table) => Some(&table.to),
            Self::Separator(table) => Some(&table.to),
            Self::Cascade(table) => Some(&table.to),
            Self::Splitter(table) => Some(&table.to),
            Self::Reactor(table) => Some(&table.to),
            Self::Blender(table) => Some(&table.to),
            Self::Stockpile(table) => Some(&table.to),
            Self::Use(table) => Some(&table.to),
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
                take_or_pay: None,
                origin: table.origin.unwrap_or_default(),
            }),
            Self::Separator(_) | Self::Cascade(_) => {
                Kind::Separator(Separator { separation: separation(), cascade: None })
            }
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
            Self::Stockpile(_) | Self::Use(_) => {
                Kind::Stockpile(Stockpile { opening: None, loss: None, holding: None })
            }
            Self::Product(table) => Kind::Product(Product {
                price: Price { terms: Vec::new() },
                contracts: Vec::new(),
                role: table.role.unwrap_or_default(),
            }),
            Self::Waste(_) => Kind::Waste(Waste { cost: Vec::new() }),
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Use(_) => "use",
            Self::Cascade(_) => "cascade",
            _ => self.empty().name(),
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
    /// Number of limits before its own, which are all that come after.
    limits: usize,
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
            let place = Place {
                id: OperationId::new(at),
                name,
                path: format!("{}.{name}", table.kind()),
                inherit: common.provenance().or(&self.provenance),
                common,
                limits: self.limits.len(),
            };
            let outlets = std::mem::take(&mut outlets[at]);
            let kind = self.lower_kind(*table, &place, &outlets);
            let stage = common.stage.and_then(|stage| self.stage(stage));
            let opex = self.lower_opex(&place, &outlets);
            let incentive = self.lower_incentive(&place, &outlets);
            let mut consumes = self.lower_consumption(&place, &outlets);
            consumes.extend(self.cascade_consumption(kind.as_ref(), &place));
            let emission = common.emission.and_then(|rate| {
                let path = format!("{}.emission", place.path);
                let expect = Expect::not_negative(Dimension::FRACTION).of().per();
                self.lower_rate(rate, &path, &place, &outlets, &expect)
            });
            let availability = self.lower_capacity(&place, &outlets);
            self.lower_expansion(&place);
            self.lower_build(&place, &outlets, availability);
            let (fixed_cost, operators) = self.lower_standing(&place);
            self.check_standing(&place, fixed_cost.or(operators));
            let vessel = self.lower_vessel(&place, availability);
            // Identifiers are positions: what could not be read, and was reported, keeps its place.
            let mut kind = kind.unwrap_or_else(|| table.empty());
            if let Kind::Separator(Separator { cascade: Some(cascade), .. }) = &mut kind {
                cascade.availability = availability;
            }
            self.operations.push(Operation {
                name: name.value.clone(),
                span: name.span,
                stage,
                inlets: std::mem::take(&mut inlets[at]),
                outlets,
                kind,
                opex,
                incentive,
                consumes,
                emission,
                fixed_cost,
                operators,
                vessel,
            });
        }
    }

    fn list_tables(&self) -> Vec<(&'d Name, Table<'d>)> {
        let document = self.document;
        let mut tables: Vec<(&Name, Table<'_>)> = Vec::new();
        tables.extend(document.feed.iter().map(|(name, table)| (name, Table::Feed(table))));
        tables
            .extend(document.separator.iter().map(|(name, table)| (name, Table::Separator(table))));
        tables.extend(document.cascade.iter().map(|(name, table)| (name, Table::Cascade(table))));
        tables.extend(document.splitter.iter().map(|(name, table)| (name, Table::Splitter(table))));
        tables.extend(document.reactor.iter().map(|(name, table)| (name, Table::Reactor(table))));
        tables.extend(document.blender.iter().map(|(name, table)| (name, Table::Blender(table))));
        tables
            .extend(document.stockpile.iter().map(|(name, table)| (name, Table::Stockpile(table))));
        tables.extend(document.in_use.iter().map(|(name, table)| (name, Table::Use(table))));
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
        if let (feed, table @ (Table::Feed(_) | Table::Use(_))) = tables[target.index()] {
            let message = format!("stream `{stream}` goes into {} `{feed}`", table.kind());
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
                        grows: false,
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
                Some(Kind::Separator(Separator { separation, cascade: None }))
            }
            Table::Cascade(table) => self.lower_cascade(table, place, outlets),
            Table::Splitter(table) => {
                Some(Kind::Splitter(self.lower_splitter(table, place, outlets)))
            }
            Table::Reactor(table) => self.lower_reactor(table, place, outlets).map(Kind::Reactor),
            Table::Blender(table) => self.lower_blender(table, place, outlets).map(Kind::Blender),
            Table::Stockpile(table) => {
                Some(Kind::Stockpile(self.lower_stockpile(table, place, outlets)))
            }
            Table::Use(table) => self.lower_use(table, place).map(Kind::Use),
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
            grows: false,
            span: place.name.span,
        }
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
}

/// Where a key of a table was written.
fn table_key<T>(table: &Named<T>, name: &Name) -> Span {
    table.get_key_value(name.as_str()).map_or(name.span, |(key, _)| key.span)
}
