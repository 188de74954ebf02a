//! The modules of `src`, parsed with `syn`: the imports, re-exports and definitions of each file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ExprMatch, File, Ident, Item, ItemMacro, ItemMod, ItemUse, Macro, Pat, UseTree, Visibility,
    spanned::Spanned as _,
    visit::{self, Visit},
};

/// A path relative to the crate's root, one name for each part: `["library", "Library"]`.
pub type ItemPath = Vec<String>;

/// A path that a file uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The line in the file, from 1.
    pub line: usize,
    pub path: ItemPath,
}

/// One source file, without its unit tests.
#[derive(Debug)]
pub struct SourceFile {
    /// The path relative to the root of the repository, for messages.
    pub path: PathBuf,
    /// The module of the file.
    pub module: ItemPath,
    /// Whether it is a `mod.rs` or `lib.rs`.
    pub is_facade: bool,
    /// Paths that the file uses, except for re-exports of a façade.
    pub imports: Vec<Import>,
    /// Names of other crates that the file uses, with their lines.
    pub crates: BTreeMap<String, usize>,
    /// Items that it defines, with their lines.
    pub items: BTreeMap<String, usize>,
    /// Types and traits that other files can see, with their lines.
    pub visible_types: BTreeMap<String, usize>,
    /// Matches on commands or events of the studio that end in a catch-all: its line, and the enums.
    pub catch_alls: Vec<(usize, BTreeSet<String>)>,
    reexports: BTreeMap<String, ItemPath>,
    glob_reexports: Vec<ItemPath>,
}

/// An import with the file that it refers to.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    pub from: &'a SourceFile,
    pub to: &'a SourceFile,
    pub line: usize,
}

impl std::fmt::Display for Edge<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} imports {}", self.from.path.display(), self.line, self.to.path.display())
    }
}

/// All files of the crate.
#[derive(Debug)]
pub struct SourceTree {
    files: BTreeMap<ItemPath, SourceFile>,
}

impl SourceTree {
    /// Reads all `.rs` files below `root` that belong to the library.
    pub fn read(root: &Path) -> Self {
        let mut paths = Vec::new();
        collect_sources(root, &mut paths);
        let sources = paths.iter().filter(|path| !path.ends_with("main.rs")).map(|path| {
            let text = fs::read_to_string(path).expect("a source file can be read");
            let shown = Path::new("src").join(path.strip_prefix(root).expect("the file is below the root"));
            (shown, text)
        });
        Self::parse(sources.collect())
    }

    /// Parses files, given with their paths relative to the repository.
    pub fn parse(sources: Vec<(PathBuf, String)>) -> Self {
        let modules: BTreeSet<ItemPath> = sources.iter().map(|(path, _)| module_of(path)).collect();
        let (mut files, mut tests) = (BTreeMap::new(), BTreeSet::new());
        for (path, text) in sources {
            let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let (file, test_modules) = read_file(path, &syntax, &modules);
            tests.extend(test_modules);
            files.insert(file.module.clone(), file);
        }
        files.retain(|module, _| !tests.iter().any(|test: &ItemPath| module.starts_with(test)));
        Self { files }
    }

    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.values()
    }

    /// Every import that refers to another file. An import through a façade refers to the file behind it.
    pub fn edges(&self) -> Vec<Edge<'_>> {
        let edges = self.files().flat_map(|from| {
            from.imports.iter().filter_map(move |import| {
                let to = self.resolve(&import.path, 0)?;
                (to.module != from.module).then_some(Edge { from, to, line: import.line })
            })
        });
        edges.collect()
    }

    /// The file that defines the item of a path. A path to a whole façade refers to none.
    fn resolve(&self, path: &[String], depth: usize) -> Option<&SourceFile> {
        // Stops at cyclic re-exports.
        if depth > 16 {
            return None;
        }
        let known = (0..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length]))?;
        let file = &self.files[&path[..known]];
        let Some(name) = path.get(known) else { return (!file.is_facade).then_some(file) };
        if file.items.contains_key(name) {
            return Some(file);
        }
        if let Some(target) = file.reexports.get(name) {
            let target: ItemPath = target.iter().chain(&path[known + 1..]).cloned().collect();
            return self.resolve(&target, depth + 1);
        }
        let through_glob = file.glob_reexports.iter().find_map(|glob| {
            let target: ItemPath = glob.iter().chain(&path[known..]).cloned().collect();
            self.resolve(&target, depth + 1).filter(|found| found.items.contains_key(name))
        });
        through_glob.or_else(|| (!file.is_facade).then_some(file))
    }
}

