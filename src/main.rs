//! The `atelier` program: a window, or the same work without one.

fn main() {}
