//! Ranges of figures: two values with the figure between them.

use super::{Lowering, figures::Expect};
use crate::{
    diagnostic::{Code, Diagnostic, Severity, Span},
    document::{self, Scalar, Spanned},
    flowsheet::Range,
    measure::{Basis, Dimension, Quantity},
};

/// The figure that a range is of.
pub(super) struct Written<'a> {
    pub(super) value: f64,
    pub(super) dimension: Dimension,
    pub(super) basis: &'a Basis,
    pub(super) text: &'a str,
    pub(super) span: Span,
}

impl Lowering<'_> {
    /// Reads the range of a figure. Reports what is wrong and returns none in that case.
    pub(super) fn range(
        &mut self,
        range: &document::Range,
        of: &Written<'_>,
        path: &str,
        expect: &Expect,
    ) -> Option<Range> {
        let [low, high] = range.value.as_slice() else {
            let found = match range.value.len() {
                0 => "is empty".to_owned(),
                1 => "has one value, not two".to_owned(),
                count => format!("has {count} values, not two"),
            };
            self.report_range(range.span, format!("the range of `{path}` {found}"));
            return None;
        };
        let low = self.end(low, of, path, expect);
        let high = self.end(high, of, path, expect);
        let ((low, low_text), (high, high_text)) = (low?, high?);
        if !(low..=high).contains(&of.value) {
            let is_changed = |span: Span| self.document.changed.iter().any(|it| it.contains(span));
            if is_changed(of.span) && !is_changed(range.span) {
                // It was given for what stood there before.
                let message = format!(
                    "`{path}` is set to {}, beyond its range, {low_text} to {high_text}, which is not heeded",
                    of.text
                );
                let mut finding = Diagnostic::new(Code::BadRange, message)
                    .at(of.span, "")
                    .at(range.span, "the range")
                    .help("the plan is for that value; what varies ranges leaves this figure as it is");
                finding.severity = Severity::Warning;
                self.report(finding);
                return None;
            }
            let message = format!(
                "the range of `{path}`, {low_text} to {high_text}, does not hold its value, {}",
                of.text
            );
            self.report_range(range.span, message);
            return None;
        }
        Some(Range { low, high, text: [low_text, high_text] })
    }

    /// One end in internal units, and as it was written.
    fn end(
        &mut self,
        end: &Spanned<Scalar>,
        of: &Written<'_>,
        path: &str,
        expect: &Expect,
    ) -> Option<(f64, String)> {
        let (read, text) = match self.scalar(end) {
            Ok(read) => read,
            Err((message, span)) => {
                self.report_range(span, format!("the range of `{path}`: {message}"));
                return None;
            }
        };
        if read.dimension != of.dimension || read.basis != *of.basis {
            let message = format!(
                "the range of `{path}` must be in units and on the basis of its value, {}, found {text}",
                of.text
            );
            self.report_range(end.span, message);
            return None;
        }
        let path = format!("{path}.range");
        self.check_range(read.value, &text, &path, end.span, expect)?;
        Some((read.value, text))
    }

    /// A value in internal units and as it was written; or what is wrong with it, and where.
    pub(super) fn scalar(
        &self,
        written: &Spanned<Scalar>,
    ) -> Result<(Quantity, String), (String, Span)> {
        match &written.value {
            Scalar::Number(value) => {
                let (dimension, basis) = (Dimension::FRACTION, Basis::default());
                let read = Quantity { value: *value, dimension, basis, percent_like: false };
                Ok((read, value.to_string()))
            }
            Scalar::Text(text) => match self.units.parse(text) {
                Ok(read) => Ok((read, text.clone())),
                Err(error) => Err((error.message, written.span.part(text, error.range))),
            },
        }
    }

    fn report_range(&mut self, span: Span, message: String) {
        let help = "write the least and the greatest value: `range = [\"10 USD/t\", \"45 USD/t\"]`";
        let help = help.replace("USD", &self.units.currency);
        self.report(Diagnostic::new(Code::BadRange, message).at(span, "").help(help));
    }
}
