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
mod table;
mod words;
mod years;

pub use words::Language;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{analysis::Outcome, flowsheet::Flowsheet};
use chart::Chart;
use words::Words;

/// What lays the page out.
const STYLE: &str = include_str!("html/style.css");
/// What draws the charts.
const SCRIPT: &str = include_str!("html/script.js");
/// plotly.js with bars, lines, waterfalls and Sankey diagrams; how it was made is told in `assets.md` beside it.
const PLOTLY: &str = include_str!("html/plotly.min.js");

/// What the page may load: nothing but itself.
const POLICY: &str = include_str!("html/policy.txt");

/// What sections are made of.
struct Told<'a> {
    outcome: &'a Outcome,
    flowsheet: &'a Flowsheet,
    words: Words,
}

/// A part of the page.
struct Section {
    /// By which it is linked to.
    id: &'static str,
    title: String,
    body: Markup,
    /// The charts in the body.
    charts: Vec<Chart>,
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
    let words = &told.words;
    let sections = sections(&told);
    let charts = chart::data(sections.iter().flat_map(|section| &section.charts), words);
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY.trim());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (outcome.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { (words.text("skip")) }
                (head::head(&told))
                nav aria-label=(words.text("contents")) {
                    ul {
                        @for section in &sections {
                            li { a href={ "#" (section.id) } { (section.title) } }
                        }
                    }
                }
                main id="main" {
                    @for section in &sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 id={ (section.id) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
                (head::foot(&told))
                script { (PreEscaped(PLOTLY)) }
                script id="charts" type="application/json" { (PreEscaped(charts)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}
