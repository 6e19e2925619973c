//! Names of symbols. One place, because the back end defines them, the driver refers to them, and tests read them.

/// The `ModuleStatic` of a module.
pub fn module_symbol(module: &str) -> String {
    format!("pyaot_module.{module}")
}

/// The static code object number `id` (pre-order) of a module.
pub fn code_symbol(module: &str, id: usize, qualname: &str) -> String {
    format!("pyc:{module}.{qualname}#{id}")
}

/// The direct entry of a code object.
pub fn direct_symbol(module: &str, id: usize, qualname: &str) -> String {
    format!("py:{module}.{qualname}#{id}")
}

/// Version `number` of a code object's function.
pub fn version_symbol(module: &str, id: usize, qualname: &str, number: u32) -> String {
    format!("pyv{number}:{module}.{qualname}#{id}")
}

/// The resume function of a generator's code object.
pub fn resume_symbol(module: &str, id: usize, qualname: &str) -> String {
    format!("pyr:{module}.{qualname}#{id}")
}

/// The function proper of one that has a front of its name.
pub fn rest_symbol(function: &str) -> String {
    format!("rest.{function}")
}

/// The code object that a function belongs to; `None` for symbols that are no compiled Python function.
pub fn code_symbol_of_function(symbol: &str) -> Option<String> {
    let (kind, rest) = symbol.strip_prefix("rest.").unwrap_or(symbol).split_once(':')?;
    let version = |k: &str| k.strip_prefix("pyv").is_some_and(|n| n.parse::<u32>().is_ok());
    (kind == "py" || kind == "pyr" || version(kind)).then(|| format!("pyc:{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_name_their_code_object() {
        let code = code_symbol("a.b", 3, "C.f");
        assert_eq!(
            code_symbol_of_function(&direct_symbol("a.b", 3, "C.f")),
            Some(code.clone())
        );
        assert_eq!(
            code_symbol_of_function(&resume_symbol("a.b", 3, "C.f")),
            Some(code.clone())
        );
        assert_eq!(code_symbol_of_function(&version_symbol("a.b", 3, "C.f", 7)), Some(code));
        assert_eq!(
            code_symbol_of_function(&rest_symbol(&direct_symbol("a.b", 3, "C.f"))),
            Some(code_symbol("a.b", 3, "C.f"))
        );
        assert_eq!(code_symbol_of_function("pyaot_add"), None);
    }
}
