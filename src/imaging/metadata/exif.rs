//! EXIF: the texts in which programs leave recipes, and the time at which an image was taken.

use std::{cmp::Reverse, collections::BTreeSet};

use exif::{DateTime, Field, In, Reader, Tag, Value};

use super::{
    bytes::decode_lossy,
    texts::{MAX_TEXT_BYTES, Metadata},
};

/// The tags of texts that are kept, and their keys. Those of Windows have no standard names.
const TEXT_TAGS: [(u16, &str); 8] = [
    (Tag::UserComment.1, "exif:UserComment"),
    (Tag::ImageDescription.1, "exif:ImageDescription"),
    (Tag::Software.1, "exif:Software"),
    (Tag::MakerNote.1, "exif:MakerNote"),
    (Tag::Make.1, "exif:Make"),
    (Tag::Model.1, "exif:Model"),
    (0x9c9c, "exif:XPComment"),
    (0x9c9b, "exif:XPTitle"),
];

/// Labels that `ComfyUI` and savers for it write before a text in any field, followed by a colon.
const TEXT_LABELS: [&str; 3] = ["prompt", "workflow", "parameters"];

/// Reads a TIFF structure.
pub(super) fn read(tiff: &[u8], metadata: &mut Metadata) {
    if tiff.len() > MAX_TEXT_BYTES {
        return;
    }
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_raw(tiff.to_owned()).or_else(|error| error.distill_partial_result(|_| ()));
    let Ok(exif) = read else { return };
    // Some writers put fields of one directory into another.
    let primary = |number: u16| exif.fields().find(|field| field.tag.1 == number && field.ifd_num == In::PRIMARY);
    for (number, key) in TEXT_TAGS {
        let Some(field) = primary(number) else { continue };
        let text = text(field, exif.little_endian());
        metadata.add(key, &text);
        if let Some((label, rest)) = labelled(&text) {
            metadata.add(label, rest);
        }
    }
    for field in exif.fields().filter(|field| TEXT_TAGS.iter().all(|(number, _)| *number != field.tag.1)) {
        if let Value::Ascii(texts) = &field.value
            && let Some((label, rest)) = texts.first().map(|text| decode_lossy(text)).as_deref().and_then(labelled)
        {
            metadata.add(label, rest);
        }
    }
    let dates = [Tag::DateTimeOriginal, Tag::DateTime];
    let taken = || dates.iter().find_map(|tag| exif.get_field(*tag, In::PRIMARY).and_then(date));
    metadata.taken = metadata.taken.or_else(taken);
}

/// The text after its label. Graphs are JSON; a sentence that starts with such a word is not.
fn labelled(text: &str) -> Option<(&'static str, &str)> {
    let (said, rest) = text.split_once(':')?;
    let label = TEXT_LABELS.into_iter().find(|label| said.trim().eq_ignore_ascii_case(label))?;
    (label == "parameters" || rest.trim_start().starts_with('{')).then_some((label, rest))
}

fn text(field: &Field, little: bool) -> String {
    let comment_field = field.tag.1 == Tag::UserComment.1;
    match &field.value {
        // The reader splits texts at zeros, of which UTF-16 has many.
        Value::Ascii(texts) if comment_field => comment(&texts.join(&0), little),
        Value::Ascii(texts) => texts.iter().map(|text| decode_lossy(text)).collect::<Vec<_>>().join("\n"),
        Value::Undefined(bytes, _) | Value::Byte(bytes) if comment_field => comment(bytes, little),
        // Windows writes UTF-16 only in this byte order.
        Value::Byte(bytes) if field.tag.1 >= 0x9c9b => utf16(bytes, true),
        Value::Undefined(bytes, _) | Value::Byte(bytes) => decode_lossy(bytes),
        _ => String::new(),
    }
}

/// A user comment, whose first eight bytes declare its encoding. Not every program declares it correctly.
fn comment(bytes: &[u8], little: bool) -> String {
    match bytes.split_at_checked(8) {
        Some((b"UNICODE\0", text)) if is_utf8(text) => decode_lossy(text),
        Some((b"UNICODE\0", text)) => utf16(text, little),
        Some((b"ASCII\0\0\0" | b"JIS\0\0\0\0\0" | b"\0\0\0\0\0\0\0\0", text)) => plain(text, little),
        // Some programs omit the eight bytes.
        _ => plain(bytes, little),
    }
}

/// Decodes one byte per character, unless the bytes show that they are UTF-16.
fn plain(bytes: &[u8], little: bool) -> String {
    let zeros = memchr::memchr_iter(0, bytes).count();
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if marked || (zeros > bytes.len() / 4 && !is_utf8(bytes)) { utf16(bytes, little) } else { decode_lossy(bytes) }
}

/// Whether bytes are UTF-8. Those of UTF-16 hardly ever are by chance: they contain zeros, control characters, or
/// sequences that are invalid in UTF-8.
fn is_utf8(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    std::str::from_utf8(&bytes[..end])
        .is_ok_and(|text| !text.is_empty() && text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')))
}

/// Decodes UTF-16 in either byte order, because programs write both, whatever the byte order of the file.
fn utf16(bytes: &[u8], little: bool) -> String {
    let read = |bytes: &[u8], little: bool| {
        let unit = if little { u16::from_le_bytes } else { u16::from_be_bytes };
        String::from_utf16_lossy(&bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect::<Vec<_>>())
    };
    match bytes {
        [0xff, 0xfe, bytes @ ..] => read(bytes, true),
        [0xfe, 0xff, bytes @ ..] => read(bytes, false),
        _ => {
            // Most texts contain spaces, digits or line feeds, of which one byte is zero. Others are recognized by the
            // few scripts that their characters belong to.
            let usual = |little| {
                let text = read(bytes, little);
                let alphabets: BTreeSet<u32> = text.chars().map(|c| u32::from(c) >> 8).collect();
                (text.chars().filter(|c| is_usual(*c)).count(), Reverse(alphabets.len()))
            };
            let (as_little, as_big) = (usual(true), usual(false));
            read(bytes, if as_little == as_big { little } else { as_little > as_big })
        }
    }
}

/// Whether a character is common in prompts: Latin, punctuation, Chinese, Japanese, Korean.
fn is_usual(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff5e}')
}

fn date(field: &Field) -> Option<jiff::civil::DateTime> {
    let Value::Ascii(texts) = &field.value else { return None };
    let date = DateTime::from_ascii(texts.first()?).ok()?;
    let part = |value: u8| i8::try_from(value).ok();
    jiff::civil::DateTime::new(
        i16::try_from(date.year).ok()?,
        part(date.month)?,
        part(date.day)?,
        part(date.hour)?,
        part(date.minute)?,
        part(date.second)?,
        0,
    )
    .ok()
}
