//! One program in `HiGHS`: changed, solved again from the last basis, asked about its optimum.

use std::{ffi::c_int, time::Duration};

use super::{
    library::Model,
    numbers::{Numbers, Refused, Statuses, count},
};
use crate::{
    index::Id,
    lp::{ColumnId, LinearProgram, RowId, RowSense, defect::defects, program::Program},
};

/// Distance from feasible and optimal at which `HiGHS` stops; its default is 1e-7.
const TOLERANCE: f64 = 1e-9;

/// How `HiGHS` solves a continuous program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// The simplex method.
    #[default]
    Simplex,
    /// The interior point method IPX, carried to a vertex.
    Interior,
    /// The interior point method HiPO, carried to a vertex; refused where it is not there.
    Hipo,
}

/// Which simplex method goes on from a basis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// The dual simplex: after right-hand sides or bounds have changed.
    #[default]
    Dual,
    /// The primal simplex: after costs have changed.
    Primal,
}

/// What `HiGHS` says of a program; nothing of it is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The point is optimal.
    Optimal,
    /// There is no feasible point.
    Infeasible,
    /// The objective falls for ever.
    Unbounded,
    /// One of the two.
    InfeasibleOrUnbounded,
    /// Nothing in time.
    TimeLimit,
    /// Anything else, by its number in the C API.
    Other(i32),
}

/// A basis of `HiGHS`, to start from again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis(pub(super) Statuses);

impl Basis {
    /// Whether a column is determined by the rows and not by its own bound.
    #[must_use]
    pub fn contains(&self, column: ColumnId) -> bool {
        self.0.columns[column.index()] == Statuses::BASIC
    }

    /// Whether a row does not bind.
    #[must_use]
    pub fn contains_slack(&self, row: RowId) -> bool {
        self.0.rows[row.index()] == Statuses::BASIC
    }
}

/// Steps of the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iterations {
    /// Basis changes, ≥ 0.
    pub simplex: usize,
    /// Steps of an interior point method, ≥ 0.
    pub interior: usize,
    /// Steps from an interior point to a vertex, ≥ 0.
    pub crossover: usize,
}

/// Ranges over which the last basis stays optimal, each as least and greatest value.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranging {
    /// Of each column's cost.
    pub cost: Vec<(f64, f64)>,
    /// Of each row's right-hand side where it binds; of a row that does not bind, of its activity.
    pub rhs: Vec<(f64, f64)>,
}

/// A point with everything that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Value of each column.
    pub primal: Vec<f64>,
    /// cⱼ − Σ aᵢⱼ yᵢ of each column.
    pub reduced_costs: Vec<f64>,
    /// Σ aᵢⱼ xⱼ of each row.
    pub activities: Vec<f64>,
    /// ∂(minimum)/∂rhs of each row.
    pub duals: Vec<f64>,
}

/// One program in `HiGHS`, always minimised, on one thread, silent.
pub struct Session {
    model: Model,
    sense: Vec<RowSense>,
    columns: usize,
}

impl Session {
    /// Hands a program over.
    ///
    /// # Errors
    ///
    /// Why there is no library; or that the program has numbers that no solver may be given.
    pub fn new<C, R>(lp: &LinearProgram<C, R>) -> Result<Self, String> {
        if let Some(defect) = defects(&lp.program).first() {
            return Err(format!("the program is not fit to be handed over: {defect:?}"));
        }
        Self::of(&lp.program)
    }

    pub(super) fn of(program: &Program) -> Result<Self, String> {
        let library = super::library()?;
        let made = Model::new(library).and_then(|model| {
            let columns = program.column_count();
            let mut session = Self { model, sense: program.sense.clone(), columns };
            session.settle()?;
            pass(&mut session.model, program)?;
            Ok(session)
        });
        made.map_err(|Refused| format!("HiGHS {} refuses the program", library.version))
    }

