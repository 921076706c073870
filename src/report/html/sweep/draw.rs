//! The charts of sweeps.

use serde_json::{Value, json};

use super::{Told, bound_label, bounds, group, label, numbers};
use crate::{
    analysis::sweep::{OutputTold, SweepReport, Swing},
    report::{
        html::chart::{Chart, Variant, all_rounded, axes, colour, plain, rounded, wrapped},
        terminal::page::Money,
    },
};

/// Number of inputs that are drawn.
const MOST: usize = 14;

/// How likely each goal is met.
pub(super) fn goals(told: &Told<'_>) -> Option<Chart> {
    let words = &told.words;
    let first = told.sweeps.first()?;
    let count = bounds(first).len();
    if count == 0 {
        return None;
    }
    let trace = |(at, report): (usize, &SweepReport)| {
        let bounds = bounds(report);
        let shares = bounds.iter().filter_map(|(_, bound)| bound.probability);
        let text = shares.clone().map(|it| words.percent(it.value));
        json!({
            "type": "bar",
            "orientation": "h",
            "name": plain(&told.name(report)),
            "y": bounds.iter().map(|(of, bound)| wrapped(&bound_label(of, bound), 34)).collect::<Vec<_>>(),
            "x": all_rounded(shares.clone().map(|it| 100.0 * it.value)),
            "error_x": {
                "type": "data",
                "symmetric": false,
                "array": all_rounded(shares.clone().map(|it| 100.0 * (it.high - it.value))),
                "arrayminus": all_rounded(shares.clone().map(|it| 100.0 * (it.value - it.low))),
                "color": "--text",
                "thickness": 1,
                "width": 3,
            },
            "text": text.collect::<Vec<_>>(),
            "textposition": "none",
            "hovertemplate": "%{y}: %{text}<extra></extra>",
            "marker": { "color": colour(at) },
        })
    };
    let data: Vec<Value> = told.sweeps.iter().enumerate().map(trace).collect();
    let more = json!({
        "xaxis": { "range": [0, 100] },
        "yaxis": { "autorange": "reversed" },
        "showlegend": told.sweeps.len() > 1,
    });
    let height = 120 + count * (24 + 14 * told.sweeps.len());
    let layout = axes(&words.text("sweep-kept-axis"), "", more);
    Some(Chart::new("chart-goals", words.text("sweep-goals"), height, json!(data), layout))
}

/// Money in a unit in which it reads well, anything else as it is.
fn scale(told: &Told<'_>, report: &SweepReport, unit: &str, largest: f64) -> (f64, String) {
    let currency = &report.currency;
    let yearly = unit.strip_suffix("/yr") == Some(currency);
    if yearly || unit == currency {
        let money = Money::fitting([largest], currency);
        let unit = if yearly { &money.unit } else { money.unit.trim_end_matches("/yr") };
        return (money.size, told.words.unit(unit));
    }
    (1.0, told.words.unit(unit))
}

fn titled(output: &OutputTold, unit: &str) -> String {
    let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
    format!("{}{unit}", label(output))
}

