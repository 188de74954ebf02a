//! A headless command's line to the studio, which knows when a signal asks the command to end.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::studio::{
    Command, Event, Handle,
    signals::{Signal, Signals},
};

/// How often it is looked whether a signal has come while the studio has nothing to say yet.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How long the studio may take at the end to write everything down.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(15);

/// The studio, as commands talk to it.
pub(super) struct StudioSession {
    handle: Handle,
    signals: Signals,
    /// Until when events are waited for; set once a signal asks the program to end.
    until: Cell<Option<Instant>>,
}

impl StudioSession {
    pub(super) fn new(handle: Handle, signals: Signals) -> Self {
        Self { handle, signals, until: Cell::new(None) }
    }

    pub(super) fn send(&self, command: Command) {
        self.handle.send(command);
    }

    /// The next event, however long it takes: every wait inside the studio has its own limit. A studio that has gone
    /// has stopped; one that has not finished within the grace after a signal is not waited for any longer.
    pub(super) fn next(&self) -> Event {
        let wait = self.until.get().map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
        self.next_within(wait).unwrap_or(Event::Stopped)
    }

    /// The next event, if one comes within this time.
    pub(super) fn next_within(&self, wait: Duration) -> Option<Event> {
        let event = self.handle.next(wait).ok()?;
        if let Event::Ending { grace, .. } = event {
            self.extend(grace);
        }
        Some(event)
    }

    /// The first events, until the studio has opened the library, which nothing that a signal asks for can end.
    pub(super) fn next_at_start(&self) -> Result<Event, Option<Signal>> {
        loop {
            match self.handle.next(POLL_INTERVAL) {
                Ok(event) => return Ok(event),
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    if let Some(signal) = self.signals.first() {
                        return Err(Some(signal));
                    }
                }
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Err(None),
            }
        }
    }

    /// Whether the command was told that a signal asks it to end.
    pub(super) fn is_ending(&self) -> bool {
        self.until.get().is_some()
    }

    /// The signal that asks the program to end.
    pub(super) fn signal(&self) -> Option<Signal> {
        self.signals.first()
    }

    /// Waits so long at most from now on.
    pub(super) fn extend(&self, wait: Duration) {
        self.until.set(Instant::now().checked_add(wait));
    }

    /// Has everything written down, and waits for it.
    pub(super) fn end(&self) {
        self.handle.send(Command::Shutdown);
        while self.handle.next(SHUTDOWN_TIMEOUT).is_ok_and(|event| !matches!(event, Event::Stopped)) {}
    }
}
