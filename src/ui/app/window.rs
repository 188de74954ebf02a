//! The application that eframe runs: folds events, draws a frame, carries out actions.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use egui::{CentralPanel, Context, Frame, Margin, Panel, Rect, Ui, ViewportCommand, pos2};

use crate::{
    recipe::Money,
    settings::{Language, Session, Settings, WindowSize},
    studio::{
        Command, Event, GalleryCommand, GalleryEvent, Handle, Notification, OrganizeEvent, ProviderCommand, QueueEvent,
        ReferenceEvent, RunProgress, RunSummary, SettingsCommand, WakeFn,
    },
    ui::{
        accessibility::{self, AccessibilityTree, FocusKeeper},
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::drag_source,
        dialogs::{
            batch, blind_comparison, certificate_trust,
            close_window::{self, CloseRequest},
            exchange, export, grid, grid_image, import, key_help, maintenance, palette, settings, spending, typed_path,
        },
        pages::{batch_view, gallery, queue, sheet, viewer},
        panels::{
            collections, composer, font_notice, inspector, status_bar,
            toasts::{self, ToastKind},
            top_bar,
        },
        state::{page::Page, view_context::ViewContext},
        text::{Locale, Text},
        textures,
        theme::{self, size},
    },
};

use super::{
    action_handler,
    announcer::Announcer,
    file_drop,
    keymap::{KeyCommand, Keymap},
    startup_error,
    state::State,
};

/// How long the window waits for the studio to save the last changes before the program ends.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Wakes the window when the studio has sent an event. It is created before the window, so that the studio starts while
/// the system opens the window; earlier events are read in the first frame.
#[derive(Clone, Debug, Default)]
pub struct Waker(Arc<OnceLock<Context>>);

impl Waker {
    /// The callback that the studio calls.
    pub fn wake(&self) -> WakeFn {
        let window = Arc::clone(&self.0);
        Arc::new(move || {
            if let Some(ctx) = window.get() {
                ctx.request_repaint();
            }
        })
    }

    /// Attaches the window to wake.
    pub fn attach(&self, ctx: &Context) {
        self.0.get_or_init(|| ctx.clone());
    }
}

/// Atelier's window.
#[derive(Debug)]
pub struct App {
    handle: Handle,
    state: State,
    text: Text,
    language: Language,
    keymap: Keymap,
    saved: Session,
    saved_selection: u64,
    /// The current title of the window.
    title: String,
    announcer: Announcer,
    /// Files to open when the studio is ready.
    opening: Vec<PathBuf>,
}

impl App {
    /// Creates a window for a studio. The studio's first event fills it.
    pub fn new(ctx: &Context, handle: Handle) -> Self {
        theme::install(ctx);
        let language = Language::System;
        let text = Text::new(language);
        ctx.add_plugin(FocusKeeper::default());
        ctx.add_plugin(AccessibilityTree::new(text.get("app-name")));
        theme::set_font_language(ctx, text.locale().tag());
        Self {
            handle,
            state: State::default(),
            // The title that the window opens with.
            title: text.get("app-name"),
            text,
            language,
            keymap: Keymap::default(),
            saved: Session::default(),
            saved_selection: 0,
            announcer: Announcer::default(),
            opening: Vec::new(),
        }
    }

    /// Uses these settings until the studio reports its own, so that the startup-error window has the saved language
    /// and theme.
    #[must_use]
    pub fn beginning_with(mut self, ctx: &Context, settings: Settings) -> Self {
        self.state.known.settings = settings;
        self.follow_settings(ctx);
        self
    }

    /// Opens these files as soon as the studio is ready.
    #[must_use]
    pub fn opening(mut self, files: Vec<PathBuf>) -> Self {
        self.opening = files;
        self
    }

    /// Whether the studio has sent enough for the window to be drawn.
    pub fn is_ready(&self) -> bool {
        self.state.known.ready
    }

