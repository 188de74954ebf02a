//! Fonts of the system for the characters that the bundled fonts lack, in the glyph forms of the interface's language.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use egui::{
    Context, FontData, FontFamily, FontTweak,
    epaint::text::{FallbackRequest, FontInsert, FontPriority, FontProvider, InsertFontFamily, VariationCoords},
};
use egui_system_font_provider::SystemFontProvider;
use fontique::{
    Attributes, Collection, CollectionOptions, FallbackKey, FontStyle, FontWeight, FontWidth, Language, Query,
    QueryFont, QueryStatus, Script, SourceCache, SourceCacheOptions,
};

use super::fonts;

/// Languages whose fonts are tried for a Chinese character, after the fonts of the language of the interface.
const CJK_LANGUAGES: [&str; 4] = ["zh-TW", "zh-CN", "ja", "ko"];

/// Families with the glyph forms of one language, as Debian, macOS and Windows name them. They are tried first, because
/// system libraries answer a request for Chinese with a Japanese font where that is their default.
const TRADITIONAL_CHINESE_FAMILIES: &[&str] =
    &["Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "PingFang TC", "Microsoft JhengHei"];
const SIMPLIFIED_CHINESE_FAMILIES: &[&str] =
    &["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei"];
const JAPANESE_FAMILIES: &[&str] =
    &["Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Hiragino Sans", "Yu Gothic", "Meiryo"];

/// The installed fonts. They are enumerated once, because that takes some hundred milliseconds.
static INSTALLED: LazyLock<Mutex<InstalledFonts>> = LazyLock::new(|| {
    Mutex::new(InstalledFonts {
        collection: Collection::new(CollectionOptions { shared: false, system_fonts: true }),
        cache: SourceCache::new(SourceCacheOptions::default()),
    })
});

/// Finds fonts for all scripts but the Chinese, Japanese and Korean ones, and symbols.
static OTHER_SCRIPTS: LazyLock<Arc<SystemFontProvider>> = LazyLock::new(|| Arc::new(SystemFontProvider::new()));

struct InstalledFonts {
    collection: Collection,
    cache: SourceCache,
}

/// Uses the system's fonts for what the bundled fonts lack, with the glyph forms of a language (BCP 47).
pub fn set_font_language(ctx: &Context, language: &str) {
    ctx.set_font_providers(vec![Arc::new(CjkFonts::new(language)), OTHER_SCRIPTS.clone()]);
}

/// Whether a font for this character is bundled or installed. Only within a frame.
pub fn has_font_for(ctx: &Context, character: char) -> bool {
    ctx.fonts_mut(|all| all.has_glyph(&fonts::regular(super::size::TEXT), character))
}

/// Finds fonts for Chinese, Japanese and Korean characters, each in the weight of its font family.
struct CjkFonts {
    /// Families of the language of the interface.
    families: &'static [&'static str],
    languages: Vec<Language>,
}

impl CjkFonts {
    fn new(language: &str) -> Self {
        let (own, families) = match language {
            "zh-Hant" => (Some("zh-TW"), TRADITIONAL_CHINESE_FAMILIES),
            "zh-Hans" => (Some("zh-CN"), SIMPLIFIED_CHINESE_FAMILIES),
            "ja" => (Some("ja"), JAPANESE_FAMILIES),
            _ => (None, TRADITIONAL_CHINESE_FAMILIES),
        };
        let names = own.into_iter().chain(CJK_LANGUAGES);
        Self { families, languages: names.filter_map(|name| Language::parse(name).ok()).collect() }
    }
}

impl FontProvider for CjkFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let character = request.cluster.chars().next().filter(|character| is_cjk(*character))?;
        let weight = fonts::weight(request.family);
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        let InstalledFonts { collection, cache } = &mut *installed;
        let script = if is_hangul(character) { *b"Hang" } else { *b"Hani" };
        let attributes = Attributes::new(FontWidth::NORMAL, FontStyle::Normal, FontWeight::new(weight));
        let named = {
            let mut query = collection.query(cache);
            query.set_attributes(attributes);
            query.set_families(self.families.iter().copied());
            font_with(&mut query, character)
        };
        let mut languages = self.languages.iter();
        let font = named.or_else(|| {
            languages.find_map(|language| {
                let mut query = collection.query(cache);
                query.set_attributes(attributes);
                query.set_fallbacks(FallbackKey::new(Script::from_bytes(script), Some(language)));
                font_with(&mut query, character)
            })
        })?;
        Some(font_insert(font, weight, request.family))
    }
}

/// The first font of a query that has a character.
fn font_with(query: &mut Query<'_>, character: char) -> Option<QueryFont> {
    let mut found = None;
    query.matches_with(|font| {
        let glyph = font.charmap().and_then(|charmap| charmap.map(character));
        if glyph.is_some_and(|glyph| glyph != 0) {
            found = Some(font.clone());
            QueryStatus::Stop
        } else {
            QueryStatus::Continue
        }
    });
    found
}

fn font_insert(font: QueryFont, weight: f32, family: &FontFamily) -> FontInsert {
    // A variable font is one file for all weights.
    let coords = VariationCoords::new(font.synthesis.variation_settings().iter().copied());
    let (blob, id) = font.blob.into_raw_parts();
    let name = format!("system:{id}:{}:{weight}", font.index);
    FontInsert {
        name,
        data: FontData::from_blob(blob, font.index).tweak(FontTweak { coords, ..FontTweak::default() }),
        families: vec![InsertFontFamily { family: family.clone(), priority: FontPriority::Lowest }],
    }
}

/// Whether a character is drawn with Chinese, Japanese or Korean fonts: also their punctuation and full-width forms.
fn is_cjk(character: char) -> bool {
    is_hangul(character)
        || matches!(
            character,
            '\u{2E80}'..='\u{312F}'
                | '\u{3190}'..='\u{33FF}'
                | '\u{3400}'..='\u{4DBF}'
                | '\u{4E00}'..='\u{9FFF}'
                | '\u{F900}'..='\u{FAFF}'
                | '\u{FE30}'..='\u{FE4F}'
                | '\u{FF00}'..='\u{FFEF}'
                | '\u{20000}'..='\u{3FFFF}'
        )
}

fn is_hangul(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn font_of(language: &str, character: char, family: &FontFamily) -> Option<FontInsert> {
        let cluster = character.to_string();
        CjkFonts::new(language).font_for(&FallbackRequest { cluster: &cluster, family })
    }

    #[test]
    fn each_language_draws_shared_characters_with_its_own_font() {
        let fonts = ["zh-Hant", "zh-Hans", "ja"].map(|language| font_of(language, '直', &FontFamily::Proportional));
        // A machine without fonts for these languages cannot tell them apart.
        let [Some(hant), Some(hans), Some(ja)] = fonts else { return };
        assert_ne!(hant.name, hans.name);
        assert_ne!(hans.name, ja.name);
        assert_ne!(hant.name, ja.name);
    }

    #[test]
    fn headings_use_a_heavier_font_if_available() {
        let semibold = fonts::semibold(14.0).family;
        let both = (font_of("zh-Hant", '直', &FontFamily::Proportional), font_of("zh-Hant", '直', &semibold));
        let (Some(regular), Some(semibold)) = both else { return };
        assert_ne!(regular.name, semibold.name);
    }

    #[test]
    fn latin_text_uses_the_bundled_fonts() {
        for character in ['a', '1', '·', '→', '“'] {
            assert!(!is_cjk(character), "{character}");
        }
        for character in ['字', 'か', 'カ', '。', '「', '：', '한'] {
            assert!(is_cjk(character), "{character}");
        }
    }
}
