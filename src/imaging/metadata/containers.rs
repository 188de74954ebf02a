//! Reads the metadata containers of each format: chunks of PNG and WebP, segments of JPEG, extensions of GIF.

use super::{
    bytes::{byte, decode_lossy, inflate, number, take, until_zero},
    exif, iptc, raw_profile,
    texts::{MAX_TEXT_BYTES, Metadata},
    xmp,
};
use crate::{
    imaging::{
        format::sniff,
        header::{AvifMetadata, avif_metadata},
    },
    recipe::Format,
};

pub(super) fn read(bytes: &[u8], metadata: &mut Metadata) {
    // Each parser stops where its file is damaged; what it has read is kept.
    match sniff(bytes) {
        Some(Format::Png) => png(bytes, metadata),
        Some(Format::Jpeg) => jpeg(bytes, metadata),
        Some(Format::Webp) => webp(bytes, metadata),
        Some(Format::Gif) => gif(bytes, metadata),
        Some(Format::Avif) => avif(bytes, metadata),
        Some(Format::Jxl) => jxl(bytes, metadata),
        Some(Format::Tiff) => {
            exif::read(bytes, metadata);
            None
        }
        Some(Format::Bmp | Format::Svg) | None => None,
    };
}

fn avif(bytes: &[u8], metadata: &mut Metadata) -> Option<()> {
    let AvifMetadata { exif, xmp } = avif_metadata(bytes)?;
    if let Some(exif) = exif {
        exif::read(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif), metadata);
    }
    if let Some(xmp) = xmp {
        xmp::read(&decode_lossy(&xmp), metadata);
    }
    Some(())
}

/// The boxes of a JPEG XL; a bare codestream has none.
fn jxl(bytes: &[u8], metadata: &mut Metadata) -> Option<()> {
    let mut rest = bytes;
    loop {
        let length = u32::from_be_bytes(number(&mut rest)?) as usize;
        let kind = take(&mut rest, 4)?;
        let data = match length {
            0 => std::mem::take(&mut rest),
            1 => {
                let length = usize::try_from(u64::from_be_bytes(number(&mut rest)?)).ok()?;
                take(&mut rest, length.checked_sub(16)?)?
            }
            _ => take(&mut rest, length.checked_sub(8)?)?,
        };
        match kind {
            // Skips the offset of the TIFF header.
            b"Exif" => exif::read(data.get(4..)?, metadata),
            b"xml " => xmp::read(&decode_lossy(data), metadata),
            _ => {}
        }
    }
}

fn png(bytes: &[u8], metadata: &mut Metadata) -> Option<()> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(number(&mut rest)?) as usize;
        let kind = take(&mut rest, 4)?;
        let data = take(&mut rest, length)?;
        match kind {
            // Some programs write UTF-8 in place of Latin-1. `ComfyUI` has a chunk of its own for animations.
            b"tEXt" | b"comf" => png_text(data, |text| Some(decode_lossy(text)), metadata),
            b"zTXt" => png_text(data, |text| Some(decode_lossy(&inflate(text.strip_prefix(&[0])?)?)), metadata),
            b"iTXt" => png_text(data, international, metadata),
            b"eXIf" => {
                exif::read(data, metadata);
                None
            }
            b"IEND" => return Some(()),
            _ => None,
        };
        take(&mut rest, 4)?;
    }
}

fn png_text(mut data: &[u8], read: impl FnOnce(&[u8]) -> Option<String>, metadata: &mut Metadata) -> Option<()> {
    let key = decode_lossy(until_zero(&mut data)?);
    let text = read(data)?;
    if key == "XML:com.adobe.xmp" {
        xmp::read(&text, metadata);
    } else if let Some(kind) = key.strip_prefix("Raw profile type ") {
        raw_profile::read(kind, &text, metadata);
    } else {
        metadata.add(&key, &text);
    }
    Some(())
}

/// The text of an `iTXt` chunk, starting from the flags after its key.
fn international(mut data: &[u8]) -> Option<String> {
    let packed = byte(&mut data)? != 0;
    byte(&mut data)?;
    until_zero(&mut data)?;
    until_zero(&mut data)?;
    Some(decode_lossy(&if packed { inflate(data)? } else { data.to_owned() }))
}

fn jpeg(bytes: &[u8], metadata: &mut Metadata) -> Option<()> {
    let mut rest = bytes.get(2..)?;
    loop {
        while rest.starts_with(&[0xff, 0xff]) {
            take(&mut rest, 1)?;
        }
        let [0xff, marker] = number(&mut rest)? else { return None };
        match marker {
            0xd9 | 0xda => return Some(()),
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(number(&mut rest)?)).checked_sub(2)?;
        let data = take(&mut rest, length)?;
        match marker {
            0xe1 => {
                if let Some(tiff) = data.strip_prefix(b"Exif\0\0") {
                    exif::read(tiff, metadata);
                } else if let Some(packet) = data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                    xmp::read(&decode_lossy(packet), metadata);
                }
            }
            0xed => {
                if let Some(resources) = data.strip_prefix(b"Photoshop 3.0\0") {
                    iptc::read(resources, metadata);
                }
            }
            0xfe => metadata.add("comment", &decode_lossy(data)),
            _ => {}
        }
    }
}

fn webp(bytes: &[u8], metadata: &mut Metadata) -> Option<()> {
    let mut rest = bytes.get(12..)?;
    loop {
        let kind = take(&mut rest, 4)?;
        let length = u32::from_le_bytes(number(&mut rest)?) as usize;
        let data = take(&mut rest, length)?;
        match kind {
            b"EXIF" => exif::read(data.strip_prefix(b"Exif\0\0").unwrap_or(data), metadata),
            b"XMP " => xmp::read(&decode_lossy(data), metadata),
            _ => {}
        }
        if length % 2 == 1 {
            take(&mut rest, 1)?;
        }
    }
}

fn gif(bytes: &[u8], metadata: &mut Metadata) -> Option<()> {
    let mut rest = bytes.get(10..)?;
    let colors = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let flags = byte(&mut rest)?;
    take(&mut rest, 2 + colors(flags))?;
    loop {
        match byte(&mut rest)? {
            0x21 => {
                let label = byte(&mut rest)?;
                let comment = gif_blocks(&mut rest)?;
                if label == 0xfe {
                    metadata.add("comment", &decode_lossy(&comment));
                }
            }
            0x2c => {
                let frame = take(&mut rest, 9)?;
                take(&mut rest, colors(frame[8]) + 1)?;
                gif_blocks(&mut rest)?;
            }
            _ => return Some(()),
        }
    }
}

/// The contents of a chain of blocks, unless they are too long.
fn gif_blocks(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        match byte(rest)? {
            0 => return Some(all),
            length => {
                let block = take(rest, usize::from(length))?;
                if all.len() + block.len() <= MAX_TEXT_BYTES {
                    all.extend(block);
                }
            }
        }
    }
}
