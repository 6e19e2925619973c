//! Static data as globals of the LLVM module, and declarations of what functions name.
//!
//! In: a unit. Out: [`Constants`] put into the module, cells, caches, and the functions of the IR by symbol.
use crate::constants::{
    CodeAddresses, Constants, Field, Place, RootAddresses, Sink, Word, cell_words, const_cell_words,
};
use crate::{Error, Part, Unit, symbols};
use inkwell::context::Context;
use inkwell::module::{Linkage, Module};
use inkwell::types::{BasicMetadataTypeEnum, BasicTypeEnum, FunctionType, StructType};
use inkwell::values::{BasicValueEnum, FunctionValue, GlobalValue, IntValue, MetadataValue, PointerValue};
use inkwell::{AddressSpace, GlobalVisibility};
use pyaot_abi::{Arg, Intrinsic, MAX_REGISTER_PARAMS, Ret};
use pyaot_code::CodeObject;
use pyaot_ir::{CodeId, ConstId, GlobalId, Kind};
use std::collections::HashMap;

pub struct Data<'ctx, 'a> {
    pub context: &'ctx Context,
    pub module: &'a Module<'ctx>,
    pub unit: &'a Unit<'a>,
    pub codes: Vec<&'a CodeObject>,
    /// Number of each version among those of its code object.
    version_numbers: Vec<usize>,
    constants: Constants<'a, Globals<'ctx, 'a>>,
    /// Arrays of run-time constants, for code objects that have any; none in an object of functions.
    const_cells: Vec<Option<GlobalValue<'ctx>>>,
    root: GlobalValue<'ctx>,
    cells: Option<GlobalValue<'ctx>>,
    caches: GlobalValue<'ctx>,
    /// What stands at an address, for LLVM's alias analysis.
    tags: HashMap<String, MetadataValue<'ctx>>,
}

/// The LLVM module as the place of static objects.
struct Globals<'ctx, 'a> {
    context: &'ctx Context,
    module: &'a Module<'ctx>,
    /// One per code object, in order; none in an object of functions.
    codes: Vec<GlobalValue<'ctx>>,
    next: u32,
    /// Globals that only this module names. They become internal at the end: until then functions and other data may still
    /// come to refer to them, so the optimiser may not drop or change them.
    own: Vec<GlobalValue<'ctx>>,
}

impl<'ctx> Globals<'ctx, '_> {
    fn word(&self, word: Word<PointerValue<'ctx>>) -> IntValue<'ctx> {
        let ty = self.context.i64_type();
        match word {
            Word::Number(n) => ty.const_int(n, false),
            Word::Address(place) => place.const_to_int(ty),
        }
    }

    /// The value of an object with these fields.
    fn object(&self, fields: &[Field<PointerValue<'ctx>>]) -> BasicValueEnum<'ctx> {
        let fields: Vec<BasicValueEnum<'ctx>> = fields
            .iter()
            .map(|field| match field {
                Field::U32(n) => self.context.i32_type().const_int(u64::from(*n), false).into(),
                Field::Word(word) => self.word(*word).into(),
                Field::Words(words) => {
                    let words: Vec<_> = words.iter().map(|w| self.word(*w)).collect();
                    self.context.i64_type().const_array(&words).into()
                }
                Field::Bytes(bytes) => self.context.const_string(bytes, false).into(),
            })
            .collect();
        match fields[..] {
            [only] => only,
            _ => self.context.const_struct(&fields, false).into(),
        }
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

    /// A symbol of the runtime that is only ever addressed.
    fn runtime_symbol(&self, name: &str) -> PointerValue<'ctx> {
        if let Some(global) = self.module.get_global(name) {
            return global.as_pointer_value();
        }
        let global = self.module.add_global(self.context.i8_type(), None, name);
        global.set_visibility(GlobalVisibility::Hidden);
        global.as_pointer_value()
    }

    /// A definition that other objects may have, too; all with one symbol stay or go together.
    fn shared(&self, symbol: &str, group: &str, value: BasicValueEnum<'ctx>) -> GlobalValue<'ctx> {
        let global = self.module.add_global(value.get_type(), None, symbol);
        global.set_linkage(Linkage::LinkOnceODR);
        global.set_visibility(GlobalVisibility::Hidden);
        global.set_comdat(self.module.get_or_insert_comdat(group));
        global.set_initializer(&value);
        global.set_alignment(16);
        global
    }
}

impl<'ctx> Sink for Globals<'ctx, '_> {
    type Address = PointerValue<'ctx>;

    fn runtime(&mut self, symbol: &str) -> PointerValue<'ctx> {
        self.runtime_symbol(symbol)
    }

    fn code(&mut self, id: CodeId, symbol: &str) -> PointerValue<'ctx> {
        match self.codes.get(id.index()) {
            Some(global) => global.as_pointer_value(),
            None => self.external(symbol, 1).as_pointer_value(),
        }
    }

    fn put(&mut self, place: Place<'_>, fields: &[Field<PointerValue<'ctx>>]) -> PointerValue<'ctx> {
        let value = self.object(fields);
        match place {
            Place::Own(what) => {
                self.next += 1;
                let global = self
                    .module
                    .add_global(value.get_type(), None, &format!("{what}.{}", self.next));
                self.own.push(global);
                global.set_initializer(&value);
                global.set_alignment(16);
                global.as_pointer_value()
            }
            Place::Shared(symbol) => self.shared(symbol, symbol, value).as_pointer_value(),
            Place::Interned(content) => {
                let symbol = format!("pyaot_str:{content}");
                let object = self.shared(&symbol, &symbol, value).as_pointer_value();
                let entry = self.word(Word::Address(object)).into();
                let entry = self.shared(&format!("pyaot_istr:{content}"), &symbol, entry);
                entry.set_section(Some("pyaot_interned"));
                entry.set_alignment(8);
                // Nothing refers to the entry, so it must be told to stay.
                entry.set_linkage(Linkage::WeakODR);
                object
            }
        }
    }
}

