//! Exact quantiles without holding or sorting the values.
//!
//! The values are sorted by their bits, digit by digit from the first: one reading counts how many values begin with which
//! 16 binary digits, which tells those of the value at a wanted rank, and the next counts only among those. As soon as few
//! values are left, they are kept and sorted. It takes three readings of millions of values, five at the very most, and
//! half a megabyte for each wanted rank.

/// Values that are kept at most.
const KEEP: u64 = 1 << 18;
/// Binary digits that one reading tells.
const DIGITS: u32 = 16;

/// Quantiles of a column of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    /// One for each share that was asked for, in that order; none at all without values.
    pub values: Vec<f64>,
    /// Number of values.
    pub count: u64,
    /// Number of values that were not numbers.
    pub missing: u64,
}

/// Quantiles at some shares, 0 to 1, of values that `read` hands over again, in chunks of any size, whenever it is called.
///
/// The definition is type 7 of Hyndman and Fan 1996 (*Am. Stat.* 50, 361), that of `NumPy`, pandas, R and spreadsheets: between
/// the values at the ranks around (n − 1) · share, linearly.
///
/// # Errors
/// That of `read`.
///
/// # Panics
/// If `read` hands over other values than before.
pub fn quantiles<E>(
    shares: &[f64],
    mut read: impl FnMut(&mut dyn FnMut(&[f64])) -> Result<(), E>,
) -> Result<Quantiles, E> {
    let (mut count, mut missing) = (0_u64, 0_u64);
    read(&mut |values| {
        let absent = values.iter().filter(|value| value.is_nan()).count() as u64;
        missing += absent;
        count += values.len() as u64 - absent;
    })?;
    if count == 0 {
        return Ok(Quantiles { values: Vec::new(), count, missing });
    }
    let places: Vec<Place> = shares.iter().map(|&share| Place::new(share, count)).collect();
    let mut ranks: Vec<u64> = places.iter().flat_map(|place| [place.lower, place.upper]).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let found = select(&ranks, count, &mut read)?;
    let at = |rank| found[ranks.binary_search(&rank).expect("it was asked for")];
    let value = |place: &Place| {
        let (lower, upper) = (at(place.lower), at(place.upper));
        // Equal values, also infinite ones, are not to differ from themselves.
        if lower == upper { lower } else { lower + place.between * (upper - lower) }
    };
    Ok(Quantiles { values: places.iter().map(value).collect(), count, missing })
}

/// Between which ranks, from 0, a quantile lies, and how far.
struct Place {
    lower: u64,
    upper: u64,
    between: f64,
}

impl Place {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
    fn new(share: f64, count: u64) -> Self {
        debug_assert!((0.0..=1.0).contains(&share), "a share lies between 0 and 1");
        let place = (count - 1) as f64 * share;
        let lower = (place as u64).min(count - 1);
        Self { lower, upper: (lower + 1).min(count - 1), between: place - lower as f64 }
    }
}

/// All values that begin with the same binary digits.
struct Bundle {
    digits: u64,
    /// Values before the first of them.
    below: u64,
    count: u64,
}

/// The values at some ranks, ascending and each once.
fn select<E>(
    ranks: &[u64],
    count: u64,
    read: &mut impl FnMut(&mut dyn FnMut(&[f64])) -> Result<(), E>,
) -> Result<Vec<f64>, E> {
    let mut known = 0;
    let mut bundles = vec![Bundle { digits: 0, below: 0, count }];
    while known < u64::BITS && bundles.iter().map(|bundle| bundle.count).sum::<u64>() > KEEP {
        let mut counts = vec![vec![0_u64; 1 << DIGITS]; bundles.len()];
        read(&mut |values| {
            visit(values, &bundles, known, |bundle, key| {
                counts[bundle][next_digits(key, known)] += 1;
            });
        })?;
        bundles = split(&bundles, &counts, ranks);
        known += DIGITS;
    }
    if known == u64::BITS {
        let whole = |rank: &u64| value(bundles[bundle_of(&bundles, *rank)].digits);
        return Ok(ranks.iter().map(whole).collect());
    }
    let mut kept: Vec<Vec<u64>> = bundles.iter().map(|_| Vec::new()).collect();
    read(&mut |values| visit(values, &bundles, known, |bundle, key| kept[bundle].push(key)))?;
    for keys in &mut kept {
        keys.sort_unstable();
    }
    let pick = |rank: &u64| {
        let bundle = bundle_of(&bundles, *rank);
        let place = usize::try_from(rank - bundles[bundle].below).expect("few are kept");
        value(kept[bundle][place])
    };
    Ok(ranks.iter().map(pick).collect())
}

/// Hands over every value of a bundle by its key.
fn visit(values: &[f64], bundles: &[Bundle], known: u32, mut hand: impl FnMut(usize, u64)) {
    for &value in values.iter().filter(|value| !value.is_nan()) {
        let key = key(value);
        let digits = key.checked_shr(u64::BITS - known).unwrap_or(0);
        if let Ok(bundle) = bundles.binary_search_by_key(&digits, |bundle| bundle.digits) {
            hand(bundle, key);
        }
    }
}

fn next_digits(key: u64, known: u32) -> usize {
    let digits = (key << known) >> (u64::BITS - DIGITS);
    usize::try_from(digits).expect("sixteen digits")
}

/// The parts of bundles that hold a wanted rank, once more digits are known.
fn split(bundles: &[Bundle], counts: &[Vec<u64>], ranks: &[u64]) -> Vec<Bundle> {
    let mut parts = Vec::new();
    let mut wanted = ranks.iter().peekable();
    for (bundle, counts) in bundles.iter().zip(counts) {
        let mut below = bundle.below;
        for (next, &count) in counts.iter().enumerate() {
            let end = below + count;
            if wanted.peek().is_some_and(|&&rank| rank < end) {
                while wanted.next_if(|&&rank| rank < end).is_some() {}
                let digits = bundle.digits << DIGITS | next as u64;
                parts.push(Bundle { digits, below, count });
            }
            below = end;
        }
    }
    parts
}

fn bundle_of(bundles: &[Bundle], rank: u64) -> usize {
    bundles.partition_point(|bundle| bundle.below <= rank) - 1
}

const SIGN: u64 = 1 << 63;

/// The bits of a value, such that they are ordered as the values are; −0 comes before 0.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn value(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}
