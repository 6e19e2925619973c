//! Units: what of a module is compiled and cached by itself. In: a module after the specialiser. Out: groups of functions, each as a
//! module of its own with a key; an edit in one function changes the key of its unit only.
//!
//! Functions are taken in the order of the source; where a unit ends depends on a hash of the name there, so that an insertion moves
//! the ends around it alone. Light functions have units of their own, which take the quick way through the back end. The key covers what the passes and the back end read of a unit, with everything by name or content: a
//! number of the module (a constant, a global, a cache, a version) may shift with any edit. Positions are indices of bytecode
//! instructions, so lines do not count.
use pyaot_ir::{Block, CodeId, Function, Imm, Inst, Kind, Module, Op};
use std::collections::{BTreeMap, HashMap};

/// Insts of a unit (at Raw): at least so many before it may end at a favourable name, and at most so many.
const FEW: usize = 800;
const MANY: usize = 4_000;
/// Insts, but for those that rarely run, of a function that units of its callers have, too.
const IMPORTED: usize = 300;
/// Calls one in another by which such functions are found.
const IMPORTED_LEVELS: usize = 3;
/// One name in so many is favourable.
const FAVOURABLE: u8 = 3;

/// A group of functions.
pub struct Unit {
    /// Their code objects, in order.
    pub codes: Vec<CodeId>,
    /// Indices of their functions.
    pub functions: Vec<usize>,
    /// Indices of small functions of other units that these call: what they do before anything else may be inlined.
    pub imported: Vec<usize>,
    pub key: blake3::Hash,
}

/// What the data of the module must know of a code object's compiled functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame {
    pub slots: u32,
    pub has_resume: bool,
}

/// The units of a module. `names`: of its code objects, for symbols. `settings`: what else decides the code.
pub fn of(
    module: &Module,
    names: &[String],
    settings: &blake3::Hash,
    lines: &(dyn Fn(CodeId) -> Vec<u8> + Sync),
) -> Vec<Unit> {
    let mut by_code: BTreeMap<CodeId, Vec<usize>> = BTreeMap::new();
    for (index, function) in module.functions.iter().enumerate() {
        by_code.entry(function.code).or_default().push(index);
    }
    let is_light = |i: &usize| module.functions[*i].light || module.functions[*i].cold;
    let (light, others) = by_code.into_iter().partition(|(_, all)| all.iter().all(is_light));
    let mut groups = grouped(module, names, others);
    groups.extend(grouped(module, names, light));
    let keys = Keys::new(module, names);
    let unit = |(codes, functions): (Vec<CodeId>, Vec<usize>)| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(settings.as_bytes());
        hasher.update(module.name.as_bytes());
        for code in &codes {
            keys.code(&mut hasher, *code);
            hasher.update(&lines(*code));
        }
        let mut caches = HashMap::new();
        let imported = imports(module, &functions);
        for index in functions.iter().chain(&imported) {
            keys.function(&mut hasher, &module.functions[*index], &mut caches);
        }
        Unit {
            codes,
            functions,
            imported,
            key: hasher.finalize(),
        }
    };
    use rayon::prelude::*;
    groups.into_par_iter().map(unit).collect()
}

/// Versions that functions of a group call, have few insts, and are not in it; and those that these call, since a way to a return may
/// lead through several.
fn imports(module: &Module, group: &[usize]) -> Vec<usize> {
    let mut found: std::collections::BTreeSet<usize> = std::collections::BTreeSet::new();
    let mut from = group.to_vec();
    for _ in 0..IMPORTED_LEVELS {
        let called = from.iter().flat_map(|i| called_by(module, *i));
        let called: std::collections::BTreeSet<usize> = called.collect();
        from = called
            .into_iter()
            .filter(|i| !group.contains(i) && !found.contains(i) && is_small(&module.functions[*i]))
            .collect();
        found.extend(&from);
    }
    found.into_iter().collect()
}

fn called_by(module: &Module, index: usize) -> impl Iterator<Item = usize> {
    let insts = module.functions[index].blocks.iter().flat_map(|b| &b.insts);
    insts.filter_map(|inst| match (inst.op, inst.imms.first()) {
        (Op::CallVersion, Some(Imm::Int(number))) => module.versions.get(*number as usize).map(|i| *i as usize),
        _ => None,
    })
}

fn is_small(function: &Function) -> bool {
    let hot = function.blocks.iter().filter(|b| !b.cold).flat_map(|b| &b.insts);
    let mut counted = hot.filter(|inst| !matches!(inst.op, Op::SetLocal | Op::SetNumber));
    counted.clone().count() <= IMPORTED && !counted.any(|inst| inst.op == Op::ReturnGenerator)
}

