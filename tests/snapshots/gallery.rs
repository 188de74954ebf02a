//! Tests of the gallery.

use std::{sync::Arc, time::Duration};

use atelier::{
    recipe::{
        Collection, CollectionEdit, CollectionId, Failure, FailureKind, Flag, Label, MarkChange, ProfileId, Recipe,
        SortField, SortOrder, StackKey,
    },
    studio::{
        BulkOperation, CardState, Command, Event, GalleryCommand, GalleryEvent, ImageLoadError, OrganizeCommand,
        OrganizeEvent, QueueCommand, QueueEvent, ReferenceCommand, RequestCard, SettingsCommand, Stack,
    },
};
use egui::{Key, Modifiers, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::simulated_studio::{Stage, ago, details, id, number, prompt, request};

fn job(n: usize, state: CardState) -> Event {
    let recipe = Recipe { prompt: format!("Job {n}"), ..Recipe::default() };
    Event::Queue(QueueEvent::RequestChanged(RequestCard::new(request(n), Arc::new(recipe), state)))
}

#[test]
fn images_are_grouped_by_day() {
    let stage = Stage::new(&[3, 5]);
    stage.window.get_by_role_and_label(Role::Heading, "Today");
    stage.window.get_by_role_and_label(Role::Heading, "Yesterday");
    let (first, second, below) = (stage.tile(0).rect(), stage.tile(1).rect(), stage.tile(3).rect());
    assert_eq!(first.top(), second.top());
    assert!(second.left() > first.right() && below.top() > first.bottom());
}

#[test]
fn only_visible_images_are_requested_and_drawn() {
    let mut stage = Stage::new(&[50_000, 50_000]);
    let tiles = stage.window.get_all(by().role(Role::ListBoxOption)).count();
    assert!((12..=24).contains(&tiles), "{tiles}");
    let commands = stage.heard();
    for command in &commands {
        match command {
            Command::Gallery(GalleryCommand::LoadRows(range)) => assert!(range.len() <= 128, "{range:?}"),
            Command::Gallery(GalleryCommand::LoadThumbnails(wish)) => assert!(wish.len() <= 60, "{}", wish.len()),
            _ => {}
        }
    }
    stage.press(Key::End);
    assert_eq!(stage.selected(), [99_999]);
    stage.press(Key::Home);
    assert_eq!(stage.selected(), [0]);
}

#[test]
fn requests_for_images_out_of_view_are_dropped() {
    let mut stage = Stage::new(&[10_000]);
    stage.paints = false;
    stage.press(Key::End);
    let commands = stage.heard();
    let wish = commands.iter().rev().find_map(|command| match command {
        Command::Gallery(GalleryCommand::LoadThumbnails(wish)) => Some(wish),
        _ => None,
    });
    let wish = wish.expect("a wish for what is at the end");
    assert!(wish.iter().any(|(image, _)| *image == id(9_999)));
    assert!(!wish.iter().any(|(image, _)| *image == id(0)));
    // Nothing changes, so nothing is sent.
    stage.settle();
    assert!(
        !stage.heard().iter().any(|command| matches!(command, Command::Gallery(GalleryCommand::LoadThumbnails(_))))
    );
}

#[test]
fn clicks_select_like_a_file_manager() {
    let mut stage = Stage::new(&[12]);
    stage.click_tile(2);
    assert_eq!(stage.selected(), [2]);
    stage.tile(5).click_modifiers(Modifiers::COMMAND);
    stage.settle();
    assert_eq!(stage.selected(), [2, 5]);
    stage.tile(8).click_modifiers(Modifiers::SHIFT);
    stage.settle();
    assert_eq!(stage.selected(), [5, 6, 7, 8]);
    stage.press_with(Modifiers::COMMAND, Key::A);
    assert_eq!(stage.selected().len(), 12);
    stage.press(Key::Escape);
    assert!(stage.selected().is_empty());
}

#[test]
fn arrows_move_in_two_dimensions_and_shift_extends_the_selection() {
    let mut stage = Stage::new(&[6, 6]);
    stage.click_tile(1);
    stage.press(Key::ArrowDown);
    assert_eq!(stage.selected(), [5]);
    stage.press(Key::ArrowDown);
    assert_eq!(stage.selected(), [7]);
    stage.press(Key::ArrowLeft);
    assert_eq!(stage.selected(), [6]);
    stage.press_with(Modifiers::SHIFT, Key::ArrowUp);
    assert_eq!(stage.selected(), [4, 5, 6]);
}

#[test]
fn rubber_band_selects_the_images_it_touches() {
    let mut stage = Stage::new(&[12]);
    let from = stage.tile(0).rect().right_top() + vec2(5.0, 20.0);
    let to = stage.tile(6).rect().center();
    stage.window.hover_at(from);
    stage.window.run();
    stage.window.drag_at(from);
    stage.window.run();
    stage.window.hover_at(from + vec2(20.0, 20.0));
    stage.window.step();
    stage.window.hover_at(to);
    stage.window.step();
    stage.window.drop_at(to);
    stage.settle();
    assert_eq!(stage.selected(), [1, 2, 5, 6]);
    // Pressing on an image starts no rubber band, unless a modifier key is held.
    let on_tile = stage.tile(0).rect().center();
    drag(&mut stage, on_tile, to);
    assert_eq!(stage.selected(), [0]);
    stage.window.event(egui::Event::ModifiersChanged(Modifiers::COMMAND));
    drag(&mut stage, on_tile, to);
    stage.window.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    assert_eq!(stage.selected(), [0, 1, 2, 4, 5, 6]);
}

/// Drags from one position to another.
fn drag(stage: &mut Stage, from: egui::Pos2, to: egui::Pos2) {
    stage.window.hover_at(from);
    stage.window.run();
    stage.window.drag_at(from);
    stage.window.run();
    stage.window.hover_at(from + (to - from) / 2.0);
    stage.window.step();
    stage.window.hover_at(to);
    stage.window.step();
    stage.window.drop_at(to);
    stage.settle();
}

#[test]
fn images_are_dropped_on_the_references() {
    let mut stage = Stage::new(&[12]);
    stage.click_tile(1);
    stage.tile(2).click_modifiers(Modifiers::SHIFT);
    stage.settle();
    let references = stage.window.get_by_role_and_label(Role::Button, "Add reference").rect().center();
    let added = |stage: &mut Stage| {
        stage.heard().into_iter().find_map(|command| match command {
            Command::References(ReferenceCommand::AddImages(ids)) => Some(ids),
            _ => None,
        })
    };
    let (selected, other) = (stage.tile(2).rect().center(), stage.tile(5).rect().center());
    drag(&mut stage, selected, references);
    assert_eq!(added(&mut stage), Some(vec![id(1), id(2)]));
    // An image that is not selected is dragged alone.
    drag(&mut stage, other, references);
    assert_eq!(added(&mut stage), Some(vec![id(5)]));
    // Dropping elsewhere has no effect.
    drag(&mut stage, other, egui::pos2(700.0, 20.0));
    assert_eq!(added(&mut stage), None);
}

#[test]
fn double_click_or_enter_opens_the_viewer_and_escape_closes_it() {
    let mut stage = Stage::new(&[12]);
    let at = stage.tile(3).rect().center();
    stage.double_click(at);
    let opened = |stage: &mut Stage| {
        stage.heard().iter().any(|c| matches!(c, Command::Gallery(GalleryCommand::LoadImage(i)) if *i == id(3)))
    };
    assert!(opened(&mut stage));
    stage.press(Key::Escape);
    assert_eq!(stage.selected(), [3]);
    stage.press(Key::Enter);
    assert!(opened(&mut stage));
}

#[test]
fn card_shows_each_state_of_its_request() {
    let mut stage = Stage::new(&[4]);
    stage.send(job(1, CardState::Queued));
    stage.window.get_by_label_contains("Queued");
    stage.send(job(1, CardState::Generating { since: ago(6) }));
    stage.window.get_by_label_contains("Generating…. 6 s");
    let receiving = CardState::Receiving { since: ago(6), bytes: 3_800_000, total: Some(6_100_000), preview: None };
    stage.send(job(1, receiving));
    stage.window.get_by_label_contains("Receiving · 62%. 3.8 MB of 6.1 MB");
    stage.click_button("Cancel “Job 1”");
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Queue(QueueCommand::Cancel(id)) if *id == request(1)))
    );
    stage.send(job(1, CardState::Cancelled { sent: true }));
    stage.window.get_by_label_contains("Canceled. You may have been charged.");
    stage.click_button("Retry");
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Queue(QueueCommand::Retry(id)) if *id == request(1)))
    );
}

