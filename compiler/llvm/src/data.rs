//! Static data: constants, code objects, names, caches and the module's root, laid out as `pyaot_abi::layout` says.
//!
//! In: the constant pool of the IR and the code objects. Out: globals of the LLVM module. Every object is immortal. The
//! surprising decision: identifier-like strings are `linkonce_odr` globals named by their content, so that the linker keeps one
//! of each in the executable, and a pointer to each stands in the section `pyaot_interned`, from which the runtime fills its table.
use crate::{Error, Part, Unit, content, symbols};
use inkwell::context::Context;
use inkwell::module::{Linkage, Module};
use inkwell::types::{BasicMetadataTypeEnum, BasicType, FunctionType};
use inkwell::values::{BasicValue, BasicValueEnum, FunctionValue, GlobalValue, IntValue, MetadataValue, PointerValue};
use inkwell::{AddressSpace, GlobalVisibility};
use pyaot_abi::{
    Arg, IMMORTAL_REFCOUNT, Intrinsic, MAX_REGISTER_PARAMS, MODULE_PACKAGE, MODULE_STDLIB, MODULE_TEXT, Ret, Value,
    flag,
};
use pyaot_code::{CodeObject, PyStr};
use pyaot_ir::{CodeId, Const, ConstId, GlobalId, Kind};
use std::collections::HashMap;

pub struct Data<'ctx, 'a> {
    pub context: &'ctx Context,
    pub module: &'a Module<'ctx>,
    pub unit: &'a Unit<'a>,
    pub codes: Vec<&'a CodeObject>,
    /// Names of the code objects for symbols.
    names: Vec<String>,
    /// Number of each version among those of its code object.
    version_numbers: Vec<usize>,
    /// One per code object, in order; none in an object of functions.
    code_globals: Vec<GlobalValue<'ctx>>,
    /// Arrays of run-time constants, for code objects that have any.
    const_cells: Vec<Option<GlobalValue<'ctx>>>,
    words: HashMap<ConstId, IntValue<'ctx>>,
    strings: HashMap<Vec<u8>, IntValue<'ctx>>,
    bytes: HashMap<Vec<u8>, IntValue<'ctx>>,
    root: GlobalValue<'ctx>,
    cells: Option<GlobalValue<'ctx>>,
    caches: GlobalValue<'ctx>,
    next: u32,
    /// Globals that only this module names. They become internal at the end: until then functions and other data may still
    /// come to refer to them, so the optimiser may not drop or change them.
    own: Vec<GlobalValue<'ctx>>,
    /// What stands at an address, for LLVM's alias analysis.
    tags: HashMap<String, MetadataValue<'ctx>>,
}

/// All code objects of the constant pool hash lazily.
const NO_HASH: u64 = u64::MAX;

impl<'ctx, 'a> Data<'ctx, 'a> {
    pub fn new(
        context: &'ctx Context,
        module: &'a Module<'ctx>,
        unit: &'a Unit<'a>,
        codes: Vec<&'a CodeObject>,
    ) -> Result<Self, Error> {
        let word = context.i64_type();
        let name = &unit.module.name;
        let cache_words = size_of::<pyaot_abi::AttrCache>() / 8;
        // The sites of functions have them; data has none.
        let caches_type = word.array_type(match unit.part {
            Part::Data => 0,
            Part::Whole | Part::Functions => unit.module.attr_caches * cache_words as u32,
        });
        let caches = module.add_global(caches_type, None, &format!("pyaot_caches.{name}"));
        caches.set_initializer(&caches_type.const_zero());
        let mut version_numbers = Vec::with_capacity(unit.module.versions.len());
        let mut versions_of: HashMap<CodeId, usize> = HashMap::new();
        for index in &unit.module.versions {
            let number = match unit.module.functions.get(*index as usize) {
                Some(f) => versions_of.entry(f.code).or_default(),
                None => return Err(Error(format!("no function {index}"))),
            };
            version_numbers.push(*number);
            *number += 1;
        }
        let mut this = Data {
            context,
            module,
            unit,
            names: symbols::code_names(name, &codes),
            codes,
            version_numbers,
            code_globals: Vec::new(),
            const_cells: Vec::new(),
            words: HashMap::new(),
            strings: HashMap::new(),
            bytes: HashMap::new(),
            // Replaced below; its type is known only with its fields.
            root: caches,
            cells: None,
            caches,
            next: 0,
            own: vec![caches],
            tags: HashMap::new(),
        };
        let root = symbols::module_symbol(name);
        if unit.part == Part::Functions {
            this.root = this.external(&root, 1);
            return Ok(this);
        }
        this.declare_cells();
        this.root = this.declare(this.module_type(), &root);
        for id in 0..this.codes.len() {
            let global = this.declare(this.code_type(), &symbols::code_symbol(&this.names[id]));
            this.code_globals.push(global);
            let info = &unit.module.codes[id];
            let has_cells = info
                .consts
                .iter()
                .any(|c| matches!(unit.module.constant(*c), Const::FrozenSet(_)));
            let const_cells = has_cells.then(|| {
                let ty = word.array_type(info.consts.len() as u32);
                let global = module.add_global(ty, None, &symbols::const_cells_symbol(&this.names[id]));
                global.set_visibility(GlobalVisibility::Hidden);
                global.set_initializer(&ty.const_zero());
                global
            });
            this.const_cells.push(const_cells);
        }
        Ok(this)
    }