    /// Options that hold for every run: the answer must depend on nothing but the program.
    fn settle(&mut self) -> Result<(), Refused> {
        self.model.set_integer(c"threads", 1)?;
        self.model.set_text(c"parallel", c"off")?;
        self.model.set_number(c"primal_feasibility_tolerance", TOLERANCE)?;
        self.model.set_number(c"dual_feasibility_tolerance", TOLERANCE)?;
        // What is smaller is dropped without a word; the program itself has nothing below 1e-9, but
        // its scaled copy may.
        self.model.set_number(c"small_matrix_value", 1e-12)
    }

    /// Chooses the method; whole numbers are searched whatever it is.
    ///
    /// # Errors
    ///
    /// That the library does not have it.
    pub fn set_method(&mut self, method: Method) -> Result<(), String> {
        let name = match method {
            Method::Simplex => c"simplex",
            Method::Interior => c"ipx",
            Method::Hipo => c"hipo",
        };
        let set = self.model.set_text(c"solver", name);
        // IPX has a name of its own since there are two interior point methods.
        let set = set.or_else(|refused| match method {
            Method::Interior => self.model.set_text(c"solver", c"ipm"),
            _ => Err(refused),
        });
        set.map_err(|Refused| match method {
            Method::Hipo => "this HiGHS library has no HiPO".to_owned(),
            _ => refusal("method"),
        })
    }

    /// Chooses the simplex method that goes on from a basis.
    ///
    /// # Errors
    ///
    /// If `HiGHS` refuses.
    pub fn set_strategy(&mut self, strategy: Strategy) -> Result<(), String> {
        let number = match strategy {
            Strategy::Dual => 1,
            Strategy::Primal => 4,
        };
        told(self.model.set_integer(c"simplex_strategy", number), "strategy")
    }

    /// Whether programs are made smaller before they are solved. With a basis to start from they are not.
    ///
    /// # Errors
    ///
    /// If `HiGHS` refuses.
    pub fn set_presolve(&mut self, presolve: bool) -> Result<(), String> {
        let value = if presolve { c"choose" } else { c"off" };
        told(self.model.set_text(c"presolve", value), "setting of presolve")
    }

    /// Ends each run after so long.
    ///
    /// # Errors
    ///
    /// If `HiGHS` refuses.
    pub fn set_time_limit(&mut self, limit: Duration) -> Result<(), String> {
        told(self.model.set_number(c"time_limit", limit.as_secs_f64()), "time limit")
    }

    /// Replaces a column's cost, finite.
    ///
    /// # Errors
    ///
    /// If there is no such column, or the cost is not finite.
    pub fn set_cost(&mut self, column: ColumnId, cost: f64) -> Result<(), String> {
        let fit = if cost.is_finite() { Ok(()) } else { Err(Refused) };
        told(fit.and_then(|()| self.model.change_costs(column.index(), &[cost])), "cost")
    }

    /// Replaces a column's bounds, of which neither is NaN.
    ///
    /// # Errors
    ///
    /// If there is no such column, or a bound is NaN.
    pub fn set_bounds(&mut self, column: ColumnId, lower: f64, upper: f64) -> Result<(), String> {
        let fit = if lower.is_nan() || upper.is_nan() { Err(Refused) } else { Ok(()) };
        let change = |()| self.model.change_columns(column.index(), &[lower], &[upper]);
        told(fit.and_then(change), "bound")
    }

    /// Replaces a row's right-hand side, finite.
    ///
    /// # Errors
    ///
    /// If there is no such row, or the number is not finite.
    pub fn set_rhs(&mut self, row: RowId, rhs: f64) -> Result<(), String> {
        let sense = self.sense.get(row.index()).copied().filter(|_| rhs.is_finite());
        let Some(sense) = sense else { return Err(refusal("right-hand side")) };
        let (lower, upper) = ends(sense, rhs);
        told(self.model.change_row(row.index(), lower, upper), "right-hand side")
    }

