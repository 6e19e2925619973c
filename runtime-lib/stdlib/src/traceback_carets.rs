//! Where the carets of a traceback stand, for the module `traceback`.
//!
//! The library parses the source segment for it, and a compiled program has no parser; the runtime's own tracebacks find the same places
//! without one (`exc::print::anchors`). So two functions of the module are native here.
use pyaot_core::call::{Args, builtin, call, convert};
use pyaot_core::exc::print::frame;
use pyaot_core::istr;
use pyaot_core::prelude::*;
use pyaot_core::types::module;

static ANCHORS: MethodDef = one(
    sig!("_extract_caret_anchors_from_line_segment($module, segment, /)"),
    anchors,
);
static SHOW: MethodDef = bound(
    sig!("_should_show_carets($module, start_offset, end_offset, all_lines, anchors, /)"),
    |_, b| {
        let (start, end) = (convert::index(b.arg(0))?, convert::index(b.arg(1))?);
        let mut lines = Vec::new();
        for l in convert::sequence(b.arg(2), "all_lines must be a sequence")? {
            lines.push(str_::to_string_lossy(convert::str_arg(
                "_should_show_carets",
                "line",
                l.r(),
            )?));
        }
        let help = frame::carets_help(&lines, start.max(0) as usize, end.max(0) as usize);
        Ok(Own::bool(help))
    },
);

fn anchors(m: Ref, segment: Ref) -> PyResult {
    let segment = convert::str_arg("_extract_caret_anchors_from_line_segment", "argument", segment)?;
    let Some(places) = frame::anchors_of(&str_::to_string_lossy(segment)) else {
        return Ok(Own::none());
    };
    let class = protocol::get_attr(m, istr!("_Anchors"))?;
    let places = places.map(Own::usize);
    let [a, b, c, d] = &places;
    call(class.r(), &Args::positional(&[a.r(), b.r(), c.r(), d.r()]))
}

/// Puts the native functions into the module `traceback`.
pub fn install(m: Ref) -> PyResult<()> {
    let name = || Some(Own::str("traceback"));
    module::add(m, ANCHORS.name(), builtin::new(&ANCHORS, Some(m.own()), name())?)?;
    let summary = protocol::get_attr(m, istr!("StackSummary"))?;
    // A built-in function does not bind: `self` is not asked for.
    let show = builtin::new(&SHOW, Some(m.own()), name())?;
    protocol::set_attr(summary.r(), istr!("_should_show_carets"), Some(show.r()))
}
