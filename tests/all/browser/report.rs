//! The page of `reeflow report`: drawn, quiet, readable and named.

use std::path::Path;

use serde_json::Value;

use super::{Browser, Tab};
use crate::command_line::run;

const INDUSTRIAL: &str = "flowsheets/beylikova-industrial.toml";
const ROADMAP: &str = "flowsheets/turkiye-roadmap.toml";

/// What the tests ask of a page.
const ASKED: &str = include_str!("report.js");

/// Widths of a desk and of a telephone, in CSS pixels, with heights.
const DESK: (u32, u32) = (1280, 900);
const TELEPHONE: (u32, u32) = (390, 844);

/// Writes the page of a flowsheet and opens it.
fn open(tab: &mut Tab, folder: &Path, flowsheet: &str, language: &str) {
    let page = folder.join(format!("{language}.html"));
    let path = page.to_str().expect("UTF-8");
    let ran = run(&["report", flowsheet, "--lang", language, "-o", path]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    show(tab, &page);
}

fn show(tab: &mut Tab, page: &Path) {
    tab.open(&format!("file://{}", page.display()));
    tab.evaluate(ASKED);
    // Sankey diagrams are drawn after the script has run.
    tab.wait_until("asked.drawn().every((chart) => chart.marks > 0)");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// Nothing went wrong, nothing came from elsewhere, each chart is drawn and within its edges, the body is not scrolled
/// sideways, each text stands out.
fn check(tab: &Tab, what: &str, width: u32) {
    assert!(tab.complaints().is_empty(), "{what}: {:?}", tab.complaints());
    assert_eq!(tab.loads(), [tab.text("location.href")], "{what}");
    let drawn = tab.evaluate("asked.drawn()");
    assert!(!list(&drawn).is_empty(), "{what}");
    for chart in list(&drawn) {
        assert!(chart["marks"].as_f64() > Some(0.0), "{what}: {chart}");
        assert!(list(&chart["cut"]).is_empty(), "{what}: texts are cut off: {chart}");
    }
    let whole =
        tab.number("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)");
    assert!(whole <= f64::from(width), "{what}: {whole} px wide");
    let faint = tab.evaluate("asked.faint()");
    assert!(list(&faint).is_empty(), "{what}: {faint}");
}

/// Every chart is an image with a name, and whatever can be reached has one, too.
fn check_names(tab: &Tab, what: &str) {
    let told = tab.accessible();
    let named = |role: &str| {
        told.iter().filter(|it| it.role == role).map(|it| it.name.as_str()).collect::<Vec<_>>()
    };
    let labels = tab.evaluate(
        "asked.charts().map(({ id }) => document.getElementById(id).getAttribute('aria-label').trim())",
    );
    let mut labels: Vec<&str> = list(&labels).iter().filter_map(Value::as_str).collect();
    let mut images = named("image");
    images.sort_unstable();
    labels.sort_unstable();
    assert_eq!(images, labels, "{what}");
    for (at, label) in labels.iter().enumerate() {
        assert!(label.len() > 3 && !labels[..at].contains(label), "{what}: `{label}`");
    }
    for it in &told {
        // What is grouped needs no name.
        let must = [
            "combobox",
            "button",
            "link",
            "slider",
            "textbox",
            "spinbutton",
            "table",
            "navigation",
        ];
        if it.focusable || must.contains(&it.role.as_str()) {
            assert!(!it.name.is_empty(), "{what}: a {} without a name", it.role);
        }
    }
    let lists = tab.number("document.querySelectorAll('select').length");
    assert!(lists > 0.0 && named("combobox").len() as f64 == lists, "{what}: {told:?}");
}

#[test]
fn a_page_is_drawn_quiet_and_readable() {
    let Some(browser) = Browser::there() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for (name, flowsheet) in [("industrial", INDUSTRIAL), ("roadmap", ROADMAP)] {
        for language in ["en", "tr"] {
            let mut tab = browser.tab();
            open(&mut tab, folder.path(), flowsheet, language);
            assert_eq!(tab.text("document.documentElement.lang"), language);
            check_names(&tab, name);
            for (width, height) in [DESK, TELEPHONE] {
                tab.resize(width, height);
                let mut light = Vec::new();
                for scheme in ["light", "dark"] {
                    tab.prefer(scheme);
                    let what = format!("report-{name}-{language}-{width}-{scheme}");
                    let picture = tab.screenshot(&what);
                    check(&tab, &what, width);
                    assert!(picture.exists());
                    light.push(tab.number("asked.light()"));
                }
                assert!(light[0] > 0.8 && light[1] < 0.1, "{name}: {light:?}");
            }
        }
    }
}

/// Names of thin flows once lay over each other, those of the last column over those of the column before.
#[test]
fn names_in_the_diagram_stand_clear_of_each_other() {
    let Some(browser) = Browser::there() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for flowsheet in [INDUSTRIAL, ROADMAP] {
        let mut tab = browser.tab();
        tab.resize(DESK.0, DESK.1);
        open(&mut tab, folder.path(), flowsheet, "en");
        // A word that is longer than a line cannot be broken.
        let over = tab.evaluate(
            "(() => { const names = [...document.querySelectorAll('#chart-flows .node-label')]; \
             const long = (it) => it.textContent.split(/[- ]/).some((word) => word.length > 12); \
             const boxes = names.filter((it) => !long(it)).map((it) => [it.textContent, it.getBoundingClientRect()]); \
             const over = ([, a], [, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 \
                 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3; \
             return boxes.flatMap((one, at) => boxes.slice(at + 1).filter((it) => over(one, it)).map((it) => `${one[0]} ${it[0]}`)); })()",
        );
        assert!(list(&over).is_empty(), "{flowsheet}: {over}");
        // All of it is seen at once.
        let scrolled = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)";
        let box_of = "document.getElementById('chart-flows').parentElement";
        assert!(tab.number(&format!("{scrolled}({box_of})")) <= 0.0, "{flowsheet}");
    }
}

#[test]
fn goals_are_read_on_a_telephone_without_scrolling() {
    let Some(browser) = Browser::there() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut tab = browser.tab();
    tab.resize(TELEPHONE.0, TELEPHONE.1);
    open(&mut tab, folder.path(), ROADMAP, "en");
    let wide = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)\
                (document.querySelector('#goals .records').parentElement)";
    assert!(tab.number(wide) <= 0.0);
    // What is a column elsewhere is named in each record.
    let named =
        "getComputedStyle(document.querySelector('#goals .records td'), '::before').content";
    assert_eq!(tab.text(named), "\"verdict: \"");
}

