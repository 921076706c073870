use approx::assert_relative_eq;

use super::*;
use crate::{
    diagnostic::Sources,
    document::{Files, Read, Request, load},
};

struct None;

impl Files for None {
    fn read(&self, _path: &str, _from: &str) -> Result<Read, String> {
        Err("no such file".to_owned())
    }
}

fn lower(text: &str) -> Flowsheet {
    let head = "[flowsheet]\ntitle = 't'\ncurrency = 'USD'\nassumed = 'a test'\n\
                [species.gangue]\n[species.lump]\n";
    let text = format!("{head}{text}");
    let loaded =
        load("test", text.as_bytes(), &Request::default(), &None, &mut Sources::new()).unwrap();
    Flowsheet::lower(&loaded.document).unwrap_or_else(|found| panic!("{found:#?}")).0
}

fn run(text: &str) -> Result<(Flowsheet, Flows), Diagnostics> {
    let flowsheet = lower(text);
    let values = flowsheet.values();
    let decisions = Decisions::of_flowsheet(&flowsheet, &values)?;
    let flows = balance(&flowsheet, &values, &decisions)?;
    Ok((flowsheet, flows))
}

fn flow((flowsheet, flows): &(Flowsheet, Flows), stream: &str, species: &str) -> f64 {
    let id = flowsheet.species.ids().find(|&id| flowsheet.species[id].name == species);
    flows.flow(flowsheet.stream(stream).unwrap(), id.unwrap())
}

fn messages(found: Result<(Flowsheet, Flows), Diagnostics>) -> Vec<(&'static str, String)> {
    let found = found.map(|_| ()).unwrap_err();
    found.iter().map(|item| (item.code.name(), item.message.clone())).collect()
}

const ORE: &str = "[feed.ore]\nto = 'mill'\nsupply = { exactly = '100 t/yr' }\n\
                   assay = { grade = { CaF2 = '10 %' }, rest = 'gangue' }\n";
const ENDS: &str = "[product.sales]\nprice = '1 USD/t'\n[waste.dam]\n";

/// The mill takes `c = 10 + 0.8 × 0.25 c` of `CaF2` and `g = 90 + 0.2 × 0.5 g` of gangue: 12.5 and 100 t/yr.
#[test]
fn a_recycle_is_solved_as_by_hand() {
    let found = run(&format!(
        "{ORE}[separator.mill]\nto = {{ concentrate = 'cleaner', tailings = 'dam' }}\n\
         recovery.concentrate = {{ CaF2 = '80 %', gangue = '20 %' }}\n\
         [separator.cleaner]\nto = {{ concentrate = 'sales', middlings = 'mill' }}\n\
         recovery.concentrate = {{ CaF2 = '75 %', gangue = '50 %' }}\n{ENDS}"
    ))
    .unwrap();
    for (stream, calcite, gangue) in [
        ("ore", 10.0, 90.0),
        ("mill.concentrate", 10.0, 20.0),
        ("mill.tailings", 2.5, 80.0),
        ("cleaner.concentrate", 7.5, 10.0),
        ("cleaner.middlings", 2.5, 10.0),
    ] {
        assert_relative_eq!(flow(&found, stream, "CaF2"), calcite, max_relative = 1e-14);
        assert_relative_eq!(flow(&found, stream, "gangue"), gangue, max_relative = 1e-14);
    }
    let (flowsheet, flows) = &found;
    let concentrate = flowsheet.stream("cleaner.concentrate").unwrap();
    assert_relative_eq!(flows.total(concentrate), 17.5, max_relative = 1e-14);
    let calcite = flowsheet.species.ids().find(|&id| flowsheet.species[id].name == "CaF2");
    let grade = flows.grade(concentrate, calcite.unwrap()).unwrap();
    assert_relative_eq!(grade, 7.5 / 17.5, max_relative = 1e-14);
    for id in flowsheet.operations.ids() {
        assert!(flows.closure(flowsheet, id).relative().abs() < 1e-14);
    }
}

#[test]
fn a_loop_that_a_species_never_leaves_is_named_with_it() {
    let circle = |recovery: &str| {
        run(&format!(
            "{ORE}[separator.mill]\nto = {{ concentrate = 'cleaner', tailings = 'dam' }}\n\
             recovery.concentrate = {{ CaF2 = '100 %', gangue = '20 %' }}\n\
             [separator.cleaner]\nto = {{ concentrate = 'sales', middlings = 'mill' }}\n\
             recovery.concentrate = {{ CaF2 = '{recovery}', gangue = '50 %' }}\n{ENDS}"
        ))
    };
    let message =
        "the loop through `mill.concentrate` → `cleaner.middlings` has no purge for `CaF2`";
    let expected = [("loop-without-purge", message.to_owned())];
    assert_eq!(messages(circle("0 %")), expected);
    assert_eq!(messages(circle("0.0000000001 %")), expected, "a purge in name only");
    let found = circle("0.1 %").unwrap();
    assert_relative_eq!(flow(&found, "mill.concentrate", "CaF2"), 10_000.0, max_relative = 1e-12);
}

#[test]
fn a_loop_that_nothing_enters_is_no_fault() {
    let found = run(&format!(
        "{}[separator.mill]\nto = {{ concentrate = 'sales', middlings = 'mill' }}\n\
         recovery.concentrate = {{ CaF2 = '0 %', gangue = '50 %' }}\n[product.sales]\nprice = '1 USD/t'\n",
        ORE.replace("100 t/yr", "0 t/yr")
    ));
    assert_eq!(flow(&found.unwrap(), "mill.middlings", "CaF2"), 0.0);
}

