//! Splits: whether their parts sum, what is done where they do not, and that nothing else is divided by its sum.

use reeflow::{
    analysis::{Outcome, analyse, compare::attribute},
    cli::files::Disk,
    diagnostic::{Code, Sources},
    document::{Request, load},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
};

/// A feed of two oxides that is sold whole, one of them at a price.
const PLAIN: &str = r#"
    [flowsheet]
    title = "t"
    assumed = "a test"
    [group]
    REO = ["La2O3", "Nd2O3"]
    [feed.ore]
    to = "sales"
    supply = "100 t/yr"
    assay.grade = { REO = "100 %" }
    assay.split.REO = { La2O3 = 60, Nd2O3 = 40 }
    [product.sales]
    price = "1000 USD/t Nd2O3"
"#;

/// What is found of a text with settings: the outcome, or the codes of its errors.
fn solve(text: &str, set: &[&str]) -> Result<Outcome, Vec<Code>> {
    let set: Vec<String> = set.iter().map(|&it| it.to_owned()).collect();
    let request = Request { set: &set, ..Request::default() };
    let loaded = load("t.toml", text.as_bytes(), &request, &Disk, &mut Sources::new());
    let codes = |found: reeflow::diagnostic::Diagnostics| -> Vec<Code> {
        found.iter().map(|item| item.code).collect()
    };
    let (flowsheet, _) = Flowsheet::lower(&loaded.map_err(codes)?.document).map_err(codes)?;
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).map_err(codes)?;
    Ok(plan.outcome)
}

#[test]
fn a_split_that_does_not_sum_is_divided_by_its_sum_only_where_that_is_asked() {
    let uneven = PLAIN.replace("La2O3 = 60", "La2O3 = 59.9");
    assert_eq!(solve(&uneven, &[]).err(), Some(vec![Code::SplitNotWhole]));
    let asked = uneven.replace("assay.split", "assay.normalise = [\"REO\"]\n    assay.split");
    let outcome = solve(&asked, &[]).expect("it is asked");
    approx::assert_relative_eq!(outcome.objective.value, 1e5 * 40.0 / 99.9, max_relative = 1e-12);
    let [told] = &outcome.normalised[..] else { panic!("{:?}", outcome.normalised) };
    assert_eq!(told.path, "feed.ore.assay.split.REO");
    approx::assert_relative_eq!(told.sum, 99.9);
    approx::assert_relative_eq!(told.factor, 100.0 / 99.9);
    // Where it sums, there is nothing to tell.
    let even = asked.replace("La2O3 = 59.9", "La2O3 = 60");
    assert!(solve(&even, &[]).expect("sound").normalised.is_empty());
}

#[test]
fn a_part_that_a_setting_moves_is_counted_in_proportion_and_told() {
    let outcome = solve(PLAIN, &["feed.ore.assay.split.REO.Nd2O3=20"]).expect("one part is moved");
    approx::assert_relative_eq!(outcome.objective.value, 1e5 * 20.0 / 80.0, max_relative = 1e-12);
    approx::assert_relative_eq!(outcome.normalised[0].factor, 1.25);
    // A split that is set whole is one that is written.
    let whole = "feed.ore.assay.split.REO={ La2O3 = 60, Nd2O3 = 20 }";
    assert_eq!(solve(PLAIN, &[whole]).err(), Some(vec![Code::SplitNotWhole]));
    // So is one that grows out of its sum.
    let periods =
        PLAIN.replace("[group]", "[period]\n2025 = \"1 yr\"\n2026 = \"1 yr\"\n    [group]");
    let grown = periods.replace("Nd2O3 = 40", "Nd2O3 = { value = 40, growth = \"1 %\" }");
    assert!(solve(&periods, &[]).is_ok());
    assert_eq!(solve(&grown, &[]).err(), Some(vec![Code::SplitNotWhole]));
}