fn collect_sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The module of a path such as `src/gateway/client/mod.rs`.
fn module_of(path: &Path) -> ItemPath {
    let parts = path.components().skip(1).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let mut module: ItemPath = parts.collect();
    let file = module.pop().unwrap_or_default();
    match file.trim_end_matches(".rs") {
        "mod" | "lib" => {}
        name => module.push(name.to_owned()),
    }
    module
}

/// Reads one file. Returns it with those of its modules that contain only tests.
fn read_file(path: PathBuf, syntax: &File, modules: &BTreeSet<ItemPath>) -> (SourceFile, Vec<ItemPath>) {
    let module = module_of(&path);
    let is_facade = path.ends_with("mod.rs") || path.ends_with("lib.rs");
    let mut reader = Reader {
        module: module.clone(),
        is_facade,
        modules,
        aliases: BTreeMap::new(),
        named: Vec::new(),
        imports: Vec::new(),
        reexports: BTreeMap::new(),
        glob_reexports: Vec::new(),
        items: BTreeMap::new(),
        visible_types: BTreeMap::new(),
        open_matches: Vec::new(),
        tests: Vec::new(),
    };
    reader.visit_file(syntax);
    let Reader { aliases, named, mut imports, reexports, glob_reexports, items, visible_types, tests, .. } = reader;
    // Other crates have enums of the same names, such as `egui::Event`.
    let is_of_studio =
        |name: &String| aliases.get(name).is_some_and(|path| path.first().is_some_and(|first| first == "studio"));
    let of_studio = reader.open_matches.into_iter().map(|(line, mut names)| {
        names.retain(|name| is_of_studio(name));
        (line, names)
    });
    let catch_alls = of_studio.filter(|(_, names)| !names.is_empty()).collect();
    let mut crates = BTreeMap::new();
    for (line, path) in named {
        let [first, .., _] = path.as_slice() else { continue };
        if let Some(start) = aliases.get(first) {
            imports.push(Import { line, path: start.iter().chain(&path[1..]).cloned().collect() });
        } else {
            crates.entry(first.clone()).or_insert(line);
        }
    }
    let file = SourceFile {
        path,
        module,
        is_facade,
        imports,
        crates,
        items,
        visible_types,
        catch_alls,
        reexports,
        glob_reexports,
    };
    (file, tests)
}

/// Walks through a file and collects the paths that it uses.
struct Reader<'a> {
    /// The current module, including modules inside the file.
    module: ItemPath,
    is_facade: bool,
    modules: &'a BTreeSet<ItemPath>,
    /// The local names of imports.
    aliases: BTreeMap<String, ItemPath>,
    /// Paths that start with a local name or a crate.
    named: Vec<(usize, ItemPath)>,
    imports: Vec<Import>,
    reexports: BTreeMap<String, ItemPath>,
    glob_reexports: Vec<ItemPath>,
    items: BTreeMap<String, usize>,
    visible_types: BTreeMap<String, usize>,
    /// Matches that end in a catch-all: its line, and the enums of commands or events in the other patterns.
    open_matches: Vec<(usize, BTreeSet<String>)>,
    tests: Vec<ItemPath>,
}

