//! Tables by hand.

use super::{Cell, NAMES, Table, markdown, of, plain};

fn fruit() -> Table {
    let columns = vec![plain("fruit"), of("mass", "t/yr"), plain("note")];
    Table::new("account", "Fruit | by mass", columns)
        .with([
            row!["pears, ripe", 0.1, Cell::Empty],
            row!["a|b", 2500.0, "two\nlines"],
            row!["none", f64::NAN, "\"quoted\""],
        ])
        .summed(&["mass"])
}

#[test]
fn cells_are_numbers_texts_or_nothing() {
    assert_eq!(
        row![1.5, 2_usize, true, "", Option::<f64>::None, f64::INFINITY, -0.0, "x"],
        [
            Cell::Number(1.5),
            Cell::Number(2.0),
            Cell::Text("yes".to_owned()),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Number(0.0),
            Cell::Text("x".to_owned()),
        ]
    );
    let json = serde_json::to_string(&row![1.5, "x", Cell::Empty]).expect("JSON");
    assert_eq!(json, "[1.5,\"x\",null]");
}

#[test]
fn sums_tell_what_they_are_of() {
    let table = fruit();
    assert_eq!((table.totals, table.rows.len()), (1, 4));
    assert_eq!(table.rows[3][1], Cell::Number(2500.1));
    assert_eq!(table.sums[0].at, [3, 1]);
    assert_eq!(table.sums[0].terms, [[0, 1], [1, 1], [2, 1]]);
    assert!(table.is_numeric(1) && !table.is_numeric(0) && !table.is_numeric(2));
}

#[cfg(feature = "cli")]
#[test]
fn csv_quotes_what_needs_quotes() {
    let text = super::csv(&fruit());
    let lines = "fruit,mass [t/yr],note\r\n\"pears, ripe\",0.1,\r\na|b,2500,\"two\nlines\"\r\n\
                 none,,\"\"\"quoted\"\"\"\r\nall,2500.1,\r\n";
    assert_eq!(text, lines);
}

#[test]
fn markdown_keeps_a_row_in_its_line() {
    let mut table = fruit();
    table.columns.push(plain("without content"));
    table.rows.iter_mut().for_each(|row| row.push(Cell::Empty));
    let text = markdown("All_fruit", &[table]);
    let lines = [
        "# All\\_fruit",
        "",
        "## Fruit \\| by mass",
        "",
        "| fruit | mass \\[t/yr\\] | note |",
        "| --- | ---: | --- |",
        "| pears, ripe | 0.1 | |",
        "| a\\|b | 2,500 | two lines |",
        "| none | | \"quoted\" |",
        "| **all** | **2,500** | |",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn names_differ_and_suit_files_and_sheets() {
    for (at, name) in NAMES.iter().enumerate() {
        assert!(!NAMES[..at].contains(name), "{name}");
        assert!(name.len() <= 31 && name.chars().all(|it| it.is_ascii_lowercase() || it == '-'));
    }
}
