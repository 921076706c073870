//! How fast `reeflow serve` answers: 1,000 changes on `beylikova-industrial` by four clients at once.
//!
//! `cargo bench --bench serve` prints the median and the 99th percentile, as the server measures them (with the wait for a turn)
//! and as a client does; once with clients that ask as soon as they are answered, so that both cores are busy all the time, and
//! once with clients that move a slider, which asks at most once per frame of a 60 Hz screen.

#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

const CLIENTS: usize = 4;
/// Changes of each client: 1,000 in all.
const CHANGES: usize = 250;
const FRAME: Duration = Duration::from_micros(16_667);

/// What the clients change: a capacity, a price, a grade and a recovery, by factors around what is in the file.
const FIGURES: [(&str, f64, &str); 4] = [
    ("feed.ore.supply.max", 570.0, " kt/yr"),
    ("product.magnets.price", 46.0, " USD/kg"),
    ("feed.ore.assay.grade.REO", 1.75, " %"),
    ("separator.desliming.recovery.preconcentrate.REO", 72.6, " %"),
];

/// The sections that are seen on a desk.
const SEEN: [&str; 2] = ["flows", "goals"];

struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_reeflow"))
            .args(["serve", "flowsheets/beylikova-industrial.toml", "--port", "0"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tool runs");
        let mut address = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut address).expect("it says where it is");
        Self { child, address: address.trim().to_owned() }
    }
}

/// Times of a client, in ms: as the server measures, and from question to answer.
fn ask(address: &str, client: usize, pause: Duration) -> Vec<[f64; 2]> {
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let ask_once = |step: usize| {
        let (path, value, unit) = FIGURES[(client + step.div_euclid(50)) % FIGURES.len()];
        // To and fro between 0.75 and 1.25 of it, as one moves a slider.
        let phase = (step % 50) as f64 / 50.0;
        let value = value * (0.75 + (phase - 0.5).abs());
        let question =
            json!({ "set": [(path, format!("{value:.4}{unit}"))], "brief": true, "seen": SEEN });
        let began = Instant::now();
        let request = agent.post(format!("{address}solve"));
        let request = request.header("content-type", "application/json");
        let mut response = request.send(question.to_string()).expect("it answers");
        let body = response.body_mut().read_to_vec().expect("it is whole");
        let whole = 1000.0 * began.elapsed().as_secs_f64();
        assert!(body.len() > 10_000, "there is a plan");
        let timing = response.headers()["server-timing"].to_str().expect("text");
        let server = timing.rsplit('=').next().and_then(|time| time.parse().ok());
        std::thread::sleep(pause.saturating_sub(began.elapsed()));
        [server.expect("a time"), whole]
    };
    (0..CHANGES).map(ask_once).collect()
}

fn measure(name: &str, pause: Duration) {
    let server = Server::start();
    // The first question finds nothing warm.
    ask(&server.address, 0, Duration::ZERO).truncate(0);
    let began = Instant::now();
    let times: Vec<[f64; 2]> = std::thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|client| {
            let address = server.address.as_str();
            scope.spawn(move || ask(address, client, pause))
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().flat_map(|client| client.join().expect("it ends")).collect()
    });
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    println!("{name}: {} changes, {CLIENTS} clients, {rate:.0} answers per second", times.len());
    for (at, whose) in ["server", "client"].into_iter().enumerate() {
        let mut column: Vec<f64> = times.iter().map(|time| time[at]).collect();
        column.sort_by(f64::total_cmp);
        let at_share = |share: usize| column[(column.len() * share).div_euclid(100)];
        println!(
            "  {whose}: median {:.2} ms, 99th percentile {:.2} ms",
            at_share(50),
            at_share(99)
        );
    }
}

fn main() {
    measure("as fast as they can", Duration::ZERO);
    measure("a slider at 60 Hz each", FRAME);
}
