//! The dialog that asks again for several pictures: one prompt over each of them, or their own prompts again.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use egui::{Id, Label, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};

use crate::{
    recipe::{ImageId, Part, Recipe, Reference},
    studio::{
        Command, Details, Event, ThumbnailSize,
        template::{self, Sources},
    },
};

use super::{
    Cx,
    action::Actions,
    composer::{profile_name, shape},
    gallery, icons,
    known::Known,
    theme::{self, fonts, size},
    widgets::{
        Button, Kind,
        dialog::{Dialog, note},
        field::Field,
        menu::{menu, menu_item},
        prompt_field::PromptField,
        section_label,
        slider::{Scale, optional_row},
    },
};

/// Width of the dialog.
const WIDTH: f32 = 880.0;
/// Pictures in a row, and how many rows are shown.
const COLUMNS: usize = 6;
const SHOWN: usize = COLUMNS * 2;
/// Height of a picture.
const PICTURE: f32 = 84.0;
/// Pictures that the studio is asked about at once.
const AT_ONCE: usize = 64;
/// Requests that are made at once, at most.
const MOST: usize = 10_000;
/// What stands for a picture's own prompt.
const OWN: &str = "{prompt}";
/// Letters of a prompt that name its picture as a reference.
const NAME: usize = 60;

/// What is asked for each picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// One prompt, with the picture as reference.
    #[default]
    Reference,
    /// The picture's own prompt and references again.
    OwnPrompt,
}

/// What the dialog remembers.
#[derive(Debug, Default)]
pub struct BatchDialog {
    images: Vec<ImageId>,
    mode: Mode,
    /// The prompt of each mode.
    over_each: String,
    own_again: String,
    /// Provider, model and parameters.
    recipe: Recipe,
    /// Everything about each picture, kept here because there may be more of them than [`Known`] keeps.
    details: HashMap<ImageId, Arc<Details>>,
    /// Pictures that the studio was asked about and has not told of yet.
    asked: HashSet<ImageId>,
    focus_wanted: bool,
}

impl BatchDialog {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, _known: &Known) {
        match event {
            Event::Details(details) if self.asked.remove(&details.id) => {
                self.details.insert(details.id, Arc::new(details.as_ref().clone()));
            }
            Event::Deleted(ids) if self.is_open() => self.images.retain(|id| !ids.contains(id)),
            Event::Stopped => self.close(),
            _ => {}
        }
    }

    /// Whether it is on screen.
    pub fn is_open(&self) -> bool {
        !self.images.is_empty()
    }

    /// Opens it for pictures; model and parameters start as the composer has them.
    pub fn open(&mut self, images: Vec<ImageId>, composer: &Recipe) {
        *self = Self {
            images,
            own_again: OWN.to_owned(),
            recipe: Recipe {
                prompt: String::new(),
                negative: String::new(),
                references: Vec::new(),
                ..composer.clone()
            },
            focus_wanted: true,
            over_each: std::mem::take(&mut self.over_each),
            ..Self::default()
        };
    }

    fn close(&mut self) {
        self.images.clear();
        self.details.clear();
        self.asked.clear();
    }

    /// Asks about the pictures that are not known yet, some at a time.
    fn read(&mut self, cx: &Cx<'_>, actions: &mut Actions) {
        for id in &self.images {
            if self.details.contains_key(id) {
                continue;
            }
            if let Some(details) = cx.known.details(*id) {
                self.details.insert(*id, Arc::clone(details));
            } else if self.asked.len() < AT_ONCE && self.asked.insert(*id) {
                actions.send(Command::Describe(*id));
            }
        }
    }

    fn prompt(&self) -> &str {
        match self.mode {
            Mode::Reference => &self.over_each,
            Mode::OwnPrompt => &self.own_again,
        }
    }

    /// How many requests it would be.
    fn requests(&self, sources: &Sources) -> usize {
        self.images.len().saturating_mul(self.variants(sources))
    }

    /// How many prompts the prompt stands for.
    fn variants(&self, sources: &Sources) -> usize {
        usize::try_from(template::Prompts::new(self.prompt(), sources).count()).unwrap_or(usize::MAX)
    }

    /// The requests, once everything about each picture is known.
    fn recipes(&self, sources: &Sources) -> Option<Vec<Recipe>> {
        let each = self.images.iter().map(|id| self.details.get(id)).collect::<Option<Vec<_>>>()?;
        let recipes = |(index, details): (usize, &Arc<Details>)| self.recipes_for(index + 1, details, sources);
        Some(each.into_iter().enumerate().flat_map(recipes).collect())
    }

    fn recipes_for(&self, number: usize, details: &Details, sources: &Sources) -> impl Iterator<Item = Recipe> + use<> {
        let own = details.recipe.prompt.trim();
        let references = match self.mode {
            Mode::Reference => vec![Reference {
                sha256: details.sha256.clone(),
                mime: details.format.mime().to_owned(),
                name: own.chars().take(NAME).collect(),
                image: Some(details.id),
            }],
            Mode::OwnPrompt => details.recipe.references.clone(),
        };
        // What is to be avoided belongs to a prompt.
        let negative = match self.mode {
            Mode::Reference => String::new(),
            Mode::OwnPrompt => details.recipe.negative.clone(),
        };
        // So that it is found under its picture.
        let part = Part::Picture(details.id);
        let recipe = Recipe { negative, references, part, ..self.recipe.clone() };
        let (number, tags) = (number.to_string(), details.marks.tags.join(", "));
        let model = details.recipe.model.as_str();
        let values = [("prompt", own), ("model", model), ("n", number.as_str()), ("tag", tags.as_str())];
        template::Prompts::new(&template::fill(self.prompt(), &values), sources)
            .every()
            .map(move |prompt| Recipe { prompt, ..recipe.clone() })
    }

    /// Why it cannot start, as a text's key.
    fn obstacle(&self, known: &Known) -> Option<&'static str> {
        if self.prompt().trim().is_empty() {
            Some("obstacle-prompt")
        } else if self.recipe.model.trim().is_empty() {
            Some("obstacle-model")
        } else {
            match known.profile(&self.recipe.profile) {
                None => Some("obstacle-provider"),
                Some(profile) if !known.key_ready(profile) => Some("batch-no-key"),
                Some(_) => None,
            }
        }
    }
}