#[test]
fn retry_card_counts_down_and_can_be_skipped() {
    let mut stage = Stage::new(&[4]);
    let failure = Failure::new(FailureKind::RateLimited);
    stage.send(job(1, CardState::RetryScheduled { failure, at: ago(-12), attempts: 1, max_attempts: 4 }));
    stage.window.get_by_label_contains("Rate limit reached · retrying in 12 s. Sent 1 of 4 times");
    stage.click_button("Send now");
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Queue(QueueCommand::SendNow(id)) if *id == request(1)))
    );
    stage.click_button("Cancel “Job 1”");
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Queue(QueueCommand::Cancel(id)) if *id == request(1)))
    );
}

#[test]
fn failed_card_offers_the_next_step() {
    let mut stage = Stage::new(&[4]);
    let fail = |stage: &mut Stage, kind| {
        let mut failed = job(1, CardState::Failed(Failure::new(kind)));
        if let Event::Queue(QueueEvent::RequestChanged(job)) = &mut failed {
            let recipe = Recipe { profile: ProfileId::dgrid(), ..job.recipe.as_ref().clone() };
            job.recipe = recipe.into();
        }
        stage.send(failed);
    };
    fail(&mut stage, FailureKind::NoMoney);
    stage.window.get_by_role_and_label(Role::Button, "Billing page").click();
    let opens = |command: &egui::OutputCommand| matches!(command, egui::OutputCommand::OpenUrl(page) if page.url == "https://dgrid.ai/");
    let opened = (0..4).any(|_| {
        stage.window.step();
        stage.window.output().platform_output.commands.iter().any(opens)
    });
    assert!(opened, "the page is opened");
    fail(&mut stage, FailureKind::LinkFailed);
    stage.click_button("Fetch again");
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Queue(QueueCommand::RereadResponse(id)) if *id == request(1)))
    );
    fail(&mut stage, FailureKind::UnknownModel);
    stage.click_button("Choose model");
    stage.settle();
    assert!(stage.window.query_by_label("Models").is_some(), "the list of models is open");
    stage.press(Key::Escape);
    fail(&mut stage, FailureKind::WrongKey);
    stage.click_button("Check key");
    stage.settle();
    stage.window.get_by_role_and_label(Role::Dialog, "Settings");
}

