//! Measures, forms as versioned data, declared beside measured, roll-up.
