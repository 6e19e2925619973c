//! Reading, iteration, `tell` and `seek` of `TextIOWrapper`.
//!
//! A position cookie is CPython's: byte position (64 bits), decoder flag, bytes to feed, characters to skip (32 each), "need end of
//! file".
use super::text::{TextIoWrapper, buffer, check_closed, errors, this, write_pending};
use super::text_codec::{Decoder, substr};
use super::*;
use pyaot_text::{StrBuf, Units};

/// Runs `f` with the decoder taken out: a Python decoder may call back.
fn with_decoder<R>(t: &TextIoWrapper, f: impl FnOnce(&mut Decoder) -> PyResult<R>) -> PyResult<R> {
    let Some(mut d) = t.decoder.take() else {
        return unsupported("not readable");
    };
    let r = f(&mut d);
    let mut now = t.decoder.borrow_mut();
    if now.is_none() {
        *now = Some(d);
    }
    r
}
/// Decodes and translates line ends.
fn decode(t: &TextIoWrapper, input: &[u8], last: bool) -> PyResult {
    let e = errors(t);
    let text = with_decoder(t, |d| d.decode_slice(input, &e, last))?;
    translate(t, text, last)
}
fn translate(t: &TextIoWrapper, text: Own, last: bool) -> PyResult {
    match t.newlines.get() {
        Some(mut n) => {
            let text = n.decode(text, last)?;
            t.newlines.set(Some(n));
            Ok(text)
        }
        None => Ok(text),
    }
}
/// State of decoder and newline translation as one flag, like CPython's nested decoders.
fn state(t: &TextIoWrapper) -> PyResult<(Vec<u8>, i64)> {
    let (b, flag) = with_decoder(t, |d| d.state())?;
    Ok(match t.newlines.get() {
        Some(n) => (b, flag << 1 | n.pending_cr as i64),
        None => (b, flag),
    })
}
fn set_state(t: &TextIoWrapper, pending: &[u8], flag: i64) -> PyResult<()> {
    let inner = match t.newlines.get() {
        Some(mut n) => {
            n.pending_cr = flag & 1 != 0;
            t.newlines.set(Some(n));
            flag >> 1
        }
        None => flag,
    };
    with_decoder(t, |d| d.set_state(pending, inner))
}
pub fn reset_decoder(o: Ref) -> PyResult<()> {
    let t = this(o);
    if let Some(mut n) = t.newlines.get() {
        n.pending_cr = false;
        n.seen = 0;
        t.newlines.set(Some(n));
    }
    with_decoder(t, |d| d.reset())
}

fn set_decoded(t: &TextIoWrapper, text: Option<Own>) {
    set_field(&t.decoded, text);
    t.used.set(0);
}
fn available(t: &TextIoWrapper) -> usize {
    field(&t.decoded).map_or(0, |d| str_::len(d) - t.used.get())
}
/// Takes up to `n` decoded characters.
fn take(t: &TextIoWrapper, n: usize) -> PyResult {
    let Some(d) = field(&t.decoded) else {
        return Ok(Own::str(""));
    };
    let at = t.used.get();
    let n = n.min(str_::len(d) - at);
    let r = substr(d, at, at + n)?;
    t.used.set(at + n);
    Ok(r)
}

/// CPython: textiowrapper_read_chunk. False at the end of the stream.
fn read_chunk(o: Ref, hint: usize) -> PyResult<bool> {
    let t = this(o);
    if t.decoder.borrow().is_none() {
        return unsupported("not readable");
    }
    let before = if t.telling.get() { Some(state(t)?) } else { None };
    let mut size = t.chunk_size.get();
    if hint > 0 {
        let ratio = if t.bytes_per_char.get() > 1.0 {
            t.bytes_per_char.get()
        } else {
            1.0
        };
        size = size.max((ratio * hint as f64) as usize);
    }
    let b = buffer(o)?.own();
    let input = if t.direct_reader.get() {
        buffered::read1(b.r(), size as isize)?
    } else {
        let name = if t.has_read1.get() {
            istr!("read1")
        } else {
            istr!("read")
        };
        call_method(b.r(), name, &[Own::usize(size).r()])?
    };
    let data = match input.r().ty().slots().bf_getbuffer {
        _ if input.r().ty().has(type_flag::BYTES) => os_call::content(input.r())?,
        Some(_) => os_call::content(input.r())?,
        None => {
            return exc::type_error(format_args!(
                "underlying {}() should have returned a bytes-like object, not '{}'",
                if t.has_read1.get() { "read1" } else { "read" },
                pyaot_core::call::convert::type_name(input.r())
            ));
        }
    };
    let eof = data.is_empty();
    let text = decode(t, &data, eof)?;
    let n = str_::len(text.r());
    t.bytes_per_char
        .set(if n > 0 { data.len() as f64 / n as f64 } else { 0.0 });
    set_decoded(t, Some(text));
    if let Some((pending, flag)) = before {
        let mut next = pending;
        next.extend_from_slice(&data);
        *t.snapshot.borrow_mut() = Some((flag, next));
    }
    Ok(!eof || n > 0)
}