impl Reader<'_> {
    /// The absolute path of a path that starts with `crate`, `super`, `self` or a child module.
    fn absolute(&self, path: &[String]) -> Option<ItemPath> {
        let mut base = self.module.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                let child: ItemPath = base.iter().cloned().chain([first.to_owned()]).collect();
                if !self.modules.contains(&child) {
                    return None;
                }
            }
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn name(&mut self, line: usize, path: ItemPath) {
        match self.absolute(&path) {
            Some(path) => self.imports.push(Import { line, path }),
            None => self.named.push((line, path)),
        }
    }

    fn read_use(&mut self, tree: &UseTree, start: &[String], is_reexport: bool) {
        let joined = |ident: &Ident| -> ItemPath { start.iter().cloned().chain([ident.to_string()]).collect() };
        match tree {
            UseTree::Path(path) => self.read_use(&path.tree, &joined(&path.ident), is_reexport),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(tree, start, is_reexport);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                let local = start.last().cloned().unwrap_or_default();
                self.read_import(name.span().start().line, start.to_vec(), local, is_reexport);
            }
            UseTree::Name(name) => {
                let line = name.span().start().line;
                self.read_import(line, joined(&name.ident), name.ident.to_string(), is_reexport);
            }
            UseTree::Rename(rename) => {
                let line = rename.span().start().line;
                self.read_import(line, joined(&rename.ident), rename.rename.to_string(), is_reexport);
            }
            UseTree::Glob(glob) => {
                let Some(path) = self.absolute(start) else { return };
                if is_reexport {
                    self.glob_reexports.push(path.clone());
                }
                if !(is_reexport && self.is_facade) {
                    self.imports.push(Import { line: glob.span().start().line, path });
                }
            }
        }
    }

    fn read_import(&mut self, line: usize, path: ItemPath, local: String, is_reexport: bool) {
        let Some(absolute) = self.absolute(&path) else {
            return self.named.push((line, path.into_iter().chain([local]).collect()));
        };
        self.aliases.insert(local.clone(), absolute.clone());
        // Children of a façade also see its private imports.
        if is_reexport || self.is_facade {
            self.reexports.insert(local, absolute.clone());
        }
        if !(is_reexport && self.is_facade) {
            self.imports.push(Import { line, path: absolute });
        }
    }

    /// Reads the paths in the tokens of a macro's arguments, which have no syntax of their own.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut line, mut colons) = (ItemPath::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end_path(line, std::mem::take(&mut path));
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                token => {
                    self.end_path(line, std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = token {
                        self.read_tokens(group.stream());
                    }
                }
            }
        }
        self.end_path(line, path);
    }

    fn end_path(&mut self, line: usize, path: ItemPath) {
        if path.len() > 1 {
            self.name(line, path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, ident) = attributes_and_name(item);
        if is_only_for_tests(attributes) {
            if let Item::Mod(ItemMod { ident, .. }) = item {
                self.tests.push(self.module.iter().cloned().chain([ident.to_string()]).collect());
            }
            return;
        }
        if let Some(ident) = ident {
            self.items.entry(ident.to_string()).or_insert_with(|| item.span().start().line);
        } else if matches!(item, Item::Impl(_)) {
            self.items.entry("impl".to_owned()).or_insert_with(|| item.span().start().line);
        }
        if let Some(ident) = ident.filter(|_| is_visible_type(item)) {
            self.visible_types.entry(ident.to_string()).or_insert_with(|| item.span().start().line);
        }
        visit::visit_item(self, item);
    }

    fn visit_expr_match(&mut self, expression: &'ast ExprMatch) {
        let catch_all = expression.arms.iter().find(|arm| arm.guard.is_none() && is_catch_all(&arm.pat));
        if let Some(arm) = catch_all {
            let mut names = MessageNames::default();
            for arm in &expression.arms {
                names.visit_pat(&arm.pat);
            }
            self.open_matches.push((arm.pat.span().start().line, names.0));
        }
        visit::visit_expr_match(self, expression);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if let Some((_, items)) = &item.content {
            self.module.push(item.ident.to_string());
            for item in items {
                self.visit_item(item);
            }
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.read_use(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: ItemPath = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if parts.len() > 1 && path.leading_colon.is_none() {
            self.name(path.span().start().line, parts);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        self.read_tokens(call.tokens.clone());
    }
}

/// The attributes of an item, and the name of an item that defines one. Modules and imports define nothing.
fn attributes_and_name(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(ItemMacro { attrs, ident, .. }) => (attrs, ident.as_ref()),
        Item::Mod(item) => (&item.attrs, None),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => (&[], None),
    }
}

/// Whether an item is a type or trait that other files can see.
fn is_visible_type(item: &Item) -> bool {
    let visibility = match item {
        Item::Enum(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Union(item) => &item.vis,
        _ => return false,
    };
    !matches!(visibility, Visibility::Inherited)
}

/// Whether a pattern matches everything, also inside of `Some` or `Ok`.
fn is_catch_all(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        // A lower-case name binds everything; any other name is a constant or a variant.
        Pat::Ident(name) => name.subpat.is_none() && name.ident.to_string().starts_with(char::is_lowercase),
        Pat::Or(or) => or.cases.iter().any(is_catch_all),
        Pat::TupleStruct(inner) if inner.path.is_ident("Some") || inner.path.is_ident("Ok") => {
            inner.elems.iter().all(is_catch_all)
        }
        _ => false,
    }
}

/// Collects the enums of commands and events that patterns name.
#[derive(Default)]
struct MessageNames(BTreeSet<String>);

impl<'ast> Visit<'ast> for MessageNames {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let [.., of, _] = path.segments.iter().collect::<Vec<_>>().as_slice() {
            let name = of.ident.to_string();
            if name.ends_with("Command") || name.ends_with("Event") {
                self.0.insert(name);
            }
        }
        visit::visit_path(self, path);
    }
}

/// Whether an item is compiled for tests only.
fn is_only_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}