impl<'ctx, 'a> Data<'ctx, 'a> {
    /// `names`: of the code objects, for symbols.
    pub fn new(
        context: &'ctx Context,
        module: &'a Module<'ctx>,
        unit: &'a Unit<'a>,
        codes: Vec<&'a CodeObject>,
        names: &'a [String],
    ) -> Result<Self, Error> {
        let word = context.i64_type();
        let name = &unit.module.name;
        let cache_words = size_of::<pyaot_abi::AttrCache>() / 8;
        let caches_type = word.array_type(unit.module.attr_caches * cache_words as u32);
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
        let globals = Globals {
            context,
            module,
            codes: Vec::new(),
            next: 0,
            own: vec![caches],
        };
        let root = symbols::module_symbol(name);
        let mut this = Data {
            context,
            module,
            unit,
            codes,
            version_numbers,
            constants: Constants::new(globals, unit, names),
            const_cells: Vec::new(),
            // Replaced below, where the module is whole.
            root: caches,
            cells: None,
            caches,
            tags: HashMap::new(),
        };
        if unit.part == Part::Functions {
            this.root = this.external(&root, 1);
            return Ok(this);
        }
        this.declare_cells();
        this.root = this.declare(this.module_type(), &root);
        for (id, name) in names.iter().enumerate() {
            let global = this.declare(this.code_type(), &symbols::code_symbol(name));
            this.constants.sink.codes.push(global);
            let const_cells = const_cell_words(unit.module, CodeId(id as u32)).map(|words| {
                let ty = word.array_type(words as u32);
                let global = module.add_global(ty, None, &symbols::const_cells_symbol(name));
                global.set_visibility(GlobalVisibility::Hidden);
                global.set_initializer(&ty.const_zero());
                global
            });
            this.const_cells.push(const_cells);
        }
        Ok(this)
    }

    /// The cells of the global variables.
    fn declare_cells(&mut self) {
        let module = self.unit.module;
        let word = self.context.i64_type();
        let cell_words_each = size_of::<pyaot_abi::GlobalCell>() / 8;
        let cells_type = word.array_type((module.globals.len() * cell_words_each) as u32);
        let cells = self
            .module
            .add_global(cells_type, None, &symbols::cells_symbol(&module.name));
        match cell_words(module) {
            None => cells.set_initializer(&cells_type.const_zero()),
            Some(words) => {
                let words: Vec<_> = words.iter().map(|n| word.const_int(*n, false)).collect();
                cells.set_initializer(&word.const_array(&words));
            }
        }
        self.cells = Some(cells);
        self.constants.sink.own.push(cells);
    }

