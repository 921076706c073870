//! Sizing, against plants known by hand.

use std::process::Command;

use approx::assert_relative_eq;
use reeflow::{
    analysis::size::{Least, Reason, Request, SizedOperation, Sizing, size},
    cli::files::Disk,
    diagnostic::{Code, Diagnostics, Sources, Span},
    document::{self, Name, load},
    flowsheet::Flowsheet,
    lp::Options,
    report::terminal::{Style, size::render},
};

use crate::shipped;

/// 10 % `Nd2O3` in the ore, of which 80 and then 50 % are recovered: 25 t of ore per t sold.
const CHAIN: &str = r#"
[flowsheet]
title   = "a chain"
assumed = "a test"

[species.gangue]

[feed.ore]
to    = "mill"
cost  = "1 USD/t"
assay = { grade = { Nd2O3 = "10 %" }, rest = "gangue" }

[separator.mill]
to                   = { concentrate = "leach", tailings = "dam" }
recovery.concentrate = { Nd2O3 = "80 %", gangue = "5 %" }
MILL

[separator.leach]
to              = { liquor = "sales", residue = "dam" }
recovery.liquor = { Nd2O3 = "50 %", gangue = "0 %" }
LEACH

[product.sales]
price = "50 USD/kg Nd2O3"

[waste.dam]
"#;

/// The chain with what is said of mill and leach.
fn chain(mill: &str, leach: &str, rest: &str) -> Flowsheet {
    shipped::lower_text(&format!("{}\n{rest}", CHAIN.replace("MILL", mill).replace("LEACH", leach)))
}

fn targets(texts: &[&str]) -> Request {
    let name = |text: &&str| Name::new((*text).to_owned(), Span::default());
    Request { targets: texts.iter().map(name).collect(), ..Request::default() }
}

fn find(flowsheet: &Flowsheet, request: &Request) -> Sizing {
    size(flowsheet, &Options::default(), request).expect("there is such a plant")
}

fn refused(flowsheet: &Flowsheet, request: &Request) -> Diagnostics {
    size(flowsheet, &Options::default(), request).expect_err("there is no such plant")
}

fn of<'s>(told: &'s Sizing, name: &str) -> &'s SizedOperation {
    told.operations.iter().find(|it| it.operation == name).expect("it is sized")
}

fn near(found: f64, expected: f64) {
    assert_relative_eq!(found, expected, max_relative = 1e-9);
}

#[test]
fn a_chain_is_sized_by_its_recoveries() {
    let mill = "capacity = \"1000 t/yr\"\navailability = \"80 %\"\nresidence = \"2 h\"\ndensity = \"0.5 t/m3\"";
    let flowsheet = chain(mill, "capacity = \"100 t/yr Nd2O3\"", "");
    let told = find(&flowsheet, &targets(&["sales >= 100 t/yr"]));
    assert_eq!(told.least, Least::Supply);
    near(told.feeds[0].needed, 2500.0);
    let mill = of(&told, "mill");
    // 2500 t/yr in 80 % of the year.
    near(mill.needed, 3125.0);
    near(mill.addition, 2125.0);
    assert_eq!(mill.existing, Some(1000.0));
    near(mill.volume.expect("it has a vessel"), 2500.0 * 2.0 / 8760.0 / 0.5 / 0.8);
    assert_eq!((mill.sized_by.len(), mill.sized_by[0].what), (1, Reason::Target));
    near(mill.sized_by[0].factor.expect("by the target"), 31.25);
    let leach = of(&told, "leach");
    assert_eq!((leach.basis.as_str(), leach.volume), ("Nd2O3", None));
    near(leach.needed, 200.0);
    near(leach.sized_by[0].factor.expect("by the target"), 2.0);
    // 100 t of 50 USD/kg, less 2500 t of ore.
    near(told.profit, 5_000_000.0 - 2500.0);
    let greenfield = Request { greenfield: true, ..targets(&["sales >= 100 t/yr"]) };
    near(of(&find(&flowsheet, &greenfield), "mill").addition, 3125.0);
}

#[test]
fn targets_are_names_measures_and_ratios() {
    let flowsheet = chain("", "", "[goal.sold]\nmeasure = \"flow(sales)\"\nat-least = \"1 t/yr\"");
    for target in [
        "sold >= 100 t/yr",
        "sales = 100 t/yr",
        "flow(leach.liquor, Nd2O3) ≥ 0.1 kt/yr",
        "mill >= 2500 t/yr",
        "leach.liquor >= 100 t/yr",
        "profit() >= 4997500 USD/yr",
    ] {
        let told = find(&flowsheet, &targets(&[target]));
        near(told.feeds[0].needed, 2500.0);
        near(of(&told, "leach").needed, 200.0 + 2250.0 * 0.05);
    }
    // A ratio alone says not how large the plant is.
    let ratio = "flow(sales) / flow(ore) >= 0.04";
    let found = refused(&flowsheet, &targets(&[ratio]));
    assert_eq!(found.iter().next().map(|it| it.code), Some(Code::Infeasible));
    let told = find(&flowsheet, &targets(&[ratio, "sales >= 100 t/yr"]));
    near(told.targets[0].value.expect("it has one"), 0.04);
}

