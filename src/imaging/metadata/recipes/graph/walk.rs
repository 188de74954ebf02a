//! Walks from an input along its links to a text, a number or a node.

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use super::nodes::{Graph, GraphNode, InputSource};

/// The number of consecutive nodes that are followed at most.
const MAX_WALK_DEPTH: usize = 64;

/// The number of nodes that are visited for one recipe at most, counting each visit.
const MAX_WALK_STEPS: usize = 20_000;

/// The size of the texts that are joined for one recipe at most, in bytes.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Whether a text is a positive or a negative prompt, because some nodes have both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PromptRole {
    Positive,
    Negative,
}

impl PromptRole {
    /// Inputs that have only this role.
    fn names(self) -> [&'static str; 6] {
        match self {
            Self::Positive => ["positive", "positive_prompt", "text_positive", "prompt_positive", "pos", "positive_g"],
            Self::Negative => ["negative", "negative_prompt", "text_negative", "prompt_negative", "neg", "negative_g"],
        }
    }
}

/// Conditioning inputs of nodes that combine or change conditionings.
const CONDITIONING_INPUTS: [&str; 8] = [
    "conditioning_to",
    "conditioning_from",
    "conditioning",
    "conditioning_1",
    "conditioning_2",
    "cond",
    "cond1",
    "cond2",
];

/// Text inputs; a group is the texts of several encoders for one prompt.
const TEXT_INPUTS: [&[&str]; 12] = [
    &["populated_text"],
    &["text"],
    &["prompt"],
    &["text_g", "text_l"],
    &["t5xxl", "clip_g", "clip_l"],
    &["string"],
    &["value"],
    &["String"],
    &["Text"],
    &["wildcard_text"],
    &["text_0"],
    &["instruction"],
];

/// Inputs for bundles of model, conditionings and more.
const BUNDLE_INPUTS: [&str; 7] = ["pipe", "basic_pipe", "base_ctx", "context", "ctx", "detailer_pipe", "ctx_01"];

/// Input names of nodes that contain a single value.
const SINGLE_VALUE_INPUTS: [&str; 12] =
    ["value", "seed", "noise_seed", "int", "INT", "Int", "number", "Number", "float", "FLOAT", "string", "text"];

/// Inputs that lead to no text.
const NON_TEXT_INPUTS: [&str; 17] = [
    "clip",
    "model",
    "vae",
    "control_net",
    "image",
    "images",
    "mask",
    "latent",
    "latent_image",
    "samples",
    "pixels",
    "noise",
    "sigmas",
    "sampler",
    "clip_vision",
    "style_model",
    "gligen_textbox_model",
];

