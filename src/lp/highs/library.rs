//! The C API of a shared `HiGHS` library: the only file of this crate with `unsafe` code.
//!
//! What is relied on: the library at the path is `HiGHS` 1.7 or newer of version 1, whose C API has
//! not changed the functions named here since, with integers of four bytes (checked). All arrays
//! are checked for their lengths before they are handed over. A library that was loaded stays
//! loaded until the process ends.
#![allow(unsafe_code, reason = "the C API of HiGHS; no other file may, see `tests/all/layers.rs`")]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    path::{Path, PathBuf},
    ptr::NonNull,
    sync::OnceLock,
};

use super::{
    Candidate,
    numbers::{Numbers, Ranges, Refused, Statuses, Values, count, range},
};

/// `HiGHS` is said to understand a call, to have doubts, or to refuse it: −1.
const REFUSED: c_int = -1;
/// Rows one after the other.
const ROW_WISE: c_int = 2;
/// The sense of every objective.
const MINIMISE: c_int = 1;

/// The functions of the C API that are used, each under its name without `Highs_`.
macro_rules! functions {
    ($($name:ident = $symbol:literal: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        struct Functions {
            $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl Functions {
            /// Looks all of them up.
            ///
            /// # Safety
            ///
            /// Where the library has the symbols, they are those of the C API of `HiGHS`.
            unsafe fn find(library: &libloading::Library) -> Result<Self, String> {
                Ok(Self {
                    $($name: {
                        // SAFETY: the signature is the one in `highs_c_api.h`; that the symbol is
                        // of `HiGHS` is the caller's word.
                        let found = unsafe { library.get(concat!($symbol, "\0").as_bytes()) };
                        *found.map_err(|_| format!("it has no function `{}`", $symbol))?
                    },)*
                })
            }
        }
    };
}

functions! {
    create = "Highs_create": fn() -> *mut c_void;
    destroy = "Highs_destroy": fn(*mut c_void);
    version = "Highs_version": fn() -> *const c_char;
    size_of_integer = "Highs_getSizeofHighsInt": fn(*const c_void) -> c_int;
    set_flag = "Highs_setBoolOptionValue": fn(*mut c_void, *const c_char, c_int) -> c_int;
    set_integer = "Highs_setIntOptionValue": fn(*mut c_void, *const c_char, c_int) -> c_int;
    set_number = "Highs_setDoubleOptionValue": fn(*mut c_void, *const c_char, f64) -> c_int;
    set_text = "Highs_setStringOptionValue": fn(*mut c_void, *const c_char, *const c_char) -> c_int;
    pass_lp = "Highs_passLp": fn(
        *mut c_void, c_int, c_int, c_int, c_int, c_int, f64, *const f64, *const f64, *const f64,
        *const f64, *const f64, *const c_int, *const c_int, *const f64) -> c_int;
    pass_mip = "Highs_passMip": fn(
        *mut c_void, c_int, c_int, c_int, c_int, c_int, f64, *const f64, *const f64, *const f64,
        *const f64, *const f64, *const c_int, *const c_int, *const f64, *const c_int) -> c_int;
    change_costs = "Highs_changeColsCostByRange":
        fn(*mut c_void, c_int, c_int, *const f64) -> c_int;
    change_columns = "Highs_changeColsBoundsByRange":
        fn(*mut c_void, c_int, c_int, *const f64, *const f64) -> c_int;
    change_row = "Highs_changeRowBounds": fn(*mut c_void, c_int, f64, f64) -> c_int;
    zero_clocks = "Highs_zeroAllClocks": fn(*const c_void) -> c_int;
    run = "Highs_run": fn(*mut c_void) -> c_int;
    status = "Highs_getModelStatus": fn(*const c_void) -> c_int;
    information = "Highs_getIntInfoValue": fn(*const c_void, *const c_char, *mut c_int) -> c_int;
    solution = "Highs_getSolution":
        fn(*const c_void, *mut f64, *mut f64, *mut f64, *mut f64) -> c_int;
    basis = "Highs_getBasis": fn(*const c_void, *mut c_int, *mut c_int) -> c_int;
    set_basis = "Highs_setBasis": fn(*mut c_void, *const c_int, *const c_int) -> c_int;
    dual_ray = "Highs_getDualRay": fn(*const c_void, *mut c_int, *mut f64) -> c_int;
    primal_ray = "Highs_getPrimalRay": fn(*const c_void, *mut c_int, *mut f64) -> c_int;
    ranging = "Highs_getRanging": fn(
        *mut c_void,
        *mut f64, *mut f64, *mut c_int, *mut c_int, *mut f64, *mut f64, *mut c_int, *mut c_int,
        *mut f64, *mut f64, *mut c_int, *mut c_int, *mut f64, *mut f64, *mut c_int, *mut c_int,
        *mut f64, *mut f64, *mut c_int, *mut c_int, *mut f64, *mut f64, *mut c_int, *mut c_int)
        -> c_int;
}

/// A library that has been loaded and looked at.
pub(super) struct Library {
    functions: Functions,
    /// Its version, as it tells it: `1.15.1`.
    pub(super) version: String,
    /// Where it was found.
    pub(super) path: PathBuf,
    hipo: OnceLock<bool>,
}

impl Library {
    /// Loads a library, and before it what it needs; says why if it is none, or none of use.
    pub(super) fn load(candidate: &Candidate) -> Result<Self, String> {
        // What is missing is told by the library that misses it.
        if let Some(library) = candidate.needs.iter().find_map(|path| open(path, true).ok()) {
            std::mem::forget(library);
        }
        for path in &candidate.plug_ins {
            if let Ok(library) = open(path, false) {
                std::mem::forget(library);
            }
        }
        let path = candidate.path.clone();
        let library = open(&path, false)?;
        // SAFETY: a library that has all these names is taken for HiGHS; its version and the size of
        // its integers are looked at before anything else is called.
        let functions = unsafe { Functions::find(&library) }?;
        // The functions are called until the process ends.
        std::mem::forget(library);
        // SAFETY: `Highs_version` takes nothing and returns text that lives as long as the library.
        let version = unsafe { CStr::from_ptr((functions.version)()) };
        let version = version.to_string_lossy().into_owned();
        supported(&version)?;
        // SAFETY: the model is made, asked for a constant, and destroyed; neither call takes an array.
        let bytes = unsafe {
            let model = (functions.create)();
            let bytes = (functions.size_of_integer)(model);
            (functions.destroy)(model);
            bytes
        };
        if bytes != 4 {
            return Err(format!("its integers are of {bytes} bytes; those of 4 are needed"));
        }
        Ok(Self { functions, version, path, hipo: OnceLock::new() })
    }

    /// Whether it has HiPO, or found the plug-in that has what HiPO needs.
    pub(super) fn has_hipo(&'static self) -> bool {
        *self.hipo.get_or_init(|| {
            let model = Model::new(self);
            model.is_ok_and(|mut model| model.set_text(c"solver", c"hipo").is_ok())
        })
    }
}

/// Opens a shared library, its symbols for all others to see if it is `global`.
fn open(path: &Path, global: bool) -> Result<libloading::Library, String> {
    #[cfg(unix)]
    {
        use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY, RTLD_LOCAL};
        let scope = if global { RTLD_GLOBAL } else { RTLD_LOCAL };
        // SAFETY: what runs when HiGHS, its plug-in or Python's library is loaded are constructors of
        // global objects; that the user's path is such a library is the user's word.
        let opened = unsafe { Library::open(Some(path), RTLD_LAZY | scope) };
        opened.map(Into::into).map_err(|error| reason(&error))
    }
    #[cfg(not(unix))]
    {
        let _ = global;
        // SAFETY: as above.
        unsafe { libloading::Library::new(path) }.map_err(|error| reason(&error))
    }
}

/// What the loader says, in one line.
fn reason(error: &libloading::Error) -> String {
    let text =
        std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    text.lines().next().unwrap_or("it cannot be loaded").to_owned()
}

/// Refuses versions whose C API is not known to be this one.
pub(super) fn supported(version: &str) -> Result<(), String> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(1), Some(minor)) if minor >= 7 => Ok(()),
        _ => Err(format!("it is HiGHS {version}; from 1.7 on, and below 2, are known")),
    }
}