#[test]
fn failed_card_shows_reason_and_cost() {
    let mut stage = Stage::new(&[4]);
    let failure = Failure::new(FailureKind::NoImage).words("I can't create that.");
    stage.send(job(1, CardState::Failed(failure)));
    let card = stage.window.get_by_role(Role::Article);
    let words = card.accesskit_node().label().unwrap_or_default();
    assert!(words.contains("“I can't create that.”") && words.contains("You were charged."), "{words}");
    stage.click_button("Edit prompt");
    stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
    assert_eq!(stage.window.get_by_role(Role::MultilineTextInput).value().as_deref(), Some("Job 1"));
    stage.click_button("Remove card: Job 1");
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Queue(QueueCommand::Dismiss(id)) if *id == request(1)))
    );
    stage.send(Event::Queue(QueueEvent::RequestRemoved(request(1))));
    assert!(stage.window.query_by_role(Role::Article).is_none());
}

#[test]
fn new_image_replaces_its_card_and_fills_only_an_empty_inspector() {
    let mut stage = Stage::new(&[4]);
    stage.send(job(1, CardState::Generating { since: ago(1) }));
    let store = |stage: &mut Stage, number: usize, ids: Vec<usize>| {
        stage.send(Event::Gallery(GalleryEvent::ImageStored(Box::new(details(number)))));
        stage.show(vec![ids.into_iter().map(id).collect()]);
        let done = CardState::Done { images: vec![id(number)], took: Duration::from_secs(2) };
        stage.send(job(1, done));
    };
    store(&mut stage, 10, vec![10, 0, 1, 2, 3]);
    assert!(stage.window.query_by_role(Role::Article).is_none());
    assert_eq!(stage.selected(), [10]);
    stage.click_tile(2);
    store(&mut stage, 11, vec![11, 10, 0, 1, 2, 3]);
    assert_eq!(stage.selected(), [2]);
}

#[test]
fn card_timer_repaints_and_an_idle_gallery_does_not() {
    let mut stage = Stage::new(&[4]);
    let delay = |stage: &Stage| stage.window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert_eq!(delay(&stage), Duration::MAX);
    stage.send(job(1, CardState::Queued));
    assert_eq!(delay(&stage), Duration::MAX);
    stage.send(job(1, CardState::Generating { since: ago(3) }));
    assert!(delay(&stage) <= Duration::from_secs(1));
}

