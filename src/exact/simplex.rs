//! The simplex method over the rational numbers, from a basis that is optimal but for rounding.
//!
//! The program is `min c·x, A x + s = b, x ≥ 0`, with a slack `s ≥ 0` for each row, or `s = 0` where the row is an
//! equation. Whatever is not basic is 0. A basis found in floating point may be a little infeasible, or not optimal,
//! for the numbers as written; then costs are shifted until it is dual feasible, a dual simplex makes it feasible, and
//! a primal one with the true costs makes it optimal. Both choose by Bland's rule (Mathematics of Operations Research 2
//! (1977) 103–107), so that neither can cycle. Each step factors anew: bases are small, and pivots are few.

use dashu_ratio::RBig;

use super::{
    Clock, Refusal,
    factor::{Factor, Sparse},
    number::is_negative,
};

/// A row `Σ aⱼ xⱼ ≤ b` or `= b`.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) terms: Sparse,
    pub(super) right: RBig,
    pub(super) equal: bool,
}

/// A minimisation over columns ≥ 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub(super) costs: Vec<RBig>,
    pub(super) rows: Vec<Row>,
}

/// A basis with its values; variables are columns, then the slacks of the rows.
#[derive(Clone, Debug)]
pub(super) struct Vertex {
    /// Whether each variable is basic; as many are as there are rows.
    pub(super) basic: Vec<bool>,
    /// Value of each column.
    pub(super) columns: Vec<RBig>,
    /// ∂(minimum)/∂b of each row.
    pub(super) duals: Vec<RBig>,
    /// Basis changes that rounding had made necessary.
    pub(super) pivots: usize,
}

/// How a run ended.
pub(super) enum End {
    /// An optimal basis.
    Optimal(Vertex),
    /// Row multipliers, ≥ 0 but on equations, with which the rows add up to a contradiction.
    Infeasible(Vec<RBig>),
    /// The minimum falls for ever.
    Unbounded,
}

/// One basis, factored, with the values of its variables.
struct State<'a> {
    program: &'a Program,
    basic: Vec<bool>,
    /// Rows whose slack is not basic, and basic columns; as many of the ones as of the others.
    tight: Vec<usize>,
    columns: Vec<usize>,
    /// The place of each column among the basic ones.
    place: Vec<Option<usize>>,
    factor: Factor,
    value: Vec<RBig>,
}

impl<'a> State<'a> {
    /// Factors a basis; what is too much of it, or too little, is mended with slacks.
    fn new(program: &'a Program, mut basic: Vec<bool>, clock: &Clock) -> Result<Self, Refusal> {
        let width = program.costs.len();
        let tight: Vec<usize> =
            (0..program.rows.len()).filter(|&row| !basic[width + row]).collect();
        let columns: Vec<usize> = (0..width).filter(|&column| basic[column]).collect();
        let mut place = vec![None; width];
        columns.iter().enumerate().for_each(|(at, &column)| place[column] = Some(at));
        let part = |&row: &usize| {
            let terms = program.rows[row].terms.iter();
            let mut part: Sparse =
                terms.filter_map(|(at, value)| Some((place[*at]?, value.clone()))).collect();
            part.sort_by_key(|&(at, _)| at);
            part
        };
        let matrix: Vec<Sparse> = tight.iter().map(part).collect();
        let factor = Factor::new(&matrix, columns.len(), clock)?;
        if !(factor.idle_rows.is_empty() && factor.idle_columns.is_empty()) {
            factor.idle_columns.iter().for_each(|&at| basic[columns[at]] = false);
            factor.idle_rows.iter().for_each(|&at| basic[width + tight[at]] = true);
            return Self::new(program, basic, clock);
        }
        let right = tight.iter().map(|&row| program.rows[row].right.clone()).collect();
        let solved = factor.solve(right);
        let mut value = vec![RBig::ZERO; width + program.rows.len()];
        for (&column, found) in columns.iter().zip(solved) {
            value[column] = found;
        }
        for (at, row) in program.rows.iter().enumerate().filter(|&(at, _)| basic[width + at]) {
            value[width + at] = &row.right - dot(&row.terms, &value);
        }
        Ok(Self { program, basic, tight, columns, place, factor, value })
    }

