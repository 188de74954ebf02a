//! Active styles as chips, and the menus of styles, variables and snippets.

use egui::{Label, Popup, PopupCloseBehavior, Response, RichText, ScrollArea, Ui, text_edit::TextEditState};

use crate::{
    composition::wrap_prompt,
    recipe::Parameter,
    settings::{PromptLibrary, Snippet, Style, unused_name},
    ui::{
        actions::action::{Action, Actions},
        panels::composer::{
            focus::prompt_id,
            state::{composer::Composer, prompt_library::LibraryTab},
        },
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, field::Field, menu::menu_item},
    },
};

use super::insertion::insert;

/// Width of the menus.
const WIDTH: f32 = 280.0;
/// Maximum number of characters of a text that name it.
const NAME: usize = 40;

/// Draws the chips of the active styles, and the menu that offers the others.
pub(in crate::ui::panels::composer) fn chips(
    ui: &mut Ui,
    composer: &mut Composer,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let (text, prompt_library) = (cx.text, &cx.known.prompt_library);
    for style in prompt_library.styles_of(&composer.styles) {
        let name = text.with("styles-take-off", [("name", style.name.as_str().into())]);
        let chip = Button::new(shortened(&style.name))
            .kind(ButtonKind::Chip)
            .selected(true)
            .trailing(icons::REMOVE)
            .name(name);
        if ui.add(chip).on_hover_text(says(&style, cx)).clicked() {
            composer.toggle_style(&style.name, prompt_library);
        }
    }
    let label = text.get("styles-add");
    let button = ui.add(Button::new(label).kind(ButtonKind::Chip).with_icon(icons::ADD));
    let names = prompt_library.styles.iter().map(|style| (style.name.as_str(), composer.styles.contains(&style.name)));
    let names: Vec<(&str, bool)> = names.collect();
    let keys = MenuKeys { name: "styles", search: "styles-search", none: "styles-none" };
    let shown = list(&button, &mut composer.wanted_words, &names, keys, cx, |ui| {
        menu_item(ui, text.get("styles-edit"), false, "")
    });
    match shown {
        Some(MenuChoice::Name(index)) => composer.toggle_style(names[index].0, prompt_library),
        Some(MenuChoice::Last) => composer.library_dialog.open(LibraryTab::Styles, prompt_library),
        None => {}
    }
    snippets(ui, composer, cx, actions);
}

