//! The report as a page for a browser: one file, charts and all, that loads nothing from elsewhere.
//!
//! Charts are figures of plotly.js as data (`chart`); `script.js` draws them in the colours that `style.css` names, in
//! light and in dark, and again when the reader chooses another part of one. What a chart shows also stands in a table, so
//! that the page can be read without any script. The same outcome makes the same bytes.
//!
//! To add a section, write a function that returns a `Section`, or none where there is nothing to tell, and name it in
//! `sections`; its words go into both files of `words/`.

mod account;
mod chain;
mod chart;
mod flows;
mod goals;
mod head;
mod limits;
mod page;
mod table;
mod words;
mod years;

pub use words::Language;

use crate::{analysis::Outcome, flowsheet::Flowsheet};
use page::{Page, Section};
use words::Words;

/// What sections are made of.
struct Told<'a> {
    outcome: &'a Outcome,
    flowsheet: &'a Flowsheet,
    words: Words,
}

/// All sections that have something to tell, in their order.
fn sections(told: &Told<'_>) -> Vec<Section> {
    let all = [
        goals::goals(told),
        years::production(told),
        years::capacity(told),
        years::cash(told),
        flows::flows(told),
        chain::chain(told),
        chain::multipliers(told),
        limits::limits(told),
        account::account(told),
    ];
    all.into_iter().flatten().collect()
}

/// The page of an outcome; what streams contain is looked up in the flowsheet that it is of.
#[must_use]
pub fn render(outcome: &Outcome, flowsheet: &Flowsheet, language: Language) -> String {
    let told = Told { outcome, flowsheet, words: Words::new(language) };
    let page = Page {
        title: outcome.title.clone(),
        head: head::head(&told),
        sections: sections(&told),
        foot: head::foot(&told),
    };
    page.to_html(&told.words)
}
