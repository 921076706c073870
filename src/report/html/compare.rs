//! Two results beside each other: what differs, and which edit did it.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    chart::{Chart, Variant, all_rounded, axes, plain, rounded, wrapped},
    page::{Page, Section},
    table::Table,
    words::{Language, Words},
};
use crate::{
    analysis::compare::{Attribution, Change, Comparison},
    report::terminal::{
        compare::price,
        page::{Money, NONE, signed},
    },
};

/// Number of changes that are drawn.
const MOST: usize = 14;

struct Told<'a> {
    comparison: &'a Comparison,
    words: Words,
}

/// The page of two results.
#[must_use]
pub fn render_comparison(comparison: &Comparison, language: Language) -> String {
    let told = Told { comparison, words: Words::new(language) };
    let sections =
        [attribution(&told), goals(&told), beside(&told), limits(&told), differences(&told)];
    let page = Page {
        title: format!(
            "{}: {} → {}",
            told.words.text("compare"),
            comparison.before,
            comparison.after
        ),
        head: head(&told),
        sections: sections.into_iter().flatten().collect(),
        foot: html! { p { (told.words.text("compare-loose")) } },
        picture: None,
    };
    page.to_html(&told.words)
}

impl Told<'_> {
    fn show(&self, value: Option<f64>, unit: &str) -> String {
        value.map_or_else(
            || NONE.to_owned(),
            |value| self.words.amount(value, unit, &self.comparison.currency),
        )
    }

    /// Both values, those that are no facts marked.
    fn ends(&self, change: &Change) -> [String; 2] {
        let ends = [
            (change.before, change.before_interval.is_some()),
            (change.after, change.after_interval.is_some()),
        ];
        ends.map(|(value, loose)| {
            let text = self.show(value, &change.unit);
            if loose { format!("~{text}") } else { text }
        })
    }

    /// The difference with its sign.
    fn difference(&self, change: &Change) -> String {
        match (change.before, change.after) {
            (None, _) => self.words.text("compare-new"),
            (_, None) => self.words.text("compare-gone"),
            _ => {
                let text =
                    self.words.signed(change.difference(), &change.unit, &self.comparison.currency);
                if change.fact { text } else { format!("~{text}") }
            }
        }
    }

    fn percent(&self, change: &Change) -> String {
        match (change.before, change.after) {
            (Some(before), Some(_)) if before != 0.0 => {
                let percent = signed(change.difference() / before.abs() * 100.0);
                self.words.local(&format!("{percent} %"))
            }
            _ => NONE.to_owned(),
        }
    }

    fn table(&self, caption: &str, of: &str, changes: &[Change]) -> Table {
        let words = &self.words;
        let columns = ["before", "after", "change", "change-percent"];
        let columns = columns.map(|id| format!("#{}", words.text(&format!("compare-{id}"))));
        let columns = std::iter::once(words.text(of)).chain(columns);
        let mut table = Table::new(words.text(caption), columns);
        for change in changes {
            let [before, after] = self.ends(change);
            let name = change.name.clone();
            table.row([name, before, after, self.difference(change), self.percent(change)]);
        }
        table
    }
}

fn head(told: &Told<'_>) -> Markup {
    let Told { comparison, words } = told;
    let objective = &comparison.objective;
    let [before, after] = told.ends(objective);
    let name = words.name("kind", &objective.name);
    html! {
        header {
            h1 { (words.text("compare")) }
            p { strong { (words.text("compare-before")) } ": " (comparison.before) }
            p { strong { (words.text("compare-after")) } ": " (comparison.after) }
            dl.facts {
                div.main { dt { (name) ", " (words.text("compare-before")) } dd { (before) } }
                div.main { dt { (name) ", " (words.text("compare-after")) } dd { (after) } }
                div { dt { (words.text("compare-change")) } dd { (told.difference(objective)) } }
            }
        }
    }
}

/// Which edit did it: steps from the one objective to the other.
fn attribution(told: &Told<'_>) -> Option<Section> {
    let Told { comparison, words } = told;
    let title = words.text("compare-edits");
    let found = match (&comparison.attribution, &comparison.why_not_attributed) {
        (Some(found), _) => found,
        (None, Some(why)) => {
            let body =
                html! { p { (words.text_with("compare-not-divided", &[("why", why.clone())])) } };
            return Some(Section { id: "edits", title, body, charts: Vec::new() });
        }
        (None, None) => return None,
    };
    let chart = steps(told, found);
    let objective = &comparison.objective;
    let mut columns = vec![
        words.text("compare-edit"),
        words.text("compare-before"),
        words.text("compare-after"),
        format!(
            "#{}",
            words.text_with("compare-part", &[("of", words.name("kind", &objective.name))])
        ),
    ];
    let divided = found.multiplier.is_some() && found.why_no_multiplier.is_none();
    if let Some(goal) = found.multiplier_goal.as_ref().filter(|_| divided) {
        columns.push(format!("#{}", words.text_with("compare-part", &[("of", goal.clone())])));
    }
    let mut table = Table::new(words.text("compare-edits"), columns);
    for part in &found.parts {
        let value = words.signed(part.objective, &objective.unit, &comparison.currency);
        let mut cells = vec![part.edit.clone(), part.before.clone(), part.after.clone(), value];
        if divided {
            let text = part.multiplier.map_or_else(|| NONE.to_owned(), signed);
            cells.push(words.local(&text));
        }
        table.row(cells);
    }
    let body = html! {
        (chart.markup(words))
        (table.markup())
        p.note { (words.text_with("compare-how", &[
            ("method", found.method.clone()), ("why", found.fair_because.clone()),
        ])) }
        @if let Some(why) = &found.why_no_multiplier { p.note { (why) "." } }
    };
    Some(Section { id: "edits", title, body, charts: vec![chart] })
}

