//! Targets: what a command is to reach, `magnets >= 2500 t/yr`, as a goal that is enforced.

use std::sync::Arc;

use super::{Lowering, figures::Expect, goals::split_ratio};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, nearest},
    document::{self, Name, Provenance, Scalar, Spanned},
    flowsheet::{
        self, Content, Flowsheet, Goal, GoalBound, GoalId, Measure, MeasureUnit, Port, Sense, Term,
    },
};

/// What is compared: a measure, or a ratio of two.
type Compared = (Measure, Option<Measure>);

/// The signs of a comparison, the longer ones first.
const SIGNS: [(&str, Sense); 5] = [
    (">=", Sense::AtLeast),
    ("<=", Sense::AtMost),
    ("≥", Sense::AtLeast),
    ("≤", Sense::AtMost),
    ("=", Sense::Exactly),
];

impl Flowsheet {
    /// Adds a goal that is enforced: `NAME >= VALUE`, `<=` or `=`. The name is that of a goal, whose measure is taken, of
    /// an operation, whose inlet is meant, or of a stream; or it is a measure, or a ratio `A / B` of any of these but goals.
    ///
    /// # Errors
    /// Findings, if the text cannot be read.
    pub fn add_target(&mut self, text: &Name) -> Result<GoalId, Diagnostics> {
        let document = Arc::clone(&self.document);
        let mut lowering = Lowering::again(self, &document);
        let goal = lowering.target(text);
        let findings = lowering.findings;
        match goal {
            Some(goal) if !findings.has_errors() => {
                self.figures = lowering.figures;
                Ok(self.goals.push(goal))
            }
            _ => Err(findings),
        }
    }
}

impl<'d> Lowering<'d> {
    /// What is at hand while a flowsheet is read, for one more text about it.
    fn again(flowsheet: &Flowsheet, document: &'d document::Document) -> Self {
        let name = |id| flowsheet.species[id].name.clone();
        let operation = |id| flowsheet.operations[id].name.clone();
        Self {
            document,
            units: flowsheet.units.clone(),
            findings: Diagnostics::new(),
            figures: flowsheet.figures.clone(),
            species: flowsheet.species.clone(),
            species_names: flowsheet.species.ids().map(|id| (name(id), id)).collect(),
            groups: flowsheet.groups.clone(),
            stages: flowsheet.stages.clone(),
            names: flowsheet.operations.ids().map(|id| (operation(id), id)).collect(),
            operations: flowsheet.operations.clone(),
            streams: flowsheet.streams.clone(),
            consumables: flowsheet.consumables.clone(),
            market: flowsheet.market.clone(),
            limits: flowsheet.limits.clone(),
            goals: flowsheet.goals.clone(),
            periods: flowsheet.periods.clone(),
            series: flowsheet.series.clone(),
            builds: flowsheet.builds.clone(),
            choices: flowsheet.choices.clone(),
            expected: std::collections::HashMap::new(),
            provenance: Provenance::default(),
            unstated: Vec::new(),
            told: std::collections::HashSet::new(),
        }
    }

    fn target(&mut self, text: &Name) -> Option<Goal> {
        let Some((left, sense, right)) = split(text) else {
            let message = format!("the target `{text}` does not say what it is to be");
            let finding = Diagnostic::new(Code::BadMeasure, message).at(text.span, "");
            self.report(finding.help(
                "write a name or a measure, `>=`, `<=` or `=`, and a value: `magnets >= 2500 t/yr`",
            ));
            return None;
        };
        let (of, to) = self.compared(&left)?;
        let dimension = flowsheet::goal_dimension(&of, to.as_ref());
        let wish = Provenance {
            assumed: Some(Spanned::new("a target".to_owned(), text.span)),
            ..Provenance::default()
        };
        let figure = document::Figure::plain(Scalar::Text(right.value.clone()), right.span);
        let path = format!("--target {left}");
        let found = self.figure(&figure, &path, &wish, &Expect::any(dimension).of())?;
        self.figures[found.id].provenance = flowsheet::Provenance::Wanted;
        self.check_goal_basis(&of, &found);
        let mut periods = self.periods.ids();
        let first = periods.next()?;
        Some(Goal {
            name: left.value.clone(),
            title: None,
            of,
            to,
            bounds: vec![GoalBound {
                sense,
                figure: found.id,
                claimed: flowsheet::Provenance::Wanted,
            }],
            periods: (first, periods.next_back().unwrap_or(first)),
            enforced: true,
            enforced_at: left.span,
            span: text.span,
        })
    }

