//! What `compare` writes, in which formats, and what it takes.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use serde_json::Value;

use super::{TUTORIAL, folder, path, run};

const CHANGED: &[&str] =
    &["--set", "product.sales.price=300 USD/t CaF2", "--set", "feed.ore.cost=9 USD/t"];
const TABLES: [&str; 5] = ["summary", "edits", "multipliers", "stages", "shadow-prices"];

fn compare(more: &[&str]) -> super::Ran {
    run(&[&["compare", TUTORIAL][..], CHANGED, more].concat())
}

#[test]
fn a_comparison_is_written_as_its_ending_says() {
    let folder = folder();
    let out = |name: &str| path(&folder.path().join(name)).to_owned();
    let read = |name: &str| std::fs::read_to_string(out(name)).expect("written");
    let count = TABLES.len();
    for (name, told) in [
        ("all.md", format!(" ({count} tables)")),
        ("all.xlsx", format!(" ({count} tables)")),
        ("all/", format!(" ({count} tables)")),
        ("all.json", String::new()),
        ("all.html", String::new()),
        ("all.txt", String::new()),
        ("plain", String::new()),
    ] {
        let ran = compare(&["-o", &out(name)]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{name}: {}", ran.err);
        assert!(ran.err.ends_with(&format!("note: wrote {}{told}\n", out(name))), "{}", ran.err);
    }
    let text = read("all.md");
    assert!(text.starts_with("# flowsheets/tutorial/06-goal-and-bottleneck.toml → "), "{text}");
    assert_eq!(text.matches("\n## ").count(), count);
    assert!(
        text.contains("\n| product.sales.price | changed | 200 USD/t CaF2 | 300 USD/t CaF2 |"),
        "{text}"
    );
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(std::fs::read(out("all.xlsx")).expect("written")))
            .expect("a workbook");
    assert_eq!(book.sheet_names(), TABLES);
    let edits = book.worksheet_range("edits").expect("a sheet");
    let rows: Vec<&[Data]> = edits.rows().collect();
    let part = |row: &[Data]| match row[5] {
        Data::Float(value) => value,
        _ => f64::NAN,
    };
    let (all, parts) = rows[1..].split_last().expect("rows");
    let sum: f64 = parts.iter().map(|row| part(row)).sum();
    // By hand: 600 t of ore give 54 t that earn 100 USD/t more, and cost 4 USD/t more.
    assert!((sum - 3_000.0).abs() < 1e-6 && (part(all) - sum).abs() < 1e-6, "{rows:?}");
    for name in TABLES {
        assert!(read(&format!("all/{name}.csv")).lines().count() > 1, "{name}");
    }
    let told: Value = serde_json::from_str(&read("all.json")).expect("JSON");
    assert_eq!(told["schema"], "reeflow-compare-1");
    let price = &told["compare"]["shadow-prices"][0];
    assert_eq!(
        (&price["name"], &price["unit"], &price["per"]),
        (&"separator.mill.capacity".into(), &"USD/yr".into(), &"t/yr".into())
    );
    // A shadow price has its unit everywhere: of a t of the mill, 0.09 × 300 − 9 − 3 USD.
    let words = |name: &str| read(name).split_whitespace().collect::<Vec<_>>().join(" ");
    for name in ["all.txt", "plain"] {
        assert!(
            words(name).contains("separator.mill.capacity 10 USD/t 15 USD/t"),
            "{}",
            words(name)
        );
    }
    assert!(text.contains("| separator.mill.capacity | 10 | 15 | 5 | USD/t |"), "{text}");
    assert!(read("all.html").contains("15 USD/t"));
    let ran = compare(&["-o", &out("one.csv"), "--table", "edits"]);
    assert!(ran.err.ends_with("one.csv (edits)\n"), "{}", ran.err);
    assert_eq!(read("one.csv"), read("all/edits.csv"));
    // On standard output nothing is told to be written.
    let ran = compare(&["-o", "-", "--quiet"]);
    assert!(ran.out.starts_with("What changed") && ran.err.is_empty(), "{}", ran.err);
}

#[test]
fn what_a_comparison_cannot_be_is_refused() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("there")).expect("a folder");
    for (name, more, reasons) in [
        ("a.svg", &[][..], &["no picture of a comparison", "`.md`"][..]),
        ("a.pdf", &[], &["nothing is written as `.pdf`", "`.html`", "`.txt`"]),
        ("there", &[], &["is a folder", "there/`"]),
        ("a.csv", &[], &["one table", "--table", "`shadow-prices`"]),
        ("a.csv", &["--table", "edit"], &["no table `edit`", "did you mean `edits`?"]),
        ("a.md", &["--table", "streams"], &["nothing stands in the table `streams`"]),
        ("a.html", &["--table", "edits"], &["a page tells everything"]),
        ("a.txt", &["--table", "edits"], &["`--table` is for"]),
        ("a.json", &["--table", "edits"], &["`--table` is for"]),
        ("a.md", &["--lang", "tr"], &["`--lang` is for a page"]),
        ("a.txt", &["--lang", "tr"], &["`--lang` is for a page"]),
        ("a.md", &["--format", "json"], &["tables are no JSON"]),
    ] {
        let out = folder.path().join(name);
        let ran = compare(&[&["-o", path(&out)][..], more].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{name}: {}", ran.err);
        assert!(reasons.iter().all(|reason| ran.err.contains(reason)), "{name}: {}", ran.err);
    }
    // Data may be called as one likes.
    let out = folder.path().join("a.data");
    let ran = compare(&["--format", "json", "-o", path(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // Without a plan nothing is written but findings as data.
    let infeasible = "tests/fixtures/broken/infeasible.toml";
    for name in ["none.md", "none.txt", "none.html", "none.json"] {
        let out = folder.path().join(name);
        let ran = run(&["compare", infeasible, TUTORIAL, "-o", path(&out)]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{name}: {}", ran.err);
        assert_eq!(out.exists(), name == "none.json", "{name}");
    }
}

#[test]
fn tables_and_other_answers_are_no_results() {
    let folder = folder();
    let file = |name: &str| path(&folder.path().join(name)).to_owned();
    assert_eq!(run(&["report", TUTORIAL, "-o", &file("tables.json")]).code, Some(0));
    let asked = ["goals", TUTORIAL, "--format", "json", "-o", &file("goals.json")];
    assert_eq!(run(&asked).code, Some(1));
    let way = "make a result with `reeflow solve FLOWSHEET --format json";
    for (name, told) in [
        ("tables.json", "it holds tables of `reeflow report`"),
        ("goals.json", "it is what `reeflow goals` answered"),
    ] {
        for command in [vec!["compare", TUTORIAL, "NAME"], vec!["verify", "NAME", TUTORIAL]] {
            let own = file(name);
            let asked: Vec<&str> =
                command.iter().map(|it| if *it == "NAME" { own.as_str() } else { it }).collect();
            let ran = run(&asked);
            assert_eq!(ran.code, Some(2), "{asked:?}: {}", ran.err);
            assert!(ran.err.contains(told) && ran.err.contains(way), "{asked:?}: {}", ran.err);
        }
        let ran = run(&["solve", &file(name)]);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains("no flowsheet: name the TOML file"), "{}", ran.err);
    }
    // What a saved result is called does not matter.
    let asked = ["solve", TUTORIAL, "--format", "json", "-o", &file("monday")];
    assert_eq!(run(&asked).code, Some(0));
    let ran = run(&["compare", &file("monday"), TUTORIAL]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}