#[test]
fn scroll_position_is_kept_when_images_are_added_above() {
    let mut stage = Stage::new(&[400]);
    stage.click_tile(0);
    for _ in 0..6 {
        stage.press(Key::PageDown);
    }
    let chosen = stage.selected()[0];
    let before = stage.tile(chosen).rect();
    let mut ids: Vec<_> = (1_000..1_007).map(id).collect();
    ids.extend((0..400).map(id));
    stage.show(vec![ids]);
    let after = stage.tile(chosen).rect();
    assert_eq!(before.top(), after.top());
    assert!(stage.is_selected(chosen));
}

#[test]
fn next_image_is_selected_after_a_deletion() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(3);
    stage.press(Key::Delete);
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Organize(OrganizeCommand::MoveToTrash(ids)) if *ids == [id(3)]))
    );
    stage.channels.events.send(Event::Organize(OrganizeEvent::MovedToTrash(vec![id(3)])));
    stage.show(vec![[0, 1, 2, 4, 5, 6, 7].map(id).into()]);
    assert_eq!(stage.selected(), [4]);
}

#[test]
fn day_heading_is_sticky() {
    let mut stage = Stage::new(&[40, 40]);
    let top = stage.window.get_by_role_and_label(Role::Heading, "Today").rect().top();
    stage.click_tile(0);
    stage.press(Key::PageDown);
    let held = stage.window.get_by_role_and_label(Role::Heading, "Today").rect();
    assert!(held.top() < top && held.top() > stage.gallery().top(), "{held:?}");
    // The focused image is never hidden.
    stage.press(Key::ArrowUp);
    stage.press(Key::ArrowUp);
    stage.press(Key::ArrowUp);
    let tile = stage.tile(stage.selected()[0]).rect();
    assert!(tile.top() >= held.bottom(), "{tile:?} {held:?}");
    stage.press(Key::End);
    assert!(stage.window.query_by_role_and_label(Role::Heading, "Today").is_none());
    let held = stage.window.get_by_role_and_label(Role::Heading, "Yesterday").rect();
    assert_eq!(held.top(), stage.gallery().top() + 8.0);
    stage.click_button("Go to the start of this day");
    stage.tile(40);
}

#[test]
fn wheel_and_scroll_bar_reach_both_ends() {
    let mut stage = Stage::new(&[40_000, 60_000]);
    let place = |stage: &Stage| {
        let bar = stage.window.get_by_role_and_label(Role::ScrollBar, "Scroll bar");
        bar.accesskit_node().numeric_value().expect("how far it is scrolled")
    };
    let middle = stage.gallery().center();
    stage.window.hover_at(middle);
    let delta = vec2(0.0, -400.0);
    stage.window.event(egui::Event::MouseWheel {
        source: egui::MouseWheelSource::Trackpad,
        unit: egui::MouseWheelUnit::Point,
        delta,
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    stage.settle();
    assert_eq!(place(&stage), 400.0);
    let bar = stage.window.get_by_role_and_label(Role::ScrollBar, "Scroll bar").rect();
    let from = bar.center_top() + vec2(0.0, 5.0);
    stage.window.hover_at(from);
    stage.window.drag_at(from);
    stage.window.run();
    stage.window.hover_at(bar.center());
    stage.settle();
    let bar = stage.window.get_by_role_and_label(Role::ScrollBar, "Scroll bar");
    assert_eq!(bar.value().as_deref(), Some("Yesterday"));
    stage.window.hover_at(egui::pos2(bar.rect().center().x, 2_000.0));
    stage.settle();
    stage.tile(99_999);
    stage.window.drop_at(egui::pos2(0.0, 0.0));
    stage.settle();
    stage.tile(99_999);
}

#[test]
fn typed_date_scrolls_to_its_day() {
    let mut stage = Stage::new(&[40, 40, 40]);
    let day = stage.days[2].date;
    stage.click_tile(3);
    stage.press(Key::G);
    stage.window.event(egui::Event::Text(day.strftime("%Y-%m-%d").to_string()));
    stage.settle();
    stage.tile(80);
    stage.press(Key::Escape);
    stage.tile(3);
    assert_eq!(stage.selected(), [3]);
    stage.press(Key::G);
    stage.window.event(egui::Event::Text(day.strftime("%Y%m%d").to_string()));
    stage.settle();
    stage.press(Key::Enter);
    assert_eq!(stage.selected(), [80]);
    stage.press(Key::ArrowRight);
    assert_eq!(stage.selected(), [81]);
}

/// The changes of marks since the last call, with their images.
fn mark_changes(stage: &mut Stage) -> Vec<(Vec<usize>, MarkChange)> {
    let commands = stage.heard();
    let said = commands.into_iter().filter_map(|command| match command {
        Command::Organize(OrganizeCommand::Change { images, change }) => {
            Some((images.iter().map(|id| number(*id)).collect(), change))
        }
        _ => None,
    });
    said.collect()
}

#[test]
fn keys_rate_flag_and_label_the_selection() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(1);
    stage.press(Key::Num4);
    assert_eq!(mark_changes(&mut stage), [(vec![1], MarkChange::Rate(4))]);
    stage.tile(3).click_modifiers(Modifiers::SHIFT);
    stage.settle();
    for key in [Key::P, Key::X, Key::Num6, Key::Num0] {
        stage.press(key);
    }
    let all = vec![1, 2, 3];
    let changes = [
        MarkChange::Flag(Flag::Picked),
        MarkChange::Flag(Flag::Rejected),
        MarkChange::Label(Some(Label::Red)),
        MarkChange::Rate(0),
    ];
    assert_eq!(mark_changes(&mut stage), changes.map(|change| (all.clone(), change)));
    // In a text field these keys are letters.
    stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt").focus();
    stage.window.run();
    stage.press(Key::P);
    assert_eq!(mark_changes(&mut stage), []);
}

#[test]
fn ratings_show_at_once_and_the_same_key_removes_them() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(1);
    let organised = |change| {
        Event::Organize(OrganizeEvent::Changed { undo: Some(1), images: [id(1)].into(), change: Some(change) })
    };
    let description = |stage: &Stage| stage.tile(1).accesskit_node().description();
    stage.send(organised(MarkChange::Rate(4)));
    stage.send(organised(MarkChange::Flag(Flag::Picked)));
    stage.send(organised(MarkChange::Label(Some(Label::Blue))));
    assert_eq!(description(&stage).as_deref(), Some("4 stars, Picked, Blue label"));
    mark_changes(&mut stage);
    stage.press(Key::P);
    stage.press(Key::Num9);
    assert_eq!(mark_changes(&mut stage), [(vec![1], MarkChange::Flag(Flag::None)), (vec![1], MarkChange::Label(None))]);
    // Rows that others have changed are read again, and the known ones stay visible meanwhile.
    stage.channels.events.send(Event::Gallery(GalleryEvent::RowsChanged));
    stage.window.step();
    assert_eq!(description(&stage).as_deref(), Some("4 stars, Picked, Blue label"));
    stage.settle();
    assert_eq!(description(&stage), None);
}

