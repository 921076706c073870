//! Which backend answers what: one optimum with its certificate, by backend, family and size.
//!
//! The figures of ARCHITECTURE.md come from `cargo bench --bench lp -- --quick --noplot`.
#![allow(missing_docs)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use reeflow::lp::{Backend, ColumnId, LinearProgram, Options, RowSense, certify, highs, solve};

/// Numerical Recipes' quick 64-bit generator; the figures must not depend on a crate's version.
struct Random(u64);

impl Random {
    /// Uniform in 0 ≤ x < 1.
    fn unit(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).expect("32 bits")) / 4_294_967_296.0
    }

    /// Uniform in 0 ≤ i < `limit`.
    fn below(&mut self, limit: usize) -> usize {
        let place = self.unit() * limit as f64;
        (0..limit).find(|&i| (i + 1) as f64 > place).unwrap_or(0)
    }
}

/// A random feasible, bounded program: a third as many rows as columns, four columns a row,
/// coefficients over three decades; the rows hold at a random point.
fn random(columns: usize) -> LinearProgram<usize, usize> {
    let mut random = Random(columns as u64);
    let mut lp = LinearProgram::new();
    let point: Vec<f64> = (0..columns).map(|_| (100.0 * random.unit() - 30.0).max(0.0)).collect();
    let ids: Vec<ColumnId> =
        (0..columns).map(|j| lp.add_column(j, random.unit() - 0.6, 0.0, 200.0)).collect();
    for i in 0..columns.div_ceil(3) {
        let terms: Vec<(ColumnId, f64)> = (0..4)
            .map(|_| (ids[random.below(columns)], 10_f64.powf(3.0 * random.unit() - 1.5)))
            .collect();
        let activity: f64 =
            terms.iter().map(|&(id, a)| a * point[ids.binary_search(&id).unwrap_or(0)]).sum();
        let sense = [RowSense::AtMost, RowSense::AtMost, RowSense::AtLeast, RowSense::Equal][i % 4];
        lp.add_row(i, sense, activity, terms);
    }
    lp
}

/// A chain of separations over periods: feeds in, each stage splits by fixed recoveries with a
/// free bypass and a capacity, stocks between periods, products sold up to a demand.
fn chain(columns: usize) -> LinearProgram<usize, usize> {
    const STAGES: usize = 8;
    let periods = columns.div_ceil(4 * STAGES + 2);
    let mut random = Random(7);
    let mut lp = LinearProgram::new();
    let mut stocks: Vec<Option<ColumnId>> = vec![None; STAGES];
    let mut row = 0;
    let mut next = || {
        row += 1;
        row
    };
    for period in 0..periods {
        let price = 1.0 + 0.3 * random.unit();
        let feed = lp.add_column(period, 0.05, 0.0, 1e5);
        let mut inflow = vec![(feed, 1.0)];
        for (stage, stock) in stocks.iter_mut().enumerate() {
            let treated = lp.add_column(period, 0.01 * (1.0 + stage as f64), 0.0, 6e4);
            let bypass = lp.add_column(period, 0.001, 0.0, f64::INFINITY);
            let sold = lp.add_column(period, -price * 30.0 * (1.0 + stage as f64), 0.0, 1e3);
            let kept = lp.add_column(period, 0.5, 0.0, 5e3);
            let recovery = 0.6 + 0.35 * random.unit();
            let mut balance = inflow.clone();
            balance.extend([(treated, -1.0), (bypass, -1.0)]);
            lp.add_row(next(), RowSense::Equal, 0.0, balance);
            let mut product = vec![(treated, (1.0 - recovery) * 0.1), (sold, -1.0), (kept, -1.0)];
            product.extend(stock.map(|stock| (stock, 1.0)));
            lp.add_row(next(), RowSense::AtLeast, 0.0, product);
            *stock = Some(kept);
            inflow = vec![(treated, recovery), (bypass, 0.99)];
        }
        let waste = lp.add_column(period, 0.002, 0.0, f64::INFINITY);
        inflow.push((waste, -1.0));
        lp.add_row(next(), RowSense::Equal, 0.0, inflow);
    }
    lp
}

/// A program of about so many columns.
type Generate = fn(usize) -> LinearProgram<usize, usize>;

fn measure(criterion: &mut Criterion) {
    let families: [(&str, Generate); 2] = [("random", random), ("chain", chain)];
    for (family, generate) in families {
        let mut group = criterion.benchmark_group(family);
        group.sample_size(10).warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_millis(500));
        for size in [10, 30, 100, 300, 1000, 3000, 10_000] {
            let lp = generate(size);
            for backend in [Backend::Simplex, Backend::Microlp, Backend::Clarabel] {
                let time_limit = Some(Duration::from_secs(20));
                let options = Options { backend, time_limit, ..Options::default() };
                if solve(&lp, &options).is_err() {
                    continue;
                }
                let id = BenchmarkId::new(format!("{backend:?}"), size);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| solve(black_box(&lp), &options).expect("an optimum"));
                });
            }
            let solution = solve(&lp, &Options::default()).expect("an optimum");
            assert!(solution.objective < -1.0, "an optimum worth the name");
            group.bench_function(BenchmarkId::new("certificate", size), |bencher| {
                bencher.iter(|| certify(black_box(&lp), &solution.primal, &solution.duals));
            });
        }
        group.finish();
    }
}

