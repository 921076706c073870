//! The report as a page: whole, offline, escaped, and always the same.

use reeflow::{
    analysis::{Outcome, analyse},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
    report::html::{Language, render},
};
use serde_json::Value;

use crate::shipped;

fn solved(flowsheet: &Flowsheet) -> Outcome {
    analyse(flowsheet, &Options::default(), Form::Condensed).expect("it has an optimum").outcome
}

fn page(name: &str, language: Language) -> String {
    let flowsheet = shipped::lower(name, &[]);
    render(&solved(&flowsheet), &flowsheet, language)
}

/// What stands between two texts, first occurrence.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let after = text.split_once(from).expect("it begins").1;
    after.split_once(to).expect("it ends").0
}

fn charts(page: &str) -> Vec<Value> {
    let data = between(page, "<script id=\"charts\" type=\"application/json\">", "</script>");
    let data: Value = serde_json::from_str(data).expect("it is JSON");
    data["charts"].as_array().expect("a list").clone()
}

/// The page without scripts and styles.
fn markup(page: &str) -> String {
    let mut left = page.to_owned();
    for tag in ["script", "style"] {
        let mut kept = String::new();
        let mut rest = left.as_str();
        while let Some((before, after)) = rest.split_once(&format!("<{tag}")) {
            kept.push_str(before);
            rest = after.split_once(&format!("</{tag}>")).expect("it ends").1;
        }
        kept.push_str(rest);
        left = kept;
    }
    left
}

/// Every chart has its element, and what it draws is sound.
fn check_charts(name: &str, page: &str) {
    let markup = markup(page);
    let charts = charts(page);
    for chart in &charts {
        let id = chart["id"].as_str().expect("a name");
        assert_eq!(markup.matches(&format!("id=\"{id}\"")).count(), 1, "{name}: {id}");
        let traces = chart["data"].as_array().expect("traces").len();
        assert!(traces > 0, "{name}: {id}");
        for variant in chart["variants"].as_array().expect("a list") {
            assert_eq!(variant["data"].as_array().expect("traces").len(), traces, "{name}: {id}");
        }
    }
    let flows = charts.iter().find(|chart| chart["id"] == "chart-flows").expect("flows");
    let sankey = &flows["data"][0];
    let nodes = sankey["node"]["label"].as_array().expect("labels").len();
    let links = sankey["link"]["source"].as_array().expect("links");
    let targets = sankey["link"]["target"].as_array().expect("links");
    assert_eq!(links.len(), targets.len());
    for (from, to) in links.iter().zip(targets) {
        for end in [from, to] {
            assert!(end.as_u64().is_some_and(|at| at < nodes as u64), "{name}");
        }
    }
    let colours = sankey["link"]["color"].as_array().expect("colours");
    for (at, colour) in colours.iter().enumerate() {
        // Only what flows back goes backwards, if anything flows at all; or it is cut.
        let backwards = links[at].as_u64() >= targets[at].as_u64();
        let flows = flows["variants"][0]["data"][0]["link"]["value"][at].as_f64() > Some(0.0);
        let recycled = colour.as_str().is_some_and(|it| it.starts_with("--recycled"));
        assert!(!flows || !backwards || recycled, "{name}: link {at}");
    }
    for variant in flows["variants"].as_array().expect("a list") {
        let values = variant["data"][0]["link"]["value"].as_array().expect("values");
        assert_eq!(values.len(), links.len(), "{name}");
        assert!(values.iter().all(|value| value.as_f64().is_some_and(|value| value >= 0.0)));
    }
}

fn check_offline(name: &str, page: &str) {
    let markup = markup(page);
    for found in ["http:", "https:", "<link", "<iframe", "<object", "<embed", "<img", " src="] {
        assert!(!markup.contains(found), "{name}: `{found}`");
    }
    for part in page.split("<script").skip(1) {
        let tag = part.split_once('>').expect("it ends").0;
        assert!(!tag.contains("src"), "{name}: <script{tag}>");
    }
    let style = between(page, "<style>", "</style>");
    assert!(!style.contains("url(") && !style.contains("@import"), "{name}");
    assert!(page.contains("content=\"default-src 'none';"), "{name}");
}

