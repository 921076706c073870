//! The derivative of a functional by a figure.
//!
//! With multipliers `y` of a functional `m` at the optimal basis, `dm/dθ = ∂m/∂θ + y · (∂b/∂θ − ∂A/∂θ x)`. Both parts
//! are had by writing what uses the figure once more with the figure moved a little; nothing is solved again, but for
//! shares of exactly 0 or 1, which open ways that were closed.

mod planned;
mod slopes;

pub(super) use planned::{Course, FollowedCourse};
pub(super) use slopes::{Slopes, companions, whole_recipes};

use super::{
    clock::Clock,
    context::Context,
    goals,
    users::{Users, Uses},
};
use crate::{
    diagnostic::{Code, Diagnostics, Severity},
    flowsheet::{
        FigureId, Flowsheet, Goal, Limit, Measure, OperationId, PeriodId, Provenance, Sense, Values,
    },
    model::{At, Form, Linear, Model, MovedDefinitions, Row, Sensitivity, Solution},
};

/// Relative step of the derivative.
const STEP: f64 = 1e-6;

/// What is less than this share of a flow is rounding.
const NOISE: f64 = 1e-9;

/// Writing or solving the whole model once per figure is worth at most so many nodes in all; past that, figures that
/// need it are counted but not weighed, and the report says so.
pub(super) const WORK: usize = 500_000;

/// A functional with its multipliers.
pub(super) struct Followed {
    pub(super) of: Measure,
    pub(super) to: Option<Measure>,
    pub(super) base: f64,
    pub(super) sensitivity: Sensitivity,
}

pub(super) fn follow(context: &Context<'_>, goal: &Goal) -> Option<Followed> {
    let gradient = goals::gradient(context, goal)?;
    Some(Followed {
        of: goal.of.clone(),
        to: goal.to.clone(),
        base: goals::value(context, goal)?,
        sensitivity: context.model.sensitivity(context.solution, &gradient)?,
    })
}

pub(super) fn follow_objective(context: &Context<'_>) -> Option<Followed> {
    let objective = &context.flowsheet.objective;
    let (of, to) = (objective.of().into_owned(), objective.to().cloned());
    let gradient = goals::gradient_of(context, &of, to.as_ref())?;
    let sensitivity = context.model.sensitivity(context.solution, &gradient)?;
    let base = goals::value_of(context, &of, to.as_ref())?;
    Some(Followed { of, to, base, sensitivity })
}

/// Weighs the figures of one plan, as far as that is worth its while and the time limit goes.
pub(super) struct Weigher<'a> {
    context: &'a Context<'a>,
    clock: Clock,
    users: Users,
    affordable: bool,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(
        context: &'a Context<'a>,
        clock: Clock,
        asked: impl Fn(FigureId) -> bool,
    ) -> Self {
        let users = Users::new(context);
        let figures = context.flowsheet.figures.ids();
        let heavy = figures
            .filter(|&id| asked(id) && Reach::of(context, &users, id) == Reach::Whole)
            .count();
        let affordable = heavy.saturating_mul(context.model.nodes().len()) <= WORK;
        Self { context, clock, users, affordable }
    }

    /// A figure moved a little; none if it is not weighed, or if there is no plan on the one side it can go.
    pub(super) fn moved(&self, figure: FigureId) -> Weighed {
        let whole = Reach::of(self.context, &self.users, figure) == Reach::Whole;
        let Some(_) = self.clock.left().filter(|_| self.affordable || !whole) else {
            return Weighed::LeftOut;
        };
        // Stages are whole: what designs a cascade has no derivative.
        if self.users.designs(figure) {
            return Weighed::LeftOut;
        }
        match Moved::with(self.context, &self.users, figure, &self.clock) {
            Some(moved) => Weighed::Moved(Box::new(moved)),
            None if self.clock.left().is_none() => Weighed::LeftOut,
            None => Weighed::NoPlan,
        }
    }

    /// Whether a figure does nothing but limit, and its limits stay slack at both ends: then the plan stays best.
    pub(super) fn is_idle(&self, figure: FigureId, ends: [f64; 2]) -> bool {
        let uses = self.users.of(figure);
        if !uses.operations.is_empty() || self.users.designs(figure) {
            return false;
        }
        uses.rows.iter().all(|&(_, row)| {
            let Row::Limit(limit, _) = row else { return false };
            let limit = &self.context.flowsheet.limits[limit];
            ends.iter().all(|&end| self.is_slack(limit, figure, end))
        })
    }

    /// Whether a limit is slack, with room to spare, with a figure at an end and the flows as they are.
    fn is_slack(&self, limit: &Limit, figure: FigureId, end: f64) -> bool {
        let slack = |values: &Values| {
            let at = At { values, ..self.context.at() };
            let (left, right) = self.context.functionals().limit(at, limit);
            let reached = self.context.value(&left);
            let size = reached.abs().max(right.abs());
            match limit.sense {
                Sense::AtMost => right - reached > NOISE * size,
                Sense::AtLeast => reached - right > NOISE * size,
                Sense::Exactly => false,
            }
        };
        let mut values = self.context.values.clone();
        let before = slack(&values);
        values[figure] = end;
        before && slack(&values)
    }

    /// Whether a figure stands in the definitions.
    pub(super) fn shapes(&self, figure: FigureId) -> bool {
        self.users.of(figure).shapes
    }
}