    fn width(&self) -> usize {
        self.program.costs.len()
    }

    /// Whether a variable may only be 0.
    fn fixed(&self, variable: usize) -> bool {
        variable.checked_sub(self.width()).is_some_and(|row| self.program.rows[row].equal)
    }

    /// Basic variables in ascending order.
    fn basics(&self) -> impl Iterator<Item = usize> {
        (0..self.basic.len()).filter(|&variable| self.basic[variable])
    }

    /// Row multipliers y with `Bᵀ y = g`, for one factor g per variable.
    fn multipliers(&self, gradient: &[RBig]) -> Vec<RBig> {
        let width = self.width();
        let mut multipliers = vec![RBig::ZERO; self.program.rows.len()];
        let mut right: Vec<RBig> =
            self.columns.iter().map(|&column| gradient[column].clone()).collect();
        for (row, data) in self.program.rows.iter().enumerate() {
            if !self.basic[width + row] || gradient[width + row].is_zero() {
                continue;
            }
            multipliers[row].clone_from(&gradient[width + row]);
            for (column, entry) in &data.terms {
                if let Some(at) = self.place[*column] {
                    right[at] -= entry * &multipliers[row];
                }
            }
        }
        for (&row, found) in self.tight.iter().zip(self.factor.solve_transposed(right)) {
            multipliers[row] = found;
        }
        multipliers
    }

    /// `g − Aᵀ y` of every variable; 0 where it is basic.
    fn reduced(&self, gradient: &[RBig], multipliers: &[RBig]) -> Vec<RBig> {
        let width = self.width();
        let mut reduced = gradient.to_vec();
        for (row, data) in self.program.rows.iter().enumerate() {
            if multipliers[row].is_zero() {
                continue;
            }
            reduced[width + row] -= &multipliers[row];
            data.terms.iter().for_each(|(at, entry)| reduced[*at] -= entry * &multipliers[row]);
        }
        reduced
    }

    /// How every basic variable falls as a variable that is not basic grows by 1.
    fn rates(&self, entering: usize) -> Vec<RBig> {
        let width = self.width();
        let mut rates = vec![RBig::ZERO; self.basic.len()];
        let entry = |row: usize| match entering.checked_sub(width) {
            Some(own) if own == row => RBig::ONE,
            Some(_) => RBig::ZERO,
            None => {
                let terms = self.program.rows[row].terms.iter();
                let found = terms.into_iter().find(|&&(at, _)| at == entering);
                found.map_or(RBig::ZERO, |(_, value)| value.clone())
            }
        };
        let solved = self.factor.solve(self.tight.iter().map(|&row| entry(row)).collect());
        for (&column, rate) in self.columns.iter().zip(solved) {
            rates[column] = rate;
        }
        for (row, data) in self.program.rows.iter().enumerate() {
            if self.basic[width + row] {
                rates[width + row] = entry(row) - dot(&data.terms, &rates);
            }
        }
        rates
    }

    /// The basic variable of the lowest number that is out of bounds, and whether it is too small.
    fn violated(&self) -> Option<(usize, bool)> {
        self.basics().find_map(|variable| {
            let value = &self.value[variable];
            let too_small = is_negative(value);
            let wrong = too_small || (self.fixed(variable) && !value.is_zero());
            wrong.then_some((variable, too_small))
        })
    }

    /// The same basis but for one variable.
    fn exchanged(&self, entering: usize, leaving: usize, clock: &Clock) -> Result<Self, Refusal> {
        let mut basic = self.basic.clone();
        basic[entering] = true;
        basic[leaving] = false;
        Self::new(self.program, basic, clock)
    }
}

