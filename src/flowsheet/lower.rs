//! From what was written to what it means: names, units and bases are resolved here, once.

mod content;
mod expression;
mod figures;
mod goals;
mod limits;
mod operations;
mod planning;
mod prices;
mod ranges;
mod reactions;
mod sweeps;
mod target;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Build, BuildId, Choice, ChoiceId, Consumable, ConsumableId, Figure, FigureId, Flowsheet, Goal,
    GoalId, Group, Limit, LimitId, Operation, OperationId, Period, PeriodId, PriceTerm, Series,
    SourceRecord, Species, SpeciesId, StageId, Stream, StreamId, topology,
};
use crate::{
    chem::Formula,
    diagnostic::{Code, Diagnostic, Diagnostics, Span, nearest},
    document::{Document, Named, Provenance},
    index::IdVec,
    measure::{Dimension, Units},
};
use figures::Expect;

/// A flowsheet in the making.
struct Lowering<'d> {
    document: &'d Document,
    units: Units,
    findings: Diagnostics,
    figures: IdVec<FigureId, Figure>,
    species: IdVec<SpeciesId, Species>,
    species_names: HashMap<String, SpeciesId>,
    groups: Vec<Group>,
    stages: IdVec<StageId, String>,
    names: HashMap<String, OperationId>,
    operations: IdVec<OperationId, Operation>,
    streams: IdVec<StreamId, Stream>,
    consumables: IdVec<ConsumableId, Consumable>,
    market: Vec<PriceTerm>,
    limits: IdVec<LimitId, Limit>,
    goals: IdVec<GoalId, Goal>,
    periods: IdVec<PeriodId, Period>,
    series: Vec<Series>,
    builds: IdVec<BuildId, Build>,
    choices: IdVec<ChoiceId, Choice>,
    /// What each figure that was written must be.
    expected: HashMap<FigureId, Expect>,
    /// What the header says of figures that say nothing themselves.
    provenance: Provenance,
    /// Paths of figures without provenance.
    unstated: Vec<(Span, String)>,
    /// Names that were reported already: one mistake is one finding, however often the name is used.
    told: HashSet<(Code, String)>,
}

/// Lowers a document; support of streams is known afterwards, checks come later.
pub(super) fn lower(document: &Arc<Document>) -> Result<(Flowsheet, Diagnostics), Diagnostics> {
    let header = &document.flowsheet;
    let mut lowering = Lowering {
        document,
        units: Units::new(header.currency.as_ref().map_or("USD", |name| name.as_str())),
        findings: Diagnostics::new(),
        figures: IdVec::new(),
        species: IdVec::new(),
        species_names: HashMap::new(),
        groups: Vec::new(),
        stages: IdVec::new(),
        names: HashMap::new(),
        operations: IdVec::new(),
        streams: IdVec::new(),
        consumables: IdVec::new(),
        market: Vec::new(),
        limits: IdVec::new(),
        goals: IdVec::new(),
        periods: IdVec::new(),
        series: Vec::new(),
        builds: IdVec::new(),
        choices: IdVec::new(),
        expected: HashMap::new(),
        provenance: Provenance {
            source: header.source.0.clone(),
            assumed: header.assumed.clone(),
            confidence: None,
        },
        unstated: Vec::new(),
        told: HashSet::new(),
    };
    lowering.check_not_empty();
    let before = lowering.findings.len();
    lowering.lower_units();
    if lowering.findings.len() > before {
        // Without a currency or a shift, every figure that counts in them would be reported as well.
        return Err(lowering.findings);
    }
    let before = lowering.findings.len();
    lowering.lower_periods();
    if lowering.findings.len() > before {
        // Every figure that changes over the periods would be reported as well.
        return Err(lowering.findings);
    }
    let money = lowering.lower_money();
    lowering.lower_species();
    lowering.lower_stages();
    lowering.lower_consumables();
    lowering.lower_market();
    lowering.lower_operations();
    lowering.lower_choices();
    lowering.check_choices();
    lowering.lower_goals();
    let objective = lowering.lower_objective();
    let sweeps = lowering.lower_sweeps();
    lowering.report_unstated();
    let findings = lowering.findings;
    if findings.has_errors() {
        return Err(findings);
    }
    let mut flowsheet = Flowsheet {
        title: header.title.value.clone(),
        note: header.note.clone(),
        currency: lowering.units.currency.clone(),
        document: Arc::clone(document),
        units: lowering.units,
        figures: lowering.figures,
        species: lowering.species,
        groups: lowering.groups,
        stages: lowering.stages,
        operations: lowering.operations,
        streams: lowering.streams,
        consumables: lowering.consumables,
        market: lowering.market,
        limits: lowering.limits,
        goals: lowering.goals,
        objective,
        periods: lowering.periods,
        series: lowering.series,
        builds: lowering.builds,
        choices: lowering.choices,
        money,
        sweeps,
        sources: list_sources(document),
    };
    topology::find_species(&mut flowsheet);
    Ok((flowsheet, findings))
}

