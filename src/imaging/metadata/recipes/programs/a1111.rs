//! A1111's web interface and the programs that use its format: the prompt, a line `Negative prompt: …`, and `Key:
//! value` pairs, usually all in the last line. Sites and extensions add text between and after them, or write
//! everything in one line.

use serde_json::Value;

use crate::{
    imaging::metadata::{
        recipes::{
            fields::{MAX_EXTRA_BYTES, MAX_EXTRA_VALUES, integer_text, parameter_texts, real_text, size_text},
            lenient_json,
        },
        texts::Metadata,
    },
    recipe::{ForeignField, ForeignRecipe},
};

const NEGATIVE_PREFIX: &str = "Negative prompt:";

/// Prefixes of lines that template extensions add. Their text continues until the next one.
const TEMPLATE_PREFIXES: [&str; 2] = ["Negative Template:", "Template:"];

/// The longest text that is parsed, in bytes; those of graphs are longer.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// The longest quoted or JSON value, in bytes.
const MAX_VALUE_BYTES: usize = 64 << 10;

/// The number of lines that are parsed at most; prompts are shorter.
const MAX_LINES: usize = 4096;

/// The number of lines of a quoted value at most.
const MAX_QUOTED_LINES: usize = 32;

/// The number of positions within lines at which parameters may start that are tested at most.
const MAX_CANDIDATE_STARTS: usize = 64;

/// The least number of pairs of a line; with fewer, it must have values that occur only in recipes.
const MIN_PAIRS: usize = 3;

/// The longest key, in bytes.
const MAX_KEY_BYTES: usize = 60;

/// Keys that start a line of pairs, in lower case.
const FIRST_KEYS: [&str; 26] = [
    "app",
    "cfg",
    "cfg scale",
    "clip skip",
    "denoising strength",
    "distilled cfg scale",
    "guidance scale",
    "height",
    "hires steps",
    "lora hashes",
    "model",
    "model hash",
    "pipeline",
    "rng",
    "sampler",
    "sampler name",
    "schedule type",
    "scheduler",
    "seed",
    "size",
    "stable diffusion model",
    "steps",
    "vae",
    "vae hash",
    "version",
    "width",
];

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    parameter_texts(metadata).find_map(parse)
}

/// A text without any pair under A1111's key: the prompt, which some sites write alone.
pub(crate) fn prompt_alone(metadata: &Metadata) -> Option<ForeignRecipe> {
    let text = ["parameters", "Parameters"].into_iter().find_map(|key| metadata.text(key))?;
    if text.starts_with(['{', '[', '<']) || text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let (prompt, negative) = prompts(text);
    Some(ForeignRecipe {
        tool: "A1111".to_owned(),
        prompt: prompt.to_owned(),
        negative: negative.to_owned(),
        guessed: [ForeignField::Prompt].into(),
        ..ForeignRecipe::default()
    })
}

/// Parses a text that has pairs.
pub(crate) fn parse(text: &str) -> Option<ForeignRecipe> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim_start_matches('\u{feff}').trim();
    // JSON belongs to another program, whatever its contents.
    if text.starts_with(['{', '[']) || text.len() > MAX_TEXT_BYTES {
        return None;
    }
    // A negative prompt in a line of its own is sufficient evidence.
    let has_negative = || text.split('\n').any(|line| line.starts_with(NEGATIVE_PREFIX)).then_some(text.len());
    let start = parameters_in_lines(text).or_else(|| parameters_in_words(text)).or_else(has_negative)?;
    let (above, below) = text.split_at(start);
    let (prompt, negative) = prompts(above.trim_end_matches([' ', ',']));
    let mut recipe = ForeignRecipe {
        tool: "A1111".to_owned(),
        prompt: prompt.to_owned(),
        negative: negative.to_owned(),
        ..ForeignRecipe::default()
    };
    let (mut width, mut height) = (None, None);
    for line in sections(below) {
        match line {
            Section::Pairs(pairs) => {
                for (key, value) in pairs {
                    match key.to_ascii_lowercase().as_str() {
                        "width" => width = width.or_else(|| integer_text(&value)),
                        "height" => height = height.or_else(|| integer_text(&value)),
                        name => take(&mut recipe, name, &key, value),
                    }
                }
            }
            Section::Negative(text) if recipe.negative.is_empty() => text.clone_into(&mut recipe.negative),
            Section::Negative(_) => {}
            Section::Template(key, text) => keep(&mut recipe, key, text),
        }
    }
    let sides = width.zip(height).and_then(|(width, height)| Some((width.try_into().ok()?, height.try_into().ok()?)));
    recipe.size = recipe.size.or(sides);
    Some(recipe)
}