    fn external(&self, symbol: &str, words: usize) -> GlobalValue<'ctx> {
        self.constants.sink.external(symbol, words)
    }

    /// A global that other objects of the executable may name.
    fn declare(&self, ty: StructType<'ctx>, symbol: &str) -> GlobalValue<'ctx> {
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

    pub fn i64(&self, value: u64) -> IntValue<'ctx> {
        self.context.i64_type().const_int(value, false)
    }

    pub fn runtime_symbol(&self, name: &str) -> PointerValue<'ctx> {
        self.constants.sink.runtime_symbol(name)
    }

    /// The state of the running thread, with its size: it is read, not only addressed.
    pub fn thread_state(&self) -> PointerValue<'ctx> {
        let words = size_of::<pyaot_abi::ThreadState>() / 8;
        self.external("pyaot_thread", words).as_pointer_value()
    }

    /// The word of a constant.
    pub fn word(&mut self, id: ConstId) -> Result<IntValue<'ctx>, Error> {
        let word = self.constants.word(id)?;
        Ok(self.constants.sink.word(word))
    }

    // ---- addresses that functions use ----

    fn name(&self, id: CodeId) -> Result<&'a str, Error> {
        self.constants.name(id)
    }

    pub fn code(&mut self, id: CodeId) -> Result<PointerValue<'ctx>, Error> {
        let symbol = symbols::code_symbol(self.name(id)?);
        Ok(self.constants.sink.code(id, &symbol))
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
                let symbol = symbols::cell_symbol_of(self.unit.module, id);
                (self.external(&symbol, words).as_pointer_value(), 0)
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
        let sink = &self.constants.sink;
        let words: Vec<_> = self.constants.all().into_iter().map(|word| sink.word(word)).collect();
        let array = self.context.i64_type().const_array(&words);
        let global = self
            .module
            .add_global(array.get_type(), None, &format!("pyaot_kept.{}", self.unit.module.name));
        global.set_initializer(&array);
        global
    }

    /// Initialises code objects and the module's root, when all functions are known.
    pub fn finish(&mut self) -> Result<(), Error> {
        for index in 0..self.codes.len() {
            let id = CodeId(index as u32);
            let info = &self.unit.module.codes[index];
            let cells = self.const_cells[index];
            let addresses = CodeAddresses {
                direct: self.function_address(info.direct)?,
                resume: self.function_address(info.resume)?,
                root: self.root(),
                const_cells: cells.map_or(Word::Number(0), |g| Word::Address(g.as_pointer_value())),
            };
            let fields = self.constants.code_fields(id, self.codes[index], addresses)?;
            let sink = &self.constants.sink;
            sink.codes[index].set_initializer(&sink.object(&fields));
        }
        let source = self.unit.source.map(|(text, _)| {
            let value = self.context.const_string(text, false);
            let global = self.module.add_global(value.get_type(), None, "pyaot_source");
            global.set_linkage(Linkage::Internal);
            global.set_constant(true);
            global.set_initializer(&value);
            Word::Address(global.as_pointer_value())
        });
        let Some(cells) = self.cells else {
            return Err(Error("a module without cells".into()));
        };
        let fields = self.constants.root_fields(RootAddresses {
            cells: cells.as_pointer_value(),
            source: source.unwrap_or(Word::Number(0)),
        })?;
        self.root.set_initializer(&self.constants.sink.object(&fields));
        self.make_internal();
        Ok(())
    }

    /// What only this object names is its own from here on.
    pub fn make_internal(&self) {
        for global in &self.constants.sink.own {
            global.set_linkage(Linkage::Internal);
        }
    }

    fn function_address(&self, index: Option<u32>) -> Result<Word<PointerValue<'ctx>>, Error> {
        match index {
            None => Ok(Word::Number(0)),
            Some(i) => {
                let function = self.function(i as usize)?;
                Ok(Word::Address(function.as_global_value().as_pointer_value()))
            }
        }
    }

    /// A struct of 32-bit numbers (`i`) and words (`w`).
    fn struct_type(&self, fields: &str) -> StructType<'ctx> {
        let field = |c| -> BasicTypeEnum<'ctx> {
            match c {
                'i' => self.context.i32_type().into(),
                _ => self.context.i64_type().into(),
            }
        };
        self.context
            .struct_type(&fields.chars().map(field).collect::<Vec<_>>(), false)
    }

    /// Field types of `pyaot_abi::CodeObject`.
    fn code_type(&self) -> StructType<'ctx> {
        self.struct_type("iiwwwwiiiiiiiiiiwwwwwwwwwwww")
    }

    /// Field types of `pyaot_abi::ModuleStatic`.
    fn module_type(&self) -> StructType<'ctx> {
        self.struct_type("wwwwiiwwwww")
    }
}
