//! Text form of modules and functions. In: IR. Out: text, and back; `parse(print(m)) == m` for renumbered functions.
//!
//! One inst a line: `%3: any = op[imm, …](%1, %2) @site !bE(…) -> bT(…), bF(…)`; `!` is the error edge. The types of
//! results are written out, so that a reader needs no table.
use crate::function::{
    Block, BlockId, CacheId, CodeId, ConstId, Edge, Function, GlobalId, Imm, Inst, Kind, Param, Stage, ValueId,
};
use crate::module::{CodeInfo, Const, Module, Signature};
use crate::op::{ImmKind, Op};
use crate::types::{Cond, Ty};
use pyaot_abi::INTRINSICS;
use std::fmt::Write;

/// Text of a module.
pub fn print_module(module: &Module) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "module {}", quote(module.name.as_bytes()));
    for (i, value) in module.consts.iter().enumerate() {
        let _ = writeln!(out, "const {i} = {}", const_text(value));
    }
    for (i, name) in module.globals.iter().enumerate() {
        let _ = writeln!(out, "global {i} = {}", name.0);
    }
    let _ = writeln!(out, "caches {}", module.attr_caches);
    for (i, code) in module.codes.iter().enumerate() {
        let opt = |v: Option<u32>| v.map_or("-".to_string(), |v| v.to_string());
        let _ = writeln!(
            out,
            "code {i} {} consts ({}) direct {} resume {} params {} consumed {} arity {} free {} slots {}{}{}{}",
            quote(code.name.as_bytes()),
            join(code.consts.iter().map(|c| c.0.to_string())),
            opt(code.direct),
            opt(code.resume),
            code.nparams,
            code.consumed,
            opt(code.fast_arity),
            code.nfree,
            code.frame_slots,
            if code.plain_params { " plain" } else { "" },
            if code.makes_generator { " generator" } else { "" },
            signature(&code.signature),
        );
    }
    for (global, code) in &module.bound {
        let _ = writeln!(out, "bound {} = {}", global.0, code.0);
    }
    for (i, function) in module.versions.iter().enumerate() {
        let _ = writeln!(out, "version {i} = {function}");
    }
    for function in &module.functions {
        out.push('\n');
        out.push_str(&print_function(function));
    }
    out
}

fn signature(s: &Signature) -> String {
    if s.names.is_empty() {
        return String::new();
    }
    format!(
        " names ({}) positional {} posonly {} kwonly {}{}{}",
        join(s.names.iter().map(|c| c.0.to_string())),
        s.positional,
        s.posonly,
        s.kwonly,
        if s.star { " star" } else { "" },
        if s.keywords { " keywords" } else { "" },
    )
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for &b in bytes {
        match b {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(b as char);
            }
            0x20..0x7f => out.push(b as char),
            _ => {
                let _ = write!(out, "\\{b:02x}");
            }
        }
    }
    out.push('"');
    out
}

fn const_text(value: &Const) -> String {
    let ids = |ids: &[ConstId]| join(ids.iter().map(|c| c.0.to_string()));
    match value {
        Const::None => "none".into(),
        Const::False => "false".into(),
        Const::True => "true".into(),
        Const::Ellipsis => "ellipsis".into(),
        Const::Int(i) => format!("int {i}"),
        Const::BigInt { negative, limbs } => {
            let limbs: Vec<String> = limbs.iter().rev().map(|l| format!("{l:016x}")).collect();
            format!("bigint {}{}", if *negative { "-" } else { "+" }, limbs.join(""))
        }
        Const::Float(bits) => format!("float {bits:016x} ; {:?}", f64::from_bits(*bits)),
        Const::Complex(re, im) => format!("complex {re:016x} {im:016x}"),
        Const::Str(text) => format!("str {}", quote(text)),
        Const::Bytes(bytes) => format!("bytes {}", quote(bytes)),
        Const::Tuple(items) => format!("tuple ({})", ids(items)),
        Const::FrozenSet(items) => format!("frozenset ({})", ids(items)),
        Const::Slice(items) => format!("slice ({})", ids(items)),
        Const::Code(code) => format!("code {}", code.0),
    }
}

