//! A window whose studio is simulated by the test: the test sends events and receives commands.
//!
//! Every test of the window uses all of these helpers; helpers of only some tests are in their files.

use std::sync::Arc;

use atelier::{
    settings::{Language, Session, Settings, Theme},
    studio::{Command, Event, Ready, StudioChannels, studio_channels},
    ui::App,
};
use egui::Vec2;
use egui_kittest::Harness;

/// A window of a common size before the studio has sent anything, and the studio's end of the channel.
pub fn window() -> (Harness<'static, App>, StudioChannels) {
    let (handle, channels) = studio_channels(Arc::new(|| {}));
    let harness = Harness::builder()
        .with_size(Vec2::new(1440.0, 900.0))
        // The focus is moved in a pass of its own.
        .with_max_steps(8)
        .build_eframe(|cc| App::new(&cc.egui_ctx, handle));
    (harness, channels)
}

/// The first event of a studio with an empty library. English and dark, so that the texts are those that tests expect.
pub fn ready() -> Ready {
    let settings = Settings { language: Language::English, theme: Theme::Dark, ..Settings::default() };
    Ready {
        settings,
        prompt_library: std::sync::Arc::default(),
        session: Session::default(),
        library: "/library".into(),
        config: "/config".into(),
        logs: Some("/logs".into()),
        export_folder: "/home/me/Pictures/Atelier".into(),
        takes_drops: true,
        read_only: false,
        demo_url: "http://127.0.0.1:9/v1".to_owned(),
    }
}

/// A window after its first frame, with a studio that is ready.
pub fn open(ready: Ready) -> (Harness<'static, App>, StudioChannels) {
    let (mut harness, channels) = window();
    channels.events.send(Event::Ready(Box::new(ready)));
    harness.run();
    (harness, channels)
}

/// The commands that the window has sent since the last call, in order.
pub fn commands(channels: &mut StudioChannels) -> Vec<Command> {
    std::iter::from_fn(|| channels.commands.try_recv().ok()).collect()
}
