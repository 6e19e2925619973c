//! Sources in the encodings of East Asia. In: bytes and Python's name of the encoding. Out: text, or CPython's words for
//! why there is none. The surprising decision: the tables are those of the web's encodings with Python's differences
//! (`east_asia.txt`, made by the example `wide_tables` from what CPython 3.14 decodes), so every code means what it means
//! in Python and few characters are listed; Hangul in Johab, Shift_JIS-2004, HZ and ISO-2022 are computed.
//!
//! CPython: Modules/cjkcodecs/_codecs_cn.c, _codecs_hk.c, _codecs_iso2022.c, _codecs_jp.c, _codecs_kr.c, _codecs_tw.c.

use std::sync::LazyLock;

use encoding_rs::Encoding;

use super::utf::refused;

enum Run {
    None,
    Each(Vec<char>),
    Several(&'static str),
}

enum Base {
    Table(&'static str),
    Web(&'static Encoding, Option<u8>),
}

struct Table {
    name: &'static str,
    base: Base,
    /// First and last code, in order.
    runs: Vec<(u32, u32, Run)>,
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let code = |text: &str| u32::from_str_radix(text, 16).unwrap_or(0);
    let run = |text: &'static str| {
        let at = text.find(['-', '=', '+'])?;
        let (first, rest) = (code(&text[..at]), &text[at + 1..]);
        Some(match text.as_bytes()[at] {
            b'-' => (first, code(rest), Run::None),
            b'+' => (first, first, Run::Several(rest)),
            _ => {
                let chars: Vec<char> = rest.chars().collect();
                (first, first + chars.len() as u32 - 1, Run::Each(chars))
            }
        })
    };
    let table = |line: &'static str| {
        let mut fields = line.splitn(3, ':');
        let (name, base, runs) = (fields.next()?, fields.next()?, fields.next()?);
        let base = match base.strip_prefix('=') {
            Some(other) => Base::Table(other),
            None => {
                let (label, prefix) = base.split_once('/').unwrap_or((base, ""));
                Base::Web(
                    Encoding::for_label(label.as_bytes())?,
                    u8::from_str_radix(prefix, 16).ok(),
                )
            }
        };
        Some(Table {
            name,
            base,
            runs: runs.split(' ').filter_map(run).collect(),
        })
    };
    include_str!("east_asia.txt").lines().filter_map(table).collect()
});

/// Appends what a code means in a table; `None` if it means nothing.
fn wide(table: &str, code: u32, out: &mut String) -> Option<()> {
    let table = TABLES.iter().find(|t| t.name == table)?;
    let at = table.runs.partition_point(|run| run.1 < code);
    if let Some((first, _, run)) = table.runs.get(at).filter(|run| run.0 <= code) {
        match run {
            Run::None => return None,
            Run::Each(chars) => out.push(*chars.get((code - first) as usize)?),
            Run::Several(text) => out.push_str(text),
        }
        return Some(());
    }
    match &table.base {
        Base::Table(other) => wide(other, code, out),
        Base::Web(encoding, prefix) => {
            let bytes = code.to_be_bytes();
            let code = bytes.iter().skip_while(|b| **b == 0).copied();
            let bytes: Vec<u8> = prefix.iter().copied().chain(code).collect();
            out.push_str(&encoding.decode_without_bom_handling_and_without_replacement(&bytes)?);
            Some(())
        }
    }
}

/// Why a step cannot be made.
enum Stop {
    /// The input ends in the midst of a sequence.
    Incomplete,
    /// So many bytes are wrong.
    Illegal(usize),
}

/// Bytes read.
type Step = Result<usize, Stop>;

fn needs(bytes: &[u8], count: usize) -> Result<(), Stop> {
    if bytes.len() < count {
        Err(Stop::Incomplete)
    } else {
        Ok(())
    }
}

fn pair(bytes: &[u8]) -> u32 {
    u32::from(bytes[0]) << 8 | u32::from(bytes[1])
}

/// A code that has to mean something.
fn known(found: Option<()>, length: usize) -> Step {
    found.map(|()| length).ok_or(Stop::Illegal(1))
}

