//! The stages of one module, from file content to machine code, without files and processes.
//!
//! In: the bytes of a source file or of a `.pyc`. Out: the code object, any printed form, or an object file. The current stage is
//! kept per thread, so that an internal error can name it.
use crate::failure::{Failure, Result};
use crate::finder::Found;
use crate::units::Frame;
use pyaot_code::CodeObject;
use pyaot_code::dis::DisOptions;
use pyaot_llvm::{Form, Part};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    // A thread that the front end makes enters no stage.
    static STAGE: Cell<&'static str> = const { Cell::new("front end") };
}

/// Whether every thread that compiles has the stack that the front end needs.
pub static LARGE_STACKS: AtomicBool = AtomicBool::new(false);

/// The stage that this thread is in.
pub fn current_stage() -> &'static str {
    STAGE.get()
}

pub fn enter(stage: &'static str) {
    STAGE.set(stage);
}

/// What decides the code of a module; printed into its cache key.
#[derive(Debug, Clone)]
pub struct Options {
    pub opt_level: u8,
    #[expect(dead_code, reason = "read as part of the printed key")]
    pub python_optimize: u8,
    pub debug: bool,
    pub pie: bool,
    pub sanitize: bool,
    pub quick: bool,
    pub embed_source: bool,
    /// See `pyaot_ir::Module::hot_share`.
    pub hot_share: Option<u32>,
}

impl Options {
    fn llvm(&self) -> pyaot_llvm::Options {
        pyaot_llvm::Options {
            opt_level: self.opt_level,
            debug: self.debug,
            pie: self.pie,
            sanitize: self.sanitize,
            quick: self.quick,
        }
    }
}

#[derive(Debug, Clone)]
pub enum Artifact {
    Bytecode,
    Ir {
        function: Option<String>,
        after: Option<String>,
    },
    Llvm {
        function: Option<String>,
    },
    Assembly {
        function: Option<String>,
    },
    Object,
}

/// First bytes of every `.pyc` of any version since 1990: a magic number, CR, LF.
pub fn is_pyc(bytes: &[u8]) -> bool {
    bytes.len() >= 4 && bytes[2..4] == *b"\r\n" && bytes[1] != b'\n'
}

/// The code object of a module's file, and the warnings about its source.
pub fn code_object(module: &Found, bytes: &[u8], optimize: u8) -> Result<(Arc<CodeObject>, Vec<String>)> {
    let is_compiled = module
        .path
        .as_ref()
        .is_some_and(|p| p.extension().is_some_and(|e| e == "pyc"));
    if is_compiled || is_pyc(bytes) {
        enter("marshal");
        return match pyaot_code::marshal::read_pyc(bytes) {
            Ok((_, code)) => Ok((Arc::new(code), Vec::new())),
            Err(e) => Err(Failure::request(format!("cannot read '{}': {e}", module.filename))),
        };
    }
    enter("front end");
    let mode = crate::texts::of_name(&module.name).map_or(pyaot_frontend::Mode::Exec, |(mode, _)| mode);
    let flags = pyaot_frontend::Flags::default();
    // With the stacks of main no thread is needed for each module.
    let compile = match LARGE_STACKS.load(Ordering::Relaxed) {
        true => pyaot_frontend::compile_here,
        false => pyaot_frontend::compile,
    };
    match compile(bytes, &module.filename, mode, optimize, flags) {
        Ok(compiled) => {
            let warnings = compiled.warnings.iter().map(|w| {
                let line = usize::try_from(w.loc.lineno).unwrap_or(0);
                let text = String::from_utf8_lossy(bytes);
                let source = text.lines().nth(line.saturating_sub(1)).unwrap_or("").trim();
                format!(
                    "{}:{line}: {:?}: {}\n  {source}",
                    module.filename, w.category, w.message
                )
            });
            Ok((Arc::new(compiled.code), warnings.collect()))
        }
        Err(d) if d.class == pyaot_frontend::ErrorClass::SystemError => Err(Failure::internal("front end", d)),
        Err(d) if is_script(module) => Err(Failure::Program(crate::script_errors::text(&d, bytes))),
        Err(d) => Err(Failure::Program(d.printed(bytes))),
    }
}

