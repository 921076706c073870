//! Programs as text for other solvers (to be written).
