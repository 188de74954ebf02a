//! Desktop notifications.

/// A desktop notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// Whether the desktop plays a sound.
    pub sound: bool,
}
