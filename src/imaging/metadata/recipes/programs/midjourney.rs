//! Midjourney and niji·journey: the prompt with its options and the job's ID, in a description.

use crate::{
    imaging::metadata::{
        recipes::fields::{integer_text, real_text},
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const JOB_PREFIX: &str = "Job ID:";

/// Options that identify a description as Midjourney's.
const PARAMETER_FLAGS: [&str; 9] = ["ar", "aspect", "v", "niji", "stylize", "chaos", "seed", "sref", "cref"];

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    ["Description", "xmp:description", "exif:ImageDescription", "iptc:caption", "comment", "Comment"]
        .into_iter()
        .filter_map(|key| metadata.text(key))
        .find_map(parse)
}

fn parse(text: &str) -> Option<ForeignRecipe> {
    let (text, job) = match text.rsplit_once(JOB_PREFIX) {
        Some((text, job)) => (text, job.split_whitespace().next().filter(|job| is_job(job))),
        None => (text, None),
    };
    // Options come at the end, each after two dashes and before its values.
    let mut parts = text.trim().split(" --");
    let prompt = parts.next()?.trim();
    let options: Vec<(&str, &str)> =
        parts.map(|part| part.trim().split_once(char::is_whitespace).unwrap_or_else(|| (part.trim(), ""))).collect();
    if job.is_none() && !options.iter().any(|(name, _)| PARAMETER_FLAGS.contains(name)) {
        return None;
    }
    let mut recipe =
        ForeignRecipe { tool: "Midjourney".to_owned(), prompt: prompt.to_owned(), ..ForeignRecipe::default() };
    for (name, value) in options {
        let value = value.trim();
        match name {
            "seed" => recipe.seed = integer_text(value),
            "no" => value.clone_into(&mut recipe.negative),
            "v" | "version" if real_text(value).is_some() => recipe.model = format!("Midjourney {value}"),
            "niji" if value.is_empty() => "niji".clone_into(&mut recipe.model),
            "niji" => recipe.model = format!("niji {value}"),
            _ => {
                recipe.extra.insert(format!("--{name}"), value.to_owned());
            }
        }
    }
    if let Some(job) = job {
        recipe.extra.insert("Job ID".to_owned(), job.to_owned());
    }
    Some(recipe)
}

/// Whether a word is an ID of 32 hexadecimal digits with dashes between them.
fn is_job(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32 && word.len() == digits + word.matches('-').count()
}
