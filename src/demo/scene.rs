//! Converts the words of a prompt to a scene: place, light, weather and things.

use super::{
    palette::{Rgb, ScenePalette},
    reference_colors::ReferenceColors,
};

/// The scene to paint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The prompt, whose words determine the contents.
    pub prompt: String,
    /// The model. Each model paints in another style.
    pub model: String,
    /// The same seed with the same words gives the same image.
    pub seed: i64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The colors of the references.
    pub references: Vec<ReferenceColors>,
}

/// The place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Sea,
    Mountains,
    Forest,
    City,
    Desert,
    Field,
    Table,
}

/// The weather.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    Clear,
    Rain,
    Snow,
    Fog,
}

/// A thing in the foreground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Lighthouse,
    Boat,
    House,
    Tree,
    Birds,
    Bridge,
    Balloon,
    Cat,
    Car,
    Flowers,
    Bottle,
    Cup,
    Vase,
    Fruit,
}

/// A scene with everything decided.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Motif {
    pub(super) place: Location,
    pub(super) weather: Weather,
    pub(super) palette: ScenePalette,
    pub(super) night: bool,
    pub(super) things: Vec<Thing>,
    pub(super) random: SceneRng,
}

const PLACES: &[(Location, &[&str])] = &[
    (
        Location::Table,
        &[
            "bottle",
            "perfume",
            "mug",
            "cup",
            "vase",
            "product",
            "still life",
            "table",
            "fruit",
            "瓶",
            "杯",
            "靜物",
            "桌",
            "水果",
        ],
    ),
    (
        Location::City,
        &["city", "skyline", "street", "tokyo", "taipei", "skyscraper", "城市", "街", "天際線", "台北", "臺北"],
    ),
    (
        Location::Sea,
        &[
            "sea",
            "ocean",
            "beach",
            "harbour",
            "harbor",
            "lake",
            "coast",
            "lighthouse",
            "boat",
            "ship",
            "island",
            "海",
            "湖",
            "港",
            "燈塔",
            "船",
            "島",
        ],
    ),
    (Location::Forest, &["forest", "wood", "jungle", "森林", "林"]),
    (Location::Desert, &["desert", "dune", "sand", "canyon", "mars", "沙漠", "沙丘", "峽谷"]),
    (Location::Mountains, &["mountain", "alps", "peak", "valley", "山", "谷"]),
    (Location::Field, &["field", "meadow", "hill", "garden", "田", "草原", "丘", "花園", "cat", "貓"]),
    // Places in which a thing can be, for prompts that name only the thing.
    (Location::Sea, &["bridge", "橋"]),
    (Location::City, &["tower", "car", "塔", "車"]),
    (Location::Forest, &["tree", "樹"]),
    (Location::Field, &["house", "cabin", "cottage", "房", "屋"]),
];

const LIGHTS: &[(ScenePalette, bool, &[&str])] = &[
    (ScenePalette::NIGHT, true, &["night", "midnight", "moon", "star", "夜", "月", "星"]),
    (ScenePalette::DUSK, false, &["dusk", "twilight", "blue hour", "evening", "黃昏", "傍晚", "藍調"]),
    (ScenePalette::GOLDEN, false, &["sunset", "golden", "autumn", "日落", "夕陽", "金色", "秋"]),
    (ScenePalette::DAWN, false, &["dawn", "sunrise", "morning", "黎明", "日出", "清晨", "早晨"]),
    (ScenePalette::STORM, false, &["storm", "thunder", "overcast", "暴風", "雷", "陰天"]),
    (ScenePalette::SNOW, false, &["snow", "winter", "ice", "雪", "冬", "冰"]),
    (ScenePalette::JADE, false, &["solarpunk", "jade", "aurora", "翡翠", "極光"]),
    (ScenePalette::VIOLET, false, &["neon", "cyberpunk", "futuristic", "霓虹", "賽博", "未來"]),
    (ScenePalette::DAY, false, &["noon", "day", "summer", "spring", "sunny", "白天", "夏", "春", "晴"]),
];

const WEATHERS: &[(Weather, &[&str])] = &[
    (Weather::Rain, &["rain", "storm", "wet", "雨"]),
    (Weather::Snow, &["snow", "blizzard", "winter", "雪"]),
    (Weather::Fog, &["fog", "mist", "haze", "霧", "煙"]),
];

const THINGS: &[(Thing, &[&str])] = &[
    (Thing::Lighthouse, &["lighthouse", "燈塔"]),
    (Thing::Boat, &["boat", "ship", "sail", "船", "帆"]),
    (Thing::House, &["house", "cabin", "cottage", "hut", "home", "屋", "房", "家"]),
    (Thing::Bridge, &["bridge", "橋"]),
    (Thing::Balloon, &["balloon", "氣球"]),
    (Thing::Birds, &["bird", "gull", "crane", "鳥", "鷗", "鶴"]),
    (Thing::Tree, &["tree", "oak", "pine", "樹", "松"]),
    (Thing::Flowers, &["flower", "blossom", "meadow", "garden", "花"]),
    (Thing::Cat, &["cat", "kitten", "貓"]),
    (Thing::Car, &["car", "taxi", "汽車", "車"]),
    (Thing::Bottle, &["bottle", "perfume", "product", "瓶"]),
    (Thing::Cup, &["cup", "mug", "coffee", "tea", "杯", "咖啡", "茶"]),
    (Thing::Vase, &["vase", "flower", "bouquet", "花"]),
    (Thing::Fruit, &["fruit", "apple", "orange", "lemon", "水果", "蘋果", "橘", "檸檬"]),
];

