//! Any sidecar that can be read can be written and read back unchanged.
#![no_main]

use atelier::library::Sidecar;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Ok(sidecar) = serde_json::from_slice::<Sidecar>(text) else { return };
    let written = serde_json::to_vec_pretty(&sidecar).expect("a sidecar is JSON");
    let again: Sidecar = serde_json::from_slice(&written).expect("what was written can be read");
    assert_eq!(again, sidecar);
});
