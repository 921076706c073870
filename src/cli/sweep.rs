<<<<<<< HEAD
//! Sweeps: many scenarios of a flowsheet, and what they say together.

pub mod store;
=======
//! `reeflow sweep`: many samples of what is uncertain.

pub mod vary;
>>>>>>> format
