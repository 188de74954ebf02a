//! A headless command's connection to the studio, with the signals that end the command.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::studio::{
    Command, Event, Handle,
    signals::{Signal, Signals},
};

/// Interval at which signals are checked while the studio sends no events.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How long the studio may take at the end to save everything.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(15);

/// The studio and the signals of a command.
pub(super) struct StudioSession {
    handle: Handle,
    signals: Signals,
    /// The deadline for events; set when a signal ends the program.
    until: Cell<Option<Instant>>,
}

impl StudioSession {
    pub(super) fn new(handle: Handle, signals: Signals) -> Self {
        Self { handle, signals, until: Cell::new(None) }
    }

    pub(super) fn send(&self, command: Command) {
        self.handle.send(command);
    }

    /// The next event, without a time limit, because every wait inside the studio has its own. A studio that is gone
    /// counts as stopped; after a signal the wait ends with the grace period.
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

    /// The first events, until the studio has opened the library, which a signal does not interrupt.
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

    /// Whether the event about a signal has arrived.
    pub(super) fn is_ending(&self) -> bool {
        self.until.get().is_some()
    }

    /// The signal that ends the program.
    pub(super) fn signal(&self) -> Option<Signal> {
        self.signals.first()
    }

    /// Sets the deadline to this duration from now.
    pub(super) fn extend(&self, wait: Duration) {
        self.until.set(Instant::now().checked_add(wait));
    }

    /// Shuts the studio down and waits until everything is saved.
    pub(super) fn end(&self) {
        self.handle.send(Command::Shutdown);
        while self.handle.next(SHUTDOWN_TIMEOUT).is_ok_and(|event| !matches!(event, Event::Stopped)) {}
    }
}
