//! Proofs as data: made from a solver's basis, and checked again.

use std::time::Instant;

use dashu_ratio::RBig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Clock, Refusal,
    figures::Figures,
    flows::Flows,
    number,
    program::Exact,
    simplex::{self, End, Vertex},
};
use crate::{diagnostic::Sources, flowsheet::Flowsheet};

/// What a solver found, by the names that exports give to columns and rows.
#[derive(Clone, Debug, Default)]
pub struct Hint {
    /// Basic variables: columns, and `slack(ROW)`.
    pub basis: Vec<String>,
    /// Rows that contradict each other, if the program has no solution.
    pub conflict: Vec<String>,
}

/// A rational number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fraction {
    /// Exactly: `49035673/1000`.
    pub exact: String,
    /// The double nearest to it.
    pub rounded: f64,
}

/// A decision and how much is decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Name of the column: `supply(ore)`.
    pub column: String,
    /// The double nearest to the exact value, t/yr, ≥ 0.
    pub value: f64,
}

/// The flow of a species in a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The stream.
    pub stream: String,
    /// The species.
    pub species: String,
    /// The double nearest to the exact flow, t/yr, ≥ 0.
    pub flow: f64,
    /// The double nearest to the exact worth of one more tonne, units of the objective per t.
    pub worth: f64,
}

/// A row and what one more of its right-hand side is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// Name of the row: the figure of a limit or a goal, or `split(NAME)`.
    pub row: String,
    /// The double nearest to the exact shadow price of this basis, units of the objective per unit of the row.
    pub price: f64,
}

/// A row and its factor in a contradiction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Multiplier {
    /// Name of the row.
    pub row: String,
    /// Its factor, exactly, with `≥` rows turned to `≤`.
    pub factor: String,
}

/// What was proven of a flowsheet without rounding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Proof {
    /// The basis is optimal.
    Optimal {
        /// The optimum, in the flowsheet's own sense.
        objective: Fraction,
        /// Basic variables: as many as there are rows; all others are 0.
        basis: Vec<String>,
        /// All decisions.
        decisions: Vec<Amount>,
        /// All flows.
        flows: Vec<Flow>,
        /// Shadow prices of all rows in this basis.
        shadow_prices: Vec<Shadow>,
    },
    /// No plan satisfies all rows: they add up to `Σ aⱼ xⱼ ≤ b` with all a ≥ 0 > b.
    Infeasible {
        /// The rows that take part, > 0 but on equations.
        multipliers: Vec<Multiplier>,
    },
}

/// Proves what there is to be proven of a flowsheet, from what a solver found; tells also how many basis changes rounding
/// had made necessary.
///
/// # Errors
/// [`Refusal::TimeLimit`] past the deadline; [`Refusal::Unable`] for what cannot be written exactly, and for a profit
/// without limit.
pub fn prove(
    flowsheet: &Flowsheet,
    sources: &Sources,
    hint: &Hint,
    deadline: Option<Instant>,
) -> Result<(Proof, usize), Refusal> {
    let clock = Clock { deadline };
    let figures = Figures::read(flowsheet, sources)?;
    let flows = Flows::new(&figures, &clock)?;
    let mut exact = Exact::new(&flows)?;
    if !hint.conflict.is_empty()
        && let Some(proof) = contradiction(&exact, &hint.conflict, &clock)?
    {
        return Ok((proof, 0));
    }
    let (basic, _) = exact.basis(&hint.basis);
    match optimise(&mut exact, basic, &clock)? {
        End::Optimal(vertex) => Ok((describe(&exact, &vertex), vertex.pivots)),
        End::Infeasible(multipliers) => Ok((infeasible(&exact, &multipliers), 0)),
        End::Unbounded => Err(Refusal::Unable(if exact.is_ratio() {
            "the ratio grows without limit, or is approached by ever larger plans".to_owned()
        } else {
            "the objective grows without limit".to_owned()
        })),
    }
}

