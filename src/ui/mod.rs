//! The window: everything that knows egui.
//!
//! [`State`] is plain data. [`App`] folds the studio's events into it, draws it, and acts on what was asked for.
//! Each place on screen is a file with a sub-state of its own and a function that draws it:
//!
//! ```text
//! composer::show(ui, &mut Composer, &Cx, &mut Actions)
//! gallery::show(ui, &mut Gallery, &mut Selection, &Cx, &mut Actions)
//! inspector::show(ui, &mut Inspector, Option<ImageId>, Option<&Selection>, &Cx, &mut Actions)
//! viewer::show(ui, &mut Viewer, &mut Selection, &Cx, &mut Actions)            only while it is open
//! batch_dialog, export_dialog, settings::show(ui, &mut …, &Cx, &mut Actions)     only while open
//! ```
//!
//! A place reads what the studio has told from [`Cx::known`], words from [`Cx::text`], colours from
//! `theme::palette(ui.visuals())`, sizes from `theme::size` and thumbnails from [`Cx::textures`]. It changes its own sub-state, and pushes
//! everything else as an [`Action`]: `actions.send(Command)` for the studio, `actions.run(Verb)` for what
//! menus and keys can do too. `fold(&mut self, &Event, &Known)` of each sub-state hears every event after
//! [`Known`] has taken it in. Verbs are listed once, in `action`; `State::can` says when they are enabled; `act`
//! does them.
#![expect(dead_code, reason = "places that are still to be filled will use what is there for them")]

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
