//! Detects the encoding of a text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::prompt::sheet::{
    columns::{Column, column},
    limits::InvalidTable,
    text_encoding::TextEncoding,
};

/// The size of the sample in which the encoding is detected, in bytes.
const SAMPLE_BYTES: usize = 256 << 10;

/// Multibyte encodings in which column names are searched.
const MULTIBYTE_ENCODINGS: [&Encoding; 5] = [GBK, BIG5, SHIFT_JIS, EUC_KR, EUC_JP];

/// The encoding of a text, and how it was determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetectedEncoding {
    /// The encoding.
    pub encoding: TextEncoding,
    /// How it was determined.
    pub by: DetectedBy,
}

/// How an encoding was determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetectedBy {
    /// A byte order mark declares it, or all of the text is valid UTF-8, which other text hardly ever is.
    Certain,
    /// It was guessed from the text.
    Guess,
    /// The user has chosen it.
    User,
}

/// Decodes bytes in the given or the detected encoding. Byte order marks are dropped everywhere, because concatenated
/// files have them in the middle.
pub(crate) fn decode(bytes: &[u8], chosen: Option<TextEncoding>) -> Result<(String, DetectedEncoding), InvalidTable> {
    let found = |by: DetectedBy| move |(encoding, text)| (text, DetectedEncoding { encoding, by });
    let decoded = match chosen {
        Some(encoding) => {
            let text = encoding.decode(bytes).ok_or(InvalidTable::WrongEncoding(encoding))?;
            Some((encoding, text)).map(found(DetectedBy::User))
        }
        None => certain(bytes).map(found(DetectedBy::Certain)).or_else(|| guess(bytes).map(found(DetectedBy::Guess))),
    };
    let (mut text, recognition) = decoded.ok_or(InvalidTable::NotText)?;
    // An old workbook, an image or a program: no table contains such characters.
    if text.contains('\0') {
        return Err(chosen.map_or(InvalidTable::NotText, InvalidTable::WrongEncoding));
    }
    if text.contains('\u{FEFF}') {
        text = text.replace('\u{FEFF}', "");
    }
    Ok((text, recognition))
}

/// Text with a byte order mark, and UTF-8.
fn certain(bytes: &[u8]) -> Option<(TextEncoding, String)> {
    let marked = Encoding::for_bom(bytes).and_then(|(encoding, _)| {
        let encoding = TextEncoding(encoding);
        encoding.decode(bytes).map(|text| (encoding, text))
    });
    marked.or_else(|| {
        let text = str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
        let by_chance = is_mixed(text).then(|| TextEncoding(GBK).decode_plausibly(bytes)).flatten();
        by_chance.is_none().then(|| (TextEncoding(UTF_8), text.to_owned()))
    })
}

/// Whether a text may be GBK that is valid UTF-8 by chance, as a few Chinese characters can be: all its characters
/// beyond ASCII take two bytes, and letters of different scripts are adjacent.
fn is_mixed(text: &str) -> bool {
    let script = |character: char| match u32::from(character) {
        0xC0..=0x36F => Some(1),
        0x370..=0x3FF => Some(2),
        0x400..=0x52F => Some(3),
        0x530..=0x58F => Some(4),
        0x590..=0x5FF => Some(5),
        0x600..=0x7FF => Some(6),
        _ => None,
    };
    if text.is_ascii() || text.chars().any(|character| character.len_utf8() > 2) {
        return false;
    }
    let pairs = text.chars().zip(text.chars().skip(1));
    let scripts = pairs.filter_map(|(one, other)| Some((script(one)?, script(other)?)));
    let (mut pairs, mut mixed) = (0, 0);
    for (one, other) in scripts {
        pairs += 1;
        mixed += usize::from(one != other);
    }
    mixed > 0 && mixed * 2 >= pairs
}