    /// Solves, from the last basis if there is one and the method is the simplex.
    pub fn run(&mut self) -> Status {
        // A refusal has a status, too.
        let _ = self.model.run();
        match self.model.status() {
            // An empty model is optimal.
            6 | 7 => Status::Optimal,
            8 => Status::Infeasible,
            9 => Status::InfeasibleOrUnbounded,
            10 => Status::Unbounded,
            13 => Status::TimeLimit,
            other => Status::Other(other),
        }
    }

    /// The last point.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn point(&self) -> Result<Point, String> {
        let told = self.model.solution().map_err(|Refused| "HiGHS has no point".to_owned())?;
        Ok(Point {
            primal: told.primal,
            reduced_costs: told.reduced,
            activities: told.activity,
            duals: told.dual,
        })
    }

    /// The last basis; none if there is none.
    #[must_use]
    pub fn basis(&self) -> Option<Basis> {
        self.model.basis().map(Basis)
    }

    /// Starts the next run from a basis of a program with as many columns and rows.
    ///
    /// # Errors
    ///
    /// If it does not fit.
    pub fn set_basis(&mut self, basis: &Basis) -> Result<(), String> {
        told(self.model.set_basis(&basis.0), "basis")
    }

    /// Steps of the last run.
    #[must_use]
    pub fn iterations(&self) -> Iterations {
        Iterations {
            simplex: self.model.information(c"simplex_iteration_count"),
            interior: self.model.information(c"ipm_iteration_count"),
            crossover: self.model.information(c"crossover_iteration_count"),
        }
    }

    /// Ranges of the last optimum; none where it has no basis.
    pub fn ranging(&mut self) -> Option<Ranging> {
        let optimal = self.model.status() == 7 && self.model.basis().is_some();
        let ranges = if optimal { self.model.ranging().ok()? } else { return None };
        Some(Ranging { cost: ranges.cost, rhs: ranges.bound })
    }

    /// Multipliers of the rows that prove a program infeasible, in the sense of
    /// [`Failure::Infeasible`](crate::lp::Failure::Infeasible); not checked. May take a run of its own.
    pub fn dual_ray(&mut self) -> Option<Vec<f64>> {
        if self.sense.is_empty() { None } else { self.model.dual_ray() }
    }

    /// A direction in which the objective falls for ever; not checked. May take a run of its own.
    pub fn primal_ray(&mut self) -> Option<Vec<f64>> {
        if self.columns == 0 { None } else { self.model.primal_ray() }
    }
}

fn told(answer: Result<(), Refused>, what: &str) -> Result<(), String> {
    answer.map_err(|Refused| refusal(what))
}

fn refusal(what: &str) -> String {
    format!("HiGHS refuses the {what}")
}

/// Least and greatest activity of a row.
fn ends(sense: RowSense, rhs: f64) -> (f64, f64) {
    match sense {
        RowSense::AtMost => (f64::NEG_INFINITY, rhs),
        RowSense::Equal => (rhs, rhs),
        RowSense::AtLeast => (rhs, f64::INFINITY),
    }
}

/// Hands the numbers of a program over; the offset stays here.
fn pass(model: &mut Model, program: &Program) -> Result<(), Refused> {
    let rows = program.sense.iter().zip(&program.rhs).map(|(&sense, &rhs)| ends(sense, rhs));
    let (row_lower, row_upper): (Vec<f64>, Vec<f64>) = rows.unzip();
    let start: Vec<c_int> =
        program.rows.start.iter().map(|&at| count(at)).collect::<Result<_, _>>()?;
    let index: Vec<c_int> =
        program.rows.index.iter().map(|&at| count(at as usize)).collect::<Result<_, _>>()?;
    let whole: Vec<c_int> = program.integer.iter().map(|&integer| integer.into()).collect();
    model.pass(&Numbers {
        cost: &program.cost,
        lower: &program.lower,
        upper: &program.upper,
        row_lower: &row_lower,
        row_upper: &row_upper,
        start: &start,
        index: &index,
        value: &program.rows.value,
        integer: whole.contains(&1).then_some(&whole),
    })
}