/// Draws the dialog over everything. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut BatchDialog, cx: &Cx<'_>, actions: &mut Actions) {
    dialog.read(cx, actions);
    let title = cx.text.with("batch-title", [("count", dialog.images.len().into())]);
    let shown = Dialog::new("batch", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, cx),
        |ui, dialog| footer(ui, dialog, cx),
    );
    let (start, cancel) = shown.footer;
    if start && let Some(recipes) = dialog.recipes(&cx.known.sources) {
        actions.send(Command::Generate(recipes));
        dialog.close();
    } else if cancel || shown.close {
        dialog.close();
    }
}

fn body(ui: &mut Ui, dialog: &mut BatchDialog, cx: &Cx<'_>) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let modes = [(Mode::Reference, "batch-as-reference"), (Mode::OwnPrompt, "batch-own-prompts")];
        for (mode, key) in modes {
            let chip = Button::new(text.get(key)).kind(Kind::Chip).selected(dialog.mode == mode);
            if ui.add(chip).on_hover_text(text.get(tip(mode))).clicked() {
                dialog.mode = mode;
            }
        }
    });
    ui.add_space(4.0);
    section_label(ui, &text.get("batch-prompt"), |ui| {
        let note = RichText::new(text.with("batch-prompt-note", [("field", OWN.into())]));
        ui.label(note.font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
    });
    let name = text.get("batch-prompt");
    let field = PromptField::new(Id::unique("batch prompt"), &name).hint(text.get("batch-prompt-hint")).rows(2);
    let field = field.template(&cx.known.sources);
    let response = match dialog.mode {
        Mode::Reference => field.show(ui, &mut dialog.over_each),
        Mode::OwnPrompt => field.show(ui, &mut dialog.own_again),
    };
    if std::mem::take(&mut dialog.focus_wanted) {
        response.request_focus();
    }
    ui.add_space(4.0);
    pictures(ui, dialog, cx);
    ui.add_space(4.0);
    let half = (ui.available_width() - 20.0) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 20.0;
        ui.vertical(|ui| {
            ui.set_width(half);
            ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
            model(ui, dialog, cx);
            let mut n = dialog.recipe.parameters.n.map(f64::from);
            let scale = Scale::whole(1.0, 8.0, 1.0);
            let tip = text.with("parameter-tip", [("value", "1".into())]);
            optional_row(ui, &text.get("parameter-images"), &mut n, &scale, &text.get("default"), &tip);
            dialog.recipe.parameters.n = n.map(|n| n as u32);
        });
        ui.vertical(|ui| {
            ui.set_width(half);
            ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
            let abilities = cx.known.abilities(&dialog.recipe.profile, &dialog.recipe.model);
            shape::show(ui, &mut dialog.recipe.parameters, &abilities, text);
        });
    });
}

