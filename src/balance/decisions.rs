//! What a balance is told: supplies, fractions of free splitters, what blenders buy.

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{
        Blender, Feed, Flowsheet, Kind, LimitKind, OperationId, Sense, SpeciesId, StreamId, Values,
    },
};

/// Everything about a flowsheet that is decided and not given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decisions {
    /// What each feed supplies, t/yr, ≥ 0; a feed that is not named supplies nothing.
    pub supply: BTreeMap<OperationId, f64>,
    /// Share of the inlet, 0–1, per outlet of the splitters whose fractions are not all given.
    pub fractions: BTreeMap<StreamId, f64>,
    /// What each blender buys of each ingredient, t/yr, ≥ 0.
    pub ingredients: BTreeMap<(OperationId, SpeciesId), f64>,
}

impl Decisions {
    /// The decisions that the file itself fixes.
    ///
    /// A feed supplies what it is given `exactly`, or else at most; an ingredient is bought as it is given `exactly`.
    ///
    /// # Errors
    /// One `split-not-fixed` for every operation that leaves something to decide.
    pub fn of_flowsheet(flowsheet: &Flowsheet, values: &Values) -> Result<Self, Diagnostics> {
        let mut decisions = Self::default();
        let mut findings = Diagnostics::new();
        for (id, operation) in flowsheet.operations.iter_ids() {
            let found = match &operation.kind {
                Kind::Feed(feed) => decisions.fix_supply(flowsheet, values, id, feed),
                Kind::Splitter(splitter) if splitter.fixed.is_none() => Err(not_fixed(
                    flowsheet,
                    id,
                    format!("the fractions of splitter `{}` are not all given", operation.name),
                    "give fractions",
                )),
                Kind::Blender(blender) => decisions.fix_bought(flowsheet, values, id, blender),
                _ => Ok(()),
            };
            if let Err(finding) = found {
                findings.push(finding);
            }
        }
        if findings.is_empty() { Ok(decisions) } else { Err(findings) }
    }

    fn fix_supply(
        &mut self,
        flowsheet: &Flowsheet,
        values: &Values,
        id: OperationId,
        feed: &Feed,
    ) -> Result<(), Diagnostic> {
        let limits = || {
            let all = flowsheet.limits.iter();
            all.filter(|limit| limit.operation == id && limit.kind == LimitKind::Supply)
        };
        let limit = limits()
            .find(|limit| limit.sense == Sense::Exactly)
            .or_else(|| limits().find(|limit| limit.sense == Sense::AtMost));
        let Some(limit) = limit else {
            let name = &flowsheet.operations[id].name;
            let message = format!("what feed `{name}` supplies is not given");
            return Err(not_fixed(flowsheet, id, message, "give `supply.exactly` or `supply.max`"));
        };
        // A supply may be given as that of a content: t/yr of REO in the ore.
        let assay = feed.assay.fractions(values);
        let counted: f64 =
            assay.iter().map(|&(species, share)| share * limit.content.weight(species)).sum();
        let whole: f64 = assay.iter().map(|&(_, share)| share).sum();
        let grade = if limit.content.is_whole() { whole } else { counted };
        let bound = values[limit.figure] * limit.availability.map_or(1.0, |figure| values[figure]);
        if grade <= 0.0 && bound > 0.0 {
            let name = &flowsheet.operations[id].name;
            let content = &limit.content.name;
            let message =
                format!("feed `{name}` is given by its `{content}`, of which it has none");
            return Err(not_fixed(flowsheet, id, message, "give its whole mass"));
        }
        self.supply.insert(id, if bound == 0.0 { 0.0 } else { bound / grade });
        Ok(())
    }

    fn fix_bought(
        &mut self,
        flowsheet: &Flowsheet,
        values: &Values,
        id: OperationId,
        blender: &Blender,
    ) -> Result<(), Diagnostic> {
        let mut open: Vec<&str> = Vec::new();
        for item in &blender.ingredients {
            let limit = flowsheet.limits.iter().find(|limit| {
                limit.kind == LimitKind::Ingredient
                    && limit.sense == Sense::Exactly
                    && limit.port == crate::flowsheet::Port::Ingredient(id, item.species)
            });
            let weight = limit.map_or(0.0, |limit| limit.content.weight(item.species));
            match limit {
                Some(limit) if weight > 0.0 => {
                    self.ingredients.insert((id, item.species), values[limit.figure] / weight);
                }
                _ => open.push(&flowsheet.species[item.species].name),
            }
        }
        if open.is_empty() {
            return Ok(());
        }
        let name = &flowsheet.operations[id].name;
        let message = format!("blender `{name}` buys `{}` as needed", open.join("`, `"));
        Err(not_fixed(flowsheet, id, message, "give each ingredient `supply.exactly`"))
    }
}

fn not_fixed(flowsheet: &Flowsheet, id: OperationId, message: String, what: &str) -> Diagnostic {
    Diagnostic::new(Code::SplitNotFixed, message)
        .at(flowsheet.operations[id].span, "here a decision is free")
        .help(format!("{what}, or use `balance --at-optimum`"))
}
