//! The frame of a page: what all pages have around their sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use super::{
    Picture,
    chart::{self, Chart},
    words::Words,
};

/// What lays the page out.
pub(super) const STYLE: &str = include_str!("style.css");
/// What draws the charts.
pub(super) const SCRIPT: &str = include_str!("script.js");
/// plotly.js with bars, lines, waterfalls and Sankey diagrams; how it was made is told in `assets.md` beside it.
pub(super) const PLOTLY: &str = include_str!("plotly.min.js");

/// What the page may load: nothing but itself.
const POLICY: &str = include_str!("policy.txt");

/// A part of the page.
pub(super) struct Section {
    /// By which it is linked to.
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) body: Markup,
    /// The charts in the body.
    pub(super) charts: Vec<Chart>,
}

/// A page, part by part.
pub(super) struct Page {
    pub(super) title: String,
    /// What stands above the contents.
    pub(super) head: Markup,
    pub(super) sections: Vec<Section>,
    /// What stands below all sections, beside what made the page.
    pub(super) foot: Markup,
    /// The picture that is made of its chart, if that is what it is for.
    pub(super) picture: Option<Picture>,
}

impl Picture {
    const fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// A text in which what stands between backticks is code.
pub(super) fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    // One that is not closed is a sign like any other.
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (at, part) in parts.iter().enumerate() {
            @if at % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}

/// Links to sections.
pub(super) fn contents(sections: &[Section]) -> Markup {
    html! {
        ul {
            @for section in sections {
                li { a href={ "#" (section.id) } { (section.title) } }
            }
        }
    }
}

/// Sections one after the other.
pub(super) fn in_order(sections: &[Section]) -> Markup {
    html! {
        @for section in sections {
            section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                h2 id={ (section.id) "-title" } { (section.title) }
                (section.body)
            }
        }
    }
}

/// What stands at the end of each page.
pub(super) fn footer(foot: &Markup) -> Markup {
    html! {
        footer {
            (foot)
            p { "reeflow " (env!("CARGO_PKG_VERSION")) }
        }
    }
}

/// The charts of sections, as data.
pub(super) fn charts(sections: &[Section], words: &Words) -> Value {
    chart::data(sections.iter().flat_map(|section| &section.charts), words)
}

impl Page {
    pub(super) fn to_html(&self, words: &Words) -> String {
        let charts = chart::in_script(&charts(&self.sections, words));
        let page = html! {
            (DOCTYPE)
            html lang=(words.language().code()) data-picture=[self.picture.map(Picture::name)] {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY.trim());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#main" { (words.text("skip")) }
                    (self.head)
                    nav aria-label=(words.text("contents")) { (contents(&self.sections)) }
                    main id="main" { (in_order(&self.sections)) }
                    (footer(&self.foot))
                    script { (PreEscaped(PLOTLY)) }
                    script id="charts" type="application/json" { (PreEscaped(charts)) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }
}