#[test]
fn context_menu_of_a_tile_sets_the_rating() {
    let mut stage = Stage::new(&[8]);
    let at = stage.tile(2).rect().center();
    stage.window.hover_at(at);
    stage.settle();
    stage.click_button("Rating, flag and color label");
    stage.window.get_by_role_and_label(Role::Button, "3 stars").click();
    stage.settle();
    assert_eq!(mark_changes(&mut stage), [(vec![2], MarkChange::Rate(3))]);
}

#[test]
fn undo_reverts_the_last_change_of_any_kind() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(1);
    stage.send(Event::Organize(OrganizeEvent::MovedToTrash(vec![id(7)])));
    stage.window.get_by_label("1 image moved to the trash");
    stage.send(Event::Organize(OrganizeEvent::Changed {
        undo: Some(5),
        images: [id(1), id(2)].into(),
        change: Some(MarkChange::Rate(2)),
    }));
    stage.window.get_by_label("2 images changed");
    assert!(stage.window.query_by_label("1 image moved to the trash").is_none(), "Undo is no longer about that");
    stage.heard();
    stage.press_with(Modifiers::COMMAND, Key::Z);
    assert!(stage.heard().iter().any(|command| matches!(command, Command::Organize(OrganizeCommand::Undo(5)))));
    stage.press_with(Modifiers::COMMAND, Key::Z);
    assert!(stage.heard().iter().any(
        |command| matches!(command, Command::Organize(OrganizeCommand::RestoreFromTrash(ids)) if *ids == [id(7)])
    ));
}

#[test]
fn change_of_many_images_shows_progress() {
    let mut stage = Stage::new(&[50_000]);
    stage.click_tile(1);
    stage.press_with(Modifiers::COMMAND, Key::A);
    stage.press(Key::Num5);
    stage.send(Event::Organize(OrganizeEvent::Progress {
        operation: BulkOperation::ChangeMarks,
        done: 0,
        total: 50_000,
    }));
    stage.window.get_by_label("Changing 0 of 50,000 images…");
    stage.send(Event::Organize(OrganizeEvent::Progress {
        operation: BulkOperation::ChangeMarks,
        done: 12_000,
        total: 50_000,
    }));
    stage.window.get_by_label("Changing 12,000 of 50,000 images…");
    stage.heard();
    stage.click_button("Stop");
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Organize(OrganizeCommand::Stop(BulkOperation::ChangeMarks))))
    );
    let images = stage.ids.clone().into();
    stage.send(Event::Organize(OrganizeEvent::Changed { undo: Some(1), images, change: Some(MarkChange::Rate(5)) }));
    assert!(stage.window.query_by_label_contains("Changing").is_none());
    stage.window.get_by_label("50,000 images changed");
}

