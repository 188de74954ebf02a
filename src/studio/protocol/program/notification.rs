//! Desktop notifications.

/// Something to tell by way of the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What it is about.
    pub title: String,
    /// What there is to say.
    pub body: String,
    /// Whether it is to be heard as well.
    pub sound: bool,
}
