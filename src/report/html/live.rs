//! The page on which figures are changed, as `reeflow serve` shows it: the report's sections, drawn anew at each change, and
//! beside them a field and a slider for each figure.
//!
//! A path of a figure is also the key by which it is set (`--set`), so that what is changed on the page can be written into the
//! file. Figures that are items of a list have no such key, and lengths of periods change what the page is about; both are left
//! out.

mod field;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;

use super::{
    Language, More, Told, head,
    page::{self, PLOTLY, SCRIPT, STYLE},
    sections,
    words::Words,
};
use crate::{analysis::Outcome, flowsheet::Flowsheet};

pub use field::key_of;

/// What may load what: the page its own files, and nothing else.
pub const POLICY: &str = include_str!("live/policy.txt");

/// The files beside the page: name, media type, text.
pub const ASSETS: [(&str, &str, &str); 7] = [
    ("style.css", "text/css", STYLE),
    ("live.css", "text/css", include_str!("live/live.css")),
    ("plotly.js", "text/javascript", PLOTLY),
    ("idiomorph.js", "text/javascript", include_str!("idiomorph.min.js")),
    ("report.js", "text/javascript", SCRIPT),
    ("written.js", "text/javascript", include_str!("live/written.js")),
    ("live.js", "text/javascript", include_str!("live/live.js")),
];

/// What is told of a plan as markup, and its charts.
#[derive(Clone, Debug, Serialize)]
pub struct Parts {
    /// Objective and goals, for the bar that is always seen.
    lights: String,
    /// Title, certificate.
    head: String,
    /// The sections, or those that were asked for.
    main: String,
    /// What stands around all sections; none if only some were asked for.
    around: Option<Around>,
    /// Figures of plotly.js.
    charts: serde_json::Value,
}

/// What stands around the sections.
#[derive(Clone, Debug, Serialize)]
struct Around {
    /// Links to them.
    contents: String,
    /// The note, and how the figures are founded.
    foot: String,
}

/// What is told of a plan; of its sections only those that are `seen`, if that is said.
#[must_use]
pub fn tell(
    outcome: &Outcome,
    flowsheet: &Flowsheet,
    language: Language,
    seen: Option<&[String]>,
) -> Parts {
    let told = Told { outcome, flowsheet, more: More::default(), words: Words::new(language) };
    // Its figures stand in the panel, and what moves comes first.
    let is_seen = |id: &str| seen.is_none_or(|seen| seen.iter().any(|name| name == id));
    let mut sections = sections(&told, |id| id != "inputs" && is_seen(id));
    sections.sort_by_key(|section| section.id != "flows");
    let head = html! {
        h1 { (outcome.title) }
        (head::proof(&told))
    };
    let around = seen.is_none().then(|| {
        let foot = html! {
            (head::about(&told))
            (head::foot(&told))
        };
        Around {
            contents: page::contents(&sections).into_string(),
            foot: page::footer(&foot).into_string(),
        }
    });
    Parts {
        lights: lights(&told).into_string(),
        head: head.into_string(),
        main: page::in_order(&sections).into_string(),
        around,
        charts: page::charts(&sections, &told.words),
    }
}

