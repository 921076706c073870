//! Solving a model: the condensed or the full program, flows reconstructed, duals lifted, the whole certified.

use super::{
    Column, DriverId, Linear, Model, NodeId, RatioProof, Row,
    condense::{lift, propagate},
    programs::reduce,
};
use crate::{
    flowsheet::{Flowsheet, SpeciesId, StreamId},
    index::Id,
    lp::{self, Certificate, Options, RowId},
};

/// Which program is solved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// The program in the drivers alone.
    #[default]
    Condensed,
    /// The program with a column per flow of a species.
    Full,
}

/// Why there is no solution.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The limits contradict each other; the rows that prove it, with their multipliers.
    Infeasible(Vec<(Row, f64)>),
    /// The objective grows without limit; the drivers that grow, with their rates.
    Unbounded(Vec<(DriverId, f64)>),
    /// The program holds a number that no solver may be given: which, and the row or else the column it is in.
    Refused(String, Option<Row>, Option<Column>),
    /// A point was found that does not prove optimal.
    Uncertified(Certificate),
    /// The time limit passed.
    TimeLimit,
    /// The solver failed.
    Backend(String),
    /// The limits have plans, but the objective is a ratio that has no best value, or none that a plan has.
    Ratio(RatioFailure),
}

/// Why a ratio has no best value, or no plan has it.
#[derive(Clone, Debug, PartialEq)]
pub enum RatioFailure {
    /// The denominator can be negative: its least value, −∞ if there is none.
    Negative(f64),
    /// The denominator is 0 in all plans.
    Nothing,
    /// It grows without limit as the denominator goes to 0; the drivers that then remain, with their values.
    Vanishing(Vec<(DriverId, f64)>),
    /// It grows without limit because the numerator does; the drivers that grow, with their rates.
    Growing(Vec<(DriverId, f64)>),
    /// Plans of any size have the best value.
    AnySize(f64),
    /// The best value is approached by ever larger plans and reached by none.
    Approached(f64),
    /// Two ways to compute it differ.
    Disagree([f64; 2]),
}

/// A certified optimum of a model.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The objective in the flowsheet's own sense.
    pub objective: f64,
    /// Flow of each node, t/yr.
    nodes: Vec<f64>,
    /// Value of each driver, t/yr.
    drivers: Vec<f64>,
    /// Dual of each row of the full program, ∂(minimised objective)/∂rhs.
    duals: Vec<f64>,
    /// The certificate of the full program.
    pub certificate: Certificate,
    /// The program that was solved.
    pub form: Form,
    /// What the solver returned for it.
    pub raw: lp::Solution,
    /// How the best ratio was proven, if the objective is one.
    pub ratio: Option<RatioProof>,
}

/// How a functional changes at the optimum: with each limit, and with each unit of matter.
#[derive(Clone, Debug)]
pub struct Sensitivity {
    /// ∂(functional)/∂rhs of each row of the full program.
    rows: Vec<f64>,
    definitions: usize,
}

impl Model {
    /// Solves one of the two programs and proves the result on the full one.
    ///
    /// Where the objective is a ratio, both programs get the linear objective that is its best value at the best plan
    /// and whose duals are the derivatives of the ratio ([`lp::best_ratio`]).
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn solve(
        &mut self,
        flowsheet: &Flowsheet,
        options: &Options,
        form: Form,
    ) -> Result<Solution, Failure> {
        let (raw, ratio) = match self.solve_ratio(flowsheet, options, form)? {
            Some((raw, proof)) => (raw, Some(proof)),
            None => (self.solve_linear(options, form)?, None),
        };
        match form {
            Form::Condensed => self.prove(flowsheet, raw, ratio),
            Form::Full => {
                let drivers = raw.primal[self.definitions.len()..].to_vec();
                // Flows exact to the last digit follow from the drivers, as in the condensed form.
                let nodes = self.reconstruct(&drivers);
                let duals = raw.duals.clone();
                self.finish(flowsheet, raw, ratio, nodes, drivers, duals, form)
            }
        }
    }

    /// Flows and duals of the full program from an optimum of the condensed one, with their certificate.
    pub(super) fn prove(
        &self,
        flowsheet: &Flowsheet,
        raw: lp::Solution,
        ratio: Option<RatioProof>,
    ) -> Result<Solution, Failure> {
        let drivers = raw.primal.clone();
        let nodes = self.reconstruct(&drivers);
        let duals = self.lift_duals(&raw.duals);
        self.finish(flowsheet, raw, ratio, nodes, drivers, duals, Form::Condensed)
    }

    fn solve_linear(&mut self, options: &Options, form: Form) -> Result<lp::Solution, Failure> {
        let solved = match form {
            Form::Condensed => lp::solve(&self.condensed, options),
            Form::Full => lp::solve(&self.full, options),
        };
        let solution = solved.map_err(|failure| self.explain(failure, form))?;
        self.settle(&solution, form);
        Ok(solution)
    }

