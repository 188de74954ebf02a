//! Tests of the settings dialog, driven like a person does.

mod common;

use std::time::Duration;

use atelier::{
    recipe::{Dialect, Failure, FailureKind, ImageId, Money, OptionStyle, ProfileId, Proxy, ReferenceStyle},
    settings::{Announcements, Language, Settings, Theme},
    studio::{
        Command, ConnectionReport, Event, GalleryCommand, GalleryEvent, KeyState, KeychainProblem, Notice,
        OrganizeCommand, OrganizeEvent, ProviderCommand, ProviderEvent, QueueCommand, SettingsCommand, StudioChannels,
        View,
    },
    ui::App,
};
use common::ui::{commands, open, ready};
use egui::{Key, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

const KEY: &str = "sk-0123456789abcdef4f2c";

fn settings() -> (Harness<'static, App>, StudioChannels) {
    let (mut window, mut channels) = open(ready());
    channels.events.send(Event::Providers(ProviderEvent::KeyState(ProfileId::dgrid(), KeyState::Missing)));
    window.run();
    click(&mut window, "Settings");
    commands(&mut channels);
    (window, channels)
}

fn click(window: &mut Harness<'_, App>, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run();
}

fn role_of_key(window: &Harness<'_, App>) -> Role {
    window
        .query_all_by_label("API key")
        .map(|node| node.accesskit_node().role())
        .find(|role| matches!(role, Role::PasswordInput | Role::TextInput))
        .expect("the key has a field")
}

fn type_into(window: &mut Harness<'_, App>, role: Role, name: &str, text: &str) {
    window.get_by_role_and_label(role, name).focus();
    window.run();
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    window.run();
    window.get_by_role_and_label(role, name).type_text(text);
    window.run();
}

/// The settings that were saved last.
fn kept(channels: &mut StudioChannels) -> Option<Settings> {
    commands(channels).into_iter().rev().find_map(|command| match command {
        Command::Settings(SettingsCommand::Save(settings)) => Some(settings),
        _ => None,
    })
}

fn send(window: &mut Harness<'_, App>, channels: &StudioChannels, event: Event) {
    channels.events.send(event);
    window.run();
}

#[test]
fn key_is_stored_tested_and_shown_by_four_characters() {
    let (mut window, mut channels) = settings();
    window.get_by_label("No API key yet");
    let role = role_of_key(&window);
    type_into(&mut window, role, "API key", KEY);
    click(&mut window, "Save");
    let asked = commands(&mut channels);
    assert!(asked.iter().any(|asked| matches!(
        asked,
        Command::Providers(ProviderCommand::StoreKey(id, key)) if *id == ProfileId::dgrid() && key.reveal() == KEY
    )));
    assert!(!format!("{asked:?}").contains("0123"), "the key stands in a log");
    send(&mut window, &channels, Event::Providers(ProviderEvent::KeyState(ProfileId::dgrid(), KeyState::Asking)));
    send(
        &mut window,
        &channels,
        Event::Providers(ProviderEvent::KeyState(
            ProfileId::dgrid(),
            KeyState::Stored { last_four: "4f2c".to_owned() },
        )),
    );
    window.get_by_label("Stored in the system keychain");
    let values: Vec<String> = window.query_all_by_label("API key").filter_map(|node| node.value()).collect();
    assert!(values.iter().any(|value| value.ends_with("•4f2c")), "{values:?}");
    assert!(!values.iter().any(|value| value.contains("cdef")), "{values:?}");
    let asked = commands(&mut channels);
    assert!(
        asked.iter().any(|asked| matches!(asked, Command::Providers(ProviderCommand::TestConnection(profile)) if profile.id == ProfileId::dgrid()))
    );
    let report = ConnectionReport { took: Duration::from_millis(214), image_models: 9, models: 40 };
    send(&mut window, &channels, Event::Providers(ProviderEvent::ConnectionTested(ProfileId::dgrid(), Ok(report))));
    window.get_by_label("OK · 214 ms · 9 image models");
    click(&mut window, "Done");
    // A provider whose key was just added is selected.
    window.get_by_role_and_label(Role::Button, "Provider: DGrid");
}

#[test]
fn key_is_replaced_and_deleted() {
    let (mut window, mut channels) = settings();
    send(
        &mut window,
        &channels,
        Event::Providers(ProviderEvent::KeyState(
            ProfileId::dgrid(),
            KeyState::Stored { last_four: "4f2c".to_owned() },
        )),
    );
    click(&mut window, "Replace");
    click(&mut window, "Cancel");
    click(&mut window, "Replace");
    let role = role_of_key(&window);
    type_into(&mut window, role, "API key", KEY);
    window.key_press(Key::Enter);
    window.run();
    assert!(
        commands(&mut channels).iter().any(|asked| matches!(asked, Command::Providers(ProviderCommand::StoreKey(..))))
    );
    click(&mut window, "Remove key");
    assert!(
        commands(&mut channels).iter().any(
            |asked| matches!(asked, Command::Providers(ProviderCommand::ForgetKey(id)) if *id == ProfileId::dgrid())
        )
    );
}

#[test]
fn unsaved_key_is_discarded_when_the_dialog_closes() {
    let (mut window, mut channels) = settings();
    let role = role_of_key(&window);
    type_into(&mut window, role, "API key", KEY);
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_role_and_label(Role::Dialog, "Settings").is_none());
    click(&mut window, "Settings");
    assert!(window.get_by_label("Save").accesskit_node().is_disabled());
    assert!(
        !commands(&mut channels).iter().any(|asked| matches!(asked, Command::Providers(ProviderCommand::StoreKey(..))))
    );
}

