//! Tests of `atelier bench-library`: it creates, reuses and measures a synthetic library, and touches no other one.

use std::fs;

use serde_json::Value;

use crate::test_home::{TestHome, run};

#[test]
fn synthetic_library_is_created_measured_and_reused() {
    let home = TestHome::new();
    let bench = || {
        let run = run(home.command(&["bench-library", "--count", "600", "--sides", "256", "--json"]));
        assert_eq!(run.code, Some(0), "{run:?}");
        run.events("bench_library").remove(0)
    };
    let first = bench();
    assert_eq!(first["count"], 600);
    assert_eq!(first["search_equals_oracle"], true, "{first}");
    for figure in
        ["scroll_pass_p99_ms", "scroll_pass_max_ms", "rss_mb", "search_p95_ms", "page_ms", "open_ms", "ingest_ms"]
    {
        assert!(first[figure].as_f64().is_some_and(|value| value > 0.0), "{figure}: {first}");
    }
    assert!(first["scroll_passes"].as_u64().is_some_and(|passes| passes >= 200), "{first}");
    assert_eq!(first["first_frame_ms"], Value::Null, "there is no display here");
    let index = home.library().join("library.db");
    let made = fs::metadata(&index).expect("it is there").created().ok();
    bench();
    assert_eq!(fs::metadata(&index).expect("it is still there").created().ok(), made);
}

#[test]
fn library_with_images_is_not_overwritten() {
    let home = TestHome::new();
    let made = run(home.command(&["generate", "--provider", "demo", "--prompt", "a fox", "--json"]));
    assert_eq!(made.code, Some(0), "{made:?}");
    let refused = run(home.command(&["bench-library", "--count", "10", "--sides", "256", "--json"]));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("not a synthetic library"), "{refused:?}");
    let picture = made.events("image").remove(0);
    assert!(fs::exists(picture["original"].as_str().expect("its place")).is_ok_and(|there| there));
}
