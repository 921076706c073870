//! A chart: a figure of plotly.js as data, and the element that it is drawn in.
//!
//! Colours are names of custom properties of the style sheet, `--series-1`, with two digits of opacity behind a `|` if it
//! is not whole; the script puts in what they stand for.

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::words::Words;

/// Number of colours of series.
const COLOURS: usize = 10;

/// A chart.
pub(super) struct Chart {
    /// Of the element that it is drawn in; no other has it.
    pub(super) id: String,
    /// What it shows, for who does not see it.
    pub(super) label: String,
    /// In pixels.
    pub(super) height: usize,
    /// Least width in pixels, below which it is scrolled.
    pub(super) width: usize,
    /// Traces, as plotly.js has them.
    pub(super) data: Value,
    /// Layout, likewise; the script adds what all charts share.
    pub(super) layout: Value,
    /// What can be chosen to be shown; the chart itself if nothing.
    pub(super) variants: Vec<Variant>,
    /// What is chosen, in words.
    pub(super) choice: String,
    /// How it is saved as a picture, if it can be.
    pub(super) save: Option<Save>,
}

/// What a picture of a chart says beside it.
pub(super) struct Save {
    pub(super) title: String,
    /// By variant.
    pub(super) subtitles: Vec<String>,
    /// Names and colours.
    pub(super) legend: Vec<(String, String)>,
}

/// What a chart shows if it is chosen.
pub(super) struct Variant {
    /// Heading under which it stands in the list.
    pub(super) group: String,
    pub(super) name: String,
    /// What is to be said of it.
    pub(super) note: String,
    /// What of each trace is changed.
    pub(super) data: Value,
    /// What of the layout is changed.
    pub(super) layout: Value,
}

impl Chart {
    /// A chart without anything to choose.
    pub(super) fn new(id: &str, label: String, height: usize, data: Value, layout: Value) -> Self {
        let (variants, choice) = (Vec::new(), String::new());
        let save = None;
        Self { id: id.to_owned(), label, height, width: 0, data, layout, variants, choice, save }
    }

    /// The element that it is drawn in, with the list to choose from.
    pub(super) fn markup(&self, words: &Words) -> Markup {
        html! {
            figure.chart {
                @if self.variants.len() > 1 || self.save.is_some() {
                    p.choice {
                        @if self.variants.len() > 1 {
                            label for={ (self.id) "-choice" } { (self.choice) }
                            " "
                            select id={ (self.id) "-choice" } autocomplete="off" {
                                @for (group, members) in self.groups() {
                                    @if group.is_empty() {
                                        (options(&members))
                                    } @else {
                                        optgroup label=(group) { (options(&members)) }
                                    }
                                }
                            }
                        }
                        @if self.save.is_some() {
                            @for format in ["svg", "png"] {
                                button type="button" data-chart=(self.id) data-save=(format) {
                                    (words.text(&format!("save-{format}")))
                                }
                            }
                        }
                    }
                }
                div.scroll tabindex=[(self.width > 0).then_some("0")]
                    role=[(self.width > 0).then_some("group")]
                    aria-label=[(self.width > 0).then_some(&self.label)] {
                    div.plot id=(self.id) role="img" aria-label=(self.label)
                        style=(format!("height:{}px;min-width:{}px", self.height, self.width)) {}
                }
                @if let Some(first) = self.variants.first() {
                    p.note id={ (self.id) "-note" } aria-live="polite" { (first.note) }
                }
                noscript { p.note { (words.text("no-script")) } }
            }
        }
    }

    /// Variants by their group, with their positions.
    fn groups(&self) -> Vec<(&str, Vec<(usize, &Variant)>)> {
        let mut groups: Vec<(&str, Vec<(usize, &Variant)>)> = Vec::new();
        for (at, variant) in self.variants.iter().enumerate() {
            match groups.last_mut() {
                Some((group, members)) if *group == variant.group => members.push((at, variant)),
                _ => groups.push((&variant.group, vec![(at, variant)])),
            }
        }
        groups
    }

    fn to_json(&self) -> Value {
        let variants = self.variants.iter().map(|it| {
            json!({ "label": plain(&it.name), "note": it.note, "data": it.data, "layout": it.layout })
        });
        json!({
            "id": self.id,
            "height": self.height,
            "data": self.data,
            "layout": self.layout,
            "variants": variants.collect::<Vec<Value>>(),
            "save": self.save.as_ref().map(Save::to_json),
        })
    }
}

impl Save {
    fn to_json(&self) -> Value {
        let legend = self.legend.iter().map(|(name, colour)| json!([plain(name), colour]));
        json!({
            "title": plain(&self.title),
            "subtitles": self.subtitles.iter().map(|it| plain(it)).collect::<Vec<_>>(),
            "legend": legend.collect::<Vec<Value>>(),
        })
    }
}

fn options(members: &[(usize, &Variant)]) -> Markup {
    html! {
        @for (at, variant) in members {
            option value=(at) { (variant.name) }
        }
    }
}

/// All charts as data.
pub(super) fn data<'a>(charts: impl Iterator<Item = &'a Chart>, words: &Words) -> Value {
    let charts: Vec<Value> = charts.map(Chart::to_json).collect();
    json!({ "separators": words.separators(), "charts": charts })
}

/// Data within a script element: nothing in it ends the element or begins another.
pub(super) fn in_script(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c")
}

/// The colour of the series at a position.
pub(super) fn colour(at: usize) -> String {
    format!("--series-{}", at % COLOURS + 1)
}

/// A text as plotly.js shows it: it takes tags for tags.
pub(super) fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text in lines of about so many characters.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_inclusive([' ', '-', '.', ',']) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.trim_end().chars().count() <= width => {
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| plain(line.trim_end())).collect();
    lines.join("<br>")
}

/// Six digits, which is more than can be seen.
pub(super) fn rounded(value: f64) -> f64 {
    if value.is_finite() { format!("{value:.5e}").parse().unwrap_or(value) + 0.0 } else { 0.0 }
}

/// The same of many.
pub(super) fn all_rounded(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    values.into_iter().map(rounded).collect()
}

/// A layout of bars or lines: titles of the axes, and what else is to be said.
pub(super) fn axes(x: &str, y: &str, more: Value) -> Value {
    let axis = |title: String| json!({ "title": { "text": title }, "automargin": true });
    let mut layout = Map::new();
    layout.insert("xaxis".to_owned(), axis(wrapped(x, 44)));
    layout.insert("yaxis".to_owned(), axis(plain(y)));
    if let Value::Object(more) = more {
        for (key, value) in more {
            match (layout.get_mut(&key), value) {
                (Some(Value::Object(axis)), Value::Object(value)) => axis.extend(value),
                (_, value) => {
                    layout.insert(key, value);
                }
            }
        }
    }
    Value::Object(layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_tags() {
        assert_eq!(wrapped("a<b> & a-long-word", 10), "a&lt;b&gt; &amp; a-<br>long-word");
    }

    #[test]
    fn layouts_keep_the_titles_of_their_axes() {
        let layout =
            axes("x", "y", json!({ "yaxis": { "autorange": "reversed" }, "barmode": "group" }));
        assert_eq!(layout["yaxis"]["title"]["text"], "y");
        assert_eq!(layout["yaxis"]["autorange"], "reversed");
        assert_eq!(layout["barmode"], "group");
    }
}
