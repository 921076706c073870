//! The linear program of a flowsheet in its decisions alone, without rounding, its columns and rows under the names
//! that exports give them.

use std::collections::HashMap;

use dashu_ratio::RBig;

use super::{
    Refusal,
    flows::{Decision, Flows, Linear},
    number, simplex,
};
use crate::flowsheet::{Content, Kind, Operation, Port, Sense, SpeciesId};

/// A row, its name, and how it stands in the program.
struct Named {
    name: String,
    /// In nodes and decisions; none for a flow that must not become negative.
    left: Option<Linear>,
    /// The node whose flow must not become negative.
    node: Option<usize>,
    /// −1 where `≥` was turned round.
    sign: RBig,
}

/// The exact program, with what is needed to speak of it.
pub(super) struct Exact<'a> {
    pub(super) flows: &'a Flows<'a>,
    pub(super) program: simplex::Program,
    pub(super) columns: Vec<String>,
    rows: Vec<Named>,
    /// What is optimised, in nodes and decisions, as it is written; of a ratio its change around a plan.
    objective: Linear,
    /// Numerator and denominator of a ratio that is optimised.
    ratio: Option<(Linear, Linear)>,
}

impl<'a> Exact<'a> {
    /// Writes the program.
    pub(super) fn new(flows: &'a Flows<'a>) -> Result<Self, Refusal> {
        let flowsheet = flows.figures.flowsheet;
        if flowsheet.is_planned() {
            let what = "the flowsheet has periods, or something to build or choose";
            return Err(Refusal::Unable(what.to_owned()));
        }
        let of = flows.measure(&flowsheet.objective.of())?;
        let to = flowsheet.objective.to().map(|to| flows.measure(to)).transpose()?;
        let (objective, ratio) = match to {
            None => (of, None),
            Some(to) => (Linear::default(), Some((of, to))),
        };
        let mut exact = Self {
            flows,
            program: simplex::Program::default(),
            columns: flows.decisions.iter().map(|&decision| column_name(flows, decision)).collect(),
            rows: Vec::new(),
            objective,
            ratio,
        };
        exact.program.costs = exact.costs();
        exact.write_structure();
        for limit in &flowsheet.limits {
            let (left, right) = flows.limit(limit);
            let name = flowsheet.figures[limit.figure].path.clone();
            exact.push(name, limit.sense, left, right);
        }
        for goal in flowsheet.goals.iter().filter(|goal| goal.enforced) {
            for bound in &goal.bounds {
                let wanted = flows.figures.value(bound.figure).clone();
                let mut left = flows.measure(&goal.of)?;
                let right = match &goal.to {
                    None => wanted,
                    Some(to) => {
                        left.add(&-wanted, &flows.measure(to)?);
                        RBig::ZERO
                    }
                };
                let name = flowsheet.figures[bound.figure].path.clone();
                exact.push(name, bound.sense, left, right);
            }
        }
        for node in flows.may_be_negative() {
            let terms = flows.transfer[node].iter().map(|(at, value)| (*at, -value)).collect();
            exact.program.rows.push(simplex::Row { terms, right: RBig::ZERO, equal: false });
            let (stream, species) = flows.nodes[node];
            let (stream, species) =
                (&flowsheet.streams[stream].name, &flowsheet.species[species].name);
            exact.rows.push(Named {
                name: format!("not-negative({stream},{species})"),
                left: None,
                node: Some(node),
                sign: RBig::NEG_ONE,
            });
        }
        Ok(exact)
    }

    /// Whether a ratio is optimised, which has to be [aimed](Self::aim) at.
    pub(super) const fn is_ratio(&self) -> bool {
        self.ratio.is_some()
    }

    /// What a ratio is divided by, one factor per column.
    pub(super) fn denominator(&self) -> Option<Vec<RBig>> {
        let (_, to) = self.ratio.as_ref()?;
        let mut factors = vec![RBig::ZERO; self.columns.len()];
        for (at, value) in self.flows.reduce(to) {
            factors[at] = value;
        }
        Some(factors)
    }

    /// Makes the change of a ratio around a plan the objective, `(of − R to) ÷ to(x)` with `R = of(x) ÷ to(x)`; where no
    /// plan improves on x, and no plan has a negative denominator, R is the best ratio (W. Dinkelbach, Management Science
    /// 13 (1967) 492–498).
    pub(super) fn aim(&mut self, columns: &[RBig]) -> Result<(), Refusal> {
        let Some((of, to)) = &self.ratio else { return Ok(()) };
        let (above, below) = (self.at(of, columns), self.at(to, columns));
        if below <= RBig::ZERO {
            return Err(Refusal::Unable("the denominator of the ratio is not above 0".to_owned()));
        }
        let mut objective = Linear::default();
        objective.add(&(RBig::ONE / &below), of);
        objective.add(&(-above / (&below * &below)), to);
        self.objective = objective;
        self.program.costs = self.costs();
        Ok(())
    }

    /// A functional at a point.
    fn at(&self, linear: &Linear, columns: &[RBig]) -> RBig {
        let terms = self.flows.reduce(linear).into_iter();
        number::sum(terms.map(|(at, value)| value * &columns[at]))
    }

    /// What decisions cost, the objective being minimised.
    fn costs(&self) -> Vec<RBig> {
        let maximise = self.flows.figures.flowsheet.objective.sign() > 0.0;
        let mut costs = vec![RBig::ZERO; self.columns.len()];
        for (at, value) in self.flows.reduce(&self.objective) {
            costs[at] = if maximise { -value } else { value };
        }
        costs
    }

