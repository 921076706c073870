//! What other separation factors do to a plant.

use crate::{
    analysis::extraction::{Answered, ExtractionPlant, FactorCase, FactorSensitivity, PairCase},
    measure::format_number,
};

use super::{
    super::page::{NONE, Page, Sheet},
    letter, near_whole,
};

/// Most pairs that are told.
const PAIRS: usize = 10;

pub(super) fn write(page: &mut Page, plant: &ExtractionPlant, found: &FactorSensitivity) {
    write_anew(page, plant, found);
    write_as_built(page, plant, found);
    write_pairs(page, plant, found);
}

/// `× 0.9`
fn name(case: &FactorCase) -> String {
    format!("× {}", format_number(case.factor))
}

/// What stands where there is no answer.
fn why<T>(answer: &Answered<T>) -> &'static str {
    match answer {
        Answered::Found(_) => "",
        Answered::NotSeparable => "not separable",
        Answered::Failed(_) => NONE,
    }
}

fn write_anew(page: &mut Page, plant: &ExtractionPlant, found: &FactorSensitivity) {
    page.heading("All separation factors 10 % smaller or greater: designed anew");
    let mut sheet = Sheet::new(&[
        "factors",
        "#tanks",
        "#volume\nm³",
        "#ΣS\nmol/mol",
        "#base\nmol/mol",
        "#acid\nmol/mol",
        "sequence",
    ]);
    let totals = &plant.totals;
    let mut row = |name: String, tanks: usize, numbers: [f64; 4], sequence: &str| {
        let [volume, extraction, base, acid] = numbers.map(format_number);
        let sequence = sequence.to_owned();
        sheet.row([name, tanks.to_string(), volume, extraction, base, acid, sequence]);
    };
    let reagents = &totals.reagents;
    let numbers = [totals.volume, totals.extraction, reagents.base_moles, reagents.acid_moles];
    row("as they are".to_owned(), totals.tanks, numbers, "");
    let mut failed = Vec::new();
    for case in &found.all {
        match &case.anew {
            Answered::Found(it) => {
                let numbers = [it.volume, it.extraction, it.base_moles, it.acid_moles];
                let sequence = if it.same_sequence { "the same" } else { "another one" };
                row(name(case), it.tanks, numbers, sequence);
            }
            Answered::NotSeparable => failed.push(format!("{}: not separable.", name(case))),
            Answered::Failed(reason) => failed.push(format!("{}: {reason}.", name(case))),
        }
    }
    page.table(&sheet);
    for text in &failed {
        page.item(text);
    }
    page.item(
        "Neighbours are those in the whole order of an extractant: where elements lie between the keys of a cut, their \
         changes multiply. No factor falls below 1. The optimum of the amounts is flat: ΣS, base and acid are good to a \
         few per cent.",
    );
}

fn write_as_built(page: &mut Page, plant: &ExtractionPlant, found: &FactorSensitivity) {
    page.heading("The same: the plant as it is built, in %");
    let heads: Vec<String> = found
        .all
        .iter()
        .flat_map(|case| [format!("#purity\n{}", name(case)), format!("#recovery\n{}", name(case))])
        .collect();
    let columns: Vec<&str> = ["product", "#purity\nasked", "#\nas is"]
        .into_iter()
        .chain(heads.iter().map(String::as_str))
        .collect();
    let mut sheet = Sheet::new(&columns);
    for (at, product) in plant.products.iter().enumerate() {
        let mut cells = vec![
            product.name.clone(),
            near_whole(product.purity_asked),
            near_whole(product.purity),
        ];
        for case in &found.all {
            match case.as_built.found().and_then(|products| products.get(at)) {
                Some(it) => cells.extend([near_whole(it.purity), near_whole(it.recovery)]),
                None => cells.extend([NONE.to_owned(), NONE.to_owned()]),
            }
        }
        sheet.cells(cells);
    }
    page.table(&sheet);
    for case in &found.all {
        match &case.as_built {
            Answered::Found(_) => {}
            Answered::NotSeparable => page.item(&format!("{}: not separable.", name(case))),
            Answered::Failed(reason) => page.item(&format!("{}: {reason}.", name(case))),
        }
    }
}

fn write_pairs(page: &mut Page, plant: &ExtractionPlant, found: &FactorSensitivity) {
    if found.pairs.is_empty() {
        return;
    }
    page.heading("One separation factor 10 % smaller: the product that suffers most, as built");
    let mut sheet = Sheet::new(&[
        "by",
        "pair",
        "#β",
        "product",
        "#purity\n%",
        "#recovery\n%",
        "#impurity or loss\nover allowed",
    ]);
    for it in found.pairs.iter().take(PAIRS) {
        sheet.cells(cells(plant, it));
    }
    page.table(&sheet);
    let more = found.pairs.len().saturating_sub(PAIRS);
    if more > 0 {
        page.item(&format!("{more} more, which harm less, are in `--format json`."));
    }
}

fn cells(plant: &ExtractionPlant, it: &PairCase) -> Vec<String> {
    let mut cells = vec![
        letter(plant, &it.extractant).to_string(),
        it.pair.join("/"),
        format_number(it.factor),
    ];
    match it.harm.found() {
        Some(harm) => cells.extend([
            harm.product.clone(),
            near_whole(harm.purity),
            near_whole(harm.recovery),
            format_number(harm.excess),
        ]),
        None => cells.extend([
            why(&it.harm).to_owned(),
            NONE.to_owned(),
            NONE.to_owned(),
            NONE.to_owned(),
        ]),
    }
    cells
}