pub fn decode(bytes: &[u8], name: &'static str) -> Result<String, String> {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut shifts = Shifts::default();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let step = match name {
            "hz" => shifts.hz(rest, &mut out),
            _ if name.starts_with("iso2022") => shifts.iso2022(rest, name, &mut out),
            _ => plain(rest, name, &mut out),
        };
        match step {
            Ok(read) => at += read,
            Err(Stop::Incomplete) => {
                return Err(refused(name, bytes, at, bytes.len(), "incomplete multibyte sequence"));
            }
            Err(Stop::Illegal(length)) => {
                let end = (at + length).min(bytes.len());
                return Err(refused(name, bytes, at, end, "illegal multibyte sequence"));
            }
        }
    }
    Ok(out)
}

/// One character of an encoding without shifts.
fn plain(bytes: &[u8], name: &'static str, out: &mut String) -> Step {
    let first = bytes[0];
    let is_sjis = matches!(name, "cp932" | "shift_jis" | "shift_jis_2004" | "shift_jisx0213");
    if is_sjis && let Some(c) = single(name, first) {
        out.push(c);
        return Ok(1);
    }
    if first < 0x80 {
        out.push(char::from(first));
        return Ok(1);
    }
    match (name, first) {
        ("shift_jis" | "shift_jis_2004" | "shift_jisx0213", 0x80 | 0xa0 | 0xfd..=0xff) => return Err(Stop::Illegal(1)),
        _ => needs(bytes, 2)?,
    }
    match (name, first) {
        ("shift_jis_2004" | "shift_jisx0213", _) => shift_jis_2004(bytes, name == "shift_jisx0213", out),
        ("johab", _) => known(johab(bytes, out), 2),
        ("euc_kr", 0xa4) if bytes[1] == 0xd4 => {
            needs(bytes, 8)?;
            known(made_of_letters(bytes, out), 8)
        }
        ("euc_jp" | "euc_jis_2004" | "euc_jisx0213", 0x8e) => known(katakana(bytes[1], out), 2),
        ("euc_jp" | "euc_jis_2004" | "euc_jisx0213", 0x8f) => {
            needs(bytes, 3)?;
            let table = match name {
                "euc_jp" => "jisx0212",
                "euc_jis_2004" => "jisx0213_2",
                _ => "jisx0213_2000_2",
            };
            known(wide(table, pair(&bytes[1..]), out), 3)
        }
        ("gb18030", _) if bytes[1].is_ascii_digit() => {
            needs(bytes, 4)?;
            known(wide(name, pair(bytes) << 16 | pair(&bytes[2..]), out), 4)
        }
        _ => known(wide(name, pair(bytes), out), 2),
    }
}

/// Bytes of the Shift_JIS family that stand alone.
fn single(name: &str, byte: u8) -> Option<char> {
    let code = u32::from(byte);
    match (name, byte) {
        ("shift_jis_2004" | "shift_jisx0213", b'\\') => Some('\u{a5}'),
        ("shift_jis_2004" | "shift_jisx0213", b'~') => Some('\u{203e}'),
        (_, ..0x80) => Some(char::from(byte)),
        (_, 0xa1..=0xdf) => char::from_u32(code + 0xfec0),
        ("cp932", 0x80) => Some('\u{80}'),
        ("cp932", 0xa0) => Some('\u{f8f0}'),
        ("cp932", 0xfd..) => char::from_u32(code - 0xfd + 0xf8f1),
        _ => None,
    }
}

fn katakana(byte: u8, out: &mut String) -> Option<()> {
    let byte = Some(byte).filter(|byte| (0xa1..=0xdf).contains(byte))?;
    out.push(char::from_u32(u32::from(byte) + 0xfec0)?);
    Some(())
}

/// Two rows of a plane share a first byte; those of the second plane are not all there.
fn shift_jis_2004(bytes: &[u8], first_edition: bool, out: &mut String) -> Step {
    let (c1, c2) = (u32::from(bytes[0]), u32::from(bytes[1]));
    if c2 < 0x40 || c2 == 0x7f || c2 > 0xfc {
        return Err(Stop::Illegal(1));
    }
    let lead = if c1 < 0xe0 { c1 - 0x81 } else { c1 - 0xc1 };
    let trail = if c2 < 0x80 { c2 - 0x40 } else { c2 - 0x41 };
    let row = 2 * lead + u32::from(trail >= 0x5e);
    let cell = trail % 0x5e + 0x21;
    if let Some(c) = match (row, cell) {
        (0, 0x40) => Some('\\'),
        (1, 0x32) => Some('~'),
        _ => None,
    } {
        // The bytes of these two are other characters here.
        out.push(c);
        return Ok(2);
    }
    let (table, row) = match (row, first_edition) {
        (..0x5e, false) => ("euc_jis_2004", row + 0x21),
        (..0x5e, true) => ("euc_jisx0213", row + 0x21),
        (_, false) => ("jisx0213_2", second_plane(row)),
        (_, true) => ("jisx0213_2000_2", second_plane(row)),
    };
    known(wide(table, (row << 8 | cell) | 0x8080, out), 2)
}