/// Whether no plan has a negative denominator, so that a ratio which none improves on is the best one.
fn check_denominator(exact: &Exact<'_>, basic: &[bool], clock: &Clock) -> Result<(), Refusal> {
    let Some(costs) = exact.denominator() else { return Ok(()) };
    let program = simplex::Program { costs, rows: exact.program.rows.clone() };
    let least = match simplex::minimise(&program, basic.to_vec(), clock)? {
        End::Optimal(vertex) => {
            let terms = program.costs.iter().zip(&vertex.columns);
            number::sum(terms.map(|(cost, value)| cost * value))
        }
        End::Infeasible(_) => return Ok(()),
        End::Unbounded => RBig::NEG_ONE,
    };
    if number::is_negative(&least) {
        return Err(Refusal::Unable("the denominator of the ratio can be negative".to_owned()));
    }
    Ok(())
}

/// Minimises; a ratio as often as its change around the plan that was found leads to another one.
fn optimise(exact: &mut Exact<'_>, basic: Vec<bool>, clock: &Clock) -> Result<End, Refusal> {
    // Of a ratio there is nothing to minimise yet: this finds a plan.
    let mut found = simplex::minimise(&exact.program, basic, clock)?;
    while exact.is_ratio()
        && let End::Optimal(vertex) = &found
    {
        let before = vertex.pivots;
        exact.aim(&vertex.columns)?;
        found = simplex::minimise(&exact.program, vertex.basic.clone(), clock)?;
        let End::Optimal(vertex) = &mut found else { break };
        if vertex.pivots == 0 {
            vertex.pivots = before;
            let basic = vertex.basic.clone();
            check_denominator(exact, &basic, clock)?;
            break;
        }
        vertex.pivots += before;
    }
    Ok(found)
}

/// Looks for a contradiction among some rows alone.
fn contradiction(
    exact: &Exact<'_>,
    rows: &[String],
    clock: &Clock,
) -> Result<Option<Proof>, Refusal> {
    let chosen: Vec<bool> =
        exact.row_names().map(|name| rows.iter().any(|row| row == name)).collect();
    let mut part = exact.program.clone();
    part.costs.fill(RBig::ZERO);
    let mut keep = chosen.iter();
    part.rows.retain(|_| *keep.next().expect("one flag per row"));
    let mut slacks = vec![false; part.costs.len()];
    slacks.resize(part.costs.len() + part.rows.len(), true);
    let End::Infeasible(found) = simplex::minimise(&part, slacks, clock)? else { return Ok(None) };
    let mut found = found.into_iter();
    let all: Vec<RBig> = chosen
        .iter()
        .map(|&chosen| if chosen { found.next().unwrap_or_default() } else { RBig::ZERO })
        .collect();
    Ok(Some(infeasible(exact, &all)))
}

fn infeasible(exact: &Exact<'_>, multipliers: &[RBig]) -> Proof {
    let rows = exact.row_names().zip(multipliers).filter(|(_, factor)| !factor.is_zero());
    let multiplier = |(row, factor): (&str, &RBig)| Multiplier {
        row: row.to_owned(),
        factor: factor.to_string(),
    };
    Proof::Infeasible { multipliers: rows.map(multiplier).collect() }
}

fn describe(exact: &Exact<'_>, vertex: &Vertex) -> Proof {
    let flowsheet = exact.flows.figures.flowsheet;
    let objective = exact.objective_at(&vertex.columns);
    let objective = Fraction { rounded: number::rounded(&objective), exact: objective.to_string() };
    let decisions = exact
        .columns
        .iter()
        .zip(&vertex.columns)
        .map(|(column, value)| Amount { column: column.clone(), value: number::rounded(value) });
    let (prices, worths) = exact.shadow_prices(&vertex.duals);
    let flows = exact.flows_at(&vertex.columns);
    let flows = exact.flows.nodes.iter().zip(flows.iter().zip(&worths));
    let flows = flows.map(|(&(stream, species), (flow, worth))| Flow {
        stream: flowsheet.streams[stream].name.clone(),
        species: flowsheet.species[species].name.clone(),
        flow: number::rounded(flow),
        worth: number::rounded(worth),
    });
    let shadow_prices = exact
        .row_names()
        .zip(&prices)
        .map(|(row, price)| Shadow { row: row.to_owned(), price: number::rounded(price) });
    Proof::Optimal {
        objective,
        basis: exact.basis_names(&vertex.basic),
        decisions: decisions.collect(),
        flows: flows.collect(),
        shadow_prices: shadow_prices.collect(),
    }
}