/// The objective, and each goal as a light.
fn lights(told: &Told<'_>) -> Markup {
    let Told { outcome, words, .. } = told;
    let objective = &outcome.objective;
    let show = |value: f64, unit: &str| words.amount(value, unit, &outcome.currency);
    let light = |name: &str, title: Option<&String>, met: bool, value: String| {
        let (class, mark) = if met { ("met", "✓") } else { ("missed", "✗") };
        html! {
            li class=(class) title=[title] {
                span aria-hidden="true" { (mark) } " "
                span.goal { (name) }
                span.value { " " (value) }
                span.hidden { " " (words.text(if met { "is-met" } else { "is-missed" })) }
            }
        }
    };
    html! {
        p.objective {
            span { (words.name("kind", &objective.name)) } " "
            strong { (show(objective.value, &objective.unit)) }
        }
        ul.lights aria-label=(words.text("goals")) {
            @match outcome.roadmap.as_ref().filter(|_| outcome.period.is_some()) {
                Some(roadmap) => {
                    @for goal in &roadmap.goals {
                        @let last = goal.points.iter().rfind(|point| point.wanted).and_then(|point| point.value);
                        (light(&goal.name, goal.title.as_ref(), goal.met,
                            last.map_or_else(String::new, |value| show(value, &goal.unit))))
                    }
                }
                None => {
                    @for goal in &outcome.goals {
                        (light(&goal.name, goal.title.as_ref(), goal.met,
                            goal.value.map_or_else(String::new, |value| show(value, &goal.unit))))
                    }
                }
            }
        }
    }
}

/// The fields and sliders of all figures that can be changed.
#[must_use]
pub fn panel(flowsheet: &Flowsheet, language: Language) -> String {
    field::panel(flowsheet, &Words::new(language)).into_string()
}

/// The page itself, before anything is solved. `scenarios` are those of the flowsheet: name and title.
#[must_use]
pub fn shell(title: &str, scenarios: &[(String, Option<String>)], language: Language) -> String {
    let words = Words::new(language);
    let text = |id: &str| words.text(id);
    let button = |id: &str, key: Option<&str>| {
        html! {
            button type="button" id=(id) aria-keyshortcuts=[key] { (text(id)) }
        }
    };
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – reeflow" }
                link rel="stylesheet" href="style.css";
                link rel="stylesheet" href="live.css";
                link rel="icon" href="data:,";
                @for script in ["plotly.js", "idiomorph.js", "report.js", "written.js", "live.js"] {
                    script defer src=(script) {}
                }
            }
            body.live {
                a.skip href="#report" { (text("skip")) }
                div.bar {
                    div id="lights" aria-live="polite" {}
                    p id="status" role="status" {}
                    div.actions {
                        (button("undo", Some("Control+Z")))
                        (button("redo", Some("Control+Shift+Z")))
                        (button("reset", None))
                        (button("save", None))
                        (button("copy-link", None))
                        (button("copy-command", None))
                    }
                }
                div.desk {
                    form id="figures" aria-label=(text("live-figures")) autocomplete="off" {
                        details id="figures-fold" open {
                            summary { (text("live-figures")) }
                            @if !scenarios.is_empty() {
                                p.scenario {
                                    label for="scenario" { (text("live-scenario")) } " "
                                    select id="scenario" {
                                        option value="" { (text("as-in-file")) }
                                        @for (name, title) in scenarios {
                                            option value=(name) title=[title.as_ref()] { (name) }
                                        }
                                    }
                                }
                            }
                            p.find {
                                label for="find" { (text("find-figure")) } " "
                                input id="find" type="search";
                            }
                            div id="panel" {}
                        }
                    }
                    div id="report" {
                        div id="findings" role="alert" {}
                        @if language != Language::English {
                            p id="findings-language" { (text("findings-language")) }
                        }
                        noscript { p { (text("needs-script")) } }
                        div id="head" {}
                        nav id="contents" aria-label=(text("contents")) {}
                        main id="main" {}
                        div id="foot" {}
                    }
                }
                script id="words" type="application/json" { (PreEscaped(super::chart::in_script(&said(&words)))) }
            }
        }
    };
    page.into_string()
}

/// What the script says itself.
fn said(words: &Words) -> serde_json::Value {
    const IDS: [&str; 10] = [
        "solved-in",
        "stale",
        "none",
        "edited",
        "unreachable",
        "copied",
        "copy-by-hand",
        "saved",
        "scenario-name",
        "misread",
    ];
    let said = IDS.into_iter().map(|id| (id.to_owned(), words.text(&format!("live-{id}")).into()));
    serde_json::Value::Object(said.collect())
}
