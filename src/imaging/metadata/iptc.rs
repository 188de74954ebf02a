//! IPTC-IIM, the older IPTC block in Photoshop's resources: the caption, in which Midjourney and others leave prompts.

use super::{
    bytes::{byte, decode_lossy, number, take},
    texts::Metadata,
};

/// The ID of the resource that contains the block.
const IPTC_RESOURCE_ID: u16 = 0x0404;

/// Record and data set of the caption.
const CAPTION_DATASET: (u8, u8) = (2, 120);

/// Reads Photoshop's resources, or a bare block.
pub(super) fn read(bytes: &[u8], metadata: &mut Metadata) {
    // Each parser stops where its bytes are damaged; what it has read is kept.
    if bytes.starts_with(&[0x1c]) {
        block(bytes, metadata);
    } else {
        resources(bytes, metadata);
    }
}

fn resources(mut rest: &[u8], metadata: &mut Metadata) -> Option<()> {
    loop {
        if take(&mut rest, 4)? != b"8BIM" {
            return None;
        }
        let id = u16::from_be_bytes(number(&mut rest)?);
        let name = usize::from(byte(&mut rest)?);
        // The name with its length, and the data, are padded to an even number of bytes.
        take(&mut rest, name + (name + 1) % 2)?;
        let length = u32::from_be_bytes(number(&mut rest)?) as usize;
        let data = take(&mut rest, length)?;
        if id == IPTC_RESOURCE_ID {
            block(data, metadata);
        }
        if length % 2 == 1 {
            take(&mut rest, 1)?;
        }
    }
}

fn block(mut rest: &[u8], metadata: &mut Metadata) -> Option<()> {
    loop {
        let [0x1c, record, set] = number(&mut rest)? else { return None };
        let length = usize::from(u16::from_be_bytes(number(&mut rest)?));
        let data = take(&mut rest, length)?;
        if (record, set) == CAPTION_DATASET {
            metadata.add("iptc:caption", &decode_lossy(data));
        }
    }
}
