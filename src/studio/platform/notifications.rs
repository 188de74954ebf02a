//! Desktop notifications, for a person who is not looking at the window.

use std::{sync::Arc, thread};

use crate::{
    error_chain::{Cause, chain},
    studio::protocol::Notification,
};

/// A notification could not be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the desktop does not show notifications: {reason}")]
pub struct NotificationError {
    /// The reason of the desktop.
    #[source]
    pub reason: Cause,
}

/// Shows notifications. A call may block while the desktop does not answer.
pub trait Notifier: Send + Sync + 'static {
    /// Shows a notification.
    ///
    /// # Errors
    /// The desktop does not support notifications, or does not answer.
    fn show(&self, notification: &Notification) -> Result<(), NotificationError>;
}

/// Shows a notification on its own thread, so that a desktop that does not answer blocks nothing, not even the end of
/// the program. If it cannot be shown, only the log says so, because notifications are hints.
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

/// The notifications of the desktop.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNotifier;

#[cfg(all(unix, not(target_os = "macos")))]
impl Notifier for SystemNotifier {
    /// Calls [`org.freedesktop.Notifications.Notify`](https://specifications.freedesktop.org/notification/latest/).
    /// The sound comes from the desktop's theme, so that it is like the sounds of other programs.
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
