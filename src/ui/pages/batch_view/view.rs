//! Draws a batch as a grid or as a blind comparison.

use egui::Ui;

use crate::{
    studio::View,
    ui::{
        actions::action::Actions,
        pages::gallery::GalleryPage,
        state::{selection::Selection, view_context::ViewContext},
    },
};

use super::{blind_comparison, grid, state::BatchView};

/// Draws the view of the batch. Only called while it is shown.
pub fn show(
    ui: &mut Ui,
    batch_view: &mut BatchView,
    gallery: &mut GalleryPage,
    selection: &mut Selection,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let none = View::default();
    let view = cx.known.view.as_ref().unwrap_or(&none);
    batch_view.follow(selection);
    if batch_view.is_grid() {
        grid::show(ui, batch_view, (gallery, selection, view), cx, actions);
    } else {
        blind_comparison::show(ui, batch_view, (gallery, selection, view), cx, actions);
    }
}
