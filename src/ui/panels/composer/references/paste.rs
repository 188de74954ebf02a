//! Pasted references: pixels, files, and links to images.

use std::path::PathBuf;

use egui::{Color32, Event, Ui};

use crate::{
    studio::{Command, ReferenceCommand},
    ui::{
        actions::{action::Actions, file_list::files_of},
        panels::composer::focus::prompt_id,
    },
};

/// File extensions in links to images.
const ENDINGS: [&str; 5] = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

/// The meaning of a text on the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pasted {
    Files(Vec<PathBuf>),
    /// A link that certainly leads to an image, or contains it.
    Image(String),
    /// A link to something.
    Link(String),
    Words,
}

/// Adds pasted images as references. Their events do not reach the text fields.
pub(in crate::ui::panels::composer) fn take_in(ui: &Ui, actions: &mut Actions) {
    if ui.memory(egui::Memory::top_modal_layer).is_some() {
        return;
    }
    let editing = ui.ctx().text_edit_focused();
    let in_prompt = ui.memory(|memory| memory.has_focus(prompt_id()));
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::PasteImage(image) => {
                actions.send(Command::References(ReferenceCommand::AddPixels {
                    width: image.size[0] as u32,
                    height: image.size[1] as u32,
                    rgba: image.pixels.iter().flat_map(Color32::to_srgba_unmultiplied).collect(),
                }));
                false
            }
            Event::Paste(text) => match pasted(text) {
                // A path that is typed or pasted into a text field is meant as text, but for the prompt.
                Pasted::Files(files) if in_prompt || !editing || text.contains("file:") => {
                    actions.send(Command::References(ReferenceCommand::AddFiles(files)));
                    false
                }
                // A link that is pasted into another text field is meant as text.
                Pasted::Image(link) if in_prompt || !editing => {
                    actions.send(Command::References(ReferenceCommand::AddUrl(link)));
                    false
                }
                Pasted::Link(link) if !editing => {
                    actions.send(Command::References(ReferenceCommand::AddUrl(link)));
                    false
                }
                _ => true,
            },
            _ => true,
        });
    });
}

fn pasted(text: &str) -> Pasted {
    if let Some(files) = files_of(text) {
        return Pasted::Files(files);
    }
    let text = text.trim();
    let beginning = text.chars().take(11).collect::<String>().to_ascii_lowercase();
    if beginning == "data:image/" {
        return Pasted::Image(text.to_owned());
    }
    if !beginning.starts_with("http") || text.contains(char::is_whitespace) {
        return Pasted::Words;
    }
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let path = url.path().to_ascii_lowercase();
            let ends = ENDINGS.iter().any(|ending| path.ends_with(ending));
            if ends { Pasted::Image(text.to_owned()) } else { Pasted::Link(text.to_owned()) }
        }
        _ => Pasted::Words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_pasted_data_are_distinguished() {
        let files = Pasted::Files(vec!["/tmp/a b.png".into(), "/tmp/c.png".into()]);
        assert_eq!(pasted("file:///tmp/a%20b.png\r\nfile:///tmp/c.png\n"), files);
        assert_eq!(pasted("/tmp/a b.png\n/tmp/c.png"), files);
        let image = |link: &str| Pasted::Image(link.to_owned());
        for link in ["https://example.com/a.PNG?width=2", "http://localhost/b.jpeg", "data:image/png;base64,AAAA"] {
            assert_eq!(pasted(&format!(" {link}\n")), image(link));
        }
        assert_eq!(pasted("https://example.com/a"), Pasted::Link("https://example.com/a".to_owned()));
        for words in [
            "a fox\nfile:///tmp/c.png",
            "",
            "see https://example.com/a.png",
            "https://",
            "httpfox",
            "data:text/plain,a",
        ] {
            assert_eq!(pasted(words), Pasted::Words, "{words}");
        }
    }
}