/// Text of a function.
pub fn print_function(function: &Function) -> String {
    let mut out = String::new();
    let kind = match function.kind {
        Kind::Direct => "direct".to_string(),
        Kind::Resume => "resume".to_string(),
        Kind::Version(number) => format!("version {number}"),
    };
    let _ = writeln!(
        out,
        "func {} code {} {kind} {} locals {} scratch {}{}{}{} {{",
        quote(function.name.as_bytes()),
        function.code.0,
        function.stage.name(),
        function.locals,
        function.scratch,
        match (function.once, function.cold) {
            (_, true) => " cold",
            (true, false) => " once",
            (false, false) => "",
        },
        if function.light { " light" } else { "" },
        if function.raw_result { " raw" } else { "" },
    );
    for (i, block) in function.blocks.iter().enumerate() {
        let params = join(block.params.iter().map(|p| {
            let local = p.local.map_or(String::new(), |l| format!(" local {l}"));
            format!(
                "%{}: {}{}{local}",
                p.value.0,
                if p.own { "own " } else { "" },
                ty_text(function, p.value)
            )
        }));
        let _ = writeln!(out, "b{i}({params}){}:", if block.cold { " cold" } else { "" });
        for inst in &block.insts {
            let _ = writeln!(out, "  {}", print_inst(function, inst));
        }
    }
    out.push_str("}\n");
    out
}

fn ty_text(function: &Function, value: ValueId) -> &'static str {
    function.values.get(value.index()).map_or("?", |t| t.name())
}

fn edge_text(edge: &Edge) -> String {
    format!(
        "b{}({})",
        edge.block.0,
        join(edge.args.iter().map(|a| format!("%{}", a.0)))
    )
}

/// One line.
pub fn print_inst(function: &Function, inst: &Inst) -> String {
    let mut out = String::new();
    if !inst.results.is_empty() {
        out.push_str(&join(
            inst.results
                .iter()
                .map(|r| format!("%{}: {}", r.0, ty_text(function, *r))),
        ));
        out.push_str(" = ");
    }
    out.push_str(inst.op.row().text);
    if !inst.imms.is_empty() {
        let _ = write!(out, "[{}]", join(inst.imms.iter().map(imm_text)));
    }
    if !inst.args.is_empty() {
        let _ = write!(out, "({})", join(inst.args.iter().map(|a| format!("%{}", a.0))));
    }
    if let Some(site) = inst.site {
        let _ = write!(out, " @{site}");
    }
    if let Some(edge) = &inst.error {
        let _ = write!(out, " !{}", edge_text(edge));
    }
    if !inst.targets.is_empty() {
        let _ = write!(out, " -> {}", join(inst.targets.iter().map(edge_text)));
    }
    out
}

fn imm_text(imm: &Imm) -> String {
    match imm {
        Imm::Const(id) => format!("#{}", id.0),
        Imm::Int(i) => i.to_string(),
        Imm::Float(bits) => format!("{bits:016x}"),
        Imm::Row(row) => INTRINSICS.get(usize::from(*row)).map_or("?", |r| r.name).to_string(),
        Imm::Global(id) => format!("${}", id.0),
        Imm::Cache(id) => format!("~{}", id.0),
        Imm::Code(id) => format!("code{}", id.0),
        Imm::Type(ty) => ty.name().to_string(),
        Imm::Cond(cond) => cond.name().to_string(),
    }
}

/// Where and why a text is not IR.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// From 1.
    pub line: usize,
    pub message: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

type Result<T> = std::result::Result<T, String>;

/// Cursor over one line.
struct Line<'a> {
    rest: &'a str,
}

