//! Tests that the top of an image is shown while the rest has not arrived.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use atelier::{
    imaging::{Bitmap, Encoding, ImageLimits, encode, thumbnail},
    recipe::{ProfileId, Recipe},
    studio::{self, CardState, Command, Dependencies, Event, Paths, QueueCommand, QueueEvent},
};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Part, Reply},
        images::image_response,
    },
    test_app::{Chosen, Machine},
};

const EDGE: u32 = 512;

#[test]
fn top_of_a_large_image_is_shown_after_a_twelfth_of_its_bytes() {
    let (side, mut grain) = (2_048_usize, 1_u32);
    let mut rgba = vec![255; side * side * 4];
    for pixel in rgba.as_chunks_mut::<4>().0 {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        pixel[..3].copy_from_slice(&[(grain >> 26) as u8, (grain >> 27) as u8 + 100, 180]);
    }
    let bitmap = Bitmap::new(side as u32, side as u32, rgba).expect("as many pixels as it says");
    for encoding in [Encoding::Png, Encoding::Jpeg { quality: 90 }] {
        let picture = encode(&bitmap, encoding).expect("an image can be encoded");
        let whole = thumbnail(&picture, &ImageLimits::default(), EDGE).expect("it is an image").thumbnail;
        let body = image_response(&picture).to_string();
        let missing = body.len() - body.len() / 12;
        let gateway = gateway(move |_| Reply::new(200, "application/json", &body).truncated_by(missing, Part::Stall));
        let machine = Machine::at(&gateway.base_url());
        let paths = Paths { config: machine.home.path().join("config"), library: Some(machine.library()) };
        let mut dependencies = Dependencies::system(Arc::new(Chosen(machine.chosen())));
        dependencies.keychain = machine.keychain.clone();
        dependencies.environment = Arc::new(|_| None);
        let studio = studio::start(paths, dependencies, Arc::new(|| {}));
        let recipe = Recipe {
            profile: ProfileId::new("near"),
            model: "demo/painter".to_owned(),
            prompt: "a fox".to_owned(),
            ..Recipe::default()
        };
        studio.send(Command::Queue(QueueCommand::Generate(vec![recipe])));

        let deadline = Instant::now() + Duration::from_mins(1);
        let row = EDGE as usize * 4;
        let seen = loop {
            let event =
                studio.next(deadline.saturating_duration_since(Instant::now())).expect("the top is shown in time");
            let Event::Queue(QueueEvent::RequestChanged(job)) = event else { continue };
            let CardState::Receiving { preview: Some(preview), .. } = job.state else { continue };
            let rows = preview.rgba.chunks(row).take_while(|row| row[3] != 0).count();
            if rows > 0 {
                break (rows, preview);
            }
        };
        let (rows, preview) = seen;
        assert_eq!((preview.width, preview.height), (EDGE, EDGE));
        assert!(rows < EDGE as usize / 8, "{encoding:?}: {rows} rows cannot have come");
        assert!(preview.rgba[..rows * row] == whole.rgba[..rows * row], "{encoding:?}: what came is final");
        assert!(preview.rgba[rows * row..].iter().all(|byte| *byte == 0), "{encoding:?}: the rest is empty");
    }
}
