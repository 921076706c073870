//! A plan over the years: what is built when, which routes are taken, the goals by period, and what it all earns.

mod cash;
mod outcome;
mod routes;

pub use routes::best_routes;

pub use outcome::{
    Alternative, BuiltOutcome, CapacityCourse, CashFlow, CashLine, Course, Finance, GoalCourse,
    GoalPoint, Levelised, LimitCourse, PeriodOutcome, Roadmap, RouteOutcome, Search,
};

use std::fmt::Write as _;

use rayon::prelude::*;

use super::{
    bottleneck::sense_name,
    context::Context,
    goals::{self, TOLERANCE},
};
use crate::{
    curve::ScaleLaw,
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{
        Build, BuildCost, Content, Flowsheet, Goal, Kind, Limit, LimitKind, Operation, OperationId,
        PeriodId, Port, Sense, Values, ratio_text,
    },
    index::Id,
    lp::Options,
    measure::format_number,
    model::{Column, Decision, Functionals, Linear, Model, Row, Rule, Shape, Solution, shape},
};

/// Below this share of the largest of its kind an addition is rounding.
const NOTHING: f64 = 1e-9;

/// Most limits that are told of one missed goal.
const MOST_HOLDERS: usize = 3;

/// What a solved plan says over the years; of missed goals also what they could reach, if there are options to find it.
pub(super) fn roadmap(
    flowsheet: &Flowsheet,
    model: &Model,
    solution: &Solution,
    options: Option<&Options>,
) -> Roadmap {
    let year = Years { flowsheet, model, solution };
    let books = cash::Books::of(&year);
    Roadmap {
        periods: flowsheet
            .periods
            .iter()
            .map(|period| PeriodOutcome {
                name: period.name.clone(),
                from: period.from,
                years: period.years,
            })
            .collect(),
        flows: year.flows(),
        stocks: year.stocks(),
        goals: year.goals(options),
        routes: year.routes(),
        built: year.built(),
        capacities: year.capacities(),
        limits: year.limits(),
        operators: year.operators(),
        cash: cash::flow(&year, &books),
        finance: cash::finance(&year, &books),
        search: solution.raw.gap.as_ref().map(|gap| Search {
            bound: -flowsheet.objective.sign() * gap.bound,
            gap: gap.relative,
            nodes: gap.nodes,
            complete: gap.complete,
        }),
        alternatives: Vec::new(),
    }
}

/// A solved plan, asked year by year.
struct Years<'a> {
    flowsheet: &'a Flowsheet,
    model: &'a Model,
    solution: &'a Solution,
}