fn tip(mode: Mode) -> &'static str {
    match mode {
        Mode::Reference => "batch-as-reference-tip",
        Mode::OwnPrompt => "batch-own-prompts-tip",
    }
}

fn pictures(ui: &mut Ui, dialog: &BatchDialog, cx: &Cx<'_>) {
    let palette = theme::palette(ui.visuals());
    let shown = &dialog.images[..dialog.images.len().min(SHOWN)];
    let width = (ui.available_width() - size::GAP * (COLUMNS - 1) as f32) / COLUMNS as f32;
    let rows = shown.len().div_ceil(COLUMNS);
    let height = rows as f32 * (PICTURE + size::GAP) - size::GAP;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    for (index, id) in shown.iter().enumerate() {
        let at = rect.min
            + vec2((index % COLUMNS) as f32 * (width + size::GAP), (index / COLUMNS) as f32 * (PICTURE + size::GAP));
        let tile = Rect::from_min_size(at, vec2(width, PICTURE));
        gallery::picture(ui, tile, *id, None, ThumbnailSize::Small, cx);
    }
    let more = dialog.images.len() - shown.len();
    let variants = dialog.variants(&cx.known.sources);
    let notes = [
        (more > 0).then(|| cx.text.with("batch-more-pictures", [("count", more.into())])),
        (variants > 1).then(|| cx.text.with("batch-variants", [("count", variants.into())])),
    ];
    let words = notes.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if !words.is_empty() {
        ui.label(RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
    }
}

fn model(ui: &mut Ui, dialog: &mut BatchDialog, cx: &Cx<'_>) {
    let text = cx.text;
    section_label(ui, &text.get("composer-model"), |ui| {
        let now = cx.known.profile(&dialog.recipe.profile);
        let label = now.map_or_else(|| text.get("composer-no-provider"), |profile| profile_name(profile, cx));
        let name = text.with("composer-provider", [("provider", label.as_str().into())]);
        let button = ui.add(Button::new(label).kind(Kind::Link).trailing(icons::DOWN).name(name.as_str()));
        menu(&button, &name, 220.0, |ui| {
            for profile in &cx.known.settings.profiles {
                let note = if cx.known.key_ready(profile) { String::new() } else { text.get("composer-no-key") };
                let chosen = profile.id == dialog.recipe.profile;
                if menu_item(ui, profile_name(profile, cx), chosen, &note) && !chosen {
                    dialog.recipe.profile = profile.id.clone();
                    let first = cx.known.usual_model(&profile.id);
                    dialog.recipe.model = first.map_or_else(String::new, |model| model.id.clone());
                }
            }
        });
    });
    let name = text.get("composer-model");
    let field = Field::new(&name).hint(text.get("composer-model-hint")).room_at_right(24.0);
    let response = field.show(ui, &mut dialog.recipe.model);
    let arrow = Rect::from_center_size(
        pos2(response.rect.right() - 17.0, response.rect.center().y),
        vec2(size::BUTTON_LOW, size::BUTTON_LOW),
    );
    let show_models = text.get("composer-show-models");
    let arrow = ui.put(arrow, Button::icon(icons::DOWN, show_models.as_str()).low());
    let models = cx.known.models.get(&dialog.recipe.profile).map_or(&[][..], Vec::as_slice);
    menu(&arrow, &text.get("composer-models"), response.rect.width(), |ui| {
        if models.is_empty() {
            ui.add(Label::new(text.get("composer-no-models")).wrap());
        }
        ScrollArea::vertical().max_height(size::LIST_MOST).show_rows(ui, size::CHIP, models.len(), |ui, range| {
            for model in &models[range] {
                if menu_item(ui, model.id.as_str(), model.id == dialog.recipe.model, "") {
                    dialog.recipe.model.clone_from(&model.id);
                }
            }
        });
    });
}

/// Returns whether to start, and whether to close.
fn footer(ui: &mut Ui, dialog: &BatchDialog, cx: &Cx<'_>) -> (bool, bool) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let unread = dialog.images.iter().filter(|id| !dialog.details.contains_key(id)).count();
    let obstacle = dialog.obstacle(cx.known);
    let recipe = &dialog.recipe;
    let abilities = cx.known.abilities(&recipe.profile, &recipe.model);
    let requests = dialog.requests(&cx.known.sources).saturating_mul(abilities.requests(&recipe.parameters) as usize);
    let label = text.with("batch-start", [("count", requests.into())]);
    let too_many = requests > MOST;
    let enabled = unread == 0 && obstacle.is_none() && !too_many;
    let start = ui.add(Button::new(label).kind(Kind::Primary).enabled(enabled)).clicked();
    let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
    note(ui, |ui| {
        let count = text.with("batch-requests", [("count", requests.into())]);
        let at_once = cx.known.settings.concurrency;
        let mut words = text.with("batch-note", [("requests", count.into()), ("at_once", at_once.into())]);
        if too_many {
            let most = text.with("batch-too-many", [("most", MOST.into())]);
            words = format!("{words} · {most}");
        } else if unread > 0 {
            words = text.with("batch-reading", [("count", unread.into())]);
        } else if let Some(key) = obstacle {
            words = format!("{words} · {}", text.get(key));
        } else if let Some(list) = text.left_out(recipe, &abilities.not_sent(recipe)) {
            words = format!("{words} · {}", text.with("composer-left-out", [("list", list.into())]));
        }
        ui.add(Label::new(RichText::new(words).color(palette.text)).truncate());
    });
    (start, cancel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Answer, Format, RequestId};

    fn details(prompt: &str) -> Details {
        Details {
            id: ImageId::from_uuid(uuid::Uuid::from_u128(1)),
            request: RequestId::from_uuid(uuid::Uuid::from_u128(2)),
            recipe: Recipe { prompt: prompt.to_owned(), model: "old".to_owned(), ..Recipe::default() },
            answer: Answer::default(),
            format: Format::Webp,
            width: 1,
            height: 1,
            bytes: 1,
            sha256: "ab".to_owned(),
            created: jiff::Timestamp::UNIX_EPOCH,
            took: std::time::Duration::ZERO,
            cost: None,
            path: "x.webp".into(),
            marks: crate::recipe::Marks::default(),
            palette: Vec::new(),
            source: None,
            lineage: crate::studio::Lineage::default(),
        }
    }

    #[test]
    fn each_picture_goes_along_with_the_prompt() {
        let mut dialog = BatchDialog::default();
        let composer = Recipe { model: "new".to_owned(), prompt: "not this".to_owned(), ..Recipe::default() };
        dialog.open(vec![details("").id], &composer);
        dialog.over_each = "In snow: {prompt}".to_owned();
        let recipe = dialog.recipes_for(1, &details("a red fox"), &Sources::default()).next().unwrap();
        assert_eq!((recipe.prompt.as_str(), recipe.model.as_str()), ("In snow: a red fox", "new"));
        assert_eq!(recipe.references[0].mime, "image/webp");
        assert_eq!(recipe.references[0].image, Some(details("").id));
    }

    #[test]
    fn alternatives_multiply_the_requests() {
        let mut dialog = BatchDialog::default();
        dialog.open(vec![details("").id], &Recipe::default());
        dialog.over_each = "{prompt} {in rain|at dawn}".to_owned();
        assert_eq!(dialog.requests(&Sources::default()), 2);
        let prompts: Vec<_> = dialog
            .recipes_for(1, &details("a {red|grey} fox"), &Sources::default())
            .map(|recipe| recipe.prompt)
            .collect();
        assert_eq!(prompts, ["a {red|grey} fox in rain", "a {red|grey} fox at dawn"]);
        dialog.over_each = "{a|b}".repeat(100);
        assert_eq!(dialog.requests(&Sources::default()), usize::MAX);
    }

    #[test]
    fn own_prompts_are_asked_again_without_the_picture() {
        let mut dialog = BatchDialog::default();
        dialog.open(vec![details("").id], &Recipe { model: "new".to_owned(), ..Recipe::default() });
        dialog.mode = Mode::OwnPrompt;
        let recipe = dialog.recipes_for(1, &details("a red fox"), &Sources::default()).next().unwrap();
        assert_eq!((recipe.prompt.as_str(), recipe.model.as_str()), ("a red fox", "new"));
        assert!(recipe.references.is_empty());
    }
}
