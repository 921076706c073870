//! What is told of each plan of a sweep: the objective, goals, multipliers, what is sold and what is fed.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    analysis::{
        assumption::is_multiplier,
        context::Scene,
        goals,
        multiplier::{bases, numerators},
    },
    flowsheet::{Content, FigureId, Flowsheet, Kind, PeriodId, Port, Sense},
    model::{Linear, Model},
};

/// One number that is told of each plan.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name: `objective`, `goal.magnets`, `goal.magnets.met`; with several periods `goal.magnets@2030`.
    pub name: String,
    /// Its unit; empty for shares, ratios of like things and what is true or not.
    pub unit: String,
    /// What it is, in words.
    pub about: String,
    /// What it is, among all outputs.
    pub kind: OutputKind,
    pub(super) how: How,
}

/// What an output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
    /// The objective.
    Objective,
    /// A goal that is a value multiplier.
    MultiplierGoal,
    /// Another goal.
    Goal,
    /// A value multiplier on a basis.
    Multiplier,
    /// What is fed or sold.
    Flow,
}

impl Output {
    /// Whether it is true or false, told as 1 or 0.
    #[must_use]
    pub const fn is_truth(&self) -> bool {
        matches!(self.how, How::Met { .. })
    }
}

/// How a number follows from linear forms of the flows.
#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    /// The objective of the program.
    Objective,
    /// A form.
    Form(usize),
    /// One form over another; none where the other is not above 0.
    Ratio(usize, usize),
    /// Whether an earlier output keeps a bound.
    Met { output: usize, sense: Sense, bound: FigureId, period: PeriodId },
}

/// Everything that is told, and the forms that it follows from.
#[derive(Clone, Debug, Default)]
pub(super) struct Outputs {
    pub(super) list: Vec<Output>,
    forms: usize,
}

impl Outputs {
    /// What can be told of the plans of a flowsheet.
    pub(super) fn new(flowsheet: &Flowsheet, model: &Model) -> Self {
        let mut outputs = Self::default();
        let objective = &flowsheet.objective;
        let unit = if flowsheet.is_planned() && objective.is_money() {
            flowsheet.currency.clone()
        } else {
            objective.unit(&flowsheet.currency)
        };
        let (name, kind) = ("objective".to_owned(), OutputKind::Objective);
        outputs.list.push(Output {
            name,
            unit,
            about: objective.text(),
            kind,
            how: How::Objective,
        });
        let many = flowsheet.periods.len() > 1;
        for period in flowsheet.periods.ids() {
            let dated = |name: String| {
                if many { format!("{name}@{}", flowsheet.periods[period].name) } else { name }
            };
            let scene = Scene::new(flowsheet, model, period);
            write(&scene, &mut |it| {
                let Written { name, unit, about, kind, ratio, bounds, .. } = it;
                let how = outputs.next(ratio);
                let value = outputs.list.len();
                outputs.list.push(Output {
                    name: dated(name.clone()),
                    unit,
                    about: about.clone(),
                    kind,
                    how,
                });
                for (at, (sense, bound)) in bounds.iter().copied().enumerate() {
                    let ending = if bounds.len() == 1 {
                        ".met"
                    } else {
                        [".met-min", ".met-max"][at.min(1)]
                    };
                    let how = How::Met { output: value, sense, bound, period };
                    let about = format!("whether {about} keeps its bound");
                    let name = dated(format!("{name}{ending}"));
                    outputs.list.push(Output { name, unit: String::new(), about, kind, how });
                }
            });
        }
        outputs
    }

    fn next(&mut self, ratio: bool) -> How {
        let first = self.forms;
        self.forms += if ratio { 2 } else { 1 };
        if ratio { How::Ratio(first, first + 1) } else { How::Form(first) }
    }

    /// The forms of a model, in their order.
    pub(super) fn forms(&self, flowsheet: &Flowsheet, model: &Model) -> Vec<Linear> {
        let mut forms = Vec::with_capacity(self.forms);
        for period in flowsheet.periods.ids() {
            let scene = Scene::new(flowsheet, model, period);
            write(&scene, &mut |it| forms.extend(it.forms));
        }
        assert_eq!(forms.len(), self.forms, "what is told does not depend on figures");
        forms
    }

