//! Exports a grid as one image: its images in rows and columns with labels, on a white background.
//!
//! Images are read and downscaled one at a time, so that only one is in memory. The size of the result is limited:
//! cells are made smaller than requested if it would be exceeded.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use fontique::{
    Collection, CollectionOptions, FallbackKey, GenericFamily, Language, QueryFamily, QueryFont, QueryStatus, Script,
    SourceCache, SourceCacheOptions,
};

use crate::{
    error_chain::chain,
    imaging::{self, Bitmap, LabelRasterizer},
    library::{BatchMember, Library},
    recipe::{BatchRole, ImageId},
    studio::{
        exchange::export::{ConflictPolicy, ExportFailure, ExportFormat, encode, write_file},
        gallery::thumbnails,
        platform::file_dialogs::await_choice,
        protocol::{Event, ExportEvent},
        runtime::{blocking::blocking, context::Context},
    },
};

pub use crate::studio::protocol::GridImageOptions;

/// Maximum number of pixels, which need a quarter of a gigabyte while drawing.
const MAX_PIXELS: u64 = 64_000_000;
/// Maximum length of a side in pixels, which every format supports.
const MAX_SIDE_PX: u64 = 16_000;
/// Maximum number of columns and of rows.
const MAX_COLUMNS: u32 = crate::composition::MAX_AXIS_VALUES as u32;

const BACKGROUND: u8 = 255;
const LABEL_COLOR: [u8; 3] = [26, 26, 30];
const TITLE_COLOR: [u8; 3] = [120, 120, 128];

/// The size of a grid image in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GridImageSize {
    /// Side of a cell.
    pub cell: u32,
    /// Total width.
    pub width: u32,
    /// Total height.
    pub height: u32,
}

impl GridImageSize {
    /// The size of a grid image with cells of the requested size, or of the largest possible one. `labelled` tells
    /// whether rows have labels.
    pub fn of(columns: usize, rows: usize, labelled: bool, wanted: u32) -> Self {
        let mut cell = wanted.max(16);
        loop {
            let size = GridLayout::new(columns as u64, rows as u64, labelled, cell).size();
            let (width, height) = (u64::from(size.width), u64::from(size.height));
            if cell <= 16 || (width * height <= MAX_PIXELS && width.max(height) <= MAX_SIDE_PX) {
                return size;
            }
            cell = (cell * 15 / 16).max(16);
        }
    }
}

/// The layout of a grid image.
struct GridLayout {
    columns: u64,
    rows: u64,
    cell: u64,
    gap: u64,
    edge: u64,
    /// Font size.
    letters: f32,
    /// Width of the row labels, and height of the column labels with the title.
    left: u64,
    top: u64,
}

impl GridLayout {
    fn new(columns: u64, rows: u64, labelled: bool, cell: u32) -> Self {
        let cell = u64::from(cell);
        let letters = (cell as f32 / 14.0).clamp(11.0, 40.0);
        let line = (letters * 1.9) as u64;
        let left = if labelled { (cell / 2).clamp(line * 3, line * 8) } else { 0 };
        // The prompt is above the column labels.
        Self { columns, rows, cell, gap: (cell / 24).max(4), edge: (cell / 10).max(12), letters, left, top: line * 2 }
    }

    fn size(&self) -> GridImageSize {
        let along = |count: u64| count * self.cell + count.saturating_sub(1) * self.gap;
        let side = |length: u64| u32::try_from(length).unwrap_or(u32::MAX);
        GridImageSize {
            cell: side(self.cell),
            width: side(self.edge * 2 + self.left + along(self.columns)),
            height: side(self.edge * 2 + self.top + along(self.rows)),
        }
    }

    /// The upper left corner of a cell.
    fn corner(&self, row: u32, column: u32) -> (u64, u64) {
        let step = self.cell + self.gap;
        (self.edge + self.left + u64::from(column) * step, self.edge + self.top + u64::from(row) * step)
    }
}

/// Lets the user choose a file, draws and writes the image, and sends the result.
pub(in crate::studio) async fn export(context: Arc<Context>, order: GridImageOptions) {
    let extension = match order.format {
        ExportFormat::Jpeg { .. } => "jpg",
        ExportFormat::Webp { .. } => "webp",
        ExportFormat::Png | ExportFormat::Original => "png",
    };
    let choice = context.dialogs.save_file(&format!("{}.{extension}", order.suggested));
    let Some(path) = await_choice(&context.events, choice).await else { return };
    let library = Arc::clone(&context.library);
    let written = blocking(move || write_grid(&library, &order, &path)).await;
    let written = written.unwrap_or(Err(ExportFailure::InternalError));
    context.events.send(Event::Export(ExportEvent::GridWritten(written)));
}

