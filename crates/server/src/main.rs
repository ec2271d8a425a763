//! The Voxgate binary: settings, wiring, command line and background jobs.

fn main() {}