    /// The cells of the global variables, and a symbol for each that functions name.
    fn declare_cells(&mut self) {
        let unit = self.unit;
        let word = self.context.i64_type();
        let name = &unit.module.name;
        let cell_words = size_of::<pyaot_abi::GlobalCell>() / 8;
        let cells_type = word.array_type((unit.module.globals.len() * cell_words) as u32);
        let symbol = format!("pyaot_cells.{name}");
        let cells = self.module.add_global(cells_type, None, &symbol);
        if unit.module.free.is_empty() {
            cells.set_initializer(&cells_type.const_zero());
        } else {
            let mut words = vec![word.const_zero(); unit.module.globals.len() * cell_words];
            for global in &unit.module.free {
                let at = global.index() * cell_words + std::mem::offset_of!(pyaot_abi::GlobalCell, guard) / 8;
                words[at] = word.const_int(pyaot_abi::guard::FREE, false);
            }
            cells.set_initializer(&word.const_array(&words));
        }
        self.cells = Some(cells);
        self.own.push(cells);
        if unit.part != Part::Data {
            return;
        }
        // Addresses inside an object cannot be said in IR without a definition of each.
        let mut assembly = String::new();
        for index in 0..unit.module.globals.len() {
            let cell = self.cell_symbol(GlobalId(index as u32));
            let offset = index * cell_words * 8;
            assembly.push_str(&format!(
                ".globl \"{cell}\"\n.hidden \"{cell}\"\n.set \"{cell}\", \"{symbol}\"+{offset}\n"
            ));
        }
        self.module.set_inline_assembly(&assembly);
    }

    fn cell_symbol(&self, id: GlobalId) -> String {
        let module = self.unit.module;
        let name: &[u8] = match module.constant(module.globals[id.index()]) {
            Const::Str(text) => text,
            _ => b"",
        };
        symbols::cell_symbol(&module.name, name)
    }

