//! Checks the structure of `src` that ARCHITECTURE.md describes: layers, order of submodules, no cycles, façades that
//! define nothing. Each message names the import that violates a rule.

mod documents;
mod graph;
mod rules;
mod source_tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use graph::circles;
use rules::{CRATES, EVENT_WAITERS, LAYERS, MAX_FOLDER_ENTRIES, ORDERS};
use source_tree::{Edge, ItemPath, SourceTree};

static TREE: LazyLock<SourceTree> =
    LazyLock::new(|| SourceTree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));

/// Fails with a list of violations, if there are any.
fn assert_none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}: {} found\n{}", wrong.len(), wrong.join("\n"));
}

fn shown(edges: &[Edge<'_>]) -> String {
    let lines: Vec<String> = edges.iter().map(|edge| format!("  {edge}")).collect();
    lines.join("\n")
}

/// The folders of a tree with the entries of each.
fn folders(tree: &SourceTree) -> BTreeMap<ItemPath, BTreeSet<String>> {
    let mut folders: BTreeMap<ItemPath, BTreeSet<String>> = BTreeMap::new();
    for file in tree.files() {
        for length in 0..file.module.len() {
            folders.entry(file.module[..length].to_vec()).or_default().insert(file.module[length].clone());
        }
    }
    folders
}

/// The children of a folder between which an edge leads.
fn children_of(edge: &Edge<'_>, folder: &[String]) -> Option<(String, String)> {
    let child = |module: &ItemPath| module.strip_prefix(folder)?.first().cloned();
    Some((child(&edge.from.module)?, child(&edge.to.module)?))
}

#[test]
fn modules_use_only_modules_below_them() {
    let mut wrong = Vec::new();
    for file in TREE.files() {
        let Some(from) = file.module.first() else { continue };
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| name == from) else {
            wrong.push(format!("{}: the module {from} has no layer", file.path.display()));
            continue;
        };
        // Items that a module re-exports count as its own.
        for (line, to) in file.imports.iter().filter_map(|import| Some((import.line, import.path.first()?))) {
            if to != from && LAYERS.iter().any(|(name, _)| name == to) && !allowed.contains(&to.as_str()) {
                wrong.push(format!("{}:{line} imports {to}, but {from} must not", file.path.display()));
            }
        }
    }
    assert_none(&wrong, "A module uses only the modules below it");
}

#[test]
fn restricted_crates_are_used_only_by_their_modules() {
    let mut wrong = Vec::new();
    for file in TREE.files() {
        let Some(module) = file.module.first() else { continue };
        for (name, modules) in CRATES {
            if let Some(line) = file.crates.get(*name).filter(|_| !modules.contains(&module.as_str())) {
                wrong.push(format!("{}:{line} names {name}, but {module} must not", file.path.display()));
            }
        }
    }
    assert_none(&wrong, "A crate is named only by the modules that wrap it");
}

#[test]
fn no_files_import_each_other() {
    let edges = TREE.edges();
    let found = circles(&edges, |edge| Some((&edge.from.module, &edge.to.module)));
    let wrong: Vec<String> = found
        .iter()
        .map(|circle| {
            let files: BTreeSet<_> = circle.iter().map(|edge| &edge.from.path).collect();
            format!("{} files import each other:\n{}", files.len(), shown(circle))
        })
        .collect();
    println!("{} files and {} imports between them checked", TREE.files().count(), edges.len());
    assert_none(&wrong, "No files import each other, directly or through others");
}

#[test]
fn submodules_use_only_submodules_below_them() {
    let edges = TREE.edges();
    let folders = folders(&TREE);
    let mut wrong = Vec::new();
    for folder in folders.keys() {
        for circle in circles(&edges, |edge| children_of(edge, folder)) {
            wrong.push(format!("src/{} has submodules that use each other:\n{}", folder.join("/"), shown(&circle)));
        }
    }
    for (name, order) in ORDERS {
        let folder: ItemPath = name.split("::").map(str::to_owned).collect();
        let place = |child: &str| order.iter().position(|known| *known == child);
        let children = folders.get(&folder).unwrap_or_else(|| panic!("there is no folder {name}"));
        wrong.extend(
            children
                .iter()
                .filter(|child| place(child).is_none())
                .map(|child| format!("{name} has the submodule {child}, which has no place in its order")),
        );
        for edge in &edges {
            let Some((from, to)) = children_of(edge, &folder) else { continue };
            if place(&from) > place(&to) {
                wrong.push(format!("{edge}, but {to} stands above {from} in {name}"));
            }
        }
    }
    println!("{} folders checked, {} of them against their declared order", folders.len(), ORDERS.len());
    assert_none(&wrong, "A submodule uses only the submodules below it");
}

#[test]
fn facades_define_nothing() {
    let facades = TREE.files().filter(|file| file.is_facade);
    let wrong: Vec<String> = facades
        .flat_map(|file| file.items.iter().map(|(name, line)| format!("{}:{line} defines {name}", file.path.display())))
        .collect();
    assert_none(&wrong, "A mod.rs documents, declares and re-exports, and defines nothing");
}

