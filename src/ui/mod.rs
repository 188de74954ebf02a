//! The window: everything that knows egui.
//!
//! [`app`] holds the window's state, folds the studio's events into it, draws it, and carries out actions. Each page,
//! panel and dialog has a state of its own and a function that draws it:
//!
//! ```text
//! composer::show(ui, &mut Composer, &ViewContext, &mut Actions)
//! gallery::show(ui, &mut GalleryPage, &mut Selection, &ViewContext, &mut Actions)
//! inspector::show(ui, &mut Inspector, Option<ImageId>, Option<&Selection>, &ViewContext, &mut Actions)
//! viewer::show(ui, &mut Viewer, &mut Selection, &ViewContext, &mut Actions)      only while it is open
//! batch, export, settings::show(ui, &mut …, &ViewContext, &mut Actions)           only while open
//! ```
//!
//! Everything that is drawn reads the studio's state from `ViewContext::known`, texts from `ViewContext::text`, colors
//! from `theme::palette(ui.visuals())`, sizes from `theme::size` and thumbnails from `ViewContext::textures`. It
//! changes its own state and pushes everything else as an `Action`: `actions.send(Command)` for the studio,
//! `actions.run(UiCommand)` for what menus and keys can do too. Each state folds the events that concern it, after
//! `StudioState` has folded them. Commands of the window are listed once, in `actions::ui_command`; `State::can` says
//! when they are available; `app::action_handler` runs them.

mod accessibility;
mod actions;
mod app;
#[cfg(feature = "bench")]
pub mod bench;
mod components;
mod dialogs;
mod pages;
mod panels;
mod state;
pub mod text;
mod textures;
mod theme;
mod widgets;

pub use app::{App, Waker};
