//! Templates of str.format: `Markup` gives literal, field name, conversion and spec of each field; `split_field_name`
//! takes a field name apart into its first name and `.attr` / `[index]` steps; `AutoNumber` keeps the numbering rule.
//! `_string.formatter_parser` and `_string.formatter_field_name_split` are these two. All ranges index the template.

use crate::unicode;
use crate::units::Units;

/// A range of the template.
pub type Range = (usize, usize);

/// ValueError texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateError(pub &'static str);

/// A replacement field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Range,
    /// The character after '!', 0 when there is none.
    pub conversion: u32,
    pub spec: Range,
    /// The spec contains fields itself.
    pub nested: bool,
}

/// Literal text followed by a field, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub literal: Range,
    pub field: Option<Field>,
}

/// Walks a template (or the part of one that is a nested spec).
/// CPython: Objects/stringlib/unicode_format.h, MarkupIterator_next and parse_field.
pub struct Markup<'a> {
    text: Units<'a>,
    at: usize,
    end: usize,
}

const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;

impl<'a> Markup<'a> {
    pub fn new(text: Units<'a>) -> Markup<'a> {
        Markup {
            text,
            at: 0,
            end: text.len(),
        }
    }

    /// Walks only `range` of the template.
    pub fn within(text: Units<'a>, range: Range) -> Markup<'a> {
        Markup {
            text,
            at: range.0,
            end: range.1,
        }
    }

    fn step(&mut self) -> Result<Step, TemplateError> {
        let start = self.at;
        let mut c = 0;
        while self.at < self.end {
            c = self.text.get(self.at);
            self.at += 1;
            if c == OPEN || c == CLOSE {
                break;
            }
        }
        if c != OPEN && c != CLOSE {
            return Ok(Step {
                literal: (start, self.at),
                field: None,
            });
        }
        let next = (self.at < self.end).then(|| self.text.get(self.at));
        if next == Some(c) {
            self.at += 1;
            return Ok(Step {
                literal: (start, self.at - 1),
                field: None,
            });
        }
        if c == CLOSE {
            return Err(TemplateError("Single '}' encountered in format string"));
        }
        if next.is_none() {
            return Err(TemplateError("Single '{' encountered in format string"));
        }
        let literal = (start, self.at - 1);
        Ok(Step {
            literal,
            field: Some(self.field()?),
        })
    }

    fn take(&mut self) -> Option<u32> {
        if self.at == self.end {
            return None;
        }
        self.at += 1;
        Some(self.text.get(self.at - 1))
    }

    fn field(&mut self) -> Result<Field, TemplateError> {
        let start = self.at;
        let mut last = 0;
        while let Some(c) = self.take() {
            last = c;
            match char::from_u32(c) {
                Some('{') => return Err(TemplateError("unexpected '{' in field name")),
                Some('[') => {
                    while self.at < self.end && self.text.get(self.at) != b']' as u32 {
                        self.at += 1;
                    }
                }
                Some('}' | ':' | '!') => break,
                _ => {}
            }
        }
        let name = (start, self.at - 1);
        let mut field = Field {
            name,
            conversion: 0,
            spec: (self.at, self.at),
            nested: false,
        };
        match char::from_u32(last) {
            Some('}') => return Ok(field),
            Some('!') => {
                let Some(c) = self.take() else {
                    return Err(TemplateError("end of string while looking for conversion specifier"));
                };
                field.conversion = c;
                match self.take() {
                    Some(CLOSE) => {
                        field.spec = (self.at, self.at);
                        return Ok(field);
                    }
                    None | Some(0x3a) => {}
                    _ => return Err(TemplateError("expected ':' after conversion specifier")),
                }
            }
            Some(':') => {}
            _ => return Err(TemplateError("expected '}' before end of string")),
        }
        let spec = self.at;
        let mut depth = 1;
        while let Some(c) = self.take() {
            if c == OPEN {
                field.nested = true;
                depth += 1;
            } else if c == CLOSE {
                depth -= 1;
                if depth == 0 {
                    field.spec = (spec, self.at - 1);
                    return Ok(field);
                }
            }
        }
        Err(TemplateError("unmatched '{' in format spec"))
    }
}

impl Iterator for Markup<'_> {
    type Item = Result<Step, TemplateError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let step = self.step();
        if step.is_err() {
            self.at = self.end;
        }
        Some(step)
    }
}

