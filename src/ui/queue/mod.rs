//! The queue's page: what is being made, what waits and why, what failed and what it cost, and everything that can be
//! done about it.

mod banner;
mod editing;
mod heading;
mod keys;
mod later;
mod lines;
mod list;
mod question;
mod row;
mod words;

pub use words::price;

use std::collections::BTreeSet;

use egui::{Align, Frame, Layout, Margin, RichText, Ui, vec2};

use crate::{
    recipe::RequestId,
    studio::{Command, Event, Spot},
};

use super::{
    Cx,
    action::{Action, Actions},
    gallery::Gallery,
    icons,
    known::Known,
    page::Page,
    theme::{self, fonts, size},
    widgets::{Button, Kind},
};

use editing::Editing;
use later::LaterDialog;
use lines::{Arrangement, Key, Line, Lines};

/// What is asked about before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Stop everything that waits.
    CancelWaiting,
    /// Stop these, which wait.
    Cancel(Vec<RequestId>),
    /// Ask these again, so many of which may have been charged already.
    Retry {
        /// Which.
        requests: Vec<RequestId>,
        /// How many may have been charged.
        maybe: usize,
    },
}

/// What the page remembers.
#[derive(Debug, Default)]
pub struct QueuePage {
    lines: Lines,
    /// What the lines were made from: the requests' and the queue's revision.
    made: Option<(u64, u64)>,
    arrangement: Arrangement,
    selected: BTreeSet<RequestId>,
    /// The line that the keyboard is on.
    cursor: Option<On>,
    /// Where a range began.
    anchor: Option<RequestId>,
    /// Bring the cursor's line into sight with the next frame.
    reveal: bool,
    /// Requests that are being carried to another place.
    carried: Vec<RequestId>,
    question: Option<Question>,
    later: Option<LaterDialog>,
    editing: Option<Editing>,
}

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Heading(Key),
    Job(RequestId),
}

impl QueuePage {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::JobGone(id) => {
                self.selected.remove(id);
                if self.editing.as_ref().is_some_and(|editing| editing.request == *id) {
                    self.editing = None;
                }
            }
            Event::Stopped => (self.question, self.later, self.editing) = (None, None, None),
            _ => {}
        }
    }

    /// Whether a dialog of the page is open.
    pub fn dialog_open(&self) -> bool {
        self.question.is_some() || self.later.is_some() || self.editing.is_some()
    }

    /// Makes the lines anew if something has changed.
    fn follow(&mut self, known: &Known) {
        let now = (known.jobs.revision(), known.queue_revision);
        if self.made != Some(now) {
            self.remake(known);
        }
    }

    fn remake(&mut self, known: &Known) {
        self.made = Some((known.jobs.revision(), known.queue_revision));
        self.lines = Lines::make(&known.jobs, &known.queue, &mut self.arrangement);
    }

    /// The requests that something done to this one is done to: all that are selected, if it is one of them.
    fn targets(&self, id: RequestId) -> Vec<RequestId> {
        if self.selected.contains(&id) { self.several().unwrap_or_else(|| vec![id]) } else { vec![id] }
    }

    /// The requests that are selected, from top to bottom, if there is more than one.
    fn several(&self) -> Option<Vec<RequestId>> {
        (self.selected.len() > 1).then(|| self.lines.shown().filter(|id| self.selected.contains(id)).collect())
    }

    /// Puts requests before all others.
    fn put_first(&mut self, requests: Vec<RequestId>, cx: &Cx<'_>, actions: &mut Actions) {
        let alone = |id: &RequestId| cx.known.jobs.get(*id).map(Lines::key).filter(|key| self.stands_alone(*key));
        let keys: Vec<Key> = requests.iter().rev().filter_map(alone).collect();
        self.arrangement.put_first(keys);
        actions.send(Command::Move { requests, to: Spot::First });
        self.made = None;
    }

    /// Puts requests beside another one that waits.
    fn put_beside(&mut self, requests: Vec<RequestId>, to: Spot, cx: &Cx<'_>, actions: &mut Actions) {
        let (Spot::Before(other) | Spot::After(other)) = to else { return };
        let key = |id: RequestId| cx.known.jobs.get(id).map(Lines::key);
        if let Some(there) = key(other) {
            for id in &requests {
                if let Some(here) = key(*id).filter(|here| *here != there && self.stands_alone(*here)) {
                    self.arrangement.put_beside(here, there, matches!(to, Spot::After(_)));
                }
            }
        }
        actions.send(Command::Move { requests, to });
        self.made = None;
    }

    /// Whether a group is one request without a heading.
    fn stands_alone(&self, key: Key) -> bool {
        !(0..self.lines.len())
            .any(|index| matches!(self.lines.get(index), Some(Line::Heading(group)) if group.key == key))
    }
}