/// What became of a figure.
pub(super) enum Weighed {
    /// It was moved.
    Moved(Box<Moved>),
    /// It has no derivative: there is no plan on the side it can go to.
    NoPlan,
    /// There are too many, or the time is over.
    LeftOut,
}

/// What must be written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Prices, costs and limits only.
    Rows,
    /// The definitions of one operation.
    Operation(OperationId),
    /// The whole model.
    Whole,
}

impl Reach {
    fn of(context: &Context<'_>, users: &Users, figure: FigureId) -> Self {
        if !users.of(figure).shapes {
            return Self::Rows;
        }
        let value = context.values[figure];
        match users.alone(figure) {
            Some(operation) if value != 0.0 && value != 1.0 => Self::Operation(operation),
            _ => Self::Whole,
        }
    }
}

/// One figure moved a little, and the model where the figure shapes it.
pub(super) struct Moved {
    shape: Shape,
    values: Values,
    step: f64,
    figure: FigureId,
    uses: Uses,
}

/// What a moved figure makes of the model.
enum Shape {
    /// The figure stands in prices, costs and limits only.
    Same,
    /// Other coefficients in the definitions of one operation.
    Operation(MovedDefinitions),
    /// Other coefficients.
    Moved(Box<Model>),
    /// Other nodes.
    Other(Box<Resolved>),
}

impl Moved {
    pub(super) fn new(context: &Context<'_>, figure: FigureId, shapes: bool) -> Option<Self> {
        debug_assert!(shapes, "only figures that shape flows are moved one by one");
        let clock = Clock::start(&crate::lp::Options::default());
        Self::with(context, &Users::new(context), figure, &clock)
    }

    fn with(context: &Context<'_>, users: &Users, figure: FigureId, clock: &Clock) -> Option<Self> {
        let mut values = context.values.clone();
        let mut uses = users.of(figure).clone();
        let value = values[figure];
        let step = match value {
            // Inwards from 1, so that a share stays one.
            1.0 => -STEP,
            // A part of a whole opens a little; all else stands in linear terms, where any step will do.
            0.0 if uses.shapes => STEP,
            0.0 => 1.0,
            _ => STEP * value,
        };
        values[figure] = value + step;
        let at = At { values: &values, ..context.at() };
        let shape = match Reach::of(context, users, figure) {
            Reach::Rows => Shape::Same,
            Reach::Operation(operation) => {
                Shape::Operation(context.model.moved_definitions(at, operation)?)
            }
            // What was all or nothing lets species into other streams: other nodes, so it is solved again.
            Reach::Whole if value == 0.0 || value == 1.0 => {
                Shape::Other(Box::new(Resolved::new(context, &values, clock).ok()?))
            }
            Reach::Whole => {
                Shape::Moved(Box::new(Model::assemble(context.flowsheet, &values).ok()?))
            }
        };
        if !uses.operations.is_empty() {
            uses.rows.extend_from_slice(&users.enforced);
            uses.rows.sort_unstable_by_key(|&(id, _)| id);
            uses.rows.dedup();
        }
        Some(Self { shape, values, step, figure, uses })
    }

    pub(super) fn derivative(&self, context: &Context<'_>, followed: &Followed) -> f64 {
        if let Shape::Other(resolved) = &self.shape {
            return resolved
                .value(followed)
                .map_or(0.0, |value| (value - followed.base) / self.step);
        }
        let at = At { values: &self.values, ..context.at() };
        let explicit = {
            let of = self.change(context, at, &followed.of);
            match &followed.to {
                None => of,
                Some(to) => {
                    let below = context.value(&context.functionals().measure(context.at(), to));
                    (of - followed.base * self.change(context, at, to)) / below
                }
            }
        };
        let sensitivity = &followed.sensitivity;
        let implicit = match &self.shape {
            Shape::Moved(model) => {
                model.residual(context.solution, sensitivity)
                    - context.model.residual(context.solution, sensitivity)
            }
            Shape::Operation(definitions) => {
                context.model.contract(definitions, context.solution, sensitivity)
                    + self.rows(context, at, sensitivity)
            }
            Shape::Same | Shape::Other(_) => self.rows(context, at, sensitivity),
        };
        (explicit + implicit) / self.step
    }

