//! Sweeps, as they are written in files and on the command line.

use reeflow::{
    cli::{files::Disk, sweep::vary},
    diagnostic::{Code, Diagnostics, Sources},
    document::{Change, Request, load},
    flowsheet::{Flowsheet, Provenance, Sweep, SweepInput},
    sampling::{Distribution, Method},
};

use crate::shipped;

/// A mine, a mill and what it sells in two years, before a sweep of it.
const PLANT: &str = r#"
[flowsheet]
title = "a mill"
assumed = "example"

[period]
2026 = "1 yr"
2027 = "1 yr"

[species.gangue]

[feed.ore]
to = "mill"
supply = "1000 t/yr"
cost = { value = "8 USD/t", range = ["6 USD/t", "9 USD/t"], source = "S" }
assay = { grade = { CaF2 = "20 %" }, rest = "gangue" }

[separator.mill]
to = { concentrate = "sales", tailings = "dam" }
recovery.concentrate = { CaF2 = { value = "90 %", range = ["85 %", "95 %"] }, gangue = "5 %" }
capacity = "3 kt/yr CaF2"
opex = { value = "2 USD/t", by-period = { 2027 = "3 USD/t" } }

[product.sales]
price = "0.2 USD/kg CaF2"

[waste.dam]
cost = "1 USD/t"

[goal.sold]
measure = "flow(sales)"
at-least = "100 t/yr"

[source.S]
title = "a source"

[scenario.narrow]
"sweep.s.samples" = 12
"sweep.s.input.'feed.ore.cost'" = { triangular = ["7 USD/t", "8 USD/t", "9 USD/t"] }

[sweep.s]
title = "all of them"
method = "sobol"
samples = 1024
source = "S"

[sweep.s.input]
"feed.ore.cost" = { uniform = ["7 USD/t", "0.009 USD/kg"], assumed = "why" }
"#;

fn read(text: &str, request: &Request<'_>) -> (Result<Flowsheet, Diagnostics>, Sources) {
    let mut sources = Sources::new();
    let loaded = load("plant.toml", text.as_bytes(), request, &Disk, &mut sources);
    let lowered = loaded.and_then(|loaded| Flowsheet::lower(&loaded.document));
    (lowered.map(|(flowsheet, _)| flowsheet), sources)
}

/// The sweep `s` of the plant with more inputs.
fn sweep(more: &str) -> (Sweep, Flowsheet) {
    let (flowsheet, sources) = read(&format!("{PLANT}{more}"), &Request::default());
    let flowsheet = flowsheet.unwrap_or_else(|findings| {
        panic!("{}", reeflow::cli::render::render(&findings, &sources, false, 100))
    });
    (flowsheet.sweeps[0].clone(), flowsheet)
}

fn input<'s>(sweep: &'s Sweep, name: &str) -> &'s SweepInput {
    sweep.inputs.iter().find(|input| input.name == name).expect("an input")
}

fn paths<'f>(flowsheet: &'f Flowsheet, input: &SweepInput) -> Vec<&'f str> {
    input.figures.iter().map(|&id| flowsheet.figures[id].path.as_str()).collect()
}

fn near(one: &[f64], other: &[f64]) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert!((one - other).abs() <= 1e-12 * other.abs(), "{one} is not {other}");
    }
}