const COLOR_WORDS: &[(u32, &[&str])] = &[
    (0x00d8_4a3c, &["red", "crimson", "紅"]),
    (0x00f0_8a3c, &["orange", "橙"]),
    (0x00f2_c84b, &["yellow", "gold", "黃色", "金黃"]),
    (0x003f_a66b, &["green", "emerald", "綠"]),
    (0x0021_8c92, &["teal", "turquoise", "青"]),
    (0x003f_72d0, &["blue", "cobalt", "藍色"]),
    (0x0082_4fc0, &["purple", "violet", "紫"]),
    (0x00ea_7fa6, &["pink", "rose", "粉"]),
];

impl Scene {
    /// Decides everything that the words and the seed leave open.
    pub(super) fn motif(&self) -> Motif {
        let words = self.prompt.to_lowercase();
        let mut random = SceneRng::new(&[&words, &self.model], self.seed);
        let said = |list: &[&str]| list.iter().any(|word| says(&words, word));
        let place = PLACES.iter().find(|(_, list)| said(list)).map(|(place, _)| *place);
        let place = place
            .unwrap_or_else(|| [Location::Sea, Location::Mountains, Location::City, Location::Desert][random.below(4)]);
        let any_light = random.below(LIGHTS.len());
        let light = LIGHTS.iter().find(|(.., list)| said(list));
        let (mut palette, night, _) = *light.unwrap_or(&LIGHTS[any_light]);
        if self.model.ends_with("dusk") && light.is_none() {
            palette = ScenePalette::DUSK;
        }
        palette = match place {
            Location::Desert => palette.on_ground(Rgb::hex(0x00d2_8a48), if night { 0.12 } else { 0.72 }),
            Location::Forest | Location::Field => {
                palette.on_ground(Rgb::hex(0x0030_5c3a), if night { 0.1 } else { 0.35 })
            }
            Location::Sea | Location::Mountains | Location::City | Location::Table => palette,
        };
        if let Some((color, _)) = COLOR_WORDS.iter().find(|(_, list)| said(list)) {
            palette = palette.tinted(Rgb::hex(*color), 0.35);
        }
        for (index, reference) in self.references.iter().enumerate() {
            palette = reference.lend(palette, 0.75 / (index + 1) as f32);
        }
        if self.model.ends_with("ink") {
            palette = palette.washed();
        }
        let weather = WEATHERS.iter().find(|(_, list)| said(list)).map_or(Weather::Clear, |(weather, _)| *weather);
        let mut things: Vec<Thing> = THINGS.iter().filter(|(_, list)| said(list)).map(|(thing, _)| *thing).collect();
        if things.is_empty() && place == Location::Table {
            things.push(Thing::Vase);
        }
        Motif { place, weather, palette, night, things, random }
    }
}

/// Endings that do not change the meaning of a word: boats, torches, rainy, foggy, starry, snowing.
const ENDINGS: [&str; 7] = ["", "s", "es", "y", "gy", "ry", "ing"];

/// Whether a text contains a word, alone or with an ending. Chinese words are not separated.
fn says(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + word.len()..]);
        let letter = |character: char| character.is_ascii_alphanumeric();
        let ends = |ending: &&str| after.strip_prefix(*ending).is_some_and(|rest| !rest.starts_with(letter));
        !word.is_ascii() || !before.ends_with(letter) && ENDINGS.iter().any(ends)
    })
}

/// A deterministic pseudorandom number generator (`SplitMix64`, Steele and others, 2014).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SceneRng(u64);

impl SceneRng {
    /// A generator that depends on texts and a seed.
    pub(super) fn new(texts: &[&str], seed: i64) -> Self {
        // FNV-1a.
        let hash = texts
            .iter()
            .flat_map(|text| text.bytes().chain([0]))
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(hash ^ (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` up to `high`, which is excluded.
    pub(super) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1_u64 << 24) as f32)
    }

    /// A number from 0 up to `count`, which is excluded and greater than zero.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn motif(prompt: &str) -> Motif {
        Scene { prompt: prompt.to_owned(), width: 8, height: 8, ..Scene::default() }.motif()
    }

    #[test]
    fn prompts_in_both_languages_give_the_same_scene() {
        for (english, chinese) in [
            ("a lighthouse at dusk in the rain", "黃昏 雨中的燈塔"),
            ("a house in a forest in snow", "雪中森林裡的房子"),
            ("a bottle", "瓶"),
            ("a cat among flowers in a meadow", "草原上的貓和花"),
            ("foggy mountain with a bridge", "霧中的山和橋"),
            ("boats by the harbour, rainy", "港口的船，下雨"),
        ] {
            let (english, chinese) = (motif(english), motif(chinese));
            assert_eq!(english.place, chinese.place);
            assert_eq!(english.weather, chinese.weather);
            assert_eq!(english.things, chinese.things);
        }
        assert_eq!(motif("dusk by the sea").palette, motif("黃昏的海").palette);
    }

    #[test]
    fn words_inside_other_words_are_ignored() {
        assert_eq!(motif("a lighthouse").things, [Thing::Lighthouse]);
        assert_eq!(motif("two boats").things, [Thing::Boat]);
        assert!(!says("teasing", "tea"));
        assert!(!says("careful", "car") && !says("category", "cat"));
        assert!(says("a foggy, starry night", "fog") && says("a foggy, starry night", "star"));
    }

    #[test]
    fn reference_shifts_the_palette() {
        let plain = motif("sea at noon");
        let red = [255, 0, 0];
        let references = vec![ReferenceColors { top: red, middle: red, bottom: red, accent: red }];
        let scene = Scene { prompt: "sea at noon".to_owned(), references, ..Scene::default() };
        assert!(scene.motif().palette.sky.0[0] > plain.palette.sky.0[0]);
    }
}
