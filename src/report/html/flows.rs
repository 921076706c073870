//! What flows where: a Sankey diagram of the mass, of each group, element and species, or of the value.

mod lens;

use std::collections::BTreeSet;

use maud::html;
use serde_json::json;

use super::{
    Section, Told,
    chart::{Chart, Variant, colour, plain, rounded},
    table::Table,
};
use crate::analysis::Outcome;
use lens::{Lens, lenses};

/// The colour of what flows back.
const RECYCLED: &str = "--recycled";

pub(super) fn flows(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    let lenses = lenses(told);
    if outcome.streams.is_empty() || lenses.is_empty() {
        return None;
    }
    let mut net = Net::of(outcome);
    net.add_purchases(outcome, &words.text("bought"));
    let recycled: Vec<&str> = net
        .links
        .iter()
        .filter(|link| link.recycled)
        .map(|link| outcome.streams[link.stream.expect("a stream")].name.as_str())
        .collect();
    let chart = chart(told, &net, &lenses);
    let title = match &outcome.period {
        Some(period) => words.text_with("flows-in", &[("period", period.clone())]),
        None => words.text("flows"),
    };
    let parts: Vec<&Lens> = lenses.iter().filter(|lens| !lens.is_species).collect();
    let species: Vec<&Lens> = lenses.iter().filter(|lens| lens.is_species).collect();
    let body = html! {
        ul.legend aria-label=(words.text("stages")) {
            @for (at, stage) in outcome.stages.iter().enumerate() {
                li { span.swatch style=(format!("background:var({})", colour(at))) {} (stage.name) }
            }
            @if !recycled.is_empty() {
                li { span.swatch style=(format!("background:var({RECYCLED})")) {} (words.text("recycled")) }
            }
        }
        (chart.markup(words))
        @if !recycled.is_empty() {
            p.note { (words.text_with("recycled-streams", &[("streams", recycled.join(", "))])) }
        }
        (table(told, words.text("flows-table"), &parts).folded(words))
        (table(told, words.text("species-table"), &species).folded(words))
    };
    Some(Section { id: "flows", title, body, charts: vec![chart] })
}

/// An edge of the diagram.
struct Link {
    from: usize,
    to: usize,
    /// Its stream; none for what is bought.
    stream: Option<usize>,
    /// t/yr, if it is no stream.
    bought: f64,
    /// Whether it leads back to where its flow has been.
    recycled: bool,
}

/// Operations and what flows between them.
struct Net {
    nodes: Vec<String>,
    colours: Vec<String>,
    links: Vec<Link>,
}

impl Net {
    fn of(outcome: &Outcome) -> Self {
        let stage = |name: &Option<String>| {
            let name = name.as_ref()?;
            outcome.stages.iter().position(|stage| stage.name == *name)
        };
        let colours = outcome
            .operations
            .iter()
            .map(|operation| stage(&operation.stage).map_or_else(|| "--other".to_owned(), colour));
        let nodes: Vec<String> = outcome.operations.iter().map(|it| it.name.clone()).collect();
        let at = |name: &str| nodes.iter().position(|node| node == name);
        let links = outcome.streams.iter().enumerate().filter_map(|(stream, it)| {
            let (from, to) = (at(&it.from)?, at(&it.to)?);
            Some(Link { from, to, stream: Some(stream), bought: 0.0, recycled: false })
        });
        let links: Vec<Link> = links.collect();
        let colours = colours.collect();
        let mut net = Self { nodes, colours, links };
        let back =
            net.find_back_edges(|link| outcome.streams[link.stream.expect("a stream")].flow > 0.0);
        for (at, link) in net.links.iter_mut().enumerate() {
            link.recycled = back.contains(&at);
        }
        net
    }

    /// Edges that lead back, when the net is walked from the nodes in the order of the file, those first that nothing enters.
    fn find_back_edges(&self, counts: impl Fn(&Link) -> bool) -> BTreeSet<usize> {
        let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut entered = vec![false; self.nodes.len()];
        for (at, link) in self.links.iter().enumerate().filter(|(_, link)| counts(link)) {
            leaving[link.from].push(at);
            entered[link.to] = true;
        }
        let starts = (0..self.nodes.len()).filter(|&node| !entered[node]);
        let starts: Vec<usize> = starts.chain(0..self.nodes.len()).collect();
        let (mut seen, mut open) = (vec![false; self.nodes.len()], vec![false; self.nodes.len()]);
        let mut back = BTreeSet::new();
        for start in starts {
            if seen[start] {
                continue;
            }
            (seen[start], open[start]) = (true, true);
            let mut path = vec![(start, 0)];
            while let Some((node, next)) = path.last_mut() {
                let node = *node;
                let Some(&edge) = leaving[node].get(*next) else {
                    open[node] = false;
                    path.pop();
                    continue;
                };
                *next += 1;
                let to = self.links[edge].to;
                if open[to] {
                    back.insert(edge);
                } else if !seen[to] {
                    (seen[to], open[to]) = (true, true);
                    path.push((to, 0));
                }
            }
        }
        back
    }

    /// Adds what operations are dosed with and buy, as flows from outside.
    fn add_purchases(&mut self, outcome: &Outcome, name: &str) {
        let (from, streams) = (self.nodes.len(), self.links.len());
        for (to, operation) in outcome.operations.iter().enumerate() {
            let bought = operation.purchased;
            if bought > 0.0 {
                self.links.push(Link { from, to, stream: None, bought, recycled: false });
            }
        }
        if self.links.len() > streams {
            self.nodes.push(name.to_owned());
            self.colours.push("--other".to_owned());
        }
    }
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
        "node": {
            "label": net.nodes.iter().map(|name| plain(name)).collect::<Vec<_>>(),
            "color": net.colours,
            "pad": 14,
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
    let height = (26 * net.nodes.len()).clamp(360, 1100);
    let layout = json!({ "margin": { "l": 8, "r": 8, "t": 16, "b": 16 } });
    let mut chart = Chart::new("chart-flows", label, height, data, layout);
    chart.width = if net.nodes.len() > 8 { 960 } else { 520 };
    chart.variants = variants;
    chart.choice = words.text("show-flow-of");
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
