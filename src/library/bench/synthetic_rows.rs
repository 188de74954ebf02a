//! Generates index rows of images that do not exist, to measure searches in libraries of any size. The same seed always
//! gives the same rows, in several scripts, with the words, ratings, colors and dates that large libraries have.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::library::{Library, LibraryError, index::fulltext};

/// The number of rows that are written before other threads may write.
const ROWS_PER_TRANSACTION: usize = 20_000;

/// The date of the newest image, in milliseconds since 1970: the end of November 2026.
const NEWEST_MILLISECONDS: i64 = 1_796_083_199_000;

/// The mean time between two images, in milliseconds: about 90 images a day.
const MEAN_INTERVAL_MILLISECONDS: i64 = 960_000;

const SUBJECTS: &[&str] = &[
    "a lighthouse in a storm",
    "a fox 🦊 in fresh snow",
    "an old sailor mending nets",
    "a glasshouse full of ferns",
    "a red bicycle against a wall",
    "two cups of coffee on a windowsill",
    "a market street after rain",
    "an astronaut tending roses 🌹",
    "ein Leuchtturm über der Brandung",
    "eine Möwe im Gegenlicht",
    "ein Mädchen mit grünem Regenschirm",
    "Straßencafé im Frühling, Tische draußen",
    "細節豐富，電影感光線",
    "寧靜的湖面倒影與遠山",
    "雨夜的台北街頭，霓虹燈",
    "山中小屋，晨霧瀰漫",
    "雪の中の灯台、静かな海",
    "古い駅のホーム、夏の午後",
    "桜並木と自転車に乗る少女",
    "눈 덮인 산과 작은 오두막",
    "비 오는 서울의 골목",
    "한옥 마을의 가을 풍경",
];

const STYLES: &[&str] = &[
    "wide shot",
    "soft light through thin fog",
    "muted greens and greys",
    "fine grain",
    "shallow depth of field",
    "composed by thirds",
    "as on a large-format photograph",
    "slightly faded",
    "with a thin white border",
    "golden hour",
    "long exposure",
    "watercolour on rough paper",
    "isometric illustration",
    "product photograph on seamless paper",
    "film still, 35 mm",
    "low-key lighting",
    "weiches Licht von der Seite",
    "große Tiefe, zarte Töne",
    "柔和的逆光",
    "水彩風格",
    "淺景深，細膩的顆粒",
    "夕暮れの光",
    "水彩画風",
    "부드러운 빛",
    "수채화 느낌",
];

const SYLLABLES: &[&str] =
    &["ka", "lo", "mi", "ren", "dor", "vel", "sha", "tun", "gri", "pol", "es", "quin", "bar", "ux"];

const MODELS: &[&str] = &[
    "gemini-2.0-flash-preview-image-generation",
    "gemini-2.5-flash-image",
    "gemini-3-pro-image-preview",
    "gpt-image-1",
    "gpt-image-1-mini",
    "flux-1.1-pro",
    "flux-kontext-max",
    "seedream-4.0",
    "qwen-image",
    "stable-diffusion-3.5-large",
];

const TAGS: &[&str] = &["wet glass", "portrait", "client", "draft", "poster", "燈塔", "風景", "夕焼け", "산", "Müller"];

const SIZES: &[(u32, u32)] =
    &[(1024, 1024), (1376, 768), (768, 1376), (1184, 864), (864, 1184), (2048, 2048), (4096, 4096), (1536, 1024)];

/// A deterministic pseudorandom number generator: `SplitMix64` (Steele, Lea and Flood, 2014).
struct RowRng(u64);

impl RowRng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// One of the choices. Earlier choices are far more frequent, like words in a language.
    fn often<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let place = self.below(choices.len()).min(self.below(choices.len()));
        choices.get(place).copied().unwrap_or_default()
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// A plausible prompt, about 250 bytes long.
fn prompt(chance: &mut RowRng) -> String {
    let mut prompt = chance.often(SUBJECTS).to_owned();
    for _ in 0..5 + chance.below(4) {
        prompt.push_str(", ");
        prompt.push_str(chance.often(STYLES));
    }
    // Names that only few images have.
    for _ in 0..2 {
        prompt.push(' ');
        for _ in 0..2 + chance.below(3) {
            prompt.push_str(SYLLABLES.get(chance.below(SYLLABLES.len())).copied().unwrap_or_default());
        }
    }
    if chance.one_in(3) {
        prompt.push_str(", no. ");
        prompt.push_str(&chance.below(100_000).to_string());
    }
    prompt
}