fn list_sources(document: &Document) -> Vec<SourceRecord> {
    document
        .source
        .iter()
        .map(|(id, table)| {
            let year = table.year.map(|year| year.to_string());
            let parts = [table.author.clone(), Some(table.title.clone()), year, table.url.clone()];
            let text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
            SourceRecord { id: id.value.clone(), text }
        })
        .collect()
}

impl Lowering<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.findings.push(diagnostic);
    }

    /// Reports a name, unless it was reported before.
    fn report_name(&mut self, name: &str, diagnostic: Diagnostic) {
        if self.told.insert((diagnostic.code, name.to_owned())) {
            self.report(diagnostic);
        }
    }

    fn check_not_empty(&mut self) {
        let document = self.document;
        let missing = match (document.feed.is_empty(), document.product.is_empty()) {
            (true, true) if document.waste.is_empty() => {
                "`[feed.NAME]` and no `[product.NAME]` or `[waste.NAME]`"
            }
            (true, _) => "`[feed.NAME]`",
            (false, true) if document.waste.is_empty() => "`[product.NAME]` or `[waste.NAME]`",
            _ => return,
        };
        self.report(
            Diagnostic::new(Code::EmptyFlowsheet, format!("the flowsheet has no {missing}"))
                .at(document.flowsheet.title.span, "this flowsheet")
                .help(
                    "add one; `reeflow example show tutorial/01-splitter` prints a small flowsheet",
                ),
        );
    }

    fn lower_units(&mut self) {
        if let Some(currency) = &self.document.flowsheet.currency {
            let letters =
                currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
            if !letters {
                let message = format!("currency `{currency}` is not a three-letter code");
                let help = "write three capital letters, such as `USD`, `EUR` or `TRY`";
                self.report(
                    Diagnostic::new(Code::BadQuantity, message).at(currency.span, "").help(help),
                );
            }
        }
        if let Some(shift) = &self.document.flowsheet.shift {
            let inherit = self.provenance.clone();
            let expect = Expect::positive(Dimension::TIME);
            if let Some(found) = self.figure(shift, "flowsheet.shift", &inherit, &expect) {
                let hours = self.figures[found.id].value * crate::measure::hours_per_year();
                self.units.shift_hours = Some(hours);
            }
        }
    }

    fn lower_stages(&mut self) {
        for stage in &self.document.flowsheet.stages {
            if self.stages.iter().any(|name| *name == stage.value) {
                let message = format!("stage `{stage}` is listed twice");
                let first = self.document.flowsheet.stages.iter().find(|other| *other == stage);
                self.report(
                    Diagnostic::new(Code::DuplicateName, message)
                        .at(stage.span, "here")
                        .at(first.map_or(stage.span, |first| first.span), "and here")
                        .help("keep it once, at its place in the chain"),
                );
            } else {
                self.stages.push(stage.value.clone());
            }
        }
    }

    /// The stage of that name; a new one is an error if the header lists the stages.
    fn stage(&mut self, name: &crate::document::Name) -> Option<StageId> {
        if let Some(id) = self.stages.ids().find(|&id| self.stages[id] == name.value) {
            return Some(id);
        }
        if self.document.flowsheet.stages.is_empty() {
            return Some(self.stages.push(name.value.clone()));
        }
        let near = nearest(name, self.stages.iter().map(String::as_str)).map(str::to_owned);
        let message = format!("stage `{name}` is not among the `stages` of `[flowsheet]`");
        self.report_name(
            name,
            Diagnostic::new(Code::UnknownStage, message)
                .at(name.span, "")
                .help(did_you_mean(near, "add it to `stages`, at its place in the chain")),
        );
        None
    }

    fn lower_consumables(&mut self) {
        let document = self.document;
        for (name, table) in &document.consumable {
            let own = Provenance::said(&table.source, table.assumed.as_ref(), table.confidence);
            let inherit = own.or(&self.provenance);
            let path = format!("consumable.{name}.price");
            let kinds = [
                (Dimension::MONEY_PER_MASS, "t", Dimension::FRACTION),
                (Dimension::MONEY_PER_ENERGY, "kWh", Dimension::MASS_PER_ENERGY),
                (Dimension::MONEY_PER_VOLUME, "m3", Dimension::MASS_PER_VOLUME),
            ];
            let dimension = self.dimension_of(&table.price);
            let kind = kinds.iter().find(|kind| Some(kind.0) == dimension);
            if let (None, Some(found)) = (kind, dimension) {
                let found = found.describe();
                let message =
                    format!("`{path}` must be a price per mass, energy or volume, found {found}");
                self.report(
                    Diagnostic::new(Code::WrongDimension, message)
                        .at(table.price.span, "")
                        .help(format!("write it like `\"0.09 {}/kWh\"`", self.units.currency)),
                );
                continue;
            }
            let kind = kind.unwrap_or(&kinds[0]);
            let expect = Expect::not_negative(kind.0).usual_price();
            let Some(price) = self.figure(&table.price, &path, &inherit, &expect) else { continue };
            let emission = table.emission.as_ref().and_then(|figure| {
                let path = format!("consumable.{name}.emission");
                Some(self.figure(figure, &path, &inherit, &Expect::not_negative(kind.2).of())?.id)
            });
            self.consumables.push(Consumable {
                name: name.value.clone(),
                price: price.id,
                emission,
                unit: kind.1,
            });
        }
    }

    /// One warning per table whose figures say nothing of where they come from.
    fn report_unstated(&mut self) {
        let unstated = std::mem::take(&mut self.unstated);
        let mut tables: Vec<(String, Span, Vec<String>)> = Vec::new();
        for (span, path) in unstated {
            // `feed.ore.assay.grade.REO` is of table `feed.ore`; `price.Nd2O3` of `price`.
            let of_top = path.starts_with("price.") || path.starts_with("flowsheet.");
            let dots = path.match_indices('.').map(|(at, _)| at);
            let at = dots.clone().nth(usize::from(!of_top)).unwrap_or(path.len());
            let table = path[..at].to_owned();
            let key = path.get(at + 1..).unwrap_or_default().to_owned();
            match tables.iter_mut().find(|(name, ..)| *name == table) {
                Some((_, _, keys)) if keys.contains(&key) => {}
                Some((_, _, keys)) => keys.push(key),
                None => tables.push((table, span, vec![key])),
            }
        }
        for (table, span, keys) in tables {
            let verb = if keys.len() == 1 { "comes" } else { "come" };
            let message =
                format!("`[{table}]` does not say where {} {verb} from", list_some(&keys));
            let help = if table == "price" {
                "write `{ value = \"…\", source = \"ID\" }`, or say it for all figures in `[flowsheet]`"
            } else {
                "give the table `source = \"ID\"` or `assumed = \"why\"`"
            };
            let label = if keys.len() == 1 { "" } else { "the first of them" };
            self.report(Diagnostic::new(Code::UnsourcedFigure, message).at(span, label).help(help));
        }
    }
}

/// Names in backticks, the first few of many.
fn list_some(names: &[String]) -> String {
    const MOST: usize = 6;
    let shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    let more = names.len() - shown.len();
    let list = format!("`{}`", shown.join("`, `"));
    if more == 0 { list } else { format!("{list} and {more} more") }
}

/// Help that suggests a near name, if there is one.
fn did_you_mean(near: Option<String>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}

/// Names of a map's keys.
fn keys<T>(named: &Named<T>) -> impl Iterator<Item = &str> {
    named.keys().map(|name| name.as_str())
}

/// A formula, if the text is one.
fn formula(text: &str) -> Option<Formula> {
    Formula::parse(text).ok()
}
