//! Random flowsheets, as text: chains, branches, recycles with a purge, mixtures, reactors, free splitters.

use reeflow::{diagnostic::Code, model::Model};
use std::fmt::Write;

/// How a flowsheet is written down; what it means is the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Masses in kt instead of t.
    pub(crate) kilotonnes: bool,
    /// All prices and costs times this.
    pub(crate) money: f64,
    /// The tables in the opposite order.
    pub(crate) reversed: bool,
}

impl Style {
    pub(crate) const PLAIN: Self = Self { kilotonnes: false, money: 1.0, reversed: false };

    fn rate(self, tonnes: f64) -> String {
        if self.kilotonnes {
            format!("\"{} kt/yr\"", tonnes / 1000.0)
        } else {
            format!("\"{tonnes} t/yr\"")
        }
    }

    fn price(self, per_tonne: f64, basis: &str) -> String {
        let value = per_tonne * self.money;
        if self.kilotonnes {
            format!("\"{} USD/kt{basis}\"", value * 1000.0)
        } else {
            format!("\"{value} USD/t{basis}\"")
        }
    }
}

/// A small generator of numbers: the same for the same seed, whatever the machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        ((self.0 >> 33) * end) >> 31
    }

    fn pick(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).expect("small")
    }

    /// A number with one decimal.
    fn between(&mut self, low: u32, high: u32) -> f64 {
        f64::from(low) + self.below(u64::from(high - low) * 10) as f64 / 10.0
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// An outlet that goes nowhere yet.
#[derive(Clone, Copy)]
struct Open {
    table: usize,
    outlet: usize,
    /// Whether its composition does not depend on decisions.
    fixed: bool,
    /// Whether fluorite has reacted on the way.
    reacted: bool,
}

/// A table with its outlets and the lines between header and end.
struct Table {
    kind: &'static str,
    name: String,
    outlets: Vec<(&'static str, String)>,
    body: String,
}

struct Generator {
    random: Random,
    style: Style,
    tables: Vec<Table>,
    open: Vec<Open>,
}

/// A flowsheet of about `size` operations between feeds and products.
pub(crate) fn generate(seed: u64, size: usize, style: Style) -> String {
    let random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    let mut generator = Generator { random, style, tables: Vec::new(), open: Vec::new() };
    for _ in 0..=generator.random.pick(3) {
        generator.add_feed();
    }
    for _ in 0..size {
        generator.grow();
    }
    while let Some(open) = generator.open.pop() {
        generator.end(open);
    }
    meetable(generator.write())
}

/// The same flowsheet without specifications, if one of them is refused because nothing can meet it.
fn meetable(text: String) -> String {
    let flowsheet = super::of_text(&text);
    let Err(findings) = Model::assemble(&flowsheet, &flowsheet.values()) else { return text };
    if findings.iter().all(|finding| finding.code == Code::SpecificationUnmeetable) {
        let lines = text.lines().filter(|line| !line.starts_with("specification."));
        return lines.flat_map(|line| [line, "\n"]).collect();
    }
    text
}

impl Generator {
    fn add(
        &mut self,
        kind: &'static str,
        outlets: &[&'static str],
        from: &[Open],
        body: String,
    ) -> usize {
        let at = self.tables.len();
        let name = format!("{kind}-{at}");
        for inlet in from {
            self.tables[inlet.table].outlets[inlet.outlet].1.clone_from(&name);
        }
        let outlets = outlets.iter().map(|&outlet| (outlet, String::new())).collect();
        self.tables.push(Table { kind, name, outlets, body });
        at
    }

    fn add_feed(&mut self) {
        let supply = self.random.between(100, 1000);
        let (supply, cost) = (self.style.rate(supply), self.random.between(1, 30));
        let (fluorite, barite) = (self.random.between(5, 40), self.random.between(5, 40));
        let body = format!(
            "supply = {supply}\ncost = {}\n\
             assay = {{ grade = {{ CaF2 = \"{fluorite} %\", BaSO4 = \"{barite} %\" }}, rest = \"gangue\" }}\n",
            self.style.price(cost, "")
        );
        let table = self.add("feed", &["out"], &[], body);
        self.open.push(Open { table, outlet: 0, fixed: true, reacted: false });
    }

    fn take(&mut self) -> Open {
        let at = self.random.pick(self.open.len());
        self.open.swap_remove(at)
    }

    fn grow(&mut self) {
        let inlet = self.take();
        match self.random.pick(8) {
            0 | 1 => {
                let body = self.recoveries("a") + &self.extras();
                self.branch("separator", &["a", "b"], &[inlet], body);
            }
            2 => {
                let share = self.random.between(10, 90);
                let body = format!("fraction.a = \"{share} %\"\n");
                self.branch("splitter", &["a", "b"], &[inlet], body);
            }
            3 if inlet.fixed => {
                let outlets: &[&str] =
                    if self.random.chance(50) { &["a", "b"] } else { &["a", "b", "c"] };
                let most = self.random.between(30, 90);
                let limit = format!("fraction.a = {{ max = \"{most} %\" }}\n");
                let body = if self.random.chance(40) { limit } else { String::new() };
                self.branch("splitter", outlets, &[inlet], body);
            }
            4 if !inlet.reacted => self.add_reactor(inlet),
            5 if !self.open.is_empty() => {
                let other = self.take();
                let body = self.recoveries("a") + &self.extras();
                self.branch("separator", &["a", "b"], &[inlet, other], body);
            }
            6 if !self.open.is_empty() => {
                let other = self.take();
                self.add_blender(&[inlet, other]);
            }
            _ => self.add_recycle(inlet),
        }
    }

    fn branch(
        &mut self,
        kind: &'static str,
        outlets: &[&'static str],
        from: &[Open],
        body: String,
    ) {
        let table = self.add(kind, outlets, from, body);
        let fixed = from.len() == 1 && from[0].fixed;
        let reacted = from.iter().any(|open| open.reacted);
        for outlet in 0..outlets.len() {
            self.open.push(Open { table, outlet, fixed, reacted });
        }
    }

    /// A rougher and a cleaner that returns a part.
    fn add_recycle(&mut self, inlet: Open) {
        let body = self.recoveries("a") + &self.extras();
        let rougher = self.add("separator", &["a", "b"], &[inlet], body);
        let body = self.recoveries("a");
        let to_cleaner = Open { table: rougher, outlet: 0, ..inlet };
        let cleaner = self.add("separator", &["a", "b"], &[to_cleaner], body);
        let name = self.tables[rougher].name.clone();
        self.tables[cleaner].outlets[1].1 = name;
        self.open.push(Open { table: rougher, outlet: 1, ..inlet });
        self.open.push(Open { table: cleaner, outlet: 0, ..inlet });
    }

    /// Acid on fluorite; dosed, with or without excess.
    fn add_reactor(&mut self, inlet: Open) {
        let conversion = self.random.between(20, 99);
        let price = self.random.between(20, 200);
        let price = self.style.price(price, "");
        let excess = self.random.between(1, 50);
        let excess = if self.random.chance(50) {
            format!(", excess = \"{excess} %\"")
        } else {
            String::new()
        };
        let mut body = format!(
            "reaction = [{{ equation = \"CaF2 + H2SO4 -> CaSO4 + 2 HF\", key = \"CaF2\", \
             conversion = \"{conversion} %\" }}]\nreagent.H2SO4 = {{ price = {price}{excess} }}\n"
        );
        let inlet = Open { reacted: true, ..inlet };
        let (gas, dust) = (self.random.between(50, 99), self.random.between(1, 5));
        match self.random.pick(3) {
            0 => self.branch("reactor", &["a"], &[inlet], body),
            1 => {
                writeln!(body, "recovery.b = {{ HF = \"{gas} %\", default = \"{dust} %\" }}")
                    .unwrap();
                self.branch("reactor", &["a", "b"], &[inlet], body);
            }
            _ => {
                // A gas without fluorite, which later operations would ask for.
                writeln!(body, "recovery.b = {{ HF = \"{gas} %\", default = \"0 %\" }}").unwrap();
                self.branch("reactor", &["a", "b"], &[inlet], body);
                let off_gas = self.open.pop().expect("just added");
                self.add("waste", &[], &[off_gas], String::new());
            }
        }
    }

    fn recoveries(&mut self, outlet: &str) -> String {
        let (fluorite, rest) = (self.random.between(5, 95), self.random.between(5, 95));
        format!("recovery.{outlet} = {{ CaF2 = \"{fluorite} %\", default = \"{rest} %\" }}\n")
    }

    fn extras(&mut self) -> String {
        let mut body = String::new();
        if self.random.chance(50) {
            let capacity = self.random.between(50, 800);
            writeln!(body, "capacity = {}", self.style.rate(capacity)).unwrap();
        }
        if self.random.chance(30) {
            let opex = self.random.between(1, 10);
            writeln!(body, "opex = {}", self.style.price(opex, "")).unwrap();
        }
        body
    }

    /// Fluorite within bounds, thinned with bought iron.
    fn add_blender(&mut self, from: &[Open]) {
        let (least, more) = (self.random.between(1, 10), self.random.between(5, 60));
        let price = self.random.between(1, 40);
        let price = self.style.price(price, "");
        let supply = self.random.between(10, 100);
        let supply = if self.random.chance(50) {
            format!(", supply = {}", self.style.rate(supply))
        } else {
            String::new()
        };
        let body = format!(
            "recipe = {{ CaF2 = {{ min = \"{least} %\", max = \"{} %\" }}, Fe = {{ max = \"30 %\" }} }}\n\
             buy = {{ Fe = {{ price = {price}{supply} }} }}\n",
            least + more
        );
        let table = self.add("blender", &["a"], from, body);
        let reacted = from.iter().any(|open| open.reacted);
        self.open.push(Open { table, outlet: 0, fixed: false, reacted });
    }

    /// A product or a waste.
    fn end(&mut self, open: Open) {
        if self.random.chance(30) && !self.open.is_empty() {
            let cost = self.random.between(1, 10);
            let mut body = format!("cost = {}\n", self.style.price(cost, ""));
            if self.random.chance(20) {
                let limit = self.random.between(20, 300);
                writeln!(body, "limit.total = {}", self.style.rate(limit)).unwrap();
            }
            self.add("waste", &[], &[open], body);
            return;
        }
        let mut body = if self.random.pick(3) == 0 {
            let price = self.random.between(10, 80);
            format!("price = {}\n", self.style.price(price, ""))
        } else {
            let price = self.random.between(50, 400);
            format!("price = {}\n", self.style.price(price, " CaF2"))
        };
        if self.random.chance(40) {
            let demand = self.random.between(10, 400);
            writeln!(body, "demand = {}", self.style.rate(demand)).unwrap();
        }
        if self.random.chance(20) {
            let least = self.random.between(1, 15);
            writeln!(body, "specification.CaF2.min = \"{least} %\"").unwrap();
        }
        self.add("product", &[], &[open], body);
    }

    fn write(self) -> String {
        let mut texts: Vec<String> = self
            .tables
            .iter()
            .map(|table| {
                let outlets =
                    table.outlets.iter().map(|(outlet, to)| format!("{outlet} = \"{to}\""));
                let outlets: Vec<String> = outlets.collect();
                let to = if outlets.is_empty() {
                    String::new()
                } else {
                    format!("to = {{ {} }}\n", outlets.join(", "))
                };
                format!("[{}.{}]\n{to}{}\n", table.kind, table.name, table.body)
            })
            .collect();
        if self.style.reversed {
            texts.reverse();
        }
        let head = "[flowsheet]\ntitle = \"generated\"\ncurrency = \"USD\"\nassumed = \"made up\"\n\n\
                    [species.gangue]\n\n";
        format!("{head}{}", texts.concat())
    }
}