    /// Fixes what takes whole values only at what was found: from then on everything is asked of the linear program around
    /// these decisions.
    fn settle(&mut self, solution: &lp::Solution, form: Form) {
        if !self.condensed.has_integers() {
            return;
        }
        let nodes = self.definitions.len();
        let first = if form == Form::Full { nodes } else { 0 };
        for at in 0..self.drivers.len() {
            let condensed = lp::ColumnId::new(at);
            if self.condensed.column(condensed).integer {
                let value = solution.primal[first + at].round();
                self.condensed.fix(condensed, value);
                self.full.fix(lp::ColumnId::new(nodes + at), value);
            }
        }
    }

    /// The certificate of the full program for a point of either program and its row duals, whoever found them.
    ///
    /// # Panics
    /// If there is not one value per column and one dual per row of that program.
    #[must_use]
    pub fn certify(&self, form: Form, primal: &[f64], duals: &[f64]) -> Certificate {
        match form {
            Form::Full => lp::certify(&self.full, primal, duals),
            Form::Condensed => {
                let flows = self.reconstruct(primal);
                let primal: Vec<f64> = flows.iter().chain(primal).copied().collect();
                lp::certify(&self.full, &primal, &self.lift_duals(duals))
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all that a solution is made of")]
    fn finish(
        &self,
        flowsheet: &Flowsheet,
        raw: lp::Solution,
        ratio: Option<RatioProof>,
        nodes: Vec<f64>,
        drivers: Vec<f64>,
        duals: Vec<f64>,
        form: Form,
    ) -> Result<Solution, Failure> {
        let primal: Vec<f64> = nodes.iter().chain(&drivers).copied().collect();
        let certificate = lp::certify(&self.full, &primal, &duals);
        if !certificate.passes() {
            return Err(Failure::Uncertified(certificate));
        }
        let minimum = self.full.objective_at(&primal);
        let objective = match &ratio {
            Some(proof) => proof.numerator / proof.denominator.value,
            None if minimum == 0.0 => 0.0,
            None => -flowsheet.objective.sign() * minimum,
        };
        Ok(Solution { objective, nodes, drivers, duals, certificate, form, raw, ratio })
    }

    /// All node flows of given drivers.
    fn reconstruct(&self, drivers: &[f64]) -> Vec<f64> {
        self.transfer
            .iter()
            .map(|row| {
                let flow: f64 = row.iter().map(|&(id, value)| value * drivers[id.index()]).sum();
                let size: f64 =
                    row.iter().map(|&(id, value)| (value * drivers[id.index()]).abs()).sum();
                // What a reaction consumes to the last may come out as rounding of either sign.
                if flow < 0.0 && flow > -1e-12 * size { 0.0 } else { flow }
            })
            .collect()
    }

    /// Duals of the full program from those of the condensed one.
    fn lift_duals(&self, duals: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; self.definitions.len()];
        for (at, slot) in gradient.iter_mut().enumerate() {
            *slot = self.full.column(lp::ColumnId::new(at)).cost;
        }
        self.lift_rows(gradient, duals)
    }

    /// `w = (I − R)⁻ᵀ (g − Gᵀ y − μ)` and the multipliers of all rows of the full program.
    fn lift_rows(&self, mut gradient: Vec<f64>, condensed: &[f64]) -> Vec<f64> {
        let nodes = self.definitions.len();
        let mut rows = vec![0.0; self.full.row_count()];
        for (at, &dual) in condensed.iter().enumerate() {
            if let Some(row) = self.full_rows[at] {
                rows[row.index()] = dual;
                for (column, value) in self.full.row_terms(row) {
                    if column.index() < nodes {
                        gradient[column.index()] -= value * dual;
                    }
                }
            } else if let Row::NotNegative(node) = self.condensed.row_key(RowId::new(at)) {
                gradient[node.index()] -= dual;
            }
        }
        lift(&self.steps, &self.definitions, &mut gradient);
        rows[..nodes].copy_from_slice(&gradient);
        rows
    }

    /// How a functional changes at the optimum with every right-hand side; none without a basis.
    #[must_use]
    pub fn sensitivity(&self, solution: &Solution, functional: &Linear) -> Option<Sensitivity> {
        if solution.form != Form::Condensed {
            return None;
        }
        Some(self.sensitivity_at(solution.raw.basis.as_ref()?, functional))
    }

    /// How a functional changes with every right-hand side while a basis of the condensed program is optimal.
    #[must_use]
    pub fn sensitivity_at(&self, basis: &lp::Basis, functional: &Linear) -> Sensitivity {
        let reduced = reduce(functional, &self.transfer, self.drivers.len());
        let condensed = basis.adjoint(&reduced);
        let mut gradient = vec![0.0; self.definitions.len()];
        for &(node, value) in &functional.nodes {
            gradient[node.index()] += value;
        }
        let rows = self.lift_rows(gradient, &condensed);
        Sensitivity { rows, definitions: self.definitions.len() }
    }

    /// The worth of so many tonnes more at some nodes as a function of the condensed program's duals: a constant, and one
    /// factor per row; both of the minimised objective.
    pub(crate) fn worth_of_duals(&self, tonnes: &[(f64, NodeId)]) -> (f64, Vec<f64>) {
        let mut flows = vec![0.0; self.definitions.len()];
        for &(amount, node) in tonnes {
            flows[node.index()] += amount;
        }
        propagate(&self.steps, &self.definitions, &mut flows);
        let costs = flows.iter().enumerate().filter(|&(_, &flow)| flow != 0.0);
        let cost = |at: usize| self.full.column(lp::ColumnId::new(at)).cost;
        let constant = costs.map(|(at, &flow)| flow * cost(at)).sum();
        let factors = self.condensed.rows().map(|(id, row)| match self.full_rows[id.index()] {
            Some(full) => {
                let terms = self.full.row_terms(full);
                let terms = terms.filter(|(column, _)| column.index() < flows.len());
                -terms.map(|(column, value)| value * flows[column.index()]).sum::<f64>()
            }
            None => match row.key {
                Row::NotNegative(other) => -flows[other.index()],
                _ => 0.0,
            },
        });
        (constant, factors.collect())
    }

    /// Takes another plan that is as good, if the duals of the one before prove it; whether they do.
    pub(crate) fn move_to(&self, solution: &mut Solution, drivers: Vec<f64>) -> bool {
        let (nodes, duals) = (self.reconstruct(&drivers), solution.duals.clone());
        solution.replace(self, solution.objective, nodes, drivers, duals)
    }

    /// A functional as one factor per driver.
    #[must_use]
    pub(crate) fn reduce(&self, functional: &Linear) -> Vec<f64> {
        reduce(functional, &self.transfer, self.drivers.len())
    }

    pub(crate) fn explain(&self, failure: lp::Failure, form: Form) -> Failure {
        match failure {
            lp::Failure::Infeasible { farkas, .. } => {
                let rows = farkas.iter().enumerate().filter(|&(_, &value)| value != 0.0);
                let key = |at: usize| match form {
                    Form::Condensed => *self.condensed.row_key(RowId::new(at)),
                    Form::Full => *self.full.row_key(RowId::new(at)),
                };
                Failure::Infeasible(rows.map(|(at, &value)| (key(at), value)).collect())
            }
            lp::Failure::Unbounded { ray, .. } => {
                let program = match form {
                    Form::Condensed => &self.condensed,
                    Form::Full => &self.full,
                };
                Failure::Unbounded(positive_drivers(program, &ray))
            }
            lp::Failure::Refused(defects) => {
                let program = match form {
                    Form::Condensed => &self.condensed,
                    Form::Full => &self.full,
                };
                let text = defects.first().map_or_else(String::new, ToString::to_string);
                let place = defects.first().map(lp::Defect::place);
                let (row, column) = place.unwrap_or_default();
                let row = row.filter(|row| row.index() < program.row_count());
                let row = row.map(|row| *program.row_key(row));
                // The program of a ratio has a column more, which is no one's.
                let column = column.filter(|column| column.index() < program.column_count());
                Failure::Refused(text, row, column.map(|column| *program.column_key(column)))
            }
            lp::Failure::Uncertified { certificate, .. } => Failure::Uncertified(certificate),
            lp::Failure::TimeLimit => Failure::TimeLimit,
            lp::Failure::Backend(message) => Failure::Backend(message),
        }
    }

    /// The row of the full program that stands for a row of the flowsheet.
    #[must_use]
    pub fn full_row(&self, row: Row) -> Option<RowId> {
        if let Row::Definition(node) = row {
            return Some(RowId::new(node.index()));
        }
        let nodes = self.definitions.len();
        (nodes..self.full.row_count()).map(RowId::new).find(|&id| *self.full.row_key(id) == row)
    }

    /// All rows of the full program that the user wrote: limits and enforced goals.
    pub fn written_rows(&self) -> impl Iterator<Item = (RowId, Row)> {
        (self.definitions.len()..self.full.row_count())
            .map(RowId::new)
            .map(|id| (id, *self.full.row_key(id)))
            .filter(|(_, row)| matches!(row, Row::Limit(..) | Row::Goal(..)))
    }

    /// The condensed program's row of a row of the full program; none for definitions.
    #[must_use]
    pub fn condensed_row(&self, full: RowId) -> Option<RowId> {
        full.index().checked_sub(self.definitions.len()).map(RowId::new)
    }

    /// How far the rows of this model are from holding at a solution of another one of the same flowsheet, weighted
    /// by multipliers: `Σ y (b − A x)`.
    #[must_use]
    pub fn residual(&self, solution: &Solution, sensitivity: &Sensitivity) -> f64 {
        let value = |at: usize| {
            let nodes = self.definitions.len();
            if at < nodes { solution.nodes[at] } else { solution.drivers[at - nodes] }
        };
        let mut sum = 0.0;
        for (id, row) in self.full.rows() {
            let multiplier = sensitivity.rows[id.index()];
            if multiplier != 0.0 {
                let activity: f64 = self
                    .full
                    .row_terms(id)
                    .map(|(column, factor)| factor * value(column.index()))
                    .sum();
                sum += multiplier * (row.rhs - activity);
            }
        }
        sum
    }
}

/// The drivers that are above 0 in a point or direction of a program, with their values.
pub(super) fn positive_drivers(
    program: &lp::LinearProgram<Column, Row>,
    values: &[f64],
) -> Vec<(DriverId, f64)> {
    let positive = program.columns().zip(values).filter(|&(_, &value)| value > 0.0);
    let drivers = positive.filter_map(|((_, column), &value)| match column.key {
        Column::Driver(driver) => Some((*driver, value)),
        Column::Flow(_) => None,
    });
    drivers.collect()
}

impl Solution {
    /// Puts other numbers of the same optimum in place of the solver's, if they pass the certificate; whether they did. The
    /// solver's basis stays, for what is asked of a basis.
    ///
    /// # Panics
    /// If there is not one flow per node, one value per driver and one dual per row of the full program.
    pub(crate) fn replace(
        &mut self,
        model: &Model,
        objective: f64,
        nodes: Vec<f64>,
        drivers: Vec<f64>,
        duals: Vec<f64>,
    ) -> bool {
        let primal: Vec<f64> = nodes.iter().chain(&drivers).copied().collect();
        let certificate = lp::certify(&model.full, &primal, &duals);
        if !certificate.passes() {
            return false;
        }
        self.certificate = certificate;
        for (at, full) in model.full_rows.iter().enumerate() {
            if let (Some(full), Form::Condensed) = (full, self.form) {
                self.raw.duals[at] = duals[full.index()];
            }
        }
        if self.form == Form::Condensed {
            self.raw.primal.clone_from(&drivers);
        }
        (self.objective, self.nodes, self.drivers, self.duals) = (objective, nodes, drivers, duals);
        true
    }

    /// Flow of a node, t/yr.
    #[must_use]
    pub fn node(&self, node: NodeId) -> f64 {
        self.nodes[node.index()]
    }

    /// Value of a driver, t/yr.
    #[must_use]
    pub fn driver(&self, driver: DriverId) -> f64 {
        self.drivers[driver.index()]
    }

    /// Value of a functional.
    #[must_use]
    pub fn value(&self, functional: &Linear) -> f64 {
        let nodes = functional.nodes.iter().map(|&(id, factor)| factor * self.nodes[id.index()]);
        let drivers =
            functional.drivers.iter().map(|&(id, factor)| factor * self.drivers[id.index()]);
        nodes.chain(drivers).sum()
    }

    /// ∂(objective in the flowsheet's sense)/∂rhs of a row of the full program.
    #[must_use]
    pub fn shadow_price(&self, flowsheet: &Flowsheet, row: RowId) -> f64 {
        let dual = -flowsheet.objective.sign() * self.duals[row.index()];
        if dual == 0.0 { 0.0 } else { dual }
    }

    /// Worth of one more tonne of a species in a stream, in units of the objective per t.
    #[must_use]
    pub fn worth(&self, flowsheet: &Flowsheet, node: NodeId) -> f64 {
        self.shadow_price(flowsheet, RowId::new(node.index()))
    }

    /// Flow of a species in a stream, t/yr; 0 where it cannot be.
    #[must_use]
    pub fn flow(
        &self,
        model: &Model,
        flowsheet: &Flowsheet,
        stream: StreamId,
        species: SpeciesId,
        period: crate::flowsheet::PeriodId,
    ) -> f64 {
        model.node(flowsheet, stream, species, period).map_or(0.0, |node| self.node(node))
    }
}

impl Sensitivity {
    /// ∂(functional)/∂rhs of a row of the full program.
    #[must_use]
    pub fn row(&self, row: RowId) -> f64 {
        self.rows[row.index()]
    }

    /// ∂(functional) per t more of a species in a stream.
    #[must_use]
    pub fn node(&self, node: NodeId) -> f64 {
        debug_assert!(node.index() < self.definitions);
        self.rows[node.index()]
    }
}
