//! The rooms of the house and which may use which, as ARCHITECTURE.md draws them. Arrows point down.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each room and the rooms that it may use. `recipe` is the ground: everyone may use it.
const RULES: &[(&str, &[&str])] = &[
    ("error_chain", &[]),
    ("recipe", &["error_chain"]),
    ("settings", &["error_chain", "recipe"]),
    ("keychain", &[]),
    ("imaging", &["error_chain", "recipe"]),
    ("prompt", &["error_chain", "recipe"]),
    ("composition", &["prompt", "recipe", "settings"]),
    ("demo", &[]),
    ("gateway", &["error_chain", "imaging", "recipe"]),
    ("library", &["error_chain", "imaging", "private", "recipe"]),
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
    ("ui", &["composition", "prompt", "recipe", "settings", "studio"]),
    ("cli", &["composition", "error_chain", "prompt", "recipe", "settings", "studio", "ui"]),
    ("logging", &["private"]),
    ("private", &[]),
    ("core_dumps", &[]),
];

/// Crates that only some rooms may know.
const CRATES: &[(&str, &[&str])] = &[
    ("egui", &["ui", "main"]),
    ("eframe", &["ui", "main"]),
    ("rusqlite", &["library"]),
    ("reqwest", &["gateway"]),
    ("keyring", &["keychain"]),
    ("rfd", &["studio"]),
    ("tokio", &["demo", "gateway", "studio"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Lines of code with their numbers: no comments, nothing after the unit tests' heading.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The rooms that a line names: `crate::gateway::…`, or `crate::{gateway::…, recipe}`.
fn rooms_named(text: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (number, line) in code(text) {
        for (position, _) in line.match_indices("crate::") {
            // `$crate` in a macro and `my_crate::` are other things.
            if line[..position].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &line[position + "crate::".len()..];
            if rest.starts_with('{') {
                named.extend(grouped(text, number).into_iter().map(|room| (number, room)));
            } else {
                let room: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                named.push((number, room));
            }
        }
    }
    named
}

/// First names inside `crate::{ … }` that opens on a line, at the outermost level of its braces.
fn grouped(text: &str, line: usize) -> Vec<String> {
    let tail: String = text.lines().skip(line - 1).collect::<Vec<_>>().join("\n");
    let Some(start) = tail.find("crate::{") else { return Vec::new() };
    let mut depth = 0;
    let mut rooms = Vec::new();
    let mut name = String::new();
    let mut in_name = true;
    for c in tail[start + "crate::".len()..].chars() {
        match c {
            '{' => {
                depth += 1;
                in_name = depth == 1;
            }
            '}' | ',' => {
                if depth == 1 && !name.is_empty() {
                    rooms.push(std::mem::take(&mut name));
                }
                name.clear();
                if c == '}' {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                in_name = depth == 1;
            }
            ':' if depth == 1 => in_name = false,
            c if in_name && depth == 1 && (c.is_alphanumeric() || c == '_') => name.push(c),
            _ => {}
        }
        if c == ':' && depth == 1 && !name.is_empty() {
            rooms.push(std::mem::take(&mut name));
        }
    }
    rooms
}

fn room_of(path: &Path, root: &Path) -> String {
    let inside = path.strip_prefix(root).expect("the file is below the root");
    let first = inside.components().next().expect("the file has a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn every_room_uses_only_rooms_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 10, "the sources were not found");
    let known: Vec<&str> = RULES.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    for file in files {
        let room = room_of(&file, &root);
        if room == "main" || room == "lib" {
            continue;
        }
        let Some((_, allowed)) = RULES.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: the room {room} has no rule", file.display()));
            continue;
        };
        let text = fs::read_to_string(&file).unwrap();
        for (line, used) in rooms_named(&text) {
            if known.contains(&used.as_str()) && used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}:{line}: {room} must not use {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_the_rooms_that_need_them_know_the_great_crates() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let room = room_of(&file, &root);
        let text = fs::read_to_string(&file).unwrap();
        for (line, code) in code(&text) {
            for (name, rooms) in CRATES {
                let used = code.match_indices(&format!("{name}::")).any(|(position, _)| {
                    !code[..position].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                });
                if used && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{}:{line}: {room} must not know {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_grouped_and_nested_names() {
    let text =
        "use crate::{\n    gateway::{self, Client},\n    recipe::Format,\n    ui,\n};\nuse crate::library::Library;\n";
    let rooms: Vec<String> = rooms_named(text).into_iter().map(|(_, room)| room).collect();
    assert_eq!(rooms, ["gateway", "recipe", "ui", "library"]);
}