#[test]
fn enforced_goals_are_targets_if_none_is_named() {
    let goal = "[goal.sold]\nmeasure = \"flow(sales)\"\nat-least = \"100 t/yr\"\nenforce = ";
    let told = find(&chain("", "", &format!("{goal}true")), &Request::default());
    near(told.feeds[0].needed, 2500.0);
    let found = refused(&chain("", "", &format!("{goal}false")), &Request::default());
    let finding = found.iter().next().expect("a finding");
    assert_eq!(finding.code, Code::MissingKey);
    assert!(
        finding
            .help
            .as_ref()
            .is_some_and(|help| help.contains("--target") && help.contains("`sold`"))
    );
}

#[test]
fn trains_are_rounded_up() {
    let mill = "build.train = { capacity = \"400 t/yr\", cost = \"1 MUSD\" }";
    let leach = "build.cost = \"100 USD/(t/yr)\"";
    let money = "[money]\ninstallation = 2\nowner-cost = \"10 %\"";
    let told = find(&chain(mill, leach, money), &targets(&["sales >= 100 t/yr"]));
    assert_eq!(told.least, Least::Capital);
    let mill = of(&told, "mill");
    // 2500 t/yr are 6.25 trains.
    assert_eq!(mill.trains, Some(7.0));
    near(mill.addition, 2800.0);
    near(mill.idle.expect("there are trains"), 0.75);
    near(mill.cost.expect("it has one"), 2.2 * 7e6);
    assert_eq!(mill.sized_by.last().map(|by| by.what), Some(Reason::Trains));
    near(mill.sized_by[0].factor.expect("by the target"), 25.0);
    assert_eq!(told.proof.whole, 1);
    assert!(told.proof.search.is_some_and(|search| search.complete));
    let leach = of(&told, "leach");
    near(leach.cost.expect("it has one"), 2.2 * 100.0 * (200.0 + 112.5));
    near(told.capital.expect("all have"), 2.2 * (7e6 + 31_250.0));
    let text = render(&told, &Style { width: 140, ..Style::default() });
    assert!(text.contains("last train 75 % idle"), "{text}");
}

#[test]
fn trains_are_rounded_up_where_other_costs_are_not_known() {
    let mill = "build.train = { capacity = \"400 t/yr\", cost = \"1 MUSD\" }";
    let told = find(&chain(mill, "capacity = \"1 t/yr\"", ""), &targets(&["sales >= 100 t/yr"]));
    assert_eq!(
        (told.least, told.without_cost.as_slice()),
        (Least::Supply, &["leach".to_owned()][..])
    );
    assert_eq!(of(&told, "mill").trains, Some(7.0));
    near(told.capital.expect("the mill has one"), 7e6);
}

#[test]
fn the_law_of_scale_is_followed_within_the_error_that_is_told() {
    let mill = "build = { reference = { capacity = \"1000 t/yr\", cost = \"1 MUSD\", exponent = 0.6 }, min = \"100 t/yr\", max = \"10 kt/yr\" }";
    let leach = "build.cost = \"100 USD/(t/yr)\"";
    let flowsheet = chain(mill, leach, "");
    for (sold, exact) in [(100.0, 1e6 * 2.5_f64.powf(0.6)), (40.0, 1e6)] {
        let told = find(&flowsheet, &targets(&[&format!("sales >= {sold} t/yr")]));
        let mill = of(&told, "mill");
        near(mill.exact_cost.expect("by the law"), exact);
        assert!(mill.cost_error > 0.0 && mill.cost_error <= 0.01);
        let cost = mill.cost.expect("it has one");
        assert!((cost - exact).abs() <= exact * mill.cost_error * (1.0 + 1e-9));
    }
    // 50 t/yr of ore need a mill, and the least is 100.
    let told = find(&flowsheet, &targets(&["sales >= 2 t/yr"]));
    near(of(&told, "mill").addition, 100.0);
    assert_eq!(of(&told, "mill").sized_by.last().map(|by| by.what), Some(Reason::Smallest));
    let found = refused(&flowsheet, &targets(&["sales >= 1 kt/yr"]));
    let help = found.iter().next().and_then(|it| it.help.clone()).expect("it says why");
    assert!(
        help.contains("`mill` needs 25 kt/yr, has 0 t/yr, and at most 10 kt/yr may be built"),
        "{help}"
    );
}

