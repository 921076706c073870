//! Figures: units read, ranges checked, provenance resolved.

use super::{Lowering, ranges::Written};
use crate::{
    diagnostic::{Code, Diagnostic, Span},
    document::{self, Limit, Scalar},
    flowsheet::{Figure, FigureId, Provenance},
    measure::{Basis, Dimension, Mismatch},
};

/// No figure is larger, in internal units: beyond, sums and products of figures lose all meaning.
const LARGEST: f64 = 1e15;

/// No figure but 0 is smaller: 1 mg/yr is 1e-9 t/yr.
const SMALLEST: f64 = 1e-12;

/// A bare number, without hundreds of zeros.
fn written(value: f64) -> String {
    let plain = value == 0.0 || (1e-9..1e21).contains(&value.abs()) || !value.is_finite();
    if plain { value.to_string() } else { format!("{value:e}") }
}

/// The values that make sense.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Range {
    Any,
    NotNegative,
    Positive,
    Share,
    PositiveShare,
}

/// What a figure must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expect {
    dimension: Dimension,
    range: Range,
    /// Whether it may name what it is of (`10 kt/yr REO`) and what it is per (`69 USD/kg NdPr`).
    basis: (bool, bool),
    /// Values outside are probably a mistake: least, greatest, in internal units, and the same in words.
    usual: Option<(f64, f64, &'static str)>,
    /// Whether it may also be written per year.
    yearly: bool,
    /// Whether it is the same in all periods.
    constant: bool,
}

impl Expect {
    pub(super) const fn any(dimension: Dimension) -> Self {
        Self {
            dimension,
            range: Range::Any,
            basis: (false, false),
            usual: None,
            yearly: false,
            constant: false,
        }
    }

    pub(super) const fn not_negative(dimension: Dimension) -> Self {
        Self {
            dimension,
            range: Range::NotNegative,
            basis: (false, false),
            usual: None,
            yearly: false,
            constant: false,
        }
    }

    pub(super) const fn positive(dimension: Dimension) -> Self {
        Self {
            dimension,
            range: Range::Positive,
            basis: (false, false),
            usual: None,
            yearly: false,
            constant: false,
        }
    }

    /// The same in all periods.
    pub(super) const fn constant(self) -> Self {
        Self { constant: true, ..self }
    }

    /// Whether it must be the same in all periods.
    pub(super) const fn is_constant(&self) -> bool {
        self.constant
    }

    /// The least and the greatest value that it may have, in internal units.
    const fn allowed(&self) -> (f64, f64) {
        match self.range {
            Range::Any => (-LARGEST, LARGEST),
            Range::NotNegative => (0.0, LARGEST),
            Range::Positive => (SMALLEST, LARGEST),
            Range::Share => (0.0, 1.0),
            Range::PositiveShare => (SMALLEST, 1.0),
        }
    }

    /// A rate per year, such as `8 %/yr` or `8 %`.
    pub(super) const fn yearly() -> Self {
        Self { yearly: true, ..Self::any(Dimension::FRACTION) }
    }

    /// A share that goes per year, 0–1.
    pub(super) const fn yearly_share() -> Self {
        Self { yearly: true, ..Self::share() }
    }

    /// A share of something, 0–1.
    pub(super) const fn share() -> Self {
        Self {
            dimension: Dimension::FRACTION,
            range: Range::Share,
            basis: (false, false),
            usual: None,
            yearly: false,
            constant: false,
        }
    }

    /// A share of something that is not none, 0–1 without 0.
    pub(super) const fn positive_share() -> Self {
        Self { range: Range::PositiveShare, ..Self::share() }
    }

    /// It may name what it is of: `10 kt/yr REO`.
    pub(super) const fn of(self) -> Self {
        Self { basis: (true, self.basis.1), ..self }
    }

    /// It may name what it is per: `69 USD/kg NdPr`.
    pub(super) const fn per(self) -> Self {
        Self { basis: (self.basis.0, true), ..self }
    }

    pub(super) const fn usual(self, least: f64, greatest: f64, words: &'static str) -> Self {
        Self { usual: Some((least, greatest, words)), ..self }
    }

