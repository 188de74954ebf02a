//! What is pasted and becomes a reference: pixels, files, and links to pictures.

use std::path::PathBuf;

use egui::{Color32, Event, Ui};

use crate::{
    studio::Command,
    ui::{actions::action::Actions, panels::composer::focus::prompt_id},
};

/// Endings of the addresses of pictures.
const ENDINGS: [&str; 5] = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

/// What a text on the clipboard stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pasted {
    Files(Vec<PathBuf>),
    /// A link that surely leads to a picture, or has it in itself.
    Picture(String),
    /// A link to something.
    Link(String),
    Words,
}

/// Pasted pictures become references. What is taken does not reach the text fields.
pub(in crate::ui::panels::composer) fn take_in(ui: &Ui, actions: &mut Actions) {
    if ui.memory(egui::Memory::top_modal_layer).is_some() {
        return;
    }
    let editing = ui.ctx().text_edit_focused();
    let in_prompt = ui.memory(|memory| memory.has_focus(prompt_id()));
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::PasteImage(image) => {
                actions.send(Command::AddReferencePixels {
                    width: image.size[0] as u32,
                    height: image.size[1] as u32,
                    rgba: image.pixels.iter().flat_map(Color32::to_srgba_unmultiplied).collect(),
                });
                false
            }
            Event::Paste(text) => match pasted(text) {
                Pasted::Files(files) => {
                    actions.send(Command::AddReferenceFiles(files));
                    false
                }
                // Whoever is writing an address somewhere means the words.
                Pasted::Picture(link) if in_prompt || !editing => {
                    actions.send(Command::AddReferenceUrl(link));
                    false
                }
                Pasted::Link(link) if !editing => {
                    actions.send(Command::AddReferenceUrl(link));
                    false
                }
                _ => true,
            },
            _ => true,
        });
    });
}

fn pasted(text: &str) -> Pasted {
    // Files copied in a file manager arrive as lines of `file:` addresses.
    let files: Option<Vec<PathBuf>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| url::Url::parse(line.trim()).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok())
        .collect();
    if let Some(files) = files.filter(|files| !files.is_empty()) {
        return Pasted::Files(files);
    }
    let text = text.trim();
    let beginning = text.chars().take(11).collect::<String>().to_ascii_lowercase();
    if beginning == "data:image/" {
        return Pasted::Picture(text.to_owned());
    }
    if !beginning.starts_with("http") || text.contains(char::is_whitespace) {
        return Pasted::Words;
    }
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let path = url.path().to_ascii_lowercase();
            let ends = ENDINGS.iter().any(|ending| path.ends_with(ending));
            if ends { Pasted::Picture(text.to_owned()) } else { Pasted::Link(text.to_owned()) }
        }
        _ => Pasted::Words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_told_apart() {
        let files = Pasted::Files(vec!["/tmp/a b.png".into(), "/tmp/c.png".into()]);
        assert_eq!(pasted("file:///tmp/a%20b.png\r\nfile:///tmp/c.png\n"), files);
        let picture = |link: &str| Pasted::Picture(link.to_owned());
        for link in ["https://example.com/a.PNG?width=2", "http://localhost/b.jpeg", "data:image/png;base64,AAAA"] {
            assert_eq!(pasted(&format!(" {link}\n")), picture(link));
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