fn steps(told: &Told<'_>, found: &Attribution) -> Chart {
    let Told { comparison, words } = told;
    let objective = &comparison.objective;
    let (before, after) = (objective.before.unwrap_or(0.0), objective.after.unwrap_or(0.0));
    let mut steps = vec![(words.text("compare-before"), "absolute", before)];
    let parts = found.parts.iter().take(MOST);
    steps.extend(parts.map(|part| (part.edit.clone(), "relative", part.objective)));
    let rest: f64 = found.parts.iter().skip(MOST).map(|part| part.objective).sum();
    if found.parts.len() > MOST {
        steps.push((words.text("compare-rest"), "relative", rest));
    }
    steps.push((words.text("compare-after"), "total", after));
    let (size, unit) = scale(told, &objective.unit, before.abs().max(after.abs()));
    // Lying, since names of figures are long.
    let data = json!([{
        "type": "waterfall",
        "orientation": "h",
        "y": (0..steps.len()).collect::<Vec<_>>(),
        "x": all_rounded(steps.iter().map(|step| step.2 / size)),
        "measure": steps.iter().map(|step| step.1).collect::<Vec<_>>(),
        "text": steps.iter().map(|step| words.number(step.2 / size)).collect::<Vec<_>>(),
        "textposition": "auto",
        "customdata": steps.iter().map(|step| plain(&step.0)).collect::<Vec<_>>(),
        "hovertemplate": format!("%{{customdata}}: %{{text}} {}<extra></extra>", plain(&unit)),
        "increasing": { "marker": { "color": "--gain" } },
        "decreasing": { "marker": { "color": "--loss" } },
        "totals": { "marker": { "color": "--total" } },
        "connector": { "line": { "color": "--grid", "width": 1 } },
    }]);
    let more = json!({
        "showlegend": false,
        "yaxis": {
            "autorange": "reversed",
            "zeroline": false,
            "tickmode": "array",
            "tickvals": (0..steps.len()).collect::<Vec<_>>(),
            "ticktext": steps.iter().map(|step| wrapped(&step.0, 30)).collect::<Vec<_>>(),
        },
    });
    let layout = axes(&format!("{}, {unit}", words.name("kind", &objective.name)), "", more);
    let label = words.text("compare-edits");
    Chart::new("chart-edits", label, 110 + 36 * steps.len(), data, layout)
}

/// Money in a unit in which it reads well, anything else as it is.
fn scale(told: &Told<'_>, unit: &str, largest: f64) -> (f64, String) {
    let Told { comparison, words } = told;
    if unit.strip_suffix("/yr") == Some(comparison.currency.as_str()) {
        let money = Money::fitting([largest], &comparison.currency);
        return (money.size, words.unit(&money.unit));
    }
    (1.0, words.unit(unit))
}

fn goals(told: &Told<'_>) -> Option<Section> {
    let Told { comparison, words } = told;
    let columns =
        ["before", "after"].map(|id| format!("#{}", words.text(&format!("compare-{id}"))));
    let change = format!("#{}", words.text("compare-change"));
    let columns = std::iter::once(words.text("goal")).chain(columns).chain([change]);
    let mut table = Table::new(words.text("compare-goals"), columns);
    for goal in &comparison.goals {
        let [before, after] = told.ends(&goal.value);
        let mark = |met: Option<bool>, sure: bool, text: String| match met {
            Some(true) if sure => format!("✓ {text}"),
            Some(false) if sure => format!("✗ {text}"),
            _ => text,
        };
        table.row([
            goal.value.name.clone(),
            mark(goal.met_before, goal.sure_before, before),
            mark(goal.met_after, goal.sure_after, after),
            if goal.value.before.is_none() || goal.value.after.is_none() {
                // The goal is there, its value is not: nothing flows that it is of.
                NONE.to_owned()
            } else {
                told.difference(&goal.value)
            },
        ]);
    }
    let body = table.markup();
    let title = words.text("goals");
    (!table.is_empty()).then(|| Section { id: "goals", title, body, charts: Vec::new() })
}

