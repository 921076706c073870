//! Models that differ in costs and right-hand sides only, in proportion to parameters: prices and limits that are swept.

use super::{Column, Failure, Form, Model, Row, Solution};
use crate::{
    flowsheet::Flowsheet,
    index::Id,
    lp::{self, ColumnId, Direction, LinearProgram, Options, RowId, Start},
};

/// Difference, relative to what it is made of, up to which a cost or right-hand side is as predicted.
pub(crate) const AGREES: f64 = 1e-11;

/// A model and what each parameter does to its costs and right-hand sides.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    model: Model,
    full: Moves,
    condensed: Moves,
}

/// Costs and right-hand sides of a program at the origin, and how parameters move them.
#[derive(Clone, Debug)]
struct Moves {
    costs: Vec<f64>,
    rhs: Vec<f64>,
    directions: Vec<Direction>,
}

impl Family {
    /// The family of a model, from one model for each parameter with that one moved by a step; none if that moves more than
    /// costs and right-hand sides.
    pub(crate) fn new<'a>(
        model: Model,
        moved: impl Iterator<Item = (f64, &'a Model)> + Clone,
    ) -> Option<Self> {
        if moved.clone().any(|(_, other)| model.difference(other).matrix) {
            return None;
        }
        let full = Moves::new(&model.full, moved.clone().map(|(step, other)| (step, &other.full)));
        let others = moved.map(|(step, other)| (step, &other.condensed));
        let condensed = Moves::new(&model.condensed, others);
        Some(Self { model, full, condensed })
    }

    /// Whether a model written at parameters `delta` is the one that the family has there.
    pub(crate) fn predicts(&self, delta: &[f64], other: &Model) -> bool {
        !self.model.difference(other).matrix
            && self.full.predict(delta, &other.full)
            && self.condensed.predict(delta, &other.condensed)
    }

    /// The model at the parameters that were set last.
    pub(crate) const fn model(&self) -> &Model {
        &self.model
    }

    /// Costs of the condensed program at the origin.
    pub(crate) fn costs(&self) -> &[f64] {
        &self.condensed.costs
    }

    /// What each parameter does to the condensed program.
    pub(crate) fn directions(&self) -> &[Direction] {
        &self.condensed.directions
    }

    /// Sets the parameters.
    pub(crate) fn set(&mut self, delta: &[f64]) {
        self.full.apply(delta, &mut self.model.full);
        self.condensed.apply(delta, &mut self.model.condensed);
    }

    /// Solves the model at hand from the basis of another one of the family, and proves it on the full program.
    ///
    /// # Errors
    /// See [`Failure`]; with the multipliers of the condensed rows where it is infeasible.
    pub(crate) fn solve(
        &mut self,
        flowsheet: &Flowsheet,
        options: &Options,
        from: Option<&Start>,
    ) -> Result<Solution, (Failure, Option<Vec<f64>>)> {
        self.model.solve_from(flowsheet, options, from)
    }
}

/// In what two models differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Coefficients, or what the models are made of.
    pub(crate) matrix: bool,
    /// Costs of the condensed program.
    pub(crate) costs: bool,
    /// Right-hand sides of the condensed program.
    pub(crate) right_sides: bool,
}

impl Model {
    /// In what another model differs from this one. A ratio as objective is counted as coefficients.
    pub(crate) fn difference(&self, other: &Self) -> Difference {
        Difference {
            matrix: self.ratio.is_some() || !self.has_matrix_of(other),
            costs: costs(&self.condensed) != costs(&other.condensed),
            right_sides: right_sides(&self.condensed) != right_sides(&other.condensed),
        }
    }

    /// Whether another model has the same coefficients, so that it differs in costs and right-hand sides at most.
    fn has_matrix_of(&self, other: &Self) -> bool {
        self.definitions == other.definitions
            && self.full.same_matrix(&other.full)
            && self.condensed.same_matrix(&other.condensed)
    }

