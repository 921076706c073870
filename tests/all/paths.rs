//! Every figure is set by the path that is told of it, also within a list.

use std::collections::{BTreeMap, HashMap};

use reeflow::flowsheet::{Figure, Flowsheet, Provenance};

use crate::shipped;

/// What the user wrote.
fn written(flowsheet: &Flowsheet) -> impl Iterator<Item = &Figure> {
    flowsheet.figures.iter().filter(|figure| figure.provenance != Provenance::Computed)
}

fn is_item(figure: &Figure) -> bool {
    let mut keys = figure.path.split('.');
    keys.any(|key| key.len() < 3 && key.bytes().all(|byte| byte.is_ascii_digit()))
}

#[test]
fn each_figure_is_set_by_its_path() {
    let mut items = 0;
    for name in shipped::names() {
        let before = shipped::lower(&name, &[]);
        // A figure that is read in two places is told twice; two figures never have one path.
        let mut places = HashMap::new();
        for figure in written(&before) {
            let place = *places.entry(figure.path.as_str()).or_insert(figure.span);
            assert_eq!(place, figure.span, "{name}: {}", figure.path);
        }
        items += written(&before).filter(|figure| is_item(figure)).count();
        let set: Vec<String> =
            written(&before).map(|figure| format!("{}={}", figure.path, figure.text)).collect();
        let after = shipped::lower(&name, &set);
        // What is laid over a table stands behind what is left of it.
        let told = |flowsheet: &Flowsheet| -> BTreeMap<String, f64> {
            written(flowsheet).map(|figure| (figure.path.clone(), figure.value)).collect()
        };
        assert_eq!(told(&before), told(&after), "{name}");
    }
    assert!(items > 50, "{items} are items of lists");
}

#[test]
fn an_item_of_a_list_is_changed_alone() {
    let set = ["product.china-other.price.1=61 USD/kg Gd2O3".to_owned()];
    let price = |flowsheet: &Flowsheet, at: usize| {
        let path = format!("product.china-other.price.{at}");
        written(flowsheet).find(|figure| figure.path == path).expect("an item").text.clone()
    };
    let (before, after) = (shipped::lower("world-2024", &[]), shipped::lower("world-2024", &set));
    assert_eq!(price(&after, 1), "61 USD/kg Gd2O3");
    for at in [0, 2, 3, 4, 5] {
        assert_eq!(price(&before, at), price(&after, at));
    }
}

/// Prices of several contents once had one path, and were varied by it together.
#[test]
fn the_name_of_a_list_varies_all_that_is_in_it() {
    let sweep = |input: &str| {
        let set = [format!(
            "sweep.s={{ samples = 2, assumed = \"a test\", input.\"{input}\" = {{ uniform = [0.9, 1.1], relative = true }} }}"
        )];
        shipped::lower("world-2024", &set)
    };
    for (input, count) in [("product.china-other.price", 6), ("product.china-other.price.1", 1)] {
        let flowsheet = sweep(input);
        let plan = flowsheet.sweeps.iter().find(|plan| plan.name == "s").expect("it is there");
        assert_eq!(plan.inputs[0].figures.len(), count, "{input}");
    }
}
