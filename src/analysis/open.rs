//! Numbers that other optimal plans, or other optimal duals, have otherwise: with the least and the greatest they have.
//!
//! Flows by the optimal face of the plans, worths by that of the duals ([`Face`], [`DualFace`]). Streams and goals carry
//! their intervals themselves (`interval.rs`); this is all the rest.

use super::{OpenOutcome, context::Context, flows, multiplier, value};
use crate::{
    flowsheet::{Content, Kind, Port},
    lp::{DualFace, Face, Failure, Options},
    model::{Linear, NodeId},
};

/// Two ends nearer than this are one, relative.
const SAME: f64 = 1e-9;

/// Most nodes whose worths are looked at one by one.
const MOST_WORTHS: usize = 2_000;

/// Collects numbers that are no facts.
struct Collector<'a> {
    context: &'a Context<'a>,
    options: &'a Options,
    face: Option<Face>,
    found: Vec<OpenOutcome>,
}

/// All numbers that are no facts, beside flows of streams and goals; with `all`, also the worth of each species in each
/// stream.
pub(super) fn open(context: &Context<'_>, options: &Options, all: bool) -> Vec<OpenOutcome> {
    let raw = &context.solution.raw;
    let face = Face::new(context.model.condensed(), raw).filter(|_| raw.unique != Some(true));
    let mut collector = Collector { context, options, face, found: Vec::new() };
    if collector.face.is_some() {
        collector.collect_flows();
    }
    if context.solution.ratio.is_none()
        && let Some(duals) = DualFace::new(context.model.condensed(), raw)
    {
        collector.collect_worths(&duals, all);
    }
    collector.found
}

impl Collector<'_> {
    fn push(
        &mut self,
        part: &'static str,
        name: &str,
        value: f64,
        ends: Result<(f64, f64), Failure>,
    ) {
        // What could not be proven, within the time limit, is not told as a fact; a ratio of nothing has no value at all.
        let unknown = (f64::NEG_INFINITY, f64::INFINITY);
        let (least, greatest) = match ends {
            Err(Failure::Infeasible { .. }) => return,
            ends => ends.unwrap_or(unknown),
        };
        if (greatest - least).abs() > SAME * least.abs().max(greatest.abs()) {
            let finite = |end: f64| end.is_finite().then_some(end);
            self.found.push(OpenOutcome {
                part,
                name: name.to_owned(),
                value,
                least: finite(least),
                greatest: finite(greatest),
            });
        }
    }

    /// Adds a functional of the flows if it varies.
    fn linear(&mut self, part: &'static str, name: &str, functional: &Linear) {
        let factors = self.context.model.reduce(functional);
        let face = self.face.as_ref().filter(|face| face.may_vary(&factors));
        if let Some(ends) = face.map(|face| face.range(&factors, self.options)) {
            self.push(part, name, self.context.value(functional), ends);
        }
    }

    /// Adds a ratio of two functionals if it varies.
    fn ratio(&mut self, part: &'static str, name: &str, of: &Linear, to: &Linear) {
        let (above, below) = (self.context.model.reduce(of), self.context.model.reduce(to));
        let value = self.context.value(of) / self.context.value(to);
        let varies = |face: &&Face| face.may_vary(&above) || face.may_vary(&below);
        let face = self.face.as_ref().filter(varies).filter(|_| value.is_finite());
        if let Some(ends) = face.map(|face| face.ratio_range(&above, &below, self.options)) {
            self.push(part, name, value, ends);
        }
    }

    fn collect_flows(&mut self) {
        let context = self.context;
        let (flowsheet, functionals, at) = (context.flowsheet, context.functionals(), context.at());
        for (name, functional) in flows::account_lines(context) {
            self.linear("account", name, &functional);
        }
        self.linear("account", "profit", &functionals.profit(at));
        for (name, sales) in multiplier::numerators(context) {
            self.linear("sales", &name, &sales);
        }
        for (name, base) in multiplier::bases(context) {
            if let Ok(base) = base {
                self.linear("base", name, &base);
            }
        }
        for stage in value::stage_functionals(context) {
            self.linear("stage-in", &stage.name, &stage.entering);
            self.linear("stage-out", &stage.name, &stage.leaving);
        }
        for (of_name, of) in multiplier::numerators(context) {
            for (to_name, to) in multiplier::bases(context) {
                if let Ok(to) = to {
                    self.ratio("multiplier", &format!("{of_name} ÷ {to_name}"), &of, &to);
                }
            }
        }
        for (id, operation) in flowsheet.operations.iter_ids() {
            let whole = functionals.flow(at, Port::Inlet(id), &Content::whole());
            self.linear("operation", &operation.name, &whole);
            if matches!(operation.kind, Kind::Waste(_)) {
                self.linear("residue", &operation.name, &whole);
            }
        }
        for (name, amount) in flows::consumed(context) {
            self.linear("consumption", &name, &amount);
        }
        for content in flows::recovered_contents(context) {
            let (supplied, ends) = flows::recovered(context, &content);
            for (to, flow) in ends {
                self.ratio("recovery", &format!("{} in {to}", content.name), &flow, &supplied);
            }
        }
        let mut emission = Linear::zero();
        for id in flowsheet.operations.ids() {
            emission.add(1.0, &functionals.emission(at, id));
        }
        self.linear("emission", "all operations", &emission);
    }

    fn collect_worths(&mut self, duals: &DualFace, all: bool) {
        let context = self.context;
        let flowsheet = context.flowsheet;
        let sign = -flowsheet.objective.sign();
        let all = all && context.model.nodes().len() <= MOST_WORTHS;
        let range = |terms: &[(f64, NodeId)]| {
            let (constant, factors) = context.model.worth_of_duals(terms);
            if !duals.may_vary(&factors) {
                return None;
            }
            Some(duals.range(&factors, self.options).map(|(least, most)| {
                let ends = (sign * (constant + least), sign * (constant + most));
                (ends.0.min(ends.1), ends.0.max(ends.1))
            }))
        };
        let mut found = Vec::new();
        for (id, stream) in flowsheet.streams.iter_ids() {
            let nodes = stream.species.iter().filter_map(|&species| {
                let node = context.model.node(flowsheet, id, species, context.period)?;
                Some((species, node))
            });
            let nodes: Vec<_> = nodes.collect();
            let terms: Vec<(f64, NodeId)> =
                nodes.iter().map(|&(species, node)| (context.flow(id, species), node)).collect();
            if let Some(ends) = range(&terms) {
                found.push(("imputed-value", stream.name.clone(), context.imputed(id), ends));
            }
            for &(species, node) in nodes.iter().filter(|_| all) {
                if let Some(ends) = range(&[(1.0, node)]) {
                    let name = format!("{} in {}", flowsheet.species[species].name, stream.name);
                    found.push(("worth", name, context.worth(id, species), ends));
                }
            }
        }
        for (part, name, value, ends) in found {
            self.push(part, &name, value, ends);
        }
    }
}
