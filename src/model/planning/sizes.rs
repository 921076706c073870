//! How much may be built, which alternatives are there, and what that lets flow.

use super::{Horizon, Rule, RuleRow};
use crate::{
    curve::{CostCurve, ScaleLaw, Segment},
    flowsheet::{Build, BuildCost, BuildId, OperationId, PeriodId, Values},
    index::Id,
    lp::RowSense,
    model::{Decision, DriverId, Functionals, Linear, functional::At},
};

/// Largest relative error of the pieces of a cost by scale, if none is said.
const SCALE_ERROR: f64 = 0.01;

/// What is written of the size of one addition.
pub(crate) enum Shape {
    /// Cost per t/yr; no least size.
    Linear(f64),
    /// Pieces of which one is taken, with the relative error of the cost.
    Pieces(Vec<Segment>, f64),
    /// Pieces that follow one another, as the cost per size grows.
    Growing(Vec<Segment>),
    /// Size of a train, t/yr, and its cost.
    Train(f64, f64),
}

/// The shape of what may be built, at given values of the figures.
pub(crate) fn shape(build: &Build, values: &Values) -> Shape {
    match &build.cost {
        BuildCost::Linear(cost) => {
            let cost = values[*cost];
            match (build.min, build.max) {
                (Some(min), Some(max)) => Shape::Pieces(
                    vec![Segment {
                        from: values[min],
                        to: values[max],
                        intercept: 0.0,
                        slope: cost,
                    }],
                    0.0,
                ),
                _ => Shape::Linear(cost),
            }
        }
        BuildCost::Scale { capacity, cost, exponent, error } => {
            let law = ScaleLaw {
                capacity: values[*capacity],
                cost: values[*cost],
                exponent: values[*exponent],
            };
            let (least, most) = (build.min, build.max);
            let (Some(least), Some(most)) = (least, most) else { return Shape::Linear(0.0) };
            let (least, most) = (values[least], values[most]);
            if most <= least {
                let cost = law.at(least);
                let only = Segment { from: least, to: least, intercept: cost, slope: 0.0 };
                return Shape::Pieces(vec![only], 0.0);
            }
            let error = error.map_or(SCALE_ERROR, |id| values[id]);
            let found = law.piecewise(least, most, error);
            Shape::Pieces(found.curve.segments(), found.error)
        }
        BuildCost::Curve(points) => {
            let points = points.iter().map(|&(size, cost)| (values[size], values[cost])).collect();
            // What is wrong with a curve was reported when it was read.
            let Ok(curve) = CostCurve::new(points) else { return Shape::Linear(0.0) };
            let from_nothing = curve.points().first() == Some(&(0.0, 0.0));
            if from_nothing && curve.is_convex() && build.min.is_none() && !build.counted {
                Shape::Growing(within(&curve.segments(), 0.0, build.max.map(|id| values[id])))
            } else {
                let least = build.min.map_or(0.0, |id| values[id]);
                Shape::Pieces(within(&curve.segments(), least, build.max.map(|id| values[id])), 0.0)
            }
        }
        BuildCost::Train { capacity, cost, .. } => Shape::Train(values[*capacity], values[*cost]),
    }
}

/// The pieces of a curve between two sizes.
fn within(segments: &[Segment], least: f64, most: Option<f64>) -> Vec<Segment> {
    let most = most.unwrap_or(f64::INFINITY);
    let cut =
        segments.iter().map(|it| Segment { from: it.from.max(least), to: it.to.min(most), ..*it });
    cut.filter(|it| it.to > it.from).collect()
}

impl Shape {
    /// Number of pieces.
    fn pieces(&self) -> &[Segment] {
        match self {
            Self::Pieces(pieces, _) | Self::Growing(pieces) => pieces,
            Self::Linear(_) | Self::Train(..) => &[],
        }
    }

    /// The largest size that may be built at once, t/yr; none without an end.
    pub(crate) fn largest(&self, build: &Build, values: &Values) -> Option<f64> {
        match (self, &build.cost) {
            (Self::Train(size, _), BuildCost::Train { max, .. }) => max.map(|max| max * size),
            (Self::Pieces(pieces, _) | Self::Growing(pieces), _) => pieces.last().map(|it| it.to),
            _ => build.max.map(|id| values[id]),
        }
    }
}

