//! From a shape to operations and streams.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    Shape,
    plant::{Duty, Kind, Place, Plant, WHOLE},
    species::OXIDES,
};

/// Wastes, and the least that a refinery and a mine are made of.
pub(super) const LEAST_BESIDE_PRODUCTS: usize = WASTES + LEAST_REFINERY + LEAST_MINE;
/// Tailings and residues.
const WASTES: usize = 2;
/// Leach, purification and precipitation of one oxide.
const LEAST_REFINERY: usize = 3;
/// A feed and one separator.
const LEAST_MINE: usize = 2;
/// Operations of a mine that a budget is divided by.
const USUAL_MINE: usize = 10;
/// Separators in a line from which on it is worth having two of them.
const LONG_LINE: usize = 4;

/// What mines and refineries are connected to.
struct Ends {
    tailings: usize,
    residues: usize,
    /// The markets of each oxide.
    markets: Vec<Vec<usize>>,
}

/// Makes the operations of a shape that is fit; nominal flows are not known yet.
pub(super) fn grow(shape: &Shape) -> Plant {
    let draw = ChaCha8Rng::seed_from_u64(shape.seed);
    let oxides = shape.oxides();
    let mut plant =
        Plant { species: shape.species, oxides, operations: Vec::new(), place: Place::End, draw };
    let budget = shape.operations - shape.products - WASTES;
    // A refinery that parts all oxides, with the mines that feed it.
    let usual = (5 * oxides).div_euclid(2) + 2 + 2 * USUAL_MINE;
    let count = budget.div_euclid(usual).max(1);
    let budgets: Vec<usize> = (0..count)
        .map(|at| budget.div_euclid(count) + usize::from(at < budget.rem_euclid(count)))
        .collect();
    // Each oxide but the last takes a cut and a precipitation, and half as much for stocks and choices.
    let least = budgets.last().map_or(0, |budget| budget - LEAST_MINE - LEAST_REFINERY);
    let parted = (least + 3).div_euclid(3).clamp(1, oxides);
    let ends = ends(shape, &mut plant, parted);
    let mut leaches = Vec::new();
    let mut left = Vec::new();
    for (at, budget) in budgets.into_iter().enumerate() {
        plant.place = Place::Refinery(at);
        let before = plant.operations.len();
        let extra = (budget + 1 - LEAST_MINE - 2 - 2 * parted).div_euclid(2);
        leaches.push(Refinery { shape, plant: &mut plant, ends: &ends, at, count, extra }.build());
        left.push(budget - (plant.operations.len() - before));
    }
    for (at, left) in left.into_iter().enumerate() {
        let mines = left.div_euclid(USUAL_MINE).max(1);
        let next = leaches[(at + 1) % leaches.len()];
        for mine in 0..mines {
            plant.place = Place::Mine(at, mine);
            let budget = left.div_euclid(mines) + usize::from(mine < left.rem_euclid(mines));
            let name = format!("{}-{}", at + 1, mine + 1);
            Mine {
                shape,
                plant: &mut plant,
                ends: &ends,
                name,
                first: mine == 0,
                leach: leaches[at],
                next,
            }
            .build(budget);
        }
    }
    plant
}

fn ends(shape: &Shape, plant: &mut Plant, oxides: usize) -> Ends {
    let mut markets = vec![Vec::new(); oxides];
    for product in 0..shape.products {
        let sold: Vec<usize> = (0..oxides)
            .filter(|oxide| {
                if shape.products < oxides {
                    oxide % shape.products == product
                } else {
                    product % oxides == *oxide
                }
            })
            .collect();
        let name = match sold[..] {
            [oxide] => {
                format!("{}-{}", OXIDES[oxide].formula, product.div_euclid(oxides) + 1)
            }
            _ => format!("oxides-{}", product + 1),
        };
        let at = plant.add(name, Kind::Product(sold.clone()));
        for oxide in sold {
            markets[oxide].push(at);
        }
    }
    let cost = plant.between(1.0, 4.0);
    let tailings = plant.add("tailings", Kind::Waste(cost));
    let cost = plant.between(20.0, 80.0);
    let residues = plant.add("residues", Kind::Waste(cost));
    Ends { tailings, residues, markets }
}

/// A refinery while it is built.
struct Refinery<'a> {
    shape: &'a Shape,
    plant: &'a mut Plant,
    ends: &'a Ends,
    /// Its position among so many.
    at: usize,
    count: usize,
    /// Operations that are left for stocks and choices.
    extra: usize,
}

