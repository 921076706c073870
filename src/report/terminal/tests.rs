use super::*;
use crate::analysis::{
    AccountLine, AssumptionOutcome, BestMultiplier, ChainOutcome, ClosureOutcome,
    ConsumptionOutcome, FigureCount, GoalEffect, GoalOutcome, HeldBy, KeptMultiplier, LimitOutcome,
    MultiplierOutcome, NormalisedOutcome, ObjectiveOutcome, OperationOutcome, PriceOutcome,
    ProgramSize, Proof, RecoveryOutcome, ResidueOutcome, Share, SpeciesFlow, StageOutcome,
    StreamOutcome,
};

fn own(text: &str) -> String {
    text.to_owned()
}

fn share(to: &str, share: f64) -> Share {
    Share { to: own(to), share }
}

fn stage(name: &str, values: [f64; 4], imputed: &[&str]) -> StageOutcome {
    let [value_in, feed_cost, value_out, cost] = values;
    let value_added = value_out - value_in - feed_cost;
    let entering = value_in + feed_cost;
    StageOutcome {
        name: own(name),
        value_in,
        feed_cost,
        value_out,
        sold: 0.0,
        value_added,
        cost,
        net_value_added: value_added - cost,
        imputed_out: 0.9 * value_out,
        multiplier: (entering > 0.0).then(|| value_out / entering),
        imputed: imputed.iter().map(|name| own(name)).collect(),
    }
}

fn limit(path: &str, kind: &'static str, bound: f64, price: f64) -> LimitOutcome {
    LimitOutcome {
        path: own(path),
        text: String::new(),
        kind,
        of: own("mill"),
        sense: "at most",
        bound,
        reached: bound,
        utilisation: Some(1.0),
        slack: 0.0,
        binding: true,
        shadow_price: price,
        left: Some(price),
        right: Some(price),
        next_down: None,
        next_up: None,
        decrease: Some(bound),
        increase: Some(bound / 2.0),
        worth: Some(price * bound / 2.0),
        goal_effects: vec![
            GoalEffect { goal: own("multiplier"), effect: 2.5e-5 },
            GoalEffect { goal: own("fluorite"), effect: 0.0 },
        ],
    }
}

fn multiplier(numerator: &str, denominator: &str, base: Option<f64>) -> MultiplierOutcome {
    MultiplierOutcome {
        numerator: own(numerator),
        denominator: own(denominator),
        value: 187.5e6,
        base,
        multiplier: base.map(|base| 187.5e6 / base),
        why_not: base.is_none().then(|| own("no stream is marked as payable concentrate")),
        best: base.map(|_| BestMultiplier {
            value: None,
            endless: true,
            why_not: Some(own("grows without limit as `ore at mining cost` goes to 0")),
            held_by: Vec::new(),
            kept: Some(KeptMultiplier { value: 12.5, held_by: Vec::new() }),
        }),
    }
}

fn goal(name: &str, unit: &str, values: [f64; 2]) -> GoalOutcome {
    let [value, bound] = values;
    let met = value >= bound;
    let held =
        HeldBy { limit: own("separator.mill.capacity"), text: own("600 t/yr"), effect: 0.09 };
    GoalOutcome {
        name: own(name),
        title: met.then(|| own("Ten times the value of the ore")),
        measure: own("flow(sales)"),
        unit: own(unit),
        sense: "at least",
        bound,
        value: Some(value),
        interval: None,
        slack: Some(value - bound),
        met,
        enforced: false,
        best: (!met).then_some(value * 1.1),
        why_no_best: None,
        no_best: None,
        held_by: if met { Vec::new() } else { vec![held] },
    }
}

fn stream(name: &str, to: &str, flow: f64, value: Option<f64>) -> StreamOutcome {
    let species = |name: &str, grade: f64| SpeciesFlow {
        name: own(name),
        flow: flow * grade,
        interval: None,
        grade,
        recovery: Some(0.9),
        worth: 20_000.0,
    };
    StreamOutcome {
        name: own(name),
        from: own(name.split('.').next().unwrap_or(name)),
        to: own(to),
        flow,
        interval: (name == "mill.concentrate").then_some([Some(0.0), None]),
        species: vec![species("gangue", 0.9), species("CaF2", 0.1)],
        value,
        imputed_value: 4e6,
    }
}