/// The first part of a field name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Nothing: automatic numbering.
    Empty,
    Index(usize),
    Name(Range),
}

/// A step behind the first part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Attribute(Range),
    /// `[123]`
    Index(usize),
    /// `[key]`
    Key(Range),
}

/// All digits: the number; otherwise None.
fn integer(text: Units, (start, end): Range) -> Result<Option<usize>, TemplateError> {
    if start == end {
        return Ok(None);
    }
    let mut n = 0isize;
    for i in start..end {
        let Some(d) = unicode::decimal_value(text.get(i)) else {
            return Ok(None);
        };
        let next = n.checked_mul(10).and_then(|n| n.checked_add(d as isize));
        n = next.ok_or(TemplateError("Too many decimal digits in format string"))?;
    }
    Ok(Some(n as usize))
}

/// Splits a field name; the steps come lazily, since CPython finds their errors only after the first look-up.
pub fn split_field_name<'a>(text: Units<'a>, name: Range) -> Result<(First, Accesses<'a>), TemplateError> {
    let split = (name.0..name.1)
        .find(|&i| matches!(text.get(i), 0x5b | 0x2e))
        .unwrap_or(name.1);
    let first = match integer(text, (name.0, split))? {
        Some(n) => First::Index(n),
        None if split == name.0 => First::Empty,
        None => First::Name((name.0, split)),
    };
    Ok((
        first,
        Accesses {
            text,
            at: split,
            end: name.1,
        },
    ))
}

/// Iterator over the steps of a field name. CPython: Objects/stringlib/unicode_format.h, FieldNameIterator_next.
pub struct Accesses<'a> {
    text: Units<'a>,
    at: usize,
    end: usize,
}

impl Accesses<'_> {
    fn access(&mut self) -> Result<Access, TemplateError> {
        let c = self.text.get(self.at);
        self.at += 1;
        let start = self.at;
        let stop = |i: &usize, set: [u32; 2]| set.contains(&self.text.get(*i));
        let empty = TemplateError("Empty attribute in format string");
        if c == b'.' as u32 {
            let end = (start..self.end).find(|i| stop(i, [0x5b, 0x2e])).unwrap_or(self.end);
            self.at = end;
            return if end == start {
                Err(empty)
            } else {
                Ok(Access::Attribute((start, end)))
            };
        }
        if c != b'[' as u32 {
            return Err(TemplateError(
                "Only '.' or '[' may follow ']' in format field specifier",
            ));
        }
        let Some(end) = (start..self.end).find(|i| stop(i, [0x5d, 0x5d])) else {
            return Err(TemplateError("Missing ']' in format string"));
        };
        self.at = end + 1;
        if end == start {
            return Err(empty);
        }
        Ok(match integer(self.text, (start, end))? {
            Some(n) => Access::Index(n),
            None => Access::Key((start, end)),
        })
    }
}

impl Iterator for Accesses<'_> {
    type Item = Result<Access, TemplateError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let a = self.access();
        if a.is_err() {
            self.at = self.end;
        }
        Some(a)
    }
}

/// The rule that automatic and manual numbering do not mix; one per call of format, shared by nested specs.
#[derive(Clone, Copy, Debug, Default)]
pub struct AutoNumber {
    /// None until the first numbered field; then whether it was automatic.
    automatic: Option<bool>,
    next: usize,
}

impl AutoNumber {
    /// Replaces `First::Empty` by the next index.
    pub fn resolve(&mut self, first: First) -> Result<First, TemplateError> {
        let empty = match first {
            First::Name(_) => return Ok(first),
            First::Empty => true,
            First::Index(_) => false,
        };
        match *self.automatic.get_or_insert(empty) {
            true if !empty => Err(TemplateError(
                "cannot switch from automatic field numbering to manual field specification",
            )),
            false if empty => Err(TemplateError(
                "cannot switch from manual field specification to automatic field numbering",
            )),
            _ if empty => {
                self.next += 1;
                Ok(First::Index(self.next - 1))
            }
            _ => Ok(first),
        }
    }
}

/// ValueError text for a conversion other than r, s and a.
pub fn unknown_conversion(c: u32) -> String {
    match c {
        33..127 => format!("Unknown conversion specifier {}", c as u8 as char),
        _ => format!("Unknown conversion specifier \\x{c:x}"),
    }
}

/// ValueError text when specs nest deeper than two levels.
pub const RECURSION: &str = "Max string recursion exceeded";