fn write_grid(library: &Library, order: &GridImageOptions, path: &Path) -> Result<PathBuf, ExportFailure> {
    let members = library.search().batch(order.batch).map_err(|error| {
        tracing::error!(error = %chain(&error), "a grid cannot be read");
        ExportFailure::Unreadable
    })?;
    let title = members.first().and_then(|member| library.images().sidecar(member.image).ok().flatten());
    let title = title.map(|sidecar| sidecar.facts.recipe.prompt).unwrap_or_default();
    let sheet = GridContent::of(&members).ok_or(ExportFailure::Unreadable)?;
    let drawn = sheet.draw(&title, order.cell, |id, side| read_image(library, id, side));
    let bytes = encode(&drawn, order.format)?;
    if library.owns(path) {
        return Err(ExportFailure::TargetInLibrary);
    }
    // The save dialog has asked.
    write_file(path, &bytes, ConflictPolicy::Replace)
}

/// Reads an image that is at least as large as `side`, if the original is.
fn read_image(library: &Library, id: ImageId, side: u32) -> Option<Bitmap> {
    let large = crate::studio::protocol::ThumbnailSize::Large;
    let read = if side <= large.edge() {
        thumbnails::load(library, id, large)
    } else {
        thumbnails::decode_original(library, id)
    };
    read.ok()
}

/// The content of a grid: images and labels.
#[derive(Debug, Default)]
struct GridContent {
    columns: Vec<String>,
    rows: Vec<String>,
    cells: BTreeMap<(u32, u32), Vec<ImageId>>,
}

impl GridContent {
    /// Collects the content; `None` without cells.
    fn of(members: &[BatchMember]) -> Option<Self> {
        let mut sheet = Self::default();
        for member in members {
            let BatchRole::Cell { column, row, column_label, row_label } = &member.role else { continue };
            if *column < MAX_COLUMNS && *row < MAX_COLUMNS {
                set_label(&mut sheet.columns, *column, column_label);
                set_label(&mut sheet.rows, *row, row_label);
                sheet.cells.entry((*row, *column)).or_default().push(member.image);
            }
        }
        (!sheet.cells.is_empty()).then_some(sheet)
    }

    fn draw(&self, title: &str, wanted: u32, read: impl Fn(ImageId, u32) -> Option<Bitmap>) -> Bitmap {
        let labelled = self.rows.iter().any(|label| !label.is_empty());
        let size = GridImageSize::of(self.columns.len(), self.rows.len(), labelled, wanted);
        let plan = GridLayout::new(self.columns.len() as u64, self.rows.len() as u64, labelled, size.cell);
        let rgba = vec![BACKGROUND; size.width as usize * size.height as usize * 4];
        let mut sheet = Bitmap { width: size.width, height: size.height, rgba, opaque: true };
        for ((row, column), images) in &self.cells {
            let across = (images.len() as f64).sqrt().ceil().max(1.0) as u64;
            let part = ((plan.cell - (across - 1) * plan.gap / 2) / across).max(1);
            for (index, id) in images.iter().enumerate() {
                let (left, top) = plan.corner(*row, *column);
                let step = part + plan.gap / 2;
                let at = (left + index as u64 % across * step, top + index as u64 / across * step);
                if let Some(image) = read(*id, part as u32) {
                    paste(&mut sheet, &imaging::downscale(&image, part as u32), at, part);
                }
            }
        }
        self.label(&mut sheet, &plan, title);
        sheet
    }