impl Functionals {
    /// Size that is decided in a period, t/yr.
    pub(crate) fn added(&self, at: At<'_>, build: BuildId, decided: PeriodId) -> Linear {
        let mut size = self.one(decided, Decision::Addition(build), 1.0);
        if let BuildCost::Train { capacity, .. } = at.flowsheet.builds[build].cost {
            size.add(1.0, &self.one(decided, Decision::Trains(build), at.values[capacity]));
        }
        for piece in 0.. {
            let Some(driver) = self.driver(decided, Decision::Piece(build, piece)) else { break };
            size.drivers.push((driver, 1.0));
        }
        size
    }

    /// How many plants are built: 0 or 1, or the number of trains; none if it is not counted.
    pub(crate) fn count(&self, build: BuildId, decided: PeriodId) -> Option<Linear> {
        let mut count = self.one(decided, Decision::Trains(build), 1.0);
        for piece in 0.. {
            let Some(driver) = self.driver(decided, Decision::Pick(build, piece)) else { break };
            count.drivers.push((driver, 1.0));
        }
        (!count.drivers.is_empty()).then_some(count)
    }

    /// Capacity in a period that was built, t/yr.
    pub(crate) fn built(&self, at: At<'_>, build: BuildId) -> Linear {
        let data = &at.flowsheet.builds[build];
        let periods = &at.flowsheet.periods;
        let mut capacity = Linear::zero();
        for &decided in &data.decided {
            let share = data.at_hand(at.values, &periods[decided], &periods[at.period]);
            if share > 0.0 {
                capacity.add(share, &self.added(at, build, decided));
            }
        }
        capacity
    }

    /// Cost of the equipment that is decided in a period, at the prices of the base year; `at` is that period.
    pub(crate) fn equipment(&self, at: At<'_>, build: BuildId) -> Linear {
        let data = &at.flowsheet.builds[build];
        let mut cost = Linear::zero();
        match shape(data, at.values) {
            Shape::Linear(slope) => {
                cost.add(slope, &self.one(at.period, Decision::Addition(build), 1.0));
            }
            Shape::Train(_, each) => {
                cost.add(each, &self.one(at.period, Decision::Trains(build), 1.0));
            }
            Shape::Pieces(pieces, _) | Shape::Growing(pieces) => {
                for (piece, segment) in pieces.iter().enumerate() {
                    let size = self.one(at.period, Decision::Piece(build, piece), segment.slope);
                    let taken =
                        self.one(at.period, Decision::Pick(build, piece), segment.intercept);
                    cost.add(1.0, &size);
                    cost.add(1.0, &taken);
                }
            }
        }
        cost
    }

    /// Whether an operation is there, as a functional with value 1 (or the number of its trains) where it is.
    pub(super) fn presence(&self, at: At<'_>, operation: OperationId) -> Linear {
        let flowsheet = at.flowsheet;
        let built = flowsheet.builds.iter_ids().find(|(_, build)| build.operation == operation);
        if let Some((id, build)) = built
            && at.values[flowsheet.limits[build.limit].figure] == 0.0
            && let Some(first) = build.decided.first()
            && self.count(id, *first).is_some()
        {
            let mut presence = Linear::zero();
            for &decided in &build.decided {
                let periods = &flowsheet.periods;
                let share = build.stands(at.values, &periods[decided], &periods[at.period]);
                if let (Some(count), true) = (self.count(id, decided), share > 0.0) {
                    presence.add(share, &count);
                }
            }
            return presence;
        }
        match self.open(at.period, operation) {
            Some(open) => Linear { nodes: Vec::new(), drivers: vec![(open, 1.0)] },
            None => self.one(PeriodId::new(0), Decision::Standing, 1.0),
        }
    }

    /// The decision on an alternative in a period; none if the operation is no alternative.
    pub(crate) fn open(&self, period: PeriodId, operation: OperationId) -> Option<DriverId> {
        let decision = Decision::Open(operation);
        self.driver(period, decision).or_else(|| self.driver(PeriodId::new(0), decision))
    }

