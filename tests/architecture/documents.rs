//! Checks that the files, folders and types that the documents name exist.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{TREE, assert_none};

/// The documents that describe the code.
const DOCUMENTS: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/decisions"];

/// The root of the repository, also if `src` is a link.
fn root() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let source = fs::canonicalize(source).expect("the sources exist");
    source.parent().expect("the sources have a parent").to_owned()
}

/// The texts of the documents, with their paths.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    for document in DOCUMENTS.map(|document| root().join(document)) {
        if document.is_dir() {
            let entries = fs::read_dir(&document).expect("the folder can be read");
            paths.extend(entries.map(|entry| entry.expect("an entry can be read").path()));
        } else {
            paths.push(document);
        }
    }
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, text)
        })
        .collect()
}

/// The words between back quotes in a text, with their lines. Blocks of code are left out.
fn quoted(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut is_code = false;
    for (line, content) in text.lines().enumerate() {
        if content.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            found.extend(content.split('`').skip(1).step_by(2).map(|word| (line + 1, word)));
        }
    }
    found
}

/// Whether a word is a path in the repository. A word that ends with a slash is a folder of a library on disk.
fn is_path(word: &str) -> bool {
    let is_plain = word.chars().all(|character| character.is_ascii_alphanumeric() || "_-./".contains(character));
    is_plain && word.trim_matches('/') == word && word.contains('/')
}

#[test]
fn documents_name_existing_files() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (path, text) in documents() {
        for (line, word) in quoted(&text).into_iter().filter(|(_, word)| is_path(word)) {
            checked += 1;
            let starts = [root(), root().join("src"), root().join("tests")];
            if !starts.iter().any(|start| start.join(word).exists()) {
                wrong.push(format!("{}:{line}: {word}", path.display()));
            }
        }
    }
    println!("{checked} paths in documents checked");
    assert_none(&wrong, "A file or folder that a document names exists");
}

#[test]
fn documents_name_existing_types() {
    let mut wrong = Vec::new();
    for (path, text) in documents() {
        for (line, word) in quoted(&text) {
            // Paths such as `gateway::ModelCatalog`, which only this crate can mean.
            let Some((module, name)) = word.split_once("::") else { continue };
            let is_own = TREE.files().any(|file| file.module.first().is_some_and(|first| first == module));
            let is_type = name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
            if is_own && is_type && !TREE.files().any(|file| file.visible_types.contains_key(name)) {
                wrong.push(format!("{}:{line}: {word}", path.display()));
            }
        }
    }
    assert_none(&wrong, "A type that a document names exists");
}