    /// Rows that are there whatever the figures: free splitters send on all they get, complete recipes take nothing else.
    fn write_structure(&mut self) {
        let flows = self.flows;
        for (id, operation) in flows.figures.flowsheet.operations.iter_ids() {
            let free =
                matches!(&operation.kind, Kind::Splitter(splitter) if splitter.fixed.is_none());
            if free && flows.is_composed(id) {
                let mut left = Linear::default();
                for &outlet in &operation.outlets {
                    let split = flows.decision(Decision::Split(outlet));
                    left.decisions.extend(split.map(|at| (at, RBig::ONE)));
                }
                left.add(&RBig::NEG_ONE, &flows.flow(Port::Inlet(id), &Content::whole()));
                self.push(format!("split({})", operation.name), Sense::Exactly, left, RBig::ZERO);
            }
        }
        for (id, operation) in flows.figures.flowsheet.operations.iter_ids() {
            for species in foreign(flows, operation) {
                let content = flows.figures.flowsheet.content_of(species);
                let left = flows.flow(Port::Inlet(id), &content);
                let name = format!("foreign({},{})", operation.name, content.name);
                self.push(name, Sense::Exactly, left, RBig::ZERO);
            }
        }
    }

    fn push(&mut self, name: String, sense: Sense, left: Linear, right: RBig) {
        let turned = sense == Sense::AtLeast;
        let sign = if turned { RBig::NEG_ONE } else { RBig::ONE };
        let terms = self.flows.reduce(&left).into_iter().map(|(at, value)| (at, &sign * value));
        let row = simplex::Row {
            terms: terms.collect(),
            right: &sign * right,
            equal: sense == Sense::Exactly,
        };
        self.program.rows.push(row);
        self.rows.push(Named { name, left: Some(left), node: None, sign });
    }

    /// The names of all rows.
    pub(super) fn row_names(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.name.as_str())
    }

    /// The names of all variables: columns, then `slack(ROW)` of all rows.
    fn variable_names(&self) -> impl Iterator<Item = String> {
        let slacks = self.rows.iter().map(|row| format!("slack({})", row.name));
        self.columns.iter().cloned().chain(slacks)
    }

    /// The names of the basic variables.
    pub(super) fn basis_names(&self, basic: &[bool]) -> Vec<String> {
        let names = self.variable_names().zip(basic);
        names.filter(|&(_, &basic)| basic).map(|(name, _)| name).collect()
    }

    /// The basis of that many names; unknown and repeated ones are given back.
    pub(super) fn basis(&self, names: &[String]) -> (Vec<bool>, Vec<String>) {
        let known: HashMap<String, usize> =
            self.variable_names().enumerate().map(|(at, name)| (name, at)).collect();
        let mut basic = vec![false; known.len()];
        let mut strange = Vec::new();
        for name in names {
            match known.get(name) {
                Some(&at) if !basic[at] => basic[at] = true,
                _ => strange.push(name.clone()),
            }
        }
        (basic, strange)
    }

    /// The objective as it is written, at a point.
    pub(super) fn objective_at(&self, columns: &[RBig]) -> RBig {
        match &self.ratio {
            None => self.at(&self.objective, columns),
            Some((of, to)) => self.at(of, columns) / self.at(to, columns),
        }
    }

    /// All flows at a point.
    pub(super) fn flows_at(&self, columns: &[RBig]) -> Vec<RBig> {
        let flow = |row: &Vec<(usize, RBig)>| {
            number::sum(row.iter().map(|(at, value)| value * &columns[*at]))
        };
        self.flows.transfer.iter().map(flow).collect()
    }

    /// Shadow prices in the sense of the objective, from the duals of the minimisation: of each row as it is written, and
    /// of one more tonne at each node.
    pub(super) fn shadow_prices(&self, duals: &[RBig]) -> (Vec<RBig>, Vec<RBig>) {
        let maximise = self.flows.figures.flowsheet.objective.sign() > 0.0;
        let in_sense = |value: RBig| if maximise { -value } else { value };
        let mut gradient = vec![RBig::ZERO; self.flows.nodes.len()];
        for (node, value) in &self.objective.nodes {
            gradient[*node] += value;
        }
        let mut prices = Vec::with_capacity(self.rows.len());
        for (row, dual) in self.rows.iter().zip(duals) {
            let price = in_sense(&row.sign * dual);
            for (node, value) in row.left.iter().flat_map(|left| &left.nodes) {
                gradient[*node] -= value * &price;
            }
            if let Some(node) = row.node {
                gradient[node] -= &price;
            }
            prices.push(price);
        }
        let worths = self.flows.lift(gradient);
        (prices, worths)
    }
}

/// What comes to a blender of complete recipe and fits none of its lines.
fn foreign(flows: &Flows<'_>, operation: &Operation) -> Vec<SpeciesId> {
    let Kind::Blender(blender) = &operation.kind else { return Vec::new() };
    let inlets = operation.inlets.iter().filter(|_| blender.complete);
    let mut species: Vec<SpeciesId> = inlets
        .flat_map(|&stream| flows.figures.flowsheet.streams[stream].species.iter().copied())
        .filter(|&id| blender.recipe.iter().all(|entry| entry.content.weight(id) == 0.0))
        .collect();
    species.sort_unstable();
    species.dedup();
    species
}

fn column_name(flows: &Flows<'_>, decision: Decision) -> String {
    let flowsheet = flows.figures.flowsheet;
    match decision {
        Decision::Supply(id) => format!("supply({})", flowsheet.operations[id].name),
        Decision::Split(id) => format!("split({})", flowsheet.streams[id].name),
        Decision::Blend(id) => format!("blend({})", flowsheet.operations[id].name),
        Decision::Ingredient(id, species) => {
            format!("buy({},{})", flowsheet.operations[id].name, flowsheet.species[species].name)
        }
    }
}