    /// How large what is decided in a period may be.
    pub(super) fn size_rules(
        &self,
        at: At<'_>,
        id: BuildId,
        build: &Build,
        rows: &mut Vec<RuleRow>,
    ) {
        let period = at.period;
        let shape = shape(build, at.values);
        let picked = matches!(shape, Shape::Pieces(..));
        for (piece, segment) in shape.pieces().iter().enumerate() {
            let size = self.one(period, Decision::Piece(id, piece), 1.0);
            let taken = self.one(period, Decision::Pick(id, piece), 1.0);
            let mut left = size.clone();
            left.add(-segment.to, &taken);
            let rhs = if picked { 0.0 } else { segment.to - segment.from };
            let (rule, sense) = (Rule::PieceEnd(id, piece), RowSense::AtMost);
            rows.push(RuleRow { rule, period, sense, rhs, left });
            if picked && segment.from > 0.0 {
                let mut left = size;
                left.add(-segment.from, &taken);
                let (rule, sense) = (Rule::PieceStart(id, piece), RowSense::AtLeast);
                rows.push(RuleRow { rule, period, sense, rhs: 0.0, left });
            }
        }
        // An alternative that is closed for ever is not built.
        let decision = Decision::Open(build.operation);
        let per_life = at
            .flowsheet
            .choices
            .iter()
            .any(|choice| !choice.per_period && choice.operations.contains(&build.operation));
        let open = self.one(PeriodId::new(0), decision, 1.0);
        let open = (per_life && !open.is_empty()).then_some(open);
        if let (true, Some(mut left)) = (picked, self.count(id, period)) {
            let mut rhs = 1.0;
            if let Some(open) = &open {
                left.add(-1.0, open);
                rhs = 0.0;
            }
            let (rule, sense) = (Rule::OnePiece(id), RowSense::AtMost);
            rows.push(RuleRow { rule, period, sense, rhs, left });
        } else if let Some(largest) = shape.largest(build, at.values) {
            let mut left = self.added(at, id, period);
            let mut rhs = largest;
            if let Some(open) = &open {
                left.add(-largest, open);
                rhs = 0.0;
            }
            let (rule, sense) = (Rule::Largest(id), RowSense::AtMost);
            rows.push(RuleRow { rule, period, sense, rhs, left });
        }
    }

    /// One of the alternatives is there, and what is closed passes nothing.
    pub(super) fn choice_rules(&self, horizon: Horizon<'_>, rows: &mut Vec<RuleRow>) {
        let flowsheet = horizon.flowsheet;
        for (id, choice) in flowsheet.choices.iter_ids() {
            for period in flowsheet.periods.ids() {
                let mut left = Linear::zero();
                for &operation in &choice.operations {
                    left.add(1.0, &self.one(period, Decision::Open(operation), 1.0));
                }
                if left.is_empty() {
                    continue;
                }
                let sense = if choice.optional { RowSense::AtMost } else { RowSense::Equal };
                rows.push(RuleRow { rule: Rule::Choice(id), period, sense, rhs: 1.0, left });
            }
        }
        for (_, limit) in flowsheet.limits.iter_ids() {
            let Some(build) = limit.build else { continue };
            let data = &flowsheet.builds[build];
            for period in flowsheet.periods.ids() {
                let Some(open) = self.open(period, limit.operation) else { continue };
                let at = horizon.at(period);
                let mut most = Self::bound(at, limit);
                for &decided in &data.decided {
                    let periods = &flowsheet.periods;
                    let share = data.at_hand(at.values, &periods[decided], &periods[period]);
                    let values = &horizon.values[decided];
                    most += share * shape(data, values).largest(data, values).unwrap_or(0.0);
                }
                let mut left = self.flow(at, limit.port, &limit.content);
                left.drivers.push((open, -most));
                let rule = Rule::Closed(limit.operation);
                rows.push(RuleRow { rule, period, sense: RowSense::AtMost, rhs: 0.0, left });
            }
        }
    }
}