fn second_plane(row: u32) -> u32 {
    match row {
        0x67.. => row + 7,
        0x5f | 0x63.. => row - 0x37,
        _ => row - 0x3d,
    }
}

/// Whether JIS X 0213 has the row in its second plane; the others are those of JIS X 0212.
fn is_second_plane(row: u8) -> bool {
    matches!(row, 0x21 | 0x23..=0x25 | 0x28 | 0x2c..=0x2f | 0x6e..=0x7e)
}

/// Consonants before and behind, of a syllable; the last of the letters that KS X 1001 lists before its vowels is `ㅎ`.
const LEADING: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const TRAILING: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
const FILLER: char = '\u{3000}';

fn syllable(leading: u32, vowel: u32, trailing: u32) -> Option<char> {
    char::from_u32(0xac00 + leading * 588 + vowel * 28 + trailing)
}

/// A syllable written as filler, consonant, vowel and consonant or filler.
fn made_of_letters(bytes: &[u8], out: &mut String) -> Option<()> {
    let letter = |at: usize| char::from_u32(0x3131 + u32::from(bytes[at]).checked_sub(0xa1)?);
    let place = |list: &str, c: char| list.chars().position(|x| x == c).map(|n| n as u32);
    if [2, 4, 6].iter().any(|at| bytes[*at] != 0xa4) {
        return None;
    }
    let vowel = Some(bytes[5]).filter(|b| (0xbf..=0xd3).contains(b))?;
    let trailing = match bytes[7] {
        0xd4 => 0,
        _ => place(TRAILING, letter(7)?)? + 1,
    };
    out.push(syllable(
        place(LEADING, letter(3)?)?,
        u32::from(vowel - 0xbf),
        trailing,
    )?);
    Some(())
}

/// Letters by their five bits; 0 is none, 1 the filler.
fn johab(bytes: &[u8], out: &mut String) -> Option<()> {
    let (c1, c2) = (u32::from(bytes[0]), u32::from(bytes[1]));
    if c1 >= 0xd8 {
        // Symbols and Hanja are those of KS X 1001, two rows to a first byte.
        let is_trail = matches!(c2, 0x31..=0x7e | 0x91..=0xfe);
        if c1 < 0xd9 || c1 == 0xdf || c1 > 0xf9 || !is_trail || c1 == 0xda && (0xa1..=0xd3).contains(&c2) {
            return None;
        }
        let row = if c1 < 0xe0 { 2 * (c1 - 0xd9) } else { 2 * c1 - 0x197 };
        let cell = if c2 < 0x91 { c2 - 0x31 } else { c2 - 0x43 };
        let row = row + u32::from(cell >= 0x5e) + 0x21;
        let cell = cell % 0x5e + 0x21;
        return wide("cp949", row << 8 | cell | 0x8080, out);
    }
    let code = c1 << 8 | c2;
    let letter = |list: &str, n: u32| list.chars().nth(n as usize);
    let leading = match code >> 10 & 31 {
        1 => None,
        n @ 2..=20 => Some(n - 2),
        _ => return None,
    };
    let vowel = match code >> 5 & 31 {
        2 => None,
        n @ 3..=7 => Some(n - 3),
        n @ 10..=15 => Some(n - 5),
        n @ 18..=23 => Some(n - 7),
        n @ 26..=29 => Some(n - 9),
        _ => return None,
    };
    let trailing = match code & 31 {
        1 => None,
        n @ 2..=17 => Some(n - 1),
        n @ 19..=29 => Some(n - 2),
        _ => return None,
    };
    out.push(match (leading, vowel, trailing) {
        (Some(leading), Some(vowel), trailing) => syllable(leading, vowel, trailing.unwrap_or(0))?,
        (Some(leading), None, None) => letter(LEADING, leading)?,
        (None, Some(vowel), None) => char::from_u32(0x314f + vowel)?,
        (None, None, Some(trailing)) => letter(TRAILING, trailing - 1)?,
        (None, None, None) => FILLER,
        _ => return None,
    });
    Some(())
}

