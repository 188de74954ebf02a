//! Reading any recipe of a program, in the image or beside it, terminates without a panic and is deterministic.
#![no_main]

use atelier::imaging::metadata;
use libfuzzer_sys::fuzz_target;

/// Keys under which programs write recipes; the first byte chooses one.
const KEYS: [&str; 10] = [
    "parameters",
    "prompt",
    "workflow",
    "invokeai_metadata",
    "invokeai_graph",
    "sd-metadata",
    "Dream",
    "Description",
    "XML:com.adobe.xmp",
    "Raw profile type exif",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, text)) = bytes.split_first() else { return };
    let key = KEYS.get(usize::from(*choice) % (KEYS.len() + 1));
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    if let Some(key) = key {
        let body = [b"iTXt", key.as_bytes(), b"\0\0\0\0\0", text].concat();
        file.extend(u32::try_from(body.len() - 4).unwrap_or(u32::MAX).to_be_bytes());
        file.extend(body);
        file.extend([0; 4]);
    }
    let mut read = metadata(&file);
    if key.is_none() {
        read.beside(&String::from_utf8_lossy(text));
    }
    if let Some(recipe) = read.recipe() {
        assert!(!recipe.tool.is_empty(), "a recipe says whose it is");
        assert_eq!(read.recipe(), Some(recipe), "a recipe is the same again");
    }
});
