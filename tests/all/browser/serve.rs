//! The page of `reeflow serve`: what is moved changes the plan, is undone, linked and found fault with.

use std::{fs, path::Path, time::Duration};

use super::{Browser, Tab};
use crate::serve::Server;

const INDUSTRIAL: &str = "flowsheets/beylikova-industrial.toml";
const MAGNETS: &str = "separator.pressing-sintering.capacity";
const ORE: &str = "feed.ore.supply.max";

/// Selects a part of the field of a figure.
fn part(path: &str, part: &str) -> String {
    format!(".field[data-path='{path}'] .{part}")
}

/// Waits for the answer to the last question, and for no other one.
fn settle(tab: &Tab) {
    tab.wait_until(
        "document.body.dataset.asked === '0' && Number(document.body.dataset.solved) > 0",
    );
}

fn open(tab: &mut Tab, address: &str) {
    tab.open(address);
    settle(tab);
    // Diagrams are drawn after the script has run.
    tab.wait_until("document.querySelector('#chart-flows path.sankey-link')");
}

/// What the diagram draws as the flow of magnets to their buyers, t/yr.
fn magnets(tab: &Tab) -> f64 {
    tab.number(
        "(() => { const [{ node, link }] = document.getElementById('chart-flows').data; \
         const to = node.label.findIndex((name) => name.replaceAll('<br>', '') === 'magnets'); \
         return link.value.reduce((sum, flow, at) => link.target[at] === to ? sum + flow : sum, 0); })()",
    )
}

/// What the light of a goal says.
fn light(tab: &Tab, goal: &str) -> String {
    tab.text(&format!(
        "[...document.querySelectorAll('#lights li')].find((it) => it.textContent.includes('{goal}')).textContent"
    ))
}

#[test]
fn a_slider_changes_the_flow_of_magnets() {
    let Some(browser) = Browser::there() else { return };
    let server = Server::of(Path::new(INDUSTRIAL), &[]);
    let mut tab = browser.tab();
    open(&mut tab, &server.address);
    let before = magnets(&tab);
    assert!(before > 1_000.0, "{before} t/yr");
    assert!(light(&tab, "magnets").contains("1,851"), "{}", light(&tab, "magnets"));

    let value = tab.slide(&part(MAGNETS, "slider"), 0.2);
    settle(&tab);
    let after = magnets(&tab);
    let told = tab.text(&format!("document.querySelector(\"{}\").value", part(MAGNETS, "text")));
    assert!(told.ends_with(" t/yr") && value < 0.5 * before, "{told}: {value}");
    // It is what is pressed there, of which no more is sold.
    assert!(after <= value + 0.5 && after > 0.5 * value, "{before} → {after} of {value}");
    tab.screenshot("serve-moved");

    // The step is one, however often it asked on its way.
    tab.click("#undo");
    settle(&tab);
    approx::assert_relative_eq!(magnets(&tab), before);
    tab.click("#redo");
    settle(&tab);
    approx::assert_relative_eq!(magnets(&tab), after);

    // The address tells it all to another tab, at the same time.
    let link = tab.text("location.href");
    assert!(link.contains("#set="), "{link}");
    let mut other = browser.tab();
    open(&mut other, &link);
    approx::assert_relative_eq!(magnets(&other), after);
    other.click("#reset");
    settle(&other);
    approx::assert_relative_eq!(magnets(&other), before);
    approx::assert_relative_eq!(magnets(&tab), after);
    for tab in [&tab, &other] {
        assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
        let own = server.address.trim_end_matches('/');
        assert!(tab.loads().iter().all(|address| address.starts_with(own)), "{:?}", tab.loads());
    }
}

/// Items of lists once had no fields.
#[test]
fn an_item_of_a_list_has_a_slider() {
    let Some(browser) = Browser::there() else { return };
    let server = Server::of(Path::new(INDUSTRIAL), &[]);
    let mut tab = browser.tab();
    open(&mut tab, &server.address);
    let before = magnets(&tab);
    let conversion = "reactor.electrolysis.reaction.0.conversion";
    tab.evaluate("document.getElementById('fields-recovery').open = true");
    tab.slide(&part(conversion, "slider"), 0.9);
    settle(&tab);
    let told = tab.text(&format!("document.querySelector(\"{}\").value", part(conversion, "text")));
    assert!(told.ends_with(" %") && told != "97 %", "{told}");
    let after = magnets(&tab);
    assert!((after - before).abs() > 1.0, "{before} → {after} at {told}");
}