fn dot(terms: &Sparse, values: &[RBig]) -> RBig {
    let terms = terms.iter().filter(|(at, _)| !values[*at].is_zero());
    terms.fold(RBig::ZERO, |sum, (at, entry)| sum + entry * &values[*at])
}

/// The costs of all variables; slacks cost nothing.
fn gradient(program: &Program) -> Vec<RBig> {
    let mut costs = program.costs.clone();
    costs.resize(program.costs.len() + program.rows.len(), RBig::ZERO);
    costs
}

/// Minimises from a basis, given by whether each variable is in it; it may have too many or too few.
pub(super) fn minimise(program: &Program, basic: Vec<bool>, clock: &Clock) -> Result<End, Refusal> {
    let mut state = State::new(program, basic, clock)?;
    let mut pivots = 0;
    let costs = gradient(program);
    if state.violated().is_some() {
        let multipliers = state.multipliers(&costs);
        let mut shifted = costs.clone();
        for (cost, reduced) in shifted.iter_mut().zip(state.reduced(&costs, &multipliers)) {
            if is_negative(&reduced) {
                *cost -= reduced;
            }
        }
        while let Some((leaving, too_small)) = state.violated() {
            clock.check()?;
            let mut unit = vec![RBig::ZERO; costs.len()];
            unit[leaving] = RBig::ONE;
            let row = state.multipliers(&unit);
            let multipliers = state.multipliers(&shifted);
            let reduced = state.reduced(&shifted, &multipliers);
            // −α of the leaving variable's row: how it grows with each variable that is not basic.
            let growth = state.reduced(&unit, &row);
            let entering = dual_ratio(&state, &growth, &reduced, too_small);
            let Some(entering) = entering else {
                let multipliers = if too_small { row } else { row.iter().map(|y| -y).collect() };
                return Ok(End::Infeasible(multipliers));
            };
            state = state.exchanged(entering, leaving, clock)?;
            pivots += 1;
        }
    }
    loop {
        clock.check()?;
        let duals = state.multipliers(&costs);
        let reduced = state.reduced(&costs, &duals);
        let entering = (0..costs.len()).find(|&variable| {
            !state.basic[variable] && !state.fixed(variable) && is_negative(&reduced[variable])
        });
        let Some(entering) = entering else {
            let State { basic, mut value, .. } = state;
            value.truncate(program.costs.len());
            return Ok(End::Optimal(Vertex { basic, columns: value, duals, pivots }));
        };
        let rates = state.rates(entering);
        let Some(leaving) = primal_ratio(&state, &rates) else { return Ok(End::Unbounded) };
        state = state.exchanged(entering, leaving, clock)?;
        pivots += 1;
    }
}

/// The variable that leaves when one grows: the first to meet its bound, the lowest number of equals.
fn primal_ratio(state: &State<'_>, rates: &[RBig]) -> Option<usize> {
    let mut best: Option<(RBig, usize)> = None;
    for variable in state.basics().filter(|&variable| !rates[variable].is_zero()) {
        let rate = &rates[variable];
        let limit = if state.fixed(variable) {
            RBig::ZERO
        } else if is_negative(rate) {
            continue;
        } else {
            &state.value[variable] / rate
        };
        if best.as_ref().is_none_or(|(least, _)| limit < *least) {
            best = Some((limit, variable));
        }
    }
    best.map(|(_, variable)| variable)
}

/// The variable that enters so that all reduced costs stay ≥ 0, the lowest number of equals.
fn dual_ratio(
    state: &State<'_>,
    growth: &[RBig],
    reduced: &[RBig],
    too_small: bool,
) -> Option<usize> {
    let mut best: Option<(RBig, usize)> = None;
    for (variable, rate) in growth.iter().enumerate() {
        let helps = !rate.is_zero() && is_negative(rate) != too_small;
        if state.basic[variable] || state.fixed(variable) || !helps {
            continue;
        }
        let limit = &reduced[variable] / rate;
        let limit = if is_negative(&limit) { -limit } else { limit };
        if best.as_ref().is_none_or(|(least, _)| limit < *least) {
            best = Some((limit, variable));
        }
    }
    best.map(|(_, variable)| variable)
}

