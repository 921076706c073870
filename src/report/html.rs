//! The report as a page for a browser: one file, charts and all, that loads nothing from elsewhere.
//!
//! Charts are figures of plotly.js as data (`chart`); `script.js` draws them in the colours that `style.css` names, in
//! light and in dark, and again when the reader chooses another part of one. What a chart shows also stands in a table, so
//! that the page can be read without any script. The same outcome makes the same bytes.
//!
//! To add a section, write a function that returns a `Section`, or none where there is nothing to tell, and name it in
//! `SECTIONS`; its words go into both files of `words/`.

mod account;
mod chain;
mod chart;
mod compare;
mod flows;
mod goals;
mod head;
mod inputs;
mod limits;
pub mod live;
mod page;
mod sweep;
mod sx;
mod table;
mod words;
mod years;

pub use compare::render_comparison;
pub use sweep::render_sweeps;
pub use words::Language;

use crate::{
    analysis::{Outcome, claims::Claim, extraction::Extraction},
    flowsheet::Flowsheet,
};
use page::{Page, Section};
use words::Words;

/// What a page tells that is not part of an outcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct More<'a> {
    /// The plants of its cascades.
    pub extraction: Option<&'a Extraction>,
    /// What becomes of each goal, as a claim.
    pub claims: Option<&'a [Claim]>,
}

/// What sections are made of.
struct Told<'a> {
    outcome: &'a Outcome,
    flowsheet: &'a Flowsheet,
    more: More<'a>,
    words: Words,
}

/// Tells a section; none where there is nothing to tell.
type Teller = fn(&Told<'_>) -> Option<Section>;

/// All sections in their order, by the names that they have on the page.
const SECTIONS: [(&str, Teller); 12] = [
    ("goals", goals::goals),
    ("production", years::production),
    ("capacity", years::capacity),
    ("cash-flow", years::cash),
    ("flows", flows::flows),
    ("chain", chain::chain),
    ("multipliers", chain::multipliers),
    ("limits", limits::limits),
    ("account", account::account),
    ("sx", sx::sx),
    ("recoveries", inputs::recoveries),
    ("inputs", inputs::inputs),
];

/// The sections that are wanted and have something to tell.
fn sections(told: &Told<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Section> {
    let wanted = SECTIONS.iter().filter(|(id, _)| wanted(id));
    let told = wanted.filter_map(|(id, tell)| {
        let section = tell(told)?;
        debug_assert_eq!(section.id, *id, "a section has one name");
        Some(section)
    });
    told.collect()
}

/// The page of an outcome; what streams contain is looked up in the flowsheet that it is of.
#[must_use]
pub fn render(outcome: &Outcome, flowsheet: &Flowsheet, language: Language) -> String {
    render_with(outcome, flowsheet, More::default(), language)
}

/// The format of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Scalable.
    Svg,
    /// In pixels.
    Png,
}

/// A page on which nothing but a picture of the flows is made, whose bytes its body then holds in hexadecimal digits.
///
/// `by` is what is looked at: `mass`, `value`, or the name of a group, an element or a species.
///
/// # Errors
/// What can be looked at, if `by` is none of it.
pub fn picture(
    outcome: &Outcome,
    flowsheet: &Flowsheet,
    by: &str,
    format: Picture,
    language: Language,
) -> Result<String, Vec<String>> {
    let told = Told { outcome, flowsheet, more: More::default(), words: Words::new(language) };
    let chart = flows::picture(&told, by)?;
    let body = chart.markup(&told.words);
    let section = Section { id: "flows", title: outcome.title.clone(), body, charts: vec![chart] };
    let page = Page {
        title: outcome.title.clone(),
        head: maud::html! {},
        sections: vec![section],
        foot: maud::html! {},
        picture: Some(format),
    };
    Ok(page.to_html(&told.words))
}

/// The same, and more.
#[must_use]
pub fn render_with(
    outcome: &Outcome,
    flowsheet: &Flowsheet,
    more: More<'_>,
    language: Language,
) -> String {
    let told = Told { outcome, flowsheet, more, words: Words::new(language) };
    let page = Page {
        title: outcome.title.clone(),
        head: head::head(&told),
        sections: sections(&told, |_| true),
        foot: head::foot(&told),
        picture: None,
    };
    page.to_html(&told.words)
}

#[cfg(test)]
mod contrast;
