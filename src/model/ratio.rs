//! A ratio as objective: found twice by [`lp::best_ratio`], and written as a linear objective into both programs.

use super::{Failure, Form, Linear, Model, RatioFailure, solution::positive_drivers};
use crate::{
    flowsheet::Flowsheet,
    index::Id,
    lp::{self, BestRatio, ColumnId, Denominator, NoRatio, Options, RowId, RowSense, Side},
};

/// How a best ratio was proven.
#[derive(Clone, Debug)]
pub struct RatioProof {
    /// The numerator in the best plan.
    pub numerator: f64,
    /// The denominator in the best plan, > 0.
    pub denominator: Denominator,
    /// The ratio by the program of Charnes and Cooper.
    pub charnes_cooper: f64,
    /// The ratio by Dinkelbach's iteration.
    pub dinkelbach: f64,
    /// Programs that the iteration solved.
    pub iterations: usize,
}

/// Most steps of Dinkelbach's iteration, which converges faster than linearly.
const DINKELBACH_STEPS: usize = 40;
/// It ends when less than this share of its terms is left.
const DINKELBACH_LEFT: f64 = 1e-10;

impl Model {
    /// A functional as one factor per column of a program.
    fn factors(&self, functional: &Linear, form: Form) -> Vec<f64> {
        if form == Form::Condensed {
            return self.reduce(functional);
        }
        let nodes = self.definitions.len();
        let mut factors = vec![0.0; nodes + self.drivers.len()];
        for &(node, value) in &functional.nodes {
            factors[node.index()] += value;
        }
        for &(driver, value) in &functional.drivers {
            factors[nodes + driver.index()] += value;
        }
        factors
    }

