//! Names of symbols. One place, because the back end defines them, the driver refers to them, and tests read them.
use pyaot_code::CodeObject;
use std::collections::HashMap;

/// The `ModuleStatic` of a module.
pub fn module_symbol(module: &str) -> String {
    format!("pyaot_module.{module}")
}

/// The address of a module's global variable cell, by its name.
pub fn cell_symbol(module: &str, name: &[u8]) -> String {
    // Quoted in assembly, where only these are sure to stand for themselves.
    let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    match name.iter().all(plain) {
        true => format!("pyg:{module}.{}", String::from_utf8_lossy(name)),
        false => format!(
            "pyg:{module}.%{}",
            name.iter().map(|b| format!("{b:02x}")).collect::<String>()
        ),
    }
}

/// The cell of a global variable of `module`.
pub fn cell_symbol_of(module: &pyaot_ir::Module, id: pyaot_ir::GlobalId) -> String {
    let name: &[u8] = match module.constant(module.globals[id.index()]) {
        pyaot_ir::Const::Str(text) => text,
        _ => b"",
    };
    cell_symbol(&module.name, name)
}

/// All cells of a module's global variables.
pub fn cells_symbol(module: &str) -> String {
    format!("pyaot_cells.{module}")
}

/// Names of a module's code objects, given in pre-order: qualified names, numbered where several have the same. So a name stays when
/// code is added elsewhere.
pub fn code_names(module: &str, codes: &[&CodeObject]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let names = codes.iter().map(|code| {
        let qualname = code.qualname.to_string_lossy();
        let number = seen.entry(qualname.clone()).or_default();
        *number += 1;
        format!("{module}.{qualname}#{}", *number - 1)
    });
    names.collect()
}

/// The static code object of that name.
pub fn code_symbol(name: &str) -> String {
    format!("pyc:{name}")
}

/// The run-time constants of a code object.
pub fn const_cells_symbol(name: &str) -> String {
    format!("pyf:{name}")
}

/// The direct entry of a code object.
pub fn direct_symbol(name: &str) -> String {
    format!("py:{name}")
}

/// Version `number` of a code object's function, counted for it alone.
pub fn version_symbol(name: &str, number: usize) -> String {
    format!("pyv{number}:{name}")
}

/// The resume function of a generator's code object.
pub fn resume_symbol(name: &str) -> String {
    format!("pyr:{name}")
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
        let name = "a.b.C.f#0";
        let code = code_symbol(name);
        assert_eq!(code_symbol_of_function(&direct_symbol(name)), Some(code.clone()));
        assert_eq!(code_symbol_of_function(&resume_symbol(name)), Some(code.clone()));
        assert_eq!(code_symbol_of_function(&version_symbol(name, 7)), Some(code));
        assert_eq!(
            code_symbol_of_function(&rest_symbol(&direct_symbol(name))),
            Some(code_symbol(name))
        );
        assert_eq!(code_symbol_of_function("pyaot_add"), None);
    }
}