/// What encodings with shifts remember.
struct Shifts {
    /// HZ is between `~{` and `~}`.
    in_pairs: bool,
    /// Sets of ISO-2022, by the last byte of their names, and `DOUBLE`.
    sets: [u16; 3],
    shifted: bool,
    /// An escape that is none is passed on up to its end.
    in_escape: bool,
}

impl Default for Shifts {
    fn default() -> Shifts {
        Shifts {
            in_pairs: false,
            sets: [ASCII; 3],
            shifted: false,
            in_escape: false,
        }
    }
}

/// Of a set whose characters have two bytes.
const DOUBLE: u16 = 0x100;
const ASCII: u16 = b'B' as u16;
const ESCAPE: u8 = 0x1b;
/// Longest escape sequence.
const MAX_ESCAPE: usize = 16;

const fn double(last: u8) -> u16 {
    last as u16 | DOUBLE
}

/// The sets that an encoding may name: those of pairs and those of single bytes.
fn designations(name: &str) -> (&'static [u8], &'static [u8]) {
    match name {
        "iso2022_kr" => (b"C", b""),
        "iso2022_jp" => (b"B@", b"J"),
        "iso2022_jp_1" => (b"B@D", b"J"),
        "iso2022_jp_2" => (b"B@DCA", b"JAF"),
        "iso2022_jp_2004" => (b"BQP", b""),
        "iso2022_jp_3" => (b"BOP", b""),
        _ => (b"B@D", b"JI"),
    }
}

fn may_name(name: &str, set: u16) -> bool {
    let (pairs, singles) = designations(name);
    let sets = if set & DOUBLE == 0 { singles } else { pairs };
    set == ASCII || sets.contains(&(set as u8))
}

impl Shifts {
    fn hz(&mut self, bytes: &[u8], out: &mut String) -> Step {
        let first = bytes[0];
        if first == b'~' {
            needs(bytes, 2)?;
            match (bytes[1], self.in_pairs) {
                (b'~', false) => out.push('~'),
                (b'{', false) => self.in_pairs = true,
                (b'\n', false) => {}
                (b'}', true) => self.in_pairs = false,
                _ => return Err(Stop::Illegal(1)),
            }
            return Ok(2);
        }
        if first >= 0x80 {
            return Err(Stop::Illegal(1));
        }
        if !self.in_pairs {
            out.push(char::from(first));
            return Ok(1);
        }
        needs(bytes, 2)?;
        known(in_square(bytes).and_then(|code| wide("gb2312", code, out)), 2)
    }

    fn iso2022(&mut self, bytes: &[u8], name: &str, out: &mut String) -> Step {
        let first = bytes[0];
        let shifts = name == "iso2022_kr";
        if self.in_escape {
            self.in_escape = !is_final(first);
        } else if first == ESCAPE {
            needs(bytes, 2)?;
            if matches!(bytes[1], b'(' | b')' | b'$' | b'.' | b'&') {
                return self.designate(bytes, name);
            }
            if name == "iso2022_jp_2" && bytes[1] == b'N' {
                needs(bytes, 3)?;
                return self.single_shift(bytes[2], out);
            }
            self.in_escape = true;
        } else if shifts && matches!(first, 0x0e | 0x0f) {
            self.shifted = first == 0x0e;
            return Ok(1);
        } else if first == b'\n' {
            self.shifted = false;
        } else if first >= 0x80 {
            return Err(Stop::Illegal(1));
        } else if first >= b' ' {
            let set = self.sets[usize::from(self.shifted)];
            if set != ASCII {
                return in_set(set, bytes, name, out);
            }
        }
        out.push(char::from(first));
        Ok(1)
    }