#[test]
fn distributions_are_read_in_the_unit_and_on_the_basis_of_their_figures() {
    let (sweep, flowsheet) = sweep(
        r#"
        "product.sales.price" = { triangular = ["150 USD/t CaF2", "0.2 USD/kg CaF2", "0.3 USD/kg CaF2"] }
        "waste.dam.cost" = { normal = ["1 USD/t", "0.1 USD/t"] }
        "separator.mill.capacity" = { lognormal = ["2 kt/yr CaF2", 1.3] }
        "feed.ore.supply" = { list = ["1 kt/yr", "800 t/yr"] }
        "feed.ore.assay.grade.CaF2" = { grid = ["10 %", 0.3], points = 5 }
        "separator.mill.recovery.concentrate.CaF2" = "range"
        "goal.sold.at-least" = { uniform = ["50 t/yr", "150 t/yr"] }
        "#,
    );
    assert_eq!((sweep.method, sweep.samples), (Some(Method::Sobol), Some(1024)));
    assert_eq!(sweep.title.as_deref(), Some("all of them"));
    let of = |name: &str| &input(&sweep, name).distribution;
    assert_eq!(*of("feed.ore.cost"), Distribution::Uniform { low: 7.0, high: 9.0 });
    let Distribution::Triangular { low, mode, high } = *of("product.sales.price") else {
        panic!("triangular")
    };
    near(&[low, mode, high], &[150.0, 200.0, 300.0]);
    assert_eq!(*of("waste.dam.cost"), Distribution::Normal { mean: 1.0, deviation: 0.1 });
    let capacity = Distribution::LogNormal { median: 2000.0, spread: 1.3 };
    assert_eq!(*of("separator.mill.capacity"), capacity);
    assert_eq!(*of("feed.ore.supply"), Distribution::List(vec![1000.0, 800.0]));
    let Distribution::List(levels) = of("feed.ore.assay.grade.CaF2") else { panic!("a list") };
    near(levels, &[0.1, 0.15, 0.2, 0.25, 0.3]);
    let recovery = Distribution::Uniform { low: 0.85, high: 0.95 };
    assert_eq!(*of("separator.mill.recovery.concentrate.CaF2"), recovery);
    let unit = |name: &str| input(&sweep, name).unit.as_str();
    assert_eq!(unit("feed.ore.cost"), "USD/t");
    assert_eq!(unit("product.sales.price"), "USD/t CaF2");
    assert_eq!(unit("separator.mill.capacity"), "t/yr CaF2");
    assert_eq!(unit("feed.ore.assay.grade.CaF2"), "");
    let origin = |name: &str| &input(&sweep, name).provenance;
    assert_eq!(*origin("feed.ore.cost"), Provenance::Assumed { reason: "why".to_owned() });
    assert!(matches!(origin("waste.dam.cost"), Provenance::Sourced { ids, .. } if ids == &["S"]));
    assert_eq!(paths(&flowsheet, input(&sweep, "goal.sold.at-least")), ["goal.sold.at-least"]);
}