fn guess(bytes: &[u8]) -> Option<(TextEncoding, String)> {
    if bytes.contains(&0) {
        return wide(bytes);
    }
    let sample = &bytes[..sample(bytes)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    // Valid UTF-8 that gets here is GBK, see [`is_mixed`].
    let likely = if str::from_utf8(bytes).is_ok() { GBK } else { detector.guess(None, Utf8Detection::Deny) };
    // In a short table, column names are better evidence than the frequencies of characters.
    let named = MULTIBYTE_ENCODINGS.into_iter().max_by_key(|encoding| names(TextEncoding(encoding), sample));
    let named = named.filter(|encoding| names(TextEncoding(encoding), sample) > 0);
    named.into_iter().chain([likely]).chain(MULTIBYTE_ENCODINGS).chain([WINDOWS_1252]).map(TextEncoding).find_map(
        |encoding| {
            let text = encoding.decode_plausibly(bytes)?;
            Some((encoding, text))
        },
    )
}

/// The end of the sample, which is that of a line, so that no character is cut.
fn sample(bytes: &[u8]) -> usize {
    if bytes.len() <= SAMPLE_BYTES {
        return bytes.len();
    }
    memchr::memrchr(b'\n', &bytes[..SAMPLE_BYTES]).map_or(SAMPLE_BYTES, |end| end + 1)
}

/// The number of non-ASCII column names in a text, decoded in an encoding.
fn names(encoding: TextEncoding, sample: &[u8]) -> usize {
    let Some(text) = encoding.decode_plausibly(sample) else { return 0 };
    let cells = text.lines().take(20).flat_map(|line| line.split([',', ';', '\t', '|', '"']));
    let is_name = |cell: &&str| !cell.is_ascii() && column::is_known(cell) && Column::of(cell) != Column::Unused;
    cells.filter(is_name).count()
}

/// UTF-16 without a byte order mark: the byte order in which the text has lines and blanks.
fn wide(bytes: &[u8]) -> Option<(TextEncoding, String)> {
    let read = |encoding: &'static Encoding| {
        let encoding = TextEncoding(encoding);
        let text = encoding.decode_plausibly(bytes)?;
        let plain = text.chars().filter(|c| matches!(c, '\n' | '\r' | '\t' | ' ' | ',' | ';' | '"')).count();
        Some((plain, encoding, text))
    };
    let best = [UTF_16LE, UTF_16BE].into_iter().filter_map(read).max_by_key(|(plain, ..)| *plain);
    best.filter(|(plain, ..)| *plain > 0).map(|(_, encoding, text)| (encoding, text))
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1251;
    use proptest::prelude::*;

    use super::*;

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        if encoding == UTF_16LE {
            return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
        if encoding == UTF_16BE {
            return text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        }
        let (bytes, _, broken) = encoding.encode(text);
        assert!(!broken, "{text}");
        bytes.into_owned()
    }

    #[test]
    fn short_tables_are_decoded_in_their_regional_encoding() {
        for (encoding, texts) in [
            (
                GBK,
                &[
                    "prompt,seed\n夜市里的狐狸,1\n海上的日落,2\n",
                    "提示词,种子\n红色的狐狸,1\n",
                    "prompt\n一只猫\n",
                    "prompt;n\n雪中的小屋;2\n水彩画风格的山水;1\n",
                    "prompt\n复古海报，橙色背景\n",
                ][..],
            ),
            (
                BIG5,
                &[
                    "prompt,seed\n夜市裡的狐狸,1\n海上的日落,2\n",
                    "提示詞,種子\n紅色的狐狸,1\n",
                    "prompt\n一隻貓\n",
                    "prompt\n雪中的小屋\n",
                    "prompt;n\n水彩畫風格的山水;1\n",
                    "prompt\n復古海報，橙色背景\n",
                ],
            ),
            (
                SHIFT_JIS,
                &[
                    "prompt,seed\n夜市の狐,1\n",
                    "prompt\n雪の中の小さな家\n",
                    "プロンプト,シード\n海に沈む夕日,3\n",
                    "prompt\nレトロなポスター、オレンジの背景\n",
                ],
            ),
            (
                EUC_KR,
                &["prompt,seed\n야시장의 여우,1\n", "프롬프트,시드\n눈 속의 작은 집,2\n", "prompt\n바다 위의 일몰\n"],
            ),
            (EUC_JP, &["prompt,seed\n夜市の狐と雪の中の家,1\n海に沈む夕日,2\n"]),
            (
                WINDOWS_1252,
                &[
                    "prompt;seed\ncafé à l’aube;1\n",
                    "prompt\nein Fuchs im Schnee, größer\n",
                    "prompt\nniño en la montaña\n",
                    "prompt\n“a red fox” – at dawn\n",
                ],
            ),
            (WINDOWS_1251, &["prompt;seed\nлиса в снегу на рассвете;1\n"]),
            (
                UTF_16LE,
                &["prompt,seed\na fox,1\n", "提示詞,種子\n夜市裡的一隻狐狸,1\n", "prompt\t一\n一一一一一一一一\t一\n"],
            ),
            (
                UTF_16BE,
                &["prompt,seed\na fox,1\n", "提示詞,種子\n夜市裡的一隻狐狸,1\n", "prompt\t一\n一一一一一一一一\t一\n"],
            ),
        ] {
            for text in texts {
                let (read, recognition) = decode(&encoded(text, encoding), None).unwrap();
                let expected = DetectedEncoding { encoding: TextEncoding(encoding), by: DetectedBy::Guess };
                assert_eq!((read.as_str(), recognition), (*text, expected));
            }
        }
    }

    #[test]
    fn byte_order_marks_and_utf_8_are_certain() {
        let text = "prompt\n雪 café\n";
        let marked = |mark: &[u8], encoding| [mark, &encoded(text, encoding)].concat();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), UTF_8),
            (marked(b"\xef\xbb\xbf", UTF_8), UTF_8),
            (marked(b"\xff\xfe", UTF_16LE), UTF_16LE),
            (marked(b"\xfe\xff", UTF_16BE), UTF_16BE),
        ] {
            let expected = DetectedEncoding { encoding: TextEncoding(encoding), by: DetectedBy::Certain };
            assert_eq!(decode(&bytes, None), Ok((text.to_owned(), expected)));
        }
        for text in ["prompt\n10 kµΩ, 20 °С\n", "prompt\nça va à Żory, Ελλάδα\n", "prompt\nлиса é\n"]
        {
            assert_eq!(decode(text.as_bytes(), None).map(|(text, _)| text).as_deref(), Ok(text));
        }
        let joined = "\u{FEFF}prompt\nfox\n\u{FEFF}prompt\nowl\n";
        assert_eq!(decode(joined.as_bytes(), None).unwrap().0, "prompt\nfox\nprompt\nowl\n");
    }

    #[test]
    fn chosen_encoding_is_used_or_rejected() {
        let bytes = encoded("prompt\n雪\n", BIG5);
        let chosen = |name: &str| decode(&bytes, Some(name.parse().unwrap())).map(|(text, _)| text);
        assert_eq!(chosen("Big5").as_deref(), Ok("prompt\n雪\n"));
        assert_eq!(chosen("cp950"), chosen("BIG5"));
        assert_eq!(chosen("utf-8"), Err(InvalidTable::WrongEncoding(TextEncoding(UTF_8))));
        assert!(chosen("latin1").is_ok_and(|text| text != "prompt\n雪\n"));
    }

    #[test]
    fn binary_data_is_reported() {
        for bytes in [
            &b"\x89PNG\r\n\x1a\n"[..],
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0",
            b"MZ\x90\0\x03\0\0",
        ] {
            assert_eq!(decode(bytes, None), Err(InvalidTable::NotText), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok((text, recognition)) = decode(&bytes, None) {
                let has_marks = text.contains(['\0', '\u{FEFF}']);
                prop_assert!(!has_marks);
                let again = decode(&bytes, Some(recognition.encoding)).map(|(text, _)| text);
                prop_assert_eq!(again, Ok(text));
            }
        }
    }
}