fn start_reading(o: Ref) -> PyResult<()> {
    if this(o).decoder.borrow().is_none() {
        check_closed(o)?;
        return unsupported("not readable");
    }
    check_closed(o)?;
    write_pending(o)
}

/// CPython: _io_TextIOWrapper_read_impl.
pub fn read(o: Ref, n: isize) -> PyResult {
    start_reading(o)?;
    let t = this(o);
    if n < 0 {
        let data = if t.direct_reader.get() {
            buffered::read(buffer(o)?, -1)?
        } else {
            call_method(buffer(o)?, istr!("read"), &[])?
        };
        if data.r().is_none() {
            return blocking("Read returned None.", 0);
        }
        let data = os_call::content(data.r())?;
        let rest = decode(t, &data, true)?;
        let first = take(t, usize::MAX)?;
        set_decoded(t, None);
        *t.snapshot.borrow_mut() = None;
        if str_::len(first.r()) == 0 {
            return Ok(rest);
        }
        let mut out = StrBuf::with_capacity(str_::len(first.r()) + str_::len(rest.r()));
        out.push_units(str_::units(first.r()));
        out.push_units(str_::units(rest.r()));
        return str_::from_buf(out);
    }
    let n = n as usize;
    if available(t) >= n {
        return take(t, n);
    }
    let mut out = StrBuf::new();
    loop {
        let part = take(t, n - out.len())?;
        out.push_units(str_::units(part.r()));
        if out.len() >= n || !read_chunk(o, n - out.len())? {
            return str_::from_buf(out);
        }
    }
}

/// End of the first line in `u[from..]`, its line end included.
fn find_line_end(t: &TextIoWrapper, u: Units, from: usize) -> Option<usize> {
    let position = |c: char| match u {
        Units::One(s) => iobase::memchr(c as u8, &s[from..]).map(|i| from + i),
        _ => (from..u.len()).find(|i| u.get(*i) == c as u32),
    };
    match t.read_newline.get() {
        None | Some("\n") => position('\n').map(|i| i + 1),
        Some("\r") => position('\r').map(|i| i + 1),
        Some("") => {
            let lf = position('\n');
            match position('\r') {
                Some(cr) if lf.is_none_or(|lf| cr < lf) => Some(if cr + 1 < u.len() && u.get(cr + 1) == '\n' as u32 {
                    cr + 2
                } else {
                    cr + 1
                }),
                _ => lf.map(|i| i + 1),
            }
        }
        _ => {
            let mut at = from;
            loop {
                let cr = match u {
                    Units::One(s) => iobase::memchr(b'\r', &s[at..]).map(|i| at + i),
                    _ => (at..u.len()).find(|i| u.get(*i) == '\r' as u32),
                }?;
                if cr + 1 < u.len() && u.get(cr + 1) == '\n' as u32 {
                    return Some(cr + 2);
                }
                at = cr + 1;
            }
        }
    }
}

/// CPython: _textiowrapper_readline.
pub fn readline(o: Ref, limit: isize) -> PyResult {
    start_reading(o)?;
    let t = this(o);
    let limit = if limit < 0 { usize::MAX } else { limit as usize };
    let mut parts: Option<StrBuf> = None;
    // The text so far ends with a CR that may be the first half of the line end.
    let mut half = false;
    loop {
        let have = parts.as_ref().map_or(0, StrBuf::len);
        while available(t) == 0 {
            if !read_chunk(o, 0)? {
                set_decoded(t, None);
                *t.snapshot.borrow_mut() = None;
                return parts.map_or_else(|| Ok(Own::str("")), str_::from_buf);
            }
        }
        let Some(text) = field(&t.decoded).map(Ref::own) else {
            continue;
        };
        let u = str_::units(text.r());
        let at = t.used.get();
        let end = if half && u.get(at) == '\n' as u32 {
            Some(at + 1)
        } else {
            find_line_end(t, u, at)
        };
        let room = limit - have;
        let (to, done) = match end {
            Some(e) if e - at <= room => (e, true),
            _ if u.len() - at >= room => (at + room, true),
            _ => (u.len(), false),
        };
        t.used.set(to);
        if done && parts.is_none() {
            return substr(text.r(), at, to);
        }
        half = t.read_newline.get() == Some("\r\n") && to > at && u.get(to - 1) == '\r' as u32;
        let buf = parts.get_or_insert_with(StrBuf::new);
        buf.push_units(u.slice(at, to));
        if done {
            return parts.map_or_else(|| Ok(Own::str("")), str_::from_buf);
        }
    }
}