#[test]
fn each_key_state_has_its_message() {
    let (mut window, channels) = settings();
    let four = || "4f2c".to_owned();
    let states = [
        (KeyState::Asking, "Waiting for the keychain…", "Keys are stored in the system keychain"),
        (
            KeyState::SessionOnly { last_four: four(), reason: KeychainProblem::Missing },
            "Kept only until Atelier quits",
            "This system has no keychain. The key is in memory only. To use a key permanently without a keychain, set DGRID_API_KEY.",
        ),
        (
            KeyState::FromEnvironment { last_four: four(), variable: "DGRID_API_KEY".to_owned() },
            "From DGRID_API_KEY",
            "Read from the environment",
        ),
        (
            KeyState::Unreachable(KeychainProblem::TimedOut),
            "Can’t reach the keychain",
            "The keychain is locked or not responding.",
        ),
    ];
    for (state, words, note) in states {
        send(&mut window, &channels, Event::Providers(ProviderEvent::KeyState(ProfileId::dgrid(), state)));
        window.get_by_label(words);
        window.get_by_label_contains(note);
    }
}

#[test]
fn failed_test_explains_the_problem_and_the_fix() {
    let (mut window, mut channels) = settings();
    click(&mut window, "Test connection");
    assert!(matches!(commands(&mut channels).as_slice(), [.., Command::Providers(ProviderCommand::TestConnection(_))]));
    window.get_by_label("Testing…");
    assert!(window.get_by_label("Test connection").accesskit_node().is_disabled());
    let failure = Failure::new(FailureKind::WrongKey).status(401);
    send(&mut window, &channels, Event::Providers(ProviderEvent::ConnectionTested(ProfileId::dgrid(), Err(failure))));
    window.get_by_label("API key rejected");
    window.get_by_label("The provider does not accept this API key.");
    window.get_by_label("Replace the key in Settings.");
}

#[test]
fn base_url_is_saved_when_valid() {
    let (mut window, mut channels) = settings();
    type_into(&mut window, Role::TextInput, "Base URL", "ftp://api.example.com");
    window.get_by_label_contains("ftp: is not a web address");
    window.key_press(Key::Tab);
    window.run();
    assert_eq!(kept(&mut channels), None);
    type_into(&mut window, Role::TextInput, "Base URL", "http://127.0.0.1:8080/v1/");
    window.key_press(Key::Tab);
    window.run();
    let settings = kept(&mut channels).expect("it was kept");
    assert_eq!(settings.profiles[0].base_url, "http://127.0.0.1:8080/v1");
    window.get_by_label("Not needed on this computer");
    click(&mut window, "Reset to default");
    assert_eq!(kept(&mut channels).expect("it was kept").profiles[0].base_url, "https://api.dgrid.ai/v1");
}

