//! Solvent-extraction plants: the sequence, each cascade, products, and what the plant holds and consumes.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Section, Told,
    chart::{Chart, Variant, all_rounded, axes, colour, wrapped},
    table::Table,
};
use crate::{
    analysis::extraction::{
        CascadeOutcome, Destination, Extraction, ExtractionPlant, Minimised, Phase, ReagentNeed,
    },
    measure::{format_fraction, format_mass, format_mass_rate, format_money, format_number},
    report::terminal::{
        page::NONE,
        sx::{near_whole, side},
    },
};

/// Names of the sections of a cascade, in their order.
const SECTIONS: [&str; 5] =
    ["sx-extraction", "sx-scrubbing", "sx-stripping", "sx-washing", "sx-saponification"];

pub(super) fn sx(told: &Told<'_>) -> Option<Section> {
    let words = &told.words;
    let Extraction { plants, idle, .. } = told.more.extraction?;
    let charts: Vec<Chart> =
        plants.iter().enumerate().map(|(at, plant)| tanks(told, at, plant)).collect();
    let body = html! {
        @if !idle.is_empty() {
            p.note { (words.text_with("sx-idle", &[("names", idle.join(", "))])) }
        }
        @for (plant, chart) in plants.iter().zip(&charts) {
            h3 { (words.text_with("sx-plant", &[("name", plant.operation.clone())])) }
            (sized(told, plant))
            (products(told, plant).markup())
            (sequence(told, plant))
            (cascades(told, plant).markup())
            p.note { (words.text("sx-symbols")) }
            (chart.markup(words))
            (totals(told, plant).markup())
            (by_section(told, plant).folded(words))
            (flows(told, plant).folded(words))
            (leaks(told, plant).folded(words))
            (ranking(told, plant).folded(words))
        }
    };
    Some(Section { id: "sx", title: words.text("sx"), body, charts })
}

/// What the plant is sized for, and what its design makes small.
fn sized(told: &Told<'_>, plant: &ExtractionPlant) -> Markup {
    let words = &told.words;
    let feed = &plant.feed;
    let parts = [
        ("rate", words.local(&format_mass_rate(feed.rate))),
        ("moles", words.number(feed.moles)),
        ("hours", words.number(feed.hours)),
        ("period", feed.period.clone().unwrap_or_default()),
    ];
    let id = if feed.period.is_some() { "sx-sized-in" } else { "sx-sized" };
    let mut shares: Vec<_> = feed.composition.iter().collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    let shares: Vec<String> =
        shares.iter().map(|it| format!("{} {}", it.element, words.percent(it.share))).collect();
    let small = words.text(match plant.minimised {
        Minimised::Organic => "sx-least-organic",
        Minimised::Extraction => "sx-least-extraction",
        Minimised::Cost => "sx-least-cost",
    });
    html! {
        p { (words.text_with(id, &parts)) " " (small) }
        p.note { (words.text_with("sx-feed", &[("parts", shares.join(", "))])) }
    }
}

fn products(told: &Told<'_>, plant: &ExtractionPlant) -> Table {
    let words = &told.words;
    let percent = |share: f64| words.local(&format!("{} %", near_whole(share)));
    let columns = [
        words.text("product"),
        words.text("sx-of"),
        "#t/yr".to_owned(),
        format!("#{}", words.text("sx-purity-asked")),
        format!("#{}", words.text("sx-purity")),
        format!("#{}", words.text("sx-recovery-asked")),
        format!("#{}", words.text("sx-recovery")),
        format!("#{}", words.text("sx-reserve")),
    ];
    let columns = columns.map(|column| words.unit(&column));
    let mut table = Table::new(words.text("sx-products"), columns);
    for it in &plant.products {
        table.row([
            it.name.clone(),
            it.elements.join(" "),
            words.number(it.rate),
            percent(it.purity_asked),
            percent(it.purity),
            it.recovery_asked.map_or_else(|| NONE.to_owned(), percent),
            percent(it.recovery),
            words.percent(it.reserve),
        ]);
    }
    table
}