/// The last search since the last call, and its order.
fn last_search(stage: &mut Stage) -> Option<(String, SortOrder)> {
    stage.heard().into_iter().rev().find_map(|command| match command {
        Command::Gallery(GalleryCommand::OpenView { search, order }) => Some((search, order)),
        _ => None,
    })
}

#[test]
fn filter_chips_edit_and_show_the_search_terms() {
    let mut stage = Stage::new(&[8]);
    let choose = |stage: &mut Stage, chip: &str, item: &str| {
        stage.click_button(chip);
        stage.click_button(item);
        let (search, _) = last_search(stage).expect("a search");
        let view = stage.view(&search);
        stage.send(Event::Gallery(GalleryEvent::View(view)));
        search
    };
    assert_eq!(choose(&mut stage, "Rating", "★ 3+"), "rating:>=3");
    assert_eq!(choose(&mut stage, "Rating: ★ 3+", "★ 4+"), "rating:>=4");
    let model = "gemini-2.5-flash-image";
    assert_eq!(choose(&mut stage, "Model", model), format!("rating:>=4 model:{model}"));
    assert_eq!(choose(&mut stage, "More filters", "Picked"), format!("rating:>=4 model:{model} is:picked"));
    stage.window.get_by_label("Matching images");
    assert_eq!(choose(&mut stage, "Rating: ★ 4+", "Any"), format!("model:{model} is:picked"));
    let field = stage.window.get_by_role_and_label(Role::TextInput, "Search");
    assert_eq!(field.value(), Some(format!("model:{model} is:picked")));
    stage.click_button("Clear search");
    assert_eq!(last_search(&mut stage), Some((String::new(), SortOrder::NEWEST)));
}

#[test]
fn collections_are_shown_as_a_tree() {
    let mut stage = Stage::new(&[8]);
    let collection = |n: u128, name: &str, parent: Option<u128>| Collection {
        id: CollectionId::from_uuid(uuid::Uuid::from_u128(n)),
        name: name.to_owned(),
        parent: parent.map(|n| CollectionId::from_uuid(uuid::Uuid::from_u128(n))),
        query: None,
        count: 3,
    };
    stage.send(Event::Organize(OrganizeEvent::Collections(vec![
        collection(2, "Cats", Some(1)),
        collection(1, "Client A", None),
        collection(3, "Posters", None),
    ])));
    stage.click_button("Collection");
    let top = |name: &str| stage.window.get_by_role_and_label(Role::TreeItem, name).rect().top();
    assert!(top("Client A") < top("Cats") && top("Cats") < top("Posters"));
    stage.window.get_by_role_and_label(Role::TreeItem, "Client A").click();
    stage.settle();
    assert_eq!(last_search(&mut stage).expect("a search").0, "collection:\"Client A\"");
}

#[test]
fn images_and_collections_are_dropped_on_collections() {
    let mut stage = Stage::new(&[8]);
    let named = |n: u128| CollectionId::from_uuid(uuid::Uuid::from_u128(n));
    let collection =
        |n: u128, name: &str| Collection { id: named(n), name: name.to_owned(), parent: None, query: None, count: 0 };
    stage.send(Event::Organize(OrganizeEvent::Collections(vec![collection(1, "Client A"), collection(2, "Posters")])));
    let row = |stage: &Stage, name: &str| stage.window.get_by_role_and_label(Role::TreeItem, name).rect().center();
    // The tree opens under an image that is dragged over its chip, and closes when it is dropped.
    let (picture, chip) = (stage.tile(3).rect().center(), stage.window.get_by_label("Collection").rect().center());
    stage.window.hover_at(picture);
    stage.window.run();
    stage.window.drag_at(picture);
    stage.window.run();
    stage.window.hover_at(chip);
    stage.window.run_steps(4);
    let at = row(&stage, "Posters");
    stage.window.hover_at(at);
    stage.window.run_steps(2);
    stage.window.drop_at(at);
    stage.settle();
    let added = stage.heard().into_iter().find_map(|command| match command {
        Command::Organize(OrganizeCommand::Change { images, change: MarkChange::AddTo(to) }) => {
            Some((images.to_vec(), to))
        }
        _ => None,
    });
    assert_eq!(added, Some((vec![id(3)], named(2))));
    assert!(stage.window.query_by_role_and_label(Role::TreeItem, "Posters").is_none());
    stage.click_button("Collection");
    let (from, to) = (row(&stage, "Posters"), row(&stage, "Client A"));
    drag(&mut stage, from, to);
    let moved = |command: &Command| match command {
        Command::Organize(OrganizeCommand::EditCollections(edit)) => {
            *edit == CollectionEdit::Move(named(2), Some(named(1)))
        }
        _ => false,
    };
    assert!(stage.heard().iter().any(moved));
}

