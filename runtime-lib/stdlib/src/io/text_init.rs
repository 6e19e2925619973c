//! `TextIOWrapper.__init__` and `reconfigure`: encoding, error handler and newline modes.
use super::newlines::Newlines;
use super::text::{TextIoWrapper, buffer, this};
use super::text_codec::{Decoder, Encoder, NativeDecoder, lookup, native};
use super::*;

pub fn init(o: Ref, args: &Args) -> PyResult<()> {
    let sig = sig!(
        "TextIOWrapper(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"
    );
    call::bind(sig, args, |b| {
        for (i, name) in [(1, "encoding"), (2, "errors")] {
            if let Some(v) = b.get_not_none(i).filter(|v| !os_call::is_str(*v)) {
                return exc::type_error(format_args!(
                    "TextIOWrapper() argument '{name}' must be str or None, not {}",
                    v.ty().name()
                ));
            }
        }
        let newline = match b.get_not_none(3) {
            Some(v) if !os_call::is_str(v) => {
                return exc::type_error(format_args!(
                    "TextIOWrapper() argument 'newline' must be str or None, not {}",
                    v.ty().name()
                ));
            }
            v => stringio::newline_arg(v, None, false)?,
        };
        let line_buffering = b.get(4).map_or(Ok(false), protocol::truth)?;
        let write_through = b.get(5).map_or(Ok(false), protocol::truth)?;
        this(o).ready.set(false);
        this(o).detached.set(false);
        set_up(
            o,
            b.arg(0),
            b.get_not_none(1),
            b.get_not_none(2),
            newline,
            line_buffering,
            write_through,
        )
    })
}

/// CPython: _io_TextIOWrapper___init___impl.
pub fn set_up(
    o: Ref,
    b: Ref,
    encoding: Option<Ref>,
    errors: Option<Ref>,
    newline: Option<&'static str>,
    line_buffering: bool,
    write_through: bool,
) -> PyResult<()> {
    let t = this(o);
    let name = match encoding {
        None if crate::sys::utf8_mode() => "utf-8".to_owned(),
        None => "UTF-8".to_owned(),
        Some(e) => str_::to_string_lossy(e),
    };
    let name = if name == "locale" { "UTF-8".to_owned() } else { name };
    if name.contains('\0') {
        return exc::value_error(format_args!("embedded null character"));
    }
    let errors_text = errors.map_or("strict".to_owned(), str_::to_string_lossy);
    set_field(&t.buffer, Some(b.own()));
    t.direct_writer.set(buffered::is_exact_writer(b));
    t.direct_reader.set(buffered::is_exact_reader(b));
    set_codecs(o, b, &name, &errors_text, newline)?;
    set_field(&t.encoding, Some(Own::str(&name)));
    set_field(&t.errors, Some(errors.map_or_else(|| Own::str("strict"), Ref::own)));
    t.line_buffering.set(line_buffering);
    t.write_through.set(write_through);
    t.pending.borrow_mut().clear();
    set_field(&t.decoded, None);
    t.used.set(0);
    *t.snapshot.borrow_mut() = None;
    t.bytes_per_char.set(0.0);
    let seekable = asks(b, istr!("seekable"))?;
    t.seekable.set(seekable);
    t.telling.set(seekable);
    t.has_read1.set(protocol::get_attr_opt(b, istr!("read1"))?.is_some());
    fix_start(o, b)?;
    t.ready.set(true);
    Ok(())
}

/// A stream that is not at its start gets no byte order mark (CPython: _textiowrapper_fix_encoder_state).
fn fix_start(o: Ref, b: Ref) -> PyResult<()> {
    let t = this(o);
    t.encode_start.set(true);
    if t.seekable.get() && t.encoder.borrow().is_some() {
        let at = call_method(b, istr!("tell"), &[])?;
        if !protocol::equal(at.r(), Own::int(0).r())? {
            t.encode_start.set(false);
            let python = match &*t.encoder.borrow() {
                Some(Encoder::Python(e)) => Some(e.clone()),
                _ => None,
            };
            if let Some(e) = python {
                call_method(e.r(), istr!("setstate"), &[Own::int(0).r()])?;
            }
        }
    }
    Ok(())
}

