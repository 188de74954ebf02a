//! Estimates the cost of drawing an SVG before anything is drawn, because a few lines of SVG can take days to draw.

use std::collections::HashMap;

use resvg::usvg::{
    Group, Node,
    filter::Kind,
    roxmltree::{self, Document},
};

/// The number of elements of a document at most.
const MAX_ELEMENTS: usize = 200_000;
/// The nesting depth of elements at most.
const MAX_NESTING_DEPTH: usize = 256;
/// The number of elements that are drawn at most, counting those again that others refer to.
const MAX_DRAWN_ELEMENTS: u64 = 2_000_000;
/// The number of pixels that are painted at most, including those that are painted over.
const MAX_PAINTED_PIXELS: f64 = (1_u64 << 36) as f64;
/// The size of all layers of a drawing at most, in bytes.
const MAX_LAYER_BYTES: f64 = (1_u64 << 30) as f64;

/// Whether a document is too large, too deep, or refers to its own elements too often.
pub(crate) fn is_excessive(document: &Document<'_>) -> bool {
    let mut count = 0;
    let mut by_id = HashMap::new();
    let mut styled = Vec::new();
    let mut deepest = 0;
    // Elements precede their descendants.
    let mut depths: HashMap<roxmltree::NodeId, usize> = HashMap::new();
    for node in document.root_element().descendants().filter(roxmltree::Node::is_element) {
        count += 1;
        if count > MAX_ELEMENTS {
            return true;
        }
        let depth = node.parent().and_then(|parent| depths.get(&parent.id())).map_or(1, |depth| depth + 1);
        depths.insert(node.id(), depth);
        deepest = deepest.max(depth);
        if let Some(id) = node.attribute("id") {
            by_id.entry(id).or_insert(node);
        }
        if node.tag_name().name() == "style" {
            let text: String = node.descendants().filter_map(|node| node.text()).collect();
            styled.extend(referenced_ids(&text).map(str::to_owned));
        }
    }
    if deepest > MAX_NESTING_DEPTH || styled.len() > 1000 {
        return true;
    }
    let mut drawn = DrawCounter { by_id, known: HashMap::new(), styled: 0 };
    // An element that a style sheet refers to may be drawn for any element.
    let styled = styled.iter().map(|id| drawn.of_id(id)).fold(0, u64::saturating_add);
    drawn = DrawCounter { known: HashMap::new(), styled, ..drawn };
    drawn.of(document.root_element(), 0) > MAX_DRAWN_ELEMENTS || markers(document, &drawn) > MAX_DRAWN_ELEMENTS
}

/// Counts how often elements are drawn.
struct DrawCounter<'a, 'input> {
    by_id: HashMap<&'a str, roxmltree::Node<'a, 'input>>,
    /// `None` while an element is being counted, because a reference to itself is not drawn again.
    known: HashMap<roxmltree::NodeId, Option<u64>>,
    /// The number of elements that style sheets add to each element.
    styled: u64,
}

impl<'a, 'input> DrawCounter<'a, 'input> {
    fn of_id(&mut self, id: &str) -> u64 {
        self.by_id.get(id).copied().map_or(0, |node| self.of(node, 0))
    }

    fn of(&mut self, node: roxmltree::Node<'a, 'input>, depth: usize) -> u64 {
        if let Some(known) = self.known.get(&node.id()) {
            return known.unwrap_or(0);
        }
        // Chains of references may be as deep as elements may be nested.
        if depth > 4 * MAX_NESTING_DEPTH {
            return u64::MAX;
        }
        self.known.insert(node.id(), None);
        let mut sum = 1_u64.saturating_add(self.styled);
        for attribute in node.attributes() {
            let value = attribute.value();
            let link = (attribute.name() == "href").then(|| value.trim().strip_prefix('#')).flatten();
            for id in referenced_ids(value).chain(link) {
                if let Some(node) = self.by_id.get(id).copied() {
                    sum = sum.saturating_add(self.of(node, depth + 1));
                }
            }
        }
        for child in node.children().filter(roxmltree::Node::is_element) {
            sum = sum.saturating_add(self.of(child, depth + 1));
        }
        self.known.insert(node.id(), Some(sum));
        sum
    }
}