#[test]
fn custom_provider_is_added_and_removed_with_its_key() {
    let (mut window, mut channels) = settings();
    click(&mut window, "Add a provider");
    type_into(&mut window, Role::TextInput, "Name", "My server");
    type_into(&mut window, Role::TextInput, "Base URL", "https://example.com/v1");
    reach(&mut window, "Advanced settings");
    reach(&mut window, "Send aspect ratio and size as: image_config");
    reach(&mut window, "Add provider");
    let settings = kept(&mut channels).expect("it was kept");
    let added = settings.profiles.last().expect("there is one").clone();
    assert_eq!((added.id.as_str(), added.name.as_str()), ("my-server", "My server"));
    assert_eq!(added.options, OptionStyle::ImageConfig);
    window.get_by_label("Remove this provider").scroll_to_me();
    window.run();
    click(&mut window, "Remove this provider");
    click(&mut window, "Remove My server and delete its key");
    let asked = commands(&mut channels);
    assert!(
        asked
            .iter()
            .any(|asked| matches!(asked, Command::Providers(ProviderCommand::ForgetKey(id)) if *id == added.id))
    );
    assert!(asked.iter().any(
        |asked| matches!(asked, Command::Settings(SettingsCommand::Save(kept)) if kept.profile(&added.id).is_none())
    ));
}

/// Clicks a widget, scrolling to it first if necessary.
fn reach(window: &mut Harness<'_, App>, label: &str) {
    window.get_by_label(label).scroll_to_me();
    window.run();
    click(window, label);
}

#[test]
fn new_provider_can_start_from_a_template() {
    let (mut window, mut channels) = settings();
    click(&mut window, "Add a provider");
    click(&mut window, "Template: Local server");
    reach(&mut window, "Add provider");
    let added = kept(&mut channels).expect("it was kept").profiles.pop().expect("there is one");
    assert_eq!((added.name.as_str(), added.dialect), ("Local server", Dialect::Images));
    assert_eq!(added.base_url, "http://127.0.0.1:8080/v1");
}

#[test]
fn endpoint_and_option_styles_of_a_provider_can_be_chosen() {
    let (mut window, mut channels) = settings();
    click(&mut window, "Add a provider");
    type_into(&mut window, Role::TextInput, "Name", "Painter");
    type_into(&mut window, Role::TextInput, "Base URL", "https://example.com/v1");
    reach(&mut window, "Advanced settings");
    reach(&mut window, "Endpoint: /images/generations");
    reach(&mut window, "Send aspect ratio and size as: Ratio");
    reach(&mut window, "Send references as: Data URLs in JSON");
    assert!(window.query_by_label("Response modalities: Images only").is_none(), "image endpoints know no such field");
    reach(&mut window, "Add provider");
    let added = kept(&mut channels).expect("it was kept").profiles.pop().expect("there is one");
    assert_eq!(
        (added.dialect, added.options, added.references),
        (Dialect::Images, OptionStyle::RatioAsSize, ReferenceStyle::ImageField)
    );
}

#[test]
fn language_theme_and_other_settings_apply_at_once_and_are_saved() {
    let (mut window, mut channels) = settings();
    click(&mut window, "Appearance");
    click(&mut window, "Theme: Light");
    assert_eq!(kept(&mut channels).expect("it was kept").theme, Theme::Light);
    assert_eq!(window.ctx.theme(), egui::Theme::Light);
    click(&mut window, "Motion: Reduced");
    assert!(kept(&mut channels).expect("it was kept").reduce_motion);
    click(&mut window, "Queue and spending");
    type_into(&mut window, Role::TextInput, "Concurrent requests", "40");
    assert_eq!(kept(&mut channels).expect("it was kept").concurrency, 16);
    click(&mut window, "Library");
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Library folder").value(), Some("/library".to_owned()));
    click(&mut window, "Open folder: Library folder");
    assert!(commands(&mut channels).iter().any(|command| matches!(
        command,
        Command::Settings(SettingsCommand::OpenFolder(folder)) if folder.as_os_str() == "/library"
    )));
    click(&mut window, "Appearance");
    click(&mut window, "Language: 繁體中文");
    assert_eq!(kept(&mut channels).expect("it was kept").language, Language::TraditionalChinese);
    window.get_by_role_and_label(Role::Dialog, "設定");
    window.get_by_role_and_label(Role::Button, "供應商");
}