    /// Solves the condensed program from a basis of one like it, without ratios and whole numbers.
    pub(crate) fn solve_from(
        &mut self,
        flowsheet: &Flowsheet,
        options: &Options,
        from: Option<&Start>,
    ) -> Result<Solution, (Failure, Option<Vec<f64>>)> {
        let Some(start) = from.filter(|_| self.ratio.is_none() && !self.condensed.has_integers())
        else {
            return self.solve(flowsheet, options, Form::Condensed).map_err(|it| (it, None));
        };
        match lp::from_basis(&self.condensed, start, options) {
            Ok(raw) => self.prove(flowsheet, raw, None).map_err(|failure| (failure, None)),
            Err(failure) => {
                let farkas = match &failure {
                    lp::Failure::Infeasible { farkas, certified: true } => Some(farkas.clone()),
                    _ => None,
                };
                Err((self.explain(failure, Form::Condensed), farkas))
            }
        }
    }
}

impl Moves {
    fn new<'a>(
        program: &LinearProgram<Column, Row>,
        moved: impl Iterator<Item = (f64, &'a LinearProgram<Column, Row>)>,
    ) -> Self {
        let (costs, rhs) = (costs(program), right_sides(program));
        let directions = moved.map(|(step, other)| Direction {
            costs: rates(&costs, &self::costs(other), step, ColumnId::new),
            rhs: rates(&rhs, &right_sides(other), step, RowId::new),
        });
        let directions = directions.collect();
        Self { costs, rhs, directions }
    }

    /// Costs and right-hand sides at parameters, each with the size of what it is the sum of.
    fn at(&self, delta: &[f64]) -> [Vec<(f64, f64)>; 2] {
        let sized = |values: &[f64]| values.iter().map(|&it| (it, it.abs())).collect::<Vec<_>>();
        let (mut costs, mut rhs) = (sized(&self.costs), sized(&self.rhs));
        for (&step, direction) in delta.iter().zip(&self.directions) {
            for &(column, rate) in &direction.costs {
                add(&mut costs[column.index()], step * rate);
            }
            for &(row, rate) in &direction.rhs {
                add(&mut rhs[row.index()], step * rate);
            }
        }
        [costs, rhs]
    }

    fn predict(&self, delta: &[f64], other: &LinearProgram<Column, Row>) -> bool {
        let [costs, rhs] = self.at(delta);
        let near = |told: Vec<(f64, f64)>, found: Vec<f64>| {
            let pairs = told.into_iter().zip(found);
            let mut pairs =
                pairs.map(|((value, size), found)| (value - found).abs() <= AGREES * size);
            pairs.all(|near| near)
        };
        near(costs, self::costs(other)) && near(rhs, right_sides(other))
    }

    fn apply(&self, delta: &[f64], program: &mut LinearProgram<Column, Row>) {
        let [costs, rhs] = self.at(delta);
        for (at, (cost, _)) in costs.into_iter().enumerate() {
            program.set_cost(ColumnId::new(at), cost);
        }
        for (at, (value, _)) in rhs.into_iter().enumerate() {
            program.set_rhs(RowId::new(at), value);
        }
    }
}

fn add((value, size): &mut (f64, f64), change: f64) {
    *value += change;
    *size += change.abs();
}

fn costs(program: &LinearProgram<Column, Row>) -> Vec<f64> {
    program.columns().map(|(_, column)| column.cost).collect()
}

fn right_sides(program: &LinearProgram<Column, Row>) -> Vec<f64> {
    program.rows().map(|(_, row)| row.rhs).collect()
}

fn rates<I>(before: &[f64], after: &[f64], step: f64, id: impl Fn(usize) -> I) -> Vec<(I, f64)> {
    let pairs = before.iter().zip(after).enumerate();
    let changed = pairs.filter(|(_, (before, after))| before != after);
    changed.map(|(at, (before, after))| (id(at), (after - before) / step)).collect()
}