/// The values of all columns at a basis, feasible or not.
pub(super) fn point(
    program: &Program,
    basic: &[bool],
    clock: &Clock,
) -> Result<Vec<RBig>, Refusal> {
    let mut value = State::new(program, basic.to_vec(), clock)?.value;
    value.truncate(program.costs.len());
    Ok(value)
}

/// Whether a basis is feasible and optimal as it stands; its vertex if so.
pub(super) fn recheck(program: &Program, basic: &[bool], clock: &Clock) -> Result<Vertex, Refusal> {
    let refuse = |reason: &str| Err(Refusal::Wrong(reason.to_owned()));
    let state = State::new(program, basic.to_vec(), clock)?;
    if state.basic != basic {
        return refuse("the basis is singular, or has too many or too few variables");
    }
    if state.violated().is_some() {
        return refuse("the basis is not feasible");
    }
    // Not taken from the factors: the rows themselves, and the reduced costs of what is basic.
    let width = program.costs.len();
    let holds = |(at, row): (usize, &Row)| {
        dot(&row.terms, &state.value) + &state.value[width + at] == row.right
    };
    if !program.rows.iter().enumerate().all(holds) {
        return refuse("the plan of the basis does not satisfy the rows");
    }
    let costs = gradient(program);
    let duals = state.multipliers(&costs);
    let reduced = state.reduced(&costs, &duals);
    if reduced.iter().enumerate().any(|(at, cost)| !state.fixed(at) && is_negative(cost)) {
        return refuse("the basis is not optimal");
    }
    if state.basics().any(|variable| !reduced[variable].is_zero()) {
        return refuse("the duals of the basis do not price it");
    }
    let minimum = |factors: &[RBig], values: &mut dyn Iterator<Item = &RBig>| {
        factors.iter().zip(values).fold(RBig::ZERO, |sum, (factor, value)| sum + factor * value)
    };
    let primal = minimum(&program.costs, &mut state.value.iter());
    let dual = minimum(&duals, &mut program.rows.iter().map(|row| &row.right));
    if primal != dual {
        return refuse("the objectives of plan and duals differ");
    }
    let State { basic, mut value, .. } = state;
    value.truncate(program.costs.len());
    Ok(Vertex { basic, columns: value, duals, pivots: 0 })
}

