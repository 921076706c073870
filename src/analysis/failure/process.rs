//! Repairs by figures that are no limits: recoveries, conversions, fractions, recipes, grades.
//!
//! Each is asked by duality how much it would move a statement of the conflict, and then moved until that is met.

use super::{
    conflict::Statement,
    repair::{Repair, Search, Wanted},
};
use crate::{
    analysis::{
        assumption::{Followed, Moved, WORK, shaping},
        context::Context,
    },
    flowsheet::{FigureId, Objective, Provenance, Sense},
    model::{Form, Model},
};

/// Most figures that are no limits and are tried.
const TRIED: usize = 12;
/// A figure that must become so many times what it is was no slip of the pen.
const FAR: f64 = 200.0;
/// Most steps of a search for the value of a figure.
const STEPS: usize = 8;

impl Search<'_> {
    /// Whether there are so many figures that shape flows that they are not tried.
    pub(super) fn too_many(&self) -> bool {
        let shaping = shaping(self.flowsheet).iter().filter(|&&shapes| shapes).count();
        shaping.saturating_mul(self.model.nodes().len()) > WORK
    }

    /// Changes of figures that are no limits, so that a statement can be met; the smallest first.
    pub(super) fn figures(&self, statement: Statement) -> Option<Vec<Repair>> {
        let shapes = shaping(self.flowsheet);
        let (of, to) = statement.measures(self.flowsheet)?;
        let bound = statement.bound(self.flowsheet, self.values);
        let (measure, target) = match to {
            None => (of, bound),
            Some(to) => {
                let mut measure = of;
                measure
                    .terms
                    .extend(to.terms.into_iter().map(|(factor, term)| (-bound * factor, term)));
                (measure, 0.0)
            }
        };
        // Exactly: towards the side on which the plans are.
        let up = match statement.sense(self.flowsheet) {
            Sense::AtMost => false,
            Sense::AtLeast => true,
            Sense::Exactly => self.nearest(statement)? < bound,
        };
        let mut flowsheet = self.flowsheet.clone();
        let mut values = self.values.clone();
        statement.drop_from(&mut flowsheet, &mut values);
        flowsheet.objective = if up {
            Objective::Maximise(measure.clone())
        } else {
            Objective::Minimise(measure.clone())
        };
        let mut model = Model::assemble(&flowsheet, &values).ok()?;
        let plan = model.solve(&flowsheet, self.options, Form::Condensed).ok()?;
        let context = Context::new(&flowsheet, &values, &model, &plan);
        let functional = context.functionals().measure(context.at(), &measure);
        let sensitivity = model.sensitivity(&plan, &functional)?;
        let followed = Followed { of: measure, to: None, base: plan.objective, sensitivity };
        let gap = target - plan.objective;
        let mut found: Vec<(f64, FigureId, f64)> = Vec::new();
        let mut closed = Vec::new();
        for (id, figure) in flowsheet.figures.iter_ids() {
            let own = Some(id) == statement.figure(self.flowsheet);
            if own
                || !shapes[id]
                || matches!(figure.provenance, Provenance::Wanted | Provenance::Computed)
            {
                continue;
            }
            if values[id] == 0.0 {
                // A closed way: no derivative tells what opening it does.
                closed.push((f64::INFINITY, id, 1.0));
                continue;
            }
            let Some(moved) = Moved::new(&context, id, true) else { continue };
            let slope = moved.derivative(&context, &followed);
            let step = gap / slope;
            // A share cannot leave 0–1; a little more than that may do, since flows are no straight lines.
            let possible = values[id] > 1.0 || (-0.01..=1.2).contains(&(values[id] + step));
            if step.is_finite() && possible && (step / values[id]).abs() <= FAR {
                found.push(((step / values[id]).abs(), id, step));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let reach = |id: FigureId, value: f64| -> Option<f64> {
            let mut moved = values.clone();
            moved[id] = value;
            let flowsheet = flowsheet.with_values(&moved).ok()?;
            let mut model = Model::assemble(&flowsheet, &flowsheet.values()).ok()?;
            Some(model.solve(&flowsheet, self.options, Form::Condensed).ok()?.objective)
        };
        let meets = |value: f64| {
            let room = 1e-9 * target.abs().max(plan.objective.abs());
            if up { value >= target - room } else { value <= target + room }
        };
        let tried = found.into_iter().take(TRIED).chain(closed.into_iter().take(TRIED));
        let repairs = tried.filter_map(|(_, id, step)| {
            let from = values[id];
            let reach = |value| reach(id, value);
            let to = search(from, plan.objective, target, step, &reach, &meets)?;
            let to = if from == 0.0 { open(to, &reach, &meets) } else { to };
            self.holds(&[Wanted { figure: id, to }])
        });
        let mut repairs: Vec<Repair> = repairs.collect();
        repairs.sort_by(|a, b| a.size().total_cmp(&b.size()));
        Some(repairs)
    }
}

/// How far a closed way must be opened at least, to within a tenth of that, if it does when `wide`.
fn open(mut wide: f64, reach: &dyn Fn(f64) -> Option<f64>, meets: &dyn Fn(f64) -> bool) -> f64 {
    let mut narrow = 0.0;
    for _ in 0..STEPS {
        let middle = f64::midpoint(narrow, wide);
        if reach(middle).is_some_and(meets) {
            wide = middle;
        } else {
            narrow = middle;
        }
        if wide - narrow < 0.1 * wide {
            break;
        }
    }
    wide
}

/// The value of a figure at which a measure meets its target, by the secant method from its derivative.
fn search(
    from: f64,
    base: f64,
    target: f64,
    step: f64,
    reach: &dyn Fn(f64) -> Option<f64>,
    meets: &dyn Fn(f64) -> bool,
) -> Option<f64> {
    // All that shapes flows is a share, or a part of a whole: it keeps to its side of 0 and of 1.
    let within = |value: f64| if from <= 1.0 { value.clamp(0.0, 1.0) } else { value.max(0.0) };
    let (mut last, mut last_value) = (from, base);
    let mut next = within(from + step);
    for _ in 0..STEPS {
        let value = reach(next)?;
        if meets(value) {
            return Some(next);
        }
        let slope = (value - last_value) / (next - last);
        // A little further than the secant says, so that it ends on the good side.
        let further = within(next + 1.001 * (target - value) / slope);
        if !further.is_finite() || further == next {
            return None;
        }
        (last, last_value, next) = (next, value, further);
    }
    None
}