/// Plants over periods: each may be set up for a fixed charge and then makes up to a capacity of
/// each of its products; a stock per product, a demand that may be bought in dearly. A binary per
/// plant and period; as many further columns as make it about 10 a binary.
fn fixed_charge(binaries: usize) -> LinearProgram<usize, usize> {
    const PLANTS: usize = 5;
    const PRODUCTS: usize = 3;
    let mut random = Random(binaries as u64);
    let mut lp = LinearProgram::new();
    let mut stocks: Vec<Option<ColumnId>> = vec![None; PRODUCTS];
    let hours: Vec<f64> = (0..PLANTS * PRODUCTS).map(|_| 0.6 + 0.8 * random.unit()).collect();
    let mut row = 0;
    let mut next = || {
        row += 1;
        row
    };
    for period in 0..binaries.div_ceil(PLANTS) {
        let mut supplies: Vec<Vec<(ColumnId, f64)>> = vec![Vec::new(); PRODUCTS];
        let demands: Vec<f64> = (0..PRODUCTS).map(|_| 40.0 + 80.0 * random.unit()).collect();
        for plant in 0..PLANTS {
            let open = lp.add_column(period, 150.0 + 200.0 * random.unit(), 0.0, 1.0);
            lp.set_integer(open);
            let mut used = vec![(open, -180.0 - 20.0 * plant as f64)];
            for (product, supply) in supplies.iter_mut().enumerate() {
                let made = lp.add_column(period, 1.0 + 3.0 * random.unit(), 0.0, f64::INFINITY);
                used.push((made, hours[plant * PRODUCTS + product]));
                supply.push((made, 0.95));
                lp.add_row(next(), RowSense::AtMost, 0.0, [(made, 1.0), (open, -250.0)]);
            }
            lp.add_row(next(), RowSense::AtMost, 0.0, used);
        }
        for (product, mut supply) in supplies.into_iter().enumerate() {
            let bought = lp.add_column(period, 9.0, 0.0, f64::INFINITY);
            let kept = lp.add_column(period, 0.5, 0.0, 300.0);
            supply.extend([(bought, 1.0), (kept, -1.0)]);
            supply.extend(stocks[product].map(|stock| (stock, 1.0)));
            stocks[product] = Some(kept);
            lp.add_row(next(), RowSense::Equal, demands[product], supply);
        }
    }
    lp
}

/// Programs with integers, and how many nodes each takes; a limit of nodes ends the largest.
#[allow(clippy::print_stdout)]
fn measure_integer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("integer");
    group.sample_size(10).warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(500));
    // 80 binaries are about 400 rows and columns.
    for binaries in [30, 40, 80, 100, 300] {
        let lp = fixed_charge(binaries);
        let options = Options { node_limit: Some(5000), ..Options::default() };
        let gap = solve(&lp, &options).expect("a point").gap.expect("integers have a gap");
        let (rows, columns) = (lp.row_count(), lp.column_count());
        println!("{binaries} binaries, {rows} rows × {columns} columns: {gap:?}");
        if !gap.complete {
            continue;
        }
        group.bench_function(BenchmarkId::from_parameter(binaries), |bencher| {
            bencher.iter(|| solve(black_box(&lp), &options).expect("an optimum"));
        });
    }
    group.finish();
}

/// Large programs, each solved once, with HiGHS where `REEFLOW_HIGHS` names a library: seconds, and
/// whether the optimum is a vertex. `REEFLOW_LARGE` names the sizes in columns: `3000,10000`.
#[allow(clippy::print_stdout)]
fn measure_large(_: &mut Criterion) {
    const LIMIT: Duration = Duration::from_mins(10);
    let Some(path) = std::env::var_os("REEFLOW_HIGHS") else { return };
    let path = std::path::PathBuf::from(path);
    let plug_in = path.with_file_name("libhighs_extras.so");
    let candidate = highs::Candidate { plug_ins: vec![plug_in], ..highs::Candidate::new(path) };
    highs::provide(move || vec![candidate.clone()], "mend REEFLOW_HIGHS");
    let library = highs::loaded().expect("REEFLOW_HIGHS names a library");
    let sizes = std::env::var_os("REEFLOW_LARGE").unwrap_or_else(|| "3000,10000,30000".into());
    let sizes = sizes.to_string_lossy().into_owned();
    let families: [(&str, Generate); 2] = [("random", random), ("chain", chain)];
    for (family, generate) in families {
        for size in sizes.split(',').map(|size| size.trim().parse().expect("a size")) {
            let lp = generate(size);
            let mut backends = vec![Backend::Clarabel, Backend::Highs, Backend::HighsIpm];
            backends.extend(library.hipo.then_some(Backend::HighsHipo));
            backends.extend((size <= 10_000).then_some(Backend::Simplex));
            for backend in backends {
                let options = Options { backend, time_limit: Some(LIMIT), ..Options::default() };
                let start = Instant::now();
                let result = solve(&lp, &options);
                let seconds = start.elapsed().as_secs_f64();
                let told = match &result {
                    Ok(it) => format!("{:?}, vertex {}", it.objective, it.vertex),
                    Err(failure) => format!("{failure:?}").chars().take(100).collect(),
                };
                println!(
                    "{family} {} columns, {backend:?}: {seconds:.3} s, {told}",
                    lp.column_count()
                );
            }
        }
    }
}

criterion_group!(benches, measure, measure_integer);
criterion_group!(large, measure_large);
criterion_main!(large, benches);
