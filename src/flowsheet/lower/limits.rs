//! Limits: supply, capacity, demand, specification, fraction, recipe, all in one form.

use super::{Lowering, figures::Expect};
use crate::{
    diagnostic::{Code, Diagnostic, Span},
    document::{self, Provenance},
    flowsheet::{Content, FigureId, Limit, LimitKind, OperationId, Port, Sense},
    measure::Dimension,
};

/// What a limit is on.
#[derive(Clone)]
pub(super) struct LimitOn {
    pub(super) kind: LimitKind,
    pub(super) operation: OperationId,
    pub(super) port: Port,
    pub(super) content: Content,
    pub(super) share_of: Option<Port>,
    /// Whether more of it may be built, so that nothing of it may be there yet.
    pub(super) grows: bool,
    /// Where to point if the limit sets none.
    pub(super) span: Span,
}

impl Lowering<'_> {
    /// Adds the limits that one key writes; a single value means `single`.
    pub(super) fn lower_limit(
        &mut self,
        limit: &document::Limit,
        single: Sense,
        path: &str,
        inherit: &Provenance,
        on: &LimitOn,
    ) {
        let expect = if on.share_of.is_some() {
            Expect::share().of()
        } else if on.kind == LimitKind::Stock {
            Expect::not_negative(Dimension::MASS)
        } else if on.kind == LimitKind::Capacity && on.grows {
            Expect::not_negative(Dimension::MASS_RATE).of()
        } else if on.kind == LimitKind::Capacity {
            Expect::positive(Dimension::MASS_RATE).of()
        } else {
            Expect::not_negative(Dimension::MASS_RATE).usual(1e-6, 5e9, "1 g/yr–5 Gt/yr").of()
        };
        let figures = Self::limit_figures(limit, single, path);
        if figures.is_empty() {
            let message = format!("`{path}` sets no limit");
            self.report(
                Diagnostic::new(Code::MissingKey, message)
                    .at(on.span, "")
                    .help("write a quantity, or a table with `min`, `max` or `exactly`"),
            );
        }
        let mut bounds: Vec<(Sense, FigureId)> = Vec::new();
        for (sense, figure, path) in figures {
            let Some(found) = self.figure(figure, &path, inherit, &expect) else { continue };
            let Some(content) = self.limit_content(&found, on) else { continue };
            bounds.push((sense, found.id));
            self.limits.push(Limit {
                kind: on.kind,
                operation: on.operation,
                sense,
                figure: found.id,
                availability: None,
                expansion: None,
                build: None,
                port: on.port,
                content,
                share_of: on.share_of,
            });
        }
        self.check_crossed(&bounds, path);
    }

    fn limit_content(&mut self, found: &super::figures::Lowered, on: &LimitOn) -> Option<Content> {
        let Some(basis) = &found.basis.numerator else { return Some(on.content.clone()) };
        let span = found.basis_span(basis);
        let content = self.content(basis, span)?;
        if !on.content.is_whole() && content != on.content {
            let message = format!(
                "the limit is on `{}`, but its figure counts `{}`",
                on.content.name, content.name
            );
            let help = if on.share_of.is_some() {
                format!(
                    "leave `{}` out, or convert the figure to `{}`",
                    content.name, on.content.name
                )
            } else {
                format!("give the figure in `{}`", on.content.name)
            };
            self.report(Diagnostic::new(Code::WrongBasis, message).at(span, "").help(help));
            return None;
        }
        Some(content)
    }

    fn check_crossed(&mut self, bounds: &[(Sense, FigureId)], path: &str) {
        let find = |wanted| bounds.iter().find(|&&(sense, _)| sense == wanted).map(|&(_, id)| id);
        if bounds.len() > 1 && find(Sense::Exactly).is_some() {
            let message = format!("`{path}` is fixed exactly and also limited");
            let mut diagnostic = Diagnostic::new(Code::LimitsCrossed, message);
            for &(_, id) in bounds {
                diagnostic = diagnostic.at(self.figures[id].span, "");
            }
            self.report(diagnostic.help("keep `exactly`, or `min` and `max`"));
            return;
        }
        let (Some(min), Some(max)) = (find(Sense::AtLeast), find(Sense::AtMost)) else { return };
        let (min, max) = (&self.figures[min], &self.figures[max]);
        if min.value > max.value {
            let diagnostic = Diagnostic::new(
                Code::LimitsCrossed,
                format!("`{path}` must be at least {} and at most {}", min.text, max.text),
            )
            .at(min.span, "at least this")
            .at(max.span, "at most this")
            .help("exchange them, or check their units");
            self.report(diagnostic);
        }
    }
}
