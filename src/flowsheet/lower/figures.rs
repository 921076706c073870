//! Figures: units read, ranges checked, provenance resolved.

use super::{Lowering, did_you_mean, keys};
use crate::{
    diagnostic::{Code, Diagnostic, Span, nearest},
    document::{self, Limit, Scalar},
    flowsheet::{Figure, FigureId, Provenance},
    measure::{Basis, Dimension},
};

/// The values that make sense.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Range {
    Any,
    NotNegative,
    Positive,
    Share,
}

/// What a figure must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expect {
    dimension: Dimension,
    range: Range,
    /// Values outside are probably a mistake: least, greatest, in internal units, and the same in words.
    usual: Option<(f64, f64, &'static str)>,
}

impl Expect {
    pub(super) const fn any(dimension: Dimension) -> Self {
        Self { dimension, range: Range::Any, usual: None }
    }

    pub(super) const fn not_negative(dimension: Dimension) -> Self {
        Self { dimension, range: Range::NotNegative, usual: None }
    }

    pub(super) const fn positive(dimension: Dimension) -> Self {
        Self { dimension, range: Range::Positive, usual: None }
    }

    /// A share of something, 0–1.
    pub(super) const fn share() -> Self {
        Self { dimension: Dimension::FRACTION, range: Range::Share, usual: None }
    }

    pub(super) const fn usual(self, least: f64, greatest: f64, words: &'static str) -> Self {
        Self { usual: Some((least, greatest, words)), ..self }
    }

    /// The usual range of a price per t, or per kWh.
    pub(super) fn usual_price(self) -> Self {
        if self.dimension == Dimension::MONEY_PER_MASS {
            self.usual(0.01, 2e7, "0.01–20,000,000 per t")
        } else if self.dimension == Dimension::MONEY_PER_ENERGY {
            self.usual(0.001, 10.0, "0.001–10 per kWh")
        } else {
            self
        }
    }
}

/// A figure that was lowered, and the basis that it names.
pub(super) struct Lowered {
    pub(super) id: FigureId,
    pub(super) basis: Basis,
    pub(super) span: Span,
}

