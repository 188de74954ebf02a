//! Tests of the queue page with more requests than fit on the screen.

use std::sync::Arc;

use atelier::{
    recipe::{BatchId, Recipe, RequestId},
    studio::{CardState, Command, Event, QueueCommand, QueueEvent, QueuePosition, QueueStatus, RequestCard},
};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use uuid::Uuid;

use crate::{
    common::ui::ready,
    simulated_studio::{Stage, request},
};

const MANY: usize = 10_000;

fn open_with_many_requests() -> Stage {
    let mut stage = Stage::with(ready(), &[]);
    let batch = Some(BatchId::from_uuid(Uuid::from_u128(7)));
    for number in 0..MANY {
        let recipe = Recipe { prompt: format!("prompt {number}"), batch, ..Recipe::default() };
        let job = RequestCard::new(request(number), Arc::new(recipe), CardState::Queued);
        stage.channels.events.send(Event::Queue(QueueEvent::RequestChanged(job)));
    }
    let order: Vec<RequestId> = (0..MANY).map(request).collect();
    let queue = QueueStatus { queued: MANY, order: order.into(), ..QueueStatus::default() };
    stage.send(Event::Queue(QueueEvent::Status(Box::new(queue))));
    stage.press_with(Modifiers::COMMAND, Key::J);
    stage
}

fn row_texts(stage: &Stage) -> Vec<String> {
    let lines = stage.window.query_all(by().role(Role::TreeItem));
    lines.filter_map(|line| line.accesskit_node().label()).filter(|label| label.starts_with("prompt")).collect()
}

#[test]
fn only_visible_rows_of_ten_thousand_requests_are_drawn() {
    let mut stage = open_with_many_requests();
    assert_eq!(row_texts(&stage), ["prompt 0 and others. 0 of 10,000 done. 10,000 of unknown price"]);
    stage.press(Key::Home);
    stage.press(Key::ArrowRight);
    stage.settle();
    assert!((10..30).contains(&row_texts(&stage).len()), "{:?}", row_texts(&stage));
    stage.press(Key::End);
    stage.settle();
    let shown = row_texts(&stage);
    assert!((10..30).contains(&shown.len()), "{shown:?}");
    assert!(shown.iter().any(|line| line.starts_with("prompt 9999. Queued · #10,000")), "{shown:?}");
    stage.heard.clear();
    stage.press_with(Modifiers::ALT, Key::ArrowUp);
    stage.settle();
    let moved = stage.heard.iter().any(|command| {
        matches!(command, Command::Queue(QueueCommand::Move { requests, to })
            if *requests == [request(9_999)] && *to == QueuePosition::Before(request(9_998)))
    });
    assert!(moved, "{:?}", stage.heard);
}

#[test]
fn idle_queue_page_draws_nothing() {
    let mut stage = Stage::with(ready(), &[]);
    stage.press_with(Modifiers::COMMAND, Key::J);
    stage.settle();
    let output = &stage.window.output().viewport_output[&egui::ViewportId::ROOT];
    assert!(output.repaint_delay > std::time::Duration::from_hours(1), "{:?}", output.repaint_delay);
}