#[test]
fn findings_appear_on_the_field_and_the_last_plan_stays() {
    let Some(browser) = Browser::there() else { return };
    let server = Server::of(Path::new(INDUSTRIAL), &[]);
    let mut tab = browser.tab();
    open(&mut tab, &server.address);
    let before = magnets(&tab);
    tab.fill(&part(ORE, "text"), "700 parsecs");
    tab.press("Enter");
    settle(&tab);
    let wrong =
        tab.text(&format!("document.querySelector(\"{}\").textContent", part(ORE, "wrong")));
    assert!(wrong.contains("parsecs"), "{wrong}");
    approx::assert_relative_eq!(magnets(&tab), before);
    assert_eq!(tab.evaluate("document.getElementById('main').classList.contains('stale')"), true);
    tab.screenshot("serve-refused");

    // Outside the slider there is room, and the link keeps it.
    tab.fill(&part(ORE, "text"), "2000 kt/yr");
    tab.press("Enter");
    settle(&tab);
    assert_eq!(
        tab.number(&format!("Number(document.querySelector(\"{}\").max)", part(ORE, "slider"))),
        2000.0
    );
    assert_eq!(
        tab.text(&format!("document.querySelector(\"{}\").textContent", part(ORE, "wrong"))),
        ""
    );
    assert_eq!(tab.evaluate("document.getElementById('main').classList.contains('stale')"), false);
    tab.click(&part(ORE, "back"));
    settle(&tab);
    approx::assert_relative_eq!(magnets(&tab), before);
    assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
}

#[test]
fn an_edited_flowsheet_keeps_what_was_changed() {
    let Some(browser) = Browser::there() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mill.toml");
    fs::write(&file, crate::serve::SHEET).expect("written");
    let server = Server::of(&file, &[]);
    let mut tab = browser.tab();
    open(&mut tab, &server.address);
    tab.fill(&part("feed.ore.supply", "text"), "200 t/yr");
    tab.press("Enter");
    settle(&tab);
    fs::write(&file, crate::serve::SHEET.replace("50 USD/kg", "70 USD/kg")).expect("written");
    let price = part("product.sales.price", "text");
    tab.wait_until(&format!("document.querySelector(\"{price}\").value.startsWith('70 ')"));
    std::thread::sleep(Duration::from_millis(100));
    settle(&tab);
    let supply = part("feed.ore.supply", "text");
    assert_eq!(tab.text(&format!("document.querySelector(\"{supply}\").value")), "200 t/yr");
    let lights = tab.text("document.getElementById('lights').textContent");
    assert!(lights.contains("1,120 kUSD/yr"), "{lights}");
    assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
}

#[test]
fn turkish_quantities_are_read_as_the_page_writes_them() {
    let Some(browser) = Browser::there() else { return };
    let server = Server::of(Path::new(INDUSTRIAL), &["--lang", "tr"]);
    let mut tab = browser.tab();
    open(&mut tab, &server.address);
    let read = |typed: &str| {
        let typed = serde_json::Value::from(typed);
        tab.text(&format!(
            "(({{ text, wrong, mended }}) => text ?? `${{wrong}}: ${{mended}}`)(written.read({typed}))"
        ))
    };
    for (typed, canonical) in [
        ("1.200 t/yr", "1,200 t/yr"),
        ("1.200,5 t/yıl", "1,200.5 t/yr"),
        ("1 200,5 t/yil", "1,200.5 t/yr"),
        ("12.345.678 USD", "12,345,678 USD"),
        ("\u{2212}0,25", "\u{2212}0.25"),
        ("1,5e-3 t H2SO4/t", "1.5e-3 t H2SO4/t"),
        ("%12,5", "12.5 %"),
        ("-%5 REO", "-5 % REO"),
        ("12,5 %", "12.5 %"),
        ("%5/yıl", "5 %/yr"),
        ("3,2 milyar USD/yıl", "3.2 billion USD/yr"),
        ("12,35 MUSD/yıl", "12.35 MUSD/yr"),
        ("'1.200 t'", "1,200 t"),
        ("{ value = \"1.5 t\" }", "{ value = \"1.5 t\" }"),
        ("çok", "çok"),
        // What may be meant the English way is not guessed.
        ("1.20 t/yr", "1.20: 1,20"),
        ("0.500 %", "0.500: 0,500"),
        ("1.2345", "1.2345: 1,2345"),
        ("1,200,000.5", "1,200,000.5: 1.200.000,5"),
        ("1,200,000", "1,200,000: 1.200.000"),
        ("1 20 t", "1 20: 120"),
        (",5 t", ",5: 0,5"),
    ] {
        assert_eq!(read(typed), canonical, "{typed}");
    }
    // All that the page shows in its fields is read as what it is.
    let odd = "[...document.querySelectorAll('.field .text')].map(({ value, defaultValue }) => [value, written.read(value).text, \
               defaultValue]).filter(([, read, own]) => read?.replaceAll(/[ ,]/g, '') !== own.replaceAll(/[ ,_]/g, '')).join('; ')";
    assert_eq!(tab.text(odd), "");
    assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
}

