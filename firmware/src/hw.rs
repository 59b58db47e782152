//! The adapters for a real box: the only files that name the crates of devices.
