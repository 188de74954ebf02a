//! Nodes and the sources of their inputs.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The number of nodes of a graph at most, counting those of a subgraph once for each use.
pub(super) const MAX_NODES: usize = 5000;

/// The number of consecutive pass-through nodes that are followed at most.
const MAX_PASS_THROUGH_NODES: usize = 64;

/// The value or link of an input.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A literal value.
    Value(Value),
    /// An output of another node: the node's ID and the output's index.
    Link(String, usize),
}

/// The source of an input's value, behind all pass-through nodes.
#[derive(Clone, Copy, Debug)]
pub(super) enum InputSource<'a> {
    Value(&'a Value),
    Node(&'a GraphNode),
}

/// A node.
#[derive(Clone, Debug, Default)]
pub(super) struct GraphNode {
    /// Its own id.
    pub(super) id: String,
    /// Its class.
    pub(super) class: String,
    /// Its title.
    pub(super) title: String,
    /// Its inputs by name.
    pub(super) inputs: BTreeMap<String, Input>,
    /// Fallback values of linked inputs, in case the link is dangling.
    pub(super) values: BTreeMap<String, Value>,
    /// For a pass-through node, the input that each output passes on.
    pub(super) passes: Option<Vec<Option<Input>>>,
}

/// A graph of nodes by ID.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(super) nodes: BTreeMap<String, GraphNode>,
}

/// Reads the API form, which is sent to the server: nodes by ID, each with its class and inputs. `None` if there is no
/// node.
pub(crate) fn api(said: &Map<String, Value>) -> Option<Graph> {
    let mut graph = Graph::default();
    for (id, node) in said.iter().take(MAX_NODES) {
        let Some(class) = node.get("class_type").and_then(Value::as_str) else { continue };
        let inputs = node.get("inputs").and_then(Value::as_object).into_iter().flatten();
        let title = node.get("_meta").and_then(|about| about.get("title")).and_then(Value::as_str);
        graph.nodes.insert(
            id.clone(),
            GraphNode {
                id: id.clone(),
                class: class.to_owned(),
                title: title.unwrap_or_default().to_owned(),
                inputs: inputs.map(|(name, value)| (name.clone(), input(value, said))).collect(),
                ..GraphNode::default()
            },
        );
    }
    (!graph.nodes.is_empty()).then_some(graph)
}

fn input(value: &Value, said: &Map<String, Value>) -> Input {
    if let Some([id, output]) = value.as_array().map(Vec::as_slice)
        && let Some(output) = output.as_u64()
    {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        if said.contains_key(&id) {
            return Input::Link(id, usize::try_from(output).unwrap_or(usize::MAX));
        }
    }
    // Newer versions wrap lists, so that they are not taken for links.
    let wrapped = value.as_object().and_then(|object| object.get("__value__"));
    Input::Value(wrapped.unwrap_or(value).clone())
}

impl GraphNode {
    /// The class in lower case, for comparisons.
    pub(super) fn kind(&self) -> String {
        self.class.to_ascii_lowercase()
    }

    /// The names of the linked inputs.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().filter(|(_, input)| matches!(input, Input::Link(..))).map(|(name, _)| name.as_str())
    }

    pub(super) fn is_linked(&self, name: &str) -> bool {
        matches!(self.inputs.get(name), Some(Input::Link(..)))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.inputs.contains_key(name) || self.values.contains_key(name)
    }
}

impl Graph {
    /// The source of the value of a node's input.
    pub(super) fn source<'a>(&'a self, node: &'a GraphNode, name: &str) -> Option<InputSource<'a>> {
        let linked = node.inputs.get(name).and_then(|input| self.origin(input));
        linked.or_else(|| node.values.get(name).map(InputSource::Value))
    }

    /// The node that an input is linked to.
    pub(super) fn node<'a>(&'a self, node: &'a GraphNode, name: &str) -> Option<&'a GraphNode> {
        match self.source(node, name)? {
            InputSource::Node(node) => Some(node),
            InputSource::Value(_) => None,
        }
    }

    fn origin<'a>(&'a self, mut input: &'a Input) -> Option<InputSource<'a>> {
        for _ in 0..MAX_PASS_THROUGH_NODES {
            let (id, output) = match input {
                Input::Value(value) => return Some(InputSource::Value(value)),
                Input::Link(id, output) => (id, *output),
            };
            let node = self.nodes.get(id)?;
            if let Some(passes) = &node.passes {
                input = passes.get(output)?.as_ref()?;
                continue;
            }
            let mut links = node.inputs.values().filter(|input| matches!(input, Input::Link(..)));
            match (links.next(), links.next()) {
                (Some(only), None) if node.class.contains("Reroute") => input = only,
                _ => return Some(InputSource::Node(node)),
            }
        }
        None
    }
}