impl<'a> Line<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, text: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn need(&mut self, text: &str) -> Result<()> {
        if self.eat(text) {
            Ok(())
        } else {
            Err(format!("expected {text:?} before {:?}", self.rest))
        }
    }

    fn word(&mut self) -> Result<&'a str> {
        self.space();
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '+'))
            .unwrap_or(self.rest.len());
        if end == 0 {
            return Err(format!("expected a word before {:?}", self.rest));
        }
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(word)
    }

    fn number<T: std::str::FromStr>(&mut self) -> Result<T> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("{word:?} is not a number"))
    }

    fn hex(&mut self) -> Result<u64> {
        let word = self.word()?;
        u64::from_str_radix(word, 16).map_err(|_| format!("{word:?} is not a hexadecimal number"))
    }

    fn value(&mut self) -> Result<ValueId> {
        self.need("%")?;
        Ok(ValueId(self.number()?))
    }

    fn quoted(&mut self) -> Result<Vec<u8>> {
        self.need("\"")?;
        let bytes = self.rest.as_bytes();
        let (mut out, mut i) = (Vec::new(), 0);
        loop {
            match bytes.get(i) {
                None => return Err("unfinished text".into()),
                Some(b'"') => break,
                Some(b'\\') => match bytes.get(i + 1) {
                    Some(c @ (b'"' | b'\\')) => {
                        out.push(*c);
                        i += 2;
                    }
                    _ => {
                        let hex = self.rest.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(h, 16).ok());
                        out.push(hex.ok_or("bad escape")?);
                        i += 3;
                    }
                },
                Some(c) => {
                    out.push(*c);
                    i += 1;
                }
            }
        }
        self.rest = &self.rest[i + 1..];
        Ok(out)
    }

    /// `open item, item close`
    fn list<T>(&mut self, open: &str, close: &str, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        self.need(open)?;
        let mut out = Vec::new();
        if self.eat(close) {
            return Ok(out);
        }
        loop {
            out.push(item(self)?);
            if self.eat(close) {
                return Ok(out);
            }
            self.need(",")?;
        }
    }

    fn edge(&mut self) -> Result<Edge> {
        self.need("b")?;
        let block = BlockId(self.number()?);
        Ok(Edge {
            block,
            args: self.list("(", ")", Line::value)?,
        })
    }

    fn ty(&mut self) -> Result<Ty> {
        let word = self.word()?;
        Ty::from_name(word).ok_or_else(|| format!("no type {word:?}"))
    }

    fn end(&mut self) -> Result<()> {
        self.space();
        if self.rest.is_empty() || self.rest.starts_with(';') {
            Ok(())
        } else {
            Err(format!("unexpected {:?}", self.rest))
        }
    }

    fn optional(&mut self) -> Result<Option<u32>> {
        if self.eat("-") {
            Ok(None)
        } else {
            self.number().map(Some)
        }
    }

    fn imm(&mut self, kind: ImmKind) -> Result<Imm> {
        Ok(match kind {
            ImmKind::Const => {
                self.need("#")?;
                Imm::Const(ConstId(self.number()?))
            }
            ImmKind::Int | ImmKind::Ints => Imm::Int(self.number()?),
            ImmKind::Float => Imm::Float(self.hex()?),
            ImmKind::Row => {
                let name = self.word()?;
                let row = INTRINSICS
                    .iter()
                    .position(|r| r.name == name)
                    .ok_or_else(|| format!("no intrinsic {name:?}"))?;
                Imm::Row(row as u16)
            }
            ImmKind::Global => {
                self.need("$")?;
                Imm::Global(GlobalId(self.number()?))
            }
            ImmKind::Cache => {
                self.need("~")?;
                Imm::Cache(CacheId(self.number()?))
            }
            ImmKind::Code => {
                self.need("code")?;
                Imm::Code(CodeId(self.number()?))
            }
            ImmKind::Type => Imm::Type(self.ty()?),
            ImmKind::Cond => {
                let word = self.word()?;
                Imm::Cond(Cond::from_name(word).ok_or_else(|| format!("no condition {word:?}"))?)
            }
        })
    }
}

/// Largest value or block number that a text may use; keeps damaged text from asking for all memory.
const MAX_ID: u32 = 1 << 24;

fn set_ty(function: &mut Function, value: ValueId, ty: Ty) -> Result<()> {
    if value.0 > MAX_ID {
        return Err("value number too large".into());
    }
    if value.index() >= function.values.len() {
        function.values.resize(value.index() + 1, Ty::Any);
    }
    function.values[value.index()] = ty;
    Ok(())
}

fn parse_inst(line: &mut Line, function: &mut Function) -> Result<Inst> {
    let mut results = Vec::new();
    line.space();
    if line.rest.starts_with('%') {
        loop {
            let value = line.value()?;
            line.need(":")?;
            let ty = line.ty()?;
            set_ty(function, value, ty)?;
            results.push(value);
            if !line.eat(",") {
                break;
            }
        }
        line.need("=")?;
    }
    let name = line.word()?;
    let op = Op::from_text(name).ok_or_else(|| format!("no op {name:?}"))?;
    let mut imms = Vec::new();
    line.space();
    if line.rest.starts_with('[') {
        let kinds = op.row().imms;
        let mut i = 0;
        imms = line.list("[", "]", |line| {
            let kind = kinds.get(i).or(kinds.last().filter(|k| **k == ImmKind::Ints));
            i += 1;
            line.imm(*kind.ok_or("too many immediates")?)
        })?;
    }
    line.space();
    let args = if line.rest.starts_with('(') {
        line.list("(", ")", Line::value)?
    } else {
        Vec::new()
    };
    let mut inst = Inst::new(op, imms, args);
    inst.results = results;
    if line.eat("@") {
        inst.site = Some(line.number()?);
    }
    if line.eat("!") {
        inst.error = Some(line.edge()?);
    }
    if line.eat("->") {
        loop {
            inst.targets.push(line.edge()?);
            if !line.eat(",") {
                break;
            }
        }
    }
    line.end()?;
    Ok(inst)
}

