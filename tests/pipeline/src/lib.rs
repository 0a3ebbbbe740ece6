//! What the tests that cross tools share.
