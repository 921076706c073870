//! A plan over the years: goals, production, capacities, what is built and what it earns, by period.

use super::{Cell, Column, Sum, Table, of, plain, row};
use crate::analysis::{Course, Outcome, Roadmap};

/// All tables by period, in their order.
pub(super) fn tables(outcome: &Outcome, roadmap: &Roadmap) -> Vec<Table> {
    vec![
        goals(roadmap),
        courses(
            roadmap,
            "production",
            "Feeds, products and contracts by period",
            "t/yr",
            &roadmap.flows,
        ),
        courses(roadmap, "stocks", "Stocks at the end of each period", "t", &roadmap.stocks),
        routes(roadmap),
        capacities(roadmap),
        built(outcome, roadmap),
        limits(outcome, roadmap),
        cash(outcome, roadmap),
        levelised(outcome, roadmap),
    ]
}

/// A column for each period.
fn periods(roadmap: &Roadmap, unit: &str) -> Vec<Column> {
    roadmap.periods.iter().map(|period| of(&period.name, unit)).collect()
}

fn goals(roadmap: &Roadmap) -> Table {
    let columns = vec![
        plain("goal"),
        plain("wanted"),
        plain("measure"),
        plain("sense"),
        plain("period"),
        of("from", "year"),
        of("length", "yr"),
        plain("value"),
        plain("bound"),
        plain("unit"),
        plain("to hold then"),
        plain("met"),
        plain("best of any plan"),
        plain("held by"),
    ];
    let rows = roadmap.goals.iter().flat_map(|goal| {
        roadmap.periods.iter().zip(&goal.points).map(move |(period, point)| {
            row![
                &goal.name,
                &goal.title,
                &goal.measure,
                goal.sense,
                &period.name,
                period.from,
                period.years,
                point.value,
                point.bound,
                &goal.unit,
                point.wanted,
                point.met,
                point.best,
                point.held_by.join(", "),
            ]
        })
    });
    Table::new("goals-by-period", "Goals by period", columns).with(rows)
}

fn courses(
    roadmap: &Roadmap,
    name: &'static str,
    title: &str,
    unit: &str,
    courses: &[Course],
) -> Table {
    let mut columns = vec![plain("name"), plain("kind")];
    columns.extend(periods(roadmap, unit));
    let rows = courses.iter().map(|course| {
        let mut row = row![&course.name, course.kind];
        row.extend(course.values.iter().map(|&value| Cell::from(value)));
        row
    });
    Table::new(name, title, columns).with(rows)
}

fn routes(roadmap: &Roadmap) -> Table {
    let mut columns = vec![plain("choice")];
    columns.extend(periods(roadmap, ""));
    let rows = roadmap.routes.iter().map(|route| {
        let mut row = row![&route.choice];
        row.extend(route.taken.iter().map(|taken| Cell::from(taken.as_deref().unwrap_or("none"))));
        row
    });
    Table::new("routes", "Alternatives that are taken, by period", columns).with(rows)
}

fn capacities(roadmap: &Roadmap) -> Table {
    let columns = vec![
        plain("operation"),
        plain("counts"),
        plain("period"),
        of("existing", "t/yr"),
        of("built", "t/yr"),
        of("used", "t/yr"),
        plain("utilisation"),
    ];
    let rows = roadmap.capacities.iter().flat_map(|course| {
        roadmap.periods.iter().enumerate().map(move |(at, period)| {
            let there = course.existing[at] + course.built[at];
            row![
                &course.operation,
                &course.basis,
                &period.name,
                course.existing[at],
                course.built[at],
                course.used[at],
                // Of nothing there is none.
                (there > 0.0).then(|| course.used[at] / there),
            ]
        })
    });
    Table::new("capacities", "Capacities by period", columns).with(rows)
}

fn built(outcome: &Outcome, roadmap: &Roadmap) -> Table {
    let money = outcome.currency.as_str();
    let columns = vec![
        plain("operation"),
        plain("counts"),
        plain("decided in"),
        of("size", "t/yr"),
        plain("trains"),
        of("equipment", money),
        of("all cost", money),
        plain("error of the cost curve's pieces, relative"),
        of("equipment by the curve itself", money),
    ];
    let rows = roadmap.built.iter().map(|it| {
        row![
            &it.operation,
            &it.basis,
            &it.period,
            it.size,
            it.trains,
            it.equipment,
            it.cost,
            it.error,
            it.exact,
        ]
    });
    Table::new("built", "What is built, at the prices of the base year", columns)
        .with(rows)
        .summed(&["equipment", "all cost"])
}

fn limits(outcome: &Outcome, roadmap: &Roadmap) -> Table {
    let columns = vec![
        plain("limit"),
        plain("period"),
        plain("utilisation"),
        plain("binding"),
        of("shadow price", &format!("{} per unit", outcome.objective.unit)),
    ];
    let rows = roadmap.limits.iter().flat_map(|course| {
        roadmap.periods.iter().enumerate().map(move |(at, period)| {
            let (used, binding) = (course.utilisation[at], course.binding[at]);
            row![&course.path, &period.name, used, binding, course.shadow_price[at]]
        })
    });
    let title = "Limits that bind in some period: worth of one more unit in that period alone";
    Table::new("limits-by-period", title, columns).with(rows)
}

fn cash(outcome: &Outcome, roadmap: &Roadmap) -> Table {
    let dated = outcome.period.is_some();
    let unit = if dated { outcome.currency.clone() } else { format!("{}/yr", outcome.currency) };
    let mut columns = vec![plain("line")];
    columns.extend(periods(roadmap, &unit));
    let lines = &roadmap.cash.lines;
    let rows = lines.iter().map(|line| {
        let mut row = row![&line.name];
        row.extend(line.values.iter().map(|&value| Cell::from(value)));
        row
    });
    let title =
        if dated { "Cash flow, nominal, payments negative" } else { "Account with capital" };
    let mut table = Table::new("cash-flow", title, columns).with(rows);
    let Some(flow) = lines.iter().position(|line| line.name == "cash flow") else { return table };
    table.totals = lines.len() - flow;
    for column in 1..table.columns.len() {
        let terms = (0..flow).map(|row| [row, column]).collect();
        table.sums.push(Sum { at: [flow, column], terms });
        if lines.get(flow + 1).is_some_and(|line| line.name == "cumulative") {
            let before = (column > 1).then(|| [flow + 1, column - 1]);
            let terms = before.into_iter().chain([[flow, column]]).collect();
            table.sums.push(Sum { at: [flow + 1, column], terms });
        }
    }
    table
}

fn levelised(outcome: &Outcome, roadmap: &Roadmap) -> Table {
    let unit = format!("{}/t", outcome.currency);
    let columns = vec![
        plain("product"),
        plain("end of the chain"),
        of("levelised cost", &unit),
        of("mean price", &unit),
        of("minimum selling price", &unit),
    ];
    let rows = roadmap.finance.levelised.iter();
    let rows =
        rows.map(|it| row![&it.product, it.is_final, it.cost, it.price, it.minimum_selling_price]);
    Table::new("levelised-costs", "Costs of products", columns).with(rows)
}
