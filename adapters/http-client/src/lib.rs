//! Sends results to a portal over HTTPS.
