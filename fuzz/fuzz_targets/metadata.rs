//! Reading the metadata of any file terminates without a panic.
#![no_main]

use atelier::imaging::metadata;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(recipe) = metadata(bytes).recipe() {
        assert!(!recipe.tool.is_empty(), "a recipe says whose it is");
    }
});
