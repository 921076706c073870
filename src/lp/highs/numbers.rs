//! What goes to `HiGHS` and comes back, as it counts: arrays of numbers, positions of four bytes.

use std::ffi::c_int;

/// A linear program as arrays; one entry per column, row or coefficient.
pub(super) struct Numbers<'a> {
    pub(super) cost: &'a [f64],
    pub(super) lower: &'a [f64],
    pub(super) upper: &'a [f64],
    pub(super) row_lower: &'a [f64],
    pub(super) row_upper: &'a [f64],
    /// Where each row starts, and where the last one ends.
    pub(super) start: &'a [c_int],
    pub(super) index: &'a [c_int],
    pub(super) value: &'a [f64],
    /// 1 for columns of whole numbers; none if there are none.
    pub(super) integer: Option<&'a [c_int]>,
}

impl Numbers<'_> {
    /// Whether no array is read beyond its end, nor by an index that there is not.
    pub(super) fn fits(&self) -> bool {
        let (n, m) = (self.cost.len(), self.row_lower.len());
        let columns = self.lower.len() == n
            && self.upper.len() == n
            && self.integer.is_none_or(|integer| integer.len() == n);
        let rows = self.row_upper.len() == m && self.start.len() == m + 1;
        let terms = self.index.len() == self.value.len();
        let within = |&it: &c_int, limit: usize| usize::try_from(it).is_ok_and(|it| it < limit);
        columns
            && rows
            && terms
            && self.start[0] == 0
            && self.start.is_sorted()
            && usize::try_from(self.start[m]).is_ok_and(|end| end == self.index.len())
            && self.index.iter().all(|it| within(it, n))
    }
}

/// What `HiGHS` calls a solution: one value and one dual per column and row.
pub(super) struct Values {
    pub(super) primal: Vec<f64>,
    pub(super) reduced: Vec<f64>,
    pub(super) activity: Vec<f64>,
    pub(super) dual: Vec<f64>,
}

/// Ends of ranges, as `(least, greatest)`: per column of its cost, per row of its bound.
pub(super) struct Ranges {
    pub(super) cost: Vec<(f64, f64)>,
    pub(super) bound: Vec<(f64, f64)>,
}

/// `kHighsBasisStatus` of every column and row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statuses {
    pub(super) columns: Vec<c_int>,
    pub(super) rows: Vec<c_int>,
}

impl Statuses {
    /// Determined by the others.
    pub(super) const BASIC: c_int = 1;
}

/// A call that `HiGHS` refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused;

/// A count as `HiGHS` counts.
pub(super) fn count(count: usize) -> Result<c_int, Refused> {
    c_int::try_from(count).map_err(|_| Refused)
}

/// First and last of so many positions from `first` on, if all are below `limit`; none if there are none.
pub(super) fn range(
    first: usize,
    length: usize,
    limit: usize,
) -> Result<Option<(c_int, c_int)>, Refused> {
    let end = first.checked_add(length).filter(|&end| end <= limit).ok_or(Refused)?;
    if length == 0 { Ok(None) } else { Ok(Some((count(first)?, count(end - 1)?))) }
}
