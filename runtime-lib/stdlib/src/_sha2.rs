//! `_sha2`: SHA-224, SHA-256, SHA-384 and SHA-512 (CPython: Modules/sha2module.c).
use crate::native_type::native_type;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::{bytes, module};
use pyaot_core::{buffer, typeobj};
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// Feeds a bytes-like object; str has a message of its own.
fn feed(v: Ref, f: impl FnOnce(&[u8])) -> PyResult<()> {
    if v.ty().has(type_flag::STR) {
        return exc::type_error(format_args!("Strings must be encoded before hashing"));
    }
    if !buffer::supports(v) {
        return exc::type_error(format_args!("object supporting the buffer API required"));
    }
    f(&buffer::contents(v)?);
    Ok(())
}

/// The data that a constructor was given, under either name.
fn data<'a>(b: &Bound<'a>) -> PyResult<Option<Ref<'a>>> {
    if let Some(v) = b.get(1) {
        protocol::truth(v)?;
    }
    match (b.get(0), b.get(2)) {
        (Some(_), Some(_)) => exc::type_error(format_args!(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version."
        )),
        (data, string) => Ok(data.or(string)),
    }
}

macro_rules! digests {
    ($($ident:ident, $ty:ident, $hasher:ident, $type_name:literal, $name:literal, $sig:literal, $block:literal, $doc:literal;)*) => {
        $(
            native_type! {
                struct $ident, $ty, $type_name {} { hasher: RefCell<$hasher> }
                flags: type_flag::DISALLOW_INSTANTIATION, doc: "",
                slots: {},
                methods: &[
                    noargs(sig!("copy($self, /)"), |h| {
                        let state = $ident::cast(h).hasher.borrow().clone();
                        $ident::make(&$ty, RefCell::new(state))
                    })
                    .doc("Return a copy of the hash object."),
                    noargs(sig!("digest($self, /)"), |h| {
                        bytes::from_slice(&$ident::cast(h).hasher.borrow().clone().finalize())
                    })
                    .doc("Return the digest value as a bytes object."),
                    noargs(sig!("hexdigest($self, /)"), |h| {
                        let all = $ident::cast(h).hasher.borrow().clone().finalize();
                        Ok(Own::str(&all.iter().map(|b| format!("{b:02x}")).collect::<String>()))
                    })
                    .doc("Return the digest value as a string of hexadecimal digits."),
                    one(sig!("update($self, obj, /)"), |h, v| {
                        feed(v, |data| $ident::cast(h).hasher.borrow_mut().update(data))?;
                        Ok(Own::none())
                    })
                    .doc("Update this hash object's state with the provided string."),
                ],
                getset: &[
                    getter("block_size", |_| Ok(Own::int($block))),
                    getter("name", |_| Ok(Own::str($name))),
                    getter("digest_size", |_| Ok(Own::usize(<$hasher as Digest>::output_size()))),
                ]
            }
        )*
        static FUNCTIONS: &[MethodDef] = &[$(
            raw(sig!($sig), |_, a| {
                if a.len() > 1 {
                    return exc::type_error(format_args!(
                        concat!($name, "() takes at most 1 positional argument ({} given)"),
                        a.len()
                    ));
                }
                pyaot_core::call::bind(sig!($sig), a, |b| {
                    let mut hasher = $hasher::new();
                    if let Some(v) = data(b)? {
                        feed(v, |data| hasher.update(data))?;
                    }
                    $ident::make(&$ty, RefCell::new(hasher))
                })
            })
            .doc($doc)
        ),*];
        static TYPES: &[&TypeObject] = &[$(&$ty),*];
    };
}
digests! {
    Digest224, SHA224_TYPE, Sha224, "_sha2.SHA224Type", "sha224", "sha224($module, /, data=b'', *, usedforsecurity=True, string=None)", 64,
        "Return a new SHA-224 hash object; optionally initialized with a string.";
    Digest256, SHA256_TYPE, Sha256, "_sha2.SHA256Type", "sha256", "sha256($module, /, data=b'', *, usedforsecurity=True, string=None)", 64,
        "Return a new SHA-256 hash object; optionally initialized with a string.";
    Digest384, SHA384_TYPE, Sha384, "_sha2.SHA384Type", "sha384", "sha384($module, /, data=b'', *, usedforsecurity=True, string=None)", 128,
        "Return a new SHA-384 hash object; optionally initialized with a string.";
    Digest512, SHA512_TYPE, Sha512, "_sha2.SHA512Type", "sha512", "sha512($module, /, data=b'', *, usedforsecurity=True, string=None)", 128,
        "Return a new SHA-512 hash object; optionally initialized with a string.";
}

pub fn make() -> PyResult {
    let m = module::new("_sha2")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    for ty in TYPES {
        typeobj::ready(ty);
        module::add(m.r(), ty.name(), ty.own())?;
    }
    Ok(m)
}