/// Both results as bars beside each other.
fn beside(told: &Told<'_>) -> Option<Section> {
    let Told { comparison, words } = told;
    let stages = |ending: &str| -> Vec<&Change> {
        let ending = format!(", {ending}");
        comparison.stages.iter().filter(|it| it.name.ends_with(&ending)).collect()
    };
    let mut streams: Vec<&Change> = comparison.streams.iter().collect();
    streams.sort_by(|a, b| b.difference().abs().total_cmp(&a.difference().abs()));
    let lists = [
        ("value-added", stages("value added")),
        ("value-in", stages("in")),
        ("value-out", stages("out")),
        ("multiplier", comparison.multipliers.iter().collect()),
        ("compare-streams", streams),
    ];
    let lists: Vec<(&str, Vec<&Change>)> =
        lists.into_iter().filter(|(_, list)| !list.is_empty()).collect();
    let count = lists.iter().map(|(_, list)| list.len().min(MOST)).max()?;
    let variants: Vec<Variant> = lists.iter().map(|(id, list)| bars(told, id, list)).collect();
    let label = words.text("compare-beside");
    let layout = json!({ "barmode": "group" });
    let data = variants.first()?.data.clone();
    let mut chart = Chart::new("chart-beside", label.clone(), 150 + 40 * count, data, layout);
    chart.variants = variants;
    chart.choice = words.text("show");
    let body = html! { (chart.markup(words)) };
    Some(Section { id: "beside", title: label, body, charts: vec![chart] })
}

fn bars(told: &Told<'_>, id: &str, list: &[&Change]) -> Variant {
    let words = &told.words;
    let drawn = &list[..list.len().min(MOST)];
    let ends = drawn.iter().flat_map(|it| [it.before, it.after]).flatten();
    let unit = drawn.first().map_or("", |it| it.unit.as_str());
    let (size, unit) = scale(told, unit, ends.map(f64::abs).fold(0.0, f64::max));
    let name = |it: &Change| {
        // Of a stage the chart says which of its values it is.
        let name = if id.starts_with("value-") {
            it.name.rsplit_once(", ").map_or(it.name.as_str(), |(stage, _)| stage)
        } else {
            it.name.as_str()
        };
        wrapped(name, 34)
    };
    let trace = |id: &str, of: fn(&Change) -> Option<f64>, paint: &str| {
        let text = drawn.iter().map(|it| told.show(of(it), &it.unit));
        json!({
            "type": "bar",
            "orientation": "h",
            "name": words.text(id),
            "y": drawn.iter().map(|it| name(it)).collect::<Vec<_>>(),
            "x": drawn.iter().map(|it| of(it).map(|it| rounded(it / size))).collect::<Vec<_>>(),
            "customdata": text.collect::<Vec<_>>(),
            "hovertemplate": "%{y}<br>%{fullData.name}: %{customdata}<extra></extra>",
            "marker": { "color": paint },
        })
    };
    let data: [Value; 2] = [
        trace("compare-before", |it| it.before, "--series-1"),
        trace("compare-after", |it| it.after, "--series-2"),
    ];
    let title = words.text(id);
    let axis = if unit.is_empty() { title.clone() } else { format!("{title}, {unit}") };
    Variant {
        group: String::new(),
        name: title,
        note: String::new(),
        data: json!(data),
        layout: axes(&axis, "", json!({ "yaxis": { "autorange": "reversed" } })),
    }
}

fn limits(told: &Told<'_>) -> Option<Section> {
    let Told { comparison, words } = told;
    let lists = [
        ("compare-newly-binding", &comparison.newly_binding),
        ("compare-newly-free", &comparison.newly_free),
        ("compare-perhaps-binding", &comparison.perhaps_binding),
        ("compare-perhaps-free", &comparison.perhaps_free),
    ];
    let columns =
        ["before", "after"].map(|id| format!("#{}", words.text(&format!("compare-{id}"))));
    let columns = std::iter::once(words.text("limit")).chain(columns);
    let mut table = Table::new(words.text("compare-shadow-prices"), columns);
    for change in &comparison.shadow_prices {
        let cell = |value: Option<f64>| words.local(&price(change, value, &comparison.currency));
        let Change { name, before, after, .. } = &change.value;
        table.row([name.clone(), cell(*before), cell(*after)]);
    }
    if lists.iter().all(|(_, list)| list.is_empty()) && table.is_empty() {
        return None;
    }
    let body = html! {
        ul {
            @for (id, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
                li { strong { (words.text(id)) } ": " (list.join(", ")) }
            }
        }
        (table.markup())
    };
    Some(Section { id: "limits", title: words.text("compare-limits"), body, charts: Vec::new() })
}

fn differences(told: &Told<'_>) -> Option<Section> {
    let Told { comparison, words } = told;
    let multipliers = told.table("compare-multipliers", "multiplier", &comparison.multipliers);
    let stages = told.table("stages", "stage", &comparison.stages);
    let streams = told.table("compare-streams", "stream", &comparison.streams);
    if [&multipliers, &stages, &streams].iter().all(|table| table.is_empty()) {
        return None;
    }
    let body = html! { (multipliers.markup()) (stages.folded(words)) (streams.folded(words)) };
    let title = words.text("compare-differences");
    Some(Section { id: "differences", title, body, charts: Vec::new() })
}
