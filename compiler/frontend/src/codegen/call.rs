//! Calls: methods, `super()`, generators handed to `all`, `any` and `tuple`, star and keyword arguments.
//!
//! CPython: Python/codegen.c, codegen_call, codegen_call_helper_impl, can_optimize_super_call.

use pyaot_code::opcode::{common_constant, intrinsic1};
use pyaot_code::{Constant, Opcode};

use super::expr::TUPLE;
use super::{Compiler, NO_LOCATION, STACK_USE_GUIDELINE};
use crate::diagnostic::{Diagnostic, Result};
use crate::instr::Label;
use crate::symtable::{Scope, TOP, def};
use crate::syntax::ast::*;

/// A call of `super` that becomes LOAD_SUPER_ATTR.
pub struct SuperCall<'a> {
    loc: Location,
    func: &'a Expr<'a>,
    pub args: &'a [Expr<'a>],
}

impl<'a> Compiler<'a, '_> {
    pub fn call(
        &mut self,
        e: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        if self.method_call(e, func, args, keywords)? {
            return Ok(());
        }
        let skip_normal_call = self.new_label();
        self.check_caller(func);
        self.expr(func)?;
        self.function_call(func, args, keywords, skip_normal_call)?;
        self.addop(func.loc, Opcode::PUSH_NULL);
        self.call_helper(e.loc, 0, args, None, keywords)?;
        self.use_label(skip_normal_call);
        Ok(())
    }

    fn validate_keywords(&self, keywords: &[Keyword]) -> Result<()> {
        for (i, key) in keywords.iter().enumerate() {
            let Some(arg) = key.arg else { continue };
            if let Some(other) = keywords[i + 1..].iter().find(|k| k.arg == Some(arg)) {
                return self.error(other.loc, format!("keyword argument repeated: {}", self.text(arg)));
            }
        }
        Ok(())
    }

    /// Inlines the loop of `all(...)`, `any(...)` and `tuple(...)` over a generator expression behind a check of the
    /// callee. CPython: maybe_optimize_function_call.
    fn function_call(
        &mut self,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &[Keyword],
        end: Label,
    ) -> Result<()> {
        let (ExprKind::Name { id, .. }, [arg], []) = (func.kind, args, keywords) else {
            return Ok(());
        };
        let ExprKind::GeneratorExp(comp) = arg.kind else {
            return Ok(());
        };
        let entry = self.lookup_entry(comp.id)?;
        if self.st.entries[entry].coroutine {
            return Ok(());
        }
        let loc = func.loc;
        let skip = self.new_label();
        let known = match id {
            known::ALL => Some((common_constant::BUILTIN_ALL, Some((true, Opcode::POP_JUMP_IF_TRUE)))),
            known::ANY => Some((common_constant::BUILTIN_ANY, Some((false, Opcode::POP_JUMP_IF_FALSE)))),
            known::TUPLE => Some((common_constant::BUILTIN_TUPLE, None)),
            _ => None,
        };
        if let Some((callee, truth)) = known {
            self.addop_i(loc, Opcode::COPY, 1);
            self.addop_u(loc, Opcode::LOAD_COMMON_CONSTANT, callee);
            self.addop_compare(loc, CmpOp::Is);
            self.addop_j(loc, Opcode::POP_JUMP_IF_FALSE, skip);
            self.addop(loc, Opcode::POP_TOP);
            if truth.is_none() {
                self.addop_i(loc, Opcode::BUILD_LIST, 0);
            }
            self.expr(arg)?;
            let top = self.new_label();
            let cleanup = self.new_label();
            self.use_label(top);
            self.addop_j(loc, Opcode::FOR_ITER, cleanup);
            match truth {
                None => {
                    self.addop_i(loc, Opcode::LIST_APPEND, 2);
                    self.addop_j(loc, Opcode::JUMP, top);
                }
                Some((_, continue_jump)) => {
                    self.addop(loc, Opcode::TO_BOOL);
                    self.addop_j(loc, continue_jump, top);
                }
            }
            self.addop(NO_LOCATION, Opcode::POP_ITER);
            if let Some((initial, _)) = truth {
                self.load_const(loc, Constant::Bool(!initial));
            }
            self.addop_j(loc, Opcode::JUMP, end);
            self.use_label(cleanup);
            self.addop(NO_LOCATION, Opcode::END_FOR);
            self.addop(NO_LOCATION, Opcode::POP_ITER);
            match truth {
                None => self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::LIST_TO_TUPLE),
                Some((initial, _)) => self.load_const(loc, Constant::Bool(initial)),
            }
            self.addop_j(loc, Opcode::JUMP, end);
        }
        self.use_label(skip);
        Ok(())
    }

    /// A plain method call. CPython: maybe_optimize_method_call.
    fn method_call(
        &mut self,
        e: &'a Expr<'a>,
        meth: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<bool> {
        let ExprKind::Attribute {
            value,
            attr,
            ctx: Ctx::Load,
        } = meth.kind
        else {
            return Ok(false);
        };
        // A name that the module imports is taken to be a module, whose functions are no methods.
        if let ExprKind::Name { id, .. } = value.kind
            && self.st.entries[TOP].symbols.flags(id) & def::IMPORT != 0
        {
            return Ok(false);
        }
        if args.len() + keywords.len() + usize::from(!keywords.is_empty()) >= STACK_USE_GUIDELINE
            || args.iter().any(Expr::is_starred)
            || keywords.iter().any(|k| k.arg.is_none())
        {
            return Ok(false);
        }
        let mut loc = meth.loc;
        if let Some(call) = self.optimizable_super(value, attr) {
            self.load_args_for_super(&call)?;
            self.addop_name(
                loc,
                Opcode::LOAD_SUPER_ATTR,
                attr,
                2,
                if call.args.is_empty() { 1 } else { 3 },
            );
            loc = self.attr_location(loc, meth.loc, attr);
            self.addop(loc, Opcode::NOP);
        } else {
            self.expr(value)?;
            loc = self.attr_location(loc, meth.loc, attr);
            self.addop_name(loc, Opcode::LOAD_ATTR, attr, 1, 1);
        }
        self.exprs(args)?;
        if keywords.is_empty() {
            let loc = self.attr_location(e.loc, meth.loc, attr);
            self.addop_i(loc, Opcode::CALL, args.len());
        } else {
            keywords.iter().try_for_each(|k| self.expr(&k.value))?;
            self.keyword_names(loc, keywords);
            let loc = self.attr_location(e.loc, meth.loc, attr);
            self.addop_i(loc, Opcode::CALL_KW, args.len() + keywords.len());
        }
        Ok(true)
    }

    fn keyword_names(&mut self, loc: Location, keywords: &[Keyword]) {
        let names = keywords
            .iter()
            .filter_map(|k| k.arg)
            .map(|name| self.name_constant(name))
            .collect();
        self.load_const(loc, Constant::tuple(names));
    }

    /// The call below `value.attr`, if it is `super()` or `super(a, b)` of the builtin.
    pub fn optimizable_super(&self, value: &'a Expr<'a>, attr: Ident) -> Option<SuperCall<'a>> {
        let ExprKind::Call(Call { func, args, keywords }) = value.kind else {
            return None;
        };
        let ExprKind::Name { id, .. } = func.kind else {
            return None;
        };
        if id != known::SUPER || attr == known::CLASS || !keywords.is_empty() {
            return None;
        }
        if self.entry().scope(id) != Scope::GlobalImplicit || self.st.entries[TOP].scope(id) != Scope::Unknown {
            return None;
        }
        let fits = match args {
            [a, b] => !a.is_starred() && !b.is_starred(),
            [] => {
                let md = &self.unit().md;
                md.argcount + md.posonlyargcount > 0 && self.ref_type(known::CLASS) == Scope::Free
            }
            _ => false,
        };
        fits.then_some(SuperCall {
            loc: value.loc,
            func,
            args,
        })
    }

    pub fn load_args_for_super(&mut self, call: &SuperCall<'a>) -> Result<()> {
        self.nameop(call.func.loc, known::SUPER, Ctx::Load)?;
        if !call.args.is_empty() {
            return self.exprs(call.args);
        }
        self.nameop(call.loc, known::CLASS, Ctx::Load)?;
        let Some(first) = self.unit().md.varnames.iter().next() else {
            return Err(Diagnostic::internal("call", "super() in a function without parameters"));
        };
        self.nameop(call.loc, first, Ctx::Load)
    }

    fn subkwargs(&mut self, loc: Location, keywords: &'a [Keyword<'a>]) -> Result<()> {
        let n = keywords.len();
        let big = n * 2 > STACK_USE_GUIDELINE;
        if big {
            self.addop_i(NO_LOCATION, Opcode::BUILD_MAP, 0);
        }
        for keyword in keywords {
            if let Some(arg) = keyword.arg {
                self.load_name_text(loc, arg);
            }
            self.expr(&keyword.value)?;
            if big {
                self.addop_i(NO_LOCATION, Opcode::MAP_ADD, 1);
            }
        }
        if !big {
            self.addop_i(loc, Opcode::BUILD_MAP, n);
        }
        Ok(())
    }

    /// Arguments and the call itself; `pushed` arguments are on the stack. CPython: codegen_call_helper_impl.
    pub fn call_helper(
        &mut self,
        loc: Location,
        pushed: usize,
        args: &'a [Expr<'a>],
        injected: Option<Ident>,
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        let simple = args.len() + keywords.len() * 2 <= STACK_USE_GUIDELINE
            && !args.iter().any(Expr::is_starred)
            && keywords.iter().all(|k| k.arg.is_some());
        if simple {
            self.exprs(args)?;
            let mut n = pushed + args.len();
            if let Some(name) = injected {
                self.nameop(loc, name, Ctx::Load)?;
                n += 1;
            }
            if keywords.is_empty() {
                self.addop_i(loc, Opcode::CALL, n);
            } else {
                keywords.iter().try_for_each(|k| self.expr(&k.value))?;
                self.keyword_names(loc, keywords);
                self.addop_i(loc, Opcode::CALL_KW, n + keywords.len());
            }
            return Ok(());
        }
        match args {
            [
                Expr {
                    kind: ExprKind::Starred { value, .. },
                    ..
                },
            ] if pushed == 0 => self.expr(value)?,
            _ => self.starunpack(loc, args, injected, pushed, TUPLE)?,
        }
        if keywords.is_empty() {
            self.addop(loc, Opcode::PUSH_NULL);
        } else {
            let mut have_dict = false;
            let mut seen = 0;
            for (i, keyword) in keywords.iter().enumerate() {
                if keyword.arg.is_some() {
                    seen += 1;
                    continue;
                }
                if seen > 0 {
                    self.subkwargs(loc, &keywords[i - seen..i])?;
                    if have_dict {
                        self.addop_i(loc, Opcode::DICT_MERGE, 1);
                    }
                    have_dict = true;
                    seen = 0;
                }
                if !have_dict {
                    self.addop_i(loc, Opcode::BUILD_MAP, 0);
                    have_dict = true;
                }
                self.expr(&keyword.value)?;
                self.addop_i(loc, Opcode::DICT_MERGE, 1);
            }
            if seen > 0 {
                self.subkwargs(loc, &keywords[keywords.len() - seen..])?;
                if have_dict {
                    self.addop_i(loc, Opcode::DICT_MERGE, 1);
                }
            }
        }
        self.addop(loc, Opcode::CALL_FUNCTION_EX);
        Ok(())
    }
}