impl<'a> Years<'a> {
    fn in_period(&self, period: PeriodId) -> Context<'a> {
        Context::in_period(self.flowsheet, self.model, self.solution, period)
    }

    fn periods(&self) -> impl Iterator<Item = PeriodId> + use<> {
        self.flowsheet.periods.ids()
    }

    fn value(&self, functional: &Linear) -> f64 {
        self.solution.value(functional)
    }

    /// One value per period.
    fn each(&self, of: impl Fn(&Context<'a>) -> f64) -> Vec<f64> {
        self.periods().map(|period| of(&self.in_period(period)) + 0.0).collect()
    }

    fn flows(&self) -> Vec<Course> {
        let ends = self.flowsheet.operations.iter_ids().filter_map(|(id, operation)| {
            let kind = match operation.kind {
                Kind::Feed(_) => "feed",
                Kind::Product(_) => "product",
                Kind::Use(_) => "returns",
                _ => return None,
            };
            let values = self.measured(Port::Inlet(id));
            Some(Course { name: operation.name.clone(), kind, values })
        });
        ends.chain(self.contracts()).collect()
    }

    /// What is sold by contract.
    fn contracts(&self) -> Vec<Course> {
        let mut courses = Vec::new();
        for (id, operation) in self.flowsheet.operations.iter_ids() {
            let Kind::Product(product) = &operation.kind else { continue };
            for (at, contract) in product.contracts.iter().enumerate() {
                let port = Port::Contract(id, at);
                courses.push(Course {
                    name: format!("{}.{}", operation.name, contract.name),
                    kind: "contract",
                    values: self.measured(port),
                });
            }
        }
        courses
    }

    /// What is in stockpiles.
    fn stocks(&self) -> Vec<Course> {
        let stocks = self.flowsheet.operations.iter_ids();
        let stocks = stocks.filter(|(_, it)| matches!(it.kind, Kind::Stockpile(_)));
        let course = |(id, operation): (OperationId, &Operation)| Course {
            name: operation.name.clone(),
            kind: "stock",
            values: self.measured(Port::Stock(id)),
        };
        stocks.map(course).collect()
    }

    /// The whole flow at a port.
    fn measured(&self, port: Port) -> Vec<f64> {
        self.each(|context| {
            context.value(&context.functionals().flow(context.at(), port, &Content::whole()))
        })
    }

    fn goals(&self, options: Option<&Options>) -> Vec<GoalCourse> {
        let mut courses = Vec::new();
        let mut sought = Vec::new();
        for goal in &self.flowsheet.goals {
            for bound in &goal.bounds {
                let points: Vec<GoalPoint> = self
                    .periods()
                    .map(|period| {
                        let context = self.in_period(period);
                        let wanted = context.values[bound.figure];
                        let value = goals::value(&context, goal);
                        GoalPoint {
                            wanted: goal.holds_in(period),
                            bound: wanted,
                            value,
                            met: goals::judge(bound.sense, wanted, value).1,
                            best: None,
                            held_by: Vec::new(),
                        }
                    })
                    .collect();
                // The last year tells most, and each takes a plan of its own.
                let missed = self.periods().zip(&points);
                let missed = missed.filter(|(_, point)| point.wanted && !point.met);
                if let Some((period, _)) = missed.last() {
                    sought.push((courses.len(), goal, bound.sense, period));
                }
                courses.push(GoalCourse {
                    name: goal.name.clone(),
                    title: goal.title.clone(),
                    measure: ratio_text(&goal.of, goal.to.as_ref()),
                    unit: goals::unit(self.flowsheet, goal),
                    sense: sense_name(bound.sense),
                    enforced: goal.enforced,
                    met: points.iter().all(|point| point.met || !point.wanted),
                    points,
                });
            }
        }
        let Some(options) = options else { return courses };
        let found: Vec<Option<(f64, Vec<String>)>> = sought
            .par_iter()
            .map(|&(_, goal, sense, period)| self.find_best(goal, sense, period, options))
            .collect();
        for ((at, _, _, period), found) in sought.into_iter().zip(found) {
            let point = &mut courses[at].points[period.index()];
            if let Some((best, held_by)) = found {
                (point.best, point.held_by) = (Some(best), held_by);
            }
        }
        courses
    }

    /// The best value of a goal in one period over all plans with the routes and trains of this one, and what holds it.
    fn find_best(
        &self,
        goal: &Goal,
        sense: Sense,
        period: PeriodId,
        options: &Options,
    ) -> Option<(f64, Vec<String>)> {
        let context = self.in_period(period);
        let functionals = self.model.functionals();
        let of = functionals.measure(context.at(), &goal.of);
        let maximise = sense != Sense::AtMost;
        let from = &self.solution.raw;
        let found = match &goal.to {
            Some(to) => {
                let to = functionals.measure(context.at(), to);
                self.model.best_ratio_from((&of, &to), maximise, from, options)
            }
            None => self.model.best_of(&of, maximise, from, options).map(Some),
        };
        let Ok(Some((value, duals))) = found else { return None };
        let mut held: Vec<(f64, String)> = Vec::new();
        for (id, row) in self.model.condensed().rows() {
            let Row::Limit(limit, then) = *row.key else { continue };
            let limit = &self.flowsheet.limits[limit];
            if duals[Id::index(id)] == 0.0 || limit.share_of.is_some() {
                continue;
            }
            let bound = self.used(*row.key, then).map_or(row.rhs, |(_, bound)| bound);
            let weight = (duals[Id::index(id)] * bound).abs();
            if weight > TOLERANCE * value.abs() {
                let path = &self.flowsheet.figures[limit.figure].path;
                held.push((weight, self.dated(path, then)));
            }
        }
        held.sort_by(|a, b| b.0.total_cmp(&a.0));
        Some((value, held.into_iter().take(MOST_HOLDERS).map(|(_, name)| name).collect()))
    }

    fn dated(&self, path: &str, period: PeriodId) -> String {
        let name = &self.flowsheet.periods[period].name;
        if self.flowsheet.is_dated() { format!("{path} in {name}") } else { path.to_owned() }
    }

    fn routes(&self) -> Vec<RouteOutcome> {
        let choices = self.flowsheet.choices.iter().map(|choice| RouteOutcome {
            choice: choice.name.clone(),
            taken: self
                .periods()
                .map(|period| {
                    let open = choice.operations.iter().find(|&&id| {
                        let open = self.model.functionals().open(period, id);
                        open.is_some_and(|driver| self.solution.driver(driver) > 0.5)
                    });
                    open.map(|&id| self.flowsheet.operations[id].name.clone())
                })
                .collect(),
        });
        choices.collect()
    }

    fn built(&self) -> Vec<BuiltOutcome> {
        let (flowsheet, functionals) = (self.flowsheet, self.model.functionals());
        let horizon = self.model.horizon(flowsheet);
        let mut built = Vec::new();
        for (id, build) in flowsheet.builds.iter_ids() {
            let largest = build
                .decided
                .iter()
                .map(|&period| self.value(&functionals.added(horizon.at(period), id, period)))
                .fold(0.0, f64::max);
            for &period in &build.decided {
                let at = horizon.at(period);
                let size = self.value(&functionals.added(at, id, period));
                if size <= NOTHING * largest {
                    continue;
                }
                let equipment = self.value(&functionals.equipment(at, id));
                let money = flowsheet.money.as_ref();
                let factor = money.map_or(1.0, |it| it.plant_and_total(at.values).1);
                built.push(BuiltOutcome {
                    operation: flowsheet.operations[build.operation].name.clone(),
                    basis: basis(&flowsheet.limits[build.limit]),
                    period: flowsheet.periods[period].name.clone(),
                    size,
                    trains: functionals
                        .driver(period, Decision::Trains(id))
                        .map(|driver| self.solution.driver(driver)),
                    equipment,
                    cost: factor * equipment,
                    error: match shape(build, at.values) {
                        Shape::Pieces(_, error) => error,
                        _ => 0.0,
                    },
                    exact: exact_cost(build, at.values, size),
                });
            }
        }
        built
    }

    fn capacities(&self) -> Vec<CapacityCourse> {
        let mut courses = Vec::new();
        for limit in &self.flowsheet.limits {
            if limit.kind != LimitKind::Capacity {
                continue;
            }
            let functionals = self.model.functionals();
            courses.push(CapacityCourse {
                operation: self.flowsheet.operations[limit.operation].name.clone(),
                basis: basis(limit),
                existing: self.each(|context| Functionals::bound(context.at(), limit)),
                built: self.each(|context| context.value(&functionals.grown(context.at(), limit))),
                used: self.each(|context| {
                    context.value(&functionals.flow(context.at(), limit.port, &limit.content))
                }),
            });
        }
        courses
    }

    /// Limits that bind in some period, with the prices of the linear program around the whole numbers.
    fn limits(&self) -> Vec<LimitCourse> {
        let flowsheet = self.flowsheet;
        let mut courses: Vec<LimitCourse> = Vec::new();
        let count = flowsheet.periods.len();
        for (id, data) in self.model.full().rows() {
            let row = *data.key;
            let (path, period) = match row {
                Row::Limit(limit, period) => {
                    // What is fixed exactly was chosen by the user; it is no bottleneck.
                    if flowsheet.limits[limit].sense == Sense::Exactly {
                        continue;
                    }
                    (flowsheet.figures[flowsheet.limits[limit].figure].path.clone(), period)
                }
                Row::Goal(goal, at, period) => {
                    let figure = flowsheet.goals[goal].bounds[at].figure;
                    (flowsheet.figures[figure].path.clone(), period)
                }
                Row::Rule(Rule::Budget, period) => ("money.budget".to_owned(), period),
                _ => continue,
            };
            let program = self.model.full();
            let activity: f64 =
                program.row_terms(id).map(|(column, factor)| factor * self.column(column)).sum();
            let used = self.used(row, period);
            let price = self.solution.shadow_price(flowsheet, id);
            let size =
                used.map_or(data.rhs.abs(), |(reached, _)| reached.abs()).max(data.rhs.abs());
            let slack = (data.rhs - activity).abs();
            let binds = slack <= TOLERANCE * size && size > 0.0;
            let at = courses.iter().position(|course| course.path == path).unwrap_or_else(|| {
                courses.push(LimitCourse {
                    path,
                    utilisation: vec![None; count],
                    binding: vec![false; count],
                    shadow_price: vec![0.0; count],
                    weight: 0.0,
                });
                courses.len() - 1
            });
            let course = &mut courses[at];
            let at = period.index();
            let is_most = matches!(row, Row::Limit(limit, _) if flowsheet.limits[limit].sense == Sense::AtMost);
            course.utilisation[at] = used
                .filter(|&(_, bound)| is_most && bound != 0.0)
                .map(|(reached, bound)| reached / bound);
            course.binding[at] = binds;
            course.shadow_price[at] = if binds { price } else { 0.0 };
            course.weight += course.shadow_price[at].abs() * size;
        }
        courses.retain(|course| course.binding.contains(&true));
        courses.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        courses
    }

    /// What a limit measures in a period, and its bound with what was built.
    fn used(&self, row: Row, period: PeriodId) -> Option<(f64, f64)> {
        let Row::Limit(limit, _) = row else { return None };
        let limit = &self.flowsheet.limits[limit];
        let context = self.in_period(period);
        let functionals = self.model.functionals();
        let reached = context.value(&functionals.flow(context.at(), limit.port, &limit.content));
        let mut bound = context.bound(limit);
        if let Some(whole) = limit.share_of {
            let whole = functionals.flow(context.at(), whole, &Content::whole());
            bound *= context.value(&whole);
        }
        Some((reached, bound))
    }

    fn column(&self, column: crate::lp::ColumnId) -> f64 {
        match *self.model.full().column_key(column) {
            Column::Flow(node) => self.solution.node(node),
            Column::Driver(driver) => self.solution.driver(driver),
        }
    }

    fn operators(&self) -> Vec<f64> {
        let flowsheet = self.flowsheet;
        if flowsheet.operations.iter().all(|it| it.operators.is_none()) {
            return Vec::new();
        }
        self.each(|context| {
            let functionals = context.functionals();
            match functionals.driver(context.period, Decision::Operators) {
                Some(driver) => self.solution.driver(driver),
                None => context.value(&functionals.operators(context.at())),
            }
        })
    }
}

