//! The keys of the place that a person is in: the shortcuts of its commands, and the keys of its widgets.

use egui::{Align, Layout, RichText, Ui, vec2};

use crate::ui::{
    actions::{
        action::{Action, Actions},
        payload::SettingsSection,
        ui_command::{CommandGroup, UiCommand},
    },
    state::{page::Page, view_context::ViewContext},
    theme::{self, fonts, size},
    widgets::{Button, ButtonKind, dialog::Dialog, key_cap, key_caps, section_label},
};

/// Width of the dialog.
const WIDTH: f32 = 620.0;
/// Height of a row.
const ROW: f32 = 28.0;

/// A place with keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// A page without the viewer over it.
    Page(Page),
    /// The viewer of one image.
    Viewer,
}

/// The keys of a widget that are no commands: what to press, and the key of what it does.
type WidgetKeys = &'static [(&'static [&'static str], &'static str)];

const GALLERY_KEYS: WidgetKeys = &[
    (&["Shift", "← → ↑ ↓"], "keys-extend"),
    (&["Ctrl", "← → ↑ ↓"], "keys-move-focus"),
    (&["Home", "End"], "keys-ends"),
    (&["Page ↑", "Page ↓"], "keys-page"),
    (&["Shift", "0–9 P X U"], "keys-mark-next"),
    (&["Ctrl", "+ −"], "keys-zoom-window"),
];

const VIEWER_KEYS: WidgetKeys = &[(&["+", "−"], "keys-zoom"), (&["F"], "keys-fit"), (&["Z"], "keys-actual-size")];

const SHEET_KEYS: WidgetKeys = &[
    (&["↵"], "keys-edit-cell"),
    (&["Tab"], "keys-next-cell"),
    (&["Space"], "keys-open-row-image"),
    (&["Insert"], "keys-insert-row"),
    (&["Ctrl", "Delete"], "keys-delete-rows"),
    (&["Alt", "↑ ↓"], "keys-move-rows"),
    (&["Ctrl", "Z"], "keys-undo"),
    (&["Ctrl", "Y"], "keys-redo"),
];

const QUEUE_KEYS: WidgetKeys = &[
    (&["↑", "↓"], "keys-move-cursor"),
    (&["Alt", "↑ ↓"], "keys-move-requests"),
    (&["Space"], "keys-hold"),
    (&["↵"], "keys-edit-request"),
    (&["Delete"], "keys-cancel-request"),
    (&["Ctrl", "A"], "keys-select-requests"),
];

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct KeyHelp {
    place: Option<KeyPlace>,
}

impl KeyHelp {
    /// Opens the keys of a place.
    pub fn open(&mut self, place: KeyPlace) {
        self.place = Some(place);
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.place.is_some()
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, help: &mut KeyHelp, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(place) = help.place else { return };
    let text = cx.text;
    let name = match place {
        KeyPlace::Page(page) => page.name(text),
        KeyPlace::Viewer => text.get("keys-viewer"),
    };
    let title = text.with("keys-title", [("place", name.into())]);
    let shown = Dialog::new("key help", &title).width(WIDTH).show(
        ui,
        &mut (),
        |ui, ()| body(ui, place, cx),
        |ui, ()| {
            let done = ui.add(Button::new(text.get("done")).kind(ButtonKind::Primary)).clicked();
            let change = ui.add(Button::new(text.get("keys-change"))).clicked();
            (done, change)
        },
    );
    let (done, change) = shown.footer;
    if change {
        actions.push(Action::OpenSettings(SettingsSection::Shortcuts));
    }
    if done || change || shown.close {
        help.place = None;
    }
}

fn body(ui: &mut Ui, place: KeyPlace, cx: &ViewContext<'_>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let (keys, heading) = match place {
        KeyPlace::Page(Page::Create) => (GALLERY_KEYS, "keys-gallery"),
        KeyPlace::Page(Page::Sheet) => (SHEET_KEYS, "keys-table"),
        KeyPlace::Page(Page::Queue) => (QUEUE_KEYS, "keys-queue"),
        KeyPlace::Viewer => (VIEWER_KEYS, "keys-viewer"),
    };
    section_label(ui, &cx.text.get(heading), |_| {});
    for (caps, words) in keys {
        let caps: Vec<String> = caps.iter().map(|cap| (*cap).to_owned()).collect();
        row(ui, &cx.text.get(words), &[caps]);
    }
    for group in CommandGroup::ALL {
        let here = |command: &UiCommand| command.group() == group && works_in(*command, place);
        let commands = UiCommand::ALL.into_iter().filter(here);
        let listed: Vec<(UiCommand, Vec<Vec<String>>)> = commands
            .map(|command| {
                let keys = command.keys(&cx.known.settings.shortcuts);
                (command, keys.into_iter().map(key_caps).collect::<Vec<_>>())
            })
            .filter(|(_, keys)| !keys.is_empty())
            .collect();
        if listed.is_empty() {
            continue;
        }
        ui.add_space(size::SECTION);
        section_label(ui, &cx.text.get(group.key()), |_| {});
        for (command, keys) in listed {
            row(ui, &command.name(cx.text), &keys);
        }
    }
}

/// Whether the keys of a command work in a place.
fn works_in(command: UiCommand, place: KeyPlace) -> bool {
    match place {
        KeyPlace::Page(Page::Create) => true,
        KeyPlace::Page(Page::Queue) => command.works_on_every_page(),
        KeyPlace::Page(Page::Sheet) => matches!(
            command,
            UiCommand::Generate
                | UiCommand::OpenPalette
                | UiCommand::OpenSettings
                | UiCommand::OpenShortcuts
                | UiCommand::PauseQueue
                | UiCommand::Show(_)
        ),
        KeyPlace::Viewer => {
            matches!(command.group(), CommandGroup::Mark | CommandGroup::Images)
                || matches!(command, UiCommand::Back | UiCommand::MoveLeft | UiCommand::MoveRight)
        }
    }
}

fn row(ui: &mut Ui, words: &str, shortcuts: &[Vec<String>]) {
    let palette = theme::palette(ui.visuals());
    ui.allocate_ui_with_layout(vec2(ui.available_width(), ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(ROW);
        ui.label(RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.strong));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (index, caps) in shortcuts.iter().enumerate().rev() {
                ui.spacing_mut().item_spacing.x = 4.0;
                for cap in caps.iter().rev() {
                    key_cap(ui, cap);
                }
                if index > 0 {
                    ui.add_space(size::GAP_ROW);
                }
            }
        });
    });
}