impl Refinery<'_> {
    /// Builds leach, purification, cuts and precipitations, with what follows them; the leach.
    fn build(mut self) -> usize {
        let number = self.at + 1;
        let (plant, ends) = (&mut *self.plant, self.ends);
        let parted = ends.markets.len();
        let add = |plant: &mut Plant, name: String, duty| plant.add(name, Kind::Separator(duty));
        let leach = add(plant, format!("leach-{number}"), Duty::Leaching);
        let clean = add(plant, format!("purification-{number}"), Duty::Leaching);
        let cuts: Vec<usize> = OXIDES[..parted - 1]
            .iter()
            .map(|oxide| {
                add(plant, format!("extraction-{number}-{}", oxide.formula), Duty::Extraction)
            })
            .collect();
        let finishes: Vec<usize> = OXIDES[..parted]
            .iter()
            .map(|oxide| {
                add(plant, format!("precipitation-{number}-{}", oxide.formula), Duty::Finishing)
            })
            .collect();
        let shares = plant.recoveries((8_800, 9_700), (100, 900));
        plant.connect(leach, "liquor", clean, shares.clone());
        plant.connect(leach, "residue", ends.residues, rest(&[shares]));
        let first = cuts.first().copied().unwrap_or(finishes[0]);
        let shares = plant.recoveries((9_700, 9_950), (50, 400));
        plant.connect(clean, "liquor", first, shares.clone());
        plant.connect(clean, "cake", ends.residues, rest(&[shares]));
        for (oxide, &cut) in cuts.iter().enumerate() {
            let strip = plant.cut(oxide);
            plant.connect(cut, "strip", finishes[oxide], strip.clone());
            let mut taken = vec![strip];
            if oxide > 0 && plant.happens(self.shape.recycles) {
                let scrub = plant.few(100, 600, &taken);
                plant.connect(cut, "scrub", cuts[oxide - 1], scrub.clone());
                taken.push(scrub);
            }
            let next = cuts.get(oxide + 1).copied().unwrap_or(finishes[parted - 1]);
            plant.connect(cut, "raffinate", next, rest(&taken));
        }
        for (oxide, finish) in finishes.into_iter().enumerate() {
            self.sell(oxide, finish);
        }
        leach
    }

    /// Sends an oxide to its markets: by choice, or in equal parts to those that are this refinery's.
    fn sell(&mut self, oxide: usize, finish: usize) {
        let (number, formula) = (self.at + 1, OXIDES[oxide].formula);
        let markets = &self.ends.markets[oxide];
        let own = (0..markets.len()).filter(|market| {
            market.rem_euclid(self.count) == self.at.rem_euclid(self.count.min(markets.len()))
        });
        let mut to: Vec<usize> = own.map(|market| markets[market]).collect();
        let plant = &mut *self.plant;
        if self.extra > 0 && markets.len() > 1 && plant.happens(self.shape.free_splits) {
            let choice = plant.add(format!("market-{number}-{formula}"), Kind::Splitter);
            for (market, &product) in markets.iter().enumerate() {
                let share = even(markets.len());
                plant.connect(choice, &format!("market-{}", market + 1), product, share);
            }
            to = vec![choice];
            self.extra -= 1;
        }
        let stocked = self.extra > 0 && self.shape.periods > 1 && to.len() == 1;
        if stocked && plant.happens(self.shape.stockpiles) {
            let stock = plant.add(format!("store-{number}-{formula}"), Kind::Stockpile);
            plant.connect(stock, "drawn", to[0], even(1));
            to = vec![stock];
            self.extra -= 1;
        }
        let pure = plant.whole(9_500, 9_950);
        let mut taken = Vec::new();
        for (at, &to_one) in to.iter().enumerate() {
            let mut shares = vec![0; plant.species];
            shares[oxide] = pure.div_euclid(u32::try_from(to.len()).unwrap_or(u32::MAX));
            let name = if at == 0 { "oxide".to_owned() } else { format!("oxide-{}", at + 1) };
            plant.connect(finish, &name, to_one, shares.clone());
            taken.push(shares);
        }
        plant.connect(finish, "liquor", self.ends.residues, rest(&taken));
    }
}

/// A mine while it is built.
struct Mine<'a> {
    shape: &'a Shape,
    plant: &'a mut Plant,
    ends: &'a Ends,
    name: String,
    /// Whether it is the first of its refinery.
    first: bool,
    /// The refinery that it feeds.
    leach: usize,
    /// Another one, which may be the same.
    next: usize,
}