/// A file that CPython would run as it is: folders and archives are imported.
fn is_script(module: &Found) -> bool {
    let name = module.path.as_ref().and_then(|p| p.file_name());
    module.name == "__main__" && name.is_some_and(|n| n != "__main__.py")
}

/// Everything behind the code object.
pub fn compile(
    module: &Found,
    bytes: &[u8],
    code: &Arc<CodeObject>,
    options: &Options,
    hot: &[u8],
    artifact: Artifact,
) -> Result<Vec<u8>> {
    if let Artifact::Bytecode = artifact {
        return bytecode_text(code, None, DisOptions::default());
    }
    let last = match &artifact {
        Artifact::Ir { after, .. } => after.as_deref(),
        _ => None,
    };
    let ir = lower(module, code, last, options)?;
    let form = match &artifact {
        Artifact::Bytecode => return bytecode_text(code, None, DisOptions::default()),
        Artifact::Ir { function, .. } => return ir_text(&ir, function.as_deref()),
        Artifact::Llvm { .. } => Form::LlvmIr,
        Artifact::Assembly { .. } => Form::Assembly,
        Artifact::Object => Form::Object,
    };
    enter("LLVM");
    let source = packed(bytes, options.embed_source);
    let unit = pyaot_llvm::Unit {
        package: module.package,
        stdlib: module.stdlib,
        text: crate::texts::of_name(&module.name).is_some(),
        filename: &module.filename,
        source: source.as_deref().map(|text| (text, bytes.len())),
        code,
        module: &ir,
        part: Part::Whole,
    };
    let out = pyaot_llvm::compile(&unit, &options.llvm(), hot, form).map_err(|e| Failure::internal("LLVM", e))?;
    match artifact {
        Artifact::Llvm { function: Some(name) } => Ok(only_function(&out, &name, "define ", "}")),
        Artifact::Assembly { function: Some(name) } => Ok(only_function(&out, &name, "\"py", "\t.size")),
        _ => Ok(out),
    }
}

/// A module's IR before the passes that take one function at a time.
pub fn specialised(module: &Found, code: &Arc<CodeObject>, options: &Options) -> Result<pyaot_ir::Module> {
    lower(module, code, Some(pyaot_passes::SPECIALISE), options)
}

/// The passes on a unit's module; what the data of its code objects needs of them.
pub fn unit_passes(ir: &mut pyaot_ir::Module, codes: &[pyaot_ir::CodeId]) -> Result<Vec<Frame>> {
    enter("passes");
    pyaot_passes::run_all(ir).map_err(|e| Failure::internal("passes", e))?;
    let frames = codes.iter().map(|code| {
        let info = &ir.codes[code.index()];
        Frame {
            slots: info.frame_slots,
            has_resume: info.resume.is_some(),
        }
    });
    Ok(frames.collect())
}

/// The object of some functions. `ir`: a unit's module after the passes.
pub fn unit_object(
    module: &Found,
    code: &CodeObject,
    ir: &pyaot_ir::Module,
    options: &Options,
    hot: &[u8],
) -> Result<Vec<u8>> {
    enter("LLVM");
    let unit = pyaot_llvm::Unit {
        package: module.package,
        stdlib: module.stdlib,
        text: false,
        filename: &module.filename,
        source: None,
        code,
        module: ir,
        part: Part::Functions,
    };
    pyaot_llvm::compile(&unit, &options.llvm(), hot, Form::Object).map_err(|e| Failure::internal("LLVM", e))
}

/// The object of a module's data. `ir`: the module without functions, with the frames of its code objects; `source`: the text of so
/// many bytes, packed.
pub fn data_object(
    module: &Found,
    length: usize,
    source: Option<&[u8]>,
    code: &CodeObject,
    ir: &pyaot_ir::Module,
) -> Result<Vec<u8>> {
    enter("data");
    let unit = pyaot_llvm::Unit {
        package: module.package,
        stdlib: module.stdlib,
        text: false,
        filename: &module.filename,
        source: source.map(|text| (text, length)),
        code,
        module: ir,
        part: Part::Data,
    };
    pyaot_llvm::data_object(&unit).map_err(|e| Failure::internal("data", e))
}