    /// Folds all events that the studio has sent since the last frame.
    pub(in crate::ui) fn drain(&mut self, ctx: &Context) {
        while let Some(event) = self.handle.try_next() {
            self.announcer.note_event(&event, &self.state.known, &self.text);
            self.state.fold(&event);
            // A person has added a reference; everything else that the studio changes in the composer is no change that
            // could be undone.
            let by_person = matches!(event, Event::References(ReferenceEvent::Ready { .. }));
            self.state.follow_composer(by_person);
            match event {
                Event::Ready(ready) => {
                    self.saved = ready.session;
                    let files = std::mem::take(&mut self.opening);
                    action_handler::apply_action(Action::OpenFiles(files), &mut self.state, &self.handle, ctx);
                    self.handle.send(self.state.open_view_command());
                    for profile in &ready.settings.profiles {
                        self.handle.send(Command::Providers(ProviderCommand::LookUpKey(profile.id.clone())));
                    }
                    self.handle.send(Command::Providers(ProviderCommand::RefreshModels(
                        self.state.composer.recipe().profile.clone(),
                    )));
                }
                Event::StylesImported(styles) => {
                    let mut prompt_library = self.state.known.prompt_library.as_ref().clone();
                    prompt_library.add_styles(styles);
                    action_handler::apply_action(
                        Action::SavePromptLibrary(Box::new(prompt_library)),
                        &mut self.state,
                        &self.handle,
                        ctx,
                    );
                }
                Event::ShortcutsImported(shortcuts) => {
                    let settings = Settings { shortcuts, ..self.state.known.settings.clone() };
                    let action = Action::Settings(Box::new(settings));
                    action_handler::apply_action(action, &mut self.state, &self.handle, ctx);
                }
                Event::ReportMasked(report) => {
                    ctx.copy_text(report);
                    self.state.toasts.push(ToastKind::Copied);
                }
                Event::Gallery(GalleryEvent::ClipboardImage { pixels: Ok(pixels), .. }) => {
                    ctx.copy_image(textures::image(&pixels));
                    self.state.toasts.push(ToastKind::Copied);
                }
                Event::Queue(QueueEvent::RunEnded(ended)) => {
                    let settings = &self.state.known.settings;
                    if settings.notify && !ctx.input(|input| input.focused) {
                        self.handle.send(Command::Notify(run_ended(&ended, settings.notify_sound, &self.text)));
                    }
                }
                // The inspector shows the ratings and tags of this image.
                Event::Organize(OrganizeEvent::Changed { images, .. }) => {
                    let subject = self.state.subject().filter(|id| images.contains(id));
                    if let Some(id) = subject {
                        self.handle.send(Command::Gallery(GalleryCommand::LoadDetails(id)));
                    }
                }
                Event::StartFailed(_)
                | Event::Queue(_)
                | Event::Gallery(_)
                | Event::Organize(_)
                | Event::References(_)
                | Event::Sheets(_)
                | Event::Export(_)
                | Event::Import(_)
                | Event::Maintenance(_)
                | Event::Providers(_)
                | Event::Spending(_)
                | Event::KeptResponses(_)
                | Event::Votes(_)
                | Event::Wildcards(_)
                | Event::Settings(_)
                | Event::PathWanted(_)
                | Event::Appearance(_)
                | Event::Notice(_)
                | Event::Ending { .. }
                | Event::Stopped => {}
            }
        }
        self.follow_settings(ctx);
    }

