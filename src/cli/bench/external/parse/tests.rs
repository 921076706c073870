use super::*;

#[test]
fn glpk_counts_from_one() {
    let text = "c Status:     OPTIMAL\ns bas 2 2 f f -12.5\ni 1 u 60 -2.5\ni 2 b 3 0\nj 1 b 40 0\nj 2 u 10 -1e-3\ne o f\n";
    let said = solution(Layout::Glpk, text, &[], 2, 2);
    assert!(said.optimal);
    assert_eq!((said.primal, said.duals), (vec![40.0, 10.0], vec![-2.5, 0.0]));
    let infeasible =
        solution(Layout::Glpk, "c Status:     UNDEFINED\ns bas 2 2 i u 0\n", &[], 2, 2);
    assert!(!infeasible.optimal);
    assert_eq!(infeasible.words, "UNDEFINED");
    let printed = "      0: obj =   0.0 inf =   5.7e+01 (2)\n     37: obj =   2.3e+06 inf = 0 (0)\n*    41: obj = 1.8e+05 inf = 0 (0)\nTime used:   0.3 secs\n";
    assert_eq!(log(Layout::Glpk, printed), (Some(41), Some(0.3)));
}

#[test]
fn coin_saves_rows_before_columns() {
    let numbers = [-170.0, 60.0, -2.5, 40.0, 10.0, 7.0, 0.0, -1e-3, 0.0];
    let mut bytes: Vec<u8> = [1_i32, 3].into_iter().flat_map(i32::to_ne_bytes).collect();
    bytes.extend(numbers.into_iter().flat_map(f64::to_ne_bytes));
    let said = solution(Layout::Coin, "Optimal - objective value -170.00000000\n", &bytes, 2, 1);
    assert!(said.optimal);
    assert_eq!((said.primal, said.duals), (vec![40.0, 10.0], vec![-2.5]));
    let cut = &bytes[..bytes.len() - 8];
    for (text, bytes, rows) in [
        ("Infeasible - objective value 0\n", &bytes[..], 1),
        ("Optimal\n", cut, 1),
        ("Optimal\n", &bytes, 2),
        ("Optimal\n", &[], 1),
    ] {
        assert!(!solution(Layout::Coin, text, bytes, 2, rows).optimal);
    }
    let printed = "Optimal objective 187590.3016 - 8 iterations time 0.002, Presolve 0.00\n";
    assert_eq!(log(Layout::Coin, printed), (Some(8), Some(0.002)));
}

#[test]
fn highs_writes_the_dual_after_the_primal() {
    let text = "Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective -170\n# Columns 2\nc0 40\nc1 10\n# Rows 1\nr0 60\n\n# Dual solution values\nFeasible\n# Columns 2\nc0 0\nc1 -0.5\n# Rows 1\nr0 -2.5\n\n# Basis\nHiGHS v1\n";
    let said = solution(Layout::Highs, text, &[], 2, 1);
    assert!(said.optimal);
    assert_eq!((said.primal, said.duals), (vec![40.0, 10.0], vec![-2.5]));
    let printed = "Model status        : Optimal\nSimplex   iterations: 43\nObjective value     :  1.8e+05\nHiGHS run time      :          0.01\n";
    assert_eq!(log(Layout::Highs, printed), (Some(43), Some(0.01)));
}

#[test]
fn a_version_is_found_among_words() {
    assert_eq!(version("GLPSOL--GLPK LP/MIP Solver 5.0\nCopyright"), Some("5.0".to_owned()));
    assert_eq!(version("Welcome\nVersion: 2.10.8 \nBuild"), Some("2.10.8".to_owned()));
    assert_eq!(version("Coin LP version 1.17.6, build Nov"), Some("1.17.6".to_owned()));
    assert_eq!(version("nothing here."), None);
}
