//! Private names: `__x` inside class `C` is `_C__x`.

use crate::syntax::ast::Ident;

/// CPython: Python/symtable.c, _Py_Mangle.
pub fn mangle(private: Option<&Ident>, name: &Ident) -> Ident {
    let bytes = name.as_bytes();
    let Some(private) = private else { return name.clone() };
    if !bytes.starts_with(b"__") || bytes.ends_with(b"__") || bytes.contains(&b'.') {
        return name.clone();
    }
    let class = private.to_string_lossy();
    let class = class.trim_start_matches('_');
    if class.is_empty() {
        return name.clone();
    }
    Ident::from(format!("_{class}{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let m = |class: &str, name: &str| mangle(Some(&Ident::from(class)), &Ident::from(name)).to_string_lossy();
        assert_eq!(m("C", "__x"), "_C__x");
        assert_eq!(m("__C", "__x_"), "_C__x_");
        assert_eq!(m("C", "__x__"), "__x__");
        assert_eq!(m("___", "__x"), "__x");
        assert_eq!(m("C", "__a.b"), "__a.b");
        assert_eq!(m("C", "_x"), "_x");
    }
}