#[test]
fn no_other_shares_are_divided_by_their_sum() {
    let chain = |middle: &str| {
        format!(
            "{}\n    [product.other]\n    price = \"1 USD/t\"\n{middle}",
            PLAIN.replace("to = \"sales\"", "to = \"part\"")
        )
    };
    let parts = [
        ("splitter", "fraction.a = \"60 %\"\nfraction.b = \"30 %\"", Code::RecoveryNotOne),
        ("splitter", "fraction.a = \"60 %\"\nfraction.b = \"50 %\"", Code::RecoveryNotOne),
        (
            "separator",
            "recovery.a = { default = \"60 %\" }\nrecovery.b = { default = \"30 %\" }",
            Code::RecoveryNotOne,
        ),
        (
            "separator",
            "recovery.a = { default = \"60 %\" }\nrecovery.b = { default = \"50 %\" }",
            Code::RecoveryNotOne,
        ),
    ];
    for (kind, shares, code) in parts {
        let text =
            chain(&format!("[{kind}.part]\nto = {{ a = \"sales\", b = \"other\" }}\n{shares}"));
        assert_eq!(solve(&text, &[]).err(), Some(vec![code]), "{shares}");
    }
    let blended = chain(
        "[blender.part]\nto = \"sales\"\nrecipe = { REO = \"60 %\", Fe = \"50 %\" }\nbuy.Fe = { price = \"1 USD/t\" }",
    );
    let found = solve(&blended, &[]).expect_err("it is more than the whole");
    assert!(found.contains(&Code::RecipeNotOne), "{found:?}");
    let graded = PLAIN.replace("{ REO = \"100 %\" }", "{ REO = \"80 %\", Fe = \"30 %\" }");
    assert_eq!(solve(&graded, &[]).err(), Some(vec![Code::AssayNotOne]));
    let used = PLAIN.replace("[group]", "[period]\n2025 = \"1 yr\"\n    [group]")
        + r#"
    [use.service]
    of = "sales"
    to = "scrap"
    collection = "50 %"
    lifetime.fixed = "1 yr"
    past = { 2024 = "100 t/yr" }
    assay.grade = { La2O3 = "60 %", Nd2O3 = "40 %" }
    [product.scrap]
    price = "1 USD/t"
"#;
    assert!(solve(&used, &[]).is_ok());
    for share in ["30 %", "50 %"] {
        let set = format!("use.service.assay.grade.Nd2O3={share}");
        assert_eq!(solve(&used, &[&set]).err(), Some(vec![Code::AssayNotOne]), "{share}");
    }
    let spent = PLAIN.replace("[group]", "[money]\ndiscount-rate = \"8 %\"\nspending = [\"60 %\", \"30 %\"]\n    [period]\n2025 = \"1 yr\"\n    [group]");
    let found = solve(&spent, &[]).expect_err("it is less than the whole");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_change_of_which_a_moved_part_is_one_of_several_is_divided() {
    let text = PLAIN
        .replace("[group]", "[species.gangue]\n    [group]")
        .replace("assay.split", "assay.rest = \"gangue\"\n    assay.split");
    let read = |set: &[&str]| {
        let set: Vec<String> = set.iter().map(|&it| it.to_owned()).collect();
        let request = Request { set: &set, ..Request::default() };
        let loaded = load("t.toml", text.as_bytes(), &request, &Disk, &mut Sources::new());
        Flowsheet::lower(&loaded.expect("it loads").document).expect("sound").0
    };
    // Another basis is another table, which is taken whole, with the part that was moved.
    let before = read(&[]);
    let after = read(&[
        "feed.ore.assay.split.REO.Nd2O3=20",
        "feed.ore.assay.grade={ REO = \"90 %\", Fe = \"1 %\" }",
        "feed.ore.supply=120 t/yr",
    ]);
    let told = attribute(&before, &after, &Options::default()).expect("it is divided");
    let sum: f64 = told.parts.iter().map(|part| part.objective).sum();
    approx::assert_relative_eq!(sum, 120.0 * 0.9 * 0.25 * 1e3 - 4e4, max_relative = 1e-9);
}