#[test]
fn what_is_left_to_decide_is_named_all_at_once() {
    let found = messages(run("[feed.ore]\nto = 'parts'\nassay.grade = { CaF2 = '100 %' }\n\
         [feed.rest]\nto = 'parts'\nsupply = { min = '1 t/yr' }\nassay.grade = { CaF2 = '100 %' }\n\
         [splitter.parts]\nto = { a = 'mix', b = 'dam' }\n\
         [blender.mix]\nto = 'sales'\nrecipe = { CaF2 = { min = '1 %' } }\n\
         buy = { Fe = { price = '1 USD/t' }, B = { price = '1 USD/t', supply = { exactly = '1 t/yr' } } }\n\
         [product.sales]\nprice = '1 USD/t'\n[waste.dam]\n"));
    let expected = [
        "what feed `ore` supplies is not given",
        "what feed `rest` supplies is not given",
        "the fractions of splitter `parts` are not all given",
        "blender `mix` buys `Fe` as needed",
    ];
    let expected: Vec<(&str, String)> =
        expected.iter().map(|text| ("split-not-fixed", (*text).to_owned())).collect();
    assert_eq!(found, expected);
}

/// 10 t/yr `CaF2` are in a feed that is given by it; Fe and B are bought in fixed amounts.
#[test]
fn supplies_by_content_and_fixed_ingredients_are_decided() {
    let found = run("[feed.ore]\nto = 'mix'\nsupply = '10 t/yr CaF2'\n\
         assay = { grade = { CaF2 = '10 %' }, rest = 'gangue' }\n\
         [blender.mix]\nto = 'sales'\nrecipe = { CaF2 = { min = '1 %' } }\n\
         buy = { Fe = { price = '1 USD/t', supply = { exactly = '5 t/yr' } } }\n\
         [product.sales]\nprice = '1 USD/t'\n")
    .unwrap();
    assert_relative_eq!(flow(&found, "mix", "gangue"), 90.0, max_relative = 1e-14);
    assert_relative_eq!(flow(&found, "mix", "Fe"), 5.0);
    let (flowsheet, flows) = &found;
    let mix = flowsheet.operation("mix").unwrap();
    assert_relative_eq!(flows.closure(flowsheet, mix).entering, 105.0, max_relative = 1e-14);
    assert_eq!(flows.closure(flowsheet, mix).relative(), 0.0);
}

/// Two reactions in series on 100 mol `CaF2` of 78.075 g: half reacts with acid dosed at 20 % excess, then a tenth of
/// the HF with `NaOH`. Extents 50 and 10 mol.
#[test]
fn reactions_in_series_act_on_what_is_left() {
    let found = run(
        "[feed.ore]\nto = 'cure'\nsupply = { exactly = '7.8075 kt/yr' }\nassay.grade = { CaF2 = '100 %' }\n\
         [reactor.cure]\nto = 'sales'\nreaction = [\n\
         { equation = 'CaF2 + H2SO4 -> CaSO4 + 2 HF', key = 'CaF2', conversion = '50 %' },\n\
         { equation = 'HF + NaOH -> NaF + H2O', key = 'HF', conversion = '10 %' }]\n\
         reagent = { H2SO4 = { price = '1 USD/t', excess = '20 %' }, NaOH = { price = '1 USD/t' } }\n\
         [product.sales]\nprice = '1 USD/t'\n",
    )
    .unwrap();
    let mass =
        |species: &str| crate::chem::Formula::parse(species).expect("a formula").molar_mass();
    let moles = 7807.5 / mass("CaF2");
    for (species, expected) in [
        ("CaF2", 0.5),
        ("H2SO4", 0.1),
        ("CaSO4", 0.5),
        ("HF", 0.9),
        ("NaF", 0.1),
        ("H2O", 0.1),
        ("NaOH", 0.0),
    ] {
        let expected = moles * expected * mass(species);
        assert_relative_eq!(flow(&found, "cure", species), expected, max_relative = 1e-12);
    }
    let (flowsheet, flows) = &found;
    let cure = flowsheet.operation("cure").unwrap();
    let acid = flowsheet.species.ids().find(|&id| flowsheet.species[id].name == "H2SO4").unwrap();
    let dosed = moles * 0.6 * mass("H2SO4");
    assert_relative_eq!(flows.drawn(cure, acid), dosed, max_relative = 1e-12);
    assert!(flows.closure(flowsheet, cure).relative().abs() < 1e-14);
}

#[test]
fn a_reaction_that_takes_more_than_there_is_is_named() {
    let found = messages(run("[feed.ore]\nto = 'cure'\nsupply = { exactly = '100 t/yr' }\n\
         assay.grade = { CaF2 = '90 %', H2SO4 = '10 %' }\n\
         [reactor.cure]\nto = 'sales'\nreaction = [\n\
         { equation = 'CaF2 + H2SO4 -> CaSO4 + 2 HF', key = 'CaF2', conversion = '50 %' }]\n\
         [product.sales]\nprice = '1 USD/t'\n"));
    assert_eq!(found[0].0, "reactant-missing");
    assert!(found[0].1.starts_with("the reactions of `cure` take 46.5"), "{}", found[0].1);
}
