//! A seeded, invented world with known truth: indicator lists, logs, units.
