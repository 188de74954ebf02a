//! Tests of the queue as a person sees and controls it: the title of the window, the page, the status bar, closing,
//! money.

use std::{fs, time::Duration};

use atelier::{
    recipe::{Caps, Money},
    settings::{Language, Settings},
};
use egui::{Event, Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, Part, Reply},
        images::{image_response, png},
        prompt,
    },
    test_app::{Machine, Stage},
};

/// A gateway that does not respond to a prompt that starts with "stall".
fn stalling_gateway() -> Gateway {
    gateway(|request| {
        if prompt(request).starts_with("stall") {
            Reply(vec![Part::Stall])
        } else {
            Reply::json(&image_response(&png(1)))
        }
    })
}

fn run_one_at_a_time(settings: &mut Settings) {
    settings.concurrency = 1;
}

/// A window in which one request is at the gateway without a response, and these wait.
fn open_with_running_request(machine: &Machine, waiting: &[&str]) -> Stage {
    let mut stage = machine.open();
    for prompt in ["stall"].iter().chain(waiting) {
        stage.generate(prompt);
    }
    stage.until("they are there", |window| {
        window.state().title() == format!("1 running · {} queued – Atelier", waiting.len())
    });
    stage.press(Modifiers::COMMAND, Key::J);
    stage
}

/// The viewport commands of the last frame.
fn commands(stage: &Stage) -> &[ViewportCommand] {
    &stage.window.output().viewport_output[&ViewportId::ROOT].commands
}

/// The texts of the page's rows, from top to bottom.
fn row_texts(stage: &Stage) -> Vec<String> {
    let mut lines: Vec<_> = stage
        .window
        .query_all(by().role(Role::TreeItem))
        .filter(|node| node.accesskit_node().level().is_some())
        .map(|node| (node.rect().top(), node.accesskit_node().label().unwrap_or_default()))
        .collect();
    lines.sort_by(|one, other| one.0.total_cmp(&other.0));
    lines.into_iter().map(|(_, label)| label).collect()
}

/// The prompts on the page, from top to bottom.
fn row_prompts(stage: &Stage) -> Vec<String> {
    row_texts(stage).iter().map(|line| line.split(". ").next().unwrap_or_default().to_owned()).collect()
}

fn wait_for_order(stage: &mut Stage, wanted: &[&str]) {
    for _ in 0..2_000 {
        stage.window.step();
        if row_prompts(stage) == wanted {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("{:?} never became {wanted:?}", row_texts(stage));
}

fn choose_in_menu(stage: &mut Stage, menu: &str, item: &str) {
    stage.click(menu);
    stage.click(item);
}

fn requested_prompts(gateway: &Gateway) -> Vec<String> {
    gateway.posts().iter().map(prompt).collect()
}

/// Requests to close the window, like its close button.
fn request_close(stage: &mut Stage) -> Vec<ViewportCommand> {
    let root = stage.window.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    root.events.push(ViewportEvent::Close);
    stage.window.step();
    let shown = commands(stage).to_vec();
    stage.window.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.clear();
    shown
}

#[test]
fn a_screen_reader_reads_the_row_at_the_cursor() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = open_with_running_request(&machine, &["a fox", "a hare"]);
    stage.window.get_by_role_and_label(Role::Tree, "Queue").focus();
    stage.frames();
    let focused = |stage: &Stage| {
        let rows = stage.window.query_all(by().role(Role::TreeItem));
        rows.filter(|row| row.accesskit_node().is_focused()).find_map(|row| row.accesskit_node().label())
    };
    stage.press(Modifiers::NONE, Key::Home);
    let first = focused(&stage).expect("a row has the focus");
    stage.press(Modifiers::NONE, Key::ArrowDown);
    let second = focused(&stage).expect("a row has the focus");
    assert_ne!(first, second);
}

#[test]
fn window_title_shows_the_progress_and_changes_only_with_it() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = machine.open();
    assert_eq!(stage.window.state().title(), "Atelier");
    for prompt in ["stall", "second"] {
        stage.generate(prompt);
        stage.sees(&format!("Cancel “{prompt}”"));
    }
    stage.until("the title", |window| window.state().title() == "1 running · 1 queued – Atelier");
    for _ in 0..20 {
        stage.window.step();
        assert!(!commands(&stage).iter().any(|command| matches!(command, ViewportCommand::Title(_))));
    }
    stage.click("Cancel “stall”");
    stage.pictures(1);
    stage.until("the title", |window| window.state().title() == "Atelier");
}