fn parse_header(line: &mut Line) -> Result<Function> {
    let name = String::from_utf8_lossy(&line.quoted()?).into_owned();
    line.need("code")?;
    let code = CodeId(line.number()?);
    let kind = match line.word()? {
        "direct" => Kind::Direct,
        "resume" => Kind::Resume,
        "version" => Kind::Version(line.number()?),
        other => return Err(format!("no kind {other:?}")),
    };
    let stage = line.word()?;
    let stage = *Stage::ALL
        .iter()
        .find(|s| s.name() == stage)
        .ok_or_else(|| format!("no stage {stage:?}"))?;
    line.need("locals")?;
    let locals = line.number()?;
    line.need("scratch")?;
    let scratch = line.number()?;
    let cold = line.eat("cold");
    let once = cold || line.eat("once");
    let light = line.eat("light");
    let raw_result = line.eat("raw");
    line.need("{")?;
    line.end()?;
    Ok(Function {
        name,
        code,
        kind,
        stage,
        once,
        cold,
        light,
        locals,
        scratch,
        raw_result,
        values: Vec::new(),
        blocks: Vec::new(),
    })
}

fn parse_param(line: &mut Line, function: &mut Function) -> Result<Param> {
    let value = line.value()?;
    line.need(":")?;
    let own = line.eat("own ");
    let ty = line.ty()?;
    set_ty(function, value, ty)?;
    let local = if line.eat("local") { Some(line.number()?) } else { None };
    Ok(Param { value, own, local })
}

fn parse_function_line(line: &mut Line, function: &mut Function) -> Result<bool> {
    if line.eat("}") {
        line.end()?;
        return Ok(true);
    }
    line.space();
    let is_block = line.rest.starts_with('b') && line.rest[1..].starts_with(|c: char| c.is_ascii_digit());
    if is_block {
        line.need("b")?;
        let id: usize = line.number()?;
        if id != function.blocks.len() {
            return Err(format!("block {id} out of order"));
        }
        let params = line.list("(", ")", |line| parse_param(line, function))?;
        let cold = line.eat("cold");
        line.need(":")?;
        line.end()?;
        function.blocks.push(Block {
            params,
            insts: Vec::new(),
            cold,
        });
    } else {
        let inst = parse_inst(line, function)?;
        function
            .blocks
            .last_mut()
            .ok_or("inst before the first block")?
            .insts
            .push(inst);
    }
    Ok(false)
}

fn parse_const(line: &mut Line) -> Result<Const> {
    let ids = |line: &mut Line| line.list("(", ")", |l| Ok(ConstId(l.number()?)));
    Ok(match line.word()? {
        "none" => Const::None,
        "false" => Const::False,
        "true" => Const::True,
        "ellipsis" => Const::Ellipsis,
        "int" => Const::Int(line.number()?),
        "bigint" => {
            let word = line.word()?;
            let (sign, digits) = word.split_at_checked(1).ok_or("bad int")?;
            let mut limbs = Vec::new();
            for chunk in digits.as_bytes().chunks(16).rev() {
                let chunk = std::str::from_utf8(chunk).map_err(|e| e.to_string())?;
                limbs.push(u64::from_str_radix(chunk, 16).map_err(|e| e.to_string())?);
            }
            Const::BigInt {
                negative: sign == "-",
                limbs,
            }
        }
        "float" => Const::Float(line.hex()?),
        "complex" => Const::Complex(line.hex()?, line.hex()?),
        "str" => Const::Str(line.quoted()?),
        "bytes" => Const::Bytes(line.quoted()?),
        "tuple" => Const::Tuple(ids(line)?),
        "frozenset" => Const::FrozenSet(ids(line)?),
        "slice" => Const::Slice(ids(line)?.try_into().map_err(|_| "a slice has three items")?),
        "code" => Const::Code(CodeId(line.number()?)),
        other => return Err(format!("no constant kind {other:?}")),
    })
}

