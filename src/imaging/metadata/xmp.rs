//! XMP: the few properties that say how a picture was made (IPTC 2025.1). Read without a full reader of XML, as the names
//! in their usual form are what programs write.

use super::Metadata;

/// Properties that are kept, and under which key.
const PROPERTIES: [(&str, &str); 4] = [
    ("Iptc4xmpExt:AIPromptInformation", "xmp:prompt"),
    ("Iptc4xmpExt:AISystemUsed", "xmp:system"),
    ("Iptc4xmpExt:DigitalSourceType", "xmp:source"),
    ("dc:description", "xmp:description"),
];

pub(super) fn read(packet: &str, metadata: &mut Metadata) {
    for (name, key) in PROPERTIES {
        if let Some(value) = attribute(packet, name).or_else(|| element(packet, name)) {
            metadata.add(key, &value);
        }
    }
}

fn attribute(packet: &str, name: &str) -> Option<String> {
    let (_, rest) = packet.split_once(&format!("{name}="))?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Some(plain(rest.get(1..)?.split(quote).next()?))
}

fn element(packet: &str, name: &str) -> Option<String> {
    let (_, rest) = packet.split_once(&format!("<{name}"))?;
    let (attributes, rest) = rest.split_once('>')?;
    if attributes.ends_with('/') {
        return None;
    }
    Some(plain(rest.split(&format!("</{name}>")).next()?))
}

/// Text without the tags around it, and with its entities resolved.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    // The ampersand comes last, so that nothing is resolved twice.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#10;", "\n"), ("&#xA;", "\n"), ("&amp;", "&")]
        .iter()
        .fold(plain, |text, (entity, letter)| text.replace(entity, letter))
}
