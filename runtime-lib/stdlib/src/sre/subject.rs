//! The text that a pattern is matched against: a str, or anything with a buffer.
use super::engine::State;
use super::search::{match_here, search};
use pyaot_core::buffer::{self, Contents};
use pyaot_core::prelude::*;
use pyaot_core::types::bytes;
use pyaot_text::{Units, with_units};

pub struct Subject {
    pub object: Own,
    /// The bytes of what is no str.
    contents: Option<Contents>,
}

impl Subject {
    /// CPython: Modules/_sre/sre.c, getstring.
    pub fn new(v: Ref) -> PyResult<Subject> {
        if v.ty().has(type_flag::STR) {
            return Ok(Subject {
                object: v.own(),
                contents: None,
            });
        }
        let wrong = || {
            exc::type_error(format_args!(
                "expected string or bytes-like object, got '{}'",
                v.ty().full_name()
            ))
        };
        match buffer::contents(v) {
            Ok(contents) => Ok(Subject {
                object: v.own(),
                contents: Some(contents),
            }),
            Err(e) => {
                drop(exc::caught(e));
                wrong()
            }
        }
    }
    pub fn is_bytes(&self) -> bool {
        self.contents.is_some()
    }
    pub fn units(&self) -> Units<'_> {
        match &self.contents {
            None => str_::units(self.object.r()),
            Some(c) => Units::One(c),
        }
    }
    pub fn len(&self) -> usize {
        self.units().len()
    }
    /// CPython: getslice.
    pub fn slice(&self, start: usize, end: usize) -> PyResult {
        match &self.contents {
            None => str_::slice(self.object.r(), start, end),
            Some(c) if start == 0 && end == c.len() && self.object.r().is_exact::<bytes::BytesObject>() => {
                Ok(self.object.clone())
            }
            Some(c) => bytes::from_slice(&c[start..end]),
        }
    }
    pub fn search(&self, s: &mut State, code: &[u32]) -> PyResult<bool> {
        with_units!(self.units(), text => search(s, text, code))
    }
    pub fn match_here(&self, s: &mut State, code: &[u32]) -> PyResult<bool> {
        with_units!(self.units(), text => match_here(s, text, code))
    }
}
