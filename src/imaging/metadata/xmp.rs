//! XMP: the few properties that describe how an image was made, as attributes, elements, or the first item of a list.

use quick_xml::{
    NsReader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
    name::{QName, ResolveResult},
};

use super::texts::Metadata;

/// The number of tags and texts of a packet that are read at most.
const MAX_XML_EVENTS: usize = 100_000;

/// The nesting depth of tags at most.
const MAX_NESTING_DEPTH: usize = 256;

/// Properties that are kept: namespace, its usual prefix, name, and the key under which they are kept.
const PROPERTIES: [(&str, &str, &str, &str); 7] = [
    (IPTC_NAMESPACE, "Iptc4xmpExt", "AIPromptInformation", "xmp:prompt"),
    (IPTC_NAMESPACE, "Iptc4xmpExt", "AISystemUsed", "xmp:system"),
    (IPTC_NAMESPACE, "Iptc4xmpExt", "DigitalSourceType", "xmp:source"),
    ("http://purl.org/dc/elements/1.1/", "dc", "description", "xmp:description"),
    ("http://ns.adobe.com/exif/1.0/", "exif", "UserComment", "xmp:comment"),
    ("http://ns.adobe.com/tiff/1.0/", "tiff", "ImageDescription", "xmp:description"),
    ("http://ns.adobe.com/xap/1.0/", "xmp", "CreatorTool", "xmp:tool"),
];

/// Properties of `ComfyUI` and of savers for it, each of which has a namespace of its own.
const GRAPH_PROPERTIES: [&str; 3] = ["prompt", "workflow", "parameters"];

const IPTC_NAMESPACE: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";

/// Reads a packet as far as it is well-formed.
pub(super) fn read(packet: &str, metadata: &mut Metadata) {
    let mut reader = NsReader::from_str(packet.trim_start_matches(['\0', '\u{feff}']));
    let mut depth = 0_usize;
    // The property whose text is read, and its depth.
    let mut open: Option<(&str, usize, String)> = None;
    for _ in 0..MAX_XML_EVENTS {
        let Ok(event) = reader.read_event() else { break };
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth > MAX_NESTING_DEPTH {
                    break;
                }
                attributes(&reader, &tag, metadata);
                if open.is_none() {
                    open = property(&reader, tag.name(), false).map(|key| (key, depth, String::new()));
                }
            }
            Event::Empty(tag) => attributes(&reader, &tag, metadata),
            Event::End(tag) => {
                // The first item of a list is in the default language.
                let ends = |(_, at, text): &mut (&str, usize, String)| {
                    *at == depth || (tag.local_name().as_ref() == "li" && !text.trim().is_empty())
                };
                if let Some((key, _, text)) = open.take_if(ends) {
                    metadata.add(key, &text);
                }
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) => keep(&mut open, &text.xml10_content()),
            Event::CData(text) => keep(&mut open, &text.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(letter)) => keep(&mut open, letter.encode_utf8(&mut [0; 4])),
                _ => keep(&mut open, resolve_predefined_entity(&name).unwrap_or_default()),
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    if let Some((key, _, text)) = open {
        metadata.add(key, &text);
    }
}

fn keep(open: &mut Option<(&str, usize, String)>, text: &str) {
    if let Some((_, _, kept)) = open {
        kept.push_str(text);
    }
}

fn attributes(reader: &NsReader<&[u8]>, tag: &BytesStart<'_>, metadata: &mut Metadata) {
    // Checking for duplicate names would be slow if there are many.
    for attribute in tag.attributes().with_checks(false).flatten() {
        let Some(key) = property(reader, attribute.key, true) else { continue };
        if let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) {
            metadata.add(key, &value);
        }
    }
}

/// The key of a property, if it is kept. Packets that were cut out of others may lack their namespaces.
fn property(reader: &NsReader<&[u8]>, name: QName<'_>, attribute: bool) -> Option<&'static str> {
    let (space, local) = reader.resolver().resolve(name, !attribute);
    let graph =
        GRAPH_PROPERTIES.into_iter().find(|graph| !matches!(space, ResolveResult::Unbound) && local.as_ref() == *graph);
    let known = PROPERTIES.iter().find_map(|(uri, prefix, property, key)| {
        let same = match &space {
            ResolveResult::Bound(namespace) => namespace.as_ref() == *uri,
            ResolveResult::Unknown(unknown) => unknown == prefix,
            ResolveResult::Unbound => false,
        };
        (same && local.as_ref() == *property).then_some(*key)
    });
    known.or(graph)
}