#[test]
fn a_search_shows_the_rows_of_every_section_that_match() {
    let (mut window, mut channels) = settings();
    type_into(&mut window, Role::TextInput, "Search settings", "theme");
    window.get_by_label("Switch theme: No key. Change");
    assert!(window.query_by_label("Base URL").is_none(), "a row that does not match is shown");
    click(&mut window, "Theme: Light");
    assert_eq!(kept(&mut channels).expect("it was kept").theme, Theme::Light);
    // A choice finds its row, and what is hidden under Advanced is found too.
    type_into(&mut window, Role::TextInput, "Search settings", "high contrast");
    window.get_by_label("Theme: Dark");
    type_into(&mut window, Role::TextInput, "Search settings", "extra request");
    window.get_by_role_and_label(Role::MultilineTextInput, "Extra request fields");
    type_into(&mut window, Role::TextInput, "Search settings", "no such thing");
    window.get_by_label("No setting matches.");
    click(&mut window, "About");
    window.get_by_label(concat!("Atelier ", env!("CARGO_PKG_VERSION")));
    click(&mut window, "Inter: SIL Open Font License 1.1");
    assert!(window.query_by_label_contains("SIL OPEN FONT LICENSE Version 1.1").is_some());
}

#[test]
fn a_field_that_is_left_by_a_click_on_a_choice_is_kept_with_the_choice() {
    let (mut window, mut channels) = settings();
    // "on" is in the names of rows of every section.
    type_into(&mut window, Role::TextInput, "Search settings", "o");
    type_into(&mut window, Role::TextInput, "Concurrent requests to this provider", "2");
    reach(&mut window, "Motion: Reduced");
    let settings = kept(&mut channels).expect("they are kept");
    assert!(settings.reduce_motion);
    assert_eq!(settings.profile(&ProfileId::dgrid()).expect("it is there").concurrency, Some(2));
}

#[test]
fn the_palette_opens_the_settings_at_a_row() {
    let (mut window, mut channels) = open(ready());
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::K);
    window.run();
    window.event(egui::Event::Text("announcements".to_owned()));
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(
        window.get_by_role_and_label(Role::TextInput, "Search settings").value(),
        Some("Screen reader announcements".to_owned())
    );
    click(&mut window, "Screen reader announcements: None");
    assert_eq!(kept(&mut channels).expect("it was kept").announcements, Announcements::Off);
}

#[test]
fn a_failed_connection_is_copied_as_a_report_that_the_studio_masks() {
    let (mut window, mut channels) = settings();
    let failure = Failure::new(FailureKind::WrongKey).status(401).words("No such key");
    send(&mut window, &channels, Event::Providers(ProviderEvent::ConnectionTested(ProfileId::dgrid(), Err(failure))));
    reach(&mut window, "Copy report");
    let report = commands(&mut channels).into_iter().find_map(|command| match command {
        Command::MaskReport(report) => Some(report),
        _ => None,
    });
    let report = report.expect("the studio masks it before it is copied");
    for part in [env!("CARGO_PKG_VERSION"), "api.dgrid.ai", "HTTP status: 401", "Error class: wrong_key", "No such key"]
    {
        assert!(report.contains(part), "{part} is missing in {report}");
    }
    send(&mut window, &channels, Event::ReportMasked(report));
    window.get_by_label("Copied");
}

#[test]
fn the_introduction_is_dismissed_for_good_and_moves_nothing() {
    let (mut window, mut channels) = open(ready());
    send(&mut window, &channels, Event::Gallery(GalleryEvent::View(View::default())));
    window.get_by_label("Images are kept in /library.");
    let place =
        |window: &Harness<'_, App>| window.get_by_role_and_label(Role::Button, "Try an example prompt").rect().min;
    let before = place(&window);
    click(&mut window, "Got it");
    assert!(kept(&mut channels).expect("it is remembered").intro_dismissed);
    assert!(window.query_by_label("Images are kept in /library.").is_none());
    assert_eq!(place(&window), before);
}

#[test]
fn shortcuts_are_listed_with_their_keys() {
    let (mut window, _line) = settings();
    click(&mut window, "Shortcuts");
    window.get_by_label("Copy prompt");
    window.get_by_label("Generate: Ctrl ↵. Change");
}

#[test]
fn widgets_behind_the_dialog_do_not_react() {
    let (mut window, mut channels) = settings();
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::Enter);
    window.key_press(Key::I);
    window.run();
    assert!(!commands(&mut channels).iter().any(|asked| matches!(asked, Command::Queue(QueueCommand::Generate(_)))));
}