/// Two mills of one recovery, of which the second is half as dear.
fn two_mills(first: &str, second: &str) -> Flowsheet {
    shipped::lower_text(&format!(
        r#"
[flowsheet]
title   = "two mills"
assumed = "a test"
[feed.ore]
to    = "routes"
assay = {{ grade = {{ Nd2O3 = "100 %" }} }}
[splitter.routes]
to = {{ one = "first", other = "second" }}
[separator.first]
to              = {{ ground = "sales" }}
recovery.ground = {{ Nd2O3 = "100 %" }}
{first}
[separator.second]
to              = {{ ground = "sales" }}
recovery.ground = {{ Nd2O3 = "100 %" }}
{second}
[product.sales]
price = "1 USD/t"
"#
    ))
}

#[test]
fn of_two_capacities_the_cheaper_is_taken() {
    let (dear, cheap) = (
        "capacity = \"10 t/yr\"\nexpansion = \"100 USD/(t/yr)\"",
        "build.cost = \"50 USD/(t/yr)\"",
    );
    let told = find(&two_mills(dear, cheap), &targets(&["sales >= 100 t/yr"]));
    // What is there costs nothing.
    near(of(&told, "second").addition, 90.0);
    near(of(&told, "first").needed, 10.0);
    assert_eq!(of(&told, "first").addition, 0.0);
    near(told.capital.expect("all have"), 4500.0);
    assert_eq!(of(&told, "first").sized_by[0].name, "separator.first.capacity");
    let second: Vec<&str> =
        of(&told, "second").sized_by.iter().map(|by| by.name.as_str()).collect();
    assert_eq!(second, ["sales", "separator.first.capacity"]);
    let greenfield = Request { greenfield: true, ..targets(&["sales >= 100 t/yr"]) };
    let told = find(&two_mills(dear, cheap), &greenfield);
    near(told.capital.expect("all have"), 5000.0);
    assert!(of(&told, "first").sized_by.is_empty());
}

#[test]
fn what_may_be_built_at_most_sizes_the_rest() {
    let (dear, cheap) = (
        "build.cost = \"100 USD/(t/yr)\"",
        "build = { cost = \"50 USD/(t/yr)\", max = \"60 t/yr\" }",
    );
    let told = find(&two_mills(dear, cheap), &targets(&["sales >= 100 t/yr"]));
    near(of(&told, "first").addition, 40.0);
    let first = &of(&told, "first").sized_by;
    assert_eq!(
        (first[1].what, first[1].name.as_str()),
        (Reason::Largest, "separator.second.build")
    );
    near(first[1].part.expect("it takes a part"), -60.0);
}