/// The cost of a size by the law of scale itself.
fn exact_cost(build: &Build, values: &Values, size: f64) -> Option<f64> {
    let BuildCost::Scale { capacity, cost, exponent, .. } = build.cost else { return None };
    let law =
        ScaleLaw { capacity: values[capacity], cost: values[cost], exponent: values[exponent] };
    Some(law.at(size))
}

/// What a capacity counts; empty for the whole.
fn basis(limit: &Limit) -> String {
    if limit.content.is_whole() { String::new() } else { limit.content.name.clone() }
}

/// Goals that are missed, and a search that was ended.
pub(super) fn findings(flowsheet: &Flowsheet, roadmap: &Roadmap) -> Diagnostics {
    let mut findings = Diagnostics::new();
    for course in roadmap.goals.iter().filter(|course| !course.met) {
        let Some(goal) = flowsheet.goals.iter().find(|goal| goal.name == course.name) else {
            continue;
        };
        let unit = if course.unit.is_empty() { String::new() } else { format!(" {}", course.unit) };
        let missed: Vec<(&PeriodOutcome, &GoalPoint)> = roadmap
            .periods
            .iter()
            .zip(&course.points)
            .filter(|(_, point)| point.wanted && !point.met)
            .collect();
        let Some((period, last)) = missed.last() else { continue };
        let reached = last.value.map_or_else(
            || "has none, because the denominator is 0".to_owned(),
            |value| format!("reaches {}{unit}", format_number(value)),
        );
        let wanted = course.points.iter().filter(|point| point.wanted).count();
        let name = &period.name;
        let then = match (flowsheet.is_dated(), wanted) {
            (false, _) => format!(", the plan {reached}"),
            (true, 1) => format!(" in {name}, the plan {reached}"),
            (true, _) => {
                let count = missed.len();
                format!(
                    " and misses it in {count} of {wanted} periods; in {name} the plan {reached}"
                )
            }
        };
        let message = format!(
            "goal `{}` wants {} {}{unit}{then}",
            course.name,
            course.sense,
            format_number(last.bound)
        );
        let mut finding =
            Diagnostic::new(Code::GoalMissed, message).at(goal.span, course.measure.clone());
        if let Some(best) = last.best {
            let held = roadmap.search.is_some();
            let kept =
                if held { " with these routes, trains and pieces of cost curves" } else { "" };
            let mut help = format!(
                "the best that any plan{kept} reaches then is {}{unit}",
                format_number(best)
            );
            if !last.held_by.is_empty() {
                let _ = write!(help, "; it is held by `{}`", last.held_by.join("`, `"));
            }
            finding = finding.help(help);
        }
        findings.push(finding);
    }
    if let Some(search) = roadmap.search.filter(|search| !search.complete) {
        let message = format!(
            "the search ended after {} nodes: no plan is better by more than {} %",
            search.nodes,
            format_number(100.0 * search.gap)
        );
        findings.push(Diagnostic::new(Code::GapLeft, message).help(
            "give it more time (`--time-limit`), or build with `--features highs` and choose `--solver highs`",
        ));
    }
    findings
}
