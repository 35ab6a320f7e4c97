//! Every sentence a person can meet exists in both languages: see `tests/`.
