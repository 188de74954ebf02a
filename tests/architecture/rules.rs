//! The architecture as tables: the modules that each module may use, the order of submodules, the crates that each may
//! name.

/// Modules at the top of `src` from top to bottom, and the modules that each may use.
pub const LAYERS: &[(&str, &[&str])] = &[
    ("cli", &["composition", "error_chain", "prompt", "recipe", "settings", "studio", "ui"]),
    ("ui", &["composition", "error_chain", "prompt", "recipe", "settings", "studio"]),
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
    ("imaging", &["error_chain", "recipe"]),
    ("prompt", &["error_chain", "recipe"]),
    ("settings", &["error_chain", "recipe"]),
    ("demo", &[]),
    ("keychain", &[]),
    ("logging", &["private"]),
    ("private", &[]),
    ("error_chain", &[]),
    ("core_dumps", &[]),
    ("recipe", &["error_chain"]),
];

/// Submodules of a module from top to bottom: each may use those below it, and none above it.
pub const ORDERS: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "dispatch",
            "bench",
            "commands",
            "address",
            "args",
            "display",
            "exit_status",
            "request_tracker",
            "report",
            "paths",
            "session",
        ],
    ),
    (
        "ui",
        &[
            "bench",
            "app",
            "dialogs",
            "pages",
            "panels",
            "components",
            "actions",
            "state",
            "text",
            "textures",
            "widgets",
            "accessibility",
            "theme",
        ],
    ),
    (
        "studio",
        &[
            "bench",
            "core",
            "queue",
            "requests",
            "sheets",
            "exchange",
            "references",
            "responses",
            "organize",
            "providers",
            "gallery",
            "reports",
            "persistence",
            "runtime",
            "platform",
            "protocol",
        ],
    ),
    (
        "library",
        &[
            "bench",
            "library",
            "recovery",
            "import",
            "organize",
            "search",
            "queue_store",
            "images",
            "index",
            "journal",
            "store",
            "io",
        ],
    ),
    ("gateway", &["client", "reader", "failure", "request", "model_catalog", "transcript", "mask", "text"]),
    (
        "composition",
        &["axis_values", "blind_comparison", "grid", "prompt_expansion", "sheet_plan", "styles", "wildcard_files"],
    ),
    (
        "imaging",
        &[
            "analysis",
            "encode",
            "label_rasterizer",
            "metadata",
            "stream",
            "resize",
            "decode",
            "header",
            "format",
            "pixels",
        ],
    ),
    ("prompt", &["sheet", "expansion", "wildcards", "template"]),
    ("settings", &["session", "app_settings", "shortcuts", "style_files", "prompt_library"]),
    (
        "demo",
        &[
            "server",
            "chat_response",
            "chat_request",
            "painter",
            "things",
            "creatures",
            "canvas",
            "scene",
            "reference_colors",
            "palette",
        ],
    ),
    (
        "recipe",
        &[
            "image_facts",
            "model",
            "organizing",
            "request",
            "parameters",
            "images",
            "spending",
            "failure",
            "profile",
            "connection",
            "response",
            "values",
        ],
    ),
];

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
pub const MAX_FOLDER_ENTRIES: usize = 16;

/// Modules whose matches on events may ignore the rest: a headless command waits for its own events among all others.
pub const EVENT_WAITERS: &[&str] = &["cli"];