#[test]
fn a_choice_changes_what_is_drawn() {
    let Some(browser) = Browser::there() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut tab = browser.tab();
    open(&mut tab, folder.path(), INDUSTRIAL, "en");
    let shapes = |tab: &Tab| tab.text("asked.shapes('chart-flows')");
    let whole = shapes(&tab);
    for option in ["Nd", "total mass"] {
        let before = shapes(&tab);
        tab.choose("#chart-flows-choice", option);
        tab.wait_until(&format!("asked.shapes('chart-flows') !== {before:?}"));
    }
    // What is under the mouse is told.
    tab.hover("#chart-flows .sankey-link");
    tab.wait_until("document.querySelector('#chart-flows .hoverlayer .hovertext')");
    // And it is as at first.
    tab.wait_until(&format!("asked.shapes('chart-flows') === {whole:?}"));
    check(&tab, "choice", DESK.0);
}

#[test]
fn paper_has_all_tables_in_light_colours() {
    let Some(browser) = Browser::there() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut tab = browser.tab();
    tab.prefer("dark");
    open(&mut tab, folder.path(), INDUSTRIAL, "en");
    tab.evaluate(
        "addEventListener('beforeprint', () => { window.onPaper = { \
         closed: document.querySelectorAll('details:not([open]):not(.long)').length, light: asked.light() }; })",
    );
    tab.show_as("print");
    assert_eq!(tab.text("getComputedStyle(document.querySelector('nav')).display"), "none");
    tab.show_as("screen");
    // Of long tables only those are printed that are open.
    let closed = tab.number("document.querySelectorAll('details:not([open]):not(.long)').length");
    let paper = tab.print("report-industrial");
    assert!(std::fs::read(paper).expect("written").starts_with(b"%PDF"));
    let told = tab.evaluate("window.onPaper");
    assert!(closed > 0.0 && told["closed"] == 0 && told["light"].as_f64() > Some(0.8), "{told}");
    // And back again.
    let again = tab.number("document.querySelectorAll('details:not([open]):not(.long)').length");
    assert_eq!(again, closed);
    assert!(tab.number("asked.light()") < 0.1);
    check(&tab, "after printing", DESK.0);
}
