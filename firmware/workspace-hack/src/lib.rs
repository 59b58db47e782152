//! Nothing: only its manifest matters.
