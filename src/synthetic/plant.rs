//! The operations of a generated flowsheet, and the nominal flows between them.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A stage of the nominal flows' iteration changes less than this, relative, at its end.
const SETTLED: f64 = 1e-6;
/// Most passes over all operations; a recycle of a fifth settles within ten.
const PASSES: usize = 60;

/// What an operation is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A mine.
    Feed {
        /// Mass fractions of the species.
        grades: Vec<f64>,
        /// Supply, t/yr.
        supply: f64,
        /// Cost at the gate, USD/t.
        cost: f64,
    },
    /// Fixed recoveries of all species, and what is consumed.
    Separator(Duty),
    /// Shares left to the optimiser.
    Splitter,
    /// A stock between periods.
    Stockpile,
    /// A market for oxides, by their positions.
    Product(Vec<usize>),
    /// Disposal, at a cost in USD/t.
    Waste(f64),
}

/// What a separator does, which says what it costs and how its capacity is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// Concentrates ore.
    Dressing,
    /// Dissolves concentrate or cleans the liquor.
    Leaching,
    /// Parts oxides from each other.
    Extraction,
    /// Precipitates and calcines one oxide.
    Finishing,
}

/// One outlet of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outlet {
    /// Its name.
    pub(super) name: String,
    /// Where it goes.
    pub(super) to: usize,
    /// Share of each species of the inlet, hundredths of a percent, for separators; nominal share
    /// of the whole otherwise.
    pub(super) share: Vec<u32>,
}

/// Where an operation stands, in the order of the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// At a mine of a refinery.
    Mine(usize, usize),
    /// In a refinery.
    Refinery(usize),
    /// A product or a waste.
    End,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation {
    /// Its name.
    pub(super) name: String,
    /// Where it stands.
    pub(super) place: Place,
    /// What it is.
    pub(super) kind: Kind,
    /// Where its streams go.
    pub(super) outlets: Vec<Outlet>,
    /// Nominal flow of each species that enters, t/yr.
    pub(super) inlet: Vec<f64>,
}

/// A flowsheet before it is written.
#[derive(Debug)]
pub(super) struct Plant {
    /// Number of species, oxides first.
    pub(super) species: usize,
    /// Number of oxides.
    pub(super) oxides: usize,
    /// All operations.
    pub(super) operations: Vec<Operation>,
    /// Where the next operations stand.
    pub(super) place: Place,
    /// What figures are drawn by.
    pub(super) draw: ChaCha8Rng,
}

/// All of the inlet, in hundredths of a percent.
pub(super) const WHOLE: u32 = 10_000;

impl Plant {
    /// Adds an operation without outlets.
    pub(super) fn add(&mut self, name: impl Into<String>, kind: Kind) -> usize {
        self.operations.push(Operation {
            name: name.into(),
            place: self.place,
            kind,
            outlets: Vec::new(),
            inlet: vec![0.0; self.species],
        });
        self.operations.len() - 1
    }

    /// Connects an operation to another by one of its outlets.
    pub(super) fn connect(&mut self, from: usize, name: &str, to: usize, share: Vec<u32>) {
        self.operations[from].outlets.push(Outlet { name: name.to_owned(), to, share });
    }

    /// Whether something with a probability happens.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.draw.random_range(0.0..1.0) < probability
    }

    /// A figure between two, evenly.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.draw.random_range(low..high)
    }

    /// A whole number between two, the upper one excluded.
    pub(super) fn whole(&mut self, low: u32, high: u32) -> u32 {
        self.draw.random_range(low..high)
    }

    /// Positions of the operations, mines first, products last.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.operations.len()).collect();
        order.sort_by_key(|&at| self.operations[at].place);
        order
    }

    /// Finds the nominal flows: every mine at its supply, free splits even.
    pub(super) fn settle(&mut self) {
        let mut from: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.operations.len()];
        for (at, operation) in self.operations.iter().enumerate() {
            for (outlet, stream) in operation.outlets.iter().enumerate() {
                from[stream.to].push((at, outlet));
            }
        }
        let order = self.order();
        for _ in 0..PASSES {
            let mut moved = 0.0_f64;
            for &at in &order {
                let mut inlet = vec![0.0; self.species];
                if let Kind::Feed { grades, supply, .. } = &self.operations[at].kind {
                    for (flow, grade) in inlet.iter_mut().zip(grades) {
                        *flow = supply * grade;
                    }
                }
                for &(source, outlet) in &from[at] {
                    let source = &self.operations[source];
                    let share = &source.outlets[outlet].share;
                    for (i, flow) in inlet.iter_mut().enumerate() {
                        let share = share.get(i).or(share.first()).copied().unwrap_or(WHOLE);
                        *flow += source.inlet[i] * f64::from(share) / f64::from(WHOLE);
                    }
                }
                let before: f64 = self.operations[at].inlet.iter().sum();
                let now: f64 = inlet.iter().sum();
                moved = moved.max((now - before).abs() / now.max(1e-9));
                self.operations[at].inlet = inlet;
            }
            if moved < SETTLED {
                break;
            }
        }
    }
}