#[test]
fn queued_requests_are_prioritized_held_repeated_and_canceled_on_the_page() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = open_with_running_request(&machine, &["one", "two", "three"]);
    stage.sees("Queue 4");
    wait_for_order(&mut stage, &["stall", "one", "two", "three"]);
    stage.click("Move to front: three");
    wait_for_order(&mut stage, &["three", "stall", "one", "two"]);
    stage.sees("three. Queued · #1");
    stage.click("Hold: one");
    stage.sees("one. On hold");
    stage.sees("1 request is on hold.");
    stage.click("Cancel “two”");
    stage.sees("two. Canceled. You were not charged");
    choose_in_menu(&mut stage, "More actions: three", "Duplicate");
    stage.until("it is there twice", |window| window.query_all(by().label_contains("three. Queued")).count() == 2);
    assert_eq!(requested_prompts(&gateway), ["stall"]);
    stage.click("Cancel “stall”");
    stage.until("both are asked", |_| gateway.posts().len() == 3);
    // Rows disappear when they are finished, and all rows below move up.
    stage.sees_no_more("three. ");
    stage.click("Resume: one");
    stage.until("all are asked", |_| gateway.posts().len() == 4);
    assert_eq!(requested_prompts(&gateway), ["stall", "three", "three", "one"]);
    stage.sees_no_more("one. ");
    stage.click("Clear finished");
    stage.sees("The queue is empty");
}

#[test]
fn requests_of_a_group_are_controlled_together() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = machine.open();
    stage.generate("stall");
    stage.generate("{red|green|blue} bottle");
    stage.until("they are there", |window| window.state().title() == "1 running · 3 queued – Atelier");
    stage.press(Modifiers::COMMAND, Key::J);
    stage.sees("red bottle and others. 0 of 3 done");
    wait_for_order(&mut stage, &["stall", "red bottle and others", "red bottle", "green bottle", "blue bottle"]);
    stage.click("Hold: red bottle and others");
    stage.sees("3 on hold");
    stage.click("Resume: red bottle and others");
    stage.sees_no_more("3 on hold");
    // The batch is collapsed and expanded by its row and with the keyboard.
    stage.window.get_by(|node| node.label().is_some_and(|label| label.starts_with("red bottle and"))).click();
    wait_for_order(&mut stage, &["stall", "red bottle and others"]);
    stage.press(Modifiers::NONE, Key::Escape);
    stage.press(Modifiers::NONE, Key::ArrowRight);
    wait_for_order(&mut stage, &["stall", "red bottle and others", "red bottle", "green bottle", "blue bottle"]);
    stage.click("Cancel remaining requests: red bottle and others");
    stage.sees("Cancel 3 queued requests?");
    stage.click("Keep requests");
    stage.sees_no_more("Cancel 3 queued requests?");
    stage.click("Cancel remaining requests: red bottle and others");
    stage.click("Cancel 3 requests");
    stage.until("they are cancelled", |window| {
        window.query_all(by().label_contains("Canceled. You were not charged")).count() == 3
    });
    assert_eq!(requested_prompts(&gateway), ["stall"]);
}