/// A walk through a graph, with the rest of its limits.
pub(super) struct Walk<'a> {
    pub(super) graph: &'a Graph,
    steps: usize,
    room: usize,
    /// Whether nothing was guessed since the last reset.
    sure: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(graph: &'a Graph) -> Self {
        Self { graph, steps: MAX_WALK_STEPS, room: MAX_TEXT_BYTES, sure: true }
    }

    /// The text at an input, and whether it is certain.
    pub(super) fn text(&mut self, node: &'a GraphNode, names: &[&str], role: PromptRole) -> (String, bool) {
        self.sure = true;
        let mut parts: Vec<String> = Vec::new();
        for name in names {
            for part in self.input(node, name, role, 0) {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        (parts.join("\n"), self.sure)
    }

    fn input(&mut self, node: &'a GraphNode, name: &str, role: PromptRole, depth: usize) -> Vec<String> {
        match self.graph.source(node, name) {
            Some(InputSource::Value(Value::String(text))) => self.keep(text.trim()),
            Some(InputSource::Value(Value::Number(number))) => self.keep(&number.to_string()),
            Some(InputSource::Node(node)) => self.output(node, role, depth + 1),
            Some(InputSource::Value(_)) | None => Vec::new(),
        }
    }

    fn keep(&mut self, text: &str) -> Vec<String> {
        if text.is_empty() || text.len() > self.room {
            self.sure &= text.is_empty();
            return Vec::new();
        }
        self.room -= text.len();
        vec![text.to_owned()]
    }

    /// The text that a node outputs.
    fn output(&mut self, node: &'a GraphNode, role: PromptRole, depth: usize) -> Vec<String> {
        if depth > MAX_WALK_DEPTH || self.steps == 0 {
            self.sure = false;
            return Vec::new();
        }
        self.steps -= 1;
        let kind = node.kind();
        if ["zeroout", "zero_out", "zero out"].iter().any(|word| kind.contains(word)) {
            return Vec::new();
        }
        // Random choices, styles and texts of models are not part of the graph.
        self.sure &= node.has("populated_text")
            || !["wildcard", "random", "dynamicprompt", "styler", "stylesselector", "llm"]
                .iter()
                .any(|word| kind.contains(word));
        if let Some(branch) = self.branch(node, &kind) {
            return self.input(node, &branch, role, depth);
        }
        if let Some(joined) = self.joined(node, &kind, role, depth) {
            return vec![joined];
        }
        if let Some(name) = role.names().into_iter().find(|name| node.has(name)) {
            return self.input(node, name, role, depth);
        }
        let conditionings: Vec<&str> = CONDITIONING_INPUTS.into_iter().filter(|name| node.is_linked(name)).collect();
        let mut parts: Vec<String> =
            conditionings.iter().flat_map(|name| self.input(node, name, role, depth)).collect();
        for group in TEXT_INPUTS {
            if group.iter().any(|name| node.has(name)) {
                let texts: BTreeSet<String> =
                    group.iter().flat_map(|name| self.input(node, name, role, depth)).collect();
                parts.extend(texts);
                if !parts.is_empty() {
                    break;
                }
            }
        }
        if !parts.is_empty() || !conditionings.is_empty() || TEXT_INPUTS.iter().any(|group| node.has(group[0])) {
            return parts;
        }
        if let Some(name) = BUNDLE_INPUTS.into_iter().find(|name| node.is_linked(name)) {
            return self.input(node, name, role, depth);
        }
        // A node of an unknown class may change its input.
        self.sure = false;
        let mut links = node.links().filter(|name| !NON_TEXT_INPUTS.contains(name));
        match (links.next(), links.next()) {
            (Some(only), None) => self.input(node, only, role, depth),
            _ => Vec::new(),
        }
    }

    /// The texts that a node joins into one.
    fn joined(&mut self, node: &'a GraphNode, kind: &str, role: PromptRole, depth: usize) -> Option<String> {
        let joins = ["concat", "join", "combine", "append"].iter().any(|word| kind.contains(word));
        if !joins || node.links().any(|name| name.starts_with("conditioning")) {
            return None;
        }
        let is_text = |name: &&str| {
            let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
            let letter = name.strip_prefix("string_").or_else(|| name.strip_prefix("text_"));
            ["string", "text", "prompt"].contains(&name) || letter.is_some_and(|letter| letter.len() == 1)
        };
        let names: BTreeSet<&str> =
            node.inputs.keys().chain(node.values.keys()).map(String::as_str).filter(is_text).collect();
        if names.len() < 2 {
            return None;
        }
        let delimiter = match ["delimiter", "separator"].iter().find_map(|name| self.graph.source(node, name)) {
            Some(InputSource::Value(Value::String(text))) => text.replace("\\n", "\n"),
            Some(_) => {
                self.sure = false;
                String::new()
            }
            None => String::new(),
        };
        let texts: Vec<String> = names.into_iter().flat_map(|name| self.input(node, name, role, depth)).collect();
        Some(texts.join(&delimiter))
    }

    /// The input that a switch passes on.
    fn branch(&self, node: &'a GraphNode, kind: &str) -> Option<String> {
        if !["switch", "ifelse", "selector"].iter().any(|word| kind.contains(word)) {
            return None;
        }
        let chosen = |names: &[&str]| {
            names.iter().find_map(|name| match self.graph.source(node, name)? {
                InputSource::Value(value) => Some(value),
                InputSource::Node(_) => None,
            })
        };
        if let Some(chosen) = chosen(&["boolean", "switch", "condition", "on"]).and_then(Value::as_bool) {
            let names: &[&str] =
                if chosen { &["on_true", "true", "if_true"] } else { &["on_false", "false", "if_false"] };
            return names.iter().find(|name| node.has(name)).map(|name| (*name).to_owned());
        }
        if let Some(number) = chosen(&["select", "Input", "index", "input"]).and_then(Value::as_u64) {
            let is_it = |name: &&str| {
                let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
                !digits.is_empty() && digits.parse() == Ok(number)
            };
            return node.links().find(is_it).map(str::to_owned);
        }
        // The first linked one.
        node.links().find(|name| name.starts_with("any_")).map(str::to_owned)
    }

    /// The value at an input, through nodes that contain a single value.
    pub(super) fn value(&self, node: &'a GraphNode, name: &str) -> Option<&'a Value> {
        let (mut node, mut name) = (node, name.to_owned());
        for _ in 0..MAX_WALK_DEPTH {
            let next = match self.graph.source(node, &name)? {
                InputSource::Value(value) => return Some(value),
                InputSource::Node(next) => next,
            };
            let kind = next.kind();
            name = match self.branch(next, &kind) {
                Some(branch) => branch,
                None => std::iter::once(name.as_str())
                    .chain(SINGLE_VALUE_INPUTS)
                    .chain(BUNDLE_INPUTS)
                    .find(|name| next.has(name))?
                    .to_owned(),
            };
            node = next;
        }
        None
    }

    /// The first of these values that an input has.
    pub(super) fn first(&self, node: &'a GraphNode, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|name| self.value(node, name)).filter(|value| !value.is_null())
    }

    /// The nearest matching node behind some inputs.
    pub(super) fn nearest(
        &self,
        node: &'a GraphNode,
        names: &[&str],
        wanted: impl Fn(&'a GraphNode) -> bool,
    ) -> Option<&'a GraphNode> {
        let first = names.iter().filter_map(|name| self.graph.node(node, name)).collect();
        let mut found = None;
        self.behind(first, |node| {
            let stop = found.is_some() || wanted(node);
            if stop && found.is_none() {
                found = Some(node);
            }
            !stop
        });
        found
    }

    /// Walks from nodes back along all links, visiting each node once, as long as `go_on` accepts a node.
    pub(super) fn behind(&self, first: Vec<&'a GraphNode>, mut go_on: impl FnMut(&'a GraphNode) -> bool) {
        let mut seen: BTreeSet<&str> = first.iter().map(|node| node.id.as_str()).collect();
        let mut next: VecDeque<&'a GraphNode> = first.into();
        while let Some(node) = next.pop_front() {
            if !go_on(node) {
                continue;
            }
            for name in node.links() {
                if let Some(behind) = self.graph.node(node, name)
                    && seen.insert(&behind.id)
                {
                    next.push_back(behind);
                }
            }
        }
    }
}
