//! Expressions: operators, displays, comparisons, attributes, subscripts and targets.
//!
//! CPython: Python/codegen.c, codegen_visit_expr.

use pyaot_code::opcode::{intrinsic1, nb};
use pyaot_code::{Constant, Opcode};

use super::stmt::two_element_slice;
use super::unit::{ScopeType, Unit};
use super::{Compiler, NO_LOCATION, STACK_USE_GUIDELINE};
use crate::diagnostic::Result;
use crate::syntax::ast::*;

/// How a display with stars is built.
#[derive(Clone, Copy)]
pub struct Display {
    pub build: Opcode,
    pub add: Opcode,
    pub extend: Opcode,
    pub tuple: bool,
}

pub const LIST: Display = Display {
    build: Opcode::BUILD_LIST,
    add: Opcode::LIST_APPEND,
    extend: Opcode::LIST_EXTEND,
    tuple: false,
};
pub const TUPLE: Display = Display { tuple: true, ..LIST };
const SET: Display = Display {
    build: Opcode::BUILD_SET,
    add: Opcode::SET_ADD,
    extend: Opcode::SET_UPDATE,
    tuple: false,
};

impl<'a> Compiler<'a, '_> {
    pub fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<()> {
        exprs.iter().try_for_each(|e| self.expr(e))
    }

    pub fn expr(&mut self, e: &'a Expr<'a>) -> Result<()> {
        let loc = e.loc;
        match e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.addop_i(loc, Opcode::COPY, 1);
                self.expr(target)
            }
            ExprKind::BoolOp { op, values } => self.boolop(loc, op, values),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.addop_binary(loc, op, false);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => self.unaryop(loc, op, operand),
            ExprKind::Lambda(l) => self.lambda(loc, l),
            ExprKind::IfExp { test, body, orelse } => self.ifexp(test, body, orelse),
            ExprKind::Dict(Dict { keys, values }) => self.dict(loc, keys, values),
            ExprKind::Set(elts) => self.starunpack(loc, elts, None, 0, SET),
            ExprKind::GeneratorExp(_) | ExprKind::ListComp(_) | ExprKind::SetComp(_) | ExprKind::DictComp(_) => {
                self.comprehension(e)
            }
            ExprKind::Yield(value) => self.yield_expr(loc, value),
            ExprKind::YieldFrom(value) => self.yield_from(loc, value),
            ExprKind::Await(value) => {
                self.expr(value)?;
                self.await_value(loc, 0);
                Ok(())
            }
            ExprKind::Compare(Compare { left, ops, comparators }) => self.compare(loc, left, ops, comparators),
            ExprKind::Call(Call { func, args, keywords }) => self.call(e, func, args, keywords),
            ExprKind::Constant { value, .. } => {
                self.load_const(loc, value.clone());
                Ok(())
            }
            ExprKind::JoinedStr(values) => self.joined_str(loc, values),
            ExprKind::TemplateStr(values) => self.template_str(loc, values),
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => self.formatted_value(loc, value, conversion, format_spec),
            ExprKind::Interpolation {
                value,
                str,
                conversion,
                format_spec,
            } => self.interpolation(loc, value, str, conversion, format_spec),
            ExprKind::Attribute { value, attr, ctx } => self.attribute(e, value, attr, ctx),
            ExprKind::Subscript { value, slice, ctx } => self.subscript(e, value, slice, ctx),
            ExprKind::Starred { ctx, .. } => match ctx {
                Ctx::Store => self.error(loc, "starred assignment target must be in a list or tuple"),
                Ctx::Load | Ctx::Del => self.error(loc, "can't use starred expression here"),
            },
            ExprKind::Slice { lower, upper, step } => self.slice(loc, lower, upper, step),
            ExprKind::Name { id, ctx } => self.nameop(loc, id, ctx),
            ExprKind::List { elts, ctx } => self.sequence(loc, elts, ctx, LIST),
            ExprKind::Tuple { elts, ctx } => self.sequence(loc, elts, ctx, TUPLE),
        }
    }

    fn unaryop(&mut self, loc: Location, op: UnaryOp, operand: &'a Expr<'a>) -> Result<()> {
        self.expr(operand)?;
        match op {
            UnaryOp::UAdd => self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::UNARY_POSITIVE),
            UnaryOp::Not => {
                self.addop(loc, Opcode::TO_BOOL);
                self.addop(loc, Opcode::UNARY_NOT);
            }
            UnaryOp::Invert => self.addop(loc, Opcode::UNARY_INVERT),
            UnaryOp::USub => self.addop(loc, Opcode::UNARY_NEGATIVE),
        }
        Ok(())
    }

    fn yield_expr(&mut self, loc: Location, value: Option<&'a Expr<'a>>) -> Result<()> {
        if !self.entry().is_function_like() {
            return self.error(loc, "'yield' outside function");
        }
        match value {
            Some(value) => self.expr(value)?,
            None => self.load_none(loc),
        }
        self.addop_yield(loc);
        Ok(())
    }

    fn yield_from(&mut self, loc: Location, value: &'a Expr<'a>) -> Result<()> {
        if !self.entry().is_function_like() {
            return self.error(loc, "'yield from' outside function");
        }
        if self.scope_type() == ScopeType::AsyncFunction {
            return self.error(loc, "'yield from' inside async function");
        }
        self.expr(value)?;
        self.addop(loc, Opcode::GET_YIELD_FROM_ITER);
        self.load_none(loc);
        self.add_yield_from(loc, false);
        Ok(())
    }

    pub fn addop_binary(&mut self, loc: Location, op: Operator, inplace: bool) {
        let (plain, in_place) = match op {
            Operator::Add => (nb::ADD, nb::INPLACE_ADD),
            Operator::Sub => (nb::SUBTRACT, nb::INPLACE_SUBTRACT),
            Operator::Mult => (nb::MULTIPLY, nb::INPLACE_MULTIPLY),
            Operator::MatMult => (nb::MATRIX_MULTIPLY, nb::INPLACE_MATRIX_MULTIPLY),
            Operator::Div => (nb::TRUE_DIVIDE, nb::INPLACE_TRUE_DIVIDE),
            Operator::Mod => (nb::REMAINDER, nb::INPLACE_REMAINDER),
            Operator::Pow => (nb::POWER, nb::INPLACE_POWER),
            Operator::LShift => (nb::LSHIFT, nb::INPLACE_LSHIFT),
            Operator::RShift => (nb::RSHIFT, nb::INPLACE_RSHIFT),
            Operator::BitOr => (nb::OR, nb::INPLACE_OR),
            Operator::BitXor => (nb::XOR, nb::INPLACE_XOR),
            Operator::BitAnd => (nb::AND, nb::INPLACE_AND),
            Operator::FloorDiv => (nb::FLOOR_DIVIDE, nb::INPLACE_FLOOR_DIVIDE),
        };
        self.addop_u(loc, Opcode::BINARY_OP, if inplace { in_place } else { plain });
    }

    /// CPython: codegen_addcompare; the oparg holds the operator and the mask that specialised forms use.
    pub fn addop_compare(&mut self, loc: Location, op: CmpOp) {
        const LESS: u32 = 2;
        const GREATER: u32 = 4;
        const EQUALS: u32 = 8;
        const NOT_EQUALS: u32 = 1 | LESS | GREATER;
        let (index, mask) = match op {
            CmpOp::Is => return self.addop_i(loc, Opcode::IS_OP, 0),
            CmpOp::IsNot => return self.addop_i(loc, Opcode::IS_OP, 1),
            CmpOp::In => return self.addop_i(loc, Opcode::CONTAINS_OP, 0),
            CmpOp::NotIn => return self.addop_i(loc, Opcode::CONTAINS_OP, 1),
            CmpOp::Lt => (0, LESS),
            CmpOp::LtE => (1, LESS | EQUALS),
            CmpOp::Eq => (2, EQUALS),
            CmpOp::NotEq => (3, NOT_EQUALS),
            CmpOp::Gt => (4, GREATER),
            CmpOp::GtE => (5, GREATER | EQUALS),
        };
        self.addop_u(loc, Opcode::COMPARE_OP, index << 5 | mask);
    }

    fn boolop(&mut self, loc: Location, op: BoolOp, values: &'a [Expr<'a>]) -> Result<()> {
        let jump = match op {
            BoolOp::And => Opcode::JUMP_IF_FALSE,
            BoolOp::Or => Opcode::JUMP_IF_TRUE,
        };
        let end = self.new_label();
        if let Some((last, rest)) = values.split_last() {
            for value in rest {
                self.expr(value)?;
                self.addop_j(loc, jump, end);
                self.addop(loc, Opcode::POP_TOP);
            }
            self.expr(last)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn ifexp(&mut self, test: &'a Expr<'a>, body: &'a Expr<'a>, orelse: &'a Expr<'a>) -> Result<()> {
        let end = self.new_label();
        let next = self.new_label();
        self.jump_if(test, next, false)?;
        self.expr(body)?;
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        self.use_label(next);
        self.expr(orelse)?;
        self.use_label(end);
        Ok(())
    }

    fn compare(&mut self, loc: Location, left: &'a Expr<'a>, ops: &[CmpOp], comparators: &'a [Expr<'a>]) -> Result<()> {
        self.check_compare(loc, left, ops, comparators);
        self.expr(left)?;
        let n = ops.len() - 1;
        if n == 0 {
            self.expr(&comparators[0])?;
            self.addop_compare(loc, ops[0]);
            return Ok(());
        }
        let cleanup = self.new_label();
        for i in 0..n {
            self.expr(&comparators[i])?;
            self.addop_i(loc, Opcode::SWAP, 2);
            self.addop_i(loc, Opcode::COPY, 2);
            self.addop_compare(loc, ops[i]);
            self.addop_i(loc, Opcode::COPY, 1);
            self.addop(loc, Opcode::TO_BOOL);
            self.addop_j(loc, Opcode::POP_JUMP_IF_FALSE, cleanup);
            self.addop(loc, Opcode::POP_TOP);
        }
        self.expr(&comparators[n])?;
        self.addop_compare(loc, ops[n]);
        let end = self.new_label();
        self.addop_j(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.addop_i(loc, Opcode::SWAP, 2);
        self.addop(loc, Opcode::POP_TOP);
        self.use_label(end);
        Ok(())
    }

    /// Builds a display of `pushed` values already on the stack, `elts`, and the value of the name `injected`.
    /// CPython: starunpack_helper_impl.
    pub fn starunpack(
        &mut self,
        loc: Location,
        elts: &'a [Expr<'a>],
        injected: Option<Ident>,
        pushed: usize,
        display: Display,
    ) -> Result<()> {
        let mut n = elts.len();
        let big = n + pushed + usize::from(injected.is_some()) > STACK_USE_GUIDELINE;
        if !big && !elts.iter().any(Expr::is_starred) {
            self.exprs(elts)?;
            if let Some(name) = injected {
                self.nameop(loc, name, Ctx::Load)?;
                n += 1;
            }
            self.addop_i(
                loc,
                if display.tuple {
                    Opcode::BUILD_TUPLE
                } else {
                    display.build
                },
                n + pushed,
            );
            return Ok(());
        }
        let mut built = false;
        if big {
            self.addop_i(loc, display.build, pushed);
            built = true;
        }
        for (i, elt) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = elt.kind {
                if !built {
                    self.addop_i(loc, display.build, i + pushed);
                    built = true;
                }
                self.expr(value)?;
                self.addop_i(loc, display.extend, 1);
            } else {
                self.expr(elt)?;
                if built {
                    self.addop_i(loc, display.add, 1);
                }
            }
        }
        if let Some(name) = injected {
            self.nameop(loc, name, Ctx::Load)?;
            self.addop_i(loc, display.add, 1);
        }
        if display.tuple {
            self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::LIST_TO_TUPLE);
        }
        Ok(())
    }

    fn sequence(&mut self, loc: Location, elts: &'a [Expr<'a>], ctx: Ctx, display: Display) -> Result<()> {
        match ctx {
            Ctx::Load => self.starunpack(loc, elts, None, 0, display),
            Ctx::Del => self.exprs(elts),
            Ctx::Store => {
                self.unpack(loc, elts)?;
                for elt in elts {
                    match elt.kind {
                        ExprKind::Starred { value, .. } => self.expr(value)?,
                        _ => self.expr(elt)?,
                    }
                }
                Ok(())
            }
        }
    }

    /// CPython: unpack_helper.
    fn unpack(&mut self, loc: Location, elts: &[Expr]) -> Result<()> {
        let n = elts.len();
        let mut seen_star = false;
        for (i, _) in elts.iter().enumerate().filter(|(_, e)| e.is_starred()) {
            if seen_star {
                return self.error(loc, "multiple starred expressions in assignment");
            }
            let after = n - i - 1;
            if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                return self.error(loc, "too many expressions in star-unpacking assignment");
            }
            self.addop_i(loc, Opcode::UNPACK_EX, i + (after << 8));
            seen_star = true;
        }
        if !seen_star {
            self.addop_i(loc, Opcode::UNPACK_SEQUENCE, n);
        }
        Ok(())
    }

    fn subdict(&mut self, loc: Location, keys: &'a [Option<Expr<'a>>], values: &'a [Expr<'a>]) -> Result<()> {
        let n = values.len();
        let big = n * 2 > STACK_USE_GUIDELINE;
        if big {
            self.addop_i(loc, Opcode::BUILD_MAP, 0);
        }
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.addop_i(loc, Opcode::MAP_ADD, 1);
            }
        }
        if !big {
            self.addop_i(loc, Opcode::BUILD_MAP, n);
        }
        Ok(())
    }

    /// CPython: codegen_dict.
    fn dict(&mut self, loc: Location, keys: &'a [Option<Expr<'a>>], values: &'a [Expr<'a>]) -> Result<()> {
        let n = values.len();
        let mut have_dict = false;
        let mut elements = 0;
        for i in 0..n {
            if keys[i].is_none() {
                if elements > 0 {
                    self.subdict(loc, &keys[i - elements..i], &values[i - elements..i])?;
                    if have_dict {
                        self.addop_i(loc, Opcode::DICT_UPDATE, 1);
                    }
                    have_dict = true;
                    elements = 0;
                }
                if !have_dict {
                    self.addop_i(loc, Opcode::BUILD_MAP, 0);
                    have_dict = true;
                }
                self.expr(&values[i])?;
                self.addop_i(loc, Opcode::DICT_UPDATE, 1);
            } else if elements * 2 > STACK_USE_GUIDELINE {
                self.subdict(loc, &keys[i - elements..=i], &values[i - elements..=i])?;
                if have_dict {
                    self.addop_i(loc, Opcode::DICT_UPDATE, 1);
                }
                have_dict = true;
                elements = 0;
            } else {
                elements += 1;
            }
        }
        if elements > 0 {
            self.subdict(loc, &keys[n - elements..], &values[n - elements..])?;
            if have_dict {
                self.addop_i(loc, Opcode::DICT_UPDATE, 1);
            }
            have_dict = true;
        }
        if !have_dict {
            self.addop_i(loc, Opcode::BUILD_MAP, 0);
        }
        Ok(())
    }

    fn attribute(&mut self, e: &'a Expr<'a>, value: &'a Expr<'a>, attr: Ident, ctx: Ctx) -> Result<()> {
        if ctx == Ctx::Load
            && let Some(call) = self.optimizable_super(value, attr)
        {
            self.load_args_for_super(&call)?;
            self.addop_name(
                e.loc,
                Opcode::LOAD_SUPER_ATTR,
                attr,
                2,
                if call.args.is_empty() { 0 } else { 2 },
            );
            let loc = self.attr_location(e.loc, e.loc, attr);
            self.addop(loc, Opcode::NOP);
            return Ok(());
        }
        self.note_static_attribute(value, attr, ctx);
        self.expr(value)?;
        let loc = self.attr_location(e.loc, e.loc, attr);
        match ctx {
            Ctx::Load => self.addop_name(loc, Opcode::LOAD_ATTR, attr, 1, 0),
            Ctx::Store => self.addop_name(loc, Opcode::STORE_ATTR, attr, 0, 0),
            Ctx::Del => self.addop_name(loc, Opcode::DELETE_ATTR, attr, 0, 0),
        }
        Ok(())
    }

    /// `self.attr = ...` is listed in the `__static_attributes__` of the innermost class.
    fn note_static_attribute(&mut self, value: &Expr, attr: Ident, ctx: Ctx) {
        if ctx == Ctx::Store
            && matches!(value.kind, ExprKind::Name { id, .. } if id == known::SELF)
            && let Some((_, outer)) = self.units.split_last_mut()
            && let Some(class) = outer.iter_mut().rev().find(|u: &&mut Unit| u.scope == ScopeType::Class)
        {
            class.static_attributes.add(attr);
        }
    }

    fn subscript(&mut self, e: &'a Expr<'a>, value: &'a Expr<'a>, slice: &'a Expr<'a>, ctx: Ctx) -> Result<()> {
        let loc = e.loc;
        if ctx == Ctx::Load {
            self.check_subscripter(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if ctx != Ctx::Del
            && let Some((lower, upper)) = two_element_slice(slice)
        {
            self.slice_two_parts(slice.loc, lower, upper)?;
            self.addop(
                loc,
                if ctx == Ctx::Load {
                    Opcode::BINARY_SLICE
                } else {
                    Opcode::STORE_SLICE
                },
            );
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            Ctx::Load => self.addop_u(loc, Opcode::BINARY_OP, nb::SUBSCR),
            Ctx::Store => self.addop(loc, Opcode::STORE_SUBSCR),
            Ctx::Del => self.addop(loc, Opcode::DELETE_SUBSCR),
        }
        Ok(())
    }

    pub fn slice_two_parts(
        &mut self,
        loc: Location,
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        for part in [lower, upper] {
            match part {
                Some(part) => self.expr(part)?,
                None => self.load_none(loc),
            }
        }
        Ok(())
    }

    fn slice(
        &mut self,
        loc: Location,
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
        step: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        let part = |e: Option<&Expr>| match e {
            None => Some(Constant::None),
            Some(e) => e.as_constant().cloned(),
        };
        if let (Some(start), Some(stop), Some(step)) = (part(lower), part(upper), part(step)) {
            self.load_const(loc, Constant::Slice([start, stop, step].into()));
            return Ok(());
        }
        self.slice_two_parts(loc, lower, upper)?;
        let mut n = 2;
        if let Some(step) = step {
            n += 1;
            self.expr(step)?;
        }
        self.addop_i(loc, Opcode::BUILD_SLICE, n);
        Ok(())
    }
}
