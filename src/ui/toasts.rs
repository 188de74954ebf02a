//! Short messages at the bottom of the window.

use egui::{Align2, Area, Id, Order, Ui, vec2};

use crate::studio::{Event, Notice};

use super::{
    Cx,
    action::{Actions, Verb},
    icons,
    text::Text,
    theme::{self, size},
    widgets::{Button, Kind},
};

/// How long a message stays, in seconds.
const STAYS: f64 = 6.0;
/// How many are shown at once.
const SHOWN: usize = 4;

/// What a message is about.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// Pictures went to the trash.
    Deleted(usize),
    /// Something was copied to the clipboard.
    Copied,
    /// The studio has something to say.
    Notice(Notice),
}

#[derive(Debug)]
struct Toast {
    about: About,
    /// When it goes, by the window's clock; set when it is first drawn.
    until: Option<f64>,
}

/// Messages that are on screen, oldest first.
#[derive(Debug, Default)]
pub struct Toasts(Vec<Toast>);

impl Toasts {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::Deleted(ids) => self.push(About::Deleted(ids.len())),
            Event::Restored(_) => self.0.retain(|toast| !matches!(toast.about, About::Deleted(_))),
            Event::Notice(notice) => self.push(About::Notice(notice.clone())),
            _ => {}
        }
    }

    /// Shows a message.
    pub fn push(&mut self, about: About) {
        // A second deletion's message replaces the first one's: Undo brings back the last.
        self.0.retain(|toast| {
            std::mem::discriminant(&toast.about) != std::mem::discriminant(&about) || matches!(about, About::Notice(_))
        });
        self.0.push(Toast { about, until: None });
        if self.0.len() > SHOWN {
            self.0.remove(0);
        }
    }
}

/// Draws the messages above the status bar.
pub fn show(ui: &Ui, toasts: &mut Toasts, cx: &Cx<'_>, actions: &mut Actions) {
    if toasts.0.is_empty() {
        return;
    }
    let now = ui.input(|input| input.time);
    for toast in &mut toasts.0 {
        toast.until.get_or_insert(now + STAYS);
    }
    toasts.0.retain(|toast| toast.until.is_none_or(|until| now < until));
    if let Some(next) = toasts.0.iter().filter_map(|toast| toast.until).min_by(f64::total_cmp) {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64((next - now).max(0.0)));
    }
    let palette = theme::palette(ui.visuals());
    let mut gone = None;
    Area::new(Id::unique("toasts"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -size::STATUS_BAR - 12.0))
        .show(ui.ctx(), |ui| {
            for (index, toast) in toasts.0.iter().enumerate() {
                egui::Frame::popup(ui.style()).fill(palette.raised).inner_margin(egui::Margin::symmetric(14, 6)).show(
                    ui,
                    |ui| {
                        ui.horizontal(|ui| {
                            ui.label(egui::RichText::new(sentence(&toast.about, cx.text)).color(palette.strong));
                            if matches!(toast.about, About::Deleted(_)) {
                                let undo =
                                    Button::new(cx.text.get("undo")).kind(Kind::Small).name(Verb::Undo.name(cx.text));
                                if ui.add(undo).clicked() {
                                    actions.verb(Verb::Undo);
                                    gone = Some(index);
                                }
                            }
                            if ui.add(Button::icon(icons::REMOVE, cx.text.get("close-message"))).clicked() {
                                gone = Some(index);
                            }
                        });
                    },
                );
            }
        });
    if let Some(index) = gone {
        toasts.0.remove(index);
    }
}

fn sentence(about: &About, text: &Text) -> String {
    match about {
        About::Deleted(count) => text.with("toast-deleted", [("count", (*count).into())]),
        About::Copied => text.get("toast-copied"),
        About::Notice(notice) => match notice {
            Notice::ReferenceRefused { name } => {
                text.with("notice-reference-refused", [("name", name.as_str().into())])
            }
            Notice::CannotReveal => text.get("notice-cannot-reveal"),
            Notice::NoDialog => text.get("notice-no-dialog"),
            Notice::CannotSave { path, reason } => text.with(
                "notice-cannot-save",
                [("path", path.display().to_string().into()), ("reason", reason.as_str().into())],
            ),
            Notice::CannotDelete { reason } => text.with("notice-cannot-delete", [("reason", reason.as_str().into())]),
            Notice::LibraryTrouble { reason } => {
                text.with("notice-library-trouble", [("reason", reason.as_str().into())])
            }
            Notice::Interrupted { count } => text.with("notice-interrupted", [("count", (*count).into())]),
            Notice::Recovered { count } => text.with("notice-recovered", [("count", (*count).into())]),
        },
    }
}
