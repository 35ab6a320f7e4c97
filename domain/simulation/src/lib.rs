//! A seeded, invented world with known truth: indicator lists, logs, units.

pub mod world;
