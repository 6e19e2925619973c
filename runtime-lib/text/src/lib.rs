//! pyaot_text: the algorithms behind str, bytes, int and float text, without objects. What comes in are slices and
//! small structs (`Units` is str data), what goes out are `StrBuf`s, ranges, numbers and error texts equal to CPython's.
//! It depends on nothing of the runtime, so it is tested alone, against expectations recorded from CPython.
//!
//! | module | what core calls it for |
//! | --- | --- |
//! | `units` | `Units`, `StrBuf`, `Text`: text in one-, two- or four-byte units |
//! | `case` | lower, upper, title, capitalize, swapcase, casefold; is… of whole texts; splitlines; expandtabs |
//! | `unicode` | properties of one character; `unicode::normal` for normalisation |
//! | `hash` | hashes that Python sees, and the key from PYTHONHASHSEED |
//! | `float` | repr, e/f/g formatting, parsing, hex, round |
//! | `int_text` | digits of words, int(text, base) |
//! | `format_spec` | the format mini-language for str, int, float, complex |
//! | `percent`, `format_string` | templates of `%` and of str.format |
//! | `repr` | repr and ascii of str, repr of bytes |
//! | `search` | find, count, replace, split, strip |
//! | `bytes_text` | letters in bytes, hex and fromhex |
//! | `codec` | the built-in encodings and error handlers |
//! | `sort` | list.sort |
//! | `levenshtein` | "Did you mean" |

mod units;

pub mod bytes_text;
pub mod case;
pub mod codec;
pub mod float;
pub mod format_spec;
pub mod format_string;
pub mod hash;
pub mod int_text;
pub mod levenshtein;
pub mod percent;
pub mod repr;
pub mod search;
pub mod sort;
pub mod unicode;

pub use units::{NoMemory, StrBuf, Text, Unit, Units, UnitsIter};