pub fn next(o: Ref) -> PyResult<Option<Own>> {
    buffer(o)?;
    let t = this(o);
    t.telling.set(false);
    let line = if o.is_exact::<TextIoWrapper>() {
        readline(o, -1)?
    } else {
        let line = call_method(o, istr!("readline"), &[])?;
        if !os_call::is_str(line.r()) {
            return exc::raise(
                &exc::types::OS_ERROR,
                format_args!(
                    "readline() should have returned a str object, not '{}'",
                    line.r().ty().name()
                ),
            );
        }
        line
    };
    if str_::len(line.r()) == 0 {
        *t.snapshot.borrow_mut() = None;
        t.telling.set(t.seekable.get());
        return Ok(None);
    }
    Ok(Some(line))
}

// ---- positions ----

#[derive(Default)]
struct Cookie {
    start: i64,
    flag: i64,
    feed: u32,
    skip: u32,
    need_eof: bool,
}
impl Cookie {
    /// CPython: textiowrapper_build_cookie: 64-bit position, 32-bit flag, feed and skip, one byte.
    fn object(&self) -> PyResult {
        let first = self.start as u64;
        let second = self.flag as u32 as u64 | (self.feed as u64) << 32;
        let third = self.skip as u64 | (self.need_eof as u64) << 32;
        let mut limbs = vec![first, second, third];
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        int::from_limbs(false, &limbs)
    }
    fn parse(v: Ref) -> PyResult<Cookie> {
        let i = int::index(v)?;
        let limbs = match int::view(i.r()) {
            int::View::Small(n) => vec![n as u64],
            int::View::Big(_, l) => l.to_vec(),
        };
        if limbs.len() > 3 || limbs.first().is_some_and(|l| *l > i64::MAX as u64) {
            return exc::overflow_error(format_args!("Python int too large to convert to C long"));
        }
        let limb = |i: usize| limbs.get(i).copied().unwrap_or(0);
        Ok(Cookie {
            start: limb(0) as i64,
            flag: limb(1) as u32 as i64,
            feed: (limb(1) >> 32) as u32,
            skip: limb(2) as u32,
            need_eof: limb(2) >> 32 != 0,
        })
    }
}

/// CPython: _io_TextIOWrapper_tell_impl.
pub fn tell(o: Ref) -> PyResult {
    check_closed(o)?;
    let t = this(o);
    if !t.seekable.get() {
        return unsupported("underlying stream is not seekable");
    }
    if !t.telling.get() {
        return exc::raise(
            &exc::types::OS_ERROR,
            format_args!("telling position disabled by next() call"),
        );
    }
    write_pending(o)?;
    call_method(o, istr!("flush"), &[])?;
    let at = call_method(buffer(o)?, istr!("tell"), &[])?;
    if t.decoder.borrow().is_none() {
        return Ok(at);
    }
    let Some((flag, next)) = t.snapshot.borrow().clone() else {
        return Ok(at);
    };
    let mut cookie = Cookie {
        start: int::as_i64(at.r())? - next.len() as i64,
        flag,
        ..Cookie::default()
    };
    let skip = t.used.get();
    if skip == 0 || t.decoded.get().is_null() {
        return cookie.object();
    }
    let (saved, saved_newlines) = (state(t)?, t.newlines.get());
    let r = (|| {
        // The bytes are fed one by one; wherever the decoder holds nothing back a cookie could start.
        set_state(t, &[], flag)?;
        let (mut fed, mut chars) = (0, 0);
        let mut safe = (0usize, flag, 0usize);
        while chars < skip && fed < next.len() {
            let text = decode(t, &next[fed..fed + 1], false)?;
            fed += 1;
            chars += str_::len(text.r());
            let (pending, flag) = state(t)?;
            if pending.is_empty() && chars <= skip {
                safe = (fed, flag, chars);
            }
        }
        cookie.start += safe.0 as i64;
        cookie.flag = safe.1;
        cookie.skip = (skip - safe.2) as u32;
        if cookie.skip > 0 {
            cookie.feed = (fed - safe.0) as u32;
            if chars < skip {
                let text = decode(t, &[], true)?;
                cookie.need_eof = true;
                chars += str_::len(text.r());
                if chars < skip {
                    return exc::raise(
                        &exc::types::OS_ERROR,
                        format_args!("can't reconstruct logical file position"),
                    );
                }
            }
        }
        Ok(())
    })();
    t.newlines.set(saved_newlines);
    match r {
        Ok(()) => {
            set_state(t, &saved.0, saved.1)?;
            cookie.object()
        }
        Err(e) => {
            let raised = exc::caught(e);
            if set_state(t, &saved.0, saved.1).is_err() {
                drop(exc::take());
            }
            exc::restore(raised)
        }
    }
}

