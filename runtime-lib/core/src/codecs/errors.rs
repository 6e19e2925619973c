//! Raising the Unicode errors, and making them for handlers.
use crate::call::{Args, call};
use crate::exc::{self, types};
use crate::object::{Own, PyResult, Ref};
use crate::typeobj::TypeObject;
use crate::types::bytes;

fn make(ty: &'static TypeObject, encoding: &str, object: Ref, start: usize, end: usize, reason: &str) -> PyResult {
    let (encoding, reason) = (Own::str(encoding), Own::str(reason));
    let (start, end) = (Own::usize(start), Own::usize(end));
    call(
        ty.r(),
        &Args::positional(&[encoding.r(), object, start.r(), end.r(), reason.r()]),
    )
}

/// A UnicodeEncodeError about characters `start..end` of the str.
pub fn encode_error(encoding: &str, text: Ref, start: usize, end: usize, reason: &str) -> PyResult {
    make(&types::UNICODE_ENCODE_ERROR, encoding, text, start, end, reason)
}
/// A UnicodeDecodeError about bytes `start..end` of the input.
pub fn decode_error(encoding: &str, input: &[u8], start: usize, end: usize, reason: &str) -> PyResult {
    let object = bytes::from_slice(input)?;
    make(&types::UNICODE_DECODE_ERROR, encoding, object.r(), start, end, reason)
}
#[cold]
pub fn raise_encode<R>(encoding: &str, text: Ref, start: usize, end: usize, reason: &str) -> PyResult<R> {
    exc::raise_object(encode_error(encoding, text, start, end, reason)?)
}
#[cold]
pub fn raise_decode<R>(encoding: &str, input: &[u8], start: usize, end: usize, reason: &str) -> PyResult<R> {
    exc::raise_object(decode_error(encoding, input, start, end, reason)?)
}
