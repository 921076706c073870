//! The path of one share: a specification, a line of a recipe within limits, a fraction.
//!
//! A share stands at flows, not at a right-hand side, so its path is no parametric linear program. While a basis is
//! optimal, everything follows the share in closed form ([`lp::reach_of_share`]); just beyond its end the next basis is
//! found by solving again. Every end is solved again and must have the value that the curve tells.

use super::{
    AGREE, Debottleneck, EndOfPath, Followed, Growth, SEGMENTS, Step,
    program::{excess, keep},
    unproven,
};
use crate::{
    analysis::{bottleneck::name_next, context::Context, goals},
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Content, Flowsheet, LimitId, Objective, Sense, Values},
    lp::{self, Options, Reach},
    model::{Form, Model, Row, Solution},
};

/// Steps beyond the end of a basis at which the next one is looked for, relative.
const BEYOND: [f64; 3] = [1e-7, 1e-6, 1e-5];

/// What a share may be followed with.
pub(super) struct Shares<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) values: &'a Values,
    pub(super) options: &'a Options,
    pub(super) followed: &'a Followed<'a>,
    pub(super) limit: LimitId,
    /// How far it may go, in shares; +∞ if to its natural end.
    pub(super) budget: f64,
}

/// A plan at one value of the share.
struct Point {
    share: f64,
    model: Model,
    solution: Solution,
}

