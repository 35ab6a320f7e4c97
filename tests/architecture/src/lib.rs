//! The crate graph and the licences are what the docs say: see `tests/`.
