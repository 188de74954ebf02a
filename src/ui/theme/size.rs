//! Sizes in points, on a grid of four.

/// Space between neighbors.
pub const GAP: f32 = 8.0;
/// Space between chips.
pub const GAP_SMALL: f32 = 6.0;
/// Space between a panel's edge and its contents, left and right.
pub const EDGE: f32 = 14.0;
/// Space above and below a section.
pub const SECTION: f32 = 12.0;
/// Width of the composer.
pub const COMPOSER: f32 = 336.0;
/// Width of the inspector.
pub const INSPECTOR: f32 = 296.0;
/// Height of the top bar and of the gallery's own bar.
pub const TOP_BAR: f32 = 44.0;
/// Height of the status bar.
pub const STATUS_BAR: f32 = 32.0;
/// Height of the main button.
pub const BUTTON_LARGE: f32 = 40.0;
/// Height of buttons and fields.
pub const BUTTON: f32 = 34.0;
/// Height of buttons inside cards.
pub const BUTTON_SMALL: f32 = 26.0;
/// Height of buttons inside fields.
pub const BUTTON_LOW: f32 = 22.0;
/// Height of chips and icon buttons.
pub const CHIP: f32 = 28.0;
/// Height of one parameter's row.
pub const ROW: f32 = 28.0;
/// Height of a number field.
pub const NUMBER: f32 = 24.0;
/// Width of a number field.
pub const NUMBER_WIDTH: f32 = 60.0;
/// Width of a parameter's label.
pub const ROW_LABEL: f32 = 92.0;
/// Width of a parameter's label before a text field.
pub const ROW_LABEL_WIDE: f32 = 144.0;
/// Space between the parts of a parameter's row.
pub const GAP_ROW: f32 = 10.0;
/// Width and height of a slider's knob.
pub const KNOB: f32 = 14.0;
/// Width of the search field, where there is room.
pub const SEARCH: f32 = 520.0;
/// Height up to which a prompt's field grows.
pub const MAX_PROMPT_HEIGHT: f32 = 260.0;
/// Height up to which a field for JSON grows.
pub const MAX_CODE_HEIGHT: f32 = 140.0;
/// Height of a list of models.
pub const MAX_LIST_HEIGHT: f32 = 320.0;
/// Height of the settings between title and buttons, where there is room.
pub const SETTINGS_BODY: f32 = 460.0;
/// Width of the list of sections in the settings.
pub const SETTINGS_SECTIONS: f32 = 190.0;
/// Greatest width of a message's words.
pub const TOAST: f32 = 520.0;
/// Width of the words of the welcome.
pub const WELCOME: f32 = 440.0;
/// Usual width of a dialog.
pub const DIALOG: f32 = 760.0;
/// Height of a slider's rail.
pub const RAIL: f32 = 4.0;
/// Side of a reference tile.
pub const REFERENCE: f32 = 64.0;
/// Corners of fields and buttons.
pub const RADIUS: u8 = 8;
/// Corners of chips.
pub const RADIUS_CHIP: u8 = 7;
/// Corners of what lies on images.
pub const RADIUS_BADGE: u8 = 5;
/// Corners of images and cards.
pub const RADIUS_CARD: u8 = 9;
/// Corners of dialogs.
pub const RADIUS_DIALOG: u8 = 14;
/// Body text.
pub const TEXT: f32 = 13.0;
/// The prompt.
pub const TEXT_PROMPT: f32 = 13.5;
/// Chips, cards and the status bar.
pub const TEXT_CHIP: f32 = 12.0;
/// Labels of parameters.
pub const TEXT_ROW: f32 = 12.5;
/// Labels of sections.
pub const TEXT_SMALL: f32 = 11.5;
/// Words on an image.
pub const TEXT_BADGE: f32 = 10.5;
/// Key caps.
pub const TEXT_KEY: f32 = 11.0;
/// Titles of dialogs.
pub const TEXT_HEADING: f32 = 15.0;
/// The welcome line.
pub const TEXT_TITLE: f32 = 18.0;
/// Icons beside text.
pub const ICON: f32 = 16.0;
/// Longest motion, in seconds.
pub const MOTION: f32 = 0.12;
