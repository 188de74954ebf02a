//! The dialog that asks again for several pictures: an instruction for each of them, their own recipes with something
//! changed, or one instruction with all of them as references.

mod count;
mod pictures;
mod plan;
mod settings;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use egui::{Id, Label, RichText, Ui};

use crate::{
    prompt::Sources,
    recipe::{ImageId, ProfileId, Recipe},
    studio::{Command, Details, Event},
};

use super::{
    Cx,
    action::{Action, Actions},
    known::Known,
    theme::{self, fonts, size},
    widgets::{
        Button, Kind,
        dialog::{Dialog, note},
        prompt_field::PromptField,
        section_label,
    },
};
use count::{Count, Hindrance};
use plan::{Mode, OWN, Plan};

/// Width of the dialog.
const WIDTH: f32 = 880.0;
/// Width of the question before a large set.
const QUESTION: f32 = 460.0;
/// Pictures that the studio is asked about at once.
const AT_ONCE: usize = 64;

/// What the dialog remembers.
#[derive(Debug, Default)]
pub struct BatchDialog {
    images: Vec<ImageId>,
    plan: Plan,
    /// Everything about each picture, kept here because there may be more of them than [`Known`] keeps.
    details: HashMap<ImageId, Arc<Details>>,
    /// Pictures that the studio was asked about and has not told of yet.
    asked: HashSet<ImageId>,
    focus_wanted: bool,
    /// What it comes to, for what it was counted for.
    counted: Option<(Counted, Count)>,
    /// A large set is asked about.
    asking: bool,
}

/// What the count depends on.
#[derive(Debug, PartialEq)]
struct Counted {
    plan: Plan,
    images: usize,
    read: usize,
    sources: *const Sources,
}

impl BatchDialog {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, _known: &Known) {
        match event {
            Event::Details(details) if self.asked.remove(&details.id) => {
                self.details.insert(details.id, Arc::new(details.as_ref().clone()));
            }
            Event::Deleted(ids) if self.is_open() => self.images.retain(|id| !ids.contains(id)),
            // What models cost and take, and which keys there are, may have become known.
            Event::Models(..) | Event::Settings(_) | Event::Key(..) | Event::Learned(..) | Event::Stored(_) => {
                self.counted = None;
            }
            Event::Stopped => self.close(),
            _ => {}
        }
    }

    /// Whether it is on screen.
    pub fn is_open(&self) -> bool {
        !self.images.is_empty()
    }

    /// Opens it for pictures; model and parameters start as the composer has them. `count_up` says whether its seed
    /// counts up.
    pub fn open(&mut self, images: Vec<ImageId>, composer: &Recipe, count_up: bool) {
        let mut plan = Plan::new(composer, count_up);
        // What was written before is most often what is meant again.
        plan.each.prompt = std::mem::take(&mut self.plan.each.prompt);
        plan.together.prompt = std::mem::take(&mut self.plan.together.prompt);
        *self = Self { images, plan, focus_wanted: true, ..Self::default() };
    }

    fn close(&mut self) {
        self.images.clear();
        self.details.clear();
        self.asked.clear();
        self.counted = None;
        self.asking = false;
    }

    /// Asks about the pictures that are not known yet, some at a time.
    fn read(&mut self, cx: &Cx<'_>, actions: &mut Actions) {
        if self.details.len() == self.images.len() {
            return;
        }
        for id in &self.images {
            if self.details.contains_key(id) {
                continue;
            }
            if let Some(details) = cx.known.details(*id) {
                self.details.insert(*id, Arc::clone(details));
            } else if self.asked.len() < AT_ONCE && self.asked.insert(*id) {
                actions.send(Command::Describe(*id));
            }
        }
    }

    /// The pictures of which everything is known, in order.
    fn pictures(&self) -> Vec<&Details> {
        self.images.iter().filter_map(|id| self.details.get(id)).map(Arc::as_ref).collect()
    }

    /// How many pictures are still to be read.
    fn unread(&self) -> usize {
        self.images.iter().filter(|id| !self.details.contains_key(id)).count()
    }

    /// What it comes to, counted anew when something has changed.
    fn count(&mut self, cx: &Cx<'_>) -> Count {
        let now = Counted {
            plan: self.plan.clone(),
            images: self.images.len(),
            read: self.details.len(),
            sources: Arc::as_ptr(&cx.known.sources),
        };
        match &self.counted {
            Some((counted, count)) if *counted == now => count.clone(),
            _ => {
                let count = Count::of(&self.plan, &self.pictures(), cx);
                self.counted = Some((now, count.clone()));
                count
            }
        }
    }
}

/// Draws the dialog over everything. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut BatchDialog, cx: &Cx<'_>, actions: &mut Actions) {
    dialog.read(cx, actions);
    let count = dialog.count(cx);
    let requests = usize::try_from(count.requests).unwrap_or(usize::MAX);
    let title = if dialog.asking {
        cx.text.with("question-title", [("count", requests.into())])
    } else {
        cx.text.with("batch-title", [("count", dialog.images.len().into())])
    };
    // Each keeps a size of its own.
    let frame = if dialog.asking {
        Dialog::new("batch question", &title).width(QUESTION)
    } else {
        Dialog::new("batch", &title).width(WIDTH)
    };
    let shown = frame.show(
        ui,
        dialog,
        |ui, dialog| {
            if dialog.asking {
                question(ui, &count, cx);
                false
            } else {
                body(ui, dialog, &count, cx)
            }
        },
        |ui, dialog| footer(ui, dialog, &count, requests, cx),
    );
    let (start, cancel) = shown.footer;
    if shown.body {
        actions.push(Action::SheetOf(dialog.images.clone()));
        dialog.close();
    } else if start && count.is_asked_about() && !dialog.asking {
        dialog.asking = true;
    } else if start {
        let there = |profile: &ProfileId| cx.known.profile(profile).is_some();
        actions.send(Command::Generate(dialog.plan.recipes(&dialog.pictures(), &cx.known.sources, &there)));
        dialog.close();
    } else if (cancel || shown.close) && dialog.asking {
        dialog.asking = false;
    } else if cancel || shown.close {
        dialog.close();
    }
}