#[test]
fn one_value_for_several_figures_and_a_factor_on_the_whole_course_of_one() {
    let (sweep, flowsheet) = sweep(
        r#"
        costs = { of = ["waste.dam.cost", "separator.mill.opex.by-period.2027"], uniform = ["1 USD/t", "3 USD/t"] }
        shares = { of = ["feed.ore.assay.grade.CaF2", "separator.mill.capacity"], relative = true, uniform = [0.8, "120 %"] }
        "#,
    );
    let costs = input(&sweep, "costs");
    let named = ["waste.dam.cost", "separator.mill.opex.by-period.2027"];
    assert_eq!(paths(&flowsheet, costs), named);
    assert!(!costs.relative && costs.unit == "USD/t");
    let shares = input(&sweep, "shares");
    assert_eq!(shares.distribution, Distribution::Uniform { low: 0.8, high: 1.2 });
    assert!(shares.relative && shares.unit.is_empty() && shares.figures.len() == 2);
    let (sweep, flowsheet) =
        self::sweep(r#""separator.mill.opex" = { relative = true, list = [0.5, 1.0, 2.0] }"#);
    let course = ["separator.mill.opex", "separator.mill.opex.by-period.2027"];
    assert_eq!(paths(&flowsheet, input(&sweep, "separator.mill.opex")), course);
}

#[test]
fn correlations_are_of_inputs_by_their_positions() {
    let (sweep, _) = sweep(
        r#"
        "product.sales.price" = { uniform = ["150 USD/t CaF2", "300 USD/t CaF2"] }
        [[sweep.s.correlation]]
        of = ["product.sales.price", "feed.ore.cost"]
        rank = -0.25
        "#,
    );
    assert_eq!(sweep.correlations, [(1, 0, -0.25)]);
    assert_eq!(sweep.sampler(Method::Random, 10, 1).expect("it can be").len(), 10);
    let finding = sweep.sampler(Method::Indices, 64, 1).expect_err("both need independence");
    assert_eq!(finding.code, Code::BadSweep);
    assert_eq!(finding.labels[0].span, sweep.correlation_spans[0]);
}

#[test]
fn what_a_sweep_leaves_open_is_a_grid_of_lists_and_else_a_latin_hypercube() {
    let plain = PLANT.replace("method = \"sobol\"\nsamples = 1024\n", "");
    let (open, _) = read(&plain, &Request::default());
    assert_eq!(open.expect("sound").sweeps[0].method(), Method::LatinHypercube);
    let lists = plain.replace(r#"uniform = ["7 USD/t""#, r#"list = ["7 USD/t""#);
    let (lists, _) = read(&lists, &Request::default());
    assert_eq!(lists.expect("sound").sweeps[0].method(), Method::Grid);
}

#[test]
fn without_a_sweep_every_range_is_one() {
    let (_, flowsheet) = sweep("");
    let ranges = Sweep::of_ranges(&flowsheet);
    let names: Vec<&str> = ranges.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["feed.ore.cost", "separator.mill.recovery.concentrate.CaF2"]);
    assert_eq!(ranges.inputs[0].distribution, Distribution::Uniform { low: 6.0, high: 9.0 });
    assert_eq!(ranges.method(), Method::LatinHypercube);
}

#[test]
fn figures_know_which_values_they_may_have() {
    let (_, flowsheet) = sweep("");
    let allowed = |path: &str| {
        let found = flowsheet.figures.iter().find(|figure| figure.path == path);
        found.expect("a figure").allowed
    };
    assert_eq!(allowed("feed.ore.assay.grade.CaF2"), (0.0, 1.0));
    let (low, high) = allowed("separator.mill.capacity");
    assert!(low > 0.0 && low < 1e-9 && high > 1e12);
    assert_eq!(allowed("waste.dam.cost").0, 0.0);
}

#[test]
fn scenarios_and_settings_reach_sweeps() {
    let request = Request { scenario: Some("narrow"), ..Request::default() };
    let (changed, _) = read(PLANT, &request);
    let sweep = &changed.expect("sound").sweeps[0];
    assert_eq!(sweep.samples, Some(12));
    // Another distribution takes the place of the one that stands there, and of where that came from.
    let narrow = Distribution::Triangular { low: 7.0, mode: 8.0, high: 9.0 };
    assert_eq!(sweep.inputs[0].distribution, narrow);
    assert!(matches!(&sweep.inputs[0].provenance, Provenance::Sourced { .. }));
    let set = [
        "sweep.s.method=random".to_owned(),
        "sweep.s.input.\"feed.ore.cost\".uniform.1=8 USD/t".to_owned(),
    ];
    let (changed, _) = read(PLANT, &Request { set: &set, ..Request::default() });
    let sweep = &changed.expect("sound").sweeps[0];
    assert_eq!(sweep.method, Some(Method::Random));
    assert_eq!(sweep.inputs[0].distribution, Distribution::Uniform { low: 7.0, high: 8.0 });
}

/// The plant with what the command line says, in the sweep that it makes.
fn varied(changes: &[Change]) -> (Result<Flowsheet, Diagnostics>, Sources) {
    read(PLANT, &Request { changes, ..Request::default() })
}

fn of_command_line(texts: &[&str]) -> (Sweep, Flowsheet) {
    let changes: Vec<Change> =
        texts.iter().map(|text| vary::vary(vary::COMMAND_LINE, text)).collect();
    let (flowsheet, sources) = varied(&changes);
    let flowsheet = flowsheet.unwrap_or_else(|findings| {
        panic!("{}", reeflow::cli::render::render(&findings, &sources, false, 100))
    });
    let sweep = flowsheet.sweeps.iter().find(|sweep| sweep.name == vary::COMMAND_LINE);
    (sweep.expect("it is made").clone(), flowsheet)
}

#[test]
fn the_command_line_says_what_a_table_says() {
    let pairs = [
        ("feed.ore.cost=uniform(7 USD/t, 9 USD/t)", r#"{ uniform = ["7 USD/t", "9 USD/t"] }"#),
        ("feed.ore.cost = range", r#""range""#),
        (
            "feed.ore.cost=triangular(7 USD/t,8 USD/t,9 USD/t)",
            r#"{ triangular = ["7 USD/t", "8 USD/t", "9 USD/t"] }"#,
        ),
        ("feed.ore.cost=normal(8 USD/t, 1 USD/t)", r#"{ normal = ["8 USD/t", "1 USD/t"] }"#),
        ("feed.ore.cost=lognormal(8 USD/t, 1.2)", r#"{ lognormal = ["8 USD/t", 1.2] }"#),
        ("feed.ore.cost=list(1,008 USD/t, 7 USD/t)", r#"{ list = ["1008 USD/t", "7 USD/t"] }"#),
        (
            "feed.ore.cost=grid(7 USD/t, 9 USD/t, 3)",
            r#"{ grid = ["7 USD/t", "9 USD/t"], points = 3 }"#,
        ),
        ("feed.ore.cost=*uniform(0.8,1.2)", "{ relative = true, uniform = [0.8, 1.2] }"),
        (
            "waste.dam.cost + 'feed.ore.cost'=* list( 0.5, 90 % )",
            r#"{ of = ["waste.dam.cost", "feed.ore.cost"], relative = true, list = [0.5, "90 %"] }"#,
        ),
    ];
    let plain = PLANT.split("[sweep.s.input]").next().expect("a text");
    for (said, written) in pairs {
        let (of_line, _) = of_command_line(&[said]);
        let key = if written.contains("of =") { "x" } else { "feed.ore.cost" };
        let text =
            format!("{plain}[sweep.s.input]\n\"{key}\" = {written}").replace("samples = 1024", "");
        let (of_table, sources) =
            read(&text.replace("method = \"sobol\"", ""), &Request::default());
        let of_table = of_table.unwrap_or_else(|findings| {
            panic!("{}", reeflow::cli::render::render(&findings, &sources, false, 100))
        });
        let (one, other) = (&of_line.inputs[0], &of_table.sweeps[0].inputs[0]);
        assert_eq!(one.distribution, other.distribution, "{said}");
        assert_eq!(
            (&one.figures, one.relative, &one.unit),
            (&other.figures, other.relative, &other.unit)
        );
    }
}

#[test]
fn inputs_of_the_command_line_join_and_replace_each_other() {
    let texts = [
        "feed.ore.cost=uniform(7 USD/t, 9 USD/t)",
        "waste.dam.cost=uniform(1 USD/t, 2 USD/t)",
        "feed.ore.cost=list(6 USD/t)",
    ];
    let (sweep, _) = of_command_line(&texts);
    let names: Vec<&str> = sweep.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["feed.ore.cost", "waste.dam.cost"]);
    assert_eq!(sweep.inputs[0].distribution, Distribution::List(vec![6.0]));
    let said = Provenance::Assumed { reason: "as `--vary` says".to_owned() };
    assert_eq!(sweep.inputs[0].provenance, said);
    // They also join a sweep of the file, and so do correlations.
    let changes = [
        vary::vary("s", "waste.dam.cost=uniform(1 USD/t, 2 USD/t)"),
        vary::vary("s", "product.sales.price=*uniform(0.9, 1.1)"),
        vary::correlate("s", "waste.dam.cost,feed.ore.cost=0.5"),
        vary::correlate("s", "product.sales.price, feed.ore.cost = -0.5"),
    ];
    let (flowsheet, _) = varied(&changes);
    let sweep = &flowsheet.expect("sound").sweeps[0];
    assert_eq!((sweep.inputs.len(), sweep.samples), (3, Some(1024)));
    assert_eq!(sweep.correlations, [(1, 0, 0.5), (2, 0, -0.5)]);
}

#[test]
fn findings_point_into_the_command_line() {
    let cases = [
        ("feed.ore.cost", Code::SyntaxError, "feed.ore.cost"),
        ("=uniform(1, 2)", Code::SyntaxError, ""),
        ("feed.ore.cost=unifrom(1, 2)", Code::SyntaxError, "unifrom"),
        ("feed.ore.cost=uniform 1, 2", Code::SyntaxError, "uniform 1, 2"),
        ("feed.ore.cots=uniform(7 USD/t, 9 USD/t)", Code::UnknownFigure, "feed.ore.cots"),
        ("waste.dam.cost+feed.ore.cots=range", Code::SyntaxError, "range"),
        ("feed.ore.cost=uniform(7 USD/t, 9 kg)", Code::BadDistribution, "9 kg"),
        (
            "feed.ore.cost=uniform(9 USD/t, 7 USD/t)",
            Code::BadDistribution,
            "uniform(9 USD/t, 7 USD/t)",
        ),
        ("feed.ore.assay.grade.CaF2=uniform(10 %, 110 %)", Code::OutOfRange, "110 %"),
        ("feed.ore.cost=grid(7 USD/t, 9 USD/t, many)", Code::WrongType, "many"),
    ];
    for (text, code, place) in cases {
        let (found, sources) = varied(&[vary::vary(vary::COMMAND_LINE, text)]);
        let found = found.expect_err(text);
        let first = found.iter().next().expect("a finding");
        assert_eq!((first.code, found.len()), (code, 1), "{text}: {found:?}");
        let label = first.labels.first().expect("a place");
        assert_eq!(sources.snippet(label.span), Some(place), "{text}");
        assert_eq!(sources.place(label.span).expect("a place").source, "--vary");
    }
    for text in ["feed.ore.cost=0.7", "a,b", "a,b,c=1", "a,b="] {
        let (found, _) = varied(&[vary::correlate("s", text)]);
        let found = found.expect_err(text);
        assert_eq!(found.iter().next().expect("one").code, Code::SyntaxError, "{text}");
    }
    let (found, sources) = varied(&[vary::correlate("s", "feed.ore.cost,waste=0.7")]);
    let found = found.expect_err("no such input");
    let place = found.iter().next().expect("a finding").labels[0].span;
    assert_eq!(sources.snippet(place), Some("waste"));
}

#[test]
fn the_shipped_sweep_varies_what_it_says() {
    let flowsheet = shipped::lower("beylikova-industrial", &[]);
    let sweep = &flowsheet.sweeps[0];
    assert_eq!((sweep.name.as_str(), sweep.inputs.len()), ("uncertain", 10));
    let designing = flowsheet.designing_figures();
    for input in &sweep.inputs {
        assert!(input.figures.iter().all(|id| !designing.contains(id)), "{}", input.name);
        assert!(!matches!(input.provenance, Provenance::Unstated), "{}", input.name);
    }
}

#[test]
fn a_figure_that_is_replaced_without_its_range_blocks_its_sweep_and_nothing_else() {
    let text = format!("{PLANT}\"separator.mill.recovery.concentrate.CaF2\" = \"range\"\n");
    let replaced = "separator.mill.recovery.concentrate.CaF2={ value = \"80 %\" }".to_owned();
    let set = [replaced, "sweep.s.input.'waste.dam.cost'=range".to_owned()];
    let (flowsheet, sources) = read(&text, &Request { set: &set[..1], ..Request::default() });
    let flowsheet = flowsheet.expect("sound but for its sweep");
    let sweep = &flowsheet.sweeps[0];
    let found = sweep.sampler(sweep.method(), 16, 0).expect_err("it has no range");
    assert_eq!(found.code, Code::BadDistribution);
    assert!(found.labels.iter().any(|label| sources.snippet(label.span) == Some("\"range\"")));
    // What has no range as it is written is a mistake of the file.
    let (refused, _) = read(&text, &Request { set: &set[1..], ..Request::default() });
    let codes: Vec<Code> = refused.expect_err("refused").iter().map(|it| it.code).collect();
    assert_eq!(codes, [Code::BadDistribution]);
    // Another value keeps the range that is written beside it.
    let kept = ["separator.mill.recovery.concentrate.CaF2=86 %".to_owned()];
    let (flowsheet, _) = read(&text, &Request { set: &kept, ..Request::default() });
    assert!(flowsheet.expect("sound").sweeps[0].blocked.is_none());
}