/// How often each result has which value.
pub(super) fn distributions(told: &Told<'_>) -> Option<Chart> {
    let words = &told.words;
    let first = told.sweeps.first()?;
    let alone = told.sweeps.len() == 1;
    let mut variants = Vec::new();
    for output in numbers(first).into_iter().filter(|it| it.histogram.is_some()) {
        let largest = output.numbers.as_ref()?.percentiles.iter().map(|it| it.value.abs());
        let (size, unit) = scale(told, first, &output.unit, largest.fold(0.0, f64::max));
        let (mut data, mut shapes, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, report) in told.sweeps.iter().enumerate() {
            let found = report.outputs.iter().find(|it| it.name == output.name);
            data.push(found.map_or_else(none, |it| bars(told, report, it, at, size, &unit)));
            let percentiles = found.and_then(|it| it.numbers.as_ref()).map(|it| it.percentiles);
            for it in percentiles.into_iter().flatten() {
                let wanted: &[f64] = if alone { &[0.05, 0.5, 0.95] } else { &[0.5] };
                if !wanted.contains(&it.share) {
                    continue;
                }
                let (x, ink) = (
                    rounded(it.value / size),
                    if alone { "--text".to_owned() } else { colour(at) },
                );
                shapes.push(json!({
                    "type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper",
                    "line": { "color": ink, "width": 1.5, "dash": "dash" },
                }));
                if alone {
                    notes.push(json!({
                        "x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": false,
                        "text": words.percent(it.share),
                    }));
                }
            }
        }
        variants.push(Variant {
            group: group(words, output),
            name: label(output),
            note: beyond(told, first, output),
            data: json!(data),
            layout: axes(
                &titled(output, &unit),
                &words.text("sweep-share-axis"),
                json!({ "shapes": shapes, "annotations": notes }),
            ),
        });
    }
    let first_variant = variants.first()?;
    let layout = json!({ "barmode": "overlay", "bargap": 0, "showlegend": !alone });
    let label = words.text("sweep-results");
    let mut chart = Chart::new("chart-results", label, 380, first_variant.data.clone(), layout);
    chart.variants = variants;
    chart.choice = words.text("show");
    Some(chart)
}

/// A trace without anything, in the place of that of another result.
fn none() -> Value {
    json!({ "type": "bar", "x": [], "y": [] })
}

fn bars(
    told: &Told<'_>,
    report: &SweepReport,
    output: &OutputTold,
    at: usize,
    size: f64,
    unit: &str,
) -> Value {
    let Some(bins) = &output.histogram else { return none() };
    let all = bins.below + bins.above + bins.counts.iter().sum::<u64>();
    let width = (bins.high - bins.low) / bins.counts.len() as f64;
    let middle = |place: usize| (bins.low + (place as f64 + 0.5) * width) / size;
    json!({
        "type": "bar",
        "name": plain(&told.name(report)),
        "x": all_rounded((0..bins.counts.len()).map(middle)),
        "y": all_rounded(bins.counts.iter().map(|&count| 100.0 * count as f64 / all as f64)),
        "width": rounded(width / size),
        "hovertemplate": format!("%{{x:,.4~r}} {}: %{{y:.3~r}} %<extra></extra>", plain(unit)),
        "marker": { "color": colour(at), "opacity": if told.sweeps.len() > 1 { 0.6 } else { 1.0 } },
    })
}

/// What of the samples is not drawn.
fn beyond(told: &Told<'_>, report: &SweepReport, output: &OutputTold) -> String {
    let (words, Some(bins)) = (&told.words, &output.histogram) else { return String::new() };
    if bins.below + bins.above == 0 {
        return String::new();
    }
    let amount = |value: f64| told.amount(report, value, &output.unit);
    let count = |count: u64| words.number(count as f64);
    words.text_with(
        "sweep-beyond",
        &[
            ("below", count(bins.below)),
            ("low", amount(bins.low)),
            ("above", count(bins.above)),
            ("high", amount(bins.high)),
        ],
    )
}