impl Shares<'_> {
    /// Fills in the steps of the path.
    pub(super) fn tell(&self, told: &mut Debottleneck) -> Result<(), Diagnostics> {
        let limit = &self.flowsheet.limits[self.limit];
        let up = limit.sense == Sense::AtMost;
        let sign = if up { 1.0 } else { -1.0 };
        let first = self.values[limit.figure];
        let natural = if up { 1.0 } else { 0.0 };
        let last = if up {
            (first + self.budget).min(natural)
        } else {
            (first - self.budget).max(natural)
        };
        let (aimed, mut values) = self.aim(told);
        let mut from = first;
        for _ in 0..SEGMENTS {
            if (last - from) * sign <= 0.0 {
                told.end =
                    if last == natural { EndOfPath::NothingHelps } else { EndOfPath::BudgetSpent };
                return Ok(());
            }
            let found = self.segment(&aimed, &mut values, from, (sign, last))?;
            let Some((start, reach)) = found else {
                told.end = EndOfPath::NothingHelps;
                return Ok(());
            };
            let slope = -reach.slope;
            let room = reach.room.min((last - start.share) * sign);
            // What is wanted may be reached on the way: −slope τ ÷ (1 + bend τ) = wanted.
            let wanted = self.wanted(&aimed, &start);
            let met = wanted
                .map(|wanted| wanted / (slope - wanted * reach.bend))
                .filter(|step| (0.0..=room * (1.0 + AGREE)).contains(step));
            let step = met.unwrap_or(room);
            let to = start.share + sign * step;
            let end = self.at(&aimed, &mut values, to)?;
            let gain = slope * step / (1.0 + reach.bend * step);
            let sense = aimed.objective.sign();
            let expected = start.solution.objective + sense * gain;
            let size = expected.abs().max(end.solution.objective.abs()).max(f64::MIN_POSITIVE);
            let difference = (expected - end.solution.objective).abs() / size;
            if difference > AGREE {
                return Err(unproven(&format!(
                    "the end of a segment differs by {difference:.0e} when solved again"
                )));
            }
            told.worst_difference = told.worst_difference.max(difference);
            let context = Context::new(&aimed, &values, &end.model, &end.solution);
            let goals = self.goals(&context);
            let reached = self.reached(&context);
            let after = self.objective_with(&end)?;
            let next = (met.is_none() && step == reach.room)
                .then(|| name_next(&context, reach.next?))
                .flatten();
            told.steps.push(Step {
                from: (from - first).abs(),
                to: (to - first).abs(),
                value: reached,
                objective: after,
                grows: vec![Growth {
                    limit: self.flowsheet.figures[limit.figure].path.clone(),
                    unit: "share",
                    from,
                    to,
                    worth: Some(sense * gain / (to - from)),
                }],
                newly_binding: next.into_iter().collect(),
                newly_free: Vec::new(),
                cost: None,
                payback: None,
                goals,
            });
            told.reached = reached;
            if met.is_some() {
                told.end = EndOfPath::TargetMet;
                return Ok(());
            }
            from = to;
        }
        told.end = EndOfPath::MostSegments;
        Ok(())
    }

    /// What is followed, as an objective.
    fn objective(&self) -> Objective {
        match self.followed.goal {
            None => self.flowsheet.objective.clone(),
            Some((goal, Sense::AtMost, target)) => Objective::Minimise(excess(goal, target)),
            Some((goal, _, target)) => Objective::Maximise(excess(goal, target)),
        }
    }

    /// The flowsheet with what is followed as its objective; a ratio's denominator is kept where it is.
    fn aim(&self, told: &Debottleneck) -> (Flowsheet, Values) {
        let (mut aimed, mut values) = (self.flowsheet.clone(), self.values.clone());
        aimed.objective = self.objective();
        if let Some((goal, ..)) = self.followed.goal
            && let Some(to) = &goal.to
        {
            keep(&mut aimed, &mut values, to, told.base);
        }
        (aimed, values)
    }

    fn at(
        &self,
        flowsheet: &Flowsheet,
        values: &mut Values,
        share: f64,
    ) -> Result<Point, Diagnostics> {
        values[self.flowsheet.limits[self.limit].figure] = share;
        let mut model = Model::assemble(flowsheet, values)?;
        let solution = model
            .solve(flowsheet, self.options, Form::Condensed)
            .map_err(|_| unproven("a point of the path was not proven"))?;
        Ok(Point { share, model, solution })
    }

    /// The basis that holds from a share on, and how far; none if more of the share is of no use.
    fn segment(
        &self,
        flowsheet: &Flowsheet,
        values: &mut Values,
        from: f64,
        (sign, last): (f64, f64),
    ) -> Result<Option<(Point, Reach)>, Diagnostics> {
        let limit = &self.flowsheet.limits[self.limit];
        for beyond in std::iter::once(0.0).chain(BEYOND) {
            let share = from + sign * beyond * from.abs().max(1e-3);
            if (last - share) * sign <= 0.0 {
                break;
            }
            let point = self.at(flowsheet, values, share)?;
            let own = |key: &Row| matches!(key, Row::Limit(id, _) if *id == self.limit);
            let row = point.model.condensed().rows().find(|(_, row)| own(row.key));
            let row = row.map(|(id, _)| id);
            let (Some(row), Some(whole)) = (row, limit.share_of) else { return Ok(None) };
            let raw = &point.solution.raw;
            if raw.basis.as_ref().is_some_and(|basis| basis.contains_slack(row)) && !raw.degenerate
            {
                return Ok(None);
            }
            let context = Context::new(flowsheet, values, &point.model, &point.solution);
            let whole = context.functionals().flow(context.at(), whole, &Content::whole());
            let factors: Vec<f64> =
                point.model.reduce(&whole).iter().map(|factor| -factor).collect();
            let reach = lp::reach_of_share(point.model.condensed(), raw, row, &factors, sign > 0.0);
            if let Some(reach) = reach {
                return Ok((reach.slope < 0.0).then_some((point, reach)));
            }
        }
        Err(Diagnostic::new(
            Code::NotProven,
            "several plans are as good for every value of the share, so its path is not followed",
        )
        .help("follow the objective, or relax the share by `--set` and look at `reeflow solve`")
        .into())
    }

    /// How much the followed value still has to gain, if there is a target.
    fn wanted(&self, aimed: &Flowsheet, start: &Point) -> Option<f64> {
        let (goal, _, target) = self.followed.goal?;
        let target = if goal.to.is_some() { 0.0 } else { target };
        let gain = aimed.objective.sign() * (target - start.solution.objective);
        Some(gain.max(0.0))
    }

    /// The value of what is followed.
    fn reached(&self, context: &Context<'_>) -> f64 {
        match self.followed.goal {
            Some((goal, ..)) => goals::value(context, goal).unwrap_or_default(),
            None => context.solution.objective,
        }
    }

    fn goals(&self, context: &Context<'_>) -> Vec<super::GoalValue> {
        let goals = self.flowsheet.goals.iter().map(|goal| super::GoalValue {
            goal: goal.name.clone(),
            value: goals::value(context, goal),
        });
        goals.collect()
    }

    /// The objective of the best plan that keeps what was reached.
    fn objective_with(&self, end: &Point) -> Result<f64, Diagnostics> {
        let Some((goal, sense, target)) = self.followed.goal else {
            return Ok(end.solution.objective);
        };
        let mut flowsheet = self.flowsheet.clone();
        let mut values = self.values.clone();
        values[self.flowsheet.limits[self.limit].figure] = end.share;
        let reached = end.solution.objective;
        let mut measure = excess(goal, target);
        let sign = if sense == Sense::AtMost { -1.0 } else { 1.0 };
        for (factor, _) in &mut measure.terms {
            *factor *= sign;
        }
        keep(&mut flowsheet, &mut values, &measure, sign * reached - AGREE * reached.abs());
        let mut model = Model::assemble(&flowsheet, &values)?;
        let solved = model.solve(&flowsheet, self.options, Form::Condensed);
        solved
            .map(|solved| solved.objective)
            .map_err(|_| unproven("the best plan at a point of the path was not proven"))
    }
}