    fn label(&self, sheet: &mut Bitmap, plan: &GridLayout, title: &str) {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let texts = || self.columns.iter().chain(&self.rows).chain([&title]);
        let lettering = label_rasterizer(&texts().map(String::as_str).collect::<String>());
        let size = plan.letters;
        // Capital letters are about 0.7 of the font size high.
        let line = plan.top as f32 / 2.0;
        let baseline = |top: f32, height: f32| (top + f32::midpoint(height, size * 0.7)).round();
        let across = sheet.width as f32 - plan.edge as f32 * 2.0;
        let fitted = lettering.fitted(&title, size, across);
        let at = (plan.edge as f32, baseline(plan.edge as f32 * 0.6, line));
        lettering.draw(sheet, at, &fitted, size, TITLE_COLOR);
        for (column, label) in self.columns.iter().enumerate() {
            let (left, top) = plan.corner(0, column as u32);
            let fitted = lettering.fitted(label, size, plan.cell as f32);
            let x = left as f32 + (plan.cell as f32 - lettering.width(&fitted, size)) / 2.0;
            lettering.draw(sheet, (x.round(), baseline(top as f32 - line, line)), &fitted, size, LABEL_COLOR);
        }
        for (row, label) in self.rows.iter().enumerate().filter(|(_, label)| !label.is_empty()) {
            let (_, top) = plan.corner(row as u32, 0);
            let fitted = lettering.fitted(label, size, (plan.left - plan.gap.min(plan.left)) as f32);
            let at = (plan.edge as f32, baseline(top as f32, plan.cell as f32));
            lettering.draw(sheet, at, &fitted, size, LABEL_COLOR);
        }
    }
}

fn set_label(labels: &mut Vec<String>, at: u32, label: &str) {
    if labels.len() <= at as usize {
        labels.resize(at as usize + 1, String::new());
    }
    if let Some(known) = labels.get_mut(at as usize)
        && known.is_empty()
    {
        label.clone_into(known);
    }
}

/// Draws an image in the center of a square. Transparent pixels show the background.
fn paste(sheet: &mut Bitmap, image: &Bitmap, (left, top): (u64, u64), side: u64) {
    let left = left + side.saturating_sub(u64::from(image.width)) / 2;
    let top = top + side.saturating_sub(u64::from(image.height)) / 2;
    let width = image.width as usize * 4;
    for (row, pixels) in image.rgba.chunks_exact(width.max(4)).enumerate() {
        let start = ((top as usize + row) * sheet.width as usize + left as usize) * 4;
        let Some(to) = sheet.rgba.get_mut(start..start + width) else { return };
        for (to, from) in to.as_chunks_mut::<4>().0.iter_mut().zip(pixels.as_chunks::<4>().0) {
            let alpha = u32::from(from[3]);
            for channel in 0..3 {
                let mixed = u32::from(from[channel]) * alpha + u32::from(to[channel]) * (255 - alpha);
                to[channel] = ((mixed + 127) / 255) as u8;
            }
        }
    }
}

/// Scripts whose system fonts are tried for characters that the bundled font lacks, those of the languages of the user
/// interface first.
const FALLBACK_SCRIPTS: [([u8; 4], Option<&str>); 12] = [
    (*b"Hani", Some("zh-TW")),
    (*b"Hani", Some("zh-SG")),
    (*b"Hira", Some("ja")),
    (*b"Hang", Some("ko")),
    (*b"Cyrl", None),
    (*b"Grek", None),
    (*b"Arab", None),
    (*b"Hebr", None),
    (*b"Deva", None),
    (*b"Thai", None),
    (*b"Latn", None),
    (*b"Zsym", None),
];

