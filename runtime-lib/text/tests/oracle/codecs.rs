use super::*;
use pyaot_text::codec::{self, CodecError, Encoding, Handler, charmap};

fn by_name(name: &[u8]) -> Option<u32> {
    (name == b"DIGIT ONE").then_some('1' as u32)
}

fn name_of(c: u32) -> Option<String> {
    let name = match c {
        0xe9 => "LATIN SMALL LETTER E WITH ACUTE",
        0xff => "LATIN SMALL LETTER Y WITH DIAERESIS",
        0x1234 => "ETHIOPIC SYLLABLE SEE",
        0x20ac => "EURO SIGN",
        0x1f600 => "GRINNING FACE",
        _ => return None,
    };
    Some(name.into())
}

fn shown(encoding: &str, e: CodecError) -> String {
    format!("!{encoding} {} {} {}", e.start, e.end, enc_bytes(e.reason.as_bytes()))
}

/// CPython's cp1252, undefined bytes as U+FFFE.
fn cp1252() -> Text {
    let mut t = StrBuf::new();
    let upper = [
        0x20ac, 0xfffe, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0xfffe,
        0x17d, 0xfffe, 0xfffe, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
        0x153, 0xfffe, 0x17e, 0x178,
    ];
    (0..128).chain(upper).chain(160..256).for_each(|c| t.push(c));
    t.finish()
}

fn decode_charmap(input: &[u8], handler: Handler) -> Result<(StrBuf, usize), CodecError> {
    let (mut out, mut pos) = (StrBuf::new(), 0);
    while let Err(e) = charmap::decode(input, &mut pos, cp1252().units(), &mut out) {
        pos = codec::decode_error(handler, "charmap", input, &e, &mut out).ok_or(e)?;
    }
    Ok((out, pos))
}

fn encode_charmap(text: Units, handler: Handler) -> Result<Vec<u8>, CodecError> {
    let map = charmap::EncodingMap::new(cp1252().units());
    let (mut out, mut pos) = (Vec::new(), 0);
    while let Err(e) = map.encode(text, &mut pos, &mut out) {
        let (rep, next) = codec::encode_error(handler, "charmap", text, &e, &name_of).ok_or(e)?;
        if !map.push_replacement(&rep, &mut out) {
            return Err(e);
        }
        pos = next;
    }
    Ok(out)
}

#[test]
fn codecs() {
    check(include_str!("codec.txt"), |f| {
        let handler = Handler::from_name(f[2]).unwrap();
        if f[0] == "D" {
            let Text::One(input) = dec(f[4]) else { panic!() };
            let encoding = Encoding::from_name(f[1]);
            let ours = match encoding {
                None => decode_charmap(&input, handler).map_err(|e| shown("charmap", e)),
                Some(encoding) => {
                    let last = f[3] == "1";
                    let mut state = codec::DecodeState::new(encoding);
                    let mut out = StrBuf::new();
                    loop {
                        let Err(e) = state.step(&input, last, &by_name, &mut out) else {
                            break Ok((out, state.pos));
                        };
                        let name = state.encoding.decode_name();
                        match codec::decode_error(handler, name, &input, &e, &mut out) {
                            Some(pos) => state.pos = pos,
                            None => break Err(shown(name, e)),
                        }
                    }
                }
            };
            if let (Some(encoding), Ok((text, pos))) = (encoding, &ours) {
                let (text2, state) = codec::decode(&input, encoding, handler, f[3] == "1", &by_name).unwrap();
                assert!(text2.units().same(text.units()) && state.pos == *pos);
            }
            return (
                ours.map_or_else(|e| e, |(s, n)| format!("{}|{n}", enc(s.finish().units()))),
                f[5].into(),
            );
        }
        let text = dec(f[3]);
        let ours = match Encoding::from_name(f[1]) {
            None => encode_charmap(text.units(), handler).map_err(|e| shown("charmap", e)),
            Some(encoding) => {
                codec::encode(text.units(), encoding, handler, &name_of).map_err(|e| shown(encoding.encode_name(), e))
            }
        };
        (ours.map_or_else(|e| e, |b| enc_bytes(&b)), f[4].into())
    });
}