/// The offset of the parameters, if they start a line: the first line with enough pairs, or from which on lines of one
/// pair each have enough.
fn parameters_in_lines(text: &str) -> Option<usize> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in self::lines(text) {
        if let Some(key) = first_key(line).filter(|key| is_known(key)) {
            let pairs = pairs(line);
            let known = pairs.iter().filter(|(key, _)| is_known(key)).count();
            let sure = pairs.iter().filter(|(key, value)| is_sure(key, value)).count();
            let own = key.eq_ignore_ascii_case("steps") && sure > 0;
            lines.push((at, pairs.len(), known, sure, own));
        }
        at += line.len() + 1;
    }
    let whole = lines.iter().find(|(_, pairs, known, sure, _)| *pairs >= MIN_PAIRS && *known > 1 && *sure > 0);
    let short = || lines.iter().find(|(_, _, known, sure, own)| *sure > 1 || (*own && *known > 0));
    let scattered = || {
        let (known, sure) = lines.iter().fold((0, 0), |sum, line| (sum.0 + line.2, sum.1 + line.3));
        lines.iter().find(|line| line.3 > 0).filter(|_| known >= MIN_PAIRS && sure > 1)
    };
    whole.or_else(scattered).or_else(short).map(|(at, ..)| *at)
}

/// The offset of the parameters within a line: at `Steps: 20` with other known pairs after it.
fn parameters_in_words(text: &str) -> Option<usize> {
    text.match_indices("Steps:").take(MAX_CANDIDATE_STARTS).map(|(at, _)| at).find(|at| {
        let before = text[..*at].trim_end_matches(' ');
        let word = before.chars().next_back().is_some_and(char::is_alphanumeric) && !text[..*at].ends_with(' ');
        let hires = before.to_ascii_lowercase().ends_with("hires");
        let line = text[*at..].split('\n').next().unwrap_or_default();
        let pairs = pairs(&line[..line.floor_char_boundary(MAX_VALUE_BYTES)]);
        let sure = pairs.first().is_some_and(|(key, value)| is_sure(key, value));
        !word && !hires && sure && pairs.iter().filter(|(key, _)| is_known(key)).count() > 1
    })
}

/// Prompt and negative prompt in the text before the parameters.
fn prompts(above: &str) -> (&str, &str) {
    let starts_line = |at: &usize| *at == 0 || above[..*at].ends_with('\n');
    let mut found = above.match_indices(NEGATIVE_PREFIX).map(|(at, _)| at);
    let first = found.next();
    let at = first.filter(starts_line).or_else(|| found.find(starts_line)).or(first);
    let (prompt, negative) = at.map_or((above, ""), |at| (&above[..at], &above[at + NEGATIVE_PREFIX.len()..]));
    let prompt = prompt.trim();
    let labelled = ["Prompt:", "prompt:", "parameters:"].into_iter().find_map(|label| prompt.strip_prefix(label));
    (labelled.unwrap_or(prompt).trim(), negative.trim())
}

/// A part of the parameters.
enum Section<'a> {
    Pairs(Vec<(String, String)>),
    Negative(&'a str),
    Template(&'a str, &'a str),
}

/// The parts of the parameters, line by line; templates continue over lines without pairs. Other lines are ignored.
fn sections(below: &str) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    // The start of the text of a template.
    let mut template: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in lines(below) {
        let label = TEMPLATE_PREFIXES.into_iter().find(|label| line.starts_with(label));
        let starts = label.is_some() || line.starts_with(NEGATIVE_PREFIX) || first_key(line).is_some_and(is_known);
        if starts && let Some((label, from)) = template.take() {
            sections.push(Section::Template(label.trim_end_matches(':'), below[from..at].trim()));
        }
        if let Some(label) = label {
            template = Some((label, at + label.len()));
        } else if let Some(negative) = line.strip_prefix(NEGATIVE_PREFIX) {
            sections.push(Section::Negative(negative.trim()));
        } else if template.is_none() {
            sections.push(Section::Pairs(pairs(line)));
        }
        at += line.len() + 1;
    }
    if let Some((label, from)) = template {
        sections.push(Section::Template(label.trim_end_matches(':'), below[from..].trim()));
    }
    sections
}

/// The lines of a text. A line with an unclosed quote continues up to the closing one, if that is near, because some
/// extensions write line feeds in their values.
fn lines(text: &str) -> Vec<&str> {
    let open = |line: &str| first_key(line).is_some_and(is_known) && line.matches('"').count() % 2 == 1;
    let mut lines = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest.filter(|_| lines.len() < MAX_LINES) {
        let end = |from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at);
        let mut to = end(0);
        if open(&text[..to]) {
            let ends = std::iter::successors(Some(to), |at| (*at < text.len()).then(|| end(at + 1))).skip(1);
            to = ends.take(MAX_QUOTED_LINES).find(|at| text[..*at].matches('"').count() % 2 == 0).unwrap_or(to);
        }
        lines.push(&text[..to]);
        rest = text.get(to + 1..);
    }
    lines
}

