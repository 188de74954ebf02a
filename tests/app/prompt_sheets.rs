//! Tests of prompt sheets in the window: each row requests exactly what it contains, and the images belong to it.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, Reply},
        images::{image_response, png},
        prompt,
    },
    test_app::{Machine, Stage, files},
};

/// A gateway that returns another image each time, and rejects prompts that contain “fail” while `fails` is set.
fn image_gateway(fails: &Arc<AtomicBool>) -> Gateway {
    let (number, fails) = (AtomicU32::new(0), Arc::clone(fails));
    gateway(move |request| {
        if fails.load(Ordering::SeqCst) && prompt(request).contains("fail") {
            return Reply::new(402, "application/json", r#"{"error":{"message":"insufficient balance"}}"#);
        }
        Reply::json(&image_response(&png(number.fetch_add(1, Ordering::Relaxed))))
    })
}

fn prompts(gateway: &Gateway) -> Vec<String> {
    let mut prompts: Vec<String> = gateway.posts().iter().map(prompt).collect();
    prompts.sort();
    prompts
}

impl Stage {
    /// Opens the sheets page.
    fn show_sheets(&mut self) {
        self.press(Modifiers::COMMAND, Key::Num2);
        self.sees("Prompt sheets");
    }

    /// Pastes text that was copied from a spreadsheet.
    fn paste_cells(&mut self, text: &str) {
        self.window.event(Event::Paste(text.to_owned()));
        self.frames();
    }

    /// The text of a cell for screen readers.
    fn cell_label(&self, place: &str) -> Option<String> {
        let cells = self.window.query_all(by().role(Role::GridCell));
        let mut labels = cells.filter_map(|cell| cell.accesskit_node().label());
        labels.find(|label| label.starts_with(place))
    }

    /// Writes into the focused cell.
    fn write_cell(&mut self, text: &str) {
        self.press(Modifiers::NONE, Key::F2);
        self.press(Modifiers::COMMAND, Key::A);
        self.window.event(Event::Text(text.to_owned()));
        self.frames();
        self.press(Modifiers::NONE, Key::Enter);
    }
}

#[test]
fn rows_are_generated_and_only_failed_or_changed_ones_again() {
    let fails = Arc::new(AtomicBool::new(true));
    let gateway = image_gateway(&fails);
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("a $animal, $light");
    stage.show_sheets();
    stage.paste_cells("animal\tlight\tseed\tavoid\nfox\tat dusk\t7\tfog\nfail\tat dawn\t\t\n狐狸\t雪中\t\t\n");
    stage.sees("Row 1: Not generated");
    assert_eq!(stage.cell_label("Row 3, animal").as_deref(), Some("Row 3, animal: 狐狸"));
    stage.sees("3 requests");
    assert_eq!(gateway.posts().len(), 0, "nothing is sent before it is started");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("Row 1: Done");
    stage.sees("Row 3: Done");
    stage.until("the second row has failed", |window| {
        window.query_all(by().label_contains("Row 2: ")).any(|row| {
            row.accesskit_node().label().is_some_and(|label| !label.ends_with("Queued") && !label.ends_with('…'))
        })
    });
    assert_eq!(prompts(&gateway), ["a fail, at dawn", "a fox, at dusk\n\nAvoid: fog", "a 狐狸, 雪中"]);
    let fox = gateway
        .posts()
        .iter()
        .map(crate::scripted_gateways::gateway::RecordedRequest::json)
        .find(|body| body["seed"] == 7);
    assert_eq!(fox.expect("the fox")["model"], "demo/painter");

    // Only the failed rows.
    fails.store(false, Ordering::SeqCst);
    stage.click("Generate 1 row");
    stage.sees("Row 2: Done");
    assert_eq!(gateway.posts().len(), 4);
    stage.sees("No rows left to generate.");

    // Only the changed rows.
    stage.window.get_by_role_and_label(Role::GridCell, "Row 1, animal: fox").click();
    stage.frames();
    stage.write_cell("owl");
    stage.sees("Row 1: Out of date");
    stage.sees("1 request");
    stage.click("Generate 1 row");
    stage.sees("Row 1: Done");
    assert_eq!(gateway.posts().len(), 5);
    assert!(prompts(&gateway).contains(&"a owl, at dusk\n\nAvoid: fog".to_owned()));
    // The row contains its earlier request again.
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.sees("Row 1: Done");
}

#[test]
fn cells_are_edited_copied_pasted_and_undone_from_the_keyboard() {
    let machine = Machine::at(&gateway(|_| Reply::json(&image_response(&png(1)))).base_url());
    let mut stage = machine.open();
    stage.show_sheets();
    stage.click("New sheet");
    stage.until("there is a table", |window| window.query_by_role_and_label(Role::GridCell, "Row 1, prompt").is_some());
    // Typing into a cell replaces its text; all letters of a frame are inserted.
    for letter in ["a ", "fox"] {
        stage.window.event(Event::Text(letter.trim_end().to_owned()));
    }
    stage.frames();
    assert!(stage.cell_label("Row 1, prompt").is_some_and(|cell| cell == "Row 1, prompt"), "it is not left yet");
    // The Enter of an input method does not leave the cell, and its text is not lost.
    let ime = |event| Event::Ime(event);
    let preedit = |text: &str| egui::ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None };
    stage.window.event(ime(preedit("ㄏㄨ")));
    stage.window.event(Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    stage.window.event(ime(egui::ImeEvent::Commit("狐".to_owned())));
    stage.frames();
    assert_eq!(stage.cell_label("Row 1, prompt").as_deref(), Some("Row 1, prompt"), "it is still being written");
    stage.press(Modifiers::NONE, Key::Enter);
    assert_eq!(stage.cell_label("Row 1, prompt").as_deref(), Some("Row 1, prompt: afox狐"));
    stage.write_cell("an owl");
    assert_eq!(stage.cell_label("Row 2, prompt").as_deref(), Some("Row 2, prompt: an owl"));
    // Escape cancels the edit.
    stage.press(Modifiers::NONE, Key::ArrowUp);
    stage.press(Modifiers::NONE, Key::F2);
    stage.window.event(Event::Text("!".to_owned()));
    stage.frames();
    stage.press(Modifiers::NONE, Key::Escape);
    assert_eq!(stage.cell_label("Row 2, prompt").as_deref(), Some("Row 2, prompt: an owl"));
    // Copied cells can be pasted into spreadsheets, and vice versa.
    stage.press(Modifiers::COMMAND, Key::A);
    stage.window.event(Event::Copy);
    stage.window.step();
    let copied = stage.window.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(
        copied.as_deref(),
        Some(
            "afox狐
an owl
"
        )
    );
    stage.press(Modifiers::COMMAND, Key::End);
    stage.paste_cells("\"two\nlines\"\t7\n\"say \"\"hi\"\"\"\tx\n");
    assert_eq!(stage.cell_label("Row 3, prompt").as_deref(), Some("Row 3, prompt: two\nlines"));
    assert_eq!(stage.cell_label("Row 4, prompt").as_deref(), Some("Row 4, prompt: say \"hi\""));
    assert_eq!(stage.cell_label("Row 4, $a").as_deref(), Some("Row 4, $a: x"));
    stage.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(stage.cell_label("Row 3, prompt").as_deref(), Some("Row 3, prompt"));
    stage.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
    // The purpose of a column is chosen in its menu; an invalid cell is marked and explained.
    stage.window.get_by_role_and_label(Role::ColumnHeader, "Column $a").click();
    stage.frames();
    stage.click("Seed");
    stage.sees("“x” is not a whole number.");
    stage.sees("1 with errors");
    let faulty = stage.window.get_by_role_and_label(Role::GridCell, "Row 4, seed: x");
    assert_eq!(faulty.accesskit_node().description().as_deref(), Some("“x” is not a whole number."));
}

#[test]
fn sheet_shows_its_images_and_failures_after_a_restart() {
    let fails = Arc::new(AtomicBool::new(true));
    let gateway = image_gateway(&fails);
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.show_sheets();
    stage.paste_cells("prompt\na fox\nfail\nan owl\n");
    stage.write(Role::TextInput, "Sheet name", "動物 animals");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("Row 3: Done");
    stage.sees("1 failed");
    // Rows keep their images when they are moved.
    stage.window.get_by_role_and_label(Role::GridCell, "Row 1, prompt: a fox").click();
    stage.frames();
    stage.press(Modifiers::ALT, Key::ArrowDown);
    stage.sees("Row 2: Done");
    stage.close();
    let mut stage = machine.open();
    stage.show_sheets();
    stage.sees("動物 animals");
    let line = stage.window.query_all(by().role(Role::Button).label_contains("動物 animals")).last();
    line.expect("the sheet is listed").click();
    stage.sees("Row 2: Done");
    assert_eq!(stage.cell_label("Row 2, prompt").as_deref(), Some("Row 2, prompt: a fox"));
    stage.sees("1 failed");
    fails.store(false, Ordering::SeqCst);
    assert_eq!(gateway.posts().len(), 3);
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("3 rows · 3 done");
    assert_eq!(prompts(&gateway), ["a fox", "an owl", "fail", "fail"]);
}

#[test]
fn more_than_fifty_requests_need_confirmation_and_a_full_workbook_is_opened() {
    let gateway = gateway(|request| Reply::json(&image_response(&png(prompt(request).len() as u32))));
    let machine = Machine::at(&gateway.base_url());
    fs::create_dir_all(machine.chosen()).unwrap();
    let mut text = String::from("\u{feff}sep=;\r\nprompt;\"seed\";#note\r\n");
    for row in 1..=10_000 {
        let seed = if row > 60 { "none" } else { "" };
        text.extend(["\"fox \"\"", &row.to_string(), "\"\",\n海\";", seed, ";x\r\n"]);
    }
    fs::write(machine.chosen().join("many.csv"), text).unwrap();
    let mut stage = machine.open();
    stage.show_sheets();
    stage.click("Open file…");
    stage.sees("10,000 rows");
    stage.sees("9,940 with errors");
    assert_eq!(stage.cell_label("Row 2, prompt").as_deref(), Some("Row 2, prompt: fox \"2\",\n海"));
    stage.press(Modifiers::COMMAND, Key::End);
    stage.until("the last row is in sight", |window| {
        window.query_all(by().role(Role::GridCell).label_contains("Row 10,000, ")).next().is_some()
    });
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("Send 60 requests?");
    stage.click("Cancel");
    stage.sees_no_more("Send 60 requests?");
    assert_eq!(gateway.posts().len(), 0);
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.click("Send 60");
    stage.sees("10,000 rows · 60 done");
    assert_eq!(gateway.posts().len(), 60);
    // The results are exported with the values of the rows in their names, and a table of them.
    stage.click("Export results…");
    stage.click("Choose…");
    stage.reads("chosen");
    stage.write(Role::TextInput, "File name", "{row:02} {#note} {seed}");
    stage.until("the template is checked", |window| window.query_all(by().label_contains("{#note}")).count() > 0);
    stage.click("Export");
    stage.sees("60 files exported.");
    let names: Vec<String> = files(&machine.chosen())
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    assert!(names.contains(&"07 x random.png".to_owned()), "{names:?}");
    let table = fs::read_to_string(machine.chosen().join("many (2).csv")).unwrap();
    assert_eq!(table.lines().filter(|line| line.contains("\"done\"")).count(), 60);
    assert_eq!(table.lines().filter(|line| line.contains("\"faulty\"")).count(), 9_940);
}

#[test]
fn removed_sheet_is_restored_and_deleted_images_leave_it() {
    let gateway = gateway(|request| Reply::json(&image_response(&png(prompt(request).len() as u32))));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.show_sheets();
    stage.paste_cells("prompt\na fox\nan old owl\n");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("2 rows · 2 done");
    // Its images are viewed, deleted and restored like any others.
    stage.window.get_by_role_and_label(Role::GridCell, "Row 1, prompt: a fox").click();
    stage.frames();
    stage.press(Modifiers::NONE, Key::Space);
    stage.sees(" / 2");
    assert_eq!(machine.originals().len(), 2);
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees("1 image moved to the trash");
    stage.sees("Row 1: Not generated");
    stage.click("Undo");
    stage.sees("2 rows · 2 done");
    stage.click("All sheets");
    stage.sees("Your sheets");
    stage.click("Remove “Untitled sheet”");
    stage.sees("“Untitled sheet” removed. Its images are kept.");
    stage.sees_no_more("Your sheets");
    stage.click("Undo");
    stage.sees("Your sheets");
    assert_eq!(files(&machine.library().join("sheets")).len(), 1);
    assert_eq!(machine.originals().len(), 2, "nothing was made again");
}

#[test]
fn selected_images_become_references_of_sheet_rows() {
    let gateway = gateway(|request| Reply::json(&image_response(&png(prompt(request).len() as u32))));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate_one_by_one(&["sea", "forest"]);
    stage.click_tile("forest");
    stage.press(Modifiers::COMMAND, Key::A);
    stage.press(Modifiers::COMMAND, Key::B);
    stage.click("Open as sheet…");
    stage.sees("2 rows");
    stage.write(Role::MultilineTextInput, "Prompt for every row", "the same at night");
    stage.sees("2 requests");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("2 rows · 2 done");
    let bodies: Vec<_> =
        gateway.posts().iter().skip(2).map(crate::scripted_gateways::gateway::RecordedRequest::json).collect();
    assert_eq!(bodies.len(), 2);
    for body in bodies {
        let parts = body["messages"][0]["content"].as_array().cloned().unwrap_or_default();
        assert_eq!(parts.iter().filter(|part| part["image_url"].is_object()).count(), 1, "{parts:?}");
    }
}

#[test]
fn table_with_a_guessed_encoding_is_previewed() {
    let gateway = gateway(|request| Reply::json(&image_response(&png(prompt(request).len() as u32))));
    let machine = Machine::at(&gateway.base_url());
    fs::create_dir_all(machine.chosen()).unwrap();
    // “Campaign 2027”, and the prompts 雪中的狐狸 and #REF!, in Big5.
    let snow = b"Campaign 2027,,\n,,\nprompt,seed,\n\xb3\xb7\xa4\xa4\xaa\xba\xaa\xb0\xaf\x57,1,\n#REF!,2,\nan owl,3,too much\n";
    fs::write(machine.chosen().join("many.csv"), snow).unwrap();
    let mut stage = machine.open();
    stage.show_sheets();
    stage.click("Open file…");
    stage.sees("Open “many.csv”");
    stage.sees("Detected: Big5");
    stage.sees("雪中的狐狸");
    stage.sees("Campaign 2027");
    stage.sees("2 rows have errors");
    let choose = |stage: &mut Stage, now: &str, other: &str| {
        let button = stage.window.query_all(by().role(Role::Button).label_contains(now)).next();
        button.expect("the encoding is shown").click();
        stage.frames();
        stage.click(other);
    };
    // Choosing another encoding reads the file again at once; one that does not fit is reported, and the table stays.
    choose(&mut stage, "Encoding: Big5", "GBK");
    stage.sees("Read as GBK");
    stage.sees_no_more("雪中的狐狸");
    choose(&mut stage, "Encoding: GBK", "UTF-8");
    stage.sees("Atelier can’t read the file as UTF-8.");
    choose(&mut stage, "Encoding: GBK", "Big5");
    stage.sees("Read as Big5");
    stage.sees("雪中的狐狸");
    stage.click("Open");
    stage.sees("3 rows");
    assert_eq!(stage.cell_label("Row 1, prompt").as_deref(), Some("Row 1, prompt: 雪中的狐狸"));
    // A spreadsheet error is shown in its row and not sent until it is corrected.
    stage.sees("2 with errors");
    let faulty = stage.window.get_by_role_and_label(Role::GridCell, "Row 2, prompt: #REF!");
    let words = faulty.accesskit_node().description().unwrap_or_default();
    assert!(words.contains("spreadsheet error"), "{words}");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("Row 1: Done");
    assert_eq!(prompts(&gateway), ["雪中的狐狸"]);
    stage.window.get_by_role_and_label(Role::GridCell, "Row 2, prompt: #REF!").click();
    stage.frames();
    stage.write_cell("a hen");
    stage.sees("1 with errors");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("Row 2: Done");
    assert_eq!(prompts(&gateway), ["a hen", "雪中的狐狸"]);
}

#[test]
fn table_preview_can_be_canceled() {
    let machine = Machine::at(&gateway(|_| Reply::json(&image_response(&png(1)))).base_url());
    fs::create_dir_all(machine.chosen()).unwrap();
    fs::write(machine.chosen().join("many.csv"), b"prompt\n\xb3\xb7\xa4\xa4\xaa\xba\xaa\xb0\xaf\x57\n").unwrap();
    let mut stage = machine.open();
    stage.show_sheets();
    stage.click("Open file…");
    stage.sees("Open “many.csv”");
    stage.click("Cancel");
    stage.sees_no_more("Open “many.csv”");
    stage.sees("New sheet");
    assert_eq!(files(&machine.library().join("sheets")).len(), 0);
}
