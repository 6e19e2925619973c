//! How often functions run, guessed from the source. In: a module at Raw. Out: functions that run rarely are marked light.
//!
//! A level is the number of loops (and recursions) around a function, as far as names tell: who mentions a function's name, and how deep
//! in loops. A function of level 0 without a loop runs once. What nobody mentions may be called from anywhere. Nothing is taken for
//! true: a wrong guess costs time only.
use pyaot_ir::{CodeId, Const, ConstId, Function, Imm, Inst, Module, Op, ValueId};
use std::collections::{HashMap, HashSet};

/// Level of functions that are called from who knows where.
const WARM: u32 = 2;
const MOST: u32 = 7;
/// What recursion counts.
const RECURSION: u32 = 2;
/// Names of methods that run when an instance is made.
const MAKERS: [&str; 3] = ["__init__", "__new__", "__post_init__"];
/// Special methods that hardly stand in inner loops.
const RARE: [&str; 4] = ["__repr__", "__str__", "__init_subclass__", "__set_name__"];
/// Calls whose names are those of definitions.
const DEFINING: [&str; 5] = [
    "store_name",
    "build_class",
    "make_function",
    "set_function_attribute",
    "import_name",
];
/// Calls that look a name up.
const LOOKUPS: [&str; 4] = ["load_name", "load_attr", "store_attr", "load_super_attr"];

/// `to` runs at least `deeper` levels above `from`, and at least at `least`.
struct Mention {
    from: usize,
    to: usize,
    deeper: u32,
    least: u32,
    /// The name is called, and hardly anything else has it.
    is_sure: bool,
}

/// What is known of one function.
#[derive(Default)]
struct Seen {
    level: u32,
    /// Loops within it.
    depth: u32,
    is_mentioned: bool,
}

/// Marks functions that run once, and the coldest ones beyond `share` thousandths of all insts.
pub fn run(module: &mut Module, share: u32) {
    let by_name = definitions(&module.functions);
    let mut seen: Vec<Seen> = module.functions.iter().map(|_| Seen::default()).collect();
    let mut mentions = Vec::new();
    for (from, f) in module.functions.iter().enumerate() {
        let depths = loop_depths(f);
        seen[from].depth = depths.iter().copied().max().unwrap_or(0);
        Mentions::of(module, f, &by_name).collect(from, &depths, &mut mentions);
    }
    let is_main = module.name == "__main__";
    for m in &mentions {
        seen[m.to].is_mentioned |= m.from != m.to;
    }
    let recursive = recursive(seen.len(), &mentions);
    for (i, f) in module.functions.iter().enumerate() {
        let open = !is_main && !last_part(f).starts_with('<');
        if !f.once && (open || !seen[i].is_mentioned) {
            seen[i].level = WARM;
        }
    }
    spread(&mut seen, &mentions);
    for i in recursive {
        seen[i].level = (seen[i].level + RECURSION).min(MOST);
    }
    spread(&mut seen, &mentions);
    let hottest = seen.iter().map(|s| s.level + s.depth).max().unwrap_or(0).min(MOST);
    for (i, f) in module.functions.iter().enumerate().filter(|(_, f)| is_operator(f)) {
        seen[i].level = seen[i].level.max(if f.once { 0 } else { hottest });
    }
    spread(&mut seen, &mentions);
    mark(module, &seen, share);
}

/// The functions in order of their heat, as long as the share lasts; the others are light.
fn mark(module: &mut Module, seen: &[Seen], share: u32) {
    let size = |f: &Function| f.blocks.iter().map(|b| b.insts.len()).sum::<usize>();
    let all: usize = module.functions.iter().filter(|f| !f.once).map(size).sum();
    let most = all as u64 * u64::from(share) / 1000;
    let heat = |i: usize| seen[i].level + seen[i].depth;
    let mut order: Vec<usize> = (0..seen.len()).filter(|i| !module.functions[*i].once).collect();
    // Among equals names decide, in an order that no edit changes.
    let names: Vec<u64> = module.functions.iter().map(|f| mixed(&f.name)).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(heat(*i)), names[*i]));
    let mut taken = 0;
    for i in order {
        let f = &mut module.functions[i];
        if heat(i) > 0 && taken < most {
            taken += size(f) as u64;
        } else {
            f.light = true;
        }
    }
}

