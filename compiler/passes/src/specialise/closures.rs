//! Calls of functions that a function makes: by a local variable, or by a cell that other functions share.
//!
//! Which code the function has is guessed: a local variable that only one `def` or `lambda` reaches is that, and a cell likely holds the
//! function of its name. That it is a Python function with this code is tested at each call, so whatever is bound in its place goes the
//! general way. Code with a closure of its own is given its function object.
use super::body::{Body, Next};
use super::points;
use pyaot_abi::FunctionObject;
use pyaot_ir::{CodeId, Cond, Const, Function, Imm, Inst, Op, Ty, ValueId};
use std::collections::HashMap;
use std::mem::offset_of;

/// Values that are functions made here, wherever they come from, by their code.
pub fn origins(f: &Function) -> HashMap<ValueId, CodeId> {
    let mut known: HashMap<ValueId, Option<CodeId>> = HashMap::new();
    for block in &f.blocks {
        for inst in block.insts.iter().filter(|inst| inst.calls("make_function")) {
            let made = block.insts.iter().find(|n| n.results.first() == Some(&inst.args[0]));
            if let Some(Imm::Code(code)) = made.and_then(|n| n.imms.first()) {
                known.insert(inst.results[0], Some(*code));
            }
        }
    }
    if known.is_empty() {
        return HashMap::new();
    }
    let params: Vec<ValueId> = f.blocks.iter().flat_map(|b| &b.params).map(|p| p.value).collect();
    let mut is_param = vec![false; f.values.len()];
    for value in &params {
        is_param[value.index()] = true;
    }
    // A parameter that has no entry yet has been given nothing; `None` is anything.
    for param in &f.blocks[0].params {
        known.insert(param.value, None);
    }
    loop {
        let mut changed = false;
        for inst in f.blocks.iter().flat_map(|b| &b.insts) {
            for (edge, defined) in points::edges(inst) {
                let params = &f.blocks[edge.block.index()].params;
                let given = params[..defined].iter().map(|p| (p.value, Some(None)));
                let passed = edge.args.iter().zip(&params[defined..]).map(|(arg, param)| {
                    let unknown = (!is_param[arg.index()]).then_some(None);
                    (param.value, known.get(arg).copied().or(unknown))
                });
                for (param, what) in given.chain(passed).collect::<Vec<_>>() {
                    let Some(what) = what else { continue };
                    let new = match known.get(&param) {
                        Some(old) if *old == what => continue,
                        Some(None) => continue,
                        Some(_) => None,
                        None => what,
                    };
                    known.insert(param, new);
                    changed = true;
                }
            }
        }
        if !changed {
            return known.into_iter().filter_map(|(v, code)| Some((v, code?))).collect();
        }
    }
}

impl Body<'_, '_> {
    /// The code that the callee of a call likely has.
    fn inner_code(&self, inst: &Inst) -> Option<CodeId> {
        let callable = inst.args[0];
        let (given, keywords) = (inst.args.len() - 2, self.keywords(inst));
        let fits = |code: &CodeId| {
            let known = self.shared.callable.contains(code) || self.shared.closures.contains(code);
            known && self.sources(*code, given, &keywords).is_some()
        };
        if let Some(code) = self.origins.get(&callable) {
            return Some(*code).filter(fits);
        }
        let insts = &self.f.blocks[self.b].insts;
        let made = insts.iter().find(|n| n.results.contains(&callable))?;
        let (Op::LoadCell, Some(Imm::Const(name))) = (made.op, made.imms.first()) else {
            return None;
        };
        let Const::Str(name) = self.shared.module.constant(*name) else {
            return None;
        };
        let name = std::str::from_utf8(name).ok()?;
        // Functions of that name which a scope around this code makes.
        let here = &self.shared.module.codes[self.f.code.index()].name;
        let mut all = (0..self.shared.module.codes.len() as u32).map(CodeId).filter(|code| {
            let text = &self.shared.module.codes[code.index()].name;
            text.strip_suffix(name)
                .and_then(|scope| scope.strip_suffix(".<locals>."))
                .is_some_and(|scope| {
                    here == scope || here.strip_prefix(scope).is_some_and(|r| r.starts_with(".<locals>."))
                })
        });
        match (all.next(), all.next()) {
            (Some(code), None) => Some(code).filter(fits),
            _ => None,
        }
    }

    /// `None` when nothing was done.
    pub fn call_inner(&mut self, i: usize, inst: &Inst) -> Result<Option<Next>, String> {
        let callable = inst.args[0];
        let Some(code) = self.inner_code(inst) else {
            return Ok(None);
        };
        let exit = self.rare(i)?;
        let function = self.boxed(callable)?;
        self.guarded(Op::GuardType, vec![Imm::Type(Ty::Function)], vec![function], exit);
        let found = self.b().load(Ty::Ptr, function, offset_of!(FunctionObject, code));
        self.none(Op::Keep, vec![], vec![function]);
        let wanted = self.one(Op::CodeAddr, vec![Imm::Code(code)], vec![]);
        let same = self.icmp(Cond::Eq, found, wanted);
        self.require(i, same)?;
        if let Some(same) = self.same_defaults(function, code, inst, inst.args.len() - 2) {
            self.require(i, same)?;
        }
        self.load_names()?;
        if self.shared.closures.contains(&code) {
            self.callee = Some(function);
        }
        self.call_version(i, inst, &inst.args[2..], code).map(Some)
    }
}