/// The IDs in `url(#…)`.
fn referenced_ids(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|rest| {
        let inner = rest.split(')').next()?.trim().trim_matches(['"', '\'']);
        inner.trim().strip_prefix('#')
    })
}

/// The number of elements that are drawn at the corners of paths.
fn markers(document: &Document<'_>, drawn: &DrawCounter<'_, '_>) -> u64 {
    let largest = document
        .descendants()
        .filter(|node| node.tag_name().name() == "marker")
        .filter_map(|node| drawn.known.get(&node.id()).copied().flatten())
        .max();
    let Some(largest) = largest else { return 0 };
    let corners = document.descendants().flat_map(|node| [node.attribute("d"), node.attribute("points")]);
    let corners: u64 = corners.flatten().map(|text| text.len() as u64 / 4).sum();
    corners.saturating_mul(largest)
}

/// Whether drawing would paint too many pixels, or need too much memory for layers.
pub(crate) fn is_too_costly(root: &Group, scale: f32, pixels: f64) -> bool {
    let mut paint = PaintCost { scale: f64::from(scale), pixels, painted: 0.0, layered: 0.0 };
    paint.group(root, pixels * 4.0, 0);
    paint.painted > MAX_PAINTED_PIXELS || paint.layered > MAX_LAYER_BYTES
}

struct PaintCost {
    scale: f64,
    /// The number of pixels of the whole drawing.
    pixels: f64,
    painted: f64,
    layered: f64,
}

impl PaintCost {
    fn group(&mut self, group: &Group, layers: f64, depth: usize) {
        if self.painted > MAX_PAINTED_PIXELS || depth > 4 * MAX_NESTING_DEPTH {
            self.painted = f64::INFINITY;
            return;
        }
        let bounds = group.abs_layer_bounding_box();
        let area = self.area(f64::from(bounds.width()), f64::from(bounds.height()));
        let mut layers = layers;
        if group.should_isolate() {
            layers += area * 4.0;
            self.painted += area * 2.0;
        }
        for filter in group.filters() {
            let count = filter.primitives().len() as f64;
            // Each filter step keeps its result for later ones.
            self.layered = self.layered.max(layers + area * 4.0 * (count + 2.0));
            self.painted += area * 8.0 * count;
            for primitive in filter.primitives() {
                let each = match primitive.kind() {
                    Kind::Morphology(kind) => {
                        let (across, down) = group.abs_transform().get_scale();
                        let side = |radius: f32, own: f32| f64::from(radius * own) * self.scale * 2.0 + 1.0;
                        side(kind.radius_x().get(), across) * side(kind.radius_y().get(), down)
                    }
                    Kind::ConvolveMatrix(kind) => f64::from(kind.matrix().columns()) * f64::from(kind.matrix().rows()),
                    Kind::Turbulence(kind) => f64::from(kind.num_octaves()) * 16.0,
                    _ => 1.0,
                };
                self.painted += area * each;
            }
        }
        self.layered = self.layered.max(layers);
        if let Some(clip) = group.clip_path() {
            self.group(clip.root(), layers + self.pixels, depth + 1);
        }
        if let Some(mask) = group.mask() {
            self.group(mask.root(), layers + self.pixels * 4.0, depth + 1);
        }
        for node in group.children() {
            let bounds = node.abs_stroke_bounding_box();
            self.painted += 64.0 + self.area(f64::from(bounds.width()), f64::from(bounds.height()));
            if let Node::Group(group) = node {
                self.group(group, layers, depth + 1);
            }
            node.subroots(|root| {
                if !matches!(node, Node::Group(_)) {
                    self.group(root, layers, depth + 1);
                }
            });
        }
    }

    /// The area of the drawing that something of this size covers at most.
    fn area(&self, width: f64, height: f64) -> f64 {
        (width * height * self.scale * self.scale).min(self.pixels)
    }
}
