//! Objects for what has none. In: where a walk stands. Out: code that makes objects of generators, which go on there, and of tuples.
use super::bodies::is_resumed;
use super::state::{Thing, Val};
use super::walk::{Decided, R, Stop, Walk};
use pyaot_abi::GENERATOR_BLOCKS;
use pyaot_ir::builder::row;
use pyaot_ir::{BlockId, CodeId, Const, Imm, Op, Ty, ValueId};

impl Walk<'_> {
    /// Where the generators that are being run here get their objects, and the consumer steps through the first of them.
    pub(super) fn objects(&mut self) -> R<BlockId> {
        let aside = self.out.new_block();
        self.out.block_mut(aside).cold = true;
        let state = self.state.clone();
        let inner = self.with_params(&state, aside);
        let saved = (
            std::mem::replace(&mut self.block, aside),
            std::mem::replace(&mut self.state, inner),
            std::mem::take(&mut self.env),
            std::mem::take(&mut self.made),
        );
        while self.state.frames.len() > 1 {
            let Some(frame) = self.state.frames.pop() else { break };
            let code = frame.code.ok_or(Stop::GiveUp)?;
            let values: Vec<Val> = frame.values.iter().map(|(_, v)| *v).collect();
            let object = self.generator_object(code, frame.block, &values)?;
            self.replace(frame.this, object);
        }
        let state = self.state.clone();
        let edge = self.go(&state, Decided::Nothing, 0);
        self.end(Op::Jump, vec![], vec![], vec![edge]);
        (self.block, self.state, self.env, self.made) = saved;
        Ok(aside)
    }

    /// What has an object from here on.
    fn replace(&mut self, id: u32, object: ValueId) {
        let vals = self.state.vals_mut().chain(self.env.values_mut());
        for val in vals.filter(|v| **v == Val::Ref(id)) {
            *val = Val::Plain(object);
        }
        self.state.things.remove(&id);
        self.made.insert(id, object);
    }

    pub(super) fn object(&mut self, val: Val) -> R<ValueId> {
        Ok(match val {
            Val::Plain(v) | Val::Item(v) => v,
            Val::NoneConst => {
                let none = self.module.add_const(Const::None);
                self.b().one(Op::Const, vec![Imm::Const(none)], vec![])
            }
            Val::Null => self.b().one(Op::Null, vec![], vec![]),
            Val::Ref(id) => match self.state.things.get(&id).cloned() {
                Some(Thing::Generator(code, point, vals)) => {
                    let object = self.generator_object(code, point, &vals)?;
                    self.replace(id, object);
                    object
                }
                Some(Thing::Tuple(vals)) => {
                    let items = vals.iter().map(|v| self.object(*v)).collect::<R<Vec<_>>>()?;
                    let object = self
                        .b()
                        .push(Op::Build, vec![row("build_tuple")], items, 1, Ty::Any, None)[0];
                    self.replace(id, object);
                    object
                }
                Some(Thing::Finished(code, function)) => {
                    let state = self.module.add_const(Const::Int(-1));
                    let state = self.b().one(Op::Const, vec![Imm::Const(state)], vec![]);
                    let items = vec![state, self.object(function)?];
                    let object = self.built(code, items);
                    self.replace(id, object);
                    object
                }
                // Another part of the same one may have made it.
                _ => match self.made.get(&id) {
                    Some(object) => *object,
                    None => return Err(if self.is_inlined() { Stop::Leave } else { Stop::GiveUp }),
                },
            },
        })
    }

    /// The object of a generator that goes on at the start of a block.
    fn generator_object(&mut self, code: CodeId, point: usize, vals: &[Val]) -> R<ValueId> {
        let body = self.body(code)?;
        let state = match point == body.start {
            true => 0,
            false => {
                self.entries.insert((code, point));
                i64::from(GENERATOR_BLOCKS) + point as i64
            }
        };
        let function = usize::from(is_resumed(&body.f, point));
        let mut order: Vec<usize> = vec![function];
        order.extend((0..vals.len()).filter(|k| *k != function));
        let state = self.module.add_const(Const::Int(state));
        let state = self.b().one(Op::Const, vec![Imm::Const(state)], vec![]);
        let mut items = vec![state];
        for k in order {
            items.push(self.object(vals[k])?);
        }
        Ok(self.built(code, items))
    }

    /// An object of `items`: state, function, values.
    fn built(&mut self, code: CodeId, mut items: Vec<ValueId>) -> ValueId {
        let mut b = self.b();
        let address = b.one(Op::CodeAddr, vec![Imm::Code(code)], vec![]);
        let word = b.one(Op::Bits, vec![], vec![address]);
        items.insert(1, b.one(Op::FromBits, vec![], vec![word]));
        let imms = vec![row("build_generator")];
        self.b().push(Op::Build, imms, items, 1, Ty::Any, None)[0]
    }
}