#[test]
fn search_box_searches_and_clears() {
    let (mut window, mut channels) = open(ready());
    window.key_press(Key::Slash);
    window.run();
    window.get_by_role_and_label(Role::TextInput, "Search").type_text("fox");
    window.run();
    let searched = |channels: &mut StudioChannels| {
        commands(channels).into_iter().rev().find_map(|command| match command {
            Command::Gallery(GalleryCommand::OpenView { search, .. }) => Some(search),
            _ => None,
        })
    };
    assert_eq!(searched(&mut channels), Some("fox".to_owned()));
    click(&mut window, "Clear search");
    assert_eq!(searched(&mut channels), Some(String::new()));
}

#[test]
fn message_closes_by_itself_or_by_its_button() {
    let (mut window, channels) = open(ready());
    send(&mut window, &channels, Event::Notice(Notice::DialogFailed));
    click(&mut window, "Close this message");
    assert!(window.query_by_label("Couldn’t open the file dialog").is_none());
    send(&mut window, &channels, Event::Notice(Notice::RevealFailed));
    window.get_by_label("Couldn’t open the file manager");
    // The window sleeps until then; the test controls the time.
    let later = window.ctx.input(|input| input.time) + 30.0;
    window.input_mut().time = Some(later);
    window.run();
    assert!(window.query_by_label("Couldn’t open the file manager").is_none());
}

#[test]
fn deletion_can_be_undone_from_its_message() {
    let (mut window, mut channels) = open(ready());
    let ids = vec![ImageId::from_uuid(uuid::Uuid::from_u128(1)), ImageId::from_uuid(uuid::Uuid::from_u128(2))];
    send(&mut window, &channels, Event::Organize(OrganizeEvent::MovedToTrash(ids.clone())));
    window.get_by_label("2 images moved to the trash");
    click(&mut window, "Undo");
    assert!(
        matches!(commands(&mut channels).as_slice(), [.., Command::Organize(OrganizeCommand::RestoreFromTrash(restored))] if *restored == ids)
    );
}

#[test]
fn advanced_fields_of_a_provider_are_saved_when_valid() {
    let (mut window, mut channels) = settings();
    reach(&mut window, "Advanced settings");
    let leave = |window: &mut Harness<'_, App>| {
        window.key_press(Key::Escape);
        window.run();
    };
    // At least two rows of a multiline field are visible, however little space is left below it.
    let label = |name: &str| window.get_by_role_and_label(Role::Label, name).rect();
    let room = label("Extra request fields").top() - label("Extra headers").bottom();
    assert!(room >= 2.0 * 17.0 + 20.0, "{room}");
    type_into(&mut window, Role::MultilineTextInput, "Extra headers", "X-Token: abc");
    assert!(window.query_by_label_contains("looks like a secret").is_some());
    type_into(&mut window, Role::MultilineTextInput, "Extra headers", "X-Tenant: west");
    assert!(window.query_by_label_contains("looks like a secret").is_none());
    type_into(
        &mut window,
        Role::MultilineTextInput,
        "Extra request fields",
        "{ \"provider\": { \"sort\": \"price\" } }",
    );
    type_into(&mut window, Role::TextInput, "First response timeout in seconds", "soon");
    assert!(window.query_by_label_contains("Enter a whole number of seconds").is_some());
    type_into(&mut window, Role::TextInput, "First response timeout in seconds", "90");
    type_into(&mut window, Role::TextInput, "Concurrent requests to this provider", "2");
    reach(&mut window, "Network: Custom proxy");
    type_into(&mut window, Role::TextInput, "Proxy address", "socks5://127.0.0.1:9050");
    type_into(&mut window, Role::MultilineTextInput, "Prices per image in dollars", "maker/image-1 = 0.039");
    leave(&mut window);
    leave(&mut window);
    let settings = kept(&mut channels).expect("they are kept");
    let profile = settings.profile(&ProfileId::dgrid()).expect("it is there");
    assert_eq!(profile.headers.get("X-Tenant").map(String::as_str), Some("west"));
    assert_eq!(profile.headers.len(), 1, "the secret was never kept");
    assert_eq!(profile.extra_body["provider"]["sort"], "price");
    assert_eq!(profile.limits.first_byte, Some(90));
    assert_eq!(profile.concurrency, Some(2));
    assert_eq!(profile.proxy, Proxy::Through("socks5://127.0.0.1:9050".to_owned()));
    assert_eq!(profile.prices["maker/image-1"], Money::from_dollars(0.039));
}