    /// All numbers of a plan, from the objective and its forms; NaN where there is none. `bound` gives the value of a figure.
    pub(super) fn tell(
        &self,
        objective: f64,
        forms: &[f64],
        bound: impl Fn(FigureId, PeriodId) -> f64,
        into: &mut Vec<f64>,
    ) {
        let start = into.len();
        for output in &self.list {
            let value = match output.how {
                How::Objective => objective,
                How::Form(form) => forms[form],
                How::Ratio(of, to) if forms[to] > 0.0 => forms[of] / forms[to],
                How::Ratio(..) => f64::NAN,
                How::Met { output, sense, bound: figure, period } => {
                    let value = into[start + output];
                    let value = (!value.is_nan()).then_some(value);
                    f64::from(u8::from(goals::judge(sense, bound(figure, period), value).1))
                }
            };
            into.push(value);
        }
    }
}

/// One number as it is written for a model.
struct Written {
    name: String,
    unit: String,
    about: String,
    kind: OutputKind,
    ratio: bool,
    forms: Vec<Linear>,
    bounds: Vec<(Sense, FigureId)>,
}

/// Writes all numbers of one period, in an order that does not depend on the values of figures.
fn write(scene: &Scene<'_>, take: &mut impl FnMut(Written)) {
    let (flowsheet, functionals) = (scene.flowsheet, scene.functionals());
    let one_year = flowsheet.periods.len() == 1;
    for goal in flowsheet.goals.iter().filter(|goal| goal.holds_in(scene.period)) {
        let measure = |it| functionals.measure(scene.at(), it);
        let forms = std::iter::once(&goal.of).chain(&goal.to).map(measure).collect();
        take(Written {
            name: format!("goal.{}", goal.name),
            unit: goals::unit(flowsheet, goal),
            about: goal.title.clone().unwrap_or_else(|| format!("goal {}", goal.name)),
            kind: if is_multiplier(goal) { OutputKind::MultiplierGoal } else { OutputKind::Goal },
            ratio: goal.to.is_some(),
            forms,
            bounds: goal.bounds.iter().map(|bound| (bound.sense, bound.figure)).collect(),
        });
    }
    if one_year {
        let multiplier = flowsheet.goals.iter().find(|goal| is_multiplier(goal));
        let bounds = multiplier.map(|goal| goal.bounds.iter().map(|it| (it.sense, it.figure)));
        let bounds: Vec<_> = bounds.into_iter().flatten().collect();
        let bases = bases(scene);
        for (numerator, of) in numerators(scene) {
            for (denominator, to) in &bases {
                let Ok(to) = to else { continue };
                take(Written {
                    name: format!(
                        "multiplier.{}/{}",
                        slug(&numerator.replace(" of purchased inputs", "")),
                        slug(denominator)
                    ),
                    unit: String::new(),
                    about: format!("value multiplier: {numerator}, over {denominator}"),
                    kind: OutputKind::Multiplier,
                    ratio: true,
                    forms: vec![of.clone(), to.clone()],
                    bounds: bounds.clone(),
                });
            }
        }
    }
    for (id, operation) in flowsheet.operations.iter_ids() {
        let (word, verb) = match operation.kind {
            Kind::Feed(_) => ("supply", "what is fed"),
            Kind::Product(_) => ("sales", "what is sold"),
            _ => continue,
        };
        let flow = functionals.flow(scene.at(), Port::Inlet(id), &Content::whole());
        take(Written {
            name: format!("{word}.{}", operation.name),
            unit: "t/yr".to_owned(),
            about: format!("{verb} of {}", operation.name),
            kind: OutputKind::Flow,
            ratio: false,
            forms: vec![flow],
            bounds: Vec::new(),
        });
    }
}

/// Words as one name: `final + by-products, gross` is `final-by-products-gross`.
fn slug(words: &str) -> String {
    let parts = words.split(|sign: char| !sign.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}