/// The sequence as a tree of lists.
fn sequence(told: &Told<'_>, plant: &ExtractionPlant) -> Markup {
    let words = &told.words;
    let Some(first) = plant.cascades.first() else { return html! {} };
    html! {
        h4 { (words.text("sx-sequence")) }
        p.note { (words.text("sx-sequence-note")) }
        ul.tree { li { (label(told, first)) (branches(told, plant, first)) } }
    }
}

fn branches(told: &Told<'_>, plant: &ExtractionPlant, from: &CascadeOutcome) -> Markup {
    html! {
        ul {
            @for to in [&from.raffinate_to, &from.organic_to] {
                @match to {
                    Destination::Product(name) => { li { strong { (name) } (purity(told, plant, name)) } }
                    // Cascades stand in the order of their numbers.
                    Destination::Cascade(number) => {
                        @if let Some(next) = plant.cascades.get(number - 1) {
                            li { (label(told, next)) (branches(told, plant, next)) }
                        }
                    }
                }
            }
        }
    }
}

/// `2  P507  S 0.812  12 + 18`
fn label(told: &Told<'_>, it: &CascadeOutcome) -> String {
    let words = &told.words;
    let phase = match it.phase {
        Phase::Aqueous => String::new(),
        Phase::Organic => format!(", {}", words.text("sx-organic-feed")),
    };
    let (number, extractant, amount) = (it.number, &it.extractant, words.number(it.extraction));
    let (n, m) = (it.extraction_stages, it.scrub_stages);
    format!("{number}: {extractant}, S {amount}, {n} + {m}{phase}")
}

fn purity(told: &Told<'_>, plant: &ExtractionPlant, name: &str) -> String {
    let words = &told.words;
    let Some(it) = plant.products.iter().find(|it| it.name == name) else { return String::new() };
    let purity = words.local(&format!("{} %", near_whole(it.purity)));
    format!(" {purity}, {}", words.local(&format_mass_rate(it.rate)))
}

fn cut(it: &CascadeOutcome) -> String {
    format!("{} | {}", side(&it.lower), side(&it.upper))
}

fn cascades(told: &Told<'_>, plant: &ExtractionPlant) -> Table {
    let words = &told.words;
    let text = |id: &str| words.text(id);
    let columns = [
        format!("{}: {}", text("sx-cascade"), text("sx-cut")),
        text("sx-extractant"),
        text("sx-phase"),
        text("sx-keys"),
        "#β".to_owned(),
        format!("#{}", words.unit("t/yr")),
        "#S min".to_owned(),
        "#S".to_owned(),
        "#S ÷ S min".to_owned(),
        "#W".to_owned(),
        "#n".to_owned(),
        "#m".to_owned(),
        format!("#{}", text("sx-feed-stage")),
        format!("#{}", text("sx-tanks")),
        format!("#{}, m³", text("sx-volume")),
    ];
    let mut table = Table::new(text("sx-cascades"), columns);
    for it in &plant.cascades {
        let same = (it.factor - it.scrub_factor).abs() <= 1e-9 * it.factor;
        let factor = words.number(it.factor);
        table.row([
            format!("{}: {}", it.number, cut(it)),
            it.extractant.clone(),
            text(match it.phase {
                Phase::Aqueous => "sx-aqueous",
                Phase::Organic => "sx-organic",
            }),
            it.keys.join("/"),
            if same { factor } else { format!("{factor}; {}", words.number(it.scrub_factor)) },
            words.number(it.feed),
            words.number(it.minimum),
            words.number(it.extraction),
            words.number(it.margin),
            words.number(it.washing),
            it.extraction_stages.to_string(),
            it.scrub_stages.to_string(),
            it.feed_stage.to_string(),
            it.tanks.all().iter().sum::<usize>().to_string(),
            words.number(it.volume),
        ]);
    }
    table
}