/// What each input alone does to a result.
pub(super) fn tornado(told: &Told<'_>) -> Option<Chart> {
    let words = &told.words;
    let mut variants = Vec::new();
    for report in told.sweeps {
        let scenario = (told.sweeps.len() > 1).then(|| told.name(report));
        for output in numbers(report) {
            let varies = |it: &&Swing| it.at_low != it.at_high || it.at_low.is_none();
            let swings: Vec<&Swing> = output.swings.iter().filter(varies).take(MOST).collect();
            if swings.is_empty() {
                continue;
            }
            let ends = swings.iter().flat_map(|it| [it.at_low, it.at_high]).flatten();
            let largest = ends.clone().map(f64::abs).fold(0.0, f64::max);
            let (size, unit) = scale(told, report, &output.unit, largest);
            let middle = output.at_middle.or_else(|| ends.clone().next()).unwrap_or(0.0);
            let input = |name: &str| report.inputs.iter().find(|it| it.name == name);
            let trace = |which: usize, id: &str, paint: &str| {
                let end = |it: &Swing| if which == 0 { it.at_low } else { it.at_high };
                let text = |it: &&Swing| {
                    let outcome = if which == 0 { it.outcome_low } else { it.outcome_high };
                    let told_end = end(it).map_or_else(
                        || words.name("outcome", outcome),
                        |value| told.amount(report, value, &output.unit),
                    );
                    let moved = input(&it.input).map_or_else(String::new, |input| {
                        let value = input.quantiles[2 * which].value;
                        let sign = if input.relative { "× " } else { "" };
                        format!("{sign}{}: ", told.amount(report, value, &input.unit))
                    });
                    format!("{moved}{told_end}")
                };
                json!({
                    "type": "bar",
                    "orientation": "h",
                    "name": words.text(id),
                    "y": swings.iter().map(|it| wrapped(&it.input, 30)).collect::<Vec<_>>(),
                    "x": all_rounded(swings.iter().map(|it| end(it).map_or(0.0, |it| (it - middle) / size))),
                    "base": rounded(middle / size),
                    "customdata": swings.iter().map(text).collect::<Vec<_>>(),
                    "hovertemplate": "%{y}<br>%{customdata}<extra></extra>",
                    "marker": { "color": paint },
                })
            };
            variants.push(Variant {
                group: scenario.clone().unwrap_or_else(|| group(words, output)),
                name: label(output),
                note: String::new(),
                data: json!([
                    trace(0, "sweep-at-low", "--series-1"),
                    trace(1, "sweep-at-high", "--series-2"),
                ]),
                layout: axes(
                    &titled(output, &unit),
                    "",
                    json!({ "yaxis": { "autorange": "reversed" } }),
                ),
            });
        }
    }
    let first = variants.first()?;
    let count = told.sweeps.iter().map(|it| it.inputs.len().min(MOST)).max().unwrap_or(0);
    let layout = json!({ "barmode": "overlay", "bargap": 0.35 });
    let label = words.text("sweep-swings");
    let data = first.data.clone();
    let mut chart = Chart::new("chart-swings", label, 150 + 34 * count, data, layout);
    chart.variants = variants;
    chart.choice = words.text("show");
    Some(chart)
}

/// Sobol indices of each result.
pub(super) fn indices(told: &Told<'_>) -> Option<Chart> {
    let words = &told.words;
    let mut variants = Vec::new();
    for report in told.sweeps {
        let scenario = (told.sweeps.len() > 1).then(|| told.name(report));
        for output in numbers(report) {
            let mut swings: Vec<&Swing> =
                output.swings.iter().filter(|it| it.total.is_some()).collect();
            let total = |it: &Swing| it.total.map_or(0.0, |it| it.value);
            swings.sort_by(|a, b| total(b).total_cmp(&total(a)));
            swings.truncate(MOST);
            if swings.is_empty() {
                continue;
            }
            let trace = |id: &str, values: Vec<f64>, paint: &str| {
                json!({
                    "type": "bar",
                    "orientation": "h",
                    "name": words.text(id),
                    "y": swings.iter().map(|it| wrapped(&it.input, 30)).collect::<Vec<_>>(),
                    "x": all_rounded(values),
                    "hovertemplate": "%{y}: %{x:.3f}<extra></extra>",
                    "marker": { "color": paint },
                })
            };
            let first = swings.iter().map(|it| it.first.map_or(0.0, |it| it.value)).collect();
            let totals = swings.iter().map(|it| total(it)).collect();
            variants.push(Variant {
                group: scenario.clone().unwrap_or_default(),
                name: label(output),
                note: String::new(),
                data: json!([
                    trace("sweep-first", first, "--series-1"),
                    trace("sweep-total", totals, "--series-2"),
                ]),
                layout: axes(&label(output), "", json!({ "yaxis": { "autorange": "reversed" } })),
            });
        }
    }
    let first = variants.first()?;
    let count = told.sweeps.iter().map(|it| it.inputs.len().min(MOST)).max().unwrap_or(0);
    let layout = json!({ "barmode": "group" });
    let name = words.text("sweep-indices");
    let data = first.data.clone();
    let mut chart = Chart::new("chart-indices", name, 150 + 40 * count, data, layout);
    chart.variants = variants;
    chart.choice = words.text("show");
    Some(chart)
}