impl Lowering<'_> {
    /// The dimension of a figure, if it can be read.
    pub(super) fn dimension_of(&self, figure: &document::Figure) -> Option<Dimension> {
        match &figure.value {
            Scalar::Number(_) => Some(Dimension::FRACTION),
            Scalar::Text(text) => Some(self.units.parse(text).ok()?.dimension),
        }
    }

    /// Reads a figure. Reports what is wrong and returns none in that case.
    pub(super) fn figure(
        &mut self,
        figure: &document::Figure,
        path: &str,
        inherit: &document::Provenance,
        expect: &Expect,
    ) -> Option<Lowered> {
        let (value, dimension, basis, text) = match &figure.value {
            Scalar::Number(value) => {
                (*value, Dimension::FRACTION, Basis::default(), value.to_string())
            }
            Scalar::Text(text) => match self.units.parse(text) {
                Ok(quantity) => (quantity.value, quantity.dimension, quantity.basis, text.clone()),
                Err(error) => {
                    // Positions in the text are positions after the opening quote.
                    let start = figure.span.start as usize + 1;
                    let span = Span::new(start + error.range.start, start + error.range.end);
                    let mut diagnostic = Diagnostic::new(
                        Code::BadQuantity,
                        format!("{} in `{path}`", error.message),
                    )
                    .at(span, "");
                    if let Some(help) = error.help {
                        diagnostic = diagnostic.help(help);
                    }
                    self.report(diagnostic);
                    return None;
                }
            },
        };
        if dimension != expect.dimension {
            let found = if matches!(figure.value, Scalar::Number(_))
                && expect.dimension != Dimension::FRACTION
            {
                format!("the bare number {text}")
            } else {
                dimension.describe()
            };
            let message =
                format!("`{path}` must be {}, found {found}", expect.dimension.describe());
            let mut diagnostic = Diagnostic::new(Code::WrongDimension, message).at(figure.span, "");
            if let Some(example) = expect.dimension.example() {
                diagnostic = diagnostic.help(format!("write it like `\"{example}\"`"));
            }
            self.report(diagnostic);
            return None;
        }
        self.check_range(value, path, figure.span, expect)?;
        let provenance = self.resolve_provenance(figure, path, inherit);
        let id = self.figures.push(Figure {
            path: path.to_owned(),
            text,
            value,
            span: figure.span,
            provenance,
        });
        Some(Lowered { id, basis, span: figure.span })
    }

    fn check_range(&mut self, value: f64, path: &str, span: Span, expect: &Expect) -> Option<()> {
        let fault = match expect.range {
            _ if !value.is_finite() => Some("must be a finite number"),
            Range::Any => None,
            Range::NotNegative => (value < 0.0).then_some("must not be negative"),
            Range::Positive => (value <= 0.0).then_some("must be greater than 0"),
            Range::Share => {
                (!(0.0..=1.0).contains(&value)).then_some("must lie between 0 % and 100 %")
            }
        };
        if let Some(fault) = fault {
            let mut diagnostic =
                Diagnostic::new(Code::OutOfRange, format!("`{path}` {fault}")).at(span, "");
            if expect.range == Range::Share && value > 1.0 && value <= 100.0 {
                diagnostic = diagnostic
                    .help(format!("a bare number is a share; did you mean `\"{value} %\"`?"));
            }
            self.report(diagnostic);
            return None;
        }
        if let Some((least, greatest, words)) = expect.usual
            && value != 0.0
            && !(least..=greatest).contains(&value)
        {
            let message = format!("`{path}` is unusual; the usual range is {words}");
            self.report(
                Diagnostic::new(Code::ImplausibleFigure, message)
                    .at(span, "")
                    .help("check the unit: t against kg, % against ppm, year against hour"),
            );
        }
        Some(())
    }

    fn resolve_provenance(
        &mut self,
        figure: &document::Figure,
        path: &str,
        inherit: &document::Provenance,
    ) -> Provenance {
        let own = &figure.provenance;
        let chosen = if own.is_empty() { inherit } else { own };
        let chosen = if chosen.is_empty() { self.provenance.clone() } else { chosen.clone() };
        for id in &chosen.source {
            self.check_source(id);
        }
        if let Some(reason) = chosen.assumed {
            return Provenance::Assumed { reason: reason.value };
        }
        if chosen.source.is_empty() {
            self.unstated.push((figure.span, path.to_owned()));
            return Provenance::Unstated;
        }
        let ids = chosen.source.into_iter().map(|id| id.value).collect();
        Provenance::Sourced { ids, confidence: chosen.confidence }
    }

    fn check_source(&mut self, id: &document::Name) {
        let document = self.document;
        if document.source.contains_key(id.as_str()) {
            return;
        }
        let known = self.findings.iter().any(|finding| {
            finding.code == Code::UnknownSource && finding.labels[0].span == id.span
        });
        if known {
            return;
        }
        let near = nearest(id, keys(&document.source)).map(str::to_owned);
        let help = did_you_mean(near, &format!("define it: `[source.{id}]` with a `title`"));
        let message = format!("source `{id}` is not defined");
        self.report(Diagnostic::new(Code::UnknownSource, message).at(id.span, "").help(help));
    }

    /// The figures of a limit with their senses; a single value means `single`.
    pub(super) fn limit_figures<'l>(
        &mut self,
        limit: &'l Limit,
        single: crate::flowsheet::Sense,
        path: &str,
    ) -> Vec<(crate::flowsheet::Sense, &'l document::Figure, String)> {
        use crate::flowsheet::Sense;
        let mut figures = Vec::new();
        if let Some(figure) = &limit.value {
            figures.push((single, figure, path.to_owned()));
        }
        let keyed = [
            (Sense::AtLeast, &limit.min, "min"),
            (Sense::AtMost, &limit.max, "max"),
            (Sense::Exactly, &limit.exactly, "exactly"),
        ];
        for (sense, figure, key) in keyed {
            if let Some(figure) = figure {
                figures.push((sense, figure, format!("{path}.{key}")));
            }
        }
        figures
    }
}