/// The source as the executable carries it for tracebacks.
pub fn packed(bytes: &[u8], embed_source: bool) -> Option<Vec<u8>> {
    (embed_source && !is_pyc(bytes) && !bytes.is_empty()).then(|| deflate(bytes))
}

/// IR up to and with the pass `last`; "lower" is what the passes read.
fn lower(module: &Found, code: &Arc<CodeObject>, last: Option<&str>, options: &Options) -> Result<pyaot_ir::Module> {
    enter("lower");
    // Only a damaged file has bytecode that cannot be lowered.
    let lower = match crate::texts::of_name(&module.name) {
        Some(_) => pyaot_lower::lower_text,
        None => pyaot_lower::lower_module,
    };
    let mut ir = lower(&module.name, code).map_err(|e| Failure::request(format!("{}: {e}", module.filename)))?;
    if module.stdlib {
        ir.functions.iter_mut().for_each(|f| f.light = true);
    }
    ir.specialise = !module.stdlib && options.opt_level > 1;
    ir.hot_share = options.hot_share.filter(|_| ir.specialise);
    if last == Some("lower") {
        return Ok(ir);
    }
    if let Some(name) = last
        && name != pyaot_passes::SPECIALISE
        && !pyaot_passes::PASSES.iter().any(|pass| pass.name == name)
    {
        let names: Vec<_> = pyaot_passes::PASSES.iter().map(|pass| pass.name).collect();
        return Err(Failure::request(format!(
            "no pass '{name}'; passes are: lower, {}, {}",
            pyaot_passes::SPECIALISE,
            names.join(", ")
        )));
    }
    enter("passes");
    pyaot_passes::run_until(&mut ir, last).map_err(|e| Failure::internal("passes", e))?;
    Ok(ir)
}

/// The code object of one of the program's modules, and what the passes did with it.
pub fn record(
    build: &crate::build::Build<'_>,
    module: &Found,
    bytes: &[u8],
) -> Result<(Arc<CodeObject>, pyaot_passes::record::Record)> {
    // Its warnings have been shown when it was compiled.
    let (code, _) = code_object(module, bytes, build.args.python_optimize)?;
    let mut ir = lower(module, &code, Some("lower"), &build.options())?;
    enter("passes");
    let record = pyaot_passes::run_recorded(&mut ir).map_err(|e| Failure::internal("passes", e))?;
    Ok((code, record))
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// What `python3.14 -m dis` prints; one function when asked for.
pub fn bytecode_text(code: &CodeObject, function: Option<&str>, options: DisOptions) -> Result<Vec<u8>> {
    enter("dis");
    let bad = |e: pyaot_code::BadCode| Failure::request(format!("bad bytecode in {}: {e}", code.qualname));
    let Some(name) = function else {
        return Ok(pyaot_code::dis::dis(code, options).map_err(bad)?.into_bytes());
    };
    let mut out = String::new();
    for code in pyaot_llvm::code_objects(code) {
        if code.qualname == name || code.name == name {
            out.push_str(&pyaot_code::dis::dis(code, options).map_err(bad)?);
        }
    }
    if out.is_empty() {
        return Err(Failure::request(format!("no function '{name}'")));
    }
    Ok(out.into_bytes())
}

fn ir_text(ir: &pyaot_ir::Module, function: Option<&str>) -> Result<Vec<u8>> {
    let Some(name) = function else {
        return Ok(pyaot_ir::text::print_module(ir).into_bytes());
    };
    let found: Vec<_> = ir
        .functions
        .iter()
        .filter(|f| f.name == name)
        .map(pyaot_ir::text::print_function)
        .collect();
    if found.is_empty() {
        return Err(Failure::request(format!("no function '{name}'")));
    }
    Ok(found.join("\n").into_bytes())
}

/// The definitions whose first line names `function`.
fn only_function(text: &[u8], function: &str, start: &str, end: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut out = String::new();
    let mut inside = false;
    let wanted = format!(".{function}#");
    for line in text.lines() {
        if line.starts_with(start) && line.contains(&wanted) {
            inside = true;
        }
        if inside {
            out.push_str(line);
            out.push('\n');
            inside = !line.starts_with(end);
        }
    }
    out.into_bytes()
}
