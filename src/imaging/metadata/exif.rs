//! EXIF: the texts in which programs leave recipes, and when a picture was taken.

use exif::{DateTime, Field, In, Reader, Tag, Value};

use super::{LONGEST, Metadata, containers::loose};

/// Texts that are kept, and under which key.
const TEXTS: [(Tag, &str); 6] = [
    (Tag::UserComment, "exif:UserComment"),
    (Tag::ImageDescription, "exif:ImageDescription"),
    (Tag::Software, "exif:Software"),
    (Tag::MakerNote, "exif:MakerNote"),
    (Tag::Make, "exif:Make"),
    (Tag::Model, "exif:Model"),
];

/// Reads a TIFF structure.
pub(super) fn read(tiff: &[u8], metadata: &mut Metadata) {
    if tiff.len() > LONGEST {
        return;
    }
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_raw(tiff.to_owned()).or_else(|error| error.distill_partial_result(|_| ()));
    let Ok(exif) = read else { return };
    for (tag, key) in TEXTS {
        if let Some(field) = exif.get_field(tag, In::PRIMARY) {
            metadata.add(key, &text(field, exif.little_endian()));
        }
    }
    let dates = [Tag::DateTimeOriginal, Tag::DateTime];
    let taken = || dates.iter().find_map(|tag| exif.get_field(*tag, In::PRIMARY).and_then(date));
    metadata.taken = metadata.taken.or_else(taken);
}

fn text(field: &Field, little: bool) -> String {
    match &field.value {
        Value::Ascii(texts) => texts.iter().map(|text| loose(text)).collect::<Vec<_>>().join("\n"),
        Value::Undefined(bytes, _) if field.tag == Tag::UserComment => comment(bytes, little),
        Value::Undefined(bytes, _) | Value::Byte(bytes) => loose(bytes),
        _ => String::new(),
    }
}

/// A user comment, whose first eight bytes say in which letters it is.
fn comment(bytes: &[u8], little: bool) -> String {
    match bytes.split_at_checked(8) {
        Some((b"UNICODE\0", text)) => utf16(text, little),
        Some((b"ASCII\0\0\0" | b"JIS\0\0\0\0\0" | b"\0\0\0\0\0\0\0\0", text)) => loose(text),
        // Some programs leave the eight bytes out.
        _ => loose(bytes),
    }
}

/// UTF-16 in whichever order of bytes it is: programs write either, whatever the file's own order.
fn utf16(bytes: &[u8], little: bool) -> String {
    let (bytes, little) = match bytes {
        [0xff, 0xfe, bytes @ ..] => (bytes, true),
        [0xfe, 0xff, bytes @ ..] => (bytes, false),
        _ => {
            // Every text has spaces, digits or line ends, of which one byte is zero.
            let zeros = |at: usize| bytes.as_chunks::<2>().0.iter().filter(|pair| pair[at] == 0).count();
            let (first, second) = (zeros(0), zeros(1));
            (bytes, if first == second { little } else { second > first })
        }
    };
    let read = if little { u16::from_le_bytes } else { u16::from_be_bytes };
    String::from_utf16_lossy(&bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect::<Vec<_>>())
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
