//! Checks that need the whole flowsheet: sums, missing recoveries, reachability.

use super::{Flowsheet, Kind, Operation, OperationId, Reaction, Separation, SpeciesId, Values};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    index::Id,
};

/// Sums of shares may be off by this much.
const TOLERANCE: f64 = 1e-9;

/// Reports what is wrong with a flowsheet whose streams know their species.
pub(super) fn validate(flowsheet: &Flowsheet, findings: &mut Diagnostics) {
    let values = flowsheet.values();
    let check = Check { flowsheet, values: &values };
    for (id, operation) in flowsheet.operations.iter_ids() {
        let inlet = check.inlet_species(operation);
        match &operation.kind {
            Kind::Feed(_) => check.check_assay(operation, findings),
            Kind::Separator(separator) => {
                check.check_separation(operation, &separator.separation, &inlet, findings);
            }
            Kind::Splitter(splitter) => check.check_fractions(operation, splitter, findings),
            Kind::Reactor(reactor) => {
                check.check_reactions(operation, reactor, &inlet, findings);
                let mut after: Vec<SpeciesId> = super::ReactorMap::new(reactor, &values, &inlet)
                    .after
                    .iter()
                    .map(|&(to, ..)| to)
                    .collect();
                after.sort_unstable();
                after.dedup();
                check.check_separation(operation, &reactor.separation, &after, findings);
            }
            Kind::Blender(blender) => check.check_recipe(operation, blender, &inlet, findings),
            Kind::Product(_) | Kind::Waste(_) => {}
        }
        check.check_limits(id, &inlet, findings);
        if !matches!(operation.kind, Kind::Feed(_)) && inlet.is_empty() {
            check.report_unreachable(operation, findings);
        }
    }
    check.check_ways_out(findings);
}

struct Check<'a> {
    flowsheet: &'a Flowsheet,
    values: &'a Values,
}