#[test]
fn folders_are_small() {
    let wrong: Vec<String> = folders(&TREE)
        .iter()
        .filter(|(_, entries)| entries.len() > MAX_FOLDER_ENTRIES)
        .map(|(folder, entries)| format!("src/{} has {} entries", folder.join("/"), entries.len()))
        .collect();
    assert_none(&wrong, "A folder has one purpose and few entries");
}

#[test]
fn matches_on_commands_and_events_are_exhaustive() {
    let mut wrong = Vec::new();
    for file in TREE.files() {
        let waits = file.module.first().is_some_and(|module| EVENT_WAITERS.contains(&module.as_str()));
        for (line, names) in &file.catch_alls {
            if let Some(name) = names.iter().find(|name| !waits || name.ends_with("Command")) {
                wrong.push(format!("{}:{line} would ignore a new variant of {name}", file.path.display()));
            }
        }
    }
    assert_none(&wrong, "A match on commands or events names every variant");
}

#[test]
fn types_have_names_of_their_own() {
    let mut types: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in TREE.files() {
        for (name, line) in &file.visible_types {
            types.entry(name).or_default().push(format!("{}:{line}", file.path.display()));
        }
    }
    let checked = types.len();
    types.retain(|_, places| places.len() > 1);
    let wrong: Vec<String> = types.iter().map(|(name, places)| format!("{name}: {}", places.join(", "))).collect();
    println!("{checked} names of types checked");
    assert_none(&wrong, "A type that other files can see has a name of its own");
}

fn parse(sources: &[(&str, &str)]) -> SourceTree {
    SourceTree::parse(sources.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect())
}

fn edges_of(tree: &SourceTree) -> Vec<String> {
    tree.edges().iter().map(ToString::to_string).collect()
}

#[test]
fn import_through_a_facade_resolves_to_the_defining_file() {
    let tree = parse(&[
        ("src/a/mod.rs", "mod inner; pub use inner::Thing; mod other; pub use other::*;"),
        ("src/a/inner.rs", "pub struct Thing;"),
        ("src/a/other.rs", "pub fn help() {}"),
        ("src/b.rs", "use crate::{a::{self, Thing}, c};\nfn f(_: Thing) { a::help(); }"),
        ("src/c.rs", "fn g() { super::b::f(); }"),
    ]);
    assert_eq!(
        edges_of(&tree),
        [
            "src/b.rs:1 imports src/a/inner.rs",
            "src/b.rs:1 imports src/c.rs",
            "src/b.rs:2 imports src/a/other.rs",
            "src/c.rs:1 imports src/b.rs",
        ]
    );
}

#[test]
fn imports_in_macros_count_and_imports_of_tests_do_not() {
    let tree = parse(&[
        ("src/a.rs", "fn f() { println!(\"{}\", crate::b::g(1)); }\n#[cfg(test)]\nmod tests { use crate::c::h; }"),
        ("src/b.rs", "#[cfg(test)]\nmod only_tests;\npub fn g() {}"),
        ("src/b/only_tests.rs", "use crate::a;"),
        ("src/c.rs", "pub fn h() {}"),
    ]);
    assert_eq!(edges_of(&tree), ["src/a.rs:1 imports src/b.rs"]);
}

#[test]
fn import_cycles_of_any_length_are_found() {
    let tree = parse(&[
        ("src/a.rs", "use crate::b::B;\npub struct A;"),
        ("src/b.rs", "use crate::c::C;\npub struct B;"),
        ("src/c.rs", "use crate::a::A;\nuse crate::d::D;\npub struct C;"),
        ("src/d.rs", "pub struct D;"),
    ]);
    let found = circles(&tree.edges(), |edge| Some((edge.from.module.clone(), edge.to.module.clone())));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].len(), 3, "{:?}", found[0]);
}

#[test]
fn facade_with_a_definition_is_found() {
    let tree = parse(&[
        ("src/a/mod.rs", "mod b;\npub use b::B;\n\npub struct A;\nimpl A {}"),
        ("src/a/b.rs", "pub struct B;"),
    ]);
    let facade = tree.files().find(|file| file.is_facade).expect("the façade was read");
    assert_eq!(facade.items.keys().collect::<Vec<_>>(), ["A", "impl"]);
}

#[test]
fn catch_all_over_commands_or_events_is_found() {
    let tree = parse(&[
        (
            "src/a.rs",
            "use crate::studio::Event;\nfn f(e: Event) { match e {\nEvent::A => {}\n_ => {}\n} }\n\
             fn g(e: Event) { match e { Event::A | Event::B(_) => {} } }",
        ),
        ("src/b.rs", "use egui::Event;\nfn f(e: Event) { match e { Event::A => {} _ => {} } }"),
        (
            "src/c.rs",
            "use crate::studio::Event;\nfn f(e: Option<Event>) { match e { Some(Event::A) => {} Some(_) | None => {} } }",
        ),
        ("src/studio.rs", "pub enum Event { A, B(u8) }"),
    ]);
    let lines = |path: &str| -> Vec<usize> {
        let file = tree.files().find(|file| file.path.ends_with(path)).expect("the file was read");
        file.catch_alls.iter().map(|(line, _)| *line).collect()
    };
    assert_eq!(["src/a.rs", "src/b.rs", "src/c.rs", "src/studio.rs"].map(lines), [vec![4], vec![], vec![2], vec![]]);
}