    /// Shows the progress in the window's title, so that the task bar shows it too.
    fn keep_title(&mut self, ctx: &Context) {
        let title = status_bar::title(&self.state.known.requests, &self.text);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Asks before the window closes while images are being generated.
    fn ask_before_closing(&mut self, ctx: &Context) {
        let wanted = ctx.input(|input| input.viewport().close_requested());
        match self.state.close.handle_close(wanted, &self.state.known) {
            Some(CloseRequest::Refused) => {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
                // The window is restored, so that the question is visible when it was closed from the task bar.
                ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
                ctx.send_viewport_cmd(ViewportCommand::Focus);
            }
            Some(CloseRequest::Close) => ctx.send_viewport_cmd(ViewportCommand::Close),
            None => {}
        }
        if let Some(wait) = self.state.close.due() {
            ctx.request_repaint_after(wait);
        }
    }

    fn follow_settings(&mut self, ctx: &Context) {
        let Settings { language, theme, reduce_motion, .. } = self.state.known.settings;
        // The system's language may have changed while another window had the focus.
        let returns = ctx.input(|input| input.events.contains(&egui::Event::WindowFocused(true)));
        let is_outdated = language == Language::System && returns && Locale::of(language) != self.text.locale();
        if language != self.language || is_outdated {
            self.language = language;
            self.text = Text::new(language);
            theme::set_font_language(ctx, self.text.locale().tag());
        }
        let system = self.state.known.appearance;
        theme::choose(ctx, theme, system);
        theme::set_motion(ctx, reduce_motion || system.reduced_motion);
        theme::set_text_scale(ctx, self.state.known.settings.text_scale());
    }

    /// Sends the session to the studio if it has changed.
    fn keep_session(&mut self) {
        let state = &self.state;
        // Selected images may be in the rest of the view, which follows in a moment.
        let begun = state.known.view.as_ref().is_some_and(|view| view.is_preview);
        let changed = state.known.ready
            && !begun
            && (state.selection.revision() != self.saved_selection
                || *state.composer.recipe() != self.saved.composer
                || state.selection.focus() != self.saved.focus
                || state.search != self.saved.search
                || state.order != self.saved.order
                || state.gallery.scroll() != self.saved.scroll
                || state.window != self.saved.window
                || state.composer.advanced_open != self.saved.advanced_open
                || state.composer.composing() != self.saved.composing
                || state.composer.styles() != self.saved.styles
                || state.composer.asked() != self.saved.history
                || state.palette.recent() != self.saved.recent);
        if changed {
            self.saved = state.session();
            self.saved_selection = state.selection.revision();
            self.handle.send(Command::Settings(SettingsCommand::SaveSession(Box::new(self.saved.clone()))));
        }
    }

    /// The current title of the window.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether the gallery has images to show.
    #[cfg(feature = "bench")]
    pub(in crate::ui) fn shows_images(&self) -> bool {
        self.state.known.ready && !self.state.known.ids().is_empty()
    }

    /// The height of the gallery's whole content in points, after it was drawn once.
    #[cfg(feature = "bench")]
    pub(in crate::ui) fn gallery_height(&self) -> f64 {
        self.state.gallery.height()
    }

    /// Scrolls the gallery with the next frame.
    #[cfg(feature = "bench")]
    pub(in crate::ui) fn scroll_gallery_to(&mut self, scroll: f64) {
        self.state.gallery.restore(scroll);
    }

    /// Draws a frame and carries out the actions that it returns.
    pub(in crate::ui) fn show(&mut self, ui: &mut Ui) {
        if self.state.known.ready {
            self.state.window = window(ui);
            let verbs =
                self.keymap.take(ui.ctx(), &self.state.known.settings.shortcuts, |verb| self.state.can_by_key(verb));
            self.state.textures.upload(ui.ctx());
            let mut actions = Actions::default();
            let auto_advance = self.state.known.settings.auto_advance;
            for KeyCommand { command, advances } in verbs {
                if command == UiCommand::OpenPalette {
                    // It is drawn in the frame of its key. Other commands follow the text that was typed before them.
                    action_handler::apply_action(Action::Run(command), &mut self.state, &self.handle, ui.ctx());
                    self.state.palette.type_text(self.keymap.take_typed_ahead());
                } else if command.is_mark() && advances != auto_advance {
                    // Where each mark goes on by itself, Shift stays.
                    actions.push(Action::MarkAndAdvance(command));
                } else {
                    actions.run(command);
                }
            }
            self.draw(ui, &mut actions);
            if let Some(wish) = self.state.textures.take_requests() {
                self.handle.send(Command::Gallery(GalleryCommand::LoadThumbnails(wish)));
            }
            for action in actions.take() {
                action_handler::apply_action(action, &mut self.state, &self.handle, ui.ctx());
                ui.ctx().request_repaint();
            }
            self.state.follow_composer(true);
            let level = self.state.known.settings.announcements;
            self.announcer.speak(ui.ctx(), &mut self.state.toasts, level, &self.text);
            self.keep_session();
        } else if let Some(error) = &self.state.startup_error {
            startup_error::show(ui, error, &self.text);
        }
    }

    fn draw(&mut self, ui: &mut Ui, actions: &mut Actions) {
        let Self { state, text, .. } = self;
        state.batch_view.refresh(&state.known);
        actions.extend(state.batch_view.take_commands().into_iter().map(Action::SendCommand));
        let cx = ViewContext { text, known: &state.known, textures: &state.textures };
        let palette = theme::palette(ui.visuals());
        let edge = size::EDGE as i8;
        let panel = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(edge, 0));
        Panel::top("top").exact_size(size::TOP_BAR).resizable(false).frame(panel).show(ui, |ui| {
            accessibility::panel(ui, 0, Some(top_bar::search_id()));
            let search = (&mut state.search, &mut state.search_completion);
            top_bar::show(ui, state.page, search, &cx, actions);
        });
        if font_notice::is_needed(ui.ctx(), text) {
            Panel::top("font").resizable(false).frame(panel).show(ui, |ui| font_notice::show(ui, &cx, actions));
        }
        Panel::bottom("status").exact_size(size::STATUS_BAR).resizable(false).frame(panel).show(ui, |ui| {
            accessibility::panel(ui, 4, None);
            status_bar::show(ui, &state.composer.recipe().profile, &cx, actions);
        });
        match state.page {
            Page::Create | Page::Sheet => draw_images(ui, state, text, actions),
            Page::Queue => {
                let cx = ViewContext { text, known: &state.known, textures: &state.textures };
                // Unsaved text of the inspector is saved.
                actions.extend(state.inspector.unsent().map(Action::SendCommand));
                CentralPanel::no_frame().show(ui, |ui| {
                    accessibility::panel(ui, accessibility::CONTENT, Some(queue::focus_id()));
                    queue::show(ui, &mut state.queue, &mut state.gallery, &cx, actions);
                });
            }
        }
        let cx = ViewContext { text, known: &state.known, textures: &state.textures };
        if state.queue.dialog_open() {
            queue::dialogs(ui, &mut state.queue, &cx, actions);
        }
        if state.composer.dialog_open() {
            composer::dialogs(ui, &mut state.composer, &cx, actions);
        }
        if state.batch.is_open() {
            batch::show(ui, &mut state.batch, &cx, actions);
        }
        if state.grid.is_open() {
            grid::show(ui, &mut state.grid, &mut state.composer, &cx, actions);
        }
        if state.grid_image.is_open() {
            grid_image::show(ui, &mut state.grid_image, &cx, actions);
        }
        if state.blind.is_open() {
            blind_comparison::show(ui, &mut state.blind, &mut state.composer, &cx, actions);
        }
        if state.export.is_open() {
            export::show(ui, &mut state.export, &cx, actions);
        }
        if state.import.is_open() {
            import::show(ui, &mut state.import, &cx, actions);
        }
        if state.gallery.collections.chooser.is_open() {
            collections::choose(ui, &mut state.gallery.collections.chooser, &cx, actions);
        }
        if state.exchange.is_open() {
            exchange::show(ui, &mut state.exchange, &cx, actions);
        }
        if state.sheet.dialog_open() {
            sheet::dialogs(ui, &mut state.sheet, &cx, actions);
        }
        if state.settings.is_open() {
            settings::show(ui, &mut state.settings, &cx, actions);
        }
        if state.spending.is_open() {
            spending::show(ui, &mut state.spending, &cx, actions);
        }
        if state.trust.is_open() {
            certificate_trust::show(ui, &mut state.trust, &cx, actions);
        }
        if state.maintenance.is_open() {
            maintenance::show(ui, &mut state.maintenance, &cx, actions);
        }
        if state.key_help.is_open() {
            key_help::show(ui, &mut state.key_help, &cx, actions);
        }
        if state.palette.is_open() {
            palette::show(ui, &mut state.palette, &cx, actions);
        }
        if state.typed_path.is_open() {
            typed_path::show(ui, &mut state.typed_path, &cx, actions);
        }
        toasts::show(ui, &mut state.toasts, &cx, actions);
        if state.close.dialog_open()
            && let Some(answer) = close_window::show(ui, state.close, &cx)
        {
            actions.push(Action::CloseWindow(answer));
        }
    }
}