#[test]
fn pages_of_all_shipped_flowsheets_are_whole() {
    for name in shipped::names() {
        let flowsheet = shipped::lower(&name, &[]);
        // What has no plan has no page.
        let Ok(plan) = analyse(&flowsheet, &Options::default(), Form::Condensed) else { continue };
        for &language in Language::ALL {
            let page = render(&plan.outcome, &flowsheet, language);
            check_offline(&name, &page);
            check_charts(&name, &page);
            for id in ["flows", "account"] {
                assert!(page.contains(&format!("<section id=\"{id}\"")), "{name}: {id}");
            }
            assert_eq!(page.contains("<section id=\"goals\""), !plan.outcome.goals.is_empty());
            assert_eq!(page.contains("<section id=\"chain\""), !plan.outcome.stages.is_empty());
        }
    }
}

#[test]
fn a_page_has_every_section() {
    let one_year = page("beylikova-industrial", Language::English);
    for id in ["goals", "flows", "chain", "multipliers", "limits", "account"] {
        assert!(one_year.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    let over_years = page("tutorial/09-plan", Language::English);
    for id in ["goals", "production", "capacity", "cash-flow", "flows", "account"] {
        assert!(over_years.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    // Whatever is drawn is told, too.
    for page in [one_year, over_years] {
        let markup = markup(&page);
        let tables = markup.matches("<table").count();
        assert_eq!(markup.matches("<caption>").count(), tables);
        assert!(tables >= charts(&page).len());
        assert!(markup.matches("role=\"img\" aria-label=\"").count() == charts(&page).len());
    }
}

#[test]
fn the_sankey_diagram_has_the_flows_of_the_plan() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let outcome = solved(&flowsheet);
    let charts = charts(&render(&outcome, &flowsheet, Language::English));
    let variants = charts[0]["variants"].as_array().expect("a list");
    let values = |label: &str| -> Vec<f64> {
        let variant = variants.iter().find(|it| it["label"] == label).expect("it is there");
        let values = variant["data"][0]["link"]["value"].as_array().expect("values");
        values.iter().filter_map(Value::as_f64).collect()
    };
    let at = |name: &str| outcome.streams.iter().position(|it| it.name == name).expect("a stream");
    let whole = values("total mass");
    assert!((whole[at("ore")] - 570_000.0).abs() < 1.0);
    // Around a reaction neodymium is kept as an element: oxide from ore and from scrap, metal and slag.
    let neodymium = values("Nd");
    let sum = |names: [&str; 2]| names.iter().map(|name| neodymium[at(name)]).sum::<f64>();
    let (oxide, rest) =
        (sum(["ndpr.metal", "calcination.ndpr"]), sum(["electrolysis.metal", "electrolysis.slag"]));
    assert!(oxide > 0.0 && (oxide - rest).abs() < 1e-5 * oxide, "{oxide} {rest}");
}

#[test]
fn text_of_the_user_is_text() {
    let text = r#"
        [flowsheet]
        title = "</script><script>alert(1)</script> & <b>bold</b>"
        note = "a < b\n\n<img src=x onerror=alert(1)>"
        assumed = "an example"
        stages = ["ore"]
        [species.gangue]
        [feed.ore]
        to = "mill"
        stage = "ore"
        supply = "100 t/yr"
        assay = { grade = { Nd2O3 = "10 %" }, rest = "gangue" }
        [separator.mill]
        to = { concentrate = "sales", tailings = "dam" }
        recovery.concentrate = { Nd2O3 = "80 %", gangue = "5 %" }
        [product.sales]
        price = "50 USD/kg Nd2O3"
        [waste.dam]
        [goal.much]
        title = "<u>much</u>"
        measure = "flow(sales)"
        at-least = "50 t/yr"
    "#;
    let flowsheet = shipped::lower_text(text);
    let page = render(&solved(&flowsheet), &flowsheet, Language::English);
    for found in ["<script>alert", "<b>bold", "<img", "<u>much"] {
        assert!(!page.contains(found), "`{found}`");
    }
    assert!(page.contains("<title>&lt;/script&gt;&lt;script&gt;alert(1)"));
    check_charts("hostile", &page);
}

#[test]
fn the_same_outcome_makes_the_same_page() {
    for &language in Language::ALL {
        let name = "beylikova-industrial";
        assert!(page(name, language) == page(name, language), "{language:?}");
    }
}

#[test]
fn a_page_in_turkish_has_decimal_commas() {
    let page = page("beylikova-industrial", Language::Turkish);
    assert!(page.contains("<html lang=\"tr\">"));
    assert!(page.contains("53,06 MUSD/yıl") && page.contains("Hedefler"));
    assert!(page.contains("\"separators\":\",.\""));
}