/// Mixer-settlers of each cascade by section, in number or in volume.
fn tanks(told: &Told<'_>, at: usize, plant: &ExtractionPlant) -> Chart {
    let words = &told.words;
    let names: Vec<String> = plant
        .cascades
        .iter()
        .map(|it| wrapped(&format!("{}: {}", it.number, cut(it)), 30))
        .collect();
    let count = |it: &CascadeOutcome, section: usize| it.tanks.all()[section] as f64;
    let volume =
        |it: &CascadeOutcome, section: usize| count(it, section) * it.tank_volumes.all()[section];
    let traces = |value: &dyn Fn(&CascadeOutcome, usize) -> f64, unit: &str| {
        let trace = |(section, id): (usize, &&str)| {
            let name = words.text(id);
            let values = plant.cascades.iter().map(|it| value(it, section));
            json!({
                "type": "bar",
                "orientation": "h",
                "name": name,
                "y": names,
                "x": all_rounded(values),
                "hovertemplate": format!("%{{y}}<br>{name}: %{{x:,.4~r}}{unit}<extra></extra>"),
                "marker": { "color": colour(section) },
            })
        };
        Value::Array(SECTIONS.iter().enumerate().map(trace).collect())
    };
    let (tanks, volumes) = (words.text("sx-tanks"), format!("{}, m³", words.text("sx-volume")));
    let variant = |name: &str, data: Value| Variant {
        group: String::new(),
        name: name.to_owned(),
        note: String::new(),
        data,
        layout: axes(name, "", json!({ "yaxis": { "autorange": "reversed" } })),
    };
    let height = 150 + 34 * plant.cascades.len();
    let label = words.text_with("sx-tanks-label", &[("name", plant.operation.clone())]);
    let layout = json!({ "barmode": "stack" });
    let id = format!("chart-sx-{}", at + 1);
    let mut chart = Chart::new(&id, label, height, traces(&count, ""), layout);
    chart.variants =
        vec![variant(&tanks, traces(&count, "")), variant(&volumes, traces(&volume, " m³"))];
    chart.choice = words.text("show");
    chart
}

fn totals(told: &Told<'_>, plant: &ExtractionPlant) -> Table {
    let words = &told.words;
    let (totals, currency) = (&plant.totals, &told.outcome.currency);
    let columns = ["what", "#amount", "sx-note"].map(|id| match id.strip_prefix('#') {
        Some(id) => format!("#{}", words.text(id)),
        None => words.text(id),
    });
    let mut table = Table::new(words.text("sx-totals"), columns);
    let mut row = |id: &str, amount: String, note: String| {
        table.row([words.text(id), words.local(&amount), note]);
    };
    let count = |value: usize| value.to_string();
    row("sx-cascades", count(totals.cascades), String::new());
    row("sx-stages", count(totals.stages), words.text("sx-stages-note"));
    row("sx-tanks", count(totals.tanks), String::new());
    let there = totals.existing_volume.map(|there| {
        words.text_with("sx-there", &[("volume", format!("{} m³", words.number(there)))])
    });
    let cubic = |value: f64| format!("{} m³", format_number(value));
    row("sx-volume", cubic(totals.volume), there.unwrap_or_default());
    row("sx-organic-held", cubic(totals.organic_held), String::new());
    let held = [totals.held_in_organic, totals.held_in_aqueous];
    let in_phases = held.map(|held| words.local(&format_mass(held)));
    let [organic, aqueous] = in_phases;
    row(
        "sx-held",
        format_mass(held.iter().sum()),
        words.text_with("sx-held-note", &[("organic", organic), ("aqueous", aqueous)]),
    );
    let days = |value: f64| format!("{} d", format_number(value));
    row("sx-first-product", days(totals.first_product_days), totals.first_product.clone());
    let fill: Vec<f64> = [totals.fill.metals, totals.fill.organic].into_iter().flatten().collect();
    if !fill.is_empty() {
        let without = totals.fill.without_price.join(", ");
        let note = if totals.fill.metals.is_some() && !without.is_empty() {
            words.text_with("sx-without-price", &[("names", without)])
        } else {
            String::new()
        };
        row("sx-first-fill", format_money(fill.iter().sum(), currency), note);
    }
    if let Some(capital) = totals.capital {
        row("sx-capital", format_money(capital, currency), words.text("sx-capital-note"));
    }
    let linked = totals.linked.as_ref().map(|bound| {
        let ratio = words.number(bound.ratio);
        words.text_with("sx-linked", &[("ratio", ratio), ("extractant", bound.extractant.clone())])
    });
    let moles = |value: f64| format!("{} mol/mol", format_number(value));
    row("sx-sum", moles(totals.extraction), linked.unwrap_or_default());
    let reagents = &totals.reagents;
    let mut need = |id: &str, named: Option<&ReagentNeed>, amount: Option<f64>| match named {
        Some(it) => {
            let yearly = words.local(&format_mass_rate(it.per_tonne * plant.feed.rate));
            let per_tonne = format!("{} t/t", format_number(it.per_tonne));
            row(id, per_tonne, format!("{yearly} {}", it.name));
        }
        None => {
            if let Some(amount) = amount {
                row(id, moles(amount), String::new());
            }
        }
    };
    need("sx-base", reagents.base.as_ref(), Some(reagents.base_moles));
    need("sx-acid", reagents.acid.as_ref(), Some(reagents.acid_moles));
    need("sx-salt", reagents.salt.as_ref(), None);
    let yearly = format!("{} m³/yr", format_number(reagents.water * plant.feed.rate));
    let water = format!("{} m³/t", format_number(reagents.water));
    row("sx-water", water, words.local(&yearly));
    let margin = format_number(totals.least_margin);
    let number = [("number", totals.tightest.to_string())];
    row("sx-least-margin", margin, words.text_with("sx-in-cascade", &number));
    row("sx-least-reserve", format_fraction(totals.reserve), totals.least_reserve.clone());
    table
}

