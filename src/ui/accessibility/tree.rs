//! The tree that screen readers see: egui's own, without what only eyes can use, and with live announcements.

use egui::{
    Context, FullOutput, Plugin,
    accesskit::{Live, Node, NodeId, Role, TreeUpdate},
};

/// Completes the accessibility tree of each frame.
#[derive(Debug)]
pub struct AccessibilityTree {
    /// The name of the window.
    name: String,
    polite: Announcement,
    assertive: Announcement,
}

/// The words of a live region in the next frame. They are gone from the one after it, so that nothing is found twice
/// and the same words can be announced again.
#[derive(Debug)]
struct Announcement {
    id: &'static str,
    live: Live,
    words: Vec<String>,
}

/// How soon an announcement is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// After what is being spoken.
    Polite,
    /// At once.
    Assertive,
}

/// Has words spoken by a screen reader. Several in one frame are spoken one after the other.
pub fn announce(ctx: &Context, words: &[String], urgency: Urgency) {
    if words.is_empty() {
        return;
    }
    ctx.with_plugin(|tree: &mut AccessibilityTree| {
        let region = match urgency {
            Urgency::Polite => &mut tree.polite,
            Urgency::Assertive => &mut tree.assertive,
        };
        region.words.extend_from_slice(words);
    });
    ctx.request_repaint();
}

impl AccessibilityTree {
    /// Creates the plugin for a window of this name.
    pub fn new(name: String) -> Self {
        let region = |id, live| Announcement { id, live, words: Vec::new() };
        Self { name, polite: region("polite", Live::Polite), assertive: region("assertive", Live::Assertive) }
    }

    fn complete(&mut self, update: &mut TreeUpdate) {
        let root = update.tree.as_ref().map(|tree| tree.root);
        for (id, node) in &mut update.nodes {
            // The window is named first: without a name it would lose its role, and with it its place in the tree.
            if Some(*id) == root {
                node.set_label(self.name.as_str());
                for region in [&self.polite, &self.assertive] {
                    node.push_child(region.node_id());
                }
            }
            clean(node);
        }
        update.nodes.extend([&mut self.polite, &mut self.assertive].map(|region| (region.node_id(), region.take())));
    }
}

impl Plugin for AccessibilityTree {
    fn debug_name(&self) -> &'static str {
        "accessibility tree"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        if let Some(update) = &mut output.platform_output.accesskit_update {
            if !self.polite.words.is_empty() || !self.assertive.words.is_empty() {
                ctx.request_repaint();
            }
            self.complete(update);
        }
    }
}

impl Announcement {
    fn node_id(&self) -> NodeId {
        egui::Id::unique(("announcement", self.id)).accesskit_id()
    }

    /// The node with the words, which are gone afterwards.
    fn take(&mut self) -> Node {
        let mut node = Node::new(Role::Status);
        node.set_live(self.live);
        if !self.words.is_empty() {
            node.set_label(std::mem::take(&mut self.words).join("\n"));
        }
        node
    }
}

/// Takes out what has no meaning when it is spoken.
fn clean(node: &mut Node) {
    // What a person types is left as it is.
    if matches!(node.role(), Role::TextInput | Role::MultilineTextInput | Role::PasswordInput | Role::TextRun) {
        return;
    }
    let spoken = |words: &str| words.replace(is_icon, "").trim().to_owned();
    if let Some(label) = node.label().filter(|label| label.contains(is_icon)).map(spoken) {
        node.set_label(label);
    }
    if let Some(value) = node.value().filter(|value| value.contains(is_icon)).map(spoken) {
        node.set_value(value);
    }
    let unnamed = |node: &Node| {
        node.label().is_none_or(str::is_empty)
            && node.value().is_none_or(str::is_empty)
            && node.labelled_by().is_empty()
    };
    match node.role() {
        // An icon without words is decoration, and everything that can be scrolled is reached by the focus.
        Role::Label | Role::ScrollBar if unnamed(node) => node.set_hidden(),
        // The frame around a dialog that has a name itself.
        Role::Dialog | Role::Window | Role::AlertDialog if unnamed(node) => node.set_role(Role::GenericContainer),
        _ => {}
    }
}

/// Whether a character is one of the icons, whose code points have no meaning elsewhere.
fn is_icon(character: char) -> bool {
    ('\u{e000}'..='\u{f8ff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use egui::{RawInput, RichText};

    use super::*;

    /// The nodes of a frame.
    fn nodes(ctx: &Context, draw: impl FnMut(&mut egui::Ui)) -> Vec<Node> {
        let mut output = ctx.run_ui(RawInput::default(), draw);
        output.textures_delta.clear();
        let update = output.platform_output.accesskit_update.expect("a tree");
        update.nodes.into_iter().map(|(_, node)| node).collect()
    }

    fn window() -> Context {
        let ctx = Context::default();
        ctx.enable_accesskit();
        ctx.add_plugin(AccessibilityTree::new("Atelier".to_owned()));
        ctx
    }

    #[test]
    fn icons_are_not_announced() {
        let ctx = window();
        let nodes = nodes(&ctx, |ui| {
            ui.label(RichText::new("\u{e30c}"));
            ui.label("\u{e30c} Search");
        });
        let labels: Vec<_> = nodes.iter().filter(|node| node.role() == Role::Label).collect();
        let spoken = |node: &&&Node| !node.is_hidden();
        let words = |node: &&Node| node.label().or_else(|| node.value()).unwrap_or_default().to_owned();
        assert_eq!(labels.iter().filter(spoken).map(words).collect::<Vec<_>>(), ["Search"]);
    }

    #[test]
    fn the_window_keeps_its_role() {
        let ctx = window();
        let nodes = nodes(&ctx, |_| {});
        let named = nodes.iter().find(|node| node.label() == Some("Atelier")).expect("the window");
        assert_eq!(named.role(), Role::Window, "a screen reader loses a window of another role");
    }

    #[test]
    fn repeated_announcements_are_spoken_again() {
        let ctx = window();
        let said = |nodes: Vec<Node>| {
            let region = nodes.into_iter().find(|node| node.live() == Some(Live::Assertive)).expect("a live region");
            region.label().map(str::to_owned)
        };
        announce(&ctx, &["It failed".to_owned()], Urgency::Assertive);
        assert_eq!(said(nodes(&ctx, |_| {})).as_deref(), Some("It failed"));
        assert_eq!(said(nodes(&ctx, |_| {})), None);
        announce(&ctx, &["It failed".to_owned()], Urgency::Assertive);
        assert_eq!(said(nodes(&ctx, |_| {})).as_deref(), Some("It failed"));
    }
}