fn parse_code(line: &mut Line) -> Result<CodeInfo> {
    let name = String::from_utf8_lossy(&line.quoted()?).into_owned();
    line.need("consts")?;
    let consts = line.list("(", ")", |l| Ok(ConstId(l.number()?)))?;
    line.need("direct")?;
    let direct = line.optional()?;
    line.need("resume")?;
    let resume = line.optional()?;
    line.need("params")?;
    let nparams = line.number()?;
    line.need("consumed")?;
    let consumed = line.number()?;
    line.need("arity")?;
    let fast_arity = line.optional()?;
    line.need("free")?;
    let nfree = line.number()?;
    line.need("slots")?;
    let frame_slots = line.number()?;
    let plain_params = line.eat("plain");
    let makes_generator = line.eat("generator");
    let mut signature = Signature::default();
    if line.eat("names") {
        signature.names = line.list("(", ")", |l| Ok(ConstId(l.number()?)))?;
        line.need("positional")?;
        signature.positional = line.number()?;
        line.need("posonly")?;
        signature.posonly = line.number()?;
        line.need("kwonly")?;
        signature.kwonly = line.number()?;
        signature.star = line.eat("star");
        signature.keywords = line.eat("keywords");
    }
    Ok(CodeInfo {
        signature,
        name,
        consts,
        direct,
        resume,
        nparams,
        consumed,
        plain_params,
        makes_generator,
        fast_arity,
        nfree,
        frame_slots,
    })
}

fn parse_module_line(line: &mut Line, module: &mut Module) -> Result<()> {
    let index = |line: &mut Line, len: usize| -> Result<()> {
        let i: usize = line.number()?;
        if i == len {
            Ok(())
        } else {
            Err(format!("{i} out of order"))
        }
    };
    match line.word()? {
        "module" => module.name = String::from_utf8_lossy(&line.quoted()?).into_owned(),
        "const" => {
            index(line, module.consts.len())?;
            line.need("=")?;
            let value = parse_const(line)?;
            module
                .const_index
                .insert(value.clone(), ConstId(module.consts.len() as u32));
            module.consts.push(value);
        }
        "global" => {
            index(line, module.globals.len())?;
            line.need("=")?;
            let name = ConstId(line.number()?);
            module.global_index.insert(name, GlobalId(module.globals.len() as u32));
            module.globals.push(name);
        }
        "caches" => module.attr_caches = line.number()?,
        "bound" => {
            let global = GlobalId(line.number()?);
            line.need("=")?;
            module.bound.insert(global, CodeId(line.number()?));
        }
        "version" => {
            index(line, module.versions.len())?;
            line.need("=")?;
            module.versions.push(line.number()?);
        }
        "code" => {
            index(line, module.codes.len())?;
            module.codes.push(parse_code(line)?);
        }
        other => return Err(format!("unexpected {other:?}")),
    }
    line.end()
}

/// Parses a module.
pub fn parse_module(text: &str) -> std::result::Result<Module, ParseError> {
    let mut module = Module::default();
    let mut open: Option<Function> = None;
    for (i, raw) in text.lines().enumerate() {
        let mut line = Line { rest: raw };
        line.space();
        if line.rest.is_empty() || line.rest.starts_with(';') {
            continue;
        }
        let step = match open.as_mut() {
            Some(function) => parse_function_line(&mut line, function).map(|done| {
                if done {
                    module.functions.extend(open.take());
                }
            }),
            None if line.eat("func ") => parse_header(&mut line).map(|function| open = Some(function)),
            None => parse_module_line(&mut line, &mut module),
        };
        step.map_err(|message| ParseError { line: i + 1, message })?;
    }
    match open {
        None => Ok(module),
        Some(_) => Err(ParseError {
            line: text.lines().count(),
            message: "function without its end".into(),
        }),
    }
}

/// Parses a single function.
pub fn parse_function(text: &str) -> std::result::Result<Function, ParseError> {
    let mut module = parse_module(text)?;
    match (module.functions.pop(), module.functions.is_empty()) {
        (Some(function), true) => Ok(function),
        _ => Err(ParseError {
            line: 1,
            message: "expected one function".into(),
        }),
    }
}
