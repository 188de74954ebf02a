//! Every language of the interface: switched at once, and with texts that fit into their places.

use std::fs;

use atelier::{demo::DemoOptions, settings::Language};
use egui::{Key, Modifiers, Rect, Vec2, accesskit::Role, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::test_app::{Machine, Stage};

/// The size of a window in which everything has to fit.
const SMALL_WINDOW: Vec2 = Vec2::new(1280.0, 760.0);
/// Height of the bars at the lower end of the window, in points: the status bar and the row of the Generate button.
const HIDING_BARS: f32 = 120.0;

const LANGUAGES: [Language; 4] =
    [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese, Language::Japanese];

#[test]
fn language_changes_at_once() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.click("Appearance");
    for (choice, words) in
        [("Language: 日本語", "プロバイダー"), ("言語: 简体中文", "服务商"), ("语言: 繁體中文", "供應商")]
    {
        stage.click(choice);
        stage.sees(words);
    }
    // A window that cannot open its library has the chosen language too.
    let setting = machine.home.path().join("config/settings.json");
    stage.until("the choice is saved", |_| {
        fs::read_to_string(&setting).is_ok_and(|text| text.contains("traditional_chinese"))
    });
    machine.launch().sees("另一個 Atelier 正在使用這個圖庫");
}

#[test]
fn buttons_fit_the_window_in_every_language() {
    for language in LANGUAGES {
        let machine = Machine::with(DemoOptions::instant(), |settings, _| settings.language = language);
        let mut stage = machine.open();
        stage.window.set_size(SMALL_WINDOW);
        stage.frames();
        let mut behind = fits(&stage, language, "welcome page", &[]);
        for (modifiers, key, place) in [
            (Modifiers::COMMAND, Key::J, "queue"),
            (Modifiers::COMMAND, Key::Num2, "prompt sheets"),
            (Modifiers::COMMAND, Key::Num1, "gallery"),
        ] {
            stage.press(modifiers, key);
            behind = fits(&stage, language, place, &[]);
        }
        for (modifiers, key, place) in [
            (Modifiers::COMMAND, Key::Comma, "settings"),
            (Modifiers::COMMAND, Key::G, "X/Y grid"),
            (Modifiers::COMMAND | Modifiers::SHIFT, Key::G, "blind comparison"),
        ] {
            stage.press(modifiers, key);
            fits(&stage, language, place, &behind);
            stage.press(Modifiers::NONE, Key::Escape);
            stage.frames();
        }
    }
}

/// Checks that buttons lie within the window and do not overlap, but for those that were there before. Returns them.
fn fits(stage: &Stage, language: Language, place: &str, behind: &[(String, Rect)]) -> Vec<(String, Rect)> {
    let buttons: Vec<(String, Rect)> = stage
        .window
        .query_all(by().role(Role::Button))
        .filter_map(|node| Some((node.accesskit_node().label()?, node.rect())))
        .filter(|button| button.1.is_positive() && !behind.contains(button))
        .collect();
    let window = Rect::from_min_size(pos2(0.0, 0.0), SMALL_WINDOW);
    for (label, rect) in &buttons {
        assert!(
            window.x_range().contains(rect.left()) && rect.right() <= window.right() + 0.5,
            "{language:?}, {place}: “{label}” leaves the window: {rect:?}"
        );
    }
    for (at, (label, rect)) in buttons.iter().enumerate() {
        for (other, beside) in &buttons[at + 1..] {
            let common = rect.intersect(*beside);
            let nested = rect.contains_rect(*beside) || beside.contains_rect(*rect);
            // Widgets of other rows, and those at the lower end of the window, may be scrolled below a bar that hides them.
            let lower_end = SMALL_WINDOW.y - HIDING_BARS;
            let one_row = (rect.center().y - beside.center().y).abs() < 2.0 && rect.center().y < lower_end;
            let overlaps = one_row && common.is_positive() && common.width() > 2.0 && common.height() > 2.0;
            assert!(nested || !overlaps, "{language:?}, {place}: “{label}” and “{other}” overlap");
        }
    }
    buttons
}
