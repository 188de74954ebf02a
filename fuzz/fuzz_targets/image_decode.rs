//! No bytes make a decoder panic, and all decoders agree.
#![no_main]

use atelier::imaging::{ImageLimits, IncrementalDecoder, decode, probe, thumbnail};
use libfuzzer_sys::fuzz_target;

const EDGE: u32 = 64;

// The first byte is the chunk size.
fuzz_target!(|input: (u8, &[u8])| {
    let (length, bytes) = input;
    // Small, so that the fuzzer tries unusual bytes instead of large images.
    let limits = ImageLimits { max_side: 2048, max_pixels: 1 << 16, ..ImageLimits::default() };
    let probed = probe(bytes, &limits);
    let decoded = decode(bytes, &limits);
    if let Ok(bitmap) = &decoded {
        let probe = probed.as_ref().expect("what can be decoded can be probed");
        assert_eq!((bitmap.width, bitmap.height), (probe.width, probe.height));
        assert_eq!(bitmap.rgba.len() as u64, u64::from(bitmap.width) * u64::from(bitmap.height) * 4);
    }
    let small = thumbnail(bytes, &limits, EDGE);
    assert_eq!(small.is_ok(), decoded.is_ok(), "{small:?}");

    let mut arriving = IncrementalDecoder::new(limits, EDGE);
    for piece in bytes.chunks(usize::from(length).max(1)) {
        arriving.push(piece);
        arriving.preview();
    }
    let arrived = arriving.finish();
    assert_eq!(arrived.is_ok(), small.is_ok(), "{arrived:?}");
    if let (Ok(arrived), Ok(small)) = (arrived, small) {
        assert_eq!((arrived.probe, arrived.opaque), (small.probe, small.opaque));
        let (one, other) = (arrived.thumbnail, small.thumbnail);
        assert_eq!((one.width, one.height, one.rgba.len()), (other.width, other.height, other.rgba.len()));
        // The boundaries of the bands depend on when the rows arrive.
        assert!(one.rgba.iter().zip(&other.rgba).all(|(one, other)| one.abs_diff(*other) <= 1));
    }
});
