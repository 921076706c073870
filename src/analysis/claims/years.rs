//! Claims about a plan over the years.

use rayon::prelude::*;

use super::{
    Auditor, Claim, Turn, Verdict, held_by, margin,
    probe::{MOST_OVER_YEARS, Step, Target, heaviest, near_steps},
};
use crate::{
    analysis::{
        context::Context,
        derivative::{Course, FollowedCourse, Resolved, Slopes, Unresolved},
        goals,
    },
    flowsheet::{Goal, PeriodId, Sense},
    index::Id,
};

impl Auditor<'_> {
    /// Goals of a plan over the years, each in the last period in which it is missed, else in the last one in which it is
    /// to hold. What no plan with the same routes and trains keeps cannot hold, unless the best plan with a figure at
    /// another end keeps it.
    pub(super) fn over_years(&self) -> Vec<Claim> {
        let (flowsheet, plan) = (self.flowsheet, self.plan);
        let Some(roadmap) = &plan.outcome.roadmap else { return Vec::new() };
        let bounds = flowsheet.goals.iter();
        let bounds = bounds.flat_map(|goal| goal.bounds.iter().map(move |bound| (goal, bound)));
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
            (claim.verdict, claim.why) = match point.best {
                _ if course.met => (Verdict::Holds, margin(&claim)),
                Some(best) if keeps(best) => {
                    (Verdict::DependsOn, "which plan is taken: another one keeps it".to_owned())
                }
                Some(_) => {
                    let holders = held_by(point.held_by.iter().map(String::as_str));
                    (Verdict::CannotHold, format!("with what is built and chosen, {holders}"))
                }
                None => (Verdict::Open, "the best value was not found".to_owned()),
            };
            places.push((goal, bound.sense, PeriodId::new(at)));
            claims.push(claim);
        }
        let followed = places.iter().map(|&(goal, _, period)| {
            let course = Course::Goal(goal, period);
            FollowedCourse::new(flowsheet, &plan.model, &plan.solution, course)
        });
        let followed: Vec<Option<FollowedCourse<'_>>> = followed.collect();
        let values = flowsheet.values();
        let context = Context::new(flowsheet, &values, &plan.model, &plan.solution);
        let slopes = Slopes::over_years(&context, &followed, self.is_asked(), &self.clock);
        let turns = self.turns_over_years(&context, &slopes, &claims, &places);
        for (place, (claim, turns)) in claims.iter_mut().zip(turns).enumerate() {
            let base = followed[place].as_ref().map_or(0.0, |it| it.base);
            (claim.hangs_on, claim.unweighed) =
                heaviest(flowsheet, &self.doubts, &slopes, place, base);
            claim.turned_by = turns;
            if !claim.turned_by.is_empty() {
                claim.verdict = Verdict::DependsOn;
            }
        }
        claims
    }

    /// The figures one of which alone makes the best plan keep what it misses, or miss what it keeps: each end that some
    /// claim asks for is solved once.
    fn turns_over_years(
        &self,
        context: &Context<'_>,
        slopes: &Slopes,
        claims: &[Claim],
        places: &[(&Goal, Sense, PeriodId)],
    ) -> Vec<Vec<Turn>> {
        let steps =
            claims.iter().zip(places).enumerate().map(|(place, (claim, &(_, sense, _)))| {
                let Some(value) = claim.value else { return Vec::new() };
                let target = Target { place, value, wanted: claim.bound, sense };
                near_steps(&self.doubts, context.values, slopes, &target, MOST_OVER_YEARS)
            });
        let steps: Vec<Vec<Step<'_>>> = steps.collect();
        let mut ends: Vec<&Step<'_>> = steps.iter().flatten().collect();
        ends.sort_unstable_by_key(|step| step.end());
        ends.dedup_by_key(|step| step.end());
        let solved = ends.par_iter().map(|step| {
            let mut values = context.values.clone();
            step.take(self.flowsheet, &mut values);
            Resolved::new(context, &values, &self.clock)
        });
        let solved: Vec<Result<Resolved, Unresolved>> = solved.collect();
        let turns = steps.iter().zip(claims).zip(places).map(|((steps, claim), place)| {
            let &(goal, sense, period) = place;
            let turned = steps.iter().filter_map(|step| {
                let at = ends.binary_search_by_key(&step.end(), |it| it.end()).ok()?;
                let value = match &solved[at] {
                    Ok(resolved) => resolved.goal(goal, period),
                    Err(Unresolved::NoPlan) if claim.met => None,
                    Err(_) => return None,
                };
                let kept = goals::judge(sense, claim.bound, value).1;
                (kept != claim.met).then(|| step.turn(self.flowsheet, value))
            });
            turned.collect()
        });
        turns.collect()
    }
}
