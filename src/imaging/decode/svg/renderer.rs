//! Renders an SVG to pixels.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{ImageHrefResolver, ImageKind, Options, Size, Tree, fontdb, roxmltree},
};

use super::cost_limits::{is_excessive, is_too_costly};
use crate::{
    error_chain::Cause,
    imaging::{
        header::{Probe, probe},
        pixels::{Bitmap, ImageError, ImageLimits},
    },
    recipe::Format,
};

/// The largest SVG that is rendered, in bytes.
const MAX_FILE_BYTES: usize = 32 << 20;
/// Nested elements take stack space of the thread that reads them.
const RENDER_STACK_BYTES: usize = 64 << 20;
/// The number of pixels of all embedded images together at most.
const MAX_EMBEDDED_PIXELS: u64 = 1 << 26;

/// Renders an SVG at the size of its probe.
pub(crate) fn decode_svg(bytes: &[u8], probe: Probe) -> Result<Bitmap, ImageError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ImageError::Unsupported(format!("SVG of {} MB", bytes.len() >> 20).into()));
    }
    thread::scope(|scope| {
        let drawing = thread::Builder::new().name("svg".into()).stack_size(RENDER_STACK_BYTES);
        let drawing = drawing.spawn_scoped(scope, || draw(bytes, probe)).map_err(broken)?;
        drawing.join().unwrap_or_else(|_| Err(ImageError::Broken("its decoder gave up".into())))
    })
}

fn draw(bytes: &[u8], probe: Probe) -> Result<Bitmap, ImageError> {
    let text = std::str::from_utf8(bytes).map_err(broken)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Files of some programs need the entities of the document itself. Entities in other files are never read.
    let parsing = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document = roxmltree::Document::parse_with_options(text, parsing).map_err(broken)?;
    if is_excessive(&document) {
        return Err(ImageError::Unsupported("SVG with too many elements".into()));
    }
    let has_text = document.descendants().any(|node| node.tag_name().name() == "text");
    let tree = Tree::from_xmltree(&document, &options(has_text)).map_err(broken)?;

    let (width, height) = (probe.width, probe.height);
    let scale = (width as f32 / tree.size().width()).min(height as f32 / tree.size().height());
    if is_too_costly(tree.root(), scale, f64::from(width) * f64::from(height)) {
        return Err(ImageError::Unsupported("SVG with too many layers".into()));
    }
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| ImageError::Broken("it has no pixels".into()))?;
    let left = (width as f32 - tree.size().width() * scale) / 2.0;
    let top = (height as f32 - tree.size().height() * scale) / 2.0;
    let placed = Transform::from_scale(scale, scale).post_translate(left, top);
    resvg::render(&tree, placed, &mut pixels.as_mut());
    let mut bitmap = Bitmap::new(width, height, pixels.take()).ok_or_else(crate::imaging::pixels::cut_short)?;
    if !bitmap.opaque {
        bitmap.divide_by_alpha();
    }
    Ok(bitmap)
}

/// Options that read only the document itself, no other file and no address. Embedded images are limited.
fn options(has_text: bool) -> Options<'static> {
    let pixels = AtomicU64::new(0);
    let resolve_data = move |_mime: &str, data: Arc<Vec<u8>>, _options: &Options<'_>| {
        let probe = probe(&data, &ImageLimits::default()).ok()?;
        let own = u64::from(probe.width) * u64::from(probe.height);
        if pixels.fetch_add(own, Ordering::Relaxed).saturating_add(own) > MAX_EMBEDDED_PIXELS {
            return None;
        }
        match probe.format {
            Format::Png => Some(ImageKind::PNG(data)),
            Format::Jpeg => Some(ImageKind::JPEG(data)),
            Format::Gif => Some(ImageKind::GIF(data)),
            Format::Webp => Some(ImageKind::WEBP(data)),
            // An SVG within an SVG, and formats that the renderer does not support.
            Format::Avif | Format::Jxl | Format::Bmp | Format::Tiff | Format::Svg => None,
        }
    };
    let image_href_resolver =
        ImageHrefResolver { resolve_data: Box::new(resolve_data), resolve_string: Box::new(|_, _| None) };
    let mut options = Options { image_href_resolver, resources_dir: None, ..Options::default() };
    options.default_size = Size::from_wh(1024.0, 1024.0).unwrap_or(options.default_size);
    if has_text {
        options.fontdb = fonts();
    }
    options
}

