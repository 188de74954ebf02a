//! The channels between a front end (window or headless command) and the studio.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::studio::protocol::{Command, Event};

/// Called after an event was sent, so that a sleeping front end processes it. It must return immediately.
pub type WakeFn = Arc<dyn Fn() + Send + Sync>;

/// The front end's side: sends commands and receives events. Only [`Self::next`] blocks.
#[derive(Debug)]
pub struct Handle {
    commands: UnboundedSender<Command>,
    events: Receiver<Event>,
}

impl Handle {
    /// Sends a command. It is dropped if the studio has stopped, which is not an error.
    pub fn send(&self, command: Command) {
        self.commands.send(command).ok();
    }

    /// Returns a sender for use on other threads.
    pub fn commands(&self) -> CommandSender {
        CommandSender(self.commands.clone())
    }

    /// Returns the next event, if one has arrived.
    pub fn try_next(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Waits for the next event, at most for `limit`.
    pub fn next(&self, limit: Duration) -> Result<Event, RecvTimeoutError> {
        self.events.recv_timeout(limit)
    }
}

/// Sends commands from another thread, such as the one that waits for signals.
#[derive(Clone, Debug)]
pub struct CommandSender(UnboundedSender<Command>);

impl CommandSender {
    /// Sends a command. Returns whether the studio still runs.
    pub fn send(&self, command: Command) -> bool {
        self.0.send(command).is_ok()
    }
}

/// The studio's side.
pub struct StudioChannels {
    /// Commands in the order in which they were sent.
    pub commands: UnboundedReceiver<Command>,
    /// Sends events to the front end.
    pub events: EventSender,
}

/// Sends events and wakes the front end.
#[derive(Clone)]
pub struct EventSender {
    sender: Sender<Event>,
    wake: WakeFn,
}

impl EventSender {
    /// Sends an event. It is dropped if the front end is gone, which is not an error.
    pub fn send(&self, event: Event) {
        if self.sender.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// Creates both sides.
pub fn studio_channels(wake: WakeFn) -> (Handle, StudioChannels) {
    let (commands, commands_out) = unbounded_channel();
    let (sender, events) = channel();
    (Handle { commands, events }, StudioChannels { commands: commands_out, events: EventSender { sender, wake } })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn each_event_wakes_the_front_end_and_events_without_a_front_end_are_dropped() {
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let (handle, channels) = studio_channels(Arc::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }));
        channels.events.send(Event::Stopped);
        assert!(matches!(handle.try_next(), Some(Event::Stopped)));
        assert!(handle.try_next().is_none());
        drop(handle);
        channels.events.send(Event::Stopped);
        assert_eq!(woken.load(Ordering::SeqCst), 1);
    }
}