/// The encoder's state after a seek: a byte order mark comes only at the very start.
fn reset_encoder(o: Ref, start: bool) -> PyResult<()> {
    let t = this(o);
    t.encode_start.set(start);
    let python = match &*t.encoder.borrow() {
        Some(text_codec::Encoder::Python(e)) => Some(e.clone()),
        _ => None,
    };
    if let Some(e) = python {
        if start {
            call_method(e.r(), istr!("reset"), &[])?;
        } else {
            call_method(e.r(), istr!("setstate"), &[Own::int(0).r()])?;
        }
    }
    Ok(())
}

/// CPython: _io_TextIOWrapper_seek_impl.
pub fn seek(o: Ref, a: &Bound) -> PyResult {
    let whence = a.get(1).map_or(Ok(0), os_call::c_int)?;
    check_closed(o)?;
    let t = this(o);
    if !t.seekable.get() {
        return unsupported("underlying stream is not seekable");
    }
    let zero = Own::int(0);
    let mut target = a.arg(0).own();
    match whence {
        0 => {}
        1 => {
            if !protocol::equal(target.r(), zero.r())? {
                return unsupported("can't do nonzero cur-relative seeks");
            }
            call_method(o, istr!("flush"), &[])?;
            target = call_method(o, istr!("tell"), &[])?;
        }
        2 => {
            if !protocol::equal(target.r(), zero.r())? {
                return unsupported("can't do nonzero end-relative seeks");
            }
            call_method(o, istr!("flush"), &[])?;
            set_decoded(t, None);
            *t.snapshot.borrow_mut() = None;
            if t.decoder.borrow().is_some() {
                reset_decoder(o)?;
            }
            let r = super::seek(buffer(o)?, 0, 2)?;
            reset_encoder(o, protocol::equal(r.r(), zero.r())?)?;
            return Ok(r);
        }
        _ => return exc::value_error(format_args!("invalid whence ({whence}, should be 0, 1 or 2)")),
    }
    if protocol::truth(pyaot_core::object_protocol::compare(target.r(), zero.r(), CompareOp::Lt)?.r())? {
        let r = protocol::repr(target.r())?;
        return exc::value_error(format_args!("negative seek position {}", str_::to_string_lossy(r.r())));
    }
    call_method(o, istr!("flush"), &[])?;
    let cookie = Cookie::parse(target.r())?;
    super::seek(buffer(o)?, cookie.start, 0)?;
    set_decoded(t, None);
    *t.snapshot.borrow_mut() = None;
    if t.decoder.borrow().is_some() {
        if cookie.start == 0 && cookie.flag == 0 {
            reset_decoder(o)?;
        } else {
            set_state(t, &[], cookie.flag)?;
        }
    }
    if cookie.skip > 0 {
        let input = call_method(buffer(o)?, istr!("read"), &[Own::int(cookie.feed as i64).r()])?;
        let input = expect_bytes(input, "underlying read()")?;
        let data = bytes::as_slice(input.r()).to_vec();
        let text = decode(t, &data, cookie.need_eof)?;
        *t.snapshot.borrow_mut() = Some((cookie.flag, data));
        if str_::len(text.r()) < cookie.skip as usize {
            return exc::raise(
                &exc::types::OS_ERROR,
                format_args!("can't restore logical file position"),
            );
        }
        set_decoded(t, Some(text));
        t.used.set(cookie.skip as usize);
    } else {
        *t.snapshot.borrow_mut() = Some((cookie.flag, Vec::new()));
    }
    if t.encoder.borrow().is_some() {
        reset_encoder(o, cookie.start == 0 && cookie.flag == 0)?;
    }
    Ok(target)
}