/// Neighbours in groups of about a size.
fn grouped(module: &Module, names: &[String], codes: Vec<(CodeId, Vec<usize>)>) -> Vec<(Vec<CodeId>, Vec<usize>)> {
    let mut groups: Vec<(Vec<CodeId>, Vec<usize>)> = Vec::new();
    let mut size = MANY;
    for (code, functions) in codes {
        let insts = |i: &usize| module.functions[*i].blocks.iter().map(|b| b.insts.len()).sum::<usize>();
        let mine: usize = functions.iter().map(insts).sum();
        let favourable = blake3::hash(names[code.index()].as_bytes()).as_bytes()[0].is_multiple_of(FAVOURABLE);
        if size + mine > MANY || size >= FEW && favourable {
            groups.push((Vec::new(), Vec::new()));
            size = 0;
        }
        size += mine;
        if let Some((codes, all)) = groups.last_mut() {
            codes.push(code);
            all.extend(functions);
        }
    }
    groups
}

/// The unit as a module: the functions of others keep their places and types, but have no insts.
pub fn module(whole: &Module, unit: &Unit) -> Module {
    let mut mine = vec![false; whole.functions.len()];
    unit.functions
        .iter()
        .chain(&unit.imported)
        .for_each(|i| mine[*i] = true);
    let mut out = whole.without_functions();
    out.imported = unit.imported.iter().map(|i| *i as u32).collect();
    let mut caches = HashMap::new();
    for (function, mine) in whole.functions.iter().zip(mine) {
        out.functions.push(match mine {
            true => own_caches(function.clone(), &mut caches),
            false => stub(function),
        });
    }
    out.attr_caches = caches.len() as u32 * pyaot_abi::GROUP_CACHES;
    out
}

/// Every site of a cache gets room for the largest kind.
fn own_caches(mut function: Function, caches: &mut HashMap<u32, u32>) -> Function {
    for inst in function.blocks.iter_mut().flat_map(|b| &mut b.insts) {
        for imm in &mut inst.imms {
            if let Imm::Cache(id) = imm {
                let next = caches.len() as u32;
                id.0 = *caches.entry(id.0).or_insert(next) * pyaot_abi::GROUP_CACHES;
            }
        }
    }
    function
}

fn stub(function: &Function) -> Function {
    let params = function.blocks[0].params.clone();
    let values = params.iter().map(|p| function.ty(p.value)).collect();
    let params = params.into_iter().enumerate().map(|(i, p)| pyaot_ir::Param {
        value: pyaot_ir::ValueId(i as u32),
        ..p
    });
    Function {
        values,
        blocks: vec![Block {
            params: params.collect(),
            ..Block::default()
        }],
        ..function.without_blocks()
    }
}

/// What numbers stand for.
struct Keys<'a> {
    module: &'a Module,
    names: &'a [String],
    constants: Vec<blake3::Hash>,
    versions: Vec<blake3::Hash>,
}