/// Draws the page.
pub fn show(ui: &mut Ui, page: &mut QueuePage, gallery: &mut Gallery, cx: &Cx<'_>, actions: &mut Actions) {
    page.follow(cx.known);
    let edge = size::EDGE as i8;
    Frame::new().inner_margin(Margin { left: edge, right: edge, top: 8, bottom: 0 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP, size::GAP);
        header(ui, page, cx, actions);
        banner::show(ui, cx, actions);
        if page.lines.is_empty() {
            nothing(ui, cx, actions);
        } else {
            list::show(ui, page, gallery, cx, actions);
        }
    });
    if banner::counts_down(cx) {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    }
}

/// Draws the dialogs of the page over everything.
pub fn dialogs(ui: &Ui, page: &mut QueuePage, cx: &Cx<'_>, actions: &mut Actions) {
    question::show(ui, &mut page.question, cx, actions);
    if page.later.as_mut().is_some_and(|dialog| later::show(ui, dialog, cx, actions)) {
        page.later = None;
    }
    if page.editing.as_mut().is_some_and(|dialog| editing::show(ui, dialog, cx, actions)) {
        page.editing = None;
    }
}

/// What there is in all, and what can be done to all of it.
fn header(ui: &mut Ui, page: &mut QueuePage, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let (text, queue, jobs) = (cx.text, &cx.known.queue, &cx.known.jobs);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::BUTTON), Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let button = |ui: &mut Ui, icon, words: String, enabled| {
            ui.add(Button::new(words).with_icon(icon).kind(Kind::Chip).enabled(enabled)).clicked()
        };
        if button(ui, icons::REMOVE, text.get("queue-cancel-waiting"), jobs.waiting() > 0) {
            page.question = Some(Question::CancelWaiting);
        }
        if button(ui, icons::CHECK, text.get("queue-clear-ended"), jobs.ended().next().is_some()) {
            for id in jobs.ended() {
                actions.send(Command::Dismiss(id));
            }
        }
        let safe = jobs.safe_to_retry();
        if safe > 0 {
            let words = text.with("queue-retry-safe", [("count", safe.into())]);
            if button(ui, icons::RETRY, words, true) {
                actions.send(Command::RetrySafe);
            }
        }
        let (icon, key) =
            if queue.paused { (icons::PLAY, "queue-resume-all") } else { (icons::PAUSE, "queue-pause-all") };
        if button(ui, icon, text.get(key), true) {
            actions.send(Command::PauseQueue(!queue.paused));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            let title = RichText::new(text.get("tab-queue")).font(fonts::semibold(size::TEXT_HEADING));
            ui.label(title.color(palette.strong));
            let facts = RichText::new(facts(cx)).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
            ui.add(egui::Label::new(facts).truncate());
        });
    });
}

/// How many requests are how far.
fn facts(cx: &Cx<'_>) -> String {
    let (text, queue, jobs) = (cx.text, &cx.known.queue, &cx.known.jobs);
    let mut facts = Vec::new();
    for (count, key) in [
        (jobs.running(), "queue-running"),
        (jobs.waiting().saturating_sub(queue.held + queue.later), "queue-waiting"),
        (queue.later, "queue-put-off"),
        (queue.held, "queue-held-back"),
        (queue.failed, "queue-failed"),
    ] {
        if count > 0 {
            facts.push(text.with(key, [("count", count.into())]));
        }
    }
    if let Some(left) = queue.left.filter(|_| jobs.running() > 0) {
        facts.push(text.with("status-left", [("time", text.left(left).into())]));
    }
    text.join_facts(&facts)
}

/// What is said while there is nothing.
fn nothing(ui: &mut Ui, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let room = ui.available_size();
    ui.allocate_ui_with_layout(room, Layout::top_down(Align::Center), |ui| {
        ui.add_space((room.y * 0.3).max(0.0));
        ui.label(RichText::new(icons::QUEUE).font(fonts::icons(32.0)).color(palette.faint));
        ui.add_space(size::GAP);
        let title = RichText::new(cx.text.get("queue-nothing")).font(fonts::semibold(size::TEXT_HEADING));
        ui.label(title.color(palette.strong));
        ui.scope(|ui| {
            ui.set_max_width(size::WELCOME);
            let words = RichText::new(cx.text.get("queue-nothing-hint")).font(fonts::regular(size::TEXT));
            ui.add(egui::Label::new(words.color(palette.text)).wrap().halign(Align::Center));
        });
        ui.add_space(size::SECTION);
        if ui.add(Button::new(cx.text.get("queue-to-create")).kind(Kind::Primary)).clicked() {
            actions.push(Action::ShowPage(Page::Create));
        }
    });
}