/// Describes what a style adds.
fn says(style: &Style, cx: &ViewContext<'_>) -> String {
    let around = wrap_prompt("…", std::slice::from_ref(style));
    let set = cx.text.parameters(&style.parameters);
    [around, style.negative.clone(), set].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Draws a note about the parameters that styles set.
pub(in crate::ui::panels::composer) fn note(ui: &mut Ui, composer: &Composer, cx: &ViewContext<'_>) {
    let (own, meant) = (&composer.recipe.parameters, composer.meant().parameters);
    let mut added = meant.clone();
    for parameter in Parameter::ALL.into_iter().filter(|parameter| parameter.is_set(own)) {
        parameter.clear(&mut added);
    }
    let set = cx.text.parameters(&added);
    if !set.is_empty() {
        let palette = theme::palette(ui.visuals());
        let words = RichText::new(cx.text.with("styles-set", [("list", set.into())]));
        ui.add(Label::new(words.font(fonts::regular(size::TEXT_SMALL)).color(palette.text)).wrap());
    }
}

/// Draws the menu of variables and snippets.
fn snippets(ui: &mut Ui, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    let (text, prompt_library) = (cx.text, &cx.known.prompt_library);
    let button = ui.add(Button::new(text.get("snippets")).kind(ButtonKind::Chip));
    let variables: Vec<String> =
        prompt_library.variables.iter().map(|variable| format!("${{{}}}", variable.name)).collect();
    let names =
        prompt_library.snippets.iter().map(|snippet| snippet.name.as_str()).chain(variables.iter().map(String::as_str));
    let names: Vec<(&str, bool)> = names.map(|name| (name, false)).collect();
    let keys = MenuKeys { name: "snippets", search: "snippets-search", none: "snippets-none" };
    // The selection is lost when the prompt loses the focus.
    if ui.memory(|memory| memory.has_focus(prompt_id())) {
        composer.marked = selected(ui, composer);
    }
    let marked = composer.marked.clone();
    let mut keep = false;
    let shown = list(&button, &mut composer.wanted_words, &names, keys, cx, |ui| {
        let label = Button::new(text.get("snippets-save"))
            .kind(ButtonKind::Quiet)
            .left_aligned()
            .width(ui.available_width())
            .enabled(marked.is_some());
        keep = ui.add(label).clicked();
        if keep {
            ui.close();
        }
        menu_item(ui, text.get("snippets-edit"), false, "")
    });
    if let (true, Some(marked)) = (keep, marked) {
        composer.marked = None;
        actions.push(Action::SavePromptLibrary(Box::new(with_snippet(prompt_library, marked))));
    }
    match shown {
        Some(MenuChoice::Name(index)) => {
            let words =
                prompt_library.snippets.get(index).map_or_else(|| names[index].0.to_owned(), |one| one.text.clone());
            insert(ui.ctx(), composer, &words);
        }
        Some(MenuChoice::Last) => composer.library_dialog.open(LibraryTab::Snippets, prompt_library),
        None => {}
    }
}

/// The prompt library with one more snippet, which is named after its beginning.
fn with_snippet(prompt_library: &PromptLibrary, text: String) -> PromptLibrary {
    let mut prompt_library = prompt_library.clone();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let taken: Vec<&str> = prompt_library.snippets.iter().map(|snippet| snippet.name.as_str()).collect();
    let name = unused_name(&shortened(&line), &taken);
    prompt_library.snippets.push(Snippet { name, text });
    prompt_library
}

fn shortened(words: &str) -> String {
    let short: String = words.chars().take(NAME).collect();
    if short.len() < words.len() { format!("{}…", short.trim_end()) } else { short }
}

/// The chosen item of a list.
enum MenuChoice {
    /// The name with this index.
    Name(usize),
    /// The item below the names.
    Last,
}

/// The keys of a menu's texts.
#[derive(Clone, Copy)]
struct MenuKeys {
    name: &'static str,
    search: &'static str,
    none: &'static str,
}

/// Draws a searchable menu of names, and an item below them. `keys` has the keys of its texts.
fn list(
    button: &Response,
    wanted: &mut String,
    names: &[(&str, bool)],
    keys: MenuKeys,
    cx: &ViewContext<'_>,
    last: impl FnOnce(&mut Ui) -> bool,
) -> Option<MenuChoice> {
    let text = cx.text;
    if button.clicked() {
        wanted.clear();
    }
    let mut chosen = None;
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(text.get(keys.name))
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 2.0;
            if names.is_empty() {
                let palette = theme::palette(ui.visuals());
                let words = RichText::new(text.get(keys.none));
                ui.add(Label::new(words.font(fonts::regular(size::TEXT_CHIP)).color(palette.text)).wrap());
            } else {
                let search = text.get(keys.search);
                let field = Field::new(&search).hint(search.as_str()).icon(icons::SEARCH).show(ui, wanted);
                if button.clicked() {
                    field.request_focus();
                }
                let wanted = wanted.to_lowercase();
                let fits = |(_, (name, _)): &(usize, &(&str, bool))| name.to_lowercase().contains(&wanted);
                let found: Vec<(usize, &(&str, bool))> = names.iter().enumerate().filter(fits).collect();
                ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show_rows(
                    ui,
                    size::CHIP,
                    found.len(),
                    |ui, range| {
                        for (index, (name, on)) in &found[range] {
                            if menu_item(ui, *name, *on, if *on { icons::CHECK } else { "" }) {
                                chosen = Some(MenuChoice::Name(*index));
                                ui.close();
                            }
                        }
                    },
                );
            }
            if last(ui) {
                chosen = Some(MenuChoice::Last);
                ui.close();
            }
        });
    chosen
}

/// The selected text of the prompt, if there is any.
fn selected(ui: &Ui, composer: &Composer) -> Option<String> {
    let range = TextEditState::load(ui.ctx(), prompt_id())?.cursor.char_range()?;
    let (a, b) = (range.primary.index.0, range.secondary.index.0);
    let words: String = composer.recipe.prompt.chars().skip(a.min(b)).take(a.abs_diff(b)).collect();
    (!words.trim().is_empty()).then_some(words)
}
