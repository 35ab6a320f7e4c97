//! Compressed bytes into bytes, under limits.