/// Composer, gallery and inspector, or a prompt sheet.
fn draw_images(ui: &mut Ui, state: &mut State, text: &Text, actions: &mut Actions) {
    let subject = state.subject();
    state.composer.subject = subject;
    let cx = ViewContext { text, known: &state.known, textures: &state.textures };
    let palette = theme::palette(ui.visuals());
    let side = Frame::new().fill(palette.panel);
    // The viewer covers the pages; over the page of sheets only the inspector stays beside it.
    let (on_sheet, viewing) = (state.page == Page::Sheet, state.viewer.image().is_some());
    let composer = (!on_sheet).then(|| {
        Panel::left("composer").exact_size(size::COMPOSER).resizable(false).frame(side).show(ui, |ui| {
            accessibility::panel(ui, 1, Some(composer::prompt_id()));
            composer::show(ui, &mut state.composer, &cx, actions);
        })
    });
    if state.inspector_hidden || on_sheet && !viewing {
        // Its unsaved text is saved.
        actions.extend(state.inspector.unsent().map(Action::SendCommand));
    } else {
        // The panel draws its own edge.
        let panel = Panel::right("inspector").exact_size(size::INSPECTOR).resizable(false);
        panel.show_separator_line(false).frame(side).show(ui, |ui| {
            accessibility::panel(ui, 3, None);
            let several = state.viewer.image().is_none().then_some(&state.selection);
            inspector::show(ui, &mut state.inspector, subject, several, &cx, actions);
        });
    }
    let rest = ui.max_rect();
    let composer = composer.map_or(Rect::NOTHING, |composer| composer.response.rect);
    let rest = if on_sheet {
        rest
    } else {
        Rect::from_min_max(pos2(composer.right(), composer.top()), pos2(rest.right(), composer.bottom()))
    };
    // The background is the window's clear color, so it need not be painted again.
    CentralPanel::no_frame().show(ui, |ui| {
        let main = if on_sheet && !viewing { sheet::focus_id() } else { gallery::focus_id() };
        accessibility::panel(ui, accessibility::CONTENT, Some(main));
        if state.viewer.image().is_some() {
            viewer::show(ui, &mut state.viewer, &mut state.selection, &cx, actions);
        } else if on_sheet {
            let base = sheet::SheetBase { recipe: state.composer.recipe(), styles: state.composer.styles() };
            sheet::show(ui, &mut state.sheet, &base, &cx, actions);
        } else if state.batch_view.is_shown() {
            batch_view::show(ui, &mut state.batch_view, &mut state.gallery, &mut state.selection, &cx, actions);
        } else {
            gallery::show(ui, &mut state.gallery, &mut state.selection, &cx, actions);
        }
    });
    drag_source::show(ui, &cx);
    if on_sheet {
        file_drop::on_sheet(ui, rest, &cx, actions);
    } else {
        file_drop::show(ui, composer, rest, &cx, actions);
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.drain(ctx);
        self.keep_title(ctx);
        self.ask_before_closing(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::palette(visuals).ground.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.keep_session();
        if let Some(note) = self.state.inspector.unsent() {
            self.handle.send(note);
        }
        self.handle.send(Command::Shutdown);
        // The program must not end before the last changes are on disk.
        while self.handle.next(SHUTDOWN_TIMEOUT).is_ok_and(|event| !matches!(event, Event::Stopped)) {}
    }
}

/// The desktop notification for a finished run.
fn run_ended(ended: &RunSummary, sound: bool, text: &Text) -> Notification {
    let RunProgress { failed, spent, .. } = ended.progress;
    let title = text.run_title(&ended.progress);
    let mut facts = Vec::new();
    if failed > 0 {
        facts.push(text.with("run-failed", [("count", failed.into())]));
    }
    facts.push(text.duration(ended.took));
    if spent > Money::default() {
        facts.push(text.money(spent));
    }
    Notification { title, body: text.join_facts(&facts), sound }
}

/// The size of the window, if it is known.
fn window(ui: &Ui) -> Option<WindowSize> {
    // The window keeps its size on the desktop when the text in it becomes larger.
    let size = ui.ctx().viewport_rect().size() * ui.ctx().zoom_factor();
    let maximised = ui.input(|input| input.viewport().maximized.unwrap_or(false));
    (size.x > 0.0 && size.y > 0.0).then_some(WindowSize { width: size.x, height: size.y, maximised })
}
