//! Fields and sliders: which figures can be changed, between which values, under which heading.

use maud::{Markup, html};

use super::super::{chart::rounded, words::Words};
use crate::{
    flowsheet::{Figure, Flowsheet, Provenance},
    measure::split_number,
};

/// What kind of figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Capacity,
    Price,
    Grade,
    Recovery,
    Goal,
    Other,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Capacity, Self::Price, Self::Grade, Self::Recovery, Self::Goal, Self::Other];

    /// By the keys of its path.
    fn of(path: &str) -> Self {
        let keys: Vec<&str> = path.split('.').collect();
        let has = |known: &[&str]| keys.iter().any(|key| known.contains(key));
        match keys.first() {
            Some(&"goal") => Self::Goal,
            Some(&("price" | "money" | "curve")) => Self::Price,
            _ if has(&["assay", "specification"]) => Self::Grade,
            _ if has(&["recovery", "conversion", "split"]) => Self::Recovery,
            _ if has(&[
                "price",
                "cost",
                "opex",
                "payable",
                "incentive",
                "fixed-cost",
                "credit",
            ]) =>
            {
                Self::Price
            }
            _ if has(&["capacity", "supply", "demand", "limit", "volume", "operators"]) => {
                Self::Capacity
            }
            _ => Self::Other,
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Capacity => "fields-capacity",
            Self::Price => "fields-price",
            Self::Grade => "fields-grade",
            Self::Recovery => "fields-recovery",
            Self::Goal => "fields-goal",
            Self::Other => "fields-other",
        }
    }
}

/// A figure that can be changed.
struct Field<'a> {
    figure: &'a Figure,
    /// The ends of its slider, in the unit in which it is written; none if it has no slider.
    slider: Option<(f64, f64)>,
}

/// All figures that can be changed, in the order of the file.
fn fields(flowsheet: &Flowsheet) -> impl Iterator<Item = Field<'_>> {
    let written = flowsheet.figures.iter();
    let written = written.filter(|figure| figure.provenance != Provenance::Computed);
    // Another length of a period is another plan, and no slider moves it.
    let set = written.filter(|figure| !figure.path.starts_with("period."));
    set.map(|figure| Field { figure, slider: slider(figure) })
}

/// The key by which the figure at a path is set: names that are not bare keys stand in quotes.
#[must_use]
pub fn key_of(path: &str) -> String {
    let is_bare = |key: &str| {
        key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let keys = path.split('.').map(|key| {
        if is_bare(key) { key.to_owned() } else { serde_json::Value::from(key).to_string() }
    });
    keys.collect::<Vec<_>>().join(".")
}

/// From which value to which one it is worth looking: the range that is given for it, or from nothing to twice as much, as far
/// as it may go.
fn slider(figure: &Figure) -> Option<(f64, f64)> {
    let (written, unit) = split_number(&figure.text)?;
    let per_unit = match (written, unit.trim().starts_with('%')) {
        (_, true) => 0.01,
        (0.0, _) => return None,
        _ => figure.value / written,
    };
    let given = figure.range.as_ref().map(|range| (range.low / per_unit, range.high / per_unit));
    let doubled = 2.0 * written;
    let (low, high) = given.unwrap_or((doubled.min(0.0), doubled.max(0.0)));
    let (least, greatest) = (figure.allowed.0 / per_unit, figure.allowed.1 / per_unit);
    let high = if written == 0.0 && given.is_none() { greatest } else { high.min(greatest) };
    // What may not be nothing begins just above it.
    let low = if least > 0.0 && given.is_none() { least.max(high / 200.0) } else { low.max(least) };
    (low.is_finite() && high.is_finite() && low < high).then_some((low, high))
}

/// All fields under their headings.
pub(super) fn panel(flowsheet: &Flowsheet, words: &Words) -> Markup {
    let all: Vec<Field<'_>> = fields(flowsheet).collect();
    html! {
        @for kind in Kind::ALL {
            @let members: Vec<&Field<'_>> = all.iter().filter(|field| Kind::of(&field.figure.path) == kind).collect();
            @if !members.is_empty() {
                details.fields id=(kind.heading()) open[kind == Kind::Capacity] {
                    summary { (words.text(kind.heading())) " (" (members.len()) ")" }
                    @for field in members {
                        (field.markup(words))
                    }
                }
            }
        }
    }
}

impl Field<'_> {
    fn markup(&self, words: &Words) -> Markup {
        let Figure { path, text, .. } = self.figure;
        let id = format!("field-{path}");
        let keys: Vec<&str> = path.split('.').collect();
        let (owner, rest) = match keys.as_slice() {
            [_, owner, rest @ ..] => (*owner, rest.join(".")),
            _ => (path.as_str(), String::new()),
        };
        let origin = origin(self.figure, words);
        html! {
            div.field data-path=(path) {
                label for=(id) title=(path) { b { (owner) } " " (rest) }
                input.text type="text" id=(id) value=(text) spellcheck="false" aria-describedby={ (id) "-told" };
                @if let Some((low, high)) = self.slider {
                    input.slider type="range" min=(rounded(low)) max=(rounded(high)) step="any" aria-label=(path);
                }
                button.back type="button" hidden title=(words.text("field-back")) aria-label={ (words.text("field-back")) ": " (path) } { "↺" }
                p.told id={ (id) "-told" } { (origin) }
                p.wrong role="status" {}
            }
        }
    }
}

/// Where a figure comes from, in a few words.
fn origin(figure: &Figure, words: &Words) -> String {
    match &figure.provenance {
        Provenance::Sourced { ids, .. } => ids.join(", "),
        Provenance::Assumed { .. } => words.text("field-assumed"),
        Provenance::Wanted | Provenance::Computed | Provenance::Unstated => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_bare_keys_are_quoted() {
        let key = key_of("extractant.P507.separation-factor.Er/Y");
        assert_eq!(key, r#"extractant.P507.separation-factor."Er/Y""#);
    }
}