/// The bundled font, and system fonts for characters of a text that it lacks.
fn label_rasterizer(text: &str) -> LabelRasterizer {
    let mut lettering = LabelRasterizer::default();
    lettering.add(Arc::new(include_bytes!("../../../assets/fonts/Inter-Medium.otf")), 0);
    if lettering.lacking(text).is_empty() {
        return lettering;
    }
    let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: true });
    let mut cache = SourceCache::new(SourceCacheOptions::default());
    let ways = FALLBACK_SCRIPTS.map(|(script, language)| {
        FallbackKey::new(Script::from_bytes(script), language.and_then(|name| Language::parse(name).ok()).as_ref())
    });
    for letter in lettering.lacking(text) {
        // A font that was found for one character often contains the next one.
        if lettering.lacking(letter.encode_utf8(&mut [0; 4])).is_empty() {
            continue;
        }
        let found = ways.iter().find_map(|way| {
            let mut query = collection.query(&mut cache);
            query.set_families([QueryFamily::Generic(GenericFamily::SansSerif)]);
            query.set_fallbacks(*way);
            let mut found: Option<QueryFont> = None;
            query.matches_with(|font| {
                let mut alone = LabelRasterizer::default();
                alone.add(font.blob.clone().into_raw_parts().0, font.index);
                if alone.lacking(letter.encode_utf8(&mut [0; 4])).is_empty() {
                    found = Some(font.clone());
                    QueryStatus::Stop
                } else {
                    QueryStatus::Continue
                }
            });
            found
        });
        if let Some(font) = found {
            lettering.add(font.blob.into_raw_parts().0, font.index);
        }
    }
    lettering
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::recipe::RequestId;

    fn member(number: u128, column: u32, row: u32, row_label: &str) -> BatchMember {
        BatchMember {
            image: ImageId::from_uuid(Uuid::from_u128(number)),
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            role: BatchRole::Cell {
                column,
                row,
                column_label: format!("seed {column}"),
                row_label: row_label.to_owned(),
            },
            model: String::new(),
            cost: None,
            width: 4,
            height: 2,
        }
    }

    /// Whether there is anything but paper within left, top, right and bottom.
    fn drawn(sheet: &Bitmap, left: u64, top: u64, right: u64, bottom: u64) -> bool {
        (top..bottom).any(|y| {
            let row = (y * u64::from(sheet.width)) as usize * 4;
            sheet.rgba[row + left as usize * 4..row + right as usize * 4].iter().any(|byte| *byte != BACKGROUND)
        })
    }

    #[test]
    fn images_and_labels_are_at_their_places_in_an_image_of_the_announced_size() {
        let members = [member(1, 0, 0, "square"), member(2, 1, 0, "square"), member(3, 1, 1, "wide")];
        let sheet = GridContent::of(&members).unwrap();
        let red = |_: ImageId, _: u32| Bitmap::new(40, 20, [255, 0, 0, 255].repeat(800));
        let drawn_sheet = sheet.draw("a fox", 240, red);
        let size = GridImageSize::of(2, 2, true, 240);
        assert_eq!((drawn_sheet.width, drawn_sheet.height), (size.width, size.height));
        assert_eq!(drawn_sheet.rgba.len() as u64, u64::from(size.width) * u64::from(size.height) * 4);
        let plan = GridLayout::new(2, 2, true, 240);
        let middle = |row, column| {
            let (left, top) = plan.corner(row, column);
            let at = ((top + 120) * u64::from(size.width) + left + 120) as usize * 4;
            drawn_sheet.rgba[at..at + 3].to_vec()
        };
        assert_eq!((middle(0, 0), middle(1, 1)), (vec![255, 0, 0], vec![255, 0, 0]));
        assert_eq!(middle(1, 0), [BACKGROUND; 3], "nothing came there");
        // The title, and what stands above each column and before each row.
        assert!(drawn(&drawn_sheet, plan.edge, 0, plan.edge + 60, plan.edge + plan.top / 2));
        for column in 0..2 {
            let (left, top) = plan.corner(0, column);
            assert!(drawn(&drawn_sheet, left, top - plan.top / 2, left + plan.cell, top), "{column}");
        }
        for row in 0..2 {
            let (_, top) = plan.corner(row, 0);
            assert!(drawn(&drawn_sheet, plan.edge, top, plan.edge + plan.left, top + plan.cell), "{row}");
        }
        assert!(!drawn(&drawn_sheet, 0, 0, plan.edge - 1, u64::from(size.height)), "the edge is white");
    }

    #[test]
    fn no_grid_image_exceeds_the_limits() {
        for (columns, rows) in [(1, 1), (3, 200), (200, 200), (100, 1)] {
            let size = GridImageSize::of(columns, rows, true, 1024);
            assert!(u64::from(size.width) * u64::from(size.height) <= MAX_PIXELS, "{columns} × {rows}");
            assert!(u64::from(size.width.max(size.height)) <= MAX_SIDE_PX, "{columns} × {rows}");
        }
        assert_eq!(GridImageSize::of(4, 3, true, 512).cell, 512);
        assert!(GridContent::of(&[]).is_none());
    }

    #[test]
    fn transparent_images_show_the_background() {
        let mut sheet = Bitmap { width: 4, height: 4, rgba: vec![255; 64], opaque: true };
        paste(&mut sheet, &Bitmap::new(2, 2, [0, 0, 0, 128].repeat(4)).unwrap(), (1, 1), 2);
        assert_eq!(sheet.rgba[(4 + 1) * 4..(4 + 1) * 4 + 4], [127, 127, 127, 255]);
        assert_eq!(sheet.rgba[..4], [255; 4]);
        // What would reach beyond the sheet is left out.
        paste(&mut sheet, &Bitmap::new(2, 2, vec![0; 16]).unwrap(), (3, 3), 2);
    }
}
