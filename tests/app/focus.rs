//! Where the keyboard is: in the order of the eye, visible, in dialogs and back, and never on nothing.

use egui::{Key, Modifiers, Rect, accesskit::Role};
use egui_kittest::{
    Node,
    kittest::{NodeT as _, Queryable as _, by},
};

use crate::{instant, test_app::Stage};

impl Stage {
    /// Role, name and place of what has the keyboard.
    fn focused(&self) -> (Role, String, Rect) {
        let focused = |node: &Node<'_>| node.accesskit_node().is_focused();
        let node = self.window.query_all(by()).rfind(focused).expect("the root at least");
        let rect = node.rect();
        let node = node.accesskit_node();
        (node.role(), node.label().or_else(|| node.value()).unwrap_or_default(), rect)
    }

    fn tab(&mut self) -> String {
        self.press(Modifiers::NONE, Key::Tab);
        self.focused().1
    }

    /// What Tab visits from here until it comes to something twice.
    fn tour(&mut self) -> Vec<String> {
        let start = self.focused().1;
        let mut tour = vec![start.clone()];
        for _ in 0..200 {
            let next = self.tab();
            if next == start {
                return tour;
            }
            tour.push(next);
        }
        panic!("Tab does not come back to {start:?}: {tour:?}");
    }

    fn is_focused(&self, role: Role, name: &str) -> bool {
        let (found, label, _) = self.focused();
        found == role && label == name
    }

    /// Clicks with the pointer, as a hand does: press and release in frames of their own.
    fn click_by_hand(&mut self, name: &str) {
        let at = self.window.query_all(by().role(Role::Button).label(name)).last().expect("the button").rect().center();
        self.window.event(egui::Event::PointerMoved(at));
        self.window.step();
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            self.window.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
            self.window.step();
        }
        self.frames();
    }
}

#[test]
fn tab_order_follows_the_visual_order() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate("a red fox");
    stage.pictures(1);
    stage.click_tile("a red fox");
    let tour = stage.tour();
    let place = |name: &str| tour.iter().position(|stop| stop == name).unwrap_or_else(|| panic!("no {name}: {tour:?}"));
    for (first, second) in [
        // The gallery's bar comes before the gallery, from left to right.
        ("Collection", "Thumbnail size"),
        // In the inspector, what stands above and left comes first; to delete comes last.
        ("Edit", "Use as reference"),
        ("Use as reference", "Export…"),
        ("Export…", "Copy image"),
        ("Copy image", "Delete"),
        // The composer comes before the gallery's bar.
        ("Prompt", "Model"),
        ("Model", "Collection"),
    ] {
        let (first_at, second_at) = (place(first), place(second));
        let from = place("Search");
        let after = |at: usize| (at + tour.len() - from) % tour.len();
        assert!(after(first_at) < after(second_at), "{first} comes after {second}: {tour:?}");
    }
    // Backwards it is the same way.
    let here = stage.focused().1;
    let next = stage.tab();
    assert_ne!(next, here);
    stage.press(Modifiers::SHIFT, Key::Tab);
    assert_eq!(stage.focused().1, here);
}

#[test]
fn f6_moves_between_panels_and_back() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate("a red fox");
    stage.pictures(1);
    stage.click_tile("a red fox");
    stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt").focus();
    stage.frames();
    let panels = |stage: &mut Stage, modifiers: Modifiers| -> Vec<f32> {
        (0..5)
            .map(|_| {
                stage.press(modifiers, Key::F6);
                stage.focused().2.left()
            })
            .collect()
    };
    let forward = panels(&mut stage, Modifiers::NONE);
    assert!(stage.is_focused(Role::MultilineTextInput, "Prompt"), "five panels are once around: {forward:?}");
    assert!(forward[0] >= 336.0 && forward[0] < 1144.0, "the gallery comes after the composer: {forward:?}");
    assert!(forward[1] >= 1144.0, "the inspector comes after the gallery: {forward:?}");
    let mut backward = panels(&mut stage, Modifiers::SHIFT);
    backward.rotate_right(1);
    backward.reverse();
    backward.rotate_left(1);
    assert_eq!(forward.len(), backward.len());
    assert!(stage.is_focused(Role::MultilineTextInput, "Prompt"));
}

#[test]
fn dialog_focuses_its_first_field_and_restores_the_focus() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate_one_by_one(&["sea", "forest"]);
    stage.click_tile("forest");
    stage.press(Modifiers::COMMAND, Key::E);
    assert!(stage.is_focused(Role::TextInput, "Folder"), "{:?}", stage.focused());
    // Tab stays in the dialog, and goes through all of it.
    let tour = stage.tour();
    assert!(tour.contains(&"Cancel".to_owned()), "{tour:?}");
    assert!(!tour.contains(&"Prompt".to_owned()), "{tour:?}");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.until("the dialog is gone", |window| window.query_all(by().role(Role::Dialog)).next().is_none());
    // The arrow keys work at once.
    stage.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(stage.tile("sea").accesskit_node().is_selected(), Some(true));
    // A text that was being written has the keyboard again.
    stage.write_prompt("a text");
    stage.press(Modifiers::COMMAND, Key::G);
    stage.press(Modifiers::NONE, Key::Escape);
    stage.frames();
    assert!(stage.is_focused(Role::MultilineTextInput, "Prompt"), "{:?}", stage.focused());
    // Esc leaves the text for the images, never for nothing.
    stage.press(Modifiers::NONE, Key::Escape);
    assert!(stage.is_focused(Role::ListBoxOption, "sea"), "{:?}", stage.focused());
    stage.press(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(stage.tile("forest").accesskit_node().is_selected(), Some(true));
}

#[test]
fn escape_closes_only_the_model_list() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate("a red fox");
    stage.pictures(1);
    let list = |stage: &Stage| stage.window.query_all(by().label("Models")).next().is_some();
    stage.window.get_by_role_and_label(Role::TextInput, "Model").focus();
    stage.frames();
    stage.write(Role::TextInput, "Model", "demo/none");
    assert!(list(&stage), "the list is open");
    stage.press(Modifiers::NONE, Key::Escape);
    assert!(!list(&stage), "Esc closes the list");
    assert!(stage.is_focused(Role::TextInput, "Model"), "the field keeps the keyboard");
    stage.press(Modifiers::NONE, Key::Escape);
    assert!(!stage.is_focused(Role::TextInput, "Model"), "Esc leaves the field");
    assert!(!list(&stage));
}

#[test]
fn grid_menu_opens_after_escape_closed_the_model_list() {
    let machine = instant();
    let mut stage = machine.open();
    stage.write_prompt("a fox");
    stage.press(Modifiers::COMMAND, Key::G);
    stage.click_by_hand("Add a model");
    stage.sees("demo/painter");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.frames();
    assert!(stage.window.query_all(by().role(Role::Dialog)).next().is_some(), "Esc closes only the list");
    stage.click_by_hand("Rows: None");
    stage.sees("Top-p");
}
