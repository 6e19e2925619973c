//! Private names: `__x` inside class `C` is `_C__x`.

use crate::names::{Ident, Names};

/// CPython: Python/symtable.c, _Py_Mangle.
#[inline]
pub fn mangle(names: &mut Names, private: Option<Ident>, name: Ident) -> Ident {
    let Some(private) = private else { return name };
    if !name.is_private() {
        return name;
    }
    let bytes = names.bytes(name);
    let class = names.bytes(private);
    let Some(start) = class.iter().position(|b| *b != b'_') else {
        return name;
    };
    let mangled = [b"_", &class[start..], bytes].concat();
    names.intern(&mangled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let m = |class: &str, name: &str| {
            let mut names = Names::new();
            let (class, name) = (names.intern(class.as_bytes()), names.intern(name.as_bytes()));
            let mangled = mangle(&mut names, Some(class), name);
            names.text(mangled).to_string_lossy()
        };
        assert_eq!(m("C", "__x"), "_C__x");
        assert_eq!(m("__C", "__x_"), "_C__x_");
        assert_eq!(m("C", "__x__"), "__x__");
        assert_eq!(m("___", "__x"), "__x");
        assert_eq!(m("C", "__a.b"), "__a.b");
        assert_eq!(m("C", "_x"), "_x");
    }
}
