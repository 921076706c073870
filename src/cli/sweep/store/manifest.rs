//! What a store holds the results of.

use std::ops::Range;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::report::table::Table;

/// What is computed: two runs of the same manifest have the same results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// All that decides the results, or digests of it, by names that mean something to the user.
    pub fingerprint: IndexMap<String, String>,
    /// The columns, and what the output tells of itself.
    pub table: Table,
    /// Rows of a chunk, ≥ 1; the last may have fewer.
    pub chunk: u64,
    /// Rows of the whole.
    pub count: u64,
}

impl Manifest {
    /// Number of chunks.
    #[must_use]
    pub fn chunks(&self) -> u64 {
        self.count.div_ceil(self.chunk)
    }

    /// The rows of a chunk, by their positions in the whole.
    #[must_use]
    pub fn rows(&self, chunk: u64) -> Range<u64> {
        let from = chunk * self.chunk;
        from..(from + self.chunk).min(self.count)
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a manifest is JSON")
    }

    /// What differs from a manifest that was written; nothing if they are the same.
    pub(super) fn differences(&self, written: &[u8]) -> Vec<String> {
        let Ok(was) = serde_json::from_slice::<Self>(written) else {
            return vec!["its manifest cannot be read".to_owned()];
        };
        let mut differences = entries(&was.fingerprint, &self.fingerprint);
        differences.extend(entries(&was.table.about, &self.table.about));
        if was.table.columns != self.table.columns {
            differences.push("the columns".to_owned());
        }
        for (what, was, is) in
            [("samples", was.count, self.count), ("rows of a chunk", was.chunk, self.chunk)]
        {
            if was != is {
                differences.push(format!("{what}: {was}, now {is}"));
            }
        }
        differences
    }
}

fn entries(was: &IndexMap<String, String>, is: &IndexMap<String, String>) -> Vec<String> {
    let gone = was.keys().filter(|key| !is.contains_key(*key));
    let keys = is.keys().chain(gone).filter(|key| was.get(*key) != is.get(*key));
    keys.map(|key| match (was.get(key), is.get(key)) {
        (Some(was), Some(is)) if was.len() + is.len() <= 60 => format!("{key}: {was}, now {is}"),
        _ => key.clone(),
    })
    .collect()
}
