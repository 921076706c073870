//! Depreciation schedules.

/// Straight-line depreciation, money per year, one entry a year: `(cost − salvage) / life` each.
///
/// Peters, Timmerhaus and West (2003), ch. 7; Turton et al. (2018), ch. 9.
///
/// `cost`: money, ≥ 0; `salvage`: book value that is left, 0 ≤ `salvage` ≤ `cost`; `life`: whole years, > 0, else the
/// schedule is empty.
#[must_use]
pub fn straight_line(cost: f64, salvage: f64, life: u16) -> Vec<f64> {
    vec![(cost - salvage) / f64::from(life); usize::from(life)]
}

/// Declining-balance depreciation that goes over to straight-line, money per year, one entry a year.
///
/// Each year `factor / life` of the book value, or what is left above `salvage` in equal parts over the years left,
/// whichever is more, and never below `salvage` (Peters, Timmerhaus and West 2003, ch. 7: declining balance with
/// switching; Short, Packey and Holt 1995). The schedule sums to `cost − salvage`.
///
/// `cost`: money, ≥ 0; `salvage`: 0 ≤ `salvage` ≤ `cost`; `life`: whole years, > 0, else the schedule is empty;
/// `factor`: multiple of the straight-line rate, ≥ 0 (2 = double declining balance).
#[must_use]
pub fn declining_balance(cost: f64, salvage: f64, life: u16, factor: f64) -> Vec<f64> {
    let mut rest = cost - salvage;
    let year = |left: u16| {
        let declining = (salvage + rest) * factor / f64::from(life);
        let charge = declining.max(rest / f64::from(left)).min(rest);
        rest -= charge;
        charge
    };
    (1..=life).rev().map(year).collect()
}
