//! `print` and `input`: text goes to `sys.stdout` through its `write` method; before `sys` exists, straight to file descriptor 1.
use crate::call::{self, Bound};
use crate::object::{Own, PyResult, Ref};
use crate::{exc, istr, object_protocol as protocol, types};
use pyaot_abi::type_flag;

/// An attribute of the `sys` module, if it is loaded and has it.
pub fn sys_attribute(name: Ref) -> PyResult<Option<Own>> {
    match types::dict::get(crate::import::modules(), istr!("sys"))? {
        Some(sys) => types::dict::get(types::module::dict(sys.r()), name),
        None => Ok(None),
    }
}

/// CPython: builtin_print_impl.
pub fn print(b: &Bound) -> PyResult {
    let separator = text_or_none(b.get_not_none(0), "sep")?;
    let end = text_or_none(b.get_not_none(1), "end")?;
    let file = match b.get_not_none(2) {
        Some(f) => f.own(),
        None => match sys_attribute(istr!("stdout"))? {
            Some(f) if f.r().is_none() => return Ok(Own::none()),
            Some(f) => f,
            None => return exc::runtime_error(format_args!("lost sys.stdout")),
        },
    };
    let write = Writer::of(file.r())?;
    for (i, v) in b.star.iter().enumerate() {
        if i > 0 {
            match separator {
                Some(s) => write.text(s)?,
                None => write.text(istr!(" "))?,
            }
        }
        let v = Ref::from_value(*v);
        if v.is_exact::<types::str::StrObject>() {
            write.text(v)?;
        } else {
            write.text(protocol::str(v)?.r())?;
        }
    }
    match end {
        Some(s) => write.text(s)?,
        None => write.text(istr!("\n"))?,
    }
    if b.get(3).map_or(Ok(false), protocol::truth)? {
        call::call_method(file.r(), istr!("flush"), &[])?;
    }
    Ok(Own::none())
}

fn text_or_none<'a>(v: Option<Ref<'a>>, name: &str) -> PyResult<Option<Ref<'a>>> {
    match v {
        Some(v) if !v.ty().has(type_flag::STR) => {
            exc::type_error(format_args!("{name} must be None or a string, not {}", v.ty().name()))
        }
        v => Ok(v),
    }
}

/// Writes a str to a file, or says that the file is none of its type.
pub type DirectWrite = fn(file: Ref, text: Ref) -> PyResult<()>;
struct Direct(core::cell::Cell<Option<(&'static crate::typeobj::TypeObject, DirectWrite)>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Direct {}
static DIRECT: Direct = Direct(core::cell::Cell::new(None));

/// Files of exactly this type are written to without a method call (`_io.TextIOWrapper` of the standard library).
pub fn set_direct_write(ty: &'static crate::typeobj::TypeObject, f: DirectWrite) {
    DIRECT.0.set(Some((ty, f)));
}

/// How to write to a file: straight, or through its `write` method, looked up once.
enum Writer<'a> {
    Direct(Ref<'a>, DirectWrite),
    Method(Own),
}
impl<'a> Writer<'a> {
    fn of(file: Ref<'a>) -> PyResult<Writer<'a>> {
        if let Some((ty, f)) = DIRECT.0.get()
            && core::ptr::eq(file.ty(), ty)
            && file.value().is_heap()
            // `sys.stdout.write = f` of an instance counts.
            && protocol::instance_attr(ty, file, istr!("write"))?.is_none()
        {
            return Ok(Writer::Direct(file, f));
        }
        Ok(Writer::Method(protocol::get_attr(file, istr!("write"))?))
    }
    fn text(&self, s: Ref) -> PyResult<()> {
        match self {
            Writer::Direct(file, f) => f(*file, s),
            Writer::Method(write) => call::call1(write.r(), s).map(drop),
        }
    }
}

/// `input(prompt)`: prompt to standard output, one line from standard input (CPython: builtin_input_impl, without readline).
pub fn input(prompt: Option<Ref>) -> PyResult {
    let need = |name: &'static str, v: PyResult<Option<Own>>| match v? {
        Some(v) if !v.r().is_none() => Ok(v),
        _ => exc::runtime_error(format_args!("input(): lost sys.{name}")),
    };
    let stdin = need("stdin", sys_attribute(istr!("stdin")))?;
    let stdout = need("stdout", sys_attribute(istr!("stdout")))?;
    if let Some(stderr) = sys_attribute(istr!("stderr"))?.filter(|v| !v.r().is_none()) {
        exc::swallow(
            call::call_method(stderr.r(), istr!("flush"), &[]),
            &exc::types::EXCEPTION,
        )?;
    }
    if let Some(p) = prompt {
        Writer::of(stdout.r())?.text(protocol::str(p)?.r())?;
    }
    exc::swallow(
        call::call_method(stdout.r(), istr!("flush"), &[]),
        &exc::types::EXCEPTION,
    )?;
    let line = call::call_method(stdin.r(), istr!("readline"), &[])?;
    if !line.r().ty().has(type_flag::STR) {
        return exc::type_error(format_args!("object.readline() returned non-string"));
    }
    let n = types::str::len(line.r());
    if n == 0 {
        return exc::raise_args(&exc::types::EOF_ERROR, vec![Own::str("EOF when reading a line")]);
    }
    if types::str::code_point(types::str::cast(line.r()), n - 1) == '\n' as u32 {
        return types::str::slice(line.r(), 0, n - 1);
    }
    Ok(line)
}
