//! What flows where: a Sankey diagram of the mass, of each group, element and species, or of the value.

mod lens;
mod net;

use maud::html;
use serde_json::json;

use super::{
    Section, Told,
    chart::{Chart, Save, Variant, colour, plain, rounded, wrapped},
    table::Table,
};
use lens::{Lens, lenses};
use net::{Link, Net, RECYCLED};

/// Width of a column of nodes with their names, and what the names of the last one take, in pixels.
const COLUMN: usize = 65;
const MARGIN: usize = 92;

/// Longest line of a name, in characters, if its words allow it.
const NAME: usize = 12;

pub(super) fn flows(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    let lenses = lenses(told);
    if outcome.streams.is_empty() || lenses.is_empty() {
        return None;
    }
    let net = Net::of(outcome, &words.text("bought"));
    let back = |at: usize| net.links.iter().any(|it| it.recycled && it.stream == Some(at));
    let recycled = outcome.streams.iter().enumerate().filter(|(at, _)| back(*at));
    let recycled: Vec<&str> = recycled.map(|(_, stream)| stream.name.as_str()).collect();
    let chart = chart(told, &net, &lenses);
    let title = match &outcome.period {
        Some(period) => words.text_with("flows-in", &[("period", period.clone())]),
        None => words.text("flows"),
    };
    let legend = legend(told, !recycled.is_empty());
    let parts: Vec<&Lens> = lenses.iter().filter(|lens| !lens.is_species).collect();
    let species: Vec<&Lens> = lenses.iter().filter(|lens| lens.is_species).collect();
    let body = html! {
        ul.legend aria-label=(words.text("stages")) {
            @for (name, colour) in &legend {
                li { span.swatch style=(format!("background:var({colour})")) {} (name) }
            }
        }
        (chart.markup(words))
        @if !recycled.is_empty() {
            p.note {
                (words.text_with("recycled-streams", &[("streams", recycled.join(", "))]))
                " " (words.text("recycled-cut"))
            }
        }
        (table(told, words.text("flows-table"), &parts).folded(words))
        (table(told, words.text("species-table"), &species).folded(words))
    };
    Some(Section { id: "flows", title, body, charts: vec![chart] })
}

/// The colours of the stages, and of what flows back.
fn legend(told: &Told<'_>, recycles: bool) -> Vec<(String, String)> {
    let stages = told.outcome.stages.iter().enumerate();
    let stages = stages.map(|(at, stage)| (stage.name.clone(), colour(at)));
    let back = recycles.then(|| (told.words.text("recycled"), RECYCLED.to_owned()));
    stages.chain(back).collect()
}

/// The chart alone, of one of what can be looked at; what there is, by its name, if it is not there.
pub(super) fn picture(told: &Told<'_>, by: &str) -> Result<Chart, Vec<String>> {
    let mut lenses = lenses(told);
    let names: Vec<String> = lenses.iter().map(|lens| lens.key.clone()).collect();
    let found = names.iter().position(|name| name == by).ok_or(names)?;
    let net = Net::of(told.outcome, &told.words.text("bought"));
    Ok(chart(told, &net, &[lenses.swap_remove(found)]))
}

fn chart(told: &Told<'_>, net: &Net, lenses: &[Lens]) -> Chart {
    let Told { outcome, words, .. } = told;
    let labels: Vec<String> = net
        .links
        .iter()
        .map(|link| match link.stream {
            Some(stream) => plain(&outcome.streams[stream].name),
            None => plain(&words.text("bought")),
        })
        .collect();
    let colours: Vec<String> = net
        .links
        .iter()
        .map(|link| {
            if link.recycled {
                format!("{RECYCLED}|99")
            } else {
                format!("{}|66", net.colours[link.from])
            }
        })
        .collect();
    let source: Vec<usize> = net.links.iter().map(|link| link.from).collect();
    let target: Vec<usize> = net.links.iter().map(|link| link.to).collect();
    let variants: Vec<Variant> = lenses.iter().map(|lens| {
        let value = |link: &Link| match link.stream {
            Some(stream) => lens.values[stream].max(0.0),
            None if lens.is_whole => link.bought,
            None => 0.0,
        };
        let values: Vec<f64> = net.links.iter().map(|link| rounded(value(link))).collect();
        let negative = lens.values.iter().zip(&outcome.streams).filter(|(value, _)| **value < 0.0);
        let negative: Vec<&str> = negative.map(|(_, stream)| stream.name.as_str()).collect();
        let note = if negative.is_empty() {
            lens.note.clone()
        } else {
            let streams = [("streams", negative.join(", "))];
            format!("{} {}", lens.note, words.text_with("not-drawn", &streams))
        };
        Variant {
            group: lens.group.clone(),
            name: lens.name.clone(),
            note,
            data: json!([{ "valuesuffix": format!(" {}", lens.unit), "link": { "value": values } }]),
            layout: json!({}),
        }
    }).collect();
    let hover = "%{label}<br>%{value}<extra>%{source.label} → %{target.label}</extra>";
    let data = json!([{
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ",.4~r",
        "textfont": { "size": 11 },
        "node": {
            "label": net.nodes.iter().map(|name| wrapped(name, NAME)).collect::<Vec<_>>(),
            "color": net.colours,
            // Products stand beside what they leave, not all in one crowded column.
            "align": "left",
            // Two lines of a name, and a little more.
            "pad": 32,
            "thickness": 12,
            "line": { "width": 0 },
            "hovertemplate": "%{label}<br>%{value}<extra></extra>",
        },
        "link": {
            "source": source,
            "target": target,
            "label": labels,
            "color": colours,
            "hovertemplate": hover,
        },
    }]);
    let label = words.text_with("flows-label", &[("title", outcome.title.clone())]);
    // Names stand to the right of their nodes, of the last ones in the margin: each column has room for one.
    let (columns, most) = net.columns();
    let layout = json!({ "margin": { "l": 8, "r": MARGIN, "t": 16, "b": 24 } });
    let mut chart = Chart::new("chart-flows", label, 300 + 44 * most, data, layout);
    chart.width = columns * COLUMN + MARGIN;
    chart.variants = variants;
    chart.choice = words.text("show-flow-of");
    let recycles = net.links.iter().any(|link| link.recycled);
    chart.save = Some(Save {
        title: outcome.title.clone(),
        subtitles: lenses.iter().map(|lens| format!("{}, {}", lens.name, lens.unit)).collect(),
        legend: legend(told, recycles),
    });
    chart
}

/// All streams by what is looked at in them.
fn table(told: &Told<'_>, caption: String, lenses: &[&Lens]) -> Table {
    let Told { outcome, words, .. } = told;
    let columns = ["stream", "from", "to"].map(|id| words.text(id)).into_iter();
    let columns = columns.chain(lenses.iter().map(|it| format!("#{}, {}", it.name, it.unit)));
    let mut table = Table::new(caption, columns);
    if lenses.is_empty() {
        return table;
    }
    let largest: Vec<f64> = lenses
        .iter()
        .map(|lens| lens.values.iter().fold(0.0_f64, |size, value| size.max(value.abs())))
        .collect();
    for (at, stream) in outcome.streams.iter().enumerate() {
        let ends = [stream.name.clone(), stream.from.clone(), stream.to.clone()];
        let values = lenses.iter().zip(&largest).map(|(lens, largest)| {
            let value = lens.values[at];
            words.number(if value.abs() <= 1e-9 * largest { 0.0 } else { value })
        });
        table.row(ends.into_iter().chain(values));
    }
    table
}