    /// An escape sequence that names a set.
    fn designate(&mut self, bytes: &[u8], name: &str) -> Step {
        let is_extension = |at: usize| name != "iso2022_kr" && bytes[at] == b'&' && bytes.get(at + 1) == Some(&b'@');
        let mut at = 1;
        let length = loop {
            if at >= MAX_ESCAPE {
                return Err(Stop::Illegal(1));
            }
            needs(bytes, at + 1)?;
            if is_final(bytes[at]) {
                break at + 1;
            }
            // The announcement of a newer edition stands before the name.
            at += if is_extension(at) { 2 } else { 1 };
        };
        let illegal = Err(Stop::Illegal(length));
        let (place, set) = match &bytes[1..length] {
            [b'$', last] => (0, double(*last)),
            [b'(', last] => (0, u16::from(*last)),
            [b')', last] => (1, u16::from(*last)),
            [b'.', last] if name == "iso2022_jp_2" => (2, u16::from(*last)),
            [b'$', b'(', last] => (0, double(*last)),
            [b'$', b')', last] => (1, double(*last)),
            [b'&', b'@', ESCAPE, b'$', b'B'] if name != "iso2022_kr" => (0, double(b'B')),
            _ => return illegal,
        };
        if !may_name(name, set) {
            return illegal;
        }
        self.sets[place] = set;
        Ok(length)
    }

    /// One character of the third set.
    fn single_shift(&self, byte: u8, out: &mut String) -> Step {
        if byte >= 0x80 {
            return Err(Stop::Illegal(3));
        }
        match self.sets[2] {
            set if set == u16::from(b'A') => out.push(char::from(byte | 0x80)),
            set if set == u16::from(b'F') => match super::encodings::greek(byte | 0x80) {
                Some(c) => out.push(c),
                None => return Err(Stop::Illegal(3)),
            },
            _ => out.push(char::from(byte)),
        }
        Ok(3)
    }
}

fn is_final(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'@')
}

/// The code of a pair of seven-bit bytes, as the encodings of eight bits have it.
fn in_square(bytes: &[u8]) -> Option<u32> {
    let is_graphic = |byte: &u8| (0x21..=0x7e).contains(byte);
    bytes[..2].iter().all(is_graphic).then(|| pair(bytes) | 0x8080)
}

fn in_set(set: u16, bytes: &[u8], name: &str, out: &mut String) -> Step {
    let first = bytes[0];
    if set & DOUBLE == 0 {
        match (set as u8, first) {
            (b'J', b'\\') => out.push('\u{a5}'),
            (b'J', b'~') => out.push('\u{203e}'),
            (b'I', _) => return known(katakana(first | 0x80, out), 1),
            _ => out.push(char::from(first)),
        }
        return Ok(1);
    }
    needs(bytes, 2)?;
    let table = match set as u8 {
        b'A' => "gb2312",
        b'C' => "cp949",
        b'D' => "jisx0212",
        b'O' => "euc_jisx0213",
        b'Q' => "euc_jis_2004",
        b'P' if name == "iso2022_jp_3" => "jisx0213_2000_2",
        b'P' => "jisx0213_2",
        _ => "euc_jp",
    };
    let is_there = set as u8 != b'P' || is_second_plane(first);
    let found = in_square(bytes)
        .filter(|_| is_there)
        .and_then(|code| wide(table, code, out));
    found.map(|()| 2).ok_or(Stop::Illegal(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts() {
        let decoded = |name: &'static str, bytes: &[u8]| decode(bytes, name);
        assert_eq!(decoded("hz", b"a~~~{0!~}b").as_deref(), Ok("a~啊b"));
        assert_eq!(decoded("iso2022_kr", b"\x1b$)C\x0e0!\x0fa").as_deref(), Ok("가a"));
        assert_eq!(decoded("iso2022_jp_2", b"\x1b.F\x1bNa").as_deref(), Ok("α"));
        assert_eq!(
            decoded("iso2022_jp", b"\x1b(I1").expect_err("no such set"),
            "'iso2022_jp' codec can't decode bytes in position 0-2: illegal multibyte sequence"
        );
    }

    #[test]
    fn codes_of_several_characters() {
        assert_eq!(decode(b"\xa4\xf7", "euc_jis_2004").as_deref(), Ok("か\u{309a}"));
        assert_eq!(
            decode(b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xa2", "euc_kr").as_deref(),
            Ok("갂")
        );
        assert_eq!(decode(b"\x82\xf5", "shift_jis_2004").as_deref(), Ok("か\u{309a}"));
    }
}