    /// How much a measure changes with the figure at the flows as they are.
    fn change(&self, context: &Context<'_>, at: At<'_>, measure: &Measure) -> f64 {
        let functionals = context.functionals();
        let value = |at: At<'_>| {
            context.value(&functionals.measure_over(at, measure, &self.uses.operations))
        };
        value(at) - value(context.at())
    }

    /// `y · (Δb − ΔA x)` over the rows that the user wrote and that the figure enters.
    fn rows(&self, context: &Context<'_>, at: At<'_>, sensitivity: &Sensitivity) -> f64 {
        let mut sum = 0.0;
        for &(id, row) in &self.uses.rows {
            let multiplier = sensitivity.row(id);
            if multiplier == 0.0 {
                continue;
            }
            sum += multiplier
                * match row {
                    Row::Limit(limit, _) => {
                        let limit = &context.flowsheet.limits[limit];
                        let residual = |at: At<'_>| {
                            let (left, right) = context.functionals().limit(at, limit);
                            right - context.value(&left)
                        };
                        residual(at) - residual(context.at())
                    }
                    Row::Goal(goal, bound, _) => {
                        let goal = &context.flowsheet.goals[goal];
                        let figure = goal.bounds[bound].figure;
                        let measure = |at: At<'_>, measure: &Measure| {
                            let functional: Linear = context.functionals().measure(at, measure);
                            context.value(&functional)
                        };
                        if figure == self.figure {
                            // The bound itself: the right side, or the factor of the denominator.
                            let below =
                                goal.to.as_ref().map_or(1.0, |to| measure(context.at(), to));
                            self.step * below
                        } else {
                            let to = goal.to.as_ref();
                            let below = to.map_or(0.0, |to| self.change(context, at, to));
                            context.values[figure] * below - self.change(context, at, &goal.of)
                        }
                    }
                    _ => 0.0,
                };
        }
        sum
    }
}

/// The flowsheet with figures moved, solved again.
pub(super) struct Resolved {
    flowsheet: Flowsheet,
    model: Model,
    solution: Solution,
}

/// Why there is no plan with figures moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// The flowsheet is refused: grades or recoveries that do not sum to 1.
    Wrong,
    /// There is none; nothing meets a specification.
    NoPlan,
    /// The time is over.
    TimeLimit,
}

impl Unresolved {
    fn of(findings: &Diagnostics) -> Self {
        let mut errors = findings.iter().filter(|it| it.severity == Severity::Error);
        let unmet = errors.all(|it| it.code == Code::SpecificationUnmeetable);
        if unmet { Self::NoPlan } else { Self::Wrong }
    }
}

impl Resolved {
    pub(super) fn new(
        context: &Context<'_>,
        values: &Values,
        clock: &Clock,
    ) -> Result<Self, Unresolved> {
        let options = clock.left().ok_or(Unresolved::TimeLimit)?;
        let flowsheet = context.flowsheet.with_values(values).map_err(|it| Unresolved::of(&it))?;
        let mut model =
            Model::assemble(&flowsheet, &flowsheet.values()).map_err(|it| Unresolved::of(&it))?;
        match model.solve(&flowsheet, &options, Form::Condensed) {
            Ok(solution) => Ok(Self { flowsheet, model, solution }),
            Err(_) if clock.left().is_none() => Err(Unresolved::TimeLimit),
            Err(_) => Err(Unresolved::NoPlan),
        }
    }

    /// A goal in a period; none if its denominator is 0.
    pub(super) fn goal(&self, goal: &Goal, period: PeriodId) -> Option<f64> {
        let context = Context::in_period(&self.flowsheet, &self.model, &self.solution, period);
        goals::value(&context, goal)
    }

    /// What is followed; none if its denominator is 0.
    pub(super) fn value(&self, followed: &Followed) -> Option<f64> {
        let values = self.flowsheet.values();
        let context = Context::new(&self.flowsheet, &values, &self.model, &self.solution);
        goals::value_of(&context, &followed.of, followed.to.as_ref())
    }
}

/// Whether a figure is weighed at all: what is wanted, or follows from others, is no datum.
pub(super) fn is_datum(flowsheet: &Flowsheet, figure: FigureId) -> bool {
    !matches!(flowsheet.figures[figure].provenance, Provenance::Wanted | Provenance::Computed)
}