fn checked(answer: c_int) -> Result<(), Refused> {
    if answer == REFUSED { Err(Refused) } else { Ok(()) }
}

/// One model in `HiGHS`, destroyed with it.
pub(super) struct Model {
    raw: NonNull<c_void>,
    functions: &'static Functions,
    columns: usize,
    rows: usize,
}

// SAFETY: HiGHS keeps no state per thread that a model refers to; a model may be used by one thread
// after another, and `&mut` keeps it from two at once.
unsafe impl Send for Model {}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: made by `Highs_create`, and destroyed once.
        unsafe { (self.functions.destroy)(self.raw.as_ptr()) }
    }
}

impl Model {
    /// An empty model that prints nothing.
    pub(super) fn new(library: &'static Library) -> Result<Self, Refused> {
        let functions = &library.functions;
        // SAFETY: takes nothing; what it returns is destroyed by `drop`.
        let raw = NonNull::new(unsafe { (functions.create)() }).ok_or(Refused)?;
        let mut model = Self { raw, functions, columns: 0, rows: 0 };
        model.set_flag(c"output_flag", false)?;
        Ok(model)
    }

    fn raw(&self) -> *mut c_void {
        self.raw.as_ptr()
    }

    pub(super) fn set_flag(&mut self, name: &CStr, value: bool) -> Result<(), Refused> {
        // SAFETY: the model lives; the name ends with a zero.
        checked(unsafe { (self.functions.set_flag)(self.raw(), name.as_ptr(), c_int::from(value)) })
    }

