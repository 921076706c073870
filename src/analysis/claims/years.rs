//! Claims about a plan over the years.

use super::{
    Audit, Auditor, Verdict,
    ends::{End, Ends, Place},
    held_by, margin,
    probe::{Target, heaviest, near_ends},
};
use crate::{
    analysis::{
        context::Context,
        derivative::{Course, FollowedCourse, Slopes},
        goals,
    },
    flowsheet::{Goal, Measure, PeriodId, Sense},
    index::Id,
    lp::Options,
    model::Model,
};

/// Nodes of the search for a plan that keeps a goal.
const NODES: usize = 100;

/// Most figures of one claim that are tried.
const MOST: usize = 3;

impl Auditor<'_> {
    /// Goals of a plan over the years, each in the last period in which it is missed, else in the last one in which it is
    /// to hold. What no plan with the same routes and trains keeps cannot hold, unless the best plan with a figure at
    /// another end keeps it.
    pub(super) fn over_years(&self) -> Audit {
        let (flowsheet, plan) = (self.flowsheet, self.plan);
        let Some(roadmap) = &plan.outcome.roadmap else { return Audit::default() };
        let bounds = flowsheet.goals.iter();
        let bounds = bounds.flat_map(|goal| goal.bounds.iter().map(move |bound| (goal, bound)));
        let whole = roadmap.search.is_some();
        let mut claims = Vec::new();
        let mut places = Vec::new();
        for ((goal, bound), course) in bounds.zip(&roadmap.goals) {
            let missed = course.points.iter().rposition(|it| it.wanted && !it.met);
            let last = missed.or_else(|| course.points.iter().rposition(|it| it.wanted));
            let Some(at) = last else { continue };
            let point = &course.points[at];
            let mut claim = self.claim(goal, bound, point.bound, point.value);
            claim.period = flowsheet.is_dated().then(|| roadmap.periods[at].name.clone());
            claim.best = point.best;
            let keeps = |best: f64| goals::judge(bound.sense, point.bound, Some(best)).1;
            let period = PeriodId::new(at);
            (claim.verdict, claim.why) = match point.best {
                _ if course.met => (Verdict::Holds, margin(&claim)),
                Some(best) if keeps(best) => {
                    (Verdict::DependsOn, "which plan is taken: another one keeps it".to_owned())
                }
                best => {
                    let holders = held_by(point.held_by.iter().map(String::as_str));
                    let held = match (best, whole) {
                        (None, _) => "the best value was not found".to_owned(),
                        (_, false) => holders,
                        (_, true) => format!("with what is built and chosen, {holders}"),
                    };
                    match self.other_plans(goal, bound.sense, period, point.bound, whole) {
                        Others::Keep(Some(cost)) => (
                            Verdict::DependsOn,
                            format!("which plan is taken: keeping it costs {cost}"),
                        ),
                        Others::Keep(None) => (
                            Verdict::DependsOn,
                            "which plan is taken: another one keeps it".to_owned(),
                        ),
                        Others::Miss => (Verdict::CannotHold, held),
                        Others::Unknown => (Verdict::Open, held),
                    }
                }
            };
            let (sense, wanted) = (bound.sense, point.bound);
            places.push(Place { goal, sense, period, wanted, met: claim.met });
            claims.push(claim);
        }
        let followed = places.iter().map(|place| {
            let course = Course::Goal(place.goal, place.period);
            FollowedCourse::new(flowsheet, &plan.model, &plan.solution, course)
        });
        let followed: Vec<Option<FollowedCourse<'_>>> = followed.collect();
        let values = flowsheet.values();
        let context = Context::new(flowsheet, &values, &plan.model, &plan.solution);
        let slopes = Slopes::over_years(&context, &followed, self.is_asked(), &self.clock);
        let mut ends: Vec<End> = Vec::new();
        for (number, place) in places.iter().enumerate() {
            let Some(value) = claims[number].value else { continue };
            let Place { sense, wanted, .. } = *place;
            let target = Target { place: number, value, wanted, sense };
            let near = near_ends(&self.doubts, context.values, &slopes, &target);
            ends.extend(near.into_iter().take(MOST));
        }
        ends.sort_unstable();
        ends.dedup();
        let tried = Ends::solve(&context, &self.doubts, &ends, &places, &self.clock);
        let mut figures: Vec<usize> = tried.tried().collect();
        figures.dedup();
        for (number, claim) in claims.iter_mut().enumerate() {
            let base = followed[number].as_ref().map_or(0.0, |it| it.base);
            claim.hangs_on = heaviest(flowsheet, &self.doubts, &slopes, number, base);
            claim.turned_by = tried.turns(flowsheet, &self.doubts, number, &places[number]);
            claim.untried = self.doubts.len() - figures.len();
            let weighed = self.doubts.iter().any(|it| it.slope(&slopes.by, number).is_some());
            if !claim.turned_by.is_empty() {
                claim.verdict = Verdict::DependsOn;
            } else if !self.doubts.is_empty() && !weighed {
                claim.verdict = Verdict::Open;
            }
        }
        Audit { claims, without_plan: tried.without_plan(flowsheet, &self.doubts) }
    }

    /// Whether plans with other routes and trains keep a goal in a period. That none does is proven without asking for whole
    /// numbers; that one does, by the best plan that has to, where it is found within a number of nodes.
    fn other_plans(
        &self,
        goal: &Goal,
        sense: Sense,
        period: PeriodId,
        wanted: f64,
        whole: bool,
    ) -> Others {
        let (flowsheet, plan) = (self.flowsheet, self.plan);
        let values = flowsheet.values();
        let Some(options) = self.clock.left() else { return Others::Unknown };
        let Ok(mut model) = Model::assemble(flowsheet, &values) else { return Others::Unknown };
        model.relax();
        let at = model.at(flowsheet, period);
        let measure = |measure: &Measure| model.functionals().measure(at, measure);
        let of = measure(&goal.of);
        let (maximise, from) = (sense != Sense::AtMost, &plan.solution.raw);
        let best = match &goal.to {
            Some(to) => model.best_ratio_from((&of, &measure(to)), maximise, from, &options),
            None => model.best_of(&of, maximise, from, &options).map(Some),
        };
        match best {
            Ok(Some((best, _))) if !goals::judge(sense, wanted, Some(best)).1 => {
                return Others::Miss;
            }
            // Without whole numbers the plan that keeps it is one.
            Ok(Some(_)) if !whole => return Others::Keep(None),
            _ => {}
        }
        if !whole {
            return Others::Unknown;
        }
        let options = Options { node_limit: Some(NODES), ..options };
        self.cost_of_keeping(goal, &options).map_or(Others::Unknown, |it| Others::Keep(Some(it)))
    }
}

/// Whether plans with other routes and trains keep a claim.
enum Others {
    /// One does; what it costs, where that was sought.
    Keep(Option<String>),
    /// None does.
    Miss,
    /// It was not found out.
    Unknown,
}