    /// The best ratio of two measures over all plans, or over those that keep the denominator at least at a value; no
    /// program is changed. Its duals are those of the condensed program's rows, then that of what is kept.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn best_ratio(
        &self,
        (of, to): (&Linear, &Linear),
        maximise: bool,
        least: Option<f64>,
        options: &Options,
    ) -> Result<BestRatio, Failure> {
        let (of, to) = (self.reduce(of), self.reduce(to));
        let mut program = self.condensed.with_keys(|_| (), |_| ());
        if let Some(least) = least {
            let terms = to.iter().enumerate().map(|(at, &factor)| (ColumnId::new(at), factor));
            program.add_row((), RowSense::AtLeast, least, terms);
        }
        let best = lp::best_ratio(&mut program, (&of, &to), maximise, options);
        best.map_err(|reason| self.explain_ratio(reason, Form::Condensed))
    }

    /// The best value of a functional over all plans with the whole numbers of this one, and the multipliers of the
    /// condensed rows, sought from a plan.
    ///
    /// # Errors
    /// See [`Failure`].
    pub(crate) fn best_of(
        &self,
        of: &Linear,
        maximise: bool,
        from: &lp::Solution,
        options: &Options,
    ) -> Result<(f64, Vec<f64>), Failure> {
        let sign = if maximise { -1.0 } else { 1.0 };
        let costs = self.reduce(of).into_iter().map(|factor| sign * factor);
        let best = self.cheapest(costs, &from.primal, options)?;
        Ok((sign * best.objective, best.duals))
    }

    /// The same for a ratio, by Dinkelbach's iteration alone: at its end nothing is left of `of − value · to`, so that no
    /// plan is better. None if the denominator is not above 0 in the plan it starts from, or in one that it finds.
    ///
    /// # Errors
    /// See [`Failure`].
    pub(crate) fn best_ratio_from(
        &self,
        (of, to): (&Linear, &Linear),
        maximise: bool,
        from: &lp::Solution,
        options: &Options,
    ) -> Result<Option<(f64, Vec<f64>)>, Failure> {
        let (of, to) = (self.reduce(of), self.reduce(to));
        let dot = |factors: &[f64], point: &[f64]| -> f64 {
            factors.iter().zip(point).map(|(factor, value)| factor * value).sum()
        };
        let sign = if maximise { -1.0 } else { 1.0 };
        let mut point = from.primal.clone();
        for _ in 0..DINKELBACH_STEPS {
            let (above, below) = (dot(&of, &point), dot(&to, &point));
            if below <= 0.0 {
                return Ok(None);
            }
            let value = above / below;
            let costs = of.iter().zip(&to).map(|(of, to)| sign * (of - value * to));
            let best = self.cheapest(costs, &point, options)?;
            let left = best.objective.abs();
            if left <= DINKELBACH_LEFT * (above.abs() + (value * below).abs()) {
                return Ok(Some((value, best.duals)));
            }
            point = best.primal;
        }
        Ok(None)
    }

    /// The condensed program with other costs, solved from a plan.
    fn cheapest(
        &self,
        costs: impl Iterator<Item = f64>,
        from: &[f64],
        options: &Options,
    ) -> Result<lp::Solution, Failure> {
        let mut program = self.condensed.with_keys(|_| (), |_| ());
        for (at, cost) in costs.enumerate() {
            program.set_cost(ColumnId::new(at), cost);
        }
        program.set_offset(0.0);
        let solved = lp::from_point(&program, from, options);
        solved.map_err(|failure| self.explain(failure, Form::Condensed))
    }

    /// Writes what is minimised instead of the objective, into both programs.
    pub(crate) fn minimise(&mut self, objective: &Linear) {
        self.ratio = None;
        for form in [Form::Condensed, Form::Full] {
            let costs = self.factors(objective, form);
            let program = match form {
                Form::Condensed => &mut self.condensed,
                Form::Full => &mut self.full,
            };
            for (at, cost) in costs.into_iter().enumerate() {
                program.set_cost(ColumnId::new(at), cost);
            }
            program.set_offset(0.0);
        }
    }

    /// Finds the best ratio and writes it as the objective of both programs; none if the objective is no ratio.
    pub(super) fn solve_ratio(
        &mut self,
        flowsheet: &Flowsheet,
        options: &Options,
        form: Form,
    ) -> Result<Option<(lp::Solution, RatioProof)>, Failure> {
        let Some((of, to)) = self.ratio.clone() else { return Ok(None) };
        let maximise = flowsheet.objective.sign() > 0.0;
        let parts = (self.factors(&of, form), self.factors(&to, form));
        let program = match form {
            Form::Condensed => &mut self.condensed,
            Form::Full => &mut self.full,
        };
        let best = lp::best_ratio(program, (&parts.0, &parts.1), maximise, options)
            .map_err(|reason| self.explain_ratio(reason, form))?;
        // The program that was solved has its costs; the other one gets the same in its own columns.
        let other = if form == Form::Condensed { Form::Full } else { Form::Condensed };
        self.write_ratio(&of, &to, &best, if maximise { -1.0 } else { 1.0 }, other);
        let proof = RatioProof {
            numerator: best.numerator,
            denominator: best.denominator,
            charnes_cooper: best.charnes_cooper,
            dinkelbach: best.dinkelbach,
            iterations: best.iterations,
        };
        Ok(Some((best.solution, proof)))
    }

    /// `±(R + (of − R to) ÷ to(x*))`: at the best plan x* that is ±R, and its gradient that of the ratio.
    fn write_ratio(&mut self, of: &Linear, to: &Linear, best: &BestRatio, sign: f64, form: Form) {
        let factor = sign / best.denominator.value;
        let objective = Linear::sum(&[(factor, of.clone()), (-factor * best.value, to.clone())]);
        let costs = self.factors(&objective, form);
        let program = match form {
            Form::Condensed => &mut self.condensed,
            Form::Full => &mut self.full,
        };
        for (at, cost) in costs.into_iter().enumerate() {
            program.set_cost(ColumnId::new(at), cost);
        }
        program.set_offset(sign * best.value);
    }

    /// Why there is no best ratio, in the model's terms.
    fn explain_ratio(&self, reason: NoRatio, form: Form) -> Failure {
        let program = match form {
            Form::Condensed => &self.condensed,
            Form::Full => &self.full,
        };
        Failure::Ratio(match reason {
            NoRatio::Failed(failure) => return self.explain(failure, form),
            NoRatio::Negative(least) => RatioFailure::Negative(least),
            NoRatio::Nothing => RatioFailure::Nothing,
            NoRatio::Unbounded { vanishing, towards } => {
                let drivers = positive_drivers(program, &towards);
                if vanishing {
                    RatioFailure::Vanishing(drivers)
                } else {
                    RatioFailure::Growing(drivers)
                }
            }
            NoRatio::AnySize(value) => RatioFailure::AnySize(value),
            NoRatio::Approached(value) => RatioFailure::Approached(value),
            NoRatio::Disagree { charnes_cooper, dinkelbach } => {
                RatioFailure::Disagree([charnes_cooper, dinkelbach])
            }
        })
    }

    /// The one-sided derivative of the minimum with a row of the condensed program that was solved, and how far the
    /// same limits hold it; none if there is no plan on that side.
    ///
    /// # Errors
    /// A failure to solve.
    pub(crate) fn side(
        &self,
        solution: &super::Solution,
        row: RowId,
        up: bool,
        options: &Options,
    ) -> Result<Option<Side>, lp::Failure> {
        match &solution.ratio {
            Some(proof) => proof.denominator.side(&self.condensed, &solution.raw, row, up, options),
            None => lp::side(&self.condensed, &solution.raw, row, up, options),
        }
    }
}
