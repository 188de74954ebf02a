//! How the desktop wants programs to look.

/// How the desktop wants programs to look, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemAppearance {
    /// Whether dark colors are preferred.
    pub dark: Option<bool>,
    /// Whether more contrast is preferred.
    pub high_contrast: bool,
    /// Whether motion is to be avoided.
    pub reduced_motion: bool,
}
