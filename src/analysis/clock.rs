//! How much of the time limit is left for a question that takes many solves.

use std::time::Instant;

use crate::lp::Options;

/// A time limit that began to run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    options: Options,
    deadline: Option<Instant>,
}

impl Clock {
    /// Starts the time limit.
    pub(super) fn start(options: &Options) -> Self {
        let deadline = options.deadline();
        Self { options: *options, deadline }
    }

    /// How to solve in what is left of the time; none if nothing is.
    pub(super) fn left(&self) -> Option<Options> {
        let Some(deadline) = self.deadline else { return Some(self.options) };
        let left = deadline.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then_some(Options { time_limit: Some(left), ..self.options })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_limit_that_has_passed_leaves_nothing() {
        let limit = |seconds| Options { time_limit: Some(seconds), ..Options::default() };
        assert!(Clock::start(&limit(Duration::ZERO)).left().is_none());
        let left = Clock::start(&limit(Duration::from_mins(10))).left().expect("time");
        assert!(left.time_limit.expect("a limit") <= Duration::from_mins(10));
        assert!(Clock::start(&Options::default()).left().expect("time").time_limit.is_none());
    }
}