/// Whether row multipliers prove that no point satisfies all rows: they add up to `Σ aⱼ xⱼ ≤ b` with all a ≥ 0 > b.
pub(super) fn contradicts(program: &Program, multipliers: &[RBig]) -> bool {
    let mut sum = vec![RBig::ZERO; program.costs.len()];
    let mut right = RBig::ZERO;
    for (row, multiplier) in program.rows.iter().zip(multipliers) {
        if !row.equal && is_negative(multiplier) {
            return false;
        }
        right += multiplier * &row.right;
        row.terms.iter().for_each(|(at, entry)| sum[*at] += multiplier * entry);
    }
    multipliers.len() == program.rows.len() && is_negative(&right) && !sum.iter().any(is_negative)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(terms: &[i32], right: i32, equal: bool) -> Row {
        let terms = terms.iter().enumerate().filter(|&(_, &value)| value != 0);
        let terms = terms.map(|(at, &value)| (at, RBig::from(value))).collect();
        Row { terms, right: right.into(), equal }
    }

    fn program(costs: &[i32], rows: Vec<Row>) -> Program {
        Program { costs: costs.iter().map(|&cost| RBig::from(cost)).collect(), rows }
    }

    fn slacks(program: &Program) -> Vec<bool> {
        let mut basic = vec![false; program.costs.len()];
        basic.resize(program.costs.len() + program.rows.len(), true);
        basic
    }

    /// The least cost over all bases that are feasible; none if none is.
    fn brute_force(program: &Program) -> Option<RBig> {
        let clock = Clock::default();
        let count = program.costs.len() + program.rows.len();
        let mut best: Option<RBig> = None;
        for set in 0_u32..1 << count {
            if set.count_ones() as usize != program.rows.len() {
                continue;
            }
            let basic: Vec<bool> = (0..count).map(|at| set >> at & 1 == 1).collect();
            let state = State::new(program, basic.clone(), &clock).expect("no limit");
            if state.basic == basic && state.violated().is_none() {
                let cost = program.costs.iter().zip(&state.value);
                let cost = cost.fold(RBig::ZERO, |sum, (cost, value)| sum + cost * value);
                if best.as_ref().is_none_or(|least| cost < *least) {
                    best = Some(cost);
                }
            }
        }
        best
    }

    proptest! {
        #[test]
        fn any_start_ends_at_the_least_of_all_vertices(
            costs in proptest::collection::vec(-5_i32..6, 4),
            entries in proptest::collection::vec(-3_i32..4, 16),
            right in proptest::collection::vec(-6_i32..7, 4),
            equal in proptest::collection::vec(any::<bool>(), 4),
            start in proptest::collection::vec(any::<bool>(), 9),
        ) {
            let mut rows: Vec<Row> = entries
                .chunks(4).zip(&right).zip(&equal)
                .map(|((terms, &right), &equal)| row(terms, right, equal)).collect();
            rows.push(row(&[1, 1, 1, 1], 20, false));
            let program = program(&costs, rows);
            let clock = Clock::default();
            match minimise(&program, start, &clock).expect("no limit") {
                End::Optimal(vertex) => {
                    let cost = program.costs.iter().zip(&vertex.columns);
                    let cost = cost.fold(RBig::ZERO, |sum, (cost, value)| sum + cost * value);
                    prop_assert_eq!(Some(cost), brute_force(&program));
                    let again = recheck(&program, &vertex.basic, &clock);
                    prop_assert_eq!(again.expect("optimal").duals, vertex.duals);
                }
                End::Infeasible(multipliers) => {
                    prop_assert!(contradicts(&program, &multipliers));
                    prop_assert_eq!(brute_force(&program), None);
                }
                End::Unbounded => prop_assert!(false, "the last row bounds everything"),
            }
        }
    }

    #[test]
    fn a_basis_is_not_taken_for_optimal_where_it_is_not() {
        let program = program(
            &[-3, -5],
            vec![row(&[1, 0], 4, false), row(&[0, 2], 12, false), row(&[3, 2], 18, false)],
        );
        let clock = Clock::default();
        let End::Optimal(vertex) = minimise(&program, slacks(&program), &clock).expect("no limit")
        else {
            panic!("it has an optimum");
        };
        assert_eq!(vertex.columns, [RBig::from(2), RBig::from(6)]);
        assert!(vertex.pivots >= 2);
        assert!(recheck(&program, &vertex.basic, &clock).is_ok());
        assert!(recheck(&program, &slacks(&program), &clock).is_err());
        assert!(recheck(&program, &[true; 5], &clock).is_err());
    }

    #[test]
    fn what_falls_for_ever_is_said() {
        let program = program(&[-1, 0], vec![row(&[1, -1], 3, false)]);
        let end = minimise(&program, slacks(&program), &Clock::default());
        assert!(matches!(end, Ok(End::Unbounded)));
    }

    #[test]
    fn multipliers_that_prove_nothing_are_refused() {
        let program = program(&[0], vec![row(&[1], 2, false), row(&[-1], -3, false)]);
        let yes = [RBig::ONE, RBig::ONE];
        assert!(contradicts(&program, &yes));
        assert!(!contradicts(&program, &[RBig::ONE, RBig::from(2)]));
        assert!(!contradicts(&program, &[-RBig::ONE, RBig::ONE]));
        assert!(!contradicts(&program, &yes[..1]));
    }
}