impl Library {
    /// Inserts `count` rows of images that have no files into the index. Only for a library that is wholly synthetic;
    /// the same seed gives the same rows.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn fill_synthetic(&self, count: usize, seed: u64) -> Result<(), LibraryError> {
        let mut chance = RowRng(seed);
        for first in (0..count).step_by(ROWS_PER_TRANSACTION) {
            let mut writer = self.index().writer();
            let transaction = writer.transaction()?;
            for (number, name) in (1_i64..).zip(MODELS) {
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO models (number, name) VALUES (?1, ?2)")?
                    .execute(params![number, name])?;
            }
            for number in first..(first + ROWS_PER_TRANSACTION).min(count) {
                // One image in fifty was imported later than it was made.
                let late = if chance.one_in(50) { chance.below(400) as i64 } else { 0 };
                let created =
                    NEWEST_MILLISECONDS - (count - number) as i64 * MEAN_INTERVAL_MILLISECONDS - late * 86_400_000;
                row(&transaction, &mut chance, created)?;
            }
            transaction.commit()?;
        }
        Ok(())
    }
}

fn row(connection: &Connection, chance: &mut RowRng, created: i64) -> Result<(), LibraryError> {
    let random = u128::from(chance.next()) << 64 | u128::from(chance.next());
    let id = Uuid::from_u128((created as u128) << 80 | 0x7 << 76 | random & 0x0fff_3fff_ffff_ffff_ffff | 1 << 63);
    let (width, height) = SIZES.get(chance.below(SIZES.len())).copied().unwrap_or((1024, 1024));
    let prompt = prompt(chance);
    let negative = if chance.one_in(4) { "blurry, text, watermark" } else { "" };
    let model = 1 + chance.below(MODELS.len()).min(chance.below(MODELS.len()));
    let rating = if chance.one_in(3) { 1 + chance.below(5) } else { 0 };
    let flag = if chance.one_in(6) { 1 + chance.below(2) } else { 0 };
    let label = if chance.one_in(8) { 1 + chance.below(5) } else { 0 };
    let note = if chance.one_in(40) { "for the client, second round" } else { "" };
    let palette: Vec<u8> = (0..5).flat_map(|_| (chance.next() as u32 & 0xffff_ff3f).to_be_bytes()).collect();
    let color = chance.next() as u32 & 0x00ff_ffff;
    connection
        .prepare_cached(
            "INSERT INTO images (id, request, created, path, sha256, bytes, width, height, colour, prompt, words,
                mismatch, rating, flag, label, note, negative, model, cost, seed, has_reference, source, palette,
                likeness, filled)
             VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '', ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                ?21, ?22, 2)",
        )?
        .execute(params![
            id.as_bytes(),
            created,
            format!("originals/synthetic/{id}.png"),
            format!("{random:064x}"),
            200_000 + chance.below(9_000_000) as i64,
            width,
            height,
            color,
            prompt,
            if chance.one_in(30) { "16:9 4K" } else { "" },
            rating as i64,
            flag as i64,
            label as i64,
            note,
            negative,
            model as i64,
            (!chance.one_in(10)).then(|| 10_000 + chance.below(200) as i64 * 1000),
            chance.one_in(2).then(|| chance.below(1 << 31) as i64),
            chance.one_in(5),
            if chance.one_in(20) { "/brought/in" } else { "" },
            palette,
            chance.next().cast_signed(),
        ])?;
    let number = connection.last_insert_rowid();
    let tags: Vec<&str> = if chance.one_in(5) { vec![chance.often(TAGS)] } else { Vec::new() };
    for tag in &tags {
        connection.prepare_cached("INSERT INTO tags (tag, image) VALUES (?1, ?2)")?.execute(params![tag, number])?;
    }
    let model = MODELS.get(model - 1).copied().unwrap_or_default();
    let words = fulltext::normalize_all([prompt.as_str(), negative, model, note].into_iter().chain(tags));
    connection.prepare_cached("INSERT INTO texts (rowid, text) VALUES (?1, ?2)")?.execute(params![number, words])?;
    Ok(())
}
