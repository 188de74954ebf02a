//! The architecture as tables: which module may use which, in which order submodules stand, which crates each may name.

/// Modules at the top of `src` from top to bottom, and the modules that each may use.
pub const LAYERS: &[(&str, &[&str])] = &[
    ("cli", &["composition", "error_chain", "prompt", "recipe", "settings", "studio", "ui"]),
    ("ui", &["composition", "prompt", "recipe", "settings", "studio"]),
    (
        "studio",
        &[
            "composition",
            "demo",
            "error_chain",
            "gateway",
            "imaging",
            "keychain",
            "library",
            "private",
            "prompt",
            "recipe",
            "settings",
        ],
    ),
    ("library", &["error_chain", "imaging", "private", "recipe"]),
    ("gateway", &["error_chain", "imaging", "recipe"]),
    ("composition", &["prompt", "recipe", "settings"]),
    ("imaging", &["recipe"]),
    ("prompt", &["recipe"]),
    ("settings", &["recipe"]),
    ("demo", &[]),
    ("keychain", &[]),
    ("logging", &["private"]),
    ("private", &[]),
    ("error_chain", &[]),
    ("core_dumps", &[]),
    ("recipe", &[]),
];

/// Submodules of a module from top to bottom: each may use those below it, and none above it.
pub const ORDERS: &[(&str, &[&str])] = &[];

/// Crates that only some modules may name.
pub const CRATES: &[(&str, &[&str])] = &[
    ("eframe", &["ui"]),
    ("egui", &["ui"]),
    ("keyring", &["keychain"]),
    ("reqwest", &["gateway"]),
    ("rfd", &["studio"]),
    ("rusqlite", &["library"]),
    ("tokio", &["demo", "gateway", "studio"]),
];

/// Most files and folders in a folder, its `mod.rs` and its unit tests left out.
pub const MAX_FOLDER_ENTRIES: usize = 14;