impl Mine<'_> {
    /// Builds exactly as many operations as the budget says, at least [`LEAST_MINE`].
    fn build(mut self, budget: usize) {
        let ore = self.ore();
        let mut left = budget - 1;
        let mut from = (ore, "ore");
        if left > 1 && self.shape.periods > 1 && self.plant.happens(self.shape.stockpiles) {
            let heap = self.plant.add(format!("heap-{}", self.name), Kind::Stockpile);
            self.plant.connect(from.0, from.1, heap, even(1));
            from = (heap, "drawn");
            left -= 1;
        }
        if left > 2 * LONG_LINE && self.plant.happens(self.shape.free_splits) {
            let lines = self.plant.add(format!("lines-{}", self.name), Kind::Splitter);
            self.plant.connect(from.0, from.1, lines, even(1));
            left -= 1;
            let half = left.div_euclid(2);
            self.line((lines, "a"), even(2), "a", half);
            self.line((lines, "b"), even(2), "b", left - half);
        } else {
            self.line(from, even(1), "a", left);
        }
    }

    fn ore(&mut self) -> usize {
        let plant = &mut *self.plant;
        let grade = plant.between(0.01, 0.07);
        let parts: Vec<f64> = (0..plant.species)
            .map(|i| OXIDES.get(i).filter(|_| i < plant.oxides).map_or(10.0, |oxide| oxide.part))
            .collect();
        let parts: Vec<f64> =
            parts.into_iter().map(|part| part * plant.between(0.6, 1.6)).collect();
        let (rare, gangue) = parts.split_at(plant.oxides);
        let (rare_sum, gangue_sum) = (rare.iter().sum::<f64>(), gangue.iter().sum::<f64>());
        let rare = rare.iter().map(|part| grade * part / rare_sum);
        let grades: Vec<f64> =
            rare.chain(gangue.iter().map(|part| (1.0 - grade) * part / gangue_sum)).collect();
        let worth: f64 = grades
            .iter()
            .zip(&OXIDES[..plant.oxides])
            .map(|(g, oxide)| g * oxide.price * 1e3)
            .sum();
        // The first mine of a refinery is good; of the others, some are not worth their ore.
        let cost =
            worth * if self.first { plant.between(0.15, 0.35) } else { plant.between(0.2, 0.9) };
        let supply = plant.between(50e3, 800e3);
        plant.add(format!("ore-{}", self.name), Kind::Feed { grades, supply, cost })
    }

    /// A line of separators, and perhaps a choice between refineries at its end.
    fn line(&mut self, from: (usize, &str), share: Vec<u32>, line: &str, budget: usize) {
        let (shape, ends) = (self.shape, self.ends);
        let chosen = budget > 1 && self.next != self.leach && self.plant.happens(shape.free_splits);
        let separators = budget - usize::from(chosen);
        let name = format!("{}{line}", self.name);
        let plant = &mut *self.plant;
        let stages: Vec<usize> = (1..=separators)
            .map(|stage| {
                plant.add(format!("flotation-{name}-{stage}"), Kind::Separator(Duty::Dressing))
            })
            .collect();
        plant.connect(from.0, from.1, stages[0], share);
        let mut end = self.leach;
        if chosen {
            end = plant.add(format!("concentrate-{name}"), Kind::Splitter);
            plant.connect(end, "own", self.leach, even(2));
            plant.connect(end, "other", self.next, even(2));
        }
        for (at, &stage) in stages.iter().enumerate() {
            let concentrate = plant.recoveries((9_300, 9_900), (2_500, 7_500));
            plant.connect(
                stage,
                "concentrate",
                stages.get(at + 1).copied().unwrap_or(end),
                concentrate.clone(),
            );
            let mut taken = vec![concentrate];
            if at > 0 && plant.happens(shape.recycles) {
                let back = plant.few(50, 500, &taken);
                plant.connect(stage, "middlings", stages[at - 1], back.clone());
                taken.push(back);
            }
            plant.connect(stage, "tailings", ends.tailings, rest(&taken));
        }
    }
}

impl Plant {
    /// Recoveries of oxides and of gangue between two bounds each.
    fn recoveries(&mut self, oxides: (u32, u32), gangue: (u32, u32)) -> Vec<u32> {
        (0..self.species)
            .map(|i| {
                let (low, high) = if i < self.oxides { oxides } else { gangue };
                self.whole(low, high)
            })
            .collect()
    }

    /// What a cut takes out: nearly all of one oxide, some of the next, traces of the others.
    fn cut(&mut self, oxide: usize) -> Vec<u32> {
        (0..self.species)
            .map(|i| match i {
                _ if i == oxide => self.whole(9_700, 9_950),
                _ if i == oxide + 1 => self.whole(50, 300),
                _ => 10,
            })
            .collect()
    }

    /// Small shares of what others leave.
    fn few(&mut self, low: u32, high: u32, taken: &[Vec<u32>]) -> Vec<u32> {
        rest(taken).into_iter().map(|left| self.whole(low, high).min(left.div_euclid(2))).collect()
    }
}

/// What outlets leave of each species.
fn rest(taken: &[Vec<u32>]) -> Vec<u32> {
    let species = taken.first().map_or(0, Vec::len);
    (0..species).map(|i| WHOLE - taken.iter().map(|share| share[i]).sum::<u32>()).collect()
}

/// The same share of the whole for each of so many outlets.
fn even(outlets: usize) -> Vec<u32> {
    vec![WHOLE.div_euclid(u32::try_from(outlets).unwrap_or(WHOLE)).max(1)]
}