fn mixed(name: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(name, &mut hasher);
    std::hash::Hasher::finish(&hasher)
}

/// Levels along the mentions, until none rises.
fn spread(seen: &mut [Seen], mentions: &[Mention]) {
    loop {
        let mut changed = false;
        for m in mentions {
            let level = (seen[m.from].level + m.deeper).max(m.least).min(MOST);
            if level > seen[m.to].level {
                seen[m.to].level = level;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

fn last_part(f: &Function) -> &str {
    f.name.rsplit('.').next().unwrap_or(&f.name)
}

fn is_operator(f: &Function) -> bool {
    let name = last_part(f);
    let special = name.starts_with("__") && name.ends_with("__");
    special && !MAKERS.contains(&name) && !RARE.contains(&name)
}

/// Functions by their names; what makes instances also by the name of its class.
fn definitions(functions: &[Function]) -> HashMap<&str, Vec<usize>> {
    let mut out: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, f) in functions.iter().enumerate().filter(|(_, f)| !f.once) {
        let mut parts = f.name.rsplit('.');
        let name = parts.next().unwrap_or("");
        out.entry(name).or_default().push(i);
        if let Some(class) = parts.next().filter(|_| MAKERS.contains(&name)) {
            out.entry(class).or_default().push(i);
        }
    }
    out
}

/// Mentions in one function.
struct Mentions<'a> {
    module: &'a Module,
    f: &'a Function,
    by_name: &'a HashMap<&'a str, Vec<usize>>,
    texts: HashMap<ValueId, ConstId>,
    /// Values that are something else than what is called.
    escaping: HashSet<ValueId>,
}

impl<'a> Mentions<'a> {
    fn of(module: &'a Module, f: &'a Function, by_name: &'a HashMap<&'a str, Vec<usize>>) -> Mentions<'a> {
        let mut texts = HashMap::new();
        let mut escaping = HashSet::new();
        for inst in f.blocks.iter().flat_map(|b| &b.insts) {
            if let (Op::Const, Some(Imm::Const(id))) = (inst.op, inst.imms.first()) {
                texts.insert(inst.results[0], *id);
            }
            let own = matches!(inst.op, Op::CallPython | Op::CallPythonKw) || row_of(inst).starts_with("call");
            escaping.extend(inst.args.iter().skip(usize::from(own)));
            escaping.extend(inst.edges().flat_map(|e| &e.args));
        }
        Mentions {
            module,
            f,
            by_name,
            texts,
            escaping,
        }
    }

    fn collect(&self, from: usize, depths: &[u32], out: &mut Vec<Mention>) {
        for (block, depth) in self.f.blocks.iter().zip(depths) {
            for inst in &block.insts {
                self.inst(inst, *depth, &mut |to, deeper, least, is_sure| {
                    out.push(Mention {
                        from,
                        to,
                        deeper,
                        least,
                        is_sure,
                    })
                });
            }
        }
    }

    fn inst(&self, inst: &Inst, depth: u32, add: &mut dyn FnMut(usize, u32, u32, bool)) {
        let row = row_of(inst);
        if let (Op::CodeAddr, Some(Imm::Code(code))) = (inst.op, inst.imms.first()) {
            self.inner(*code, depth, add);
        }
        if DEFINING.contains(&row) {
            return;
        }
        let escapes = || inst.results.first().is_some_and(|v| self.escaping.contains(v));
        let looks_up = LOOKUPS.contains(&row);
        let is_method = matches!(inst.op, Op::LoadMethod | Op::LoadSuperMethod)
            || matches!(row, "load_attr" | "store_attr" | "load_super_attr");
        let least = match inst.op {
            _ if is_method => 0,
            Op::LoadGlobal if !escapes() => 0,
            _ if looks_up && !escapes() => 0,
            _ => WARM,
        };
        for imm in inst.imms.iter().filter(|_| inst.op != Op::Const) {
            match imm {
                Imm::Global(id) if inst.op == Op::LoadGlobal => {
                    self.name(self.module.globals[id.index()], depth, least, least == 0, add);
                }
                Imm::Const(id) => self.name(*id, depth, least, is_method, add),
                _ => {}
            }
        }
        for id in inst.args.iter().filter_map(|v| self.texts.get(v)) {
            self.name(*id, depth, least, false, add);
        }
    }

    /// A function that is made in another one is called there, more than once.
    fn inner(&self, code: CodeId, depth: u32, add: &mut dyn FnMut(usize, u32, u32, bool)) {
        let made = self.module.codes[code.index()].direct.map(|i| i as usize);
        let Some(to) = made.filter(|i| *i < self.module.functions.len()) else {
            return;
        };
        let callee = &self.module.functions[to];
        match (callee.once, self.f.once && !last_part(callee).starts_with('<')) {
            (true, _) => add(to, depth, 0, false),
            (false, true) => {}
            (false, false) => add(to, depth + 1, 0, false),
        }
    }

    fn name(&self, id: ConstId, depth: u32, least: u32, is_call: bool, add: &mut dyn FnMut(usize, u32, u32, bool)) {
        let Const::Str(text) = self.module.constant(id) else {
            return;
        };
        let all = std::str::from_utf8(text).ok().and_then(|name| self.by_name.get(name));
        for to in all.into_iter().flatten() {
            let is_sure = is_call && all.is_some_and(|all| all.len() <= 2);
            add(*to, depth, least, is_sure);
        }
    }
}

fn row_of(inst: &Inst) -> &'static str {
    match inst.op {
        Op::Call => inst.intrinsic().map_or("", |row| row.name),
        _ => "",
    }
}

