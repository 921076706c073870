//! Which goals can hold together, against sets known by hand.

use reeflow::{analysis::together::together, lp::Options};

use crate::shipped;

/// One ore of 100 t/yr for two products that earn 10 and 1 USD/t.
const TWO_USES: &str = r#"
    [flowsheet]
    title = "two uses"
    assumed = "made up"
    [feed.ore]
    to = "ways"
    supply = "100 t/yr"
    assay.grade = { Nd2O3 = "100 %" }
    [splitter.ways]
    to = { dear = "dear", cheap = "cheap" }
    [product.dear]
    price = "10 USD/t"
    [product.cheap]
    price = "1 USD/t"
    [goal]
    much-dear  = { measure = "flow(dear)", at-least = "70 t/yr" }
    much-cheap = { measure = "flow(cheap)", at-least = "60 t/yr" }
    half       = { ratio = { of = "flow(dear)", to = "flow(ore)" }, at-most = "50 %" }
    too-much   = { measure = "flow(ore)", at-least = "101 t/yr" }
"#;

#[test]
fn maximal_and_minimal_sets_are_those_found_by_hand() {
    let told = together(&shipped::lower_text(TWO_USES), &Options::default()).expect("a plan");
    // 70 + 60 is more than there is, 70 t is more than half of 100; 60 cheap leave 40, which is less than half.
    let sets: Vec<(&[String], f64)> =
        told.together.iter().map(|set| (set.goals.as_slice(), set.objective)).collect();
    assert_eq!(sets.len(), 2);
    assert_eq!(sets[0].0, ["much-cheap", "half"]);
    assert!((sets[0].1 - (400.0 + 60.0)).abs() < 1e-9);
    assert_eq!(sets[1].0, ["much-dear"]);
    assert!((sets[1].1 - 1000.0).abs() < 1e-9);
    let mut conflicts: Vec<String> = told.conflicts.iter().map(|set| set.goals.join("+")).collect();
    conflicts.sort();
    assert_eq!(conflicts, ["much-dear+half", "much-dear+much-cheap", "too-much"]);
    for conflict in &told.conflicts {
        let why = conflict.why.as_deref().expect("told");
        let (first, last) = (&conflict.goals[0], &conflict.goals[conflict.goals.len() - 1]);
        assert!(why.contains(first.as_str()) && why.contains(last.as_str()), "{why}");
    }
    // 100 t less 60 t are 40 t.
    let dear = told.conflicts.iter().find(|set| set.goals == ["much-dear", "much-cheap"]);
    let why = dear.and_then(|set| set.why.as_deref()).expect("told");
    assert!(why.contains("`goal.much-dear.at-least` is then at most 40 t/yr"), "{why}");
    assert!(why.contains("`feed.ore.supply` (at most 100 t/yr)"), "{why}");
    let met: Vec<bool> = told.goals.iter().map(|goal| goal.met).collect();
    assert_eq!(met, [true, false, false, false]);
}
