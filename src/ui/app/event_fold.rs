//! Passes each event of the studio to the parts of the window's state that it concerns.

use crate::{
    settings::Settings,
    studio::{
        Event, ExportEvent, GalleryEvent, ImportEvent, OrganizeEvent, ProviderEvent, QueueEvent, Ready, SheetEvent,
        is_trash_search,
    },
    ui::{app::state::State, panels::toasts::ToastKind, state::page::Page},
};

impl State {
    /// Folds an event of the studio into this state.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::Ready(ready) => self.fold_ready(ready),
            Event::StartFailed(error) => self.startup_error = Some(error.clone()),
            Event::Queue(event) => self.fold_queue(event),
            Event::Gallery(event) => self.fold_gallery(event),
            Event::Organize(event) => self.fold_organize(event),
            Event::References(event) => self.composer.fold_references(event),
            Event::Sheets(event) => self.fold_sheets(event),
            Event::Export(event) => self.fold_export(event),
            Event::Import(event) => self.fold_import(event),
            Event::Maintenance(event) => self.maintenance.fold(event),
            Event::Providers(event) => self.fold_providers(event),
            Event::Spending(report) => self.spending.receive(report),
            Event::KeptResponses(totals) => self.settings.receive_totals(*totals),
            Event::Votes(votes) => {
                self.known.votes = votes.iter().map(|vote| (vote.batch, vote.clone())).collect();
                self.batch_view.refresh_later();
            }
            // The window copies a report, and changes the settings and the prompt library by an action, which can be undone.
            Event::ReportMasked(_) | Event::StylesImported(_) | Event::ShortcutsImported(_) => {}
            Event::Wildcards(files) => {
                self.known.set_wildcards(files);
                self.composer.set_sources(&self.known);
                self.sheet.replan_later();
            }
            Event::Settings(settings) => self.fold_settings(settings),
            Event::PathWanted(request) => self.typed_path.open(request),
            Event::Appearance(appearance) => self.known.appearance = *appearance,
            Event::Notice(notice) => self.toasts.push(ToastKind::Notice(notice.clone())),
            Event::Ending { grace, .. } => self.close.end_within(*grace),
            Event::Stopped => self.fold_stopped(),
        }
    }

    fn fold_ready(&mut self, ready: &Ready) {
        self.known.begin(ready);
        self.restore(&ready.session);
        self.composer.follow_prompt_library(&self.known.prompt_library);
        self.export.set_folder(&ready.export_folder);
    }

    fn fold_queue(&mut self, event: &QueueEvent) {
        self.known.fold_queue(event);
        self.sheet.fold_queue(event);
        self.gallery.fold_queue(event, &self.known);
        self.batch_view.fold_queue(event);
        self.queue.fold_queue(event);
    }

    fn fold_gallery(&mut self, event: &GalleryEvent) {
        self.known.fold_gallery(event);
        self.textures.fold_gallery(event);
        if let GalleryEvent::View(view) = event
            && view.library_total == 0
            && !is_trash_search(&view.search)
        {
            // No image is left to focus; the welcome page replaces the gallery.
            self.selection.set([], None);
        }
        self.composer.fold_gallery(event);
        self.sheet.fold_gallery(event);
        self.gallery.fold_gallery(event, &self.known);
        self.inspector.fold_gallery(event, &self.known);
        self.viewer.fold_gallery(event);
        self.batch.fold_gallery(event);
        self.batch_view.fold_gallery(event);
        self.exchange.fold_gallery(event);
    }

    fn fold_organize(&mut self, event: &OrganizeEvent) {
        self.known.fold_organize(event);
        self.textures.fold_organize(event);
        self.undo.fold_organize(event);
        self.sheet.fold_organize(event);
        self.search_completion.fold_organize(event);
        self.gallery.fold_organize(event);
        self.inspector.fold_organize(event);
        self.batch.fold_organize(event);
        self.toasts.fold_organize(event);
    }

    fn fold_sheets(&mut self, event: &SheetEvent) {
        if matches!(event, SheetEvent::Table(_)) {
            // A table was chosen or dropped to be opened.
            self.page = Page::Sheet;
        }
        self.sheet.fold_sheets(event, &self.known);
        self.toasts.fold_sheets(event);
    }

    fn fold_export(&mut self, event: &ExportEvent) {
        self.sheet.fold_export(event);
        self.export.fold_export(event);
        self.toasts.fold_export(event);
    }

    fn fold_import(&mut self, event: &ImportEvent) {
        self.undo.fold_import(event);
        self.sheet.fold_import(event);
        self.import.fold_import(event);
        self.toasts.fold_import(event);
    }

    fn fold_providers(&mut self, event: &ProviderEvent) {
        self.known.fold_providers(event);
        self.composer.fold_providers(event, &self.known);
        self.sheet.fold_providers(event);
        self.batch.fold_providers(event);
        self.grid.fold_providers(event);
        self.settings.fold_providers(event, &self.known);
    }

    fn fold_settings(&mut self, settings: &Settings) {
        self.known.replace_settings(settings);
        self.sheet.replan_later();
        self.batch.count_again();
        self.grid.count_again();
    }

    /// Closes every dialog, because no command is carried out any more.
    fn fold_stopped(&mut self) {
        self.stopped = true;
        self.batch.close();
        self.grid.close();
        self.grid_image.close();
        self.blind.close();
        self.export.close();
        self.import.close();
        self.exchange.close();
        self.queue.close_dialogs();
        self.spending.close();
        self.settings.close();
        self.trust.close();
        self.typed_path.close();
    }
}