impl Check<'_> {
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

    fn check_assay(&self, operation: &Operation, findings: &mut Diagnostics) {
        let Kind::Feed(feed) = &operation.kind else { return };
        let fractions = feed.assay.fractions(self.values);
        if let Some(&(species, share)) = fractions.iter().find(|&&(_, share)| share < -TOLERANCE) {
            let message = format!(
                "the grades of feed `{}` sum to {:.4} %, which leaves {:.4} % for the rest `{}`",
                operation.name,
                (1.0 - share) * 100.0,
                share * 100.0,
                self.name(species)
            );
            findings.push(
                Diagnostic::new(Code::AssayNotOne, message)
                    .at(operation.span, "more than the whole"),
            );
            return;
        }
        let sum: f64 = fractions.iter().map(|&(_, share)| share).sum();
        if (sum - 1.0).abs() > TOLERANCE {
            let message =
                format!("the grades of feed `{}` sum to {:.6} %", operation.name, sum * 100.0);
            let help = if sum < 1.0 {
                "name the species that takes the rest: `assay.rest = \"gangue\"`"
            } else {
                "lower the grades until they sum to 100 %"
            };
            findings.push(
                Diagnostic::new(Code::AssayNotOne, message).at(operation.span, "").help(help),
            );
        }
    }

    fn check_separation(
        &self,
        operation: &Operation,
        separation: &Separation,
        species: &[SpeciesId],
        findings: &mut Diagnostics,
    ) {
        for recovery in &separation.recoveries {
            let outlet = &self.flowsheet.streams[recovery.outlet];
            let missing: Vec<&str> = species
                .iter()
                .filter(|&&id| recovery.figure(id).is_none())
                .map(|&id| self.name(id))
                .collect();
            if !missing.is_empty() {
                let message =
                    format!("`{}` has no recovery for `{}`", outlet.name, missing.join("`, `"));
                findings.push(
                    Diagnostic::new(Code::RecoveryMissing, message)
                        .at(operation.span, "these species can enter")
                        .help("give them or their group a recovery, or write `default = \"…\"`"),
                );
            }
            let unused: Vec<(&str, crate::diagnostic::Span)> = self.unused(recovery, species);
            for (name, span) in unused {
                let message = format!("recovery of `{name}` to `{}` is never used", outlet.name);
                findings.push(
                    Diagnostic::new(Code::UnusedInput, message)
                        .at(span, "it cannot be in the inlet"),
                );
            }
        }
        for &id in species {
            let named: f64 = separation
                .recoveries
                .iter()
                .filter_map(|recovery| Some(self.values[recovery.figure(id)?]))
                .sum();
            let complete =
                separation.recoveries.iter().all(|recovery| recovery.figure(id).is_some());
            let wrong = named > 1.0 + TOLERANCE
                || (separation.rest.is_none() && complete && (named - 1.0).abs() > TOLERANCE);
            if wrong {
                let message = format!(
                    "the recoveries of `{}` in `{}` sum to {:.4} %",
                    self.name(id),
                    operation.name,
                    named * 100.0
                );
                let mut diagnostic =
                    Diagnostic::new(Code::RecoveryNotOne, message).at(operation.span, "");
                for figure in
                    separation.recoveries.iter().filter_map(|recovery| recovery.figure(id))
                {
                    diagnostic = diagnostic.at(self.flowsheet.figures[figure].span, "");
                }
                findings.push(
                    diagnostic.help("leave one outlet without recoveries: it takes the rest"),
                );
                break;
            }
        }
    }

    /// Recoveries whose figure holds for no species of the inlet.
    fn unused(
        &self,
        recovery: &super::Recovery,
        species: &[SpeciesId],
    ) -> Vec<(&str, crate::diagnostic::Span)> {
        let mut figures: Vec<super::FigureId> = Vec::new();
        for &(_, figure) in &recovery.species {
            if !figures.contains(&figure) {
                figures.push(figure);
            }
        }
        figures
            .into_iter()
            .filter(|figure| {
                let of = recovery.species.iter().filter(|&(_, id)| id == figure);
                let mut of = of.map(|&(id, _)| id);
                !species.is_empty() && !of.any(|id| species.binary_search(&id).is_ok())
            })
            .map(|figure| {
                let figure = &self.flowsheet.figures[figure];
                (figure.path.rsplit('.').next().unwrap_or_default(), figure.span)
            })
            .collect()
    }

    fn check_fractions(
        &self,
        operation: &Operation,
        splitter: &super::Splitter,
        findings: &mut Diagnostics,
    ) {
        let Some(fixed) = &splitter.fixed else { return };
        let sum: f64 = fixed.iter().filter_map(|&(_, figure)| Some(self.values[figure?])).sum();
        let rest = fixed.iter().any(|(_, figure)| figure.is_none());
        if sum > 1.0 + TOLERANCE || (!rest && (sum - 1.0).abs() > TOLERANCE) {
            let message = format!(
                "the fractions of splitter `{}` sum to {:.4} %",
                operation.name,
                sum * 100.0
            );
            findings.push(
                Diagnostic::new(Code::RecoveryNotOne, message)
                    .at(operation.span, "")
                    .help("leave one outlet without a fraction: it takes the rest"),
            );
        }
    }

    fn check_reactions(
        &self,
        operation: &Operation,
        reactor: &super::Reactor,
        inlet: &[SpeciesId],
        findings: &mut Diagnostics,
    ) {
        if inlet.is_empty() {
            return;
        }
        let mut there: Vec<SpeciesId> = inlet.to_vec();
        for reaction in &reactor.reactions {
            let figure = &self.flowsheet.figures[reaction.conversion];
            if !there.contains(&reaction.key) {
                let message = format!(
                    "reaction `{}` in `{}` never runs: no `{}` enters",
                    reaction.text,
                    operation.name,
                    self.name(reaction.key)
                );
                findings.push(Diagnostic::new(Code::UnusedInput, message).at(figure.span, ""));
                continue;
            }
            let missing: Vec<&str> = self.missing_reactants(reaction, reactor, &there);
            if !missing.is_empty() {
                let message = format!(
                    "reaction `{}` in `{}` needs `{}`, which nothing brings",
                    reaction.text,
                    operation.name,
                    missing.join("`, `")
                );
                let help = format!("dose it: `reagent.{} = {{ price = \"…\" }}`", missing[0]);
                findings.push(
                    Diagnostic::new(Code::ReactantMissing, message)
                        .at(operation.span, "")
                        .help(help),
                );
            }
            there
                .extend(reaction.masses.iter().filter(|&&(_, mass)| mass > 0.0).map(|&(id, _)| id));
        }
    }

    fn missing_reactants<'s>(
        &'s self,
        reaction: &Reaction,
        reactor: &super::Reactor,
        there: &[SpeciesId],
    ) -> Vec<&'s str> {
        reaction
            .masses
            .iter()
            .filter(|&&(id, mass)| {
                mass < 0.0
                    && !there.contains(&id)
                    && reactor.reagents.iter().all(|reagent| reagent.species != id)
            })
            .map(|&(id, _)| self.name(id))
            .collect()
    }

    fn check_recipe(
        &self,
        operation: &Operation,
        blender: &super::Blender,
        inlet: &[SpeciesId],
        findings: &mut Diagnostics,
    ) {
        for entry in &blender.recipe {
            let bought =
                blender.ingredients.iter().any(|item| entry.content.weight(item.species) != 0.0);
            let wanted = entry.share.is_none_or(|figure| self.values[figure] > 0.0);
            if wanted && !bought && !entry.content.meets(inlet) && entry.share.is_some() {
                let message = format!(
                    "the recipe of `{}` needs `{}`, which nothing brings",
                    operation.name, entry.content.name
                );
                let help = format!("buy it: `buy.{} = {{ price = \"…\" }}`", entry.content.name);
                findings.push(
                    Diagnostic::new(Code::RecipeUnmet, message).at(operation.span, "").help(help),
                );
            }
        }
    }

    /// Limits and specifications on what can never be there.
    fn check_limits(
        &self,
        operation: OperationId,
        inlet: &[SpeciesId],
        findings: &mut Diagnostics,
    ) {
        use super::{LimitKind, Port, Sense};
        let limits = self.flowsheet.limits.iter().filter(|limit| limit.operation == operation);
        for limit in limits {
            if limit.port != Port::Inlet(operation) || limit.content.is_whole() || inlet.is_empty()
            {
                continue;
            }
            if matches!(self.flowsheet.operations[operation].kind, Kind::Feed(_))
                || limit.content.meets(inlet)
            {
                continue;
            }
            let figure = &self.flowsheet.figures[limit.figure];
            let code = match (limit.kind, limit.sense) {
                (LimitKind::Specification, Sense::AtLeast | Sense::Exactly)
                    if figure.value > 0.0 =>
                {
                    Code::SpecificationUnmeetable
                }
                _ => Code::UnusedInput,
            };
            let message = format!(
                "`{}` is on `{}`, which cannot be in the inlet of `{}`",
                figure.path, limit.content.name, self.flowsheet.operations[operation].name
            );
            findings.push(Diagnostic::new(code, message).at(figure.span, ""));
        }
    }

    fn report_unreachable(&self, operation: &Operation, findings: &mut Diagnostics) {
        let reason = if operation.inlets.is_empty() {
            "no stream goes there"
        } else {
            "nothing flows in the streams that go there"
        };
        let message = format!("nothing ever enters {} `{}`", operation.kind.name(), operation.name);
        findings.push(
            Diagnostic::new(Code::UnreachableOperation, message)
                .at(operation.span, reason)
                .help("send an outlet there, or remove it"),
        );
    }

    /// Operations from which no product or waste can be reached.
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
        let stuck: Vec<&Operation> = flowsheet
            .operations
            .iter_ids()
            .filter(|(id, _)| !out[id.index()])
            .map(|(_, operation)| operation)
            .collect();
        if let Some(first) = stuck.first() {
            let names: Vec<&str> = stuck.iter().map(|operation| operation.name.as_str()).collect();
            let message = format!("nothing ever leaves the loop of `{}`", names.join("`, `"));
            findings.push(
                Diagnostic::new(Code::LoopWithoutPurge, message)
                    .at(first.span, "no way from here to a product or a waste")
                    .help("send an outlet to a `[product.NAME]` or a `[waste.NAME]`"),
            );
        }
    }
}