    pub(super) fn set_integer(&mut self, name: &CStr, value: c_int) -> Result<(), Refused> {
        // SAFETY: as above.
        checked(unsafe { (self.functions.set_integer)(self.raw(), name.as_ptr(), value) })
    }

    pub(super) fn set_number(&mut self, name: &CStr, value: f64) -> Result<(), Refused> {
        // SAFETY: as above.
        checked(unsafe { (self.functions.set_number)(self.raw(), name.as_ptr(), value) })
    }

    pub(super) fn set_text(&mut self, name: &CStr, value: &CStr) -> Result<(), Refused> {
        // SAFETY: as above; HiGHS copies the value.
        checked(unsafe { (self.functions.set_text)(self.raw(), name.as_ptr(), value.as_ptr()) })
    }

    /// Replaces the program by another; it is minimised.
    pub(super) fn pass(&mut self, it: &Numbers<'_>) -> Result<(), Refused> {
        if !it.fits() {
            return Err(Refused);
        }
        let (n, m, terms) =
            (count(it.cost.len())?, count(it.row_lower.len())?, count(it.index.len())?);
        let (cost, lower, upper) = (it.cost.as_ptr(), it.lower.as_ptr(), it.upper.as_ptr());
        let (row_lower, row_upper) = (it.row_lower.as_ptr(), it.row_upper.as_ptr());
        let (start, index, value) = (it.start.as_ptr(), it.index.as_ptr(), it.value.as_ptr());
        let model = self.raw();
        // SAFETY: all arrays are as long as the counts say and hold no index beyond them (`fits`);
        // HiGHS copies them.
        let answer = unsafe {
            match it.integer {
                None => (self.functions.pass_lp)(
                    model, n, m, terms, ROW_WISE, MINIMISE, 0.0, cost, lower, upper, row_lower,
                    row_upper, start, index, value,
                ),
                Some(integer) => (self.functions.pass_mip)(
                    model,
                    n,
                    m,
                    terms,
                    ROW_WISE,
                    MINIMISE,
                    0.0,
                    cost,
                    lower,
                    upper,
                    row_lower,
                    row_upper,
                    start,
                    index,
                    value,
                    integer.as_ptr(),
                ),
            }
        };
        checked(answer)?;
        (self.columns, self.rows) = (it.cost.len(), it.row_lower.len());
        Ok(())
    }

    /// Replaces the costs of columns from `first` on.
    pub(super) fn change_costs(&mut self, first: usize, costs: &[f64]) -> Result<(), Refused> {
        let Some((first, last)) = range(first, costs.len(), self.columns)? else { return Ok(()) };
        // SAFETY: the range is within the columns and as long as the array, which is copied.
        checked(unsafe { (self.functions.change_costs)(self.raw(), first, last, costs.as_ptr()) })
    }

    /// Replaces the bounds of columns from `first` on.
    pub(super) fn change_columns(
        &mut self,
        first: usize,
        lower: &[f64],
        upper: &[f64],
    ) -> Result<(), Refused> {
        let length = if lower.len() == upper.len() { lower.len() } else { return Err(Refused) };
        let Some((first, last)) = range(first, length, self.columns)? else { return Ok(()) };
        let (lower, upper) = (lower.as_ptr(), upper.as_ptr());
        // SAFETY: the range is within the columns and as long as both arrays, which are copied.
        checked(unsafe { (self.functions.change_columns)(self.raw(), first, last, lower, upper) })
    }

    /// Replaces the bounds of a row.
    pub(super) fn change_row(&mut self, row: usize, lower: f64, upper: f64) -> Result<(), Refused> {
        let row = if row < self.rows { count(row)? } else { return Err(Refused) };
        // SAFETY: the model lives and has that row.
        checked(unsafe { (self.functions.change_row)(self.raw(), row, lower, upper) })
    }

    /// Solves; what came of it is told by [`Self::status`].
    pub(super) fn run(&mut self) -> Result<(), Refused> {
        // SAFETY: the model lives. A time limit counts from clocks that run on between runs.
        unsafe {
            (self.functions.zero_clocks)(self.raw());
            checked((self.functions.run)(self.raw()))
        }
    }

    /// `kHighsModelStatus`.
    pub(super) fn status(&self) -> c_int {
        // SAFETY: the model lives.
        unsafe { (self.functions.status)(self.raw()) }
    }