#[test]
fn images_sorted_by_other_keys_have_no_day_headings() {
    let mut stage = Stage::new(&[8, 8]);
    stage.click_button("Order: Newest");
    stage.click_button("Highest rated");
    let order = SortOrder { key: SortField::Rating, descending: true };
    assert_eq!(last_search(&mut stage), Some((String::new(), order)));
    let view = atelier::studio::View { order, days: Vec::new(), revision: 9, ..stage.view("") };
    stage.send(Event::Gallery(GalleryEvent::View(view)));
    stage.window.get_by_label("Order: Highest rated");
    assert!(stage.window.query_by_role(Role::Heading).is_none());
    stage.tile(0);
}

#[test]
fn filters_collapse_into_a_menu_in_a_narrow_window() {
    let mut stage = Stage::new(&[8]);
    stage.window.set_size(vec2(900.0, 700.0));
    stage.settle();
    assert!(stage.window.query_by_role_and_label(Role::Button, "Rating").is_none());
    stage.click_button("Filters");
    stage.click_button("★ 3+");
    assert_eq!(last_search(&mut stage).expect("a search").0, "rating:>=3");
}

#[test]
fn trash_is_viewed_restored_and_emptied_after_confirmation() {
    let mut stage = Stage::new(&[8]);
    stage.click_button("More filters");
    stage.click_button("Trash");
    assert_eq!(last_search(&mut stage).expect("a search").0, "in:trash");
    let view = atelier::studio::View { days: Vec::new(), ..stage.view("in:trash") };
    stage.send(Event::Gallery(GalleryEvent::View(view)));
    stage.click_tile(2);
    stage.heard();
    stage.press(Key::Delete);
    assert!(
        !stage.heard().iter().any(|command| matches!(command, Command::Organize(OrganizeCommand::MoveToTrash(_)))),
        "it is deleted already"
    );
    stage.click_button("Restore 1");
    assert!(stage.heard().iter().any(
        |command| matches!(command, Command::Organize(OrganizeCommand::RestoreFromTrash(ids)) if *ids == [id(2)])
    ));
    stage.click_button("Empty trash…");
    stage.window.get_by_label("Permanently delete 8 images? This can’t be undone.");
    stage.click_button("Cancel");
    stage.click_button("Empty trash…");
    assert!(!stage.heard().iter().any(|command| matches!(command, Command::Organize(OrganizeCommand::EmptyTrash))));
    stage.click_button("Delete permanently");
    assert!(stage.heard().iter().any(|command| matches!(command, Command::Organize(OrganizeCommand::EmptyTrash))));
    stage.send(Event::Organize(OrganizeEvent::TrashEmptied(8)));
    stage.window.get_by_label("8 images permanently deleted");
}

#[test]
fn stack_shows_its_count_and_expands_in_place() {
    let mut stage = Stage::new(&[8]);
    stage.click_button("More filters");
    stage.click_button("Stack related images");
    let stacked =
        |command: &Command| matches!(command, Command::Settings(SettingsCommand::Save(settings)) if settings.stacked);
    assert!(stage.heard().iter().any(stacked));
    let stack = Stack { of: StackKey::Request(request(2)), count: 4, open: false };
    let show = |stage: &mut Stage, stack| {
        stage.revision += 1;
        let stacks = Arc::new([(id(2), stack)].into());
        let view = atelier::studio::View { stacks, ..stage.view("") };
        stage.send(Event::Gallery(GalleryEvent::View(view)));
    };
    show(&mut stage, stack);
    stage.click_button("Expand stack (4 images)");
    let told = |stage: &mut Stage, wanted| {
        let commands = stage.heard();
        commands
            .iter()
            .any(|command| matches!(command, Command::Gallery(GalleryCommand::SetStackOpen(of, open)) if *of == StackKey::Request(request(2)) && *open == wanted))
    };
    assert!(told(&mut stage, true));
    assert!(stage.selected().is_empty(), "this does not select the top image");
    show(&mut stage, Stack { open: true, ..stack });
    stage.click_button("Collapse stack");
    assert!(told(&mut stage, false));
}

