//! Showing a warning: through `warnings._showwarnmsg`, else straight to `sys.stderr` (CPython: call_show_warning, show_warning).
use super::{Warning, attr, attr_after_import};
use pyaot_core::builtins::print::sys_attribute;
use pyaot_core::call::{Args, call, call_method, call1};
use pyaot_core::entry::program;
use pyaot_core::exc::print::source;
use pyaot_core::istr;
use pyaot_core::prelude::*;

pub fn show(w: &Warning, text: Ref, message: Ref, category: Ref) -> PyResult<()> {
    // The Python side knows where the destroyed object came from.
    let found = match w.source {
        Some(_) => attr_after_import(istr!("_showwarnmsg"))?,
        None => attr(istr!("_showwarnmsg"))?,
    };
    let Some(f) = found else {
        if plain(w, text, category).is_err() {
            drop(exc::take());
        }
        return Ok(());
    };
    if f.r().ty().head.vectorcall.get().is_none() {
        return exc::type_error(format_args!("warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = attr(istr!("WarningMessage"))? else {
        return exc::runtime_error(format_args!("unable to get warnings.WarningMessage"));
    };
    let (line, none) = (Own::int(w.line), Own::none());
    let m = call(
        class.r(),
        &Args::positional(&[
            message,
            category,
            w.filename,
            line.r(),
            none.r(),
            none.r(),
            w.source.unwrap_or(none.r()),
        ]),
    )?;
    call1(f.r(), m.r())?;
    Ok(())
}

fn plain(w: &Warning, text: Ref, category: Ref) -> PyResult<()> {
    let name = str_::to_string_lossy(protocol::str(protocol::get_attr(category, istr!("__name__"))?.r())?.r());
    let Some(file) = sys_attribute(istr!("stderr"))? else {
        eprintln!("lost sys.stderr");
        return Ok(());
    };
    if file.r().is_none() {
        return Ok(());
    }
    let write = |s: Ref| call_method(file.r(), istr!("write"), &[s]).map(drop);
    write(w.filename)?;
    write(Own::str(&format!(":{}: {name}: ", w.line)).r())?;
    write(protocol::str(text)?.r())?;
    write(istr!("\n"))?;
    match w.source_line {
        Some(line) => {
            write(line)?;
            write(istr!("\n"))?;
        }
        None => {
            if let Some(line) = line_of_file(&str_::to_string_lossy(w.filename), w.line) {
                let shown = line.trim_matches([' ', '\t', '\x0c']);
                if !shown.is_empty() {
                    write(Own::str(&format!("  {shown}\n")).r())?;
                }
            }
        }
    }
    if w.source.is_some() {
        write(
            Own::str(&format!(
                "{name}: Enable tracemalloc to get the object allocation traceback\n"
            ))
            .r(),
        )?;
    }
    Ok(())
}

/// A line of a source file: of the text that the program carries, else of the file.
fn line_of_file(filename: &str, line: i64) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let main = program::program().map(|p| p.main);
    for m in program::modules().iter().copied().chain(main) {
        // SAFETY: static data of the program.
        let Some(m) = (unsafe { m.as_ref() }) else { continue };
        if Ref::from_nullable(m.file).is_some_and(|f| str_::to_string_lossy(f) == filename) {
            return source::text(m)?.lines().nth(index).map(str::to_owned);
        }
    }
    let text = std::fs::read(filename).ok()?;
    String::from_utf8_lossy(&text).lines().nth(index).map(str::to_owned)
}

/// The line as the module's loader gives it (CPython: get_source_line).
pub fn loader_line(globals: Ref, line: i64) -> PyResult<Option<Own>> {
    let Some(loader) = dict::get(globals, istr!("__loader__"))?.filter(|l| !l.r().is_none()) else {
        return Ok(None);
    };
    let Some(name) = dict::get(globals, istr!("__name__"))? else {
        return Ok(None);
    };
    let Some(f) = protocol::get_attr_opt(loader.r(), istr!("get_source"))? else {
        return Ok(None);
    };
    let text = call1(f.r(), name.r())?;
    if text.r().is_none() {
        return Ok(None);
    }
    let lines = call_method(text.r(), istr!("splitlines"), &[])?;
    let i = Own::int(line.saturating_sub(1));
    protocol::get_item(lines.r(), i.r()).map(Some)
}