    /// A count that HiGHS keeps of the last run; 0 if there is none.
    pub(super) fn information(&self, name: &CStr) -> usize {
        let mut value = 0;
        // SAFETY: the model lives, the name ends with a zero, and the value takes an integer: only
        // names of integers are asked for, and others are refused.
        let answer =
            unsafe { (self.functions.information)(self.raw(), name.as_ptr(), &raw mut value) };
        checked(answer).ok().and_then(|()| usize::try_from(value).ok()).unwrap_or(0)
    }

    /// The last point and its duals.
    pub(super) fn solution(&self) -> Result<Values, Refused> {
        let (n, m) = (self.columns, self.rows);
        let mut it = Values {
            primal: vec![0.0; n],
            reduced: vec![0.0; n],
            activity: vec![0.0; m],
            dual: vec![0.0; m],
        };
        // SAFETY: HiGHS writes one number per column and row of the program it was passed last.
        checked(unsafe {
            (self.functions.solution)(
                self.raw(),
                it.primal.as_mut_ptr(),
                it.reduced.as_mut_ptr(),
                it.activity.as_mut_ptr(),
                it.dual.as_mut_ptr(),
            )
        })?;
        Ok(it)
    }

    /// The last basis, if there is one.
    pub(super) fn basis(&self) -> Option<Statuses> {
        let (mut columns, mut rows) = (vec![0; self.columns], vec![0; self.rows]);
        if self.information(c"basis_validity") != 1 {
            return None;
        }
        // SAFETY: HiGHS writes one status per column and row of the program it was passed last.
        let answer =
            unsafe { (self.functions.basis)(self.raw(), columns.as_mut_ptr(), rows.as_mut_ptr()) };
        checked(answer).ok().map(|()| Statuses { columns, rows })
    }

    /// Starts the next run from a basis.
    pub(super) fn set_basis(&mut self, basis: &Statuses) -> Result<(), Refused> {
        if (basis.columns.len(), basis.rows.len()) != (self.columns, self.rows) {
            return Err(Refused);
        }
        let (columns, rows) = (basis.columns.as_ptr(), basis.rows.as_ptr());
        // SAFETY: one status per column and row; HiGHS copies them and refuses what is no status.
        checked(unsafe { (self.functions.set_basis)(self.raw(), columns, rows) })
    }

    /// Multipliers of the rows that prove that there is no feasible point, if the simplex found them.
    pub(super) fn dual_ray(&mut self) -> Option<Vec<f64>> {
        self.ray(self.functions.dual_ray, self.rows)
    }

    /// A direction in which the objective falls for ever, if the simplex found one.
    pub(super) fn primal_ray(&mut self) -> Option<Vec<f64>> {
        self.ray(self.functions.primal_ray, self.columns)
    }

    fn ray(
        &mut self,
        ask: unsafe extern "C" fn(*const c_void, *mut c_int, *mut f64) -> c_int,
        length: usize,
    ) -> Option<Vec<f64>> {
        let (mut there, mut ray) = (0, vec![0.0; length]);
        // SAFETY: HiGHS, which may solve anew for it, writes one flag, and one number per row or column if there is a ray.
        let answer = unsafe { ask(self.raw(), &raw mut there, ray.as_mut_ptr()) };
        (checked(answer).is_ok() && there != 0).then_some(ray)
    }

    /// Ranges of costs and of the rows' bounds over which the last basis stays optimal; refused where
    /// there is no optimal basis.
    pub(super) fn ranging(&mut self) -> Result<Ranges, Refused> {
        let (n, m) = (self.columns, self.rows);
        let numbers = |length: usize| vec![0.0_f64; length];
        let [mut cost_up, mut cost_down] = [numbers(n), numbers(n)];
        let [mut row_up, mut row_down] = [numbers(m), numbers(m)];
        let nothing = std::ptr::null_mut::<f64>();
        let nobody = std::ptr::null_mut::<c_int>();
        // SAFETY: HiGHS writes one number per column or row where it is given an array, and leaves
        // out what it is given a null pointer for.
        checked(unsafe {
            (self.functions.ranging)(
                self.raw(),
                cost_up.as_mut_ptr(),
                nothing,
                nobody,
                nobody,
                cost_down.as_mut_ptr(),
                nothing,
                nobody,
                nobody,
                nothing,
                nothing,
                nobody,
                nobody,
                nothing,
                nothing,
                nobody,
                nobody,
                row_up.as_mut_ptr(),
                nothing,
                nobody,
                nobody,
                row_down.as_mut_ptr(),
                nothing,
                nobody,
                nobody,
            )
        })?;
        let pairs = |down: Vec<f64>, up: Vec<f64>| down.into_iter().zip(up).collect();
        Ok(Ranges { cost: pairs(cost_down, cost_up), bound: pairs(row_down, row_up) })
    }
}
