//! Checks that need the whole flowsheet: sums, missing recoveries, reachability.

mod basis;
mod follow;
mod reactions;

use std::{collections::BTreeMap, fmt::Write};

use reactions::quote_key;

use super::{
    Flowsheet, Kind, Limit, LimitKind, Operation, OperationId, Port, Recovery, Sense, Separation,
    SpeciesId, Values, closed,
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Span},
    index::Id,
    measure::format_number,
};

/// Sums of shares may be off by this much.
const TOLERANCE: f64 = 1e-9;

/// Most places that one finding marks.
const MOST_LABELS: usize = 8;

/// A finding about an operation, and the name of what it is about.
struct Found {
    diagnostic: Diagnostic,
    about: String,
}

impl From<Diagnostic> for Found {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, about: String::new() }
    }
}

/// Reports what is wrong with a flowsheet whose streams know their species, at given values of its figures.
pub(super) fn validate(flowsheet: &Flowsheet, values: &Values, findings: &mut Diagnostics) {
    let mut limits = vec![Vec::new(); flowsheet.operations.len()];
    for limit in &flowsheet.limits {
        limits[limit.operation.index()].push(limit);
    }
    let check = Check { flowsheet, values, limits };
    let found = flowsheet.operations.iter_ids();
    let found: Vec<(OperationId, Vec<Found>)> = found
        .map(|(id, operation)| (id, check.check_operation(id, operation)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    let broken = !found.is_empty();
    for found in follow::without_follow_ups(flowsheet, found) {
        findings.push(found.diagnostic);
    }
    check.check_ways_out(findings);
    check.check_uses(findings);
    // Where something else is wrong, species may be missing because of that.
    if !broken {
        basis::check(flowsheet, findings);
    }
}

struct Check<'a> {
    flowsheet: &'a Flowsheet,
    values: &'a Values,
    /// The limits of each operation.
    limits: Vec<Vec<&'a Limit>>,
}

/// A share of 1 as percent, with enough digits to tell it from 100 %.
fn percent(share: f64) -> String {
    let text = format_number(share * 100.0);
    if text == "100" && share != 1.0 { format!("{:.9}", share * 100.0) } else { text }
}

fn join(names: &[&str]) -> String {
    format!("`{}`", names.join("`, `"))
}

impl Check<'_> {
    fn check_operation(&self, id: OperationId, operation: &Operation) -> Vec<Found> {
        let inlet = self.inlet_species(operation);
        let mut found = Vec::new();
        if inlet.is_empty()
            && !matches!(operation.kind, Kind::Feed(_) | Kind::Blender(_) | Kind::Use(_))
        {
            return vec![self.unreachable(operation).into()];
        }
        match &operation.kind {
            Kind::Feed(_) | Kind::Use(_) => found.extend(self.check_assay(operation)),
            Kind::Separator(separator) => {
                self.check_separation(operation, &separator.separation, &inlet, true, &mut found);
            }
            Kind::Splitter(splitter) => found.extend(self.check_fractions(operation, splitter)),
            Kind::Reactor(reactor) => {
                self.check_reactions(operation, reactor, &inlet, &mut found);
                let mut after: Vec<SpeciesId> =
                    super::ReactorMap::new(reactor, self.values, &inlet)
                        .after
                        .iter()
                        .map(|&(to, ..)| to)
                        .collect();
                after.sort_unstable();
                after.dedup();
                // Where a reaction does not run, its products are not there: one finding is enough.
                let all_run = found.is_empty();
                let separation = &reactor.separation;
                self.check_separation(operation, separation, &after, all_run, &mut found);
            }
            Kind::Blender(blender) => {
                if inlet.is_empty() && blender.ingredients.is_empty() {
                    return vec![self.unreachable(operation).into()];
                }
                self.check_recipe(id, operation, blender, &inlet, &mut found);
            }
            Kind::Product(_) | Kind::Waste(_) | Kind::Stockpile(_) => {}
        }
        self.check_limits(id, &inlet, &mut found);
        found
    }

    fn inlet_species(&self, operation: &Operation) -> Vec<SpeciesId> {
        let streams = operation.inlets.iter();
        let mut species: Vec<SpeciesId> =
            streams.flat_map(|&id| self.flowsheet.streams[id].species.iter().copied()).collect();
        species.sort_unstable();
        species.dedup();
        species
    }

    fn name(&self, species: SpeciesId) -> &str {
        &self.flowsheet.species[species].name
    }

    fn span_of(&self, figure: super::FigureId) -> Span {
        self.flowsheet.figures[figure].span
    }

    /// Marks figures, the first with a text.
    fn mark(&self, found: Diagnostic, figures: &[super::FigureId], text: &str) -> Diagnostic {
        let mut text = text;
        figures
            .iter()
            .take(MOST_LABELS)
            .fold(found, |found, &figure| found.at(self.span_of(figure), std::mem::take(&mut text)))
    }

    fn check_assay(&self, operation: &Operation) -> Option<Found> {
        let (kind, assay) = match &operation.kind {
            Kind::Feed(feed) => ("feed", &feed.assay),
            Kind::Use(service) => ("use", service.assay.as_ref()?),
            _ => return None,
        };
        let fractions = assay.fractions(self.values);
        let figures: Vec<_> = assay.grades.iter().map(|grade| grade.figure).collect();
        let name = format!("{kind} `{}`", operation.name);
        let negative = fractions.iter().find(|&&(_, share)| share < -TOLERANCE);
        let sum: f64 = fractions.iter().map(|&(_, share)| share).sum();
        let (message, help) = if let Some(&(species, share)) = negative {
            let message = format!(
                "the grades of {name} sum to {} %, which leaves nothing for the rest `{}`",
                percent(1.0 - share),
                self.name(species)
            );
            (message, "lower the grades until they sum to at most 100 %")
        } else if (sum - 1.0).abs() > TOLERANCE {
            let help = if sum < 1.0 {
                "name the species that takes the rest: `assay.rest = \"gangue\"`"
            } else {
                "lower the grades until they sum to 100 %"
            };
            (format!("the grades of {name} sum to {} %, not 100 %", percent(sum)), help)
        } else {
            return None;
        };
        let found = Diagnostic::new(Code::AssayNotOne, message);
        let found = if figures.is_empty() { found.at(operation.span, "") } else { found };
        Some(self.mark(found, &figures, "").help(help).into())
    }

    fn check_separation(
        &self,
        operation: &Operation,
        separation: &Separation,
        species: &[SpeciesId],
        tell_unused: bool,
        found: &mut Vec<Found>,
    ) {
        for recovery in &separation.recoveries {
            let outlet = &self.flowsheet.streams[recovery.outlet].name;
            let missing: Vec<SpeciesId> =
                species.iter().copied().filter(|&id| recovery.figure(id).is_none()).collect();
            if let Some(&first) = missing.first() {
                let names: Vec<&str> = missing.iter().map(|&id| self.name(id)).collect();
                let names = join(&names);
                let message = format!("`{outlet}` has no recovery for {names}");
                let diagnostic = Diagnostic::new(Code::RecoveryMissing, message)
                    .at(recovery.span, format!("no recovery here is for `{}`", self.name(first)))
                    .at(
                        self.flowsheet.species[first].span,
                        format!("`{}` is first named here", self.name(first)),
                    )
                    .help("give it or its group a recovery, or write `default = \"…\"`");
                found.push(diagnostic.into());
            }
            if tell_unused {
                found.extend(self.unused(operation, recovery, outlet, species));
            }
        }
        self.check_sums(operation, separation, species, found);
    }

    /// Sums of the recoveries of each species; one finding for all species that share figures.
    fn check_sums(
        &self,
        operation: &Operation,
        separation: &Separation,
        species: &[SpeciesId],
        found: &mut Vec<Found>,
    ) {
        let mut wrong: Vec<(Vec<super::FigureId>, f64, Vec<&str>)> = Vec::new();
        for &id in species {
            let recoveries = separation.recoveries.iter();
            let figures: Vec<_> = recoveries.filter_map(|recovery| recovery.figure(id)).collect();
            let sum: f64 = figures.iter().map(|&figure| self.values[figure]).sum();
            let complete = figures.len() == separation.recoveries.len();
            let all_named = separation.rest.is_none() && complete && !figures.is_empty();
            if sum > 1.0 + TOLERANCE || (all_named && (sum - 1.0).abs() > TOLERANCE) {
                match wrong.iter_mut().find(|(known, ..)| *known == figures) {
                    Some((.., names)) => names.push(self.name(id)),
                    None => wrong.push((figures, sum, vec![self.name(id)])),
                }
            }
        }
        for (figures, sum, names) in wrong {
            let mut message =
                format!("the recoveries of {} in `{}` sum to ", join(&names), operation.name);
            let limit = if sum > 1.0 { "more than" } else { "less than" };
            let _ = write!(message, "{} %, {limit} 100 %", percent(sum));
            let help = if separation.rest.is_some() {
                "lower one of them; the outlet without recoveries takes what is left"
            } else {
                "leave one outlet without recoveries: it takes the rest"
            };
            let diagnostic = Diagnostic::new(Code::RecoveryNotOne, message);
            found.push(self.mark(diagnostic, &figures, "").help(help).into());
        }
    }

    /// Recoveries whose figure holds for no species of the inlet.
    fn unused(
        &self,
        operation: &Operation,
        recovery: &Recovery,
        outlet: &str,
        species: &[SpeciesId],
    ) -> Vec<Found> {
        let mut figures: Vec<super::FigureId> = Vec::new();
        for &(_, figure) in &recovery.species {
            if !figures.contains(&figure) {
                figures.push(figure);
            }
        }
        figures.retain(|figure| {
            let mut of = recovery.species.iter().filter(|&(_, id)| id == figure);
            !of.any(|(id, _)| species.binary_search(id).is_ok())
        });
        let short = outlet.strip_prefix(&format!("{}.", operation.name)).unwrap_or(outlet);
        let prefix = format!("{}.{}.recovery.{short}.", operation.kind.name(), operation.name);
        let figures = figures.into_iter().map(|figure| &self.flowsheet.figures[figure]);
        figures
            .map(|figure| {
                let name = figure.path.strip_prefix(&prefix).unwrap_or(&figure.path);
                let message = format!("the recovery of `{name}` to `{outlet}` is never used");
                let diagnostic = Diagnostic::new(Code::UnusedInput, message)
                    .at(figure.span, format!("no `{name}` enters `{}`", operation.name))
                    .help("remove it, or look where the species is lost further up");
                Found { diagnostic, about: name.to_owned() }
            })
            .collect()
    }

    fn check_fractions(&self, operation: &Operation, splitter: &super::Splitter) -> Option<Found> {
        let fixed = splitter.fixed.as_ref()?;
        let figures: Vec<_> = fixed.iter().filter_map(|&(_, figure)| figure).collect();
        let sum: f64 = figures.iter().map(|&figure| self.values[figure]).sum();
        let rest = figures.len() < fixed.len();
        if sum <= 1.0 + TOLERANCE && (rest || (sum - 1.0).abs() <= TOLERANCE) {
            return None;
        }
        let limit = if sum > 1.0 { "more than" } else { "less than" };
        let sum = percent(sum);
        let name = &operation.name;
        let message = format!("the fractions of splitter `{name}` sum to {sum} %, {limit} 100 %");
        let diagnostic = Diagnostic::new(Code::RecoveryNotOne, message);
        let help = "leave one outlet without a fraction: it takes the rest";
        Some(self.mark(diagnostic, &figures, "").help(help).into())
    }

    fn check_recipe(
        &self,
        id: OperationId,
        operation: &Operation,
        blender: &super::Blender,
        inlet: &[SpeciesId],
        found: &mut Vec<Found>,
    ) {
        for limit in &self.limits[id.index()] {
            let wanted = limit.kind == LimitKind::Recipe
                && limit.sense != Sense::AtMost
                && self.values[limit.figure] > 0.0;
            let bought =
                blender.ingredients.iter().any(|item| limit.content.weight(item.species) != 0.0);
            if !wanted || bought || limit.content.meets(inlet) {
                continue;
            }
            let (name, content) = (&operation.name, &limit.content.name);
            let message = format!("the recipe of `{name}` needs `{content}`, which nothing brings");
            let members = limit.content.weights.iter().flatten();
            let first = members.map(|&(id, _)| self.name(id)).next().unwrap_or(content);
            let help = format!(
                "buy it: `buy.{} = {{ price = \"…\" }}`, or let a stream bring it",
                quote_key(first)
            );
            let diagnostic = Diagnostic::new(Code::RecipeUnmet, message)
                .at(self.span_of(limit.figure), format!("no `{content}` enters `{name}`"))
                .help(help);
            let diagnostic = closed::mark(self.flowsheet, self.values, operation, diagnostic);
            found.push(diagnostic.into());
        }
    }

    /// Limits and specifications on what can never be there.
    fn check_limits(&self, id: OperationId, inlet: &[SpeciesId], found: &mut Vec<Found>) {
        let operation = &self.flowsheet.operations[id];
        if matches!(operation.kind, Kind::Feed(_)) || inlet.is_empty() {
            return;
        }
        for limit in &self.limits[id.index()] {
            if limit.port != Port::Inlet(id) || limit.content.meets(inlet) {
                continue;
            }
            let (name, content) = (&operation.name, &limit.content.name);
            let figure = &self.flowsheet.figures[limit.figure];
            let at_least = limit.sense != Sense::AtMost && self.values[limit.figure] > 0.0;
            let place = format!("no `{content}` can reach `{name}`");
            if limit.kind == LimitKind::Specification && at_least {
                let message = format!(
                    "product `{name}` is specified with {} `{content}`, but none can reach it",
                    figure.text
                );
                let diagnostic = Diagnostic::new(Code::SpecificationUnmeetable, message)
                    .at(figure.span, place)
                    .help("look where it is lost further up, or drop the specification");
                found.push(diagnostic.into());
            } else if at_least || !self.is_somewhere(limit) {
                let message = format!("`{}` is on something that never comes", figure.path);
                let diagnostic = Diagnostic::new(Code::UnusedInput, message)
                    .at(figure.span, place)
                    .help("look where it is lost further up, or remove the limit");
                found.push(Found { diagnostic, about: content.clone() });
            }
        }
    }

    /// Whether what a limit is on flows anywhere: then it is kept by removing the species before.
    fn is_somewhere(&self, limit: &Limit) -> bool {
        self.flowsheet.streams.iter().any(|stream| limit.content.meets(&stream.species))
    }

    fn unreachable(&self, operation: &Operation) -> Diagnostic {
        let reason = if operation.inlets.is_empty() {
            "no stream goes here"
        } else {
            "nothing flows in the streams that go here"
        };
        let message = format!("nothing ever enters {} `{}`", operation.kind.name(), operation.name);
        let found = Diagnostic::new(Code::UnreachableOperation, message).at(operation.span, reason);
        let places = found.labels.len();
        let found = closed::mark(self.flowsheet, self.values, operation, found);
        let help = if found.labels.len() > places {
            "send some of it here, or remove it"
        } else {
            "send an outlet here, or remove it"
        };
        found.help(help)
    }

    /// What is in use of a product is no more than what is sold.
    fn check_uses(&self, findings: &mut Diagnostics) {
        let mut of_product: BTreeMap<OperationId, Vec<(Span, f64)>> = BTreeMap::new();
        for operation in &self.flowsheet.operations {
            if let Kind::Use(data) = &operation.kind {
                let share = data.share.map_or(1.0, |figure| self.values[figure]);
                of_product.entry(data.of).or_default().push((operation.span, share));
            }
        }
        for (id, uses) in of_product {
            let product = &self.flowsheet.operations[id];
            let sum: f64 = uses.iter().map(|(_, share)| share).sum();
            if sum > 1.0 + TOLERANCE {
                let message = format!(
                    "{} % of `{}` are in use, more than is sold",
                    percent(sum),
                    product.name
                );
                let mut diagnostic = Diagnostic::new(Code::RecoveryNotOne, message);
                for (span, share) in uses.iter().take(MOST_LABELS) {
                    diagnostic = diagnostic.at(*span, format!("{} %", percent(*share)));
                }
                findings
                    .push(diagnostic.help("give each `[use.NAME]` its `share` of what is sold"));
            }
        }
    }

    /// Loops from which no product or waste can be reached.
    fn check_ways_out(&self, findings: &mut Diagnostics) {
        let flowsheet = self.flowsheet;
        let mut out = vec![false; flowsheet.operations.len()];
        let mut waiting: Vec<OperationId> = Vec::new();
        for (id, operation) in flowsheet.operations.iter_ids() {
            if operation.outlets.is_empty() {
                out[id.index()] = true;
                waiting.push(id);
            }
        }
        while let Some(id) = waiting.pop() {
            for &stream in &flowsheet.operations[id].inlets {
                let from = flowsheet.streams[stream].from;
                if !out[from.index()] {
                    out[from.index()] = true;
                    waiting.push(from);
                }
            }
        }
        let mut told = vec![false; flowsheet.operations.len()];
        for (id, operation) in flowsheet.operations.iter_ids() {
            if out[id.index()] || told[id.index()] {
                continue;
            }
            // What only leads into a loop is not at fault.
            let reached = follow::downstream(flowsheet, id);
            if !reached[id.index()] {
                continue;
            }
            let mut names = Vec::new();
            for (other, data) in flowsheet.operations.iter_ids() {
                if reached[other.index()] && !told[other.index()] {
                    told[other.index()] = true;
                    names.push(data.name.as_str());
                }
            }
            let message = match names.as_slice() {
                [one] => format!("nothing ever leaves `{one}`: its streams come back to it"),
                _ => format!("nothing ever leaves the loop of {}", join(&names)),
            };
            let mut diagnostic = Diagnostic::new(Code::LoopWithoutPurge, message)
                .at(operation.span, "no way from here to a product or a waste");
            let mut back = operation.inlets.iter().map(|&id| &flowsheet.streams[id]);
            if let Some(stream) = back.rfind(|stream| reached[stream.from.index()]) {
                diagnostic = diagnostic.at(stream.span, format!("`{}` comes back", stream.name));
            }
            findings
                .push(diagnostic.help("send an outlet to a `[product.NAME]` or a `[waste.NAME]`"));
        }
    }
}
