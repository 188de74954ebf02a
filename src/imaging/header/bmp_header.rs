//! The headers of a Windows bitmap.

/// The size of a bitmap, whose rows may be stored from the bottom or, with a negative height, from the top.
pub(crate) fn bmp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = BmpHeader::read(bytes)?;
    Some((header.width, header.height))
}

/// The contents of the two headers of a bitmap.
pub(crate) struct BmpHeader {
    width: u32,
    height: u32,
    bits: u16,
    compression: u32,
    /// The number of bytes of the pixels, if the header contains it.
    size: u32,
    /// The offset of the pixels.
    start: u32,
}

impl BmpHeader {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let le16 = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let le32 = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let start = le32(10)?;
        // The oldest header has two-byte fields where the others have four bytes.
        if le32(14)? == 12 {
            let (width, height, bits) = (le16(18)?.into(), le16(20)?.into(), le16(24)?);
            return Some(Self { width, height, bits, compression: 0, size: 0, start });
        }
        let width = u32::try_from(le32(18)?.cast_signed()).ok()?;
        let height = le32(22)?.cast_signed().unsigned_abs();
        let (bits, compression) = (le16(28)?, le32(30).unwrap_or(0));
        Some(Self { width, height, bits, compression, size: le32(34).unwrap_or(0), start })
    }

    /// The end of the pixels. A decoder would fill missing ones with black.
    pub(crate) fn end(&self) -> u64 {
        const UNCOMPRESSED: [u32; 3] = [0, 3, 6];
        let row = (u64::from(self.width) * u64::from(self.bits)).div_ceil(32) * 4;
        let size =
            if UNCOMPRESSED.contains(&self.compression) { row * u64::from(self.height) } else { self.size.into() };
        u64::from(self.start) + size
    }
}
