//! Tests that images can be found by colors and by similarity as soon as they are stored.

use atelier::imaging::{Bitmap, Encoding, downscale, encode};

use crate::{
    gateway::{Gateway, Reply},
    images::{chat_response, markdown_image},
    test_home::{TestHome, files},
};

/// A disc of one color on a background of another.
fn disc(ground: [u8; 3], color: [u8; 3], (cx, cy): (i32, i32)) -> Bitmap {
    let pixel = |x: i32, y: i32| if (x - cx).pow(2) + (y - cy).pow(2) < 40 * 40 { color } else { ground };
    let pixels = (0..192).flat_map(|y| (0..256).map(move |x| pixel(x, y)));
    let rgba = pixels.flat_map(|[r, g, b]| [r, g, b, 255]).collect();
    Bitmap::new(256, 192, rgba).expect("every pixel is there")
}

/// Stores an image and returns its ID.
fn store_image(home: &TestHome, bitmap: &Bitmap, encoding: Encoding) -> String {
    let bytes = encode(bitmap, encoding).expect("it can be written");
    let gateway = Gateway::always(Reply::json(&chat_response(&markdown_image("image/png", &bytes).into(), "stop")));
    let arguments = ["generate", "--json", "--model", "m", "--prompt", "a disc", "--base-url", &gateway.base_url()];
    home.run(&arguments).only_image()["id"].as_str().expect("an id").to_owned()
}

/// The IDs that a search finds.
fn search(home: &TestHome, search: &str) -> Vec<String> {
    let run = home.run(&["export", "--json", "--out", "out", "--name", "{id}", "--search", search]);
    let ids = run.events("exported").iter().map(|line| line["id"].as_str().expect("an id").to_owned()).collect();
    assert!(files(&home.path().join("out")).len() < 20);
    ids
}

#[test]
fn images_are_found_by_color_and_similarity() {
    let home = TestHome::new();
    let red = disc([200, 30, 30], [240, 240, 220], (60, 70));
    let first = store_image(&home, &red, Encoding::Png);
    let blue = store_image(&home, &disc([20, 50, 160], [10, 10, 20], (190, 120)), Encoding::Png);
    let smaller = store_image(&home, &downscale(&red, 120), Encoding::Jpeg { quality: 80 });
    assert_eq!(search(&home, "colour:#c8201c"), [smaller.clone(), first.clone()]);
    assert_eq!(search(&home, "colour:#1432a0"), [blue.as_str()]);
    assert_eq!(search(&home, &format!("like:{first}")), [smaller.clone(), first.clone()]);
    assert_eq!(search(&home, &format!("colours:{smaller}")), [smaller.clone(), first]);
    assert_eq!(search(&home, &format!("like:{blue}")), [blue]);
}