    /// A goal by its name, a measure, or a ratio.
    fn compared(&mut self, text: &Name) -> Option<Compared> {
        if let Some(goal) = self.goals.iter().find(|goal| goal.name == text.value) {
            return Some((goal.of.clone(), goal.to.clone()));
        }
        match split_ratio(text) {
            Some((of, to)) => {
                self.check_bracketed(&of)?;
                self.check_bracketed(&to)?;
                Some((self.flow_or_measure(&of)?, Some(self.flow_or_measure(&to)?)))
            }
            None => Some((self.flow_or_measure(text)?, None)),
        }
    }

    /// A measure, or the name of an operation or stream, whose flow is meant.
    fn flow_or_measure(&mut self, text: &Name) -> Option<Measure> {
        if text.contains('(') {
            return self.measure(text);
        }
        let stream = self.streams.ids().find(|&id| self.streams[id].name == text.value);
        let port = match (self.names.get(text.as_str()), stream) {
            (Some(&operation), _) => Port::Inlet(operation),
            (None, Some(stream)) => Port::Stream(stream),
            (None, None) => {
                let goals = self.goals.iter().map(|goal| goal.name.as_str());
                let operations = self.operations.iter().map(|it| it.name.as_str());
                let streams = self.streams.iter().map(|it| it.name.as_str());
                let help = match nearest(text, goals.chain(operations).chain(streams)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name a goal, a product or another operation, or write a measure: `flow(magnets)`"
                        .to_owned(),
                };
                let message = format!("there is no goal, operation or stream `{text}`");
                let finding = Diagnostic::new(Code::UnknownGoal, message).at(text.span, "");
                self.report(finding.help(help));
                return None;
            }
        };
        let term = Term::Flow(port, Content::whole());
        let unit = MeasureUnit::MassRate;
        Some(Measure { text: format!("flow({text})"), terms: vec![(1.0, term)], unit })
    }
}

/// Both sides of a comparison, and its sense.
fn split(text: &Name) -> Option<(Name, Sense, Name)> {
    let (at, length, sense) = SIGNS
        .into_iter()
        .filter_map(|(sign, sense)| Some((text.find(sign)?, sign.len(), sense)))
        .min_by_key(|&(at, length, _)| (at, std::cmp::Reverse(length)))?;
    let side = |from: usize, to: usize| {
        let part = &text[from..to];
        let start = from + (part.len() - part.trim_start().len());
        let end = start + part.trim().len();
        Spanned::new(part.trim().to_owned(), text.span.part(text, start..end))
    };
    let (left, right) = (side(0, at), side(at + length, text.len()));
    (!left.is_empty() && !right.is_empty()).then_some((left, sense, right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    #[test]
    fn a_target_is_split_at_its_sign() {
        let text = Name::new("flow(a)  ≥ 3 t/yr".to_owned(), Span::new(10, 29));
        let (left, sense, right) = split(&text).expect("it has a sign");
        assert_eq!((left.as_str(), sense, right.as_str()), ("flow(a)", Sense::AtLeast, "3 t/yr"));
        assert_eq!((left.span, right.span), (Span::new(10, 17), Span::new(23, 29)));
        for (text, wanted) in
            [("a<=1", Sense::AtMost), ("a = 1", Sense::Exactly), ("a>=1", Sense::AtLeast)]
        {
            let found = split(&Name::new(text.to_owned(), Span::default()));
            assert_eq!(found.map(|(_, sense, _)| sense), Some(wanted));
        }
        assert!(split(&Name::new("a > 1".to_owned(), Span::default())).is_none());
        assert!(split(&Name::new(">= 1 t/yr".to_owned(), Span::default())).is_none());
    }
}