#[test]
fn what_is_kept_stays_a_limit() {
    let flowsheet = chain("capacity = \"1000 t/yr\"", "", "");
    let request =
        |target, keep: &str| Request { keep: vec![keep.to_owned()], ..targets(&[target]) };
    let told = find(&flowsheet, &request("sales >= 40 t/yr", "mill"));
    assert!(of(&told, "mill").kept && of(&told, "mill").addition == 0.0);
    let found = refused(&flowsheet, &request("sales >= 41 t/yr", "mill"));
    let help = found.iter().next().and_then(|it| it.help.clone()).expect("it says why");
    assert!(help.contains("`--keep` holds the capacity of `mill`"), "{help}");
    let found = refused(&flowsheet, &request("sales >= 40 t/yr", "mil"));
    let finding = found.iter().next().expect("a finding");
    assert_eq!(finding.code, Code::UnknownLimit);
    assert_eq!(finding.help.as_deref(), Some("did you mean `mill`?"));
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_write() {
    let flowsheet = chain("", "", "[goal.sold]\nmeasure = \"flow(sales)\"\nat-least = \"1 t/yr\"");
    for (target, code, help) in [
        ("sols >= 1 t/yr", Code::UnknownGoal, "did you mean `sold`?"),
        ("sales", Code::BadMeasure, "magnets >= 2500 t/yr"),
        ("sales >=", Code::BadMeasure, "magnets >= 2500 t/yr"),
        ("sales >= 3 kWh", Code::WrongDimension, "write it like"),
        ("sales >= 3", Code::WrongDimension, "write it like"),
        ("sales >= three t/yr", Code::BadQuantity, ""),
        ("flaw(sales) >= 1 t/yr", Code::BadMeasure, "did you mean `flow`?"),
        ("flow(sales) + profit() / flow(ore) >= 1", Code::BadMeasure, "parentheses"),
    ] {
        let found = refused(&flowsheet, &targets(&[target]));
        let finding = found.iter().next().expect("a finding");
        assert_eq!(finding.code, code, "{target}: {}", finding.message);
        let told = finding.help.clone().unwrap_or_default();
        assert!(told.contains(help), "{target}: {told}");
    }
    let free = Request { free: vec!["oar".to_owned()], ..targets(&["sales >= 1 t/yr"]) };
    assert_eq!(
        refused(&flowsheet, &free).iter().next().map(|it| it.code),
        Some(Code::UnknownLimit)
    );
    let dated = chain("", "", "[period]\n2030 = \"1 yr\"\n2031 = \"1 yr\"");
    let found = refused(&dated, &targets(&["sales >= 1 t/yr"]));
    let finding = found.iter().next().expect("a finding");
    assert_eq!(finding.code, Code::SeveralPeriods);
    assert!(finding.help.as_ref().is_some_and(|help| help.contains("`reeflow solve`")));
}

#[test]
fn the_industrial_plant_lacks_ore_and_is_sized_without_that_limit() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let found = refused(&flowsheet, &targets(&["magnets >= 2500 t/yr"]));
    let finding = found.iter().next().expect("a finding");
    assert_eq!(finding.code, Code::Infeasible);
    let help = finding.help.as_deref().unwrap_or_default();
    assert!(help.contains("on its way this needs"), "{help}");
    assert!(help.contains("`--free ore`"), "{help}");
    let plant = |target: &str| {
        find(&flowsheet, &Request { free: vec!["ore".to_owned()], ..targets(&[target]) })
    };
    let (told, more) = (plant("magnets >= 2500 t/yr"), plant("magnets >= 2525 t/yr"));
    assert!(told.feeds[0].needed > 570_000.0 && told.feeds[0].freed);
    for (it, more) in told.operations.iter().zip(&more.operations) {
        let by = it.sized_by.iter().find(|by| by.what == Reason::Target);
        let slope = by.and_then(|by| by.factor).unwrap_or(0.0);
        assert_relative_eq!(
            slope,
            (more.needed - it.needed) / 25.0,
            max_relative = 1e-6,
            epsilon = 1e-9
        );
        let parts: f64 = it.sized_by.iter().filter_map(|by| by.part).sum();
        assert_relative_eq!(parts, it.needed, max_relative = 1e-6, epsilon = 1e-9);
    }
    assert!(told.proof.gap.abs() < 1e-9 && told.proof.closure < 1e-9);
}

#[test]
fn the_command_exits_as_the_others_do() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_reeflow"))
            .args(["size", "flowsheets/beylikova-industrial.toml"])
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the tool runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, _, told) = run(&["--target", "magnets >= 2500 t/yr"]);
    assert_eq!(code, Some(1));
    assert!(told.contains("--target:1:12") && told.contains("this cannot be met"), "{told}");
    let (code, text, _) = run(&["--target", "magnets >= 2500 t/yr", "--free", "ore"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("Proven: certificate"), "{text}");
    let target = ["--target", "magnets >= 2500 t/yr", "--free", "all", "--format", "json"];
    let (code, text, _) = run(&target);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, &json["schema"]), (Some(0), &"reeflow-size-1".into()));
    assert_eq!(json["size"]["least"], "supply");
    let (code, ..) = run(&["--targets", "magnets"]);
    assert_eq!(code, Some(2));
}

#[test]
fn a_residence_time_without_a_density_is_told() {
    let text =
        CHAIN.replace("MILL", "residence = \"2 h\"").replace("LEACH", "density = \"1 t/m3\"");
    let request = document::Request::default();
    let loaded = load("test.toml", text.as_bytes(), &request, &Disk, &mut Sources::new());
    let (_, findings) = Flowsheet::lower(&loaded.expect("it loads").document).expect("it is sound");
    let told: Vec<(Code, &str)> =
        findings.iter().map(|it| (it.code, it.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (Code::UnusedInput, "`mill` has a `residence` alone, which gives no volume"),
            (Code::UnusedInput, "`leach` has a `density` alone, which gives no volume"),
        ]
    );
}

#[test]
fn a_route_is_chosen_by_what_it_costs() {
    let build = |cost: u32, max: &str| format!("build = {{ cost = \"{cost} USD/(t/yr)\"{max} }}\n");
    let max = ", max = \"1 kt/yr\"";
    let routes = "\n[choice.mill]\none-of = [\"first\", \"second\"]\n";
    let sheet = two_mills(&build(100, max), &format!("{}{routes}", build(50, max)));
    let told = find(&sheet, &targets(&["sales >= 100 t/yr"]));
    near(of(&told, "second").addition, 100.0);
    near(told.capital.expect("all have"), 5000.0);
    let sheet = two_mills(&build(100, max), &format!("{}{routes}", "capacity = \"5 t/yr\""));
    let found = refused(&sheet, &targets(&["sales >= 100 t/yr"]));
    assert_eq!(found.iter().next().map(|it| it.code), Some(Code::BadChoice));
}
