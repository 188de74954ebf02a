//! For measuring how long the window takes to open: says when its first frame has been drawn, and closes.

use egui::{Context, Ui, ViewportCommand};

use crate::ui::App;

/// A window that closes after its first whole frame, having printed `first frame`.
#[derive(Debug)]
pub struct FirstFrame {
    app: App,
    drawn: bool,
}

impl FirstFrame {
    /// Measures this window.
    pub fn of(app: App) -> Self {
        Self { app, drawn: false }
    }
}

impl eframe::App for FirstFrame {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        self.app.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        if self.drawn {
            // This pass begins when the first whole frame is on screen.
            println!("first frame");
            ui.send_viewport_cmd(ViewportCommand::Close);
        }
        self.app.ui(ui, frame);
        if !self.drawn && self.app.is_ready() {
            self.drawn = true;
            ui.request_repaint();
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        self.app.clear_color(visuals)
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
    }
}