/// Checks a proof again, from the flowsheet and what the proof claims.
///
/// Of an optimum only the basis is taken from the proof, and must be optimal as it stands; everything else is derived from
/// it and must be the same to the last digit. Of a contradiction the multipliers are added up.
///
/// # Errors
/// [`Refusal::Wrong`] with what is not true, and the other refusals as [`prove`].
pub fn recheck(
    flowsheet: &Flowsheet,
    sources: &Sources,
    claimed: &Proof,
    deadline: Option<Instant>,
) -> Result<(), Refusal> {
    let clock = Clock { deadline };
    let figures = Figures::read(flowsheet, sources)?;
    let flows = Flows::new(&figures, &clock)?;
    let mut exact = Exact::new(&flows)?;
    match claimed {
        Proof::Optimal { basis, .. } => {
            let (basic, strange) = exact.basis(basis);
            if let Some(name) = strange.first() {
                let reason =
                    format!("`{name}` of the basis is not in the program, or is there twice");
                return Err(Refusal::Wrong(reason));
            }
            if exact.is_ratio() {
                exact.aim(&simplex::point(&exact.program, &basic, &clock)?)?;
                check_denominator(&exact, &basic, &clock)?;
            }
            let vertex = simplex::recheck(&exact.program, &basic, &clock)?;
            match difference(claimed, &describe(&exact, &vertex)) {
                Some(reason) => Err(Refusal::Wrong(reason)),
                None => Ok(()),
            }
        }
        Proof::Infeasible { multipliers } => {
            let mut factors = vec![RBig::ZERO; exact.program.rows.len()];
            for multiplier in multipliers {
                let at = exact.row_names().position(|name| name == multiplier.row);
                match (at, number::fraction(&multiplier.factor)) {
                    (Some(at), Some(factor)) if factors[at].is_zero() => factors[at] = factor,
                    _ => {
                        let reason = format!(
                            "`{}` is not a row, or its factor `{}` is not a number",
                            multiplier.row, multiplier.factor
                        );
                        return Err(Refusal::Wrong(reason));
                    }
                }
            }
            if simplex::contradicts(&exact.program, &factors) {
                Ok(())
            } else {
                Err(Refusal::Wrong("the rows do not add up to a contradiction".to_owned()))
            }
        }
    }
}

/// The first thing that two proofs say otherwise.
fn difference(claimed: &Proof, derived: &Proof) -> Option<String> {
    let (
        Proof::Optimal { objective, basis, decisions, flows, shadow_prices, .. },
        Proof::Optimal {
            objective: true_objective,
            basis: true_basis,
            decisions: true_decisions,
            flows: true_flows,
            shadow_prices: true_prices,
            ..
        },
    ) = (claimed, derived)
    else {
        return Some("one of the proofs is of an optimum, the other is not".to_owned());
    };
    let told = |what: &str, claimed: f64, derived: f64| {
        Some(format!("{what} is {claimed:?} in the result, but {derived:?} in truth"))
    };
    if objective.exact != true_objective.exact {
        return told("the objective", objective.rounded, true_objective.rounded)
            .map(|text| format!("{text}; as fractions they differ"));
    }
    if objective != true_objective {
        return told("the objective", objective.rounded, true_objective.rounded);
    }
    if basis != true_basis {
        return Some("the basis lists its variables in another order than the program".to_owned());
    }
    if decisions.len() != true_decisions.len()
        || flows.len() != true_flows.len()
        || shadow_prices.len() != true_prices.len()
    {
        return Some("decisions, flows or shadow prices are missing or too many".to_owned());
    }
    if let Some((one, other)) = decisions.iter().zip(true_decisions).find(|(a, b)| a != b) {
        return told(&format!("`{}`", other.column), one.value, other.value);
    }
    if let Some((one, other)) = flows.iter().zip(true_flows).find(|(a, b)| a != b) {
        let what = format!("`{}` in `{}`", other.species, other.stream);
        return if one.flow == other.flow {
            told(&format!("the worth of {what}"), one.worth, other.worth)
        } else {
            told(&format!("the flow of {what}"), one.flow, other.flow)
        };
    }
    if let Some((one, other)) = shadow_prices.iter().zip(true_prices).find(|(a, b)| a != b) {
        return told(&format!("the shadow price of `{}`", other.row), one.price, other.price);
    }
    None
}