/// A report with something in each section.
#[expect(clippy::too_many_lines, reason = "a report has many parts")]
fn sample() -> Outcome {
    let line = |name: &str, value: f64| AccountLine { name: own(name), value };
    let size = |columns| ProgramSize { rows: 2, columns, coefficients: 4 };
    let consumption = |name: &str, unit, amount: f64| ConsumptionOutcome {
        name: own(name),
        kind: "consumable",
        by: vec![own("mill"), own("leach")],
        amount,
        unit,
        cost: 3e6,
    };
    let chain = ChainOutcome {
        feed_cost: 15.39e6,
        value_added: 172.11e6,
        final_products: 150e6,
        by_products: 37.5e6,
        intermediates: 0.0,
        leakage: 0.0,
        residual: -3e-8,
    };
    Outcome {
        title: own("A mill"),
        note: Some(own("What the reader must know.\n\nIn two paragraphs.")),
        currency: own("USD"),
        period: None,
        roadmap: None,
        objective: ObjectiveOutcome {
            name: own("profit"),
            sense: "maximise",
            value: 49.04e6,
            unit: own("USD/yr"),
            unique: Some(false),
            degenerate: true,
        },
        proof: Proof {
            primal: 3e-16,
            dual: 0.0,
            complementarity: 0.0,
            gap: 1e-16,
            closure: 2e-16,
            exact: None,
            backend: own("microlp"),
            uncondensed: size(264),
            condensed: size(13),
            ratio: None,
        },
        account: vec![line("revenue", 187.5e6), line("feed", -15.39e6), line("profit", 49.04e6)],
        goals: vec![goal("multiplier", "", [12.18, 10.0]), goal("fluorite", "t/yr", [54.0, 80.0])],
        stages: vec![
            stage("ore", [0.0, 15.39e6, 25e6, 1e6], &["ore"]),
            stage("magnet", [25e6, 0.0, 187.5e6, 60e6], &[]),
        ],
        chain,
        multipliers: vec![
            multiplier("final products, gross", "ore at mining cost", Some(15.39e6)),
            multiplier("final products, gross", "payable concentrate", None),
            multiplier("+ by-products, gross", "ore at mining cost", Some(15.39e6)),
            multiplier("+ by-products, gross", "payable concentrate", None),
        ],
        joint: None,
        limits: vec![
            limit("separator.mill.capacity", "capacity", 600e3, 10.0),
            limit("product.sales.specification.CaF2.min", "specification", 0.97, -2.5e6),
            LimitOutcome {
                binding: false,
                utilisation: Some(0.93),
                ..limit("feed.ore.supply", "supply", 570e3, 0.0)
            },
        ],
        prices: vec![PriceOutcome {
            path: "product.concentrate.price".to_owned(),
            text: "4.7 USD/kg REO".to_owned(),
            value: 4700.0,
            low: Some(3000.0),
            high: None,
            next_down: Some("mill.tailings starts".to_owned()),
            next_up: None,
        }],
        operations: vec![OperationOutcome {
            name: own("mill"),
            kind: "separator",
            stage: Some(own("ore")),
            throughput: 600e3,
            purchased: 0.0,
            leaving: 600e3,
            error: 1e-11,
            closure: 1e-16,
            cost: 1.8e6,
            emission: 0.0,
            yields: vec![share("concentrate", 0.135), share("tailings", 0.865)],
        }],
        streams: vec![
            stream("ore", "mill", 600e3, None),
            stream("mill.concentrate", "sales", 81e3, Some(187.5e6)),
            stream("mill.bypass", "dam", 0.0, None),
        ],
        open: Vec::new(),
        recoveries: vec![RecoveryOutcome {
            name: own("REO"),
            element: false,
            supplied: 9975.0,
            ends: vec![share("dam", 0.1), share("sales", 0.9)],
        }],
        closure: vec![ClosureOutcome {
            name: own("Ca"),
            entering: 30_810.0,
            leaving: 30_810.0,
            error: 4e-12,
            relative: 1e-16,
        }],
        consumption: vec![
            consumption("electricity", "kWh", 14.4e6),
            consumption("water", "m3", 6e5),
        ],
        residues: vec![ResidueOutcome {
            name: own("dam"),
            flow: 519e3,
            species: vec![share("gangue", 0.98), share("CaF2", 0.02)],
            cost: 519e3,
        }],
        emission: 6480.0,
        assumptions: vec![AssumptionOutcome {
            path: own("feed.ore.cost"),
            text: own("27 USD/t"),
            value: 27.0,
            reason: own("no published mining cost"),
            multiplier_derivative: Some(-0.45),
            multiplier_elasticity: Some(-0.99),
            objective_per_percent: Some(-153_900.0),
        }],
        figures: FigureCount { sourced: 12, assumed: 30, unstated: 0, unweighed: 0 },
        normalised: vec![NormalisedOutcome {
            path: own("feed.ore.assay.split.REO"),
            sum: 99.99,
            factor: 1.000_100_010_001,
        }],
    }
}

#[test]
fn every_section_is_written() {
    let text = render(&sample(), Section::ALL, false, &Style::default());
    insta::assert_snapshot!(text);
}

#[test]
fn narrow_reports_keep_their_numbers_whole() {
    let text = render(
        &sample(),
        &[Section::Bottlenecks, Section::Flows],
        false,
        &Style { width: 60, ..Style::default() },
    );
    for whole in ["mill.capacity", "600 kt/yr", "3,000 kUSD/yr", "mill.concentrate"] {
        assert!(text.contains(whole), "{whole}: {text}");
    }
}

#[test]
fn sections_are_chosen_and_known_by_their_names() {
    for section in Section::ALL {
        assert_eq!(Section::from_name(section.name()), Some(*section));
        // The sample is about one year.
        if section.is_over_years() {
            continue;
        }
        let text = render(&sample(), &[*section], false, &Style::default());
        assert!(text.lines().count() > 3, "{text}");
    }
    assert_eq!(Section::from_name("all"), None);
    let head = render(&sample(), &[], false, &Style::default());
    assert_eq!(
        head,
        "A mill\nprofit 49.04 MUSD/yr, proven: certificate 3e-16, closure 2e-16; microlp; 264 → 13 columns\n"
    );
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = render(&sample(), Section::ALL, false, &Style::default());
    let styled = render(&sample(), Section::ALL, false, &Style { color: true, ..Style::default() });
    let bare = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m", "\u{1b}[32m"]
        .iter()
        .fold(styled.clone(), |text, code| text.replace(code, ""));
    assert_ne!(plain, styled);
    assert_eq!(plain, bare);
}
