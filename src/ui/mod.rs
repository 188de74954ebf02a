//! Everything that knows egui.