/// Functions that call themselves, also through others.
fn recursive(count: usize, mentions: &[Mention]) -> Vec<usize> {
    let mut calls: Vec<Vec<usize>> = vec![Vec::new(); count];
    for m in mentions.iter().filter(|m| m.is_sure) {
        calls[m.from].push(m.to);
    }
    let returns = |start: usize| {
        let mut seen = HashSet::new();
        let mut work = calls[start].clone();
        while let Some(next) = work.pop() {
            if next == start {
                return true;
            }
            if seen.insert(next) {
                work.extend(&calls[next]);
            }
        }
        false
    };
    (0..count).filter(|i| returns(*i)).collect()
}

/// In how many loops each block is.
fn loop_depths(f: &Function) -> Vec<u32> {
    let succs: Vec<Vec<usize>> = f
        .blocks
        .iter()
        .map(|b| b.successors().map(|id| id.index()).collect())
        .collect();
    let mut preds: Vec<Vec<usize>> = vec![Vec::new(); succs.len()];
    for (b, all) in succs.iter().enumerate() {
        all.iter().for_each(|s| preds[*s].push(b));
    }
    let mut loops: HashMap<usize, HashSet<usize>> = HashMap::new();
    // Neither seen, on the way here, nor done.
    let mut state = vec![0u8; succs.len()];
    let mut stack = vec![(0, 0)];
    state[0] = 1;
    while let Some((b, next)) = stack.pop() {
        let Some(succ) = succs[b].get(next).copied() else {
            state[b] = 2;
            continue;
        };
        stack.push((b, next + 1));
        match state[succ] {
            0 => {
                state[succ] = 1;
                stack.push((succ, 0));
            }
            1 => {
                // What reaches the way back without passing the header.
                let body = loops.entry(succ).or_insert_with(|| HashSet::from([succ]));
                let mut work = vec![b];
                while let Some(block) = work.pop() {
                    if body.insert(block) {
                        work.extend(&preds[block]);
                    }
                }
            }
            _ => {}
        }
    }
    let mut depths = vec![0; succs.len()];
    loops.values().flatten().for_each(|b| depths[*b] += 1);
    depths
}
