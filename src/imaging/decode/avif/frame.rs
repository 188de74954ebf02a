//! Decodes one AV1 frame.

use std::{
    sync::mpsc::{RecvTimeoutError, sync_channel},
    thread,
    time::Duration,
};

use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Settings, pixel};

use crate::{
    error_chain::Cause,
    imaging::pixels::{ImageError, ImageLimits, cut_short},
};

/// The time after which a decoder that has not finished is assumed to have crashed.
const DECODER_TIMEOUT: Duration = Duration::from_mins(2);
/// The number of threads of a decoder. A panic on one of its own threads does not end the program.
const DECODER_THREADS: u32 = 2;

/// The samples of a frame.
pub(crate) struct Av1Frame {
    width: usize,
    height: usize,
    layout: PixelLayout,
    /// The number of significant bits of a sample.
    pub(crate) depth: u32,
    /// According to the frame itself.
    pub(crate) colors: ColorDescription,
    planes: Vec<Plane>,
}

/// Samples of one kind, two bytes each.
struct Plane {
    width: usize,
    samples: Vec<u16>,
}

impl Av1Frame {
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn is_gray(&self) -> bool {
        self.layout == PixelLayout::I400
    }

    /// The subsampling of columns and rows, as powers of two.
    pub(crate) fn shared(&self) -> (u32, u32) {
        match self.layout {
            PixelLayout::I420 => (1, 1),
            PixelLayout::I422 => (1, 0),
            PixelLayout::I400 | PixelLayout::I444 => (0, 0),
        }
    }

    /// A row of luma.
    pub(crate) fn brightness(&self, y: usize) -> &[u16] {
        self.row(0, y)
    }

    /// A row of one of the two chroma planes, which may be subsampled.
    pub(crate) fn color(&self, plane: usize, y: usize) -> &[u16] {
        self.row(1 + plane, y)
    }

    fn row(&self, plane: usize, y: usize) -> &[u16] {
        let Plane { width, samples } = &self.planes[plane];
        &samples[y * width..(y + 1) * width]
    }
}

/// Decodes the only frame in some bytes.
pub(crate) fn decode_frame(bytes: &[u8], limits: &ImageLimits) -> Result<Av1Frame, ImageError> {
    let bytes = bytes.to_vec();
    let most_pixels = u32::try_from(limits.max_pixels).unwrap_or(u32::MAX);
    let (sender, frame) = sync_channel(1);
    // The decoder waits for its own threads, which would take forever if one of them crashed.
    let work = move || sender.send(decode(bytes, most_pixels)).ok();
    thread::Builder::new()
        .name("av1 frame".into())
        .spawn(work)
        .map_err(|error| ImageError::Broken(Cause::new(error)))?;
    frame
        .recv_timeout(DECODER_TIMEOUT)
        .unwrap_or_else(|error: RecvTimeoutError| Err(ImageError::Broken(Cause::new(error))))
}

fn decode(bytes: Vec<u8>, most_pixels: u32) -> Result<Av1Frame, ImageError> {
    let broken = |error: Error| ImageError::Broken(Cause::new(error));
    let mut settings = Settings::new();
    settings.set_n_threads(DECODER_THREADS);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(most_pixels);
    let mut decoder = Decoder::with_settings(&settings).map_err(broken)?;
    let mut pending = match decoder.send_data(bytes, None, None, None) {
        Ok(()) => false,
        Err(Error::Again) => true,
        Err(error) => return Err(broken(error)),
    };
    loop {
        match decoder.get_picture() {
            Ok(picture) => return copied(&picture),
            Err(Error::Again) if pending => match decoder.send_pending_data() {
                Ok(()) => pending = false,
                Err(Error::Again) => return Err(cut_short()),
                Err(error) => return Err(broken(error)),
            },
            Err(Error::Again) => return Err(cut_short()),
            Err(error) => return Err(broken(error)),
        }
    }
}

/// Copies the samples out of the decoder's rows, which are padded and may have one byte per sample.
fn copied(picture: &Picture) -> Result<Av1Frame, ImageError> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let layout = picture.pixel_layout();
    let halved = |side: usize, is_halved: bool| if is_halved { side.div_ceil(2) } else { side };
    let small = (
        halved(width, matches!(layout, PixelLayout::I420 | PixelLayout::I422)),
        halved(height, layout == PixelLayout::I420),
    );
    let kinds = [
        (PlanarImageComponent::Y, (width, height)),
        (PlanarImageComponent::U, small),
        (PlanarImageComponent::V, small),
    ];
    let count = if layout == PixelLayout::I400 { 1 } else { 3 };
    let depth = picture.bits_per_component().map_or(8, |bits| bits.0 as u32);
    let mut planes = Vec::with_capacity(count);
    for (kind, (width, height)) in kinds.into_iter().take(count) {
        let stride = picture.stride(kind) as usize;
        let plane = picture.plane(kind);
        let mut samples = Vec::with_capacity(width * height);
        for row in plane.chunks(stride.max(1)).take(height) {
            if depth == 8 {
                samples.extend(row.iter().take(width).map(|sample| u16::from(*sample)));
            } else {
                let pairs = row.as_chunks::<2>().0.iter().take(width);
                samples.extend(pairs.map(|pair| u16::from_ne_bytes(*pair)));
            }
        }
        if samples.len() != width * height {
            return Err(cut_short());
        }
        planes.push(Plane { width, samples });
    }
    let colors = ColorDescription {
        matrix: picture.matrix_coefficients() as u16,
        full_range: picture.color_range() == pixel::YUVRange::Full,
    };
    Ok(Av1Frame { width, height, layout, depth, colors, planes })
}

/// The color description of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColorDescription {
    /// The matrix coefficients, numbered as in ITU-T H.273.
    pub(crate) matrix: u16,
    /// Whether black and white are the lowest and the highest value.
    pub(crate) full_range: bool,
}