fn set_codecs(o: Ref, b: Ref, name: &str, errors: &str, newline: Option<&'static str>) -> PyResult<()> {
    let t = this(o);
    let known = native(name);
    let info = match known {
        Some(_) => {
            // Only development mode looks for the handler before it is needed.
            if crate::sys::config::get().dev_mode {
                text_codec::check_errors(errors)?;
            }
            None
        }
        None => Some(lookup(name)?),
    };
    let make = |attribute: Ref| -> PyResult {
        let info = info.as_ref().map_or_else(Own::none, Clone::clone);
        call_method(info.r(), attribute, &[Own::str(errors).r()])
    };
    let decoder = if asks(b, istr!("readable"))? {
        Some(match known {
            Some(e) => Decoder::Native(NativeDecoder::new(e)),
            None => Decoder::Python(make(istr!("incrementaldecoder"))?),
        })
    } else {
        None
    };
    let encoder = if asks(b, istr!("writable"))? {
        Some(match known {
            Some(e) => Encoder::Native(e),
            None => Encoder::Python(make(istr!("incrementalencoder"))?),
        })
    } else {
        None
    };
    set_newline(t, newline);
    if decoder.is_none() {
        t.newlines.set(None);
    }
    *t.decoder.borrow_mut() = decoder;
    *t.encoder.borrow_mut() = encoder;
    *t.errors_text.borrow_mut() = errors.to_owned();
    Ok(())
}

fn set_newline(t: &TextIoWrapper, newline: Option<&'static str>) {
    let universal = newline.is_none_or(str::is_empty);
    t.read_newline.set(newline);
    t.read_universal.set(universal);
    t.write_newline.set(newline.filter(|n| n.starts_with('\r')));
    t.newlines.set(universal.then(|| Newlines {
        translate: newline.is_none(),
        ..Newlines::default()
    }));
}

/// CPython: _io_TextIOWrapper_reconfigure_impl.
pub fn reconfigure(o: Ref, a: &Bound) -> PyResult {
    let t = this(o);
    let b = buffer(o)?.own();
    for (i, name) in [(0, "encoding"), (1, "errors"), (2, "newline")] {
        if let Some(v) = a.get_not_none(i).filter(|v| !os_call::is_str(*v)) {
            return exc::type_error(format_args!(
                "reconfigure() argument '{name}' must be str or None, not {}",
                v.ty().name()
            ));
        }
    }
    let newline_given = a.get(2).is_some();
    if !t.decoded.get().is_null() && (a.get_not_none(0).is_some() || a.get_not_none(1).is_some() || newline_given) {
        return unsupported("It is not possible to set the encoding or newline of stream after the first read");
    }
    let newline = if newline_given {
        stringio::newline_arg(a.get(2), None, false)?
    } else {
        t.read_newline.get()
    };
    let truth = |i: usize, old: bool| -> PyResult<bool> {
        match a.get_not_none(i) {
            Some(v) => Ok(int::as_i64(v)? != 0),
            None => Ok(old),
        }
    };
    let line_buffering = truth(3, t.line_buffering.get())?;
    let write_through = truth(4, t.write_through.get())?;
    call_method(o, istr!("flush"), &[])?;
    if a.get_not_none(0).is_some() || a.get_not_none(1).is_some() || newline_given {
        let encoding = match a.get_not_none(0) {
            Some(e) => {
                let n = str_::to_string_lossy(e);
                if n == "locale" { Own::str("UTF-8") } else { e.own() }
            }
            None => field(&t.encoding).map_or_else(Own::none, Ref::own),
        };
        // A new encoding starts with strict error handling.
        let errors = match (a.get_not_none(1), a.get_not_none(0)) {
            (Some(e), _) => e.own(),
            (None, Some(_)) => Own::str("strict"),
            (None, None) => field(&t.errors).map_or_else(|| Own::str("strict"), Ref::own),
        };
        let (name, errors_text) = (str_::to_string_lossy(encoding.r()), str_::to_string_lossy(errors.r()));
        set_codecs(o, b.r(), &name, &errors_text, newline)?;
        set_field(&t.encoding, Some(encoding));
        set_field(&t.errors, Some(errors));
        fix_start(o, b.r())?;
    }
    t.line_buffering.set(line_buffering);
    t.write_through.set(write_through);
    Ok(Own::none())
}