#[test]
fn a_turkish_field_a_slider_and_a_link_agree() {
    let Some(browser) = Browser::there() else { return };
    let server = Server::of(Path::new(INDUSTRIAL), &["--lang", "tr"]);
    let mut tab = browser.tab();
    open(&mut tab, &server.address);
    let value = |tab: &Tab, path: &str, of: &str| {
        tab.text(&format!("String(document.querySelector(\"{}\").value)", part(path, of)))
    };
    assert_eq!(value(&tab, ORE, "text"), "570 kt/yıl");
    tab.fill(&part(MAGNETS, "text"), "1.200 t/yıl");
    tab.press("Enter");
    settle(&tab);
    assert_eq!(value(&tab, MAGNETS, "slider"), "1200");
    let most = magnets(&tab);
    assert!(most > 1_000.0 && most < 1_200.5, "{most}");
    let link = tab.text("decodeURIComponent(location.hash)");
    assert!(link.ends_with("=1,200+t/yr"), "{link}");

    // What is typed the English way is refused, and says how it is written; the plan before it stays.
    tab.fill(&part(MAGNETS, "text"), "1.20 t/yr");
    tab.press("Enter");
    settle(&tab);
    let wrong =
        tab.text(&format!("document.querySelector(\"{}\").textContent", part(MAGNETS, "wrong")));
    assert!(wrong.contains("1,20"), "{wrong}");
    assert_eq!(tab.text("decodeURIComponent(location.hash)"), link);
    approx::assert_relative_eq!(magnets(&tab), most);
    assert_eq!(tab.evaluate("document.getElementById('main').classList.contains('stale')"), true);
    tab.screenshot("serve-tr-refused");

    tab.fill(&part(MAGNETS, "text"), "900,5 t/yıl");
    tab.press("Enter");
    settle(&tab);
    assert_eq!(value(&tab, MAGNETS, "slider"), "900.5");
    assert_eq!(tab.evaluate("document.getElementById('main').classList.contains('stale')"), false);

    // A slider writes what the field reads.
    tab.slide(&part(MAGNETS, "slider"), 0.21);
    settle(&tab);
    let moved: f64 = value(&tab, MAGNETS, "slider").parse().expect("a number");
    let told = value(&tab, MAGNETS, "text");
    let number = told.strip_suffix(" t/yıl").expect("with its unit").replace('.', "");
    let number: f64 = number.replace(',', ".").parse().expect("a number");
    approx::assert_relative_eq!(number, moved, max_relative = 1e-3);
    let other_link = tab.text("location.href");
    let mut other = browser.tab();
    open(&mut other, &other_link);
    assert_eq!(value(&other, MAGNETS, "text"), told);
    for tab in [&tab, &other] {
        assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
    }
}

#[test]
fn it_can_be_used_on_a_desk_and_on_a_telephone() {
    let Some(browser) = Browser::there() else { return };
    for (language, scheme) in [("en", "light"), ("tr", "dark")] {
        let server = Server::of(Path::new(INDUSTRIAL), &["--lang", language]);
        let mut tab = browser.tab();
        tab.prefer(scheme);
        for (width, height) in [(1280, 900), (390, 844)] {
            tab.resize(width, height);
            open(&mut tab, &server.address);
            let wide = tab.number("document.documentElement.scrollWidth");
            assert!(wide <= f64::from(width), "{language}: {wide} px of {width}");
            // Whatever can be reached has a name.
            for it in tab.accessible() {
                let must = ["button", "slider", "textbox", "searchbox", "combobox", "link"];
                assert!(!must.contains(&it.role.as_str()) || it.name.len() > 1, "{it:?}");
            }
            // Charts are drawn when they are seen.
            tab.evaluate("document.getElementById('limits').scrollIntoView()");
            tab.wait_until("document.querySelector('#limits .plot svg .bars path')");
            tab.evaluate("window.scrollTo(0, 0)");
            tab.screenshot(&format!("serve-{language}-{width}"));
            assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
        }
    }
}
