//! Integration tests: one binary, linked once.

#[path = "all/fixtures.rs"]
mod fixtures;
#[path = "all/measure.rs"]
mod measure;
#[path = "all/robust.rs"]
mod robust;
#[path = "all/schema.rs"]
mod schema;
