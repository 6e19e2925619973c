//! Builder for the repr of containers: pieces of text and reprs of values, any code points.
use crate::object::{PyResult, Ref};
use crate::object_protocol as protocol;
use crate::types::str;
use pyaot_text::StrBuf;

#[derive(Default)]
pub struct ReprText(StrBuf);

impl ReprText {
    pub fn new() -> ReprText {
        ReprText(StrBuf::new())
    }
    pub fn push(&mut self, s: &str) -> &mut ReprText {
        self.0.push_str(s);
        self
    }
    /// Adds a str object's text.
    pub fn push_object(&mut self, s: Ref) -> &mut ReprText {
        self.0.push_units(str::units(s));
        self
    }
    /// Adds `repr(v)`.
    pub fn push_repr(&mut self, v: Ref) -> PyResult<&mut ReprText> {
        let text = protocol::repr(v)?;
        Ok(self.push_object(text.r()))
    }
    pub fn finish(self) -> PyResult {
        str::from_buf(self.0)
    }
}
