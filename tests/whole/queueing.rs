//! The queue as a person sees and steers it: the window's title, the page, the bar at the bottom, closing, money.

use egui::{ViewportCommand, ViewportId};

use crate::{
    scripted::{
        gateway,
        gateway::{Part, Reply},
        pictures::{good, png},
        prompt,
    },
    stage::{Machine, Stage},
};

/// What the window was told to do in the last frame.
fn commands(stage: &Stage) -> &[ViewportCommand] {
    &stage.window.output().viewport_output[&ViewportId::ROOT].commands
}

#[test]
fn the_title_says_what_is_being_done_and_changes_only_with_that() {
    let gateway =
        gateway(|asked| if prompt(asked) == "first" { Reply(vec![Part::Stall]) } else { Reply::json(&good(&png(1))) });
    let machine = Machine::at_with(&gateway.base(), |settings| settings.concurrency = 1);
    let mut stage = machine.open();
    assert_eq!(stage.window.state().title(), "Atelier");
    for prompt in ["first", "second"] {
        stage.generate(prompt);
        stage.sees(&format!("Cancel “{prompt}”"));
    }
    stage.until("the title", |window| window.state().title() == "1 running · 1 queued – Atelier");
    for _ in 0..20 {
        stage.window.step();
        assert!(!commands(&stage).iter().any(|command| matches!(command, ViewportCommand::Title(_))));
    }
    stage.click("Cancel “first”");
    stage.pictures(1);
    stage.until("the title", |window| window.state().title() == "Atelier");
}