/// The fonts of the system, which are loaded once.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        set_fallback_fonts(&mut fonts);
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// Sets fallback fonts for missing ones, because the renderer finally asks for a serif font.
fn set_fallback_fonts(fonts: &mut fontdb::Database) {
    const COMMON_FONTS: [&str; 5] = ["Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica"];
    let has = |fonts: &fontdb::Database, family| {
        fonts.query(&fontdb::Query { families: &[family], ..fontdb::Query::default() }).is_some()
    };
    let usual = COMMON_FONTS.into_iter().find(|name| has(fonts, fontdb::Family::Name(name))).map(str::to_owned);
    let any = || fonts.faces().find_map(|face| face.families.first().map(|(name, _)| name.clone()));
    let Some(family) = usual.or_else(any) else { return };
    if !has(fonts, fontdb::Family::Serif) {
        fonts.set_serif_family(family.clone());
    }
    if !has(fonts, fontdb::Family::SansSerif) {
        fonts.set_sans_serif_family(family.clone());
    }
    if !has(fonts, fontdb::Family::Monospace) {
        fonts.set_monospace_family(family);
    }
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> ImageError {
    ImageError::Broken(Cause::new(error))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;
    use crate::imaging::{decode::decode::decode, resize::thumbnail, test_images::samples};

    fn drawn(svg: &str) -> Result<Bitmap, ImageError> {
        decode(svg.as_bytes(), &ImageLimits::default())
    }

    fn pixel(bitmap: &Bitmap, x: u32, y: u32) -> [u8; 4] {
        let at = (y * bitmap.width + x) as usize * 4;
        [bitmap.rgba[at], bitmap.rgba[at + 1], bitmap.rgba[at + 2], bitmap.rgba[at + 3]]
    }

    #[test]
    fn svg_has_its_colors_and_transparency() {
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'>
            <rect width='10' height='10' fill='#c80000'/>
            <rect x='10' width='5' height='10' fill='#0000c8' fill-opacity='0.5'/></svg>";
        let bitmap = drawn(svg).unwrap();
        assert_eq!((bitmap.width, bitmap.height, bitmap.opaque), (1024, 512, false));
        assert_eq!(pixel(&bitmap, 100, 100), [200, 0, 0, 255]);
        let [red, green, blue, alpha] = pixel(&bitmap, 600, 100);
        assert!(red == 0 && green == 0 && blue.abs_diff(200) < 3 && alpha.abs_diff(128) < 2, "{blue} {alpha}");
        assert_eq!(pixel(&bitmap, 1000, 100)[3], 0);
        let small = thumbnail(svg.as_bytes(), &ImageLimits::default(), 64).unwrap();
        assert_eq!((small.thumbnail.width, small.thumbnail.height), (64, 32));
    }

    #[test]
    fn embedded_images_are_drawn_and_external_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.png");
        let red = Bitmap::new(1, 1, vec![200, 0, 0, 255]).unwrap();
        std::fs::write(&file, samples::png(&red)).unwrap();
        let data = base64::engine::general_purpose::STANDARD.encode(samples::png(&red));
        let nested = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>";
        let nested = base64::engine::general_purpose::STANDARD.encode(nested);
        for (href, is_drawn) in [
            (format!("data:image/png;base64,{data}"), true),
            (file.display().to_string(), false),
            (format!("file://{}", file.display()), false),
            ("http://127.0.0.1:9/a.png".to_owned(), false),
            (format!("data:image/svg+xml;base64,{nested}"), false),
        ] {
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='8' height='8'>
                <script>alert(1)</script><style>@import url({href}); svg {{ fill: red }}</style>
                <image xlink:href='{href}' width='8' height='8'/></svg>"
            );
            assert_eq!(pixel(&drawn(&svg).unwrap(), 500, 500)[3] == 255, is_drawn, "{href}");
        }
        let entity = format!(
            "<!DOCTYPE svg [<!ENTITY own '#c80000'><!ENTITY other SYSTEM 'file://{}'>]>
            <svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8' fill='&own;'/></svg>",
            file.display()
        );
        assert_eq!(pixel(&drawn(&entity).unwrap(), 500, 500), [200, 0, 0, 255]);
    }

    #[test]
    fn overly_complex_svg_is_rejected() {
        let svg = |inner: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>{inner}</svg>");
        // Each element refers ten times to the one before.
        let chain = |link: &dyn Fn(usize) -> String| {
            let level = |level| format!("<g id='a{}'>{}</g>", level + 1, link(level).repeat(10));
            (0..12).map(level).collect::<Vec<String>>().concat()
        };
        let uses = chain(&|level| format!("<use href='#a{level}'/>"));
        let masked = (0..12).map(|level| {
            let inner = format!("<rect width='9' height='9' mask='url(#m{level})'/>").repeat(10);
            format!("<mask id='m{}'>{inner}</mask>", level + 1)
        });
        let masked =
            format!("{}<rect width='9' height='9' mask='url(#m12)'/>", masked.collect::<Vec<String>>().concat());
        let entities = format!(
            "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '{}'><!ENTITY c '{}'>]>
            <svg xmlns='http://www.w3.org/2000/svg'>&c;&c;&c;&c;&c;&c;</svg>",
            "&a;".repeat(50),
            "&b;".repeat(50)
        );
        let deep = svg(&["<g>".repeat(20_000), "</g>".repeat(20_000)].concat());
        let layers = format!("{}<rect width='9' height='9'/>{}", "<g opacity='0.5'>".repeat(250), "</g>".repeat(250));
        let layers = svg(&layers).replace("viewBox", "width='8000' height='4000' viewBox");
        let filter = svg(
            "<filter id='f'><feMorphology operator='dilate' radius='4'/></filter><rect width='9' height='9' filter='url(#f)'/>",
        )
        .replace("viewBox", "width='5000' height='5000' viewBox");
        let cases = [
            ("uses", svg(&(format!("<g id='a0'><rect width='9' height='9'/></g>{uses}")))),
            ("masks", svg(&masked)),
            ("entities", entities),
            ("depth", deep),
            ("layers", layers),
            ("filter", filter),
        ];
        for (name, svg) in cases {
            assert!(drawn(&svg).is_err(), "{name}");
        }
        let itself =
            svg("<g id='a'><rect width='9' height='9'/><use href='#a'/></g><mask id='m'><rect mask='url(#m)'/></mask>");
        drawn(&itself).ok();
    }

    #[test]
    fn svg_text_is_drawn_if_fonts_are_installed() {
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>
            <text x='0' y='90' font-size='100' font-family='sans-serif'>█M</text></svg>";
        let bitmap = drawn(svg).unwrap();
        let is_drawn = bitmap.rgba.as_chunks::<4>().0.iter().any(|pixel| pixel[3] > 0);
        assert!(is_drawn || fonts().is_empty());
    }

    #[test]
    fn damaged_svg_is_an_error() {
        for svg in ["<svg>", "<svg xmlns='http://www.w3.org/2000/svg'><rect</svg>", "<svg xmlns='x'/>", "<svg\u{0}/>"] {
            assert!(drawn(svg).is_err(), "{svg}");
        }
        assert!(decode(b"<svg>\xff\xfe</svg>", &ImageLimits::default()).is_err());
    }
}
