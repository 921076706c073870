//! The answer proven in rational arithmetic: `--exact`.
//!
//! The solver's basis, or the rows of its contradiction, go to [`exact`] by name; what comes back replaces the solver's
//! numbers, so that all that is reported follows from the exact plan, rounded once.

use super::outcome::ExactProof;
use crate::{
    diagnostic::{Code, Diagnostic, Severity, Sources},
    exact::{self, Hint, Proof, Refusal},
    flowsheet::Flowsheet,
    index::Id as _,
    lp::{Options, RowId},
    model::{Column, Failure, Form, Model, Row, Solution},
};

/// An answer that is proven in rational arithmetic, or why it is not.
#[derive(Clone, Debug, Default)]
pub struct Exactly {
    /// The proof.
    pub proof: Option<Proof>,
    /// Why there is none; a warning.
    pub finding: Option<Diagnostic>,
}

/// Proves an optimum; its numbers become the exact ones, rounded.
pub(super) fn prove_optimum(
    flowsheet: &Flowsheet,
    sources: &Sources,
    options: &Options,
    model: &Model,
    solution: &mut Solution,
) -> (Exactly, Option<ExactProof>) {
    let Some(hint) = basis(flowsheet, model, solution) else {
        let backend = solution.raw.backend.told();
        let finding = unproven(&format!("`{backend}` gives no basis for so large a program"))
            .help("prove a smaller flowsheet; up to 10,000 rows every `--solver` is followed by a step to a basis");
        return (Exactly { proof: None, finding: Some(finding) }, None);
    };
    let (proof, pivots) = match exact::prove(flowsheet, sources, &hint, options.deadline()) {
        Ok(found) => found,
        Err(refusal) => return (Exactly { proof: None, finding: Some(refused(&refusal)) }, None),
    };
    let told = summary(&proof, pivots);
    if told.is_some() && !take_over(flowsheet, model, solution, &proof) {
        let reason = "the exact plan, rounded, does not pass the certificate of the program";
        return (Exactly { proof: None, finding: Some(unproven(reason)) }, None);
    }
    let finding = told.is_none().then(|| {
        unproven("in rational arithmetic the flowsheet has no plan").help(
            "limits that just meet contradict each other by less than rounding; relax one of them",
        )
    });
    (Exactly { proof: Some(proof), finding }, told)
}

/// Proves that there is no plan.
pub(super) fn prove_failure(
    flowsheet: &Flowsheet,
    sources: &Sources,
    options: &Options,
    model: &Model,
    failure: &Failure,
) -> Exactly {
    let Failure::Infeasible(rows) = failure else {
        let finding = matches!(failure, Failure::Unbounded(_) | Failure::Ratio(_))
            .then(|| unproven("only an optimum, or that there is no plan, has such a proof"));
        return Exactly { proof: None, finding };
    };
    let conflict = rows.iter().map(|&(row, _)| model.row_name(flowsheet, row));
    let hint = Hint { basis: Vec::new(), conflict: conflict.collect() };
    match exact::prove(flowsheet, sources, &hint, options.deadline()) {
        Ok((proof @ Proof::Infeasible { .. }, _)) => Exactly { proof: Some(proof), finding: None },
        Ok((proof, _)) => {
            let finding = unproven("in rational arithmetic the flowsheet has a plan")
                .help("limits that just meet contradict each other by rounding only; relax one of them a little");
            Exactly { proof: Some(proof), finding: Some(finding) }
        }
        Err(refusal) => Exactly { proof: None, finding: Some(refused(&refusal)) },
    }
}

fn unproven(reason: &str) -> Diagnostic {
    let mut finding = Diagnostic::new(Code::NotProven, format!("not proven exactly: {reason}"));
    finding.severity = Severity::Warning;
    finding
}

fn refused(refusal: &Refusal) -> Diagnostic {
    match refusal {
        Refusal::TimeLimit => unproven("the time limit passed")
            .help("what is reported has the certificate in double-double arithmetic; raise `--time-limit` for more"),
        Refusal::Unable(reason) | Refusal::Wrong(reason) => unproven(reason)
            .help("what is reported has the certificate in double-double arithmetic"),
    }
}

/// The solver's basis by names; none without a basis.
fn basis(flowsheet: &Flowsheet, model: &Model, solution: &Solution) -> Option<Hint> {
    let basis = solution.raw.basis.as_ref()?;
    let program = match solution.form {
        Form::Condensed => model.condensed(),
        Form::Full => model.full(),
    };
    let columns = program.columns().filter(|&(id, _)| basis.contains(id));
    let columns = columns
        .filter(|(_, column)| matches!(column.key, Column::Driver(_)))
        .map(|(_, column)| model.column_name(flowsheet, *column.key));
    let slacks = program.rows().filter(|&(id, _)| basis.contains_slack(id));
    let slacks = slacks
        .filter(|(_, row)| !matches!(row.key, Row::Definition(_)))
        .map(|(_, row)| format!("slack({})", model.row_name(flowsheet, *row.key)));
    Some(Hint { basis: columns.chain(slacks).collect(), conflict: Vec::new() })
}

/// Puts the exact numbers in the place of the solver's; false if they are no optimum of its program, whose plan then stays.
fn take_over(flowsheet: &Flowsheet, model: &Model, solution: &mut Solution, proof: &Proof) -> bool {
    let Proof::Optimal { objective, decisions, flows, shadow_prices, .. } = proof else {
        return false;
    };
    let sign = -flowsheet.objective.sign();
    let nodes: Vec<f64> = flows.iter().map(|it| it.flow).collect();
    let mut duals: Vec<f64> = flows.iter().map(|it| sign * it.worth).collect();
    for at in duals.len()..model.full().row_count() {
        let name = model.row_name(flowsheet, *model.full().row_key(RowId::new(at)));
        let price = shadow_prices.iter().find(|it| it.row == name);
        // A splitter whose inlet has one composition only up to rounding has a row in one program alone.
        let Some(price) = price else { return false };
        duals.push(sign * price.price);
    }
    let drivers = decisions.iter().map(|it| it.value).collect();
    let fits = nodes.len() == model.nodes().len() && decisions.len() == model.drivers().len();
    fits && solution.replace(model, objective.rounded, nodes, drivers, duals)
}

fn summary(proof: &Proof, pivots: usize) -> Option<ExactProof> {
    let Proof::Optimal { objective, basis, .. } = proof else { return None };
    let digits = objective.exact.bytes().filter(u8::is_ascii_digit).count();
    Some(ExactProof { rows: basis.len(), pivots, digits })
}
