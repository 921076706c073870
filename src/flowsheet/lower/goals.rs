//! Goals and the objective.

use super::{Lowering, figures::Expect};
use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    document::{self, Name, Provenance, RatioTable, Spanned, Wanted},
    flowsheet::{self, Goal, GoalBound, Measure, Objective, Ratio, Sense, Term},
};

/// What is optimised: a measure, or a ratio of two.
enum Sought {
    Measure(Measure),
    Ratio(Ratio),
}

/// Both sides of a `/` or `÷` that stands outside all parentheses.
pub(super) fn split_ratio(text: &Name) -> Option<(Name, Name)> {
    let mut depth = 0_usize;
    let (at, sign) = text.char_indices().find(|&(_, sign)| {
        match sign {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(sign, '/' | '÷')
    })?;
    let side = |from: usize, to: usize| {
        let part = &text[from..to];
        let start = from + (part.len() - part.trim_start().len());
        let end = start + part.trim().len();
        Spanned::new(part.trim().to_owned(), text.span.part(text, start..end))
    };
    Some((side(0, at), side(at + sign.len_utf8(), text.len())))
}

impl Lowering<'_> {
    pub(super) fn lower_objective(&mut self) -> Objective {
        let document = self.document;
        match &document.flowsheet.objective {
            None | Some(document::Objective::Profit(_)) => Objective::Profit,
            Some(document::Objective::Maximise(wanted)) => match self.sought(wanted) {
                Some(Sought::Measure(measure)) => Objective::Maximise(measure),
                Some(Sought::Ratio(ratio)) => Objective::MaximiseRatio(ratio),
                None => Objective::Profit,
            },
            Some(document::Objective::Minimise(wanted)) => match self.sought(wanted) {
                Some(Sought::Measure(measure)) => Objective::Minimise(measure),
                Some(Sought::Ratio(ratio)) => Objective::MinimiseRatio(ratio),
                None => Objective::Profit,
            },
        }
    }

    fn sought(&mut self, wanted: &Wanted) -> Option<Sought> {
        match wanted {
            Wanted::Ratio(RatioTable { of, to }) => self.ratio(of, to),
            Wanted::Text(text) if text.as_str() == "profit" => {
                let profit = Name::new("profit()".to_owned(), text.span);
                Some(Sought::Measure(self.measure(&profit)?))
            }
            // A measure is a call at least: what has no parentheses is a name.
            Wanted::Text(text) if !text.contains('(') => self.sought_goal(text),
            Wanted::Text(text) => match split_ratio(text) {
                Some((of, to)) => {
                    self.check_bracketed(&of)?;
                    self.check_bracketed(&to)?;
                    self.ratio(&of, &to)
                }
                None => self.measure(text).map(Sought::Measure),
            },
        }
    }

    fn ratio(&mut self, of: &Name, to: &Name) -> Option<Sought> {
        let (numerator, denominator) = (self.measure(of), self.measure(to));
        Some(Sought::Ratio(Ratio { of: numerator?, to: denominator?, span: to.span }))
    }

    /// What a goal measures, whatever its bounds.
    fn sought_goal(&mut self, name: &Name) -> Option<Sought> {
        if let Some(goal) = self.goals.iter().find(|goal| goal.name == name.value) {
            return Some(match goal.to.clone() {
                Some(to) => Sought::Ratio(Ratio { of: goal.of.clone(), to, span: name.span }),
                None => Sought::Measure(goal.of.clone()),
            });
        }
        let known: Vec<&str> = self.document.goal.keys().map(|goal| goal.as_str()).collect();
        // One that is there but cannot be read has been told.
        if !known.contains(&name.as_str()) {
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => {
                    "the flowsheet has no goal; measures are written like `flow(magnets)`"
                        .to_owned()
                }
                None => format!(
                    "the goals are `{}`; measures are written like `flow(magnets)`",
                    known.join("`, `")
                ),
            };
            let message = format!("there is no goal `{name}`");
            self.report(Diagnostic::new(Code::UnknownGoal, message).at(name.span, "").help(help));
        }
        None
    }

    /// In `A + B / C` it would be open what is divided.
    pub(super) fn check_bracketed(&mut self, part: &Name) -> Option<()> {
        let mut depth = 0_usize;
        // The hyphen of a name stands in parentheses or within a word: `in-situ(ore)`.
        let sum = part.char_indices().any(|(at, sign)| {
            match sign {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let spaced = || part[at + 1..].starts_with(' ') || part[..at].ends_with([' ', ')']);
            depth == 0 && at > 0 && (sign == '+' || sign == '-' && spaced())
        });
        if !sum {
            return Some(());
        }
        let message = format!("it is open whether all of `{part}` belongs to the ratio");
        let help = "put sums in parentheses: `(A + B) / C`, or write `{ of = \"…\", to = \"…\" }`";
        self.report(Diagnostic::new(Code::BadMeasure, message).at(part.span, "").help(help));
        None
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
            let own = Provenance::said(&table.source, table.assumed.as_ref(), table.confidence);
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
                let inherit = own.clone().or(&wish);
                if let Some(found) =
                    self.figure(figure, &path, &inherit, &Expect::any(dimension).of())
                {
                    let wanted = flowsheet::Provenance::Wanted;
                    let said = self.figures[found.id].provenance.clone();
                    self.figures[found.id].provenance = wanted.clone();
                    let is_said = !own.is_empty() || !figure.provenance.is_empty();
                    let claimed = if is_said { said } else { wanted };
                    self.check_goal_basis(&of, &found);
                    bounds.push(GoalBound { sense, figure: found.id, claimed });
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
            let Some(periods) = self.stretch(table.from.as_ref(), table.until.as_ref()) else {
                continue;
            };
            self.goals.push(Goal {
                name: name.value.clone(),
                title: table.title.clone(),
                of,
                to,
                bounds,
                periods,
                enforced: table.enforce.as_ref().is_some_and(|enforce| enforce.value),
                enforced_at: table.enforce.as_ref().map_or(name.span, |enforce| enforce.span),
                span: name.span,
            });
        }
    }

    /// A bound that names its basis must name that of every flow it bounds.
    pub(super) fn check_goal_basis(&mut self, of: &Measure, found: &super::figures::Lowered) {
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
