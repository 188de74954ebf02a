//! Import cycles.

use std::collections::BTreeMap;

use petgraph::{algo::tarjan_scc, graph::DiGraph};

use crate::source_tree::Edge;

/// The cycles of a graph: the edges of each cycle, one for each pair of nodes.
///
/// `node` maps an edge to its ends; edges for which it returns `None` do not count.
pub fn circles<'a, N: Ord + Clone>(
    edges: &[Edge<'a>],
    node: impl Fn(&Edge<'a>) -> Option<(N, N)>,
) -> Vec<Vec<Edge<'a>>> {
    let mut graph = DiGraph::<N, ()>::new();
    let mut indices = BTreeMap::new();
    let mut between = BTreeMap::new();
    for edge in edges {
        let Some((from, to)) = node(edge) else { continue };
        let mut index = |node: N| *indices.entry(node.clone()).or_insert_with(|| graph.add_node(node));
        let ends = (index(from), index(to));
        if ends.0 != ends.1 && !between.contains_key(&ends) {
            graph.add_edge(ends.0, ends.1, ());
            between.insert(ends, *edge);
        }
    }
    let circles = tarjan_scc(&graph).into_iter().filter(|members| members.len() > 1);
    circles
        .map(|members| {
            let inside = between.iter().filter(|((from, to), _)| members.contains(from) && members.contains(to));
            inside.map(|(_, edge)| *edge).collect()
        })
        .collect()
}
