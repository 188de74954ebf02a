//! The two ends of the line between a face (window or headless command) and the studio.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::studio::protocol::{Command, Event};

/// Called after an event was sent, so that a sleeping face looks. It must return at once.
pub type WakeFn = Arc<dyn Fn() + Send + Sync>;

/// The face's end: sends commands, receives events, never blocks unless it is asked to.
#[derive(Debug)]
pub struct Handle {
    commands: UnboundedSender<Command>,
    events: Receiver<Event>,
}

impl Handle {
    /// Sends a command. A studio that has stopped takes no more of them, which is no error.
    pub fn send(&self, command: Command) {
        self.commands.send(command).ok();
    }

    /// Sends commands from elsewhere.
    pub fn commands(&self) -> CommandSender {
        CommandSender(self.commands.clone())
    }

    /// The next event, if one has arrived.
    pub fn try_next(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Waits for the next event, for faces that have nothing to draw meanwhile.
    pub fn next(&self, limit: Duration) -> Result<Event, RecvTimeoutError> {
        self.events.recv_timeout(limit)
    }
}

/// Sends commands from elsewhere, such as the thread that hears signals.
#[derive(Clone, Debug)]
pub struct CommandSender(UnboundedSender<Command>);

impl CommandSender {
    /// Sends a command, and says whether there is a studio that takes it.
    pub fn send(&self, command: Command) -> bool {
        self.0.send(command).is_ok()
    }
}

/// The studio's end.
pub struct StudioChannels {
    /// Commands in the order in which they were sent.
    pub commands: UnboundedReceiver<Command>,
    /// Where events go.
    pub events: EventSender,
}

/// Sends events and wakes the face.
#[derive(Clone)]
pub struct EventSender {
    sender: Sender<Event>,
    wake: WakeFn,
}

impl EventSender {
    /// Sends an event. A face that has gone hears no more, which is no error.
    pub fn send(&self, event: Event) {
        if self.sender.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// Makes the two ends of a line.
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
    fn each_event_wakes_the_face_and_a_gone_face_disturbs_nobody() {
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
