//! Goals and the objective.

use super::{Lowering, figures::Expect};
use crate::{
    diagnostic::{Code, Diagnostic},
    document::{self, Provenance},
    flowsheet::{self, Goal, GoalBound, Measure, Objective, Sense, Term},
};

impl Lowering<'_> {
    pub(super) fn lower_objective(&mut self) -> Objective {
        let document = self.document;
        match &document.flowsheet.objective {
            None | Some(document::Objective::Profit(_)) => Objective::Profit,
            Some(document::Objective::Maximise(measure)) => {
                self.measure(measure).map_or(Objective::Profit, Objective::Maximise)
            }
            Some(document::Objective::Minimise(measure)) => {
                self.measure(measure).map_or(Objective::Profit, Objective::Minimise)
            }
        }
    }

    pub(super) fn lower_goals(&mut self) {
        let document = self.document;
        for (name, table) in &document.goal {
            let (of, to) = match (&table.measure, &table.ratio) {
                (Some(measure), None) => (self.measure(measure), None),
                (None, Some(ratio)) => {
                    let of = self.measure(&ratio.of);
                    let Some(to) = self.measure(&ratio.to) else { continue };
                    (of, Some(to))
                }
                _ => {
                    let message = format!("goal `{name}` needs either a `measure` or a `ratio`");
                    let help = "write `measure = \"flow(magnets)\"`, or `ratio = { of = \"…\", to = \"…\" }`";
                    self.report(
                        Diagnostic::new(Code::MissingKey, message).at(name.span, "").help(help),
                    );
                    continue;
                }
            };
            let Some(of) = of else { continue };
            let own = Provenance {
                source: table.source.0.clone(),
                assumed: table.assumed.clone(),
                confidence: table.confidence,
            };
            let dimension = flowsheet::goal_dimension(&of, to.as_ref());
            let mut bounds = Vec::new();
            let keys = [
                (Sense::AtLeast, &table.at_least, "at-least"),
                (Sense::AtMost, &table.at_most, "at-most"),
            ];
            for (sense, figure, key) in keys {
                let Some(figure) = figure else { continue };
                let path = format!("goal.{name}.{key}");
                // A goal is a wish: where it comes from is worth saying, but it is no datum.
                let wish = Provenance {
                    assumed: Some(document::Spanned::new("a goal".to_owned(), name.span)),
                    ..Provenance::default()
                };
                let inherit = if own.is_empty() { wish } else { own.clone() };
                if let Some(found) =
                    self.figure(figure, &path, &inherit, &Expect::any(dimension).of())
                {
                    if own.is_empty() {
                        self.figures[found.id].provenance = flowsheet::Provenance::Wanted;
                    }
                    self.check_goal_basis(&of, &found);
                    bounds.push(GoalBound { sense, figure: found.id });
                }
            }
            if table.at_least.is_none() && table.at_most.is_none() {
                let message = format!("goal `{name}` has no bound");
                self.report(
                    Diagnostic::new(Code::MissingKey, message)
                        .at(name.span, "")
                        .help("add `at-least` or `at-most`"),
                );
            }
            self.goals.push(Goal {
                name: name.value.clone(),
                title: table.title.clone(),
                of,
                to,
                bounds,
                enforced: table.enforce.as_ref().is_some_and(|enforce| enforce.value),
                enforced_at: table.enforce.as_ref().map_or(name.span, |enforce| enforce.span),
                span: name.span,
            });
        }
    }

    /// A bound that names its basis must name that of every flow it bounds.
    fn check_goal_basis(&mut self, of: &Measure, found: &super::figures::Lowered) {
        let Some(basis) = &found.basis.numerator else { return };
        let names = of.terms.iter().map(|(_, term)| match term {
            Term::Flow(_, content) => content.name.as_str(),
            _ => "",
        });
        if let Some(name) = names.into_iter().find(|name| name != basis) {
            let counted =
                if name.is_empty() { "the whole".to_owned() } else { format!("`{name}`") };
            let message = format!("the bound counts `{basis}`, the goal {counted}");
            self.report(
                Diagnostic::new(Code::WrongBasis, message)
                    .at(found.span, "")
                    .help(format!("measure `flow(X, {basis})`, or leave the basis out")),
            );
        }
    }
}
