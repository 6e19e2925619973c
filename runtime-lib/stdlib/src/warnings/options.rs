//! `-W` options and PYTHONWARNINGS in a program that does not contain the module `warnings` (CPython: Lib/_py_warnings.py,
//! _processoptions): literal texts instead of regular expressions, which is what options are made of.
use pyaot_core::import;
use pyaot_core::prelude::*;

struct Row {
    action: &'static str,
    /// Start of the message, without case.
    message: String,
    category: Own,
    module: String,
    line: i64,
}
struct Rows(RefCell<Vec<Row>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Rows {}
/// The last option stands first: it decides.
static ROWS: Rows = Rows(RefCell::new(Vec::new()));

const ACTIONS: [&str; 7] = ["default", "always", "all", "ignore", "module", "once", "error"];

/// Notes all options of the process; wrong ones are reported and left out.
pub fn apply() -> PyResult<()> {
    for option in crate::sys::config::get().warn_options {
        match parse(&option)? {
            Ok(row) => ROWS.0.borrow_mut().insert(0, row),
            Err(message) => crate::sys::hooks::write_stderr(&format!("Invalid -W option ignored: {message}\n")),
        }
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    protocol::repr(Own::str(text).r()).map_or_else(
        |e| {
            drop(exc::caught(e));
            format!("'{text}'")
        },
        |r| str_::to_string_lossy(r.r()),
    )
}

fn parse(option: &str) -> PyResult<Result<Row, String>> {
    let parts: Vec<&str> = option.split(':').map(str::trim).collect();
    if parts.len() > 5 {
        return Ok(Err(format!("too many fields (max 5): {}", quoted(option))));
    }
    let part = |i: usize| parts.get(i).copied().unwrap_or("");
    let Some(action) = ACTIONS.into_iter().find(|a| a.starts_with(part(0))) else {
        return Ok(Err(format!("invalid action: {}", quoted(part(0)))));
    };
    let category = match category(part(2))? {
        Ok(c) => c,
        Err(message) => return Ok(Err(message)),
    };
    let line = match part(4) {
        "" => 0,
        text => match text.parse::<i64>() {
            Ok(n) if n >= 0 => n,
            _ => return Ok(Err(format!("invalid lineno {}", quoted(text)))),
        },
    };
    Ok(Ok(Row {
        action,
        message: part(1).to_lowercase(),
        category,
        module: part(3).to_owned(),
        line,
    }))
}

fn category(name: &str) -> PyResult<Result<Own, String>> {
    if name.is_empty() {
        return Ok(Ok(exc::types::WARNING.own()));
    }
    let (module, class) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let Some(m) = exc::swallow(import::import_module(module), &exc::types::IMPORT_ERROR)? else {
        return Ok(Err(format!("invalid module name: {}", quoted(module))));
    };
    let Some(c) = protocol::get_attr_opt(m.r(), str_::intern(class).r())? else {
        return Ok(Err(format!("unknown warning category: {}", quoted(name))));
    };
    let fits = c.r().downcast::<TypeObject>().is_some() && protocol::is_subclass(c.r(), exc::types::WARNING.r())?;
    Ok(if fits {
        Ok(c)
    } else {
        Err(format!("invalid warning category: {}", quoted(name)))
    })
}

/// The action of the first row that matches.
pub fn search(category: Ref, text: Ref, line: i64, module: Ref) -> PyResult<Option<Own>> {
    let count = ROWS.0.borrow().len();
    if count == 0 {
        return Ok(None);
    }
    let text = str_::to_string_lossy(protocol::str(text)?.r()).to_lowercase();
    let module = str_::to_string_lossy(protocol::str(module)?.r());
    for i in 0..count {
        let class = {
            let rows = ROWS.0.borrow();
            let r = &rows[i];
            if !text.starts_with(&r.message)
                || (!r.module.is_empty() && r.module != module)
                || (r.line != 0 && r.line != line)
            {
                continue;
            }
            r.category.clone()
        };
        if protocol::is_subclass(category, class.r())? {
            return Ok(Some(str_::intern(ROWS.0.borrow()[i].action)));
        }
    }
    Ok(None)
}