#[test]
fn queue_list_is_controlled_from_the_keyboard() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = open_with_running_request(&machine, &["one", "two", "three"]);
    wait_for_order(&mut stage, &["stall", "one", "two", "three"]);
    stage.press(Modifiers::NONE, Key::End);
    stage.press(Modifiers::ALT, Key::ArrowUp);
    wait_for_order(&mut stage, &["stall", "one", "three", "two"]);
    stage.press(Modifiers::ALT, Key::ArrowUp);
    wait_for_order(&mut stage, &["stall", "three", "one", "two"]);
    stage.press(Modifiers::ALT, Key::ArrowDown);
    wait_for_order(&mut stage, &["stall", "one", "three", "two"]);
    stage.sees("three. Queued · #2");
    stage.press(Modifiers::NONE, Key::Space);
    stage.sees("three. On hold");
    stage.press(Modifiers::NONE, Key::Space);
    stage.sees_no_more("three. On hold");
    // Enter generates nothing, and shortcuts for images have no effect where images are not visible.
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("Edit queued request");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.press(Modifiers::NONE, Key::ArrowUp);
    stage.press(Modifiers::SHIFT, Key::ArrowDown);
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees("Cancel 2 queued requests?");
    stage.click("Cancel 2 requests");
    stage.until("they are cancelled", |window| {
        window.query_all(by().label_contains("Canceled. You were not charged")).count() == 2
    });
    stage.click("Cancel “stall”");
    stage.until("the rest is asked", |_| gateway.posts().len() == 2);
    assert_eq!(requested_prompts(&gateway), ["stall", "two"]);
    stage.press(Modifiers::COMMAND, Key::Num1);
    stage.pictures(1);
}

#[test]
fn row_is_dragged_to_another_position() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = open_with_running_request(&machine, &["one", "two", "three"]);
    wait_for_order(&mut stage, &["stall", "one", "two", "three"]);
    let at = |stage: &Stage, prompt: &str| {
        let start = format!("{prompt}. ");
        stage.window.get_by(|node| node.label().is_some_and(|label| label.starts_with(&start))).rect()
    };
    let (from, to) = (at(&stage, "three"), at(&stage, "one"));
    stage.window.drag_at(from.left_center() + egui::vec2(80.0, 0.0));
    stage.frames();
    for step in 1..=8 {
        let way = to.left_top() + egui::vec2(80.0, 6.0) - from.left_center();
        stage.window.hover_at(from.left_center() + way * (step as f32 / 8.0));
        stage.window.step();
    }
    stage.window.drop_at(to.left_top() + egui::vec2(80.0, 6.0));
    wait_for_order(&mut stage, &["stall", "three", "one", "two"]);
    stage.sees("three. Queued · #1");
}

#[test]
fn queued_request_is_edited_and_scheduled() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = open_with_running_request(&machine, &["one", "two"]);
    choose_in_menu(&mut stage, "More actions: two", "Edit…");
    stage.write(Role::MultilineTextInput, "Prompt of this request", "two, at night");
    stage.click("Aspect ratio: 16:9");
    stage.write(Role::TextInput, "Seed", "77");
    stage.click("Save");
    stage.sees("two, at night. Queued");
    choose_in_menu(&mut stage, "More actions: one", "Schedule…");
    stage.write(Role::TextInput, "Start time", "soon");
    stage.sees("Enter a time in the future.");
    stage.write(Role::TextInput, "Start time", "2099-12-24 08:00");
    stage.click("Schedule");
    stage.sees("one. Scheduled for 08:00 on 24 December 2099");
    stage.click("Cancel “stall”");
    stage.until("it is asked", |_| gateway.posts().len() == 2);
    assert_eq!(requested_prompts(&gateway), ["stall", "two, at night"]);
    let body = gateway.posts()[1].json();
    assert_eq!(body["seed"], 77);
    assert!(body.to_string().contains("16:9"), "{body}");
    choose_in_menu(&mut stage, "More actions: one", "Run in queue order");
    stage.until("it is asked", |_| gateway.posts().len() == 3);
}

