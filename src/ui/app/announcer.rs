//! What a screen reader says by itself: progress and ends of requests, failures, exports, the queue, and toasts.

use egui::Context;

use crate::{
    settings::Announcements,
    studio::{CardState, Event, ExportEvent, QueueEvent, RequestCard, RunProgress},
    ui::{
        accessibility::{self, Urgency},
        panels::toasts::Toasts,
        state::studio_state::StudioState,
        text::Text,
    },
};

/// Collects what is to be said with the next frame.
#[derive(Debug, Default)]
pub(super) struct Announcer {
    polite: Vec<String>,
    assertive: Vec<String>,
}

impl Announcer {
    /// Notes what an event says that the state does not know yet.
    pub(super) fn note_event(&mut self, event: &Event, known: &StudioState, text: &Text) {
        let level = known.settings.announcements;
        if level == Announcements::Off || !known.ready {
            return;
        }
        match event {
            Event::Queue(event) => self.note_queue_event(event, known, text),
            Event::Export(ExportEvent::Done { written, .. }) => {
                self.polite.push(text.with("export-written", [("count", written.len().into())]));
            }
            Event::Ready(_)
            | Event::StartFailed(_)
            | Event::Gallery(_)
            | Event::Organize(_)
            | Event::References(_)
            | Event::Sheets(_)
            | Event::Export(_)
            | Event::Import(_)
            | Event::Maintenance(_)
            | Event::Providers(_)
            | Event::Spending(_)
            | Event::KeptResponses(_)
            | Event::Votes(_)
            | Event::StylesImported(_)
            | Event::ShortcutsImported(_)
            | Event::Wildcards(_)
            | Event::Settings(_)
            | Event::PathWanted(_)
            | Event::ReportMasked(_)
            | Event::Appearance(_)
            | Event::Notice(_)
            | Event::Ending { .. }
            | Event::Stopped => {}
        }
    }

    /// Collects what is to be said about requests and the queue.
    fn note_queue_event(&mut self, event: &QueueEvent, known: &StudioState, text: &Text) {
        match event {
            QueueEvent::RequestChanged(job) => {
                if let Some(words) = failed(known.requests.get(job.id), job, text) {
                    self.assertive.push(words);
                }
            }
            QueueEvent::Status(queue) => {
                let before = &known.queue;
                if queue.paused != before.paused && known.queue_revision > 0 {
                    let key = if queue.paused { "announce-paused" } else { "announce-resumed" };
                    self.polite.push(text.get(key));
                }
                if known.settings.announcements == Announcements::All {
                    self.polite.extend(progress(&before.progress, &queue.progress, text));
                }
            }
            QueueEvent::RunEnded(ended) => self.polite.push(text.run_ended(&ended.progress)),
            QueueEvent::RequestRemoved(_) => {}
        }
    }

    /// Has everything spoken that has come up since the last frame.
    pub(super) fn speak(&mut self, ctx: &Context, toasts: &mut Toasts, level: Announcements, text: &Text) {
        for (words, urgency) in toasts.take_unspoken(text) {
            match urgency {
                _ if level == Announcements::Off => {}
                Urgency::Polite => self.polite.push(words),
                Urgency::Assertive => self.assertive.push(words),
            }
        }
        accessibility::announce(ctx, &std::mem::take(&mut self.polite), Urgency::Polite);
        accessibility::announce(ctx, &std::mem::take(&mut self.assertive), Urgency::Assertive);
    }
}

/// The words about a request that has just failed; nothing for one whose failure was known.
fn failed(before: Option<&RequestCard>, now: &RequestCard, text: &Text) -> Option<String> {
    let CardState::Failed(failure) = &now.state else { return None };
    let was_open = before.is_some_and(|before| !matches!(before.state, CardState::Failed(_)));
    let words = text.failure(failure);
    was_open.then(|| text.with("announce-failed", [("title", words.title.into()), ("charge", words.charge.into())]))
}

/// The words about a run that has grown or gone on, if it is one of several requests.
fn progress(before: &RunProgress, now: &RunProgress, text: &Text) -> Option<String> {
    let count = |number: usize| number.into();
    if now.total > before.total {
        return Some(text.with("announce-queued", [("count", count(now.total - before.total))]));
    }
    let goes_on = now.total > 1 && now.ended() > before.ended() && now.ended() < now.total;
    goes_on.then(|| text.with("announce-progress", [("done", count(now.ended())), ("total", count(now.total))]))
}