fn by_section(told: &Told<'_>, plant: &ExtractionPlant) -> Table {
    let words = &told.words;
    let (tanks, volume) = (words.text("sx-tanks"), words.text("sx-tank-volume"));
    let columns = SECTIONS.map(|id| words.text(id));
    let columns = [&tanks, &volume]
        .into_iter()
        .zip(["", ", m³"])
        .flat_map(|(what, unit)| columns.iter().map(move |it| format!("#{it}: {what}{unit}")));
    let columns: Vec<String> = std::iter::once(words.text("sx-cascade")).chain(columns).collect();
    let mut table = Table::new(words.text("sx-by-section"), columns);
    for it in &plant.cascades {
        let there = |value: f64| if value > 0.0 { words.number(value) } else { NONE.to_owned() };
        let numbers = it.tanks.all().map(|count| count as f64).into_iter();
        let numbers = numbers.chain(it.tank_volumes.all()).map(there);
        table.row(std::iter::once(it.number.to_string()).chain(numbers));
    }
    table
}

fn flows(told: &Told<'_>, plant: &ExtractionPlant) -> Table {
    let words = &told.words;
    let columns = ["organic", "feed", "scrub-acid", "strip-acid", "base"];
    let columns = columns.map(|id| format!("#{}", words.text(&format!("sx-flow-{id}"))));
    let columns = std::iter::once(words.text("sx-cascade")).chain(columns);
    let mut table = Table::new(words.text("sx-flows"), columns);
    for it in &plant.cascades {
        let flows = &it.flows;
        let numbers = [flows.organic, flows.feed, flows.scrub, flows.strip, flows.base];
        let there = |value: f64| if value > 0.0 { words.number(value) } else { NONE.to_owned() };
        table.row(std::iter::once(it.number.to_string()).chain(numbers.map(there)));
    }
    table
}

fn leaks(told: &Told<'_>, plant: &ExtractionPlant) -> Table {
    let words = &told.words;
    let columns = ["light-allowed", "light", "heavy-allowed", "heavy"];
    let columns = columns.map(|id| format!("#{}", words.text(&format!("sx-leak-{id}"))));
    let columns = std::iter::once(words.text("sx-cascade")).chain(columns);
    let mut table = Table::new(words.text("sx-leaks"), columns);
    for it in &plant.cascades {
        let leaks = [&it.light_leak, &it.heavy_leak].into_iter();
        let leaks = leaks.flat_map(|leak| [leak.allowed, leak.achieved]);
        let leaks = leaks.map(|share| words.local(&format_fraction(share)));
        table.row(std::iter::once(it.number.to_string()).chain(leaks));
    }
    table
}

fn ranking(told: &Told<'_>, plant: &ExtractionPlant) -> Table {
    let words = &told.words;
    let columns = [words.text("sx-sequence"), format!("#{}", words.text("sx-relative"))];
    let mut table = Table::new(words.text("sx-ranking"), columns);
    for it in plant.ranking.iter().filter(|_| plant.ranking.len() > 1) {
        table.row([it.sequence.clone(), words.number(it.relative)]);
    }
    table
}
