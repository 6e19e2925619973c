//! f-strings and t-strings.
//!
//! CPython: Python/codegen.c, codegen_joined_str, codegen_template_str.

use pyaot_code::opcode::convert_value;
use pyaot_code::{Constant, Opcode};

use super::{Compiler, STACK_USE_GUIDELINE};
use crate::diagnostic::{Diagnostic, Result};
use crate::syntax::ast::*;

fn conversion_oparg(conversion: u8) -> Result<u32> {
    match conversion {
        b's' => Ok(convert_value::STR),
        b'r' => Ok(convert_value::REPR),
        b'a' => Ok(convert_value::ASCII),
        c => Err(Diagnostic::internal(
            "fstring",
            format!("unrecognized conversion character {c}"),
        )),
    }
}

impl<'a> Compiler<'a, '_> {
    pub fn joined_str(&mut self, loc: Location, values: &'a [Expr<'a>]) -> Result<()> {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_const(loc, Constant::str(""));
            self.addop_name(loc, Opcode::LOAD_ATTR, known::JOIN, 1, 1);
            self.addop_i(loc, Opcode::BUILD_LIST, 0);
            for value in values {
                self.expr(value)?;
                self.addop_i(loc, Opcode::LIST_APPEND, 1);
            }
            self.addop_i(loc, Opcode::CALL, 1);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_const(loc, Constant::str("")),
            1 => {}
            n => self.addop_i(loc, Opcode::BUILD_STRING, n),
        }
        Ok(())
    }

    pub fn formatted_value(
        &mut self,
        loc: Location,
        value: &'a Expr<'a>,
        conversion: Option<u8>,
        format_spec: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        self.expr(value)?;
        if let Some(conversion) = conversion {
            self.addop_u(loc, Opcode::CONVERT_VALUE, conversion_oparg(conversion)?);
        }
        match format_spec {
            Some(spec) => {
                self.expr(spec)?;
                self.addop(loc, Opcode::FORMAT_WITH_SPEC);
            }
            None => self.addop(loc, Opcode::FORMAT_SIMPLE),
        }
        Ok(())
    }

    pub fn template_str(&mut self, loc: Location, values: &'a [Expr<'a>]) -> Result<()> {
        let is_interpolation = |e: &Expr| matches!(e.kind, ExprKind::Interpolation { .. });
        let mut last_was_interpolation = true;
        let mut strings = 0;
        let mut rest = values;
        while let Some((value, tail)) = rest.split_first() {
            rest = tail;
            if is_interpolation(value) {
                if last_was_interpolation {
                    self.load_const(loc, Constant::str(""));
                    strings += 1;
                }
                last_was_interpolation = true;
                continue;
            }
            self.expr(value)?;
            while let Some((next, tail)) = rest.split_first()
                && !is_interpolation(next)
            {
                self.expr(next)?;
                self.addop_binary(loc, Operator::Add, true);
                rest = tail;
            }
            strings += 1;
            last_was_interpolation = false;
        }
        if last_was_interpolation {
            self.load_const(loc, Constant::str(""));
            strings += 1;
        }
        self.addop_i(loc, Opcode::BUILD_TUPLE, strings);
        let mut interpolations = 0;
        for value in values.iter().filter(|v| is_interpolation(v)) {
            self.expr(value)?;
            interpolations += 1;
        }
        self.addop_i(loc, Opcode::BUILD_TUPLE, interpolations);
        self.addop(loc, Opcode::BUILD_TEMPLATE);
        Ok(())
    }

    pub fn interpolation(
        &mut self,
        loc: Location,
        value: &'a Expr<'a>,
        str: &Constant,
        conversion: Option<u8>,
        format_spec: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        self.expr(value)?;
        self.load_const(loc, str.clone());
        let mut oparg = 2;
        if let Some(spec) = format_spec {
            oparg += 1;
            self.expr(spec)?;
        }
        if let Some(conversion) = conversion {
            oparg |= conversion_oparg(conversion)? << 2;
        }
        self.addop_u(loc, Opcode::BUILD_INTERPOLATION, oparg);
        Ok(())
    }
}
