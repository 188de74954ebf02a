//! The editor form: nodes in a list, links by number, values without names, and subgraphs.

use std::{collections::BTreeMap, rc::Rc};

use serde_json::{Map, Value};

use super::{
    nodes::{Graph, GraphNode, Input, MAX_NODES},
    widgets,
};

/// The nesting depth of subgraphs at most.
const MAX_SUBGRAPH_DEPTH: usize = 8;

/// The number of inputs and outputs of a subgraph node at most.
const MAX_SUBGRAPH_PORTS: usize = 256;

/// The size of all values at most, counting those of a subgraph once for each use, in bytes.
const MAX_VALUE_BYTES: usize = 16 << 20;

/// The IDs, within a subgraph, of its inputs and of its outputs.
const SUBGRAPH_INPUT_ID: &str = "-10";
const SUBGRAPH_OUTPUT_ID: &str = "-20";

/// The modes of disabled nodes: muted, or bypassed, which passes its inputs on.
const MODE_MUTED: u64 = 2;
const MODE_BYPASSED: u64 = 4;

/// Reads the editor form; `None` if there is no node.
pub(crate) fn workflow(said: &Map<String, Value>) -> Option<Graph> {
    said.get("nodes")?.as_array()?;
    let definitions = said.get("definitions").and_then(|all| all.get("subgraphs")).and_then(Value::as_array);
    let mut build = WorkflowReader {
        definitions: definitions
            .into_iter()
            .flatten()
            .filter_map(|graph| Some((graph.get("id")?.as_str()?, Subgraph::of(graph.as_object()?))))
            .collect(),
        room: MAX_VALUE_BYTES,
        graph: Graph::default(),
        named: BTreeMap::new(),
        wanted: Vec::new(),
    };
    build.add(list(said, "nodes"), &links(said), "", 0);
    Some(build.finish()).filter(|graph| !graph.nodes.is_empty())
}

struct WorkflowReader<'a> {
    /// The subgraphs by the class of their nodes.
    definitions: BTreeMap<&'a str, Rc<Subgraph<'a>>>,
    graph: Graph,
    /// The number of bytes of values that may still follow.
    room: usize,
    /// Named values, and the nodes that get them.
    named: BTreeMap<String, Input>,
    wanted: Vec<(String, String)>,
}

/// A subgraph.
struct Subgraph<'a> {
    nodes: &'a [Value],
    links: BTreeMap<String, Link>,
    /// The names of its inputs.
    inputs: Vec<String>,
    /// The sources of its outputs.
    outputs: Vec<Option<(String, usize)>>,
}

/// A link: its source node and output, and its target node and input.
struct Link {
    from: (String, usize),
    to: (String, usize),
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn index(value: Option<&Value>) -> usize {
    value.and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX)
}

fn list<'a>(value: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The links of a graph by number, in either of their forms.
fn links(said: &Map<String, Value>) -> BTreeMap<String, Link> {
    list(said, "links")
        .iter()
        .map(|link| match link {
            Value::Array(parts) => {
                let part = |at: usize| parts.get(at);
                let (from, to) = ((text(part(1)), index(part(2))), (text(part(3)), index(part(4))));
                (text(part(0)), Link { from, to })
            }
            link => {
                let part = |key: &str| link.get(key);
                let from = (text(part("origin_id")), index(part("origin_slot")));
                (text(part("id")), Link { from, to: (text(part("target_id")), index(part("target_slot"))) })
            }
        })
        .collect()
}

impl<'a> Subgraph<'a> {
    fn of(said: &'a Map<String, Value>) -> Rc<Self> {
        let links = links(said);
        let leaving: BTreeMap<usize, &(String, usize)> =
            links.values().filter(|link| link.to.0 == SUBGRAPH_OUTPUT_ID).map(|link| (link.to.1, &link.from)).collect();
        let outputs = list(said, "outputs").len().min(MAX_SUBGRAPH_PORTS);
        Rc::new(Self {
            nodes: list(said, "nodes"),
            inputs: list(said, "inputs").iter().take(MAX_SUBGRAPH_PORTS).map(|input| text(input.get("name"))).collect(),
            outputs: (0..outputs).map(|output| leaving.get(&output).copied().cloned()).collect(),
            links,
        })
    }
}

impl<'a> WorkflowReader<'a> {
    /// Adds the nodes of a graph, with a prefix before their IDs.
    fn add(&mut self, nodes: &'a [Value], links: &BTreeMap<String, Link>, prefix: &str, depth: usize) {
        for node in nodes.iter().filter_map(Value::as_object) {
            let values = node.get("widgets_values").map_or(0, weight);
            if self.graph.nodes.len() >= MAX_NODES || values > self.room {
                return;
            }
            self.room -= values;
            self.add_node(node, links, prefix, depth);
        }
    }