/// Nobody pays for a large set by accident.
fn question(ui: &mut Ui, count: &Count, cx: &Cx<'_>) {
    let palette = theme::palette(ui.visuals());
    for words in [count.words(cx)].into_iter().chain(count.remarks(cx)) {
        ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.text)).wrap());
    }
}

/// Returns whether the pictures are to be the rows of a sheet instead.
fn body(ui: &mut Ui, dialog: &mut BatchDialog, count: &Count, cx: &Cx<'_>) -> bool {
    let mut as_sheet = false;
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let mode = dialog.plan.mode;
    let together = mode == Mode::Together;
    let name = text.get(if together { "batch-prompt-together" } else { "batch-prompt" });
    section_label(ui, &name, |ui| {
        let key = if together { "batch-prompt-note-together" } else { "batch-prompt-note" };
        let note = RichText::new(text.with(key, [("field", OWN.into())])).font(fonts::regular(size::TEXT_SMALL));
        ui.label(note.color(palette.faint)).on_hover_text(text.get("batch-fields-tip"));
    });
    let hint = text.get(if together { "batch-prompt-hint-together" } else { "batch-prompt-hint" });
    let field = PromptField::new(Id::unique(("batch prompt", mode.keys())), &name);
    let field = field.hint(hint).rows(2).template(&cx.known.sources);
    let response = field.show(ui, &mut dialog.plan.set_mut().prompt);
    if std::mem::take(&mut dialog.focus_wanted) {
        response.request_focus();
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        for mode in Mode::ALL {
            let [name, tip] = mode.keys();
            let chip = Button::new(text.get(name)).kind(Kind::Chip).selected(dialog.plan.mode == mode);
            if ui.add(chip).on_hover_text(text.get(tip)).clicked() {
                dialog.plan.mode = mode;
            }
        }
        let chip = Button::new(text.get("batch-sheet")).kind(Kind::Chip);
        as_sheet = ui.add(chip).on_hover_text(text.get("batch-sheet-tip")).clicked();
    });
    ui.add_space(4.0);
    pictures::show(ui, dialog, count, cx);
    ui.add_space(4.0);
    settings::show(ui, dialog, count, cx);
    for remark in count.remarks(cx) {
        let words = RichText::new(remark).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(Label::new(words).wrap());
    }
    as_sheet
}

/// Returns whether to start, and whether to close.
fn footer(ui: &mut Ui, dialog: &BatchDialog, count: &Count, requests: usize, cx: &Cx<'_>) -> (bool, bool) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let unread = dialog.unread();
    let enabled = unread == 0 && count.hindrance.is_none();
    let key = if dialog.asking { "question-send" } else { "batch-start" };
    let start = Button::new(text.with(key, [("count", requests.into())])).kind(Kind::Primary).enabled(enabled);
    let cancel = Button::new(text.get("cancel"));
    let (start, cancel) = if dialog.asking {
        // Whoever presses twice on “Queue” must not have sent it with that.
        let cancel = ui.add(cancel).clicked();
        (ui.add(start).clicked(), cancel)
    } else {
        let start = ui.add(start).clicked();
        (start, ui.add(cancel).clicked())
    };
    if !dialog.asking {
        note(ui, |ui| {
            let words = if unread > 0 {
                text.with("batch-reading", [("count", unread.into())])
            } else {
                match &count.hindrance {
                    // A prompt that is empty speaks for itself.
                    None | Some(Hindrance::Prompt) => count.words(cx),
                    Some(hindrance) => hindrance.words(cx),
                }
            };
            ui.add(Label::new(RichText::new(words).color(palette.text)).truncate());
        });
    }
    (start, cancel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plan::tests::details;

    #[test]
    fn what_was_written_stays_for_the_next_time_and_nothing_else() {
        let mut dialog = BatchDialog::default();
        let picture = details(1, "a fox");
        dialog.open(vec![picture.id], &Recipe::default(), false);
        assert!(dialog.is_open());
        dialog.plan.each.prompt = "in snow".to_owned();
        dialog.plan.again.prompt = "other".to_owned();
        dialog.plan.mode = Mode::Again;
        dialog.close();
        assert!(!dialog.is_open());
        dialog.open(vec![picture.id], &Recipe { model: "new".to_owned(), ..Recipe::default() }, false);
        assert_eq!((dialog.plan.mode, dialog.plan.each.prompt.as_str()), (Mode::Each, "in snow"));
        assert_eq!((dialog.plan.again.prompt.as_str(), dialog.plan.model.as_str()), (OWN, "new"));
    }

    #[test]
    fn a_picture_that_is_deleted_meanwhile_is_not_asked_for() {
        let mut dialog = BatchDialog::default();
        let ids = [details(1, "").id, details(2, "").id];
        dialog.open(ids.to_vec(), &Recipe::default(), false);
        dialog.fold(&Event::Deleted(vec![ids[0]]), &Known::default());
        assert_eq!((dialog.images.clone(), dialog.unread()), (vec![ids[1]], 1));
    }
}
