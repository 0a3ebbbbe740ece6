//! Machine configurations.
