//! Telling a person by way of the desktop that something is done while they look elsewhere.

use std::{sync::Arc, thread};

use crate::{
    error_chain::{Cause, chain},
    studio::protocol::Notification,
};

/// That the desktop could not be asked to show something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the desktop does not show notifications: {reason}")]
pub struct NotificationError {
    /// What the desktop said.
    #[source]
    pub reason: Cause,
}

/// Shows notifications. A call may block for as long as the desktop takes.
pub trait Notifier: Send + Sync + 'static {
    /// Shows one.
    ///
    /// # Errors
    /// The desktop has no place for them, or does not answer.
    fn show(&self, notification: &Notification) -> Result<(), NotificationError>;
}

/// Shows a notification, on a thread of its own: a desktop that does not answer holds nothing up, not even the end of
/// the program. Where it cannot be shown nobody misses anything but a hint, so that only the log hears of it.
pub(in crate::studio) fn notify(notifier: Arc<dyn Notifier>, notification: Notification) {
    let show = move || {
        if let Err(error) = notifier.show(&notification) {
            tracing::info!(error = %chain(&error), "a notification was not shown");
        }
    };
    if let Err(error) = thread::Builder::new().name("studio-notify".to_owned()).spawn(show) {
        tracing::info!(error = %chain(&error), "a notification was not shown");
    }
}

/// The desktop's own notifications.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNotifier;

#[cfg(all(unix, not(target_os = "macos")))]
impl Notifier for SystemNotifier {
    /// Calls [`org.freedesktop.Notifications.Notify`](https://specifications.freedesktop.org/notification/latest/).
    /// The sound is one of the desktop's theme, so that it fits all others and is as loud as they are.
    fn show(&self, notification: &Notification) -> Result<(), NotificationError> {
        use std::collections::HashMap;

        use zbus::{blocking::Connection, zvariant::Value};

        let mut hints: HashMap<&str, Value<'_>> = HashMap::from([("desktop-entry", "atelier".into())]);
        if notification.sound {
            hints.insert("sound-name", "complete-download".into());
        } else {
            hints.insert("suppress-sound", true.into());
        }
        let replaces = 0_u32;
        let usual_time = -1_i32;
        let actions: Vec<&str> = Vec::new();
        let Notification { title, body, .. } = notification;
        // Many desktops read the body as markup.
        let body = body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let call = || {
            Connection::session()?.call_method(
                Some("org.freedesktop.Notifications"),
                "/org/freedesktop/Notifications",
                Some("org.freedesktop.Notifications"),
                "Notify",
                &("Atelier", replaces, "atelier", title.as_str(), body.as_str(), actions, hints, usual_time),
            )
        };
        call().map(|_| ()).map_err(|error: zbus::Error| NotificationError { reason: Cause::new(error) })
    }
}

#[cfg(any(windows, target_os = "macos"))]
impl Notifier for SystemNotifier {
    fn show(&self, notification: &Notification) -> Result<(), NotificationError> {
        let mut shown = notify_rust::Notification::new();
        shown.appname("Atelier").summary(&notification.title).body(&notification.body);
        if notification.sound {
            shown.sound_name(if cfg!(windows) { "Default" } else { "default" });
        }
        shown.show().map(|_| ()).map_err(|error| NotificationError { reason: Cause::new(error) })
    }
}