impl<'a> Keys<'a> {
    fn new(module: &'a Module, names: &'a [String]) -> Keys<'a> {
        let constants = (0..module.consts.len() as u32)
            .map(|id| pyaot_llvm::content::hash(module, names, pyaot_ir::ConstId(id)))
            .collect();
        let mut numbers: HashMap<CodeId, u32> = HashMap::new();
        let versions = module.versions.iter().map(|index| {
            let f = &module.functions[*index as usize];
            let number = numbers.entry(f.code).or_default();
            let mut hasher = blake3::Hasher::new();
            hasher.update(names[f.code.index()].as_bytes());
            hasher.update(&number.to_le_bytes());
            let types: Vec<_> = f.blocks[0].params.iter().map(|p| (f.ty(p.value), p.own)).collect();
            hasher.update(format!("{types:?} {}", f.raw_result).as_bytes());
            *number += 1;
            hasher.finalize()
        });
        let versions = versions.collect();
        Keys {
            module,
            names,
            constants,
            versions,
        }
    }

    fn code(&self, hasher: &mut blake3::Hasher, id: CodeId) {
        let info = &self.module.codes[id.index()];
        hasher.update(self.names[id.index()].as_bytes());
        hasher.update(format!("{:?}", self.facts(id)).as_bytes());
        // Ints stand in the code itself; one is the line of a class.
        let is_int = |c: &&pyaot_ir::ConstId| matches!(self.module.constant(**c), pyaot_ir::Const::Int(_));
        for constant in info.consts.iter().filter(|c| !is_int(c)) {
            hasher.update(self.constants[constant.index()].as_bytes());
        }
    }

    /// What callers and the function itself know of a code object.
    fn facts(&self, id: CodeId) -> impl std::fmt::Debug {
        let info = &self.module.codes[id.index()];
        let entries = (info.direct.is_some(), info.nparams, info.consumed, info.fast_arity);
        (
            entries,
            info.plain_params,
            info.nfree,
            info.consts.len(),
            info.makes_generator,
        )
    }

    fn function(&self, hasher: &mut blake3::Hasher, f: &Function, caches: &mut HashMap<u32, u32>) {
        // Everything but names and what follows piece by piece.
        let kind = match f.kind {
            Kind::Version(number) => {
                hasher.update(self.versions[number as usize].as_bytes());
                0u8
            }
            Kind::Direct => 1,
            Kind::Resume => 2,
        };
        let head = (
            f.stage,
            f.once,
            f.cold,
            f.light,
            f.locals,
            f.scratch,
            f.raw_result,
            f.values.len(),
            f.blocks.len(),
        );
        hasher.update(&[kind]);
        hasher.update(format!("{head:?}").as_bytes());
        let mut out: Vec<u8> = Vec::with_capacity(f.values.len() * 32);
        out.extend(f.values.iter().map(|ty| *ty as u8));
        for block in &f.blocks {
            out.push(u8::from(block.cold));
            word(&mut out, block.params.len() as u32);
            for param in &block.params {
                word(&mut out, param.value.0);
                out.push(u8::from(param.own));
                word(&mut out, param.local.map_or(u32::MAX, |l| l));
            }
            word(&mut out, block.insts.len() as u32);
            for inst in &block.insts {
                self.inst(&mut out, inst, caches);
            }
        }
        hasher.update(&out);
    }

    fn inst(&self, out: &mut Vec<u8>, inst: &Inst, caches: &mut HashMap<u32, u32>) {
        word(out, inst.op as u32);
        word(out, inst.site.unwrap_or(u32::MAX));
        word(out, inst.imms.len() as u32);
        for (i, imm) in inst.imms.iter().enumerate() {
            if inst.op == Op::CallVersion
                && i == 0
                && let Imm::Int(number) = imm
            {
                out.extend(self.versions[*number as usize].as_bytes());
                continue;
            }
            self.imm(out, *imm, caches);
        }
        for list in [&inst.args, &inst.results] {
            word(out, list.len() as u32);
            list.iter().for_each(|v| word(out, v.0));
        }
        out.push(u8::from(inst.error.is_some()));
        word(out, inst.targets.len() as u32);
        for edge in inst.edges() {
            word(out, edge.block.0);
            word(out, edge.args.len() as u32);
            edge.args.iter().for_each(|v| word(out, v.0));
        }
    }

    fn imm(&self, out: &mut Vec<u8>, imm: Imm, caches: &mut HashMap<u32, u32>) {
        match imm {
            Imm::Const(id) => {
                out.push(0);
                out.extend(self.constants[id.index()].as_bytes());
            }
            Imm::Int(n) => {
                out.push(1);
                out.extend(n.to_le_bytes());
            }
            Imm::Float(bits) => {
                out.push(2);
                out.extend(bits.to_le_bytes());
            }
            Imm::Row(row) => {
                out.push(3);
                out.extend(row.to_le_bytes());
            }
            Imm::Global(id) => {
                out.push(4);
                out.extend(self.constants[self.module.globals[id.index()].index()].as_bytes());
                out.push(u8::from(self.module.bound.contains_key(&id)));
            }
            Imm::Cache(id) => {
                out.push(5);
                let next = caches.len() as u32;
                word(out, *caches.entry(id.0).or_insert(next));
            }
            Imm::Code(id) => {
                out.push(6);
                out.extend(self.names[id.index()].as_bytes());
                out.extend(format!("{:?}", self.facts(id)).as_bytes());
            }
            Imm::Type(ty) => out.extend([7, ty as u8]),
            Imm::Cond(cond) => out.extend([8, cond as u8]),
        }
    }
}

fn word(out: &mut Vec<u8>, n: u32) {
    out.extend(n.to_le_bytes());
}

/// The text of a unit's frames in the cache.
pub fn frames_to_text(frames: &[Frame]) -> String {
    let lines = frames
        .iter()
        .map(|f| format!("{} {}\n", f.slots, u8::from(f.has_resume)));
    lines.collect()
}

pub fn frames_from_text(text: &str) -> Option<Vec<Frame>> {
    let lines = text.lines().map(|line| {
        let (slots, resume) = line.split_once(' ')?;
        Some(Frame {
            slots: slots.parse().ok()?,
            has_resume: resume == "1",
        })
    });
    lines.collect()
}
