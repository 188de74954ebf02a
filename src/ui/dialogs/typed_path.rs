//! The dialog in which a path is typed where the system's file dialog cannot be opened.

use egui::{Id, Label, RichText, Ui};

use crate::{
    studio::{Command, PathFault, PathPurpose, PathRequest},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, dialog::Dialog, field::Field, prompt_field::PromptField, section_label},
    },
};

/// Width in points.
const WIDTH: f32 = 560.0;

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct TypedPathDialog {
    request: Option<PathRequest>,
    text: String,
}

impl TypedPathDialog {
    /// Opens it for a path that the studio needs.
    pub fn open(&mut self, request: &PathRequest) {
        self.text.clone_from(&request.text);
        self.request = Some(request.clone());
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.request = None;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.request.is_some()
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut TypedPathDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(request) = dialog.request.clone() else { return };
    let title = cx.text.get("typed-path-title");
    let shown = Dialog::new("typed path", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, &request, cx.text),
        |ui, dialog| {
            let typed = !dialog.text.trim().is_empty();
            let button = Button::new(cx.text.get("typed-path-use")).kind(ButtonKind::Primary).enabled(typed);
            let used = ui.add(button).clicked();
            (used, ui.add(Button::new(cx.text.get("cancel"))).clicked())
        },
    );
    let entered = shown.body && !dialog.text.trim().is_empty();
    if shown.footer.0 || entered {
        actions.send(Command::AnswerPath(Some(std::mem::take(&mut dialog.text))));
        dialog.request = None;
    } else if shown.footer.1 || shown.close {
        actions.send(Command::AnswerPath(None));
        dialog.request = None;
    }
}

/// Draws the field. Returns whether Enter was pressed in a field of one line.
fn body(ui: &mut Ui, dialog: &mut TypedPathDialog, request: &PathRequest, text: &Text) -> bool {
    let palette = theme::palette(ui.visuals());
    ui.add(Label::new(RichText::new(text.get("typed-path-why")).color(palette.text)).wrap());
    let (key, several) = match request.purpose {
        PathPurpose::File => ("typed-path-file", false),
        PathPurpose::Files => ("typed-path-files", true),
        PathPurpose::Folders => ("typed-path-folders", true),
        PathPurpose::TargetFolder => ("typed-path-target-folder", false),
        PathPurpose::NewFile => ("typed-path-new-file", false),
    };
    let name = text.get(key);
    section_label(ui, &name, |_| {});
    let field = if several {
        PromptField::new(Id::unique("typed path"), &name).code().rows(3).show(ui, &mut dialog.text)
    } else {
        Field::new(&name).id(Id::unique("typed path")).show(ui, &mut dialog.text)
    };
    if let Some(fault) = &request.fault {
        let words = RichText::new(fault_text(fault, text)).font(fonts::regular(size::TEXT_CHIP)).color(palette.bad);
        ui.add(Label::new(words).wrap());
    }
    !several && field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

fn fault_text(fault: &PathFault, text: &Text) -> String {
    let (key, path) = match fault {
        PathFault::NotAbsolute(path) => ("typed-path-not-absolute", path),
        PathFault::Missing(path) => ("typed-path-missing", path),
        PathFault::WrongKind(path) => ("typed-path-wrong-kind", path),
        PathFault::Exists(path) => ("typed-path-exists", path),
    };
    text.with(key, [("path", path.as_str().into())])
}
