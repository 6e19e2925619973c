//! SyntaxError: msg, filename, lineno, offset, text, end_lineno, end_offset, print_file_and_line, _metadata.
use super::fields::field_attribute;
use super::types::{init as base_init, own_fields};
use crate::call::Args;
use crate::exc;
use crate::object::{Own, PyResult, Ref, field, set_field};
use crate::typeobj::{GetSetDef, Slots, getset};
use crate::{object_protocol, types};

pub const SLOTS: Slots = Slots {
    init: Some(init),
    str: Some(str),
    ..Slots::NONE
};
pub static GETSET: &[GetSetDef] = &[
    field_attribute!("msg", 0),
    field_attribute!("filename", 1),
    field_attribute!("lineno", 2),
    field_attribute!("offset", 3),
    field_attribute!("text", 4),
    field_attribute!("end_lineno", 5),
    field_attribute!("end_offset", 6),
    field_attribute!("print_file_and_line", 7),
    field_attribute!("_metadata", 8),
];

/// CPython: SyntaxError_init.
fn init(e: Ref, a: &Args) -> PyResult<()> {
    base_init(e, a)?;
    let f = own_fields(e);
    if let Some(msg) = a.get(0) {
        set_field(&f[0], Some(msg.own()));
    }
    if a.len() != 2 {
        return Ok(());
    }
    let info = types::list::from_iterable(a.get(1).expect("length tested"))?;
    // SAFETY: the list is ours.
    let items = unsafe { types::list::items(info.r().cast()) };
    if !(4..=7).contains(&items.len()) || items.len() == 5 {
        if items.len() < 4 {
            return exc::type_error(format_args!(
                "function missing required argument {} (pos {})",
                names(items.len()),
                items.len() + 1
            ));
        }
        if items.len() == 5 {
            return exc::type_error(format_args!("end_offset must be provided when end_lineno is provided"));
        }
        return exc::type_error(format_args!(
            "function takes at most 7 arguments ({} given)",
            items.len()
        ));
    }
    for (i, v) in items.iter().enumerate() {
        let slot = if i == 6 { 8 } else { i + 1 };
        set_field(&f[slot], Some(Ref::from_value(*v).own()));
    }
    Ok(())
}
fn names(i: usize) -> &'static str {
    ["'filename'", "'lineno'", "'offset'", "'text'"][i.min(3)]
}

/// "msg (file, line N)".
fn str(e: Ref) -> PyResult {
    let f = own_fields(e);
    let msg = object_protocol::str(super::base::opt(&f[0]).r())?;
    let file = field(&f[1]).filter(|v| v.ty().has(pyaot_abi::type_flag::STR)).map(|v| {
        let path = types::str::to_string_lossy(v);
        path.rsplit('/').next().unwrap_or("").to_owned()
    });
    let line = field(&f[2]).and_then(Ref::small_int);
    let msg_text = types::str::to_string_lossy(msg.r());
    Ok(match (file, line) {
        (None, None) => msg,
        (Some(file), Some(line)) => Own::str(&format!("{msg_text} ({file}, line {line})")),
        (Some(file), None) => Own::str(&format!("{msg_text} ({file})")),
        (None, Some(line)) => Own::str(&format!("{msg_text} (line {line})")),
    })
}