    /// The usual range of a price per t, or per kWh.
    pub(super) fn usual_price(self) -> Self {
        if self.dimension == Dimension::MONEY_PER_MASS {
            self.usual(0.01, 2e7, "0.01–20,000,000 {money}/t")
        } else if self.dimension == Dimension::MONEY_PER_ENERGY {
            self.usual(0.001, 10.0, "0.001–10 {money}/kWh")
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
    text: String,
}

impl Lowered {
    /// Where the words stand that say of what the figure is.
    pub(super) fn basis_span(&self, basis: &str) -> Span {
        match self.text.rfind(basis) {
            Some(at) if !basis.is_empty() => self.span.part(&self.text, at..at + basis.len()),
            _ => self.span,
        }
    }
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
                (*value, Dimension::FRACTION, Basis::default(), written(*value))
            }
            Scalar::Text(text) => match self.units.parse(text) {
                Ok(quantity) => (quantity.value, quantity.dimension, quantity.basis, text.clone()),
                Err(error) => {
                    let span = figure.span.part(text, error.range);
                    let mut diagnostic =
                        Diagnostic::new(Code::BadQuantity, format!("`{path}`: {}", error.message))
                            .at(span, "");
                    if let Some(help) = error.help {
                        diagnostic = diagnostic.help(help);
                    }
                    self.report(diagnostic);
                    return None;
                }
            },
        };
        let yearly = expect.yearly && dimension == Dimension::PER_TIME;
        if dimension != expect.dimension && !yearly {
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
            let slip = Mismatch { expected: expect.dimension, found: dimension }.help();
            let example = expect.dimension.example().map(|example| {
                format!("write it like `\"{}\"`", example.replace("USD", &self.units.currency))
            });
            if let Some(help) = slip.or(example) {
                diagnostic = diagnostic.help(help);
            }
            self.report(diagnostic);
            return None;
        }
        let named = [(&basis.numerator, expect.basis.0), (&basis.denominator, expect.basis.1)];
        if let Some((Some(name), _)) = named.iter().find(|(name, may)| name.is_some() && !may) {
            let message = format!("`{path}` is of the whole, but its figure names `{name}`");
            self.report(
                Diagnostic::new(Code::WrongBasis, message)
                    .at(figure.span, "")
                    .help("leave the basis out, and convert the figure if it was on that basis"),
            );
            return None;
        }
        self.check_range(value, &text, path, figure.span, expect)?;
        let written = Written { value, dimension, basis: &basis, text: &text, span: figure.span };
        let range =
            figure.range.as_ref().and_then(|range| self.range(range, &written, path, expect));
        let provenance = self.origin(&figure.provenance, figure.span, path, inherit);
        let id = self.figures.push(Figure {
            path: path.to_owned(),
            text: text.clone(),
            value,
            span: figure.span,
            provenance,
            range,
            allowed: expect.allowed(),
        });
        if !self.document.sweep.is_empty() {
            self.expected.insert(id, *expect);
        }
        self.lower_course(figure, path, inherit, expect, id);
        Some(Lowered { id, basis, span: figure.span, text })
    }

    /// Values outside are no values of a figure, whatever else it may be: ends that a check of its own has.
    pub(super) fn narrow(&mut self, id: FigureId, low: f64, high: f64) {
        let allowed = &mut self.figures[id].allowed;
        *allowed = (allowed.0.max(low), allowed.1.min(high));
    }

    pub(super) fn check_range(
        &mut self,
        value: f64,
        text: &str,
        path: &str,
        span: Span,
        expect: &Expect,
    ) -> Option<()> {
        let unit = expect.dimension.to_string().replace("money", &self.units.currency);
        let unit = if unit == "1" { String::new() } else { format!(" {unit}") };
        let fault = match expect.range {
            _ if !value.is_finite() => Some("must be a finite number".to_owned()),
            _ if value.abs() > LARGEST => Some(format!("must be at most 1e15{unit}")),
            _ if value != 0.0 && value.abs() < SMALLEST => {
                Some(format!("must be 0 or at least 1e-12{unit} in size"))
            }
            Range::NotNegative if value < 0.0 => Some("must not be negative".to_owned()),
            Range::Positive | Range::PositiveShare if value <= 0.0 => {
                Some("must be greater than 0".to_owned())
            }
            Range::Share | Range::PositiveShare if !(0.0..=1.0).contains(&value) => {
                Some("must lie between 0 % and 100 %".to_owned())
            }
            _ => None,
        };
        if let Some(fault) = fault {
            let message = format!("`{path}` {fault}, found {text}");
            let mut diagnostic = Diagnostic::new(Code::OutOfRange, message).at(span, "");
            let bare = text.parse::<f64>().is_ok();
            if expect.range == Range::Share && bare && value > 1.0 && value <= 100.0 {
                diagnostic = diagnostic.help(format!(
                    "a bare number is a share of 1; write `\"{text} %\"` for percent"
                ));
            } else if expect.range == Range::Positive && expect.dimension == Dimension::MASS_RATE {
                diagnostic = diagnostic.help("to close a route, remove it or limit its flow to 0");
            } else if path.starts_with("product.") && value < 0.0 {
                diagnostic = diagnostic
                    .help("what costs money to be rid of is a `[waste.NAME]` with a `cost`");
            } else if path.starts_with("waste.") && path.contains(".cost") && value < 0.0 {
                diagnostic =
                    diagnostic.help("what earns money is a `[product.NAME]` with a `price`");
            }
            self.report(diagnostic);
            return None;
        }
        if let Some((least, greatest, words)) = expect.usual
            && value != 0.0
            && !(least..=greatest).contains(&value)
        {
            let words = words.replace("{money}", &self.units.currency);
            let message = format!("`{path}` is {text}, but such figures are usually {words}");
            self.report(
                Diagnostic::new(Code::ImplausibleFigure, message)
                    .at(span, "")
                    .help("check the unit: t against kg, % against ppm, year against hour"),
            );
        }
        Some(())
    }

    /// Where a figure comes from: as it says itself, as its table says, as the header says.
    pub(super) fn origin(
        &mut self,
        own: &document::Provenance,
        span: Span,
        path: &str,
        inherit: &document::Provenance,
    ) -> Provenance {
        let chosen = if own.is_empty() { inherit } else { own };
        let chosen = if chosen.is_empty() { self.provenance.clone() } else { chosen.clone() };
        if let Some(reason) = chosen.assumed {
            return Provenance::Assumed { reason: reason.value };
        }
        if chosen.source.is_empty() {
            self.unstated.push((span, path.to_owned()));
            return Provenance::Unstated;
        }
        let ids = chosen.source.into_iter().map(|id| id.value).collect();
        Provenance::Sourced { ids, confidence: chosen.confidence }
    }

    /// The path of an item of a list, counted from 0; what stands alone has the path of the list.
    pub(super) fn item_path(path: &str, at: usize, count: usize) -> String {
        if count > 1 { format!("{path}.{at}") } else { path.to_owned() }
    }

    /// The figures of a limit with their senses; a single value means `single`.
    pub(super) fn limit_figures<'l>(
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