/// Adds a pair. The first pair with a key wins, because extensions append their own.
fn take(recipe: &mut ForeignRecipe, name: &str, key: &str, value: String) {
    match name {
        "steps" if recipe.steps.is_none() => {
            recipe.steps = integer_text(&value).and_then(|steps| steps.try_into().ok());
        }
        "sampler" | "sampler name" if recipe.sampler.is_empty() => recipe.sampler = value,
        "cfg scale" | "guidance scale" | "cfg" if recipe.cfg.is_none() => recipe.cfg = real_text(&value),
        "seed" if recipe.seed.is_none() => recipe.seed = integer_text(&value),
        "size" if recipe.size.is_none() => recipe.size = size_text(&value),
        "model" | "stable diffusion model" if recipe.model.is_empty() => recipe.model = value,
        _ => {
            let tool = match name {
                // Forge's versions start with an f.
                "version" if value.starts_with('f') => Some("Forge"),
                "version" if value.starts_with("ComfyUI") => Some("ComfyUI"),
                "app" if value.starts_with("SD.Next") => Some("SD.Next"),
                "civitai resources" | "civitai metadata" => Some("Civitai"),
                // Krita's plugin does not know hashes.
                "model hash" if value == "unknown" => Some("Krita AI"),
                _ => None,
            };
            if let Some(tool) = tool {
                tool.clone_into(&mut recipe.tool);
            }
            keep(recipe, key, &value);
        }
    }
}

fn keep(recipe: &mut ForeignRecipe, key: &str, value: &str) {
    if value.len() <= MAX_EXTRA_BYTES && recipe.extra.len() < MAX_EXTRA_VALUES && !value.is_empty() {
        recipe.extra.entry(key.to_owned()).or_insert_with(|| value.to_owned());
    }
}

fn is_known(key: &str) -> bool {
    FIRST_KEYS.binary_search(&key.trim().to_ascii_lowercase().as_str()).is_ok()
}

/// Whether a pair has a value that occurs only in recipes.
fn is_sure(key: &str, value: &str) -> bool {
    match key.to_ascii_lowercase().as_str() {
        "steps" | "seed" | "width" | "height" => integer_text(value).is_some(),
        "cfg scale" | "guidance scale" | "cfg" => real_text(value).is_some(),
        "size" => size_text(value).is_some(),
        _ => false,
    }
}

/// The start of a line up to the colon.
fn first_key(line: &str) -> Option<&str> {
    line.split_once(':').map(|(key, _)| key.trim()).filter(|key| key.len() <= MAX_KEY_BYTES)
}

/// The pairs of a line. A value with commas is quoted, or is JSON. Words between the pairs are ignored.
fn pairs(line: &str) -> Vec<(String, String)> {
    // An older program separates pairs by vertical bars.
    let separator = if line.contains(" | ") && !line.contains(", ") { '|' } else { ',' };
    let mut pairs = Vec::new();
    let mut rest = line.trim();
    while let Some((before, after)) = rest.split_once(':').filter(|_| pairs.len() < MAX_EXTRA_VALUES) {
        // A text without a colon of its own before the next comma is not a key.
        let key = before.rsplit(separator).next().unwrap_or_default().trim();
        let after = after.trim_start();
        let end = value_end(after, separator);
        let value = after[..end].trim();
        if !key.is_empty() && key.len() <= MAX_KEY_BYTES {
            let value = match value.starts_with('"').then(|| lenient_json::json(value)).flatten() {
                Some(Value::String(text)) => text,
                _ => value.to_owned(),
            };
            pairs.push((key.to_owned(), value));
        }
        rest = after[end..].trim_start_matches([separator, ' ']);
    }
    pairs
}

/// The end of a value: at the next separator outside quotes, or after its JSON.
fn value_end(text: &str, separator: char) -> usize {
    let window = &text[..text.floor_char_boundary(MAX_VALUE_BYTES)];
    if text.starts_with(['{', '[']) {
        let mut values = serde_json::Deserializer::from_str(window).into_iter::<Value>();
        if values.next().is_some_and(|value| value.is_ok()) {
            let end = values.byte_offset();
            return end + text[end..].find(separator).unwrap_or(text.len() - end);
        }
    }
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in window.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if quoted || at == 0 => quoted = !quoted,
            c if c == separator && !quoted => return at,
            _ => {}
        }
    }
    // A quote that is never closed is an ordinary character.
    let whole = !quoted && window.len() == text.len();
    if whole { text.len() } else { text.find(separator).unwrap_or(text.len()) }
}