    fn add_node(&mut self, said: &'a Map<String, Value>, links: &BTreeMap<String, Link>, prefix: &str, depth: usize) {
        let mode = said.get("mode").and_then(Value::as_u64);
        if mode == Some(MODE_MUTED) {
            return;
        }
        let id = format!("{prefix}{}", text(said.get("id")));
        let class = text(said.get("type"));
        let inputs = list(said, "inputs");
        let linked = |input: &Value| {
            let link = links.get(&text(input.get("link")))?;
            Some(Input::Link(format!("{prefix}{}", link.from.0), link.from.1))
        };
        let mut node = GraphNode { id: id.clone(), title: text(said.get("title")), ..GraphNode::default() };
        node.values = widgets::named(&class, inputs, said.get("widgets_values")).into_iter().collect();
        for input in inputs {
            if let Some(link) = linked(input) {
                node.inputs.insert(text(input.get("name")), link);
            }
        }
        if mode == Some(MODE_BYPASSED) {
            node.passes = Some(bypass(said, inputs, linked));
        } else if let Some(inside) = self.definitions.get(class.as_str()).map(Rc::clone) {
            let value = |name: &String| node.values.get(name).cloned().map(Input::Value);
            let given = inside.inputs.iter().map(|name| node.inputs.get(name).cloned().or_else(|| value(name)));
            let given = given.collect();
            node.passes = Some(self.enter(&inside, said, &id, given, depth));
        } else if class == "PrimitiveNode" {
            node.passes = Some(vec![node.values.get("value").cloned().map(Input::Value)]);
        } else if class == "SetNode" || class == "GetNode" {
            let name = text(node.values.get("name"));
            match node.inputs.values().next() {
                Some(input) if class == "SetNode" => {
                    node.passes = Some(vec![Some(input.clone())]);
                    self.named.insert(name, input.clone());
                }
                _ => self.wanted.push((id.clone(), name)),
            }
        }
        node.class = class;
        self.graph.nodes.insert(id, node);
    }

    /// Adds the nodes of a subgraph, and returns the sources of the outputs of its node.
    fn enter(
        &mut self,
        inside: &Subgraph<'a>,
        said: &'a Map<String, Value>,
        id: &str,
        given: Vec<Option<Input>>,
        depth: usize,
    ) -> Vec<Option<Input>> {
        if depth >= MAX_SUBGRAPH_DEPTH {
            return Vec::new();
        }
        let prefix = format!("{id}:");
        let door = format!("{prefix}{SUBGRAPH_INPUT_ID}");
        self.graph.nodes.insert(door.clone(), GraphNode { id: door, passes: Some(given), ..GraphNode::default() });
        self.add(inside.nodes, &inside.links, &prefix, depth + 1);
        self.set_values(said, &prefix);
        let leaving = |from: &Option<(String, usize)>| {
            let (node, output) = from.as_ref()?;
            Some(Input::Link(format!("{prefix}{node}"), *output))
        };
        inside.outputs.iter().map(leaving).collect()
    }

    /// Applies the values that a subgraph node sets for the nodes in it.
    fn set_values(&mut self, said: &Map<String, Value>, prefix: &str) {
        let shown = said.get("properties").and_then(|properties| properties.get("proxyWidgets"));
        let shown = shown.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let values = list(said, "widgets_values");
        if shown.len() != values.len() {
            return;
        }
        for (place, value) in shown.iter().zip(values) {
            let id = format!("{prefix}{}", text(place.get(0)));
            if let Some(node) = self.graph.nodes.get_mut(&id).filter(|_| !value.is_null()) {
                node.values.insert(text(place.get(1)), value.clone());
            }
        }
    }

    fn finish(mut self) -> Graph {
        for (id, name) in self.wanted {
            if let Some(node) = self.graph.nodes.get_mut(&id) {
                node.passes = Some(vec![self.named.get(&name).cloned()]);
            }
        }
        self.graph
    }
}

/// The inputs that the outputs of a bypassed node pass on: the first one of the same type.
fn bypass(said: &Map<String, Value>, inputs: &[Value], linked: impl Fn(&Value) -> Option<Input>) -> Vec<Option<Input>> {
    let inputs = &inputs[..inputs.len().min(MAX_SUBGRAPH_PORTS)];
    let passed = |output: &Value| {
        let same = |input: &&Value| input.get("type") == output.get("type");
        inputs.iter().filter(same).find_map(&linked)
    };
    list(said, "outputs").iter().take(MAX_SUBGRAPH_PORTS).map(passed).collect()
}

/// The approximate size of a value in bytes.
fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 16,
        Value::String(text) => text.len() + 16,
        Value::Array(values) => values.iter().map(weight).sum::<usize>() + 16,
        Value::Object(values) => values.iter().map(|(key, value)| key.len() + weight(value)).sum::<usize>() + 16,
    }
}