#[test]
fn scroll_position_survives_a_partial_view() {
    let mut at = crate::common::ui::ready();
    at.session.scroll = 30_000.0;
    let mut stage = Stage::with(at, &[]);
    let day = |count| vec![atelier::studio::DayGroup { date: jiff::Zoned::now().date(), first: 0, count }];
    let view = |count: usize, beginning: bool| atelier::studio::View {
        revision: 10 + u64::from(!beginning),
        is_preview: beginning,
        total: count,
        library_total: count,
        days: day(count),
        ids: (0..count).map(id).collect(),
        ..atelier::studio::View::default()
    };
    stage.ids = (0..1_000).map(id).collect();
    stage.send(Event::Gallery(GalleryEvent::View(view(100, true))));
    stage.send(Event::Gallery(GalleryEvent::View(view(1_000, false))));
    let bar = stage.window.get_by_role_and_label(Role::ScrollBar, "Scroll bar");
    assert_eq!(bar.accesskit_node().numeric_value(), Some(30_000.0));
    let kept = stage.heard().into_iter().rev().find_map(|command| match command {
        Command::Settings(SettingsCommand::SaveSession(session)) => Some(session.scroll),
        _ => None,
    });
    assert!(kept.is_none_or(|kept| kept == 30_000.0), "nothing else is kept for the next start");
}

#[test]
fn unreadable_image_shows_an_error() {
    let mut stage = Stage::new(&[2]);
    stage.paints = false;
    stage.show(vec![vec![id(20)]]);
    for size in [atelier::studio::ThumbnailSize::Small, atelier::studio::ThumbnailSize::Large] {
        stage.send(Event::Gallery(GalleryEvent::Thumbnail { id: id(20), size, pixels: Err(ImageLoadError::Missing) }));
    }
    let tile = stage.tile(20);
    assert_eq!(tile.accesskit_node().description().as_deref(), Some("File not found"));
}

#[test]
fn context_menu_acts_on_its_image() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(1);
    stage.tile(5).click_secondary();
    stage.settle();
    assert_eq!(stage.selected(), [5]);
    // The inspector has a button with the same name.
    stage.window.get_all_by_label("Copy image").last().expect("a menu item").click();
    stage.settle();
    assert!(
        stage
            .heard()
            .iter()
            .any(|command| matches!(command, Command::Gallery(GalleryCommand::CopyImage(image)) if *image == id(5)))
    );
}

#[test]
fn selection_bar_acts_on_the_selected_images() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(1);
    stage.tile(2).click_modifiers(Modifiers::SHIFT);
    stage.settle();
    stage.window.get_by_label("2 selected");
    stage.window.get_all_by_label("Use as reference").next().expect("a button").click();
    stage.settle();
    let wanted = |command: &Command| matches!(command, Command::References(ReferenceCommand::AddImages(ids)) if *ids == [id(1), id(2)]);
    assert!(stage.heard().iter().any(wanted));
}

#[test]
fn empty_search_result_offers_to_clear_the_search() {
    let mut stage = Stage::new(&[8]);
    let everything = stage.view("");
    let nothing = atelier::studio::View {
        revision: 99,
        search: "zebra".to_owned(),
        total: 0,
        days: Vec::new(),
        ids: Vec::new().into(),
        ..everything
    };
    stage.send(Event::Gallery(GalleryEvent::View(nothing)));
    stage.window.get_by_label("No results for “zebra”");
    stage.click_button("Show all images");
    let back = |command: &Command| matches!(command, Command::Gallery(GalleryCommand::OpenView { search, .. }) if search.is_empty());
    assert!(stage.heard().iter().any(back));
}

#[test]
fn inspector_shows_requested_and_received_values() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(1);
    stage.window.get_by_label("1536 × 1024 · PNG · 6.1 MB");
    stage.window.get_by_label("1,290 (12 in, 1,278 out)");
    stage.window.get_by_label("8.4 s");
    stage.click_button("Copy prompt");
    assert!(stage.window.output().platform_output.commands.is_empty(), "it was copied in an earlier frame");
    stage.click_button("Reuse settings");
    let field = stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
    assert_eq!(field.value().as_deref(), Some(prompt(1).as_str()));
}
