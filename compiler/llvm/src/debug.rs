//! Debug locations: line = line of the source, column = index of the bytecode instruction plus one.
//!
//! In: code objects and instruction indices. Out: DWARF 4 metadata. No variables: LLVM 22.1.8 crashes on them in
//! line-tables-only mode. A column has 16 bits; instructions past that have no location.
use crate::{Options, Unit};
use inkwell::context::Context;
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFlags, DIFlagsConstants, DILocation, DISubprogram, DWARFEmissionKind,
    DWARFSourceLanguage, DebugInfoBuilder,
};
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::FunctionValue;
use pyaot_code::CodeObject;

pub struct Debug<'ctx> {
    context: &'ctx Context,
    builder: DebugInfoBuilder<'ctx>,
    unit: DICompileUnit<'ctx>,
    optimised: bool,
    /// Lines do not count, because the object stands for the same functions in other lines, too.
    relative: bool,
}

/// The lines of one function.
pub struct Lines<'ctx> {
    scope: DISubprogram<'ctx>,
    lines: Vec<u32>,
    first: u32,
}

impl<'ctx> Debug<'ctx> {
    pub fn new(context: &'ctx Context, module: &Module<'ctx>, unit: &Unit<'_>, options: &Options) -> Debug<'ctx> {
        let number = |n| context.i32_type().const_int(n, false);
        module.add_basic_value_flag("Dwarf Version", FlagBehavior::Warning, number(4));
        let version = u64::from(inkwell::debug_info::debug_metadata_version());
        module.add_basic_value_flag("Debug Info Version", FlagBehavior::Warning, number(version));
        let relative = unit.part == crate::Part::Functions;
        let (folder, file) = unit.filename.rsplit_once('/').unwrap_or(("", unit.filename));
        let kind = if options.debug {
            DWARFEmissionKind::Full
        } else {
            DWARFEmissionKind::LineTablesOnly
        };
        let (builder, unit) = module.create_debug_info_builder(
            true,
            DWARFSourceLanguage::Python,
            file,
            folder,
            "pyaot",
            options.opt_level > 0,
            "",
            0,
            "",
            kind,
            0,
            false,
            false,
            "",
            "",
        );
        Debug {
            context,
            builder,
            unit,
            optimised: options.opt_level > 0,
            relative: !options.debug && relative,
        }
    }

    /// Begins a function.
    pub fn function(&self, function: FunctionValue<'ctx>, code: &CodeObject) -> Lines<'ctx> {
        let file = self.unit.get_file();
        let ty = self.builder.create_subroutine_type(file, None, &[], DIFlags::ZERO);
        let first = match self.relative {
            true => 1,
            false => u32::try_from(code.firstlineno).unwrap_or(0),
        };
        let scope = self.builder.create_function(
            self.unit.as_debug_info_scope(),
            &code.qualname.to_string_lossy(),
            None,
            file,
            first,
            ty,
            false,
            true,
            first,
            DIFlags::ZERO,
            self.optimised,
        );
        function.set_subprogram(scope);
        let lines = code
            .positions()
            .iter()
            .map(|position| match self.relative {
                true => 1,
                false => position.line.and_then(|l| u32::try_from(l).ok()).unwrap_or(0),
            })
            .collect();
        Lines { scope, lines, first }
    }

    /// Location of instruction `site`; the function's first line when there is none.
    pub fn location(&self, lines: &Lines<'ctx>, site: Option<u32>) -> DILocation<'ctx> {
        let (line, column) = match site {
            Some(site) if site < 0xFFFF => (lines.lines.get(site as usize).copied().unwrap_or(0), site + 1),
            _ => (lines.first, 0),
        };
        self.builder
            .create_debug_location(self.context, line, column, lines.scope.as_debug_info_scope(), None)
    }

    pub fn finish(&self) {
        self.builder.finalize();
    }
}