    /// Something that another object of the module defines, of so many words as may be read of it.
    fn external(&self, symbol: &str, words: usize) -> GlobalValue<'ctx> {
        if let Some(global) = self.module.get_global(symbol) {
            return global;
        }
        let ty = self.context.i64_type().array_type(words as u32);
        let global = self.module.add_global(ty, None, symbol);
        global.set_visibility(GlobalVisibility::Hidden);
        global.set_alignment(8);
        global
    }

    /// A global that other objects of the executable may name.
    fn declare(&self, ty: inkwell::types::StructType<'ctx>, symbol: &str) -> GlobalValue<'ctx> {
        let global = self.module.add_global(ty, None, symbol);
        global.set_visibility(GlobalVisibility::Hidden);
        global.set_alignment(16);
        // Passes drop a declaration that no function uses; a definition stays until it gets its content.
        global.set_initializer(&ty.const_zero());
        global
    }

    pub fn ptr_type(&self) -> inkwell::types::PointerType<'ctx> {
        self.context.ptr_type(AddressSpace::default())
    }

    fn i32(&self, value: u32) -> BasicValueEnum<'ctx> {
        self.context.i32_type().const_int(u64::from(value), false).into()
    }

    pub fn i64(&self, value: u64) -> IntValue<'ctx> {
        self.context.i64_type().const_int(value, false)
    }

    fn null(&self) -> PointerValue<'ctx> {
        self.ptr_type().const_null()
    }

    fn word_of(&self, global: GlobalValue<'ctx>) -> IntValue<'ctx> {
        global.as_pointer_value().const_to_int(self.context.i64_type())
    }

    /// A symbol of the runtime that is only ever addressed.
    pub fn runtime_symbol(&self, name: &str) -> PointerValue<'ctx> {
        if let Some(global) = self.module.get_global(name) {
            return global.as_pointer_value();
        }
        let global = self.module.add_global(self.context.i8_type(), None, name);
        global.set_visibility(GlobalVisibility::Hidden);
        global.as_pointer_value()
    }

    /// The state of the running thread, with its size: it is read, not only addressed.
    pub fn thread_state(&self) -> PointerValue<'ctx> {
        let name = "pyaot_thread";
        if let Some(global) = self.module.get_global(name) {
            return global.as_pointer_value();
        }
        let words = size_of::<pyaot_abi::ThreadState>() as u32 / 8;
        let global = self
            .module
            .add_global(self.context.i64_type().array_type(words), None, name);
        global.set_visibility(GlobalVisibility::Hidden);
        global.set_alignment(8);
        global.as_pointer_value()
    }

    /// The three fields of `Header`.
    fn header(&self, type_name: &str, flags: u32) -> [BasicValueEnum<'ctx>; 3] {
        [
            self.i32(IMMORTAL_REFCOUNT),
            self.i32(flag::IMMORTAL | flags),
            self.runtime_symbol(&format!("pyaot_type_{type_name}")).into(),
        ]
    }

    /// An object that only this module names.
    fn object(&mut self, what: &str, fields: &[BasicValueEnum<'ctx>]) -> IntValue<'ctx> {
        let value = self.context.const_struct(fields, false);
        self.next += 1;
        let name = format!("{what}.{}", self.next);
        let global = self.module.add_global(value.get_type(), None, &name);
        self.own.push(global);
        global.set_initializer(&value);
        global.set_alignment(16);
        self.word_of(global)
    }

    /// The word of a constant.
    pub fn word(&mut self, id: ConstId) -> Result<IntValue<'ctx>, Error> {
        if let Some(word) = self.words.get(&id) {
            return Ok(*word);
        }
        let unit = self.unit;
        let word = match unit.module.constant(id) {
            Const::None => self.i64(Value::NONE.0),
            Const::False => self.i64(Value::FALSE.0),
            Const::True => self.i64(Value::TRUE.0),
            Const::Ellipsis => self.i64(Value::ELLIPSIS.0),
            Const::Int(i) if Value::fits_small(*i) => self.i64(Value::from_small(*i).0),
            Const::Int(i) => self.big_int(id, *i < 0, &[i.unsigned_abs()]),
            Const::BigInt { negative, limbs } => self.big_int(id, *negative, limbs),
            Const::Float(bits) => match Value::try_from_f64(f64::from_bits(*bits)) {
                Some(value) => self.i64(value.0),
                None => {
                    let [a, b, c] = self.header("float", 0);
                    let value = self.i64(*bits).const_bit_cast(self.context.i64_type());
                    self.constant(id, "float", &[a, b, c, value.into()])
                }
            },
            Const::Complex(re, im) => {
                let [a, b, c] = self.header("complex", 0);
                let (re, im) = (self.i64(*re), self.i64(*im));
                self.constant(id, "complex", &[a, b, c, re.into(), im.into()])
            }
            Const::Str(text) => self.string(text)?,
            Const::Bytes(bytes) => self.bytes_object(bytes, Some(id)),
            Const::Tuple(items) => {
                let mut words = Vec::with_capacity(items.len());
                for item in items {
                    words.push(self.word(*item)?);
                }
                self.tuple(&words, Some(id))
            }
            // Made at run time, see `const_frozenset`.
            Const::FrozenSet(_) => self.i64(Value::NULL.0),
            Const::Slice(parts) => {
                let [a, b, c] = self.header("slice", 0);
                let mut fields = vec![a, b, c];
                for part in parts {
                    fields.push(self.word(*part)?.into());
                }
                self.constant(id, "slice", &fields)
            }
            Const::Code(id) => self.word_of(self.code(*id)?),
        };
        self.words.insert(id, word);
        Ok(word)
    }

    /// A constant: where functions stand in objects of their own, one object of the module for equal ones, wherever they are.
    fn constant(&mut self, id: ConstId, what: &str, fields: &[BasicValueEnum<'ctx>]) -> IntValue<'ctx> {
        if self.unit.part == Part::Whole {
            return self.object(what, fields);
        }
        let hash = content::hash(self.unit.module, &self.names, id).to_hex();
        let symbol = format!("pyk:{}.{what}.{}", self.unit.module.name, &hash[..32]);
        self.shared(&symbol, fields)
    }

    fn shared(&mut self, symbol: &str, fields: &[BasicValueEnum<'ctx>]) -> IntValue<'ctx> {
        let value = self.context.const_struct(fields, false);
        let global = self.module.add_global(value.get_type(), None, symbol);
        global.set_linkage(Linkage::LinkOnceODR);
        global.set_visibility(GlobalVisibility::Hidden);
        global.set_comdat(self.module.get_or_insert_comdat(symbol));
        global.set_initializer(&value);
        global.set_alignment(16);
        self.word_of(global)
    }

    fn big_int(&mut self, id: ConstId, negative: bool, limbs: &[u64]) -> IntValue<'ctx> {
        let len = limbs.len() as i64;
        let [a, b, c] = self.header("int", 0);
        let limbs: Vec<_> = limbs.iter().map(|limb| self.i64(*limb)).collect();
        let len = self.i64(if negative { -len } else { len } as u64);
        let array = self.context.i64_type().const_array(&limbs);
        self.constant(id, "int", &[a, b, c, len.into(), array.into()])
    }

    /// `id`: of the constant that it is.
    fn tuple(&mut self, items: &[IntValue<'ctx>], id: Option<ConstId>) -> IntValue<'ctx> {
        let [a, b, c] = self.header("tuple", 0);
        let array = self.context.i64_type().const_array(items);
        let fields = [
            a,
            b,
            c,
            self.i64(items.len() as u64).into(),
            self.i64(NO_HASH).into(),
            array.into(),
        ];
        match id {
            Some(id) => self.constant(id, "tuple", &fields),
            None => self.object("tuple", &fields),
        }
    }

    /// `id` as for [`Data::tuple`].
    fn bytes_object(&mut self, bytes: &[u8], id: Option<ConstId>) -> IntValue<'ctx> {
        // A constant of its own is another object than equal bytes of a code object that nobody else names.
        let merges = self.unit.part == Part::Whole || id.is_none();
        if let Some(word) = self.bytes.get(bytes).filter(|_| merges) {
            return *word;
        }
        let [a, b, c] = self.header("bytes", 0);
        let data = self.context.const_string(bytes, true);
        let fields = [
            a,
            b,
            c,
            self.i64(bytes.len() as u64).into(),
            self.i64(NO_HASH).into(),
            data.into(),
        ];
        let word = match id {
            Some(id) => self.constant(id, "bytes", &fields),
            None => self.object("bytes", &fields),
        };
        if merges {
            self.bytes.insert(bytes.to_vec(), word);
        }
        word
    }

    /// A `str`; `text` is UTF-8 with lone surrogates.
    pub fn string(&mut self, text: &[u8]) -> Result<IntValue<'ctx>, Error> {
        if let Some(word) = self.strings.get(text) {
            return Ok(*word);
        }
        let Some(decoded) = PyStr::from_surrogatepass(text) else {
            return Err(Error("a string constant is not valid UTF-8".into()));
        };
        let points: Vec<u32> = decoded.code_points().collect();
        let max = points.iter().copied().max().unwrap_or(0);
        let interned = is_interned(&points);
        let (kind, data): (u32, BasicValueEnum<'ctx>) = if max < 0x100 {
            let units: Vec<u8> = points.iter().map(|p| *p as u8).collect();
            (0, self.context.const_string(&units, true).into())
        } else {
            let (kind, ty) = if max < 0x10000 {
                (1, self.context.i16_type())
            } else {
                (2, self.context.i32_type())
            };
            let units: Vec<_> = points
                .iter()
                .chain(&[0])
                .map(|p| ty.const_int(u64::from(*p), false))
                .collect();
            (kind, ty.const_array(&units).into())
        };
        let mut flags = kind << flag::STR_KIND_SHIFT;
        if max < 0x80 {
            flags |= flag::STR_ASCII;
        }
        if interned {
            flags |= flag::STR_INTERNED;
        }
        let [a, b, c] = self.header("str", flags);
        let fields = [
            a,
            b,
            c,
            self.i64(points.len() as u64).into(),
            self.i64(NO_HASH).into(),
            data,
        ];
        let word = if interned {
            self.interned(text, &fields)
        } else if self.unit.part == Part::Whole {
            self.object("str", &fields)
        } else {
            let hash = blake3::hash(text).to_hex();
            let symbol = format!("pyk:{}.str.{}", self.unit.module.name, &hash[..32]);
            self.shared(&symbol, &fields)
        };
        self.strings.insert(text.to_vec(), word);
        Ok(word)
    }

    /// One object per executable, and a pointer to it in the section that the runtime reads.
    fn interned(&mut self, text: &[u8], fields: &[BasicValueEnum<'ctx>]) -> IntValue<'ctx> {
        // Identifiers name themselves; anything else is at most one character here.
        let content = match std::str::from_utf8(text) {
            Ok(text) if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => text.to_string(),
            _ => text.iter().map(|b| format!("%{b:02x}")).collect(),
        };
        let symbol = format!("pyaot_str:{content}");
        let value = self.context.const_struct(fields, false);
        let comdat = self.module.get_or_insert_comdat(&symbol);
        let add = |ty: inkwell::types::BasicTypeEnum<'ctx>, name: &str, value: &dyn BasicValue<'ctx>| {
            let global = self.module.add_global(ty, None, name);
            global.set_linkage(Linkage::LinkOnceODR);
            global.set_visibility(GlobalVisibility::Hidden);
            global.set_comdat(comdat);
            global.set_initializer(value);
            global
        };
        let object = add(value.get_type().as_basic_type_enum(), &symbol, &value);
        object.set_alignment(16);
        let word = self.word_of(object);
        let entry = add(
            word.get_type().as_basic_type_enum(),
            &format!("pyaot_istr:{content}"),
            &word,
        );
        entry.set_section(Some("pyaot_interned"));
        entry.set_alignment(8);
        // Nothing refers to the entry, so it must be told to stay.
        self.keep(entry);
        word
    }

    /// Linkage that the optimiser may not drop.
    fn keep(&self, global: GlobalValue<'ctx>) {
        global.set_linkage(Linkage::WeakODR);
    }

    fn py_str(&mut self, text: &PyStr) -> Result<IntValue<'ctx>, Error> {
        self.string(text.as_bytes())
    }

    fn name_tuple(&mut self, names: &[PyStr]) -> Result<IntValue<'ctx>, Error> {
        let words = names.iter().map(|n| self.py_str(n)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.tuple(&words, None))
    }

    // ---- addresses that functions use ----

    fn name(&self, id: CodeId) -> Result<&str, Error> {
        let name = self.names.get(id.index());
        name.map(String::as_str)
            .ok_or_else(|| Error(format!("no code object {}", id.0)))
    }

    pub fn code(&self, id: CodeId) -> Result<GlobalValue<'ctx>, Error> {
        match self.code_globals.get(id.index()) {
            Some(global) => Ok(*global),
            None => Ok(self.external(&symbols::code_symbol(self.name(id)?), 1)),
        }
    }

    pub fn root(&self) -> PointerValue<'ctx> {
        self.root.as_pointer_value()
    }

    /// The cell of a global variable: an address, and an offset from it.
    pub fn cell(&self, id: GlobalId) -> (PointerValue<'ctx>, i64) {
        match self.cells {
            Some(cells) => {
                let size = size_of::<pyaot_abi::GlobalCell>() as i64;
                (cells.as_pointer_value(), size * i64::from(id.0))
            }
            None => {
                let words = size_of::<pyaot_abi::GlobalCell>() / 8;
                (self.external(&self.cell_symbol(id), words).as_pointer_value(), 0)
            }
        }
    }

    pub fn caches(&self) -> PointerValue<'ctx> {
        self.caches.as_pointer_value()
    }

    pub fn const_cells(&self, id: CodeId) -> Result<PointerValue<'ctx>, Error> {
        match self.const_cells.get(id.index()) {
            Some(Some(global)) => Ok(global.as_pointer_value()),
            None => {
                let words = self.unit.module.codes[id.index()].consts.len();
                let symbol = symbols::const_cells_symbol(self.name(id)?);
                Ok(self.external(&symbol, words).as_pointer_value())
            }
            Some(None) => Err(Error(format!("code object {} has no run-time constants", id.0))),
        }
    }

    // ---- functions ----

    /// Type of a direct entry with that many parameter slots.
    pub fn direct_type(&self, slots: usize) -> FunctionType<'ctx> {
        let word = self.context.i64_type();
        let mut params: Vec<BasicMetadataTypeEnum<'ctx>> = vec![word.into()];
        if slots <= MAX_REGISTER_PARAMS as usize {
            params.extend((0..slots).map(|_| BasicMetadataTypeEnum::from(word)));
        } else {
            params.push(self.ptr_type().into());
        }
        word.fn_type(&params, false)
    }

    /// Functions come in the order of the IR, whichever is called first.
    pub fn declare_functions(&mut self) -> Result<(), Error> {
        if self.unit.part == Part::Whole {
            for index in 0..self.unit.module.functions.len() {
                self.function(index)?;
            }
        }
        Ok(())
    }

    /// The function proper of one that has a front.
    pub fn rest_of(&self, front: FunctionValue<'ctx>) -> FunctionValue<'ctx> {
        let symbol = symbols::rest_symbol(&front.get_name().to_string_lossy());
        let rest = self.module.add_function(&symbol, front.get_type(), None);
        rest.as_global_value().set_visibility(GlobalVisibility::Hidden);
        rest
    }

    /// Function `index` of the IR.
    pub fn function(&self, index: usize) -> Result<FunctionValue<'ctx>, Error> {
        let unit = self.unit;
        let Some(function) = unit.module.functions.get(index) else {
            return Err(Error(format!("no function {index}")));
        };
        let Some(info) = unit.module.codes.get(function.code.index()) else {
            return Err(Error(format!("function {} has no code object", function.name)));
        };
        let name = self.name(function.code)?;
        let symbol = match function.kind {
            Kind::Version(number) => match self.version_numbers.get(number as usize) {
                Some(number) => symbols::version_symbol(name, *number),
                None => return Err(Error(format!("no version {number}"))),
            },
            Kind::Direct => symbols::direct_symbol(name),
            Kind::Resume => symbols::resume_symbol(name),
        };
        if let Some(known) = self.module.get_function(&symbol) {
            return Ok(known);
        }
        let word = self.context.i64_type();
        let ty = match function.kind {
            Kind::Version(_) => self.version_type(function),
            Kind::Direct => self.direct_type(info.nparams as usize),
            Kind::Resume => word.fn_type(&[word.into(), word.into()], false),
        };
        let value = self.module.add_function(&symbol, ty, None);
        value.as_global_value().set_visibility(GlobalVisibility::Hidden);
        Ok(value)
    }

    /// The types of its entry block's parameters; a raw result comes with a flag.
    fn version_type(&self, function: &pyaot_ir::Function) -> FunctionType<'ctx> {
        let word = self.context.i64_type();
        let params: Vec<BasicMetadataTypeEnum<'ctx>> = function.blocks[0]
            .params
            .iter()
            .map(|p| match function.ty(p.value) {
                pyaot_ir::Ty::F64 => self.context.f64_type().into(),
                _ => word.into(),
            })
            .collect();
        if function.raw_result {
            let pair = self
                .context
                .struct_type(&[word.into(), self.context.i32_type().into()], false);
            pair.fn_type(&params, false)
        } else {
            word.fn_type(&params, false)
        }
    }

    /// The node for accesses to what is called so, and its kind.
    pub fn alias_tag(&mut self, what: &str) -> (MetadataValue<'ctx>, u32) {
        let context = self.context;
        let kind = context.get_kind_id("tbaa");
        if let Some(node) = self.tags.get(what) {
            return (*node, kind);
        }
        let zero = self.i64(0);
        let root = context.metadata_node(&[context.metadata_string("pyaot").into()]);
        let ty = context.metadata_node(&[context.metadata_string(what).into(), root.into(), zero.into()]);
        let node = context.metadata_node(&[ty.into(), ty.into(), zero.into()]);
        self.tags.insert(what.to_owned(), node);
        (node, kind)
    }

    /// The declaration of an intrinsic.
    pub fn intrinsic(&self, row: &Intrinsic) -> FunctionValue<'ctx> {
        let name = format!("pyaot_{}", row.name);
        if let Some(function) = self.module.get_function(&name) {
            return function;
        }
        let (word, i32_type) = (self.context.i64_type(), self.context.i32_type());
        let params: Vec<BasicMetadataTypeEnum<'ctx>> = row
            .args
            .iter()
            .map(|arg| match arg {
                Arg::Borrow | Arg::Own | Arg::I64 => word.into(),
                Arg::Ptr => self.ptr_type().into(),
                Arg::I32 => i32_type.into(),
                Arg::F64 => self.context.f64_type().into(),
            })
            .collect();
        let ty = match row.ret {
            Ret::Own | Ret::Borrow | Ret::I64 => word.fn_type(&params, false),
            Ret::Void => self.context.void_type().fn_type(&params, false),
            Ret::I32 => i32_type.fn_type(&params, false),
            Ret::F64 => self.context.f64_type().fn_type(&params, false),
            Ret::Ptr => self.ptr_type().fn_type(&params, false),
        };
        let function = self.module.add_function(&name, ty, None);
        function.as_global_value().set_visibility(GlobalVisibility::Hidden);
        crate::function::add_attribute(self.context, function, "nounwind");
        function
    }

    // ---- the end ----

    /// A global that refers to every constant of this module. The passes free a constant that no instruction uses any more, also
    /// the address of an object; `finish` still needs them all.
    pub fn keep_constants(&self) -> GlobalValue<'ctx> {
        let mut words: Vec<_> = self.words.iter().collect();
        words.sort_unstable_by_key(|(id, _)| **id);
        let mut texts: Vec<_> = self.strings.iter().chain(&self.bytes).collect();
        texts.sort_unstable_by_key(|(text, _)| *text);
        let words: Vec<_> = words.iter().map(|w| *w.1).chain(texts.iter().map(|t| *t.1)).collect();
        let array = self.context.i64_type().const_array(&words);
        let global = self
            .module
            .add_global(array.get_type(), None, &format!("pyaot_kept.{}", self.unit.module.name));
        global.set_initializer(&array);
        global
    }

    /// Initialises code objects and the module's root, when all functions are known.
    pub fn finish(&mut self) -> Result<(), Error> {
        for id in 0..self.codes.len() {
            let value = self.code_object(id)?;
            self.code_globals[id].set_initializer(&value);
        }
        let value = self.module_root()?;
        self.root.set_initializer(&value);
        self.make_internal();
        Ok(())
    }

    /// What only this object names is its own from here on.
    pub fn make_internal(&self) {
        for global in &self.own {
            global.set_linkage(Linkage::Internal);
        }
    }

    fn function_address(&self, index: Option<u32>, symbol: String) -> Result<PointerValue<'ctx>, Error> {
        match (index, self.unit.part) {
            (None, _) => Ok(self.null()),
            (Some(_), Part::Data) => Ok(self.external(&symbol, 1).as_pointer_value()),
            (Some(i), _) => Ok(self.function(i as usize)?.as_global_value().as_pointer_value()),
        }
    }

    /// Field types of `pyaot_abi::CodeObject`.
    fn code_type(&self) -> inkwell::types::StructType<'ctx> {
        let (p, w, i) = (
            self.ptr_type().into(),
            self.context.i64_type().into(),
            self.context.i32_type().into(),
        );
        self.context.struct_type(
            &[
                i, i, p, p, p, w, i, i, i, i, i, i, i, i, i, i, w, w, w, w, w, w, w, w, w, w, p, p,
            ],
            false,
        )
    }

    fn code_object(&mut self, id: usize) -> Result<inkwell::values::StructValue<'ctx>, Error> {
        let code = self.codes[id];
        let unit = self.unit;
        let info = &unit.module.codes[id];
        let consts = info
            .consts
            .iter()
            .map(|c| self.word(*c))
            .collect::<Result<Vec<_>, _>>()?;
        let [a, b, c] = self.header("code", 0);
        let words = [
            self.py_str(&code.name)?,
            self.py_str(&code.qualname)?,
            self.py_str(&code.filename)?,
            self.name_tuple(&code.localsplusnames)?,
            self.bytes_object(&code.localspluskinds, None),
            self.bytes_object(&code.code, None),
            self.bytes_object(&code.linetable, None),
            self.bytes_object(&code.exceptiontable, None),
            self.tuple(&consts, None),
            self.name_tuple(&code.names)?,
        ];
        let mut fields = vec![
            a,
            b,
            c,
            self.function_address(info.direct, symbols::direct_symbol(&self.names[id]))?
                .into(),
            self.function_address(info.resume, symbols::resume_symbol(&self.names[id]))?
                .into(),
            self.i64(info.consumed).into(),
            self.i32(code.argcount),
            self.i32(code.posonlyargcount),
            self.i32(code.kwonlyargcount),
            self.i32(code.flags),
            self.i32(info.nparams),
            self.i32(code.localsplusnames.len() as u32),
            self.i32(code.stacksize),
            self.i32(code.firstlineno as u32),
            self.i32(info.frame_slots),
            self.i32(info.fast_arity.unwrap_or(pyaot_abi::NO_FAST_ARITY)),
        ];
        fields.extend(words.map(BasicValueEnum::from));
        fields.push(self.root().into());
        let cells = self.const_cells[id].map_or(self.null(), |g| g.as_pointer_value());
        fields.push(cells.into());
        Ok(self.context.const_struct(&fields, false))
    }

    /// Field types of `pyaot_abi::ModuleStatic`.
    fn module_type(&self) -> inkwell::types::StructType<'ctx> {
        let (p, w, i) = (
            self.ptr_type().into(),
            self.context.i64_type().into(),
            self.context.i32_type().into(),
        );
        self.context.struct_type(&[w, p, p, p, i, i, w, p, w, w, w], false)
    }

    fn module_root(&mut self) -> Result<inkwell::values::StructValue<'ctx>, Error> {
        let unit = self.unit;
        let names = unit
            .module
            .globals
            .iter()
            .map(|g| self.word(*g))
            .collect::<Result<Vec<_>, _>>()?;
        let names_value = self.context.i64_type().const_array(&names);
        let names_global = self.module.add_global(names_value.get_type(), None, "pyaot_cell_names");
        names_global.set_linkage(Linkage::Internal);
        names_global.set_initializer(&names_value);
        let source = unit.source.map(|(text, raw)| {
            let value = self.context.const_string(text, false);
            let global = self.module.add_global(value.get_type(), None, "pyaot_source");
            global.set_linkage(Linkage::Internal);
            global.set_constant(true);
            global.set_initializer(&value);
            (global.as_pointer_value(), text.len(), raw)
        });
        let (source, source_len, raw_len) = source.unwrap_or((self.null(), 0, 0));
        let mut flags = 0;
        if unit.package {
            flags |= MODULE_PACKAGE;
        }
        if unit.stdlib {
            flags |= MODULE_STDLIB;
        }
        if unit.text {
            flags |= MODULE_TEXT;
        }
        let fields = [
            self.string(unit.module.name.as_bytes())?.into(),
            self.code(CodeId(0))?.as_pointer_value().into(),
            self.cells.map_or(self.null(), |cells| cells.as_pointer_value()).into(),
            names_global.as_pointer_value().into(),
            self.i32(names.len() as u32),
            self.i32(flags),
            self.string(unit.filename.as_bytes())?.into(),
            source.into(),
            self.i64(source_len as u64).into(),
            self.i64(raw_len as u64).into(),
            self.i64(0).into(),
        ];
        Ok(self.context.const_struct(&fields, false))
    }
}

/// CPython: Objects/codeobject.c, intern_constants and should_intern_string: names, and single characters of Latin-1.
fn is_interned(points: &[u32]) -> bool {
    let name = |p: &u32| u8::try_from(*p).is_ok_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    points.iter().all(name) || (points.len() == 1 && points[0] < 0x100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_single_characters_are_interned() {
        let points = |s: &str| s.chars().map(u32::from).collect::<Vec<_>>();
        for (text, expect) in [
            ("", true),
            ("a_1", true),
            ("a b", false),
            (" ", true),
            ("é", true),
            ("日", false),
        ] {
            assert_eq!(is_interned(&points(text)), expect, "{text}");
        }
    }
}
