//! A stand-in for the analysis until it is written: objective, proof and flows only.

use super::{
    ChainOutcome, FigureCount, ObjectiveOutcome, Outcome, ProgramSize, Proof, SpeciesFlow,
    StreamOutcome,
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Flowsheet, Objective, PeriodId},
    index::Id,
    lp,
    model::{Failure, Form, Model, Solution},
};

/// A solved flowsheet.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program.
    pub model: Model,
    /// Its optimum.
    pub solution: Solution,
    /// All answers.
    pub outcome: Outcome,
    /// Warnings, notes and missed goals.
    pub findings: Diagnostics,
}

/// Solves a flowsheet and answers all questions about it.
///
/// # Errors
/// Why there is no plan.
pub fn analyse(
    flowsheet: &Flowsheet,
    options: &lp::Options,
    form: Form,
) -> Result<Plan, Diagnostics> {
    let model = Model::assemble(flowsheet, &flowsheet.values())?;
    let solution = model.solve(flowsheet, options, form).map_err(|failure| {
        let code = match failure {
            Failure::Infeasible(_) => Code::Infeasible,
            Failure::Unbounded(_) => Code::Unbounded,
            _ => Code::NotProven,
        };
        Diagnostic::new(code, "there is no plan")
    })?;
    let outcome = answer(flowsheet, &model, &solution);
    Ok(Plan { model, solution, outcome, findings: Diagnostics::new() })
}

fn answer(flowsheet: &Flowsheet, model: &Model, solution: &Solution) -> Outcome {
    let streams = flowsheet.streams.iter_ids().map(|(id, stream)| {
        let flow = |species| solution.flow(model, flowsheet, id, species, PeriodId::new(0));
        let total: f64 = stream.species.iter().map(|&species| flow(species)).sum();
        let species = stream.species.iter().map(|&species| SpeciesFlow {
            name: flowsheet.species[species].name.clone(),
            flow: flow(species),
            grade: if total > 0.0 { flow(species) / total } else { 0.0 },
            recovery: None,
            worth: 0.0,
        });
        let mut species: Vec<SpeciesFlow> = species.collect();
        species.sort_by(|a, b| b.flow.total_cmp(&a.flow));
        StreamOutcome {
            name: stream.name.clone(),
            from: flowsheet.operations[stream.from].name.clone(),
            to: flowsheet.operations[stream.to].name.clone(),
            flow: total,
            species,
            value: None,
            imputed_value: 0.0,
        }
    });
    let certificate = &solution.certificate;
    let size = |program: &lp::LinearProgram<_, _>| ProgramSize {
        rows: program.row_count(),
        columns: program.column_count(),
        coefficients: program.term_count(),
    };
    Outcome {
        title: flowsheet.title.clone(),
        note: flowsheet.note.clone(),
        currency: flowsheet.currency.clone(),
        objective: ObjectiveOutcome {
            name: "profit".to_owned(),
            sense: if matches!(flowsheet.objective, Objective::Minimise(_)) {
                "minimise"
            } else {
                "maximise"
            },
            value: solution.objective,
            unit: format!("{}/yr", flowsheet.currency),
            unique: solution.raw.unique,
            degenerate: solution.raw.degenerate,
        },
        proof: Proof {
            primal: certificate.rows.max(certificate.bounds),
            dual: certificate.dual,
            complementarity: certificate.complementarity,
            gap: certificate.gap,
            closure: 0.0,
            backend: format!("{:?}", solution.raw.backend).to_lowercase(),
            uncondensed: size(model.full()),
            condensed: size(model.condensed()),
        },
        account: Vec::new(),
        goals: Vec::new(),
        stages: Vec::new(),
        chain: ChainOutcome {
            feed_cost: 0.0,
            value_added: 0.0,
            final_products: 0.0,
            by_products: 0.0,
            intermediates: 0.0,
            leakage: 0.0,
            residual: 0.0,
        },
        multipliers: Vec::new(),
        limits: Vec::new(),
        operations: Vec::new(),
        streams: streams.collect(),
        recoveries: Vec::new(),
        closure: Vec::new(),
        consumption: Vec::new(),
        residues: Vec::new(),
        emission: 0.0,
        assumptions: Vec::new(),
        figures: FigureCount { sourced: 0, assumed: 0, unstated: 0, assumed_weight: None },
    }
}