#[test]
fn pause_survives_a_restart_and_is_ended_by_the_resume_button() {
    let gateway = stalling_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::J);
    stage.generate("sea");
    stage.sees("Paused · 1 queued");
    stage.close();
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::J);
    stage.sees("Queue paused.");
    stage.sees("sea. On hold");
    assert_eq!(requested_prompts(&gateway), Vec::<String>::new());
    stage.window.query_all(by().role(Role::Button).label("Resume all")).next().expect("the button").click();
    stage.until("it is asked", |_| gateway.posts().len() == 1);
    stage.sees_no_more("Queue paused.");
}

#[test]
fn failed_request_shows_its_cost_and_a_possible_double_charge_needs_confirmation() {
    let gateway = gateway(|request| match prompt(request).as_str() {
        "a key" => Reply::new(401, "application/json", r#"{"error":{"message":"wrong key"}}"#),
        _ => Reply::new(503, "application/json", r#"{"error":{"message":"broken"}}"#),
    });
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a key");
    stage.generate("{x|y}");
    stage.press(Modifiers::COMMAND, Key::J);
    stage.sees("a key. API key rejected. You were not charged");
    stage.until("both have failed", |window| {
        window.query_all(by().label_contains("Provider error. You may have been charged.")).count() == 2
    });
    let posts = gateway.posts().len();
    stage.click("Retry 1 uncharged");
    stage.until("only that", |_| gateway.posts().len() == posts + 1);
    stage.sees("a key. API key rejected. You were not charged");
    stage.sees("Retry 1 uncharged");
    stage.click("Retry failed requests: x and others");
    stage.sees("2 of them may already have been charged.");
    assert_eq!(gateway.posts().len(), posts + 1);
    stage.click("Retry 2");
    stage.until("both are asked", |_| gateway.posts().len() == posts + 3);
}

#[test]
fn queue_stops_at_a_spending_cap_and_resumes_when_it_is_raised() {
    let gateway = stalling_gateway();
    let price = Money::from_dollars(0.04);
    let machine = Machine::at_with(&gateway.base_url(), |settings| {
        settings.concurrency = 1;
        settings.caps = Caps { day: Some(Money::from_dollars(0.05)), ..Caps::default() };
        let near = settings.profiles.last_mut().expect("the gateway nearby");
        near.prices.insert("demo/painter".to_owned(), price);
    });
    let mut stage = machine.open();
    stage.generate("sea");
    stage.pictures(1);
    stage.sees("Today $0.04 of $0.05");
    stage.generate("forest");
    stage.press(Modifiers::COMMAND, Key::J);
    stage.sees("Daily cap reached: $0.04 of $0.05 spent or reserved. The next request is estimated at $0.04.");
    assert_eq!(requested_prompts(&gateway), ["sea"]);
    stage.click("Change cap…");
    stage.write(Role::TextInput, "Per day", "ten");
    stage.sees("Enter an amount");
    stage.write(Role::TextInput, "Per day", "10");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.click("Done");
    stage.until("it resumes", |_| gateway.posts().len() == 2);
    stage.sees("Today $0.08 of $10.00");
    stage.click("Today $0.08 of $10.00");
    stage.sees("Spending");
    stage.sees("2 requests · 2 images · $0.08 · including $0.08 estimated");
    fs::create_dir_all(machine.chosen()).expect("a folder");
    stage.click("By model");
    stage.sees("demo/painter · Near");
    stage.click("Export CSV…");
    stage.frames();
    let file = machine.chosen().join("atelier-spending.csv");
    stage.until("it is written", |_| fs::read_to_string(&file).is_ok_and(|table| table.lines().count() == 3));
}

#[test]
fn unreachable_gateway_blocks_its_requests_without_failing_them() {
    let gateway = stalling_gateway();
    let base = gateway.base_url();
    let machine = Machine::at(&base);
    let mut stage = machine.open();
    stage.generate("sea");
    stage.pictures(1);
    drop(gateway);
    stage.generate("forest");
    stage.press(Modifiers::COMMAND, Key::J);
    stage.sees("Near has been unreachable since");
    stage.sees("forest. Can’t reach the provider");
    stage.click("Retry now");
    stage.sees("Near has been unreachable since");
    assert!(!row_texts(&stage).iter().any(|line| line.contains("charged")));
}

#[test]
fn closing_with_running_requests_needs_one_confirmation() {
    let refuses = |shown: &[ViewportCommand]| shown.contains(&ViewportCommand::CancelClose);
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = machine.open();
    assert!(!refuses(&request_close(&mut stage)), "nothing is asked while nothing is made");
    stage.generate("stall");
    stage.generate("waits");
    stage.until("it is made", |window| window.state().title() == "1 running · 1 queued – Atelier");
    assert!(refuses(&request_close(&mut stage)));
    stage.sees("1 request is running");
    stage.sees("1 queued request is kept until you open Atelier again.");
    assert!(refuses(&request_close(&mut stage)), "the question is still there");
    stage.click("Don’t quit");
    stage.sees_no_more("1 request is running");
    // The keys that quit the program ask as well.
    let (key, modifiers) = (Key::Q, Modifiers::COMMAND);
    let press = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    stage.window.input_mut().events.push(press);
    stage.window.step();
    assert!(commands(&stage).contains(&ViewportCommand::Close));
    assert!(refuses(&request_close(&mut stage)));
    stage.sees("1 request is running");
    stage.click("Quit now");
    assert!(!refuses(&request_close(&mut stage)));
    stage.close();
    assert_eq!(requested_prompts(&gateway), ["stall"]);
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::J);
    stage.sees("waits. On hold");
    stage.sees("stall. ");
    assert_eq!(requested_prompts(&gateway), ["stall"], "nothing is sent again by itself");
}

#[test]
fn closing_after_running_requests_starts_no_others() {
    let gateway = gateway(|_| {
        let answer = Reply::json(&image_response(&png(1)));
        Reply([vec![Part::Pause(Duration::from_millis(2500))], answer.0].concat())
    });
    let machine = Machine::at_with(&gateway.base_url(), run_one_at_a_time);
    let mut stage = machine.open();
    stage.generate("first");
    stage.generate("second");
    stage.until("it is made", |window| window.state().title() == "1 running · 1 queued – Atelier");
    request_close(&mut stage);
    stage.sees("1 request is running");
    stage.click("Finish, then quit");
    stage.until("it closes", |window| {
        window.output().viewport_output[&ViewportId::ROOT].commands.contains(&ViewportCommand::Close)
    });
    assert_eq!(machine.originals().len(), 1);
    stage.close();
    assert_eq!(requested_prompts(&gateway), ["first"]);
    let mut stage = machine.open();
    stage.pictures(1);
    stage.press(Modifiers::COMMAND, Key::J);
    stage.click("Resume");
    stage.until("the rest is made", |_| machine.originals().len() == 2);
}

#[test]
fn notification_is_sent_only_if_the_window_is_in_the_background() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), |settings| settings.notify_sound = true);
    let shown = || machine.desktop.0.lock().expect("no thread panics while it holds the lock").clone();
    let mut stage = machine.open();
    stage.generate("sea");
    stage.pictures(1);
    stage.until("the run is over", |window| window.state().title() == "Atelier");
    stage.generate("{forest|desert}");
    stage.window.input_mut().focused = false;
    stage.window.event(Event::WindowFocused(false));
    stage.pictures(3);
    stage.until("a notification is shown", |_| !shown().is_empty());
    let shown = shown();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!((shown[0].title.as_str(), shown[0].sound), ("2 requests finished", true));
}

#[test]
fn queue_page_is_translated_to_chinese() {
    let gateway = stalling_gateway();
    let machine = Machine::at_with(&gateway.base_url(), |settings| {
        settings.language = Language::TraditionalChinese;
        settings.concurrency = 1;
        settings.caps.day = Some(Money::from_dollars(1_234.5));
    });
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::J);
    stage.sees("佇列是空的");
    stage.sees("今天 US$0.00 / US$1,234.50");
}
