//! The state of the composer, without any drawing.

pub mod composer;
pub mod edit;
pub(super) mod edit_mode;
pub(super) mod expansion;
pub(super) mod field_drafts;
pub mod mask;
pub mod masked_reference;
pub mod menus;
pub(super) mod prompt_history;
pub mod prompt_library;
pub(super) mod recall;
pub(super) mod reference_thumbnails;
pub(super) mod text_undo;
pub(super) mod typed_parameter;
pub mod wildcard_editor;
