//! A window whose studio is the test: events go in by hand, commands come out.
//!
//! Every test of the window uses all of these; what only some need stands in their own files.

use std::sync::Arc;

use atelier::{
    settings::{Language, Session, Settings, Theme},
    studio::{Command, Event, Line, Ready, line},
    ui::App,
};
use egui::Vec2;
use egui_kittest::Harness;
use egui_system_font_provider::SystemFontProvider;

/// A window of a usual size before the studio has said anything, and the studio's end of its line.
pub fn window() -> (Harness<'static, App>, Line) {
    let (handle, line) = line(Arc::new(|| {}));
    let harness = Harness::builder()
        .with_size(Vec2::new(1440.0, 900.0))
        .with_context_setup(|ctx| {
            let fonts = SystemFontProvider::new().with_locale(Some("zh-Hant"));
            ctx.add_font_provider(Arc::new(fonts));
        })
        .build_eframe(|cc| App::new(&cc.egui_ctx, handle));
    (harness, line)
}

/// What a studio with an empty library says first. English and dark, so that a test reads what it expects.
pub fn ready() -> Ready {
    let settings = Settings { language: Language::English, theme: Theme::Dark, ..Settings::default() };
    Ready {
        settings,
        kit: std::sync::Arc::default(),
        session: Session::default(),
        library: "/library".into(),
        look_only: false,
        demo_url: "http://127.0.0.1:9/v1".to_owned(),
    }
}

/// A window that the studio has made ready, after its first frame.
pub fn open(ready: Ready) -> (Harness<'static, App>, Line) {
    let (mut harness, line) = window();
    line.events.send(Event::Ready(Box::new(ready)));
    harness.run();
    (harness, line)
}

/// The commands that the window has sent since the last call, in order.
pub fn commands(line: &mut Line) -> Vec<Command> {
    std::iter::from_fn(|| line.commands.try_recv().ok()).collect()
}
