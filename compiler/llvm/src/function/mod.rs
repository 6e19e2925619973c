//! One IR function to one LLVM function.
//!
//! In: a function at stage Lowered. Out: its body. Python values are `i64`, IR blocks become LLVM blocks with a phi for each
//! parameter; an inst that can raise ends its LLVM block. In functions that run often the hot intrinsics are inlined and
//! reference counts changed in place; cold functions and cold blocks call.
mod calls;
mod front;
mod groups;
mod guards;
mod numbers;
mod references;

use crate::data::Data;
use crate::debug::{Debug, Lines};
use crate::{Error, Options, raw};
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::module::Linkage;
use inkwell::types::{BasicType, BasicTypeEnum};
use inkwell::values::{
    BasicMetadataValueEnum, BasicValue, BasicValueEnum, CallSiteValue, FunctionValue, InstructionValue, IntValue,
    LLVMTailCallKind, MetadataValue, PhiValue, PointerValue, ValueKind,
};
use inkwell::{FloatPredicate, IntPredicate};
use pyaot_abi::{Error as RowError, Header, Intrinsic, MAX_REGISTER_PARAMS, ThreadState, Value};
use pyaot_ir::{BlockId, CacheId, Cond, Edge, Function, Imm, Inst, Op, Stage, Ty, ValueId};
use std::collections::{HashMap, HashSet};
use std::mem::offset_of;

/// Adds an attribute without value to a function.
pub fn add_attribute(context: &Context, function: FunctionValue<'_>, name: &str) {
    let kind = Attribute::get_named_enum_kind_id(name);
    function.add_attribute(AttributeLoc::Function, context.create_enum_attribute(kind, 0));
}

struct Body<'ctx, 'b, 'a> {
    data: &'b mut Data<'ctx, 'a>,
    debug: &'b Debug<'ctx>,
    ir: &'b Function,
    builder: Builder<'ctx>,
    function: FunctionValue<'ctx>,
    /// None when the function is no Python frame.
    lines: Option<Lines<'ctx>>,
    /// LLVM block that holds the allocas.
    entry: BasicBlock<'ctx>,
    blocks: Vec<BasicBlock<'ctx>>,
    phis: Vec<Vec<PhiValue<'ctx>>>,
    values: Vec<Option<BasicValueEnum<'ctx>>>,
    scratch: Option<PointerValue<'ctx>>,
    /// A front, which no reference is the last of.
    is_front: bool,
    /// Groups that a front fills; others are the function proper's to fill.
    admits: HashSet<CacheId>,
    /// Where a front does so, by intrinsic, with its arguments.
    missed: Vec<(&'static str, BasicBlock<'ctx>, Vec<PhiValue<'ctx>>)>,
    /// Values that are heap objects by how they were found.
    objects: HashSet<ValueId>,
    /// The reference that the inst before has found not to be the last.
    shared: Option<ValueId>,
    /// What stands at addresses of attributes and items.
    places: HashMap<ValueId, String>,
    thread: PointerValue<'ctx>,
    /// The current IR block runs rarely: calls instead of inline code.
    cold: bool,
    site: Option<u32>,
    weights: [MetadataValue<'ctx>; 2],
    prof: u32,
}

/// Calls of handlers: a program that handles exceptions in a loop does so often, however cold their blocks are.
const HANDLING: [&str; 3] = ["push_exc_info", "pop_exc_info", "check_exc_match"];

pub fn emit<'ctx>(
    data: &mut Data<'ctx, '_>,
    debug: &Debug<'ctx>,
    index: usize,
    ir: &Function,
    options: &Options,
) -> Result<(), Error> {
    if ir.stage != Stage::Lowered {
        return Err(Error(format!("stage is {}", ir.stage.name())));
    }
    let function = data.function(index)?;
    let is_imported = data.unit.module.imported.contains(&(index as u32));
    let has_front = options.opt_level > 0 && !ir.light;
    let front = has_front
        .then(|| front::of(data.unit.module, ir, is_imported))
        .flatten();
    let front = front.filter(|front| front.inlined || !is_imported);
    let body = match front {
        Some(front) => {
            let rest = data.rest_of(function);
            add_attribute(data.context, rest, "noinline");
            add_attribute(
                data.context,
                function,
                if front.inlined { "alwaysinline" } else { "noinline" },
            );
            if is_imported {
                function.set_linkage(Linkage::AvailableExternally);
            }
            let goes_on = GoesOn {
                block: front.rest,
                rest,
                admits: front.admits,
            };
            emit_into(data, debug, &front.ir, options, function, Some(goes_on))?;
            rest
        }
        None => function,
    };
    match is_imported {
        true => Ok(()),
        false => emit_into(data, debug, ir, options, body, None),
    }
}

/// What a front leaves over.
struct GoesOn<'ctx> {
    /// The block that stands for the function proper.
    block: BlockId,
    rest: FunctionValue<'ctx>,
    admits: HashSet<CacheId>,
}

/// `goes_on`: of a front.
fn emit_into<'ctx>(
    data: &mut Data<'ctx, '_>,
    debug: &Debug<'ctx>,
    ir: &Function,
    options: &Options,
    function: FunctionValue<'ctx>,
    goes_on: Option<GoesOn<'ctx>>,
) -> Result<(), Error> {
    let context = data.context;
    add_attribute(context, function, "nounwind");
    if ir.cold && options.opt_level > 0 {
        add_attribute(context, function, "minsize");
        add_attribute(context, function, "optsize");
    }
    if goes_on.is_none() {
        // Frames are found by their pointers, so no frame may vanish in a tail call.
        for (key, value) in [("frame-pointer", "all"), ("disable-tail-calls", "true")] {
            function.add_attribute(AttributeLoc::Function, context.create_string_attribute(key, value));
        }
    }
    if matches!(ir.kind, pyaot_ir::Kind::Version(_)) && goes_on.is_none() {
        add_attribute(context, function, "noinline");
    }
    if options.debug {
        let kind = Attribute::get_named_enum_kind_id("uwtable");
        function.add_attribute(AttributeLoc::Function, context.create_enum_attribute(kind, 2));
    }
    let Some(code) = data.codes.get(ir.code.index()) else {
        return Err(Error("no code object".into()));
    };
    let calls_version = ir.blocks[0].insts.first().is_some_and(|i| i.op == Op::CallVersion);
    let is_entry = ir.kind == pyaot_ir::Kind::Direct && calls_version;
    // Where a front is inlined, the call that it makes has the place of the call that it stands for.
    let lines = (!is_entry && goes_on.is_none()).then(|| debug.function(function, code));
    let builder = context.create_builder();
    let entry = context.append_basic_block(function, "");
    let blocks: Vec<_> = ir
        .blocks
        .iter()
        .map(|_| context.append_basic_block(function, ""))
        .collect();
    let weight = |n: u64| context.i32_type().const_int(n, false).into();
    let name = |s: &str| context.metadata_string(s).into();
    let weights = [
        context.metadata_node(&[name("branch_weights"), weight(1), weight(4000)]),
        context.metadata_node(&[name("branch_weights"), weight(4000), weight(1)]),
    ];
    let thread = data.thread_state();
    let is_front = goes_on.is_some();
    let (admits, goes_on) = match goes_on {
        Some(front) => (front.admits, Some((front.block, front.rest))),
        None => (HashSet::new(), None),
    };
    let mut body = Body {
        debug,
        ir,
        builder,
        function,
        lines,
        entry,
        blocks,
        phis: Vec::new(),
        values: vec![None; ir.values.len()],
        scratch: None,
        is_front,
        admits,
        missed: Vec::new(),
        objects: HashSet::new(),
        shared: None,
        places: HashMap::new(),
        thread,
        cold: ir.cold,
        site: None,
        weights,
        prof: context.get_kind_id("prof"),
        data,
    };
    let inline = options.opt_level > 0 && !ir.light;
    body.run(inline, goes_on)
}

impl<'ctx> Body<'ctx, '_, '_> {
    fn run(&mut self, inline: bool, goes_on: Option<(BlockId, FunctionValue<'ctx>)>) -> Result<(), Error> {
        let ir = self.ir;
        self.builder.position_at_end(self.entry);
        self.locate(None);
        if ir.scratch > 0 {
            let ty = self.data.context.i64_type().array_type(ir.scratch);
            self.scratch = Some(self.builder.build_alloca(ty, "")?);
        }
        for (block, target) in ir.blocks.iter().zip(&self.blocks) {
            self.builder.position_at_end(*target);
            let mut phis = Vec::new();
            for param in &block.params {
                let phi = self.builder.build_phi(self.ty(ir.ty(param.value)), "")?;
                self.values[param.value.index()] = Some(phi.as_basic_value());
                phis.push(phi);
            }
            self.phis.push(phis);
        }
        self.enter_parameters()?;
        for id in order(ir) {
            self.builder.position_at_end(self.blocks[id.index()]);
            let block = ir.block(id);
            let handles = || block.insts.iter().any(|i| HANDLING.iter().any(|name| i.calls(name)));
            self.cold = ir.cold || !inline || block.cold && !handles();
            let mut insts = &block.insts[..];
            while let Some((inst, rest)) = insts.split_first() {
                self.site = inst.site;
                self.locate(inst.site);
                let taken = if self.cold { 0 } else { self.truth(insts)? };
                if taken > 0 {
                    insts = &insts[taken..];
                    continue;
                }
                if !self.inst(inst)? {
                    break;
                }
                self.shared = inst.args.first().copied().filter(|_| inst.op == Op::GuardShared);
                insts = rest;
            }
        }
        if let Some((block, rest)) = goes_on {
            self.fill_missed(block)?;
            self.builder.position_at_end(self.blocks[block.index()]);
            self.go_on(rest)?;
        }
        // Unreachable blocks still need a terminator.
        for block in self.blocks.clone() {
            if block.get_terminator().is_none() {
                self.builder.position_at_end(block);
                self.builder.build_unreachable()?;
            }
        }
        self.builder.position_at_end(self.entry);
        self.locate(None);
        self.builder.build_unconditional_branch(self.blocks[0])?;
        Ok(())
    }

    /// The end of a front: the function proper takes its place on the machine stack.
    fn go_on(&mut self, rest: FunctionValue<'ctx>) -> Result<(), Error> {
        self.locate(None);
        let params: Vec<_> = self.function.get_params().into_iter().map(Into::into).collect();
        let call = self.builder.build_direct_call(rest, &params, "")?;
        self.pin(call);
        call.set_tail_call_kind(LLVMTailCallKind::LLVMTailCallKindMustTail);
        let result = self
            .result(call)
            .ok_or_else(|| Error("a function without result".into()))?;
        self.builder.build_return(Some(&result))?;
        Ok(())
    }

    /// Function parameters to the parameters of the first IR block.
    fn enter_parameters(&mut self) -> Result<(), Error> {
        let params = self.function.get_params();
        let phis = &self.phis[0];
        if phis.len() != params.len() {
            return Err(Error(format!(
                "{} entry parameters for {} arguments",
                phis.len(),
                params.len()
            )));
        }
        for (phi, value) in phis.iter().zip(params) {
            phi.add_incoming(&[(&value, self.entry)]);
        }
        Ok(())
    }

    fn locate(&self, site: Option<u32>) {
        if let Some(lines) = &self.lines {
            self.builder
                .set_current_debug_location(self.debug.location(lines, site));
        }
    }

    fn ty(&self, ty: Ty) -> BasicTypeEnum<'ctx> {
        let context = self.data.context;
        match ty {
            Ty::I1 => context.bool_type().as_basic_type_enum(),
            Ty::I32 => context.i32_type().as_basic_type_enum(),
            Ty::F64 => context.f64_type().as_basic_type_enum(),
            Ty::Ptr => self.data.ptr_type().as_basic_type_enum(),
            // Words: Python values, and numbers of 64 bits.
            _ => context.i64_type().as_basic_type_enum(),
        }
    }

    // ---- operands and results ----

    fn value(&self, id: ValueId) -> Result<BasicValueEnum<'ctx>, Error> {
        match self.values.get(id.index()) {
            Some(Some(value)) => Ok(*value),
            _ => Err(Error(format!("value v{} is used before its definition", id.0))),
        }
    }

    fn arg(&self, inst: &Inst, i: usize) -> Result<BasicValueEnum<'ctx>, Error> {
        match inst.args.get(i) {
            Some(id) => self.value(*id),
            None => Err(Error(format!("{} lacks operand {i}", inst.op.row().text))),
        }
    }

    /// An integer operand; addresses count as words.
    fn int(&self, inst: &Inst, i: usize) -> Result<IntValue<'ctx>, Error> {
        self.to_int(self.arg(inst, i)?)
    }

    fn to_int(&self, value: BasicValueEnum<'ctx>) -> Result<IntValue<'ctx>, Error> {
        match value {
            BasicValueEnum::IntValue(v) => Ok(v),
            BasicValueEnum::PointerValue(p) => {
                Ok(self.builder.build_ptr_to_int(p, self.data.context.i64_type(), "")?)
            }
            other => Err(Error(format!("{other} is no word"))),
        }
    }

    fn to_ptr(&self, value: BasicValueEnum<'ctx>) -> Result<PointerValue<'ctx>, Error> {
        match value {
            BasicValueEnum::PointerValue(p) => Ok(p),
            BasicValueEnum::IntValue(v) => Ok(self.builder.build_int_to_ptr(v, self.data.ptr_type(), "")?),
            other => Err(Error(format!("{other} is no address"))),
        }
    }

    fn float(&self, inst: &Inst, i: usize) -> Result<inkwell::values::FloatValue<'ctx>, Error> {
        match self.arg(inst, i)? {
            BasicValueEnum::FloatValue(v) => Ok(v),
            other => Err(Error(format!("{other} is no float"))),
        }
    }

    fn flag(&self, inst: &Inst, i: usize) -> Result<IntValue<'ctx>, Error> {
        let value = self.int(inst, i)?;
        if value.get_type().get_bit_width() == 1 {
            return Ok(value);
        }
        Ok(self
            .builder
            .build_int_compare(IntPredicate::NE, value, value.get_type().const_zero(), "")?)
    }

    fn imm(&self, inst: &Inst, i: usize) -> Result<Imm, Error> {
        inst.imms
            .get(i)
            .copied()
            .ok_or_else(|| Error(format!("{} lacks immediate {i}", inst.op.row().text)))
    }

    fn imm_int(&self, inst: &Inst, i: usize) -> Result<i64, Error> {
        match self.imm(inst, i)? {
            Imm::Int(n) => Ok(n),
            _ => Err(Error(format!("immediate {i} of {} is no int", inst.op.row().text))),
        }
    }

    fn define(&mut self, inst: &Inst, i: usize, value: BasicValueEnum<'ctx>) {
        if let Some(id) = inst.results.get(i)
            && let Some(place) = self.values.get_mut(id.index())
        {
            *place = Some(value);
        }
    }

    fn at(&self, base: PointerValue<'ctx>, bytes: i64) -> Result<PointerValue<'ctx>, Error> {
        if bytes == 0 {
            return Ok(base);
        }
        raw::offset(&self.builder, base, self.data.i64(bytes as u64))
    }

    /// Says of a load or store what stands there: what is called otherwise stands elsewhere. (No function without such a name, and no
    /// call, is bound by it.)
    fn tag(&mut self, access: Option<InstructionValue<'ctx>>, what: &str) -> Result<(), Error> {
        let (node, kind) = self.data.alias_tag(what);
        if let Some(access) = access {
            access.set_metadata(node, kind)?;
        }
        Ok(())
    }

    /// Likewise, of an access by an address that an inst made.
    fn tag_place(&mut self, access: Option<InstructionValue<'ctx>>, address: ValueId) -> Result<(), Error> {
        match self.places.get(&address).cloned() {
            Some(what) => self.tag(access, &what),
            None => Ok(()),
        }
    }

    // ---- control ----

    /// A block behind the current one: what is made last follows first.
    fn new_block(&self) -> BasicBlock<'ctx> {
        match self.builder.get_insert_block() {
            Some(here) => self.data.context.insert_basic_block_after(here, ""),
            None => self.data.context.append_basic_block(self.function, ""),
        }
    }

    fn current(&self) -> Result<BasicBlock<'ctx>, Error> {
        self.builder
            .get_insert_block()
            .ok_or_else(|| Error("no current block".into()))
    }

    /// Passes the edge's values from LLVM block `from`.
    fn pass(&self, edge: &Edge, from: BasicBlock<'ctx>) -> Result<BasicBlock<'ctx>, Error> {
        let Some(phis) = self.phis.get(edge.block.index()) else {
            return Err(Error(format!("no block b{}", edge.block.0)));
        };
        if phis.len() != edge.args.len() {
            return Err(Error(format!(
                "{} values for the {} parameters of b{}",
                edge.args.len(),
                phis.len(),
                edge.block.0
            )));
        }
        for (phi, arg) in phis.iter().zip(&edge.args) {
            let value = self.value(*arg)?;
            phi.add_incoming(&[(&value, from)]);
        }
        Ok(self.blocks[edge.block.index()])
    }

    /// An own block for an edge, so that one LLVM block may have several edges to the same target.
    fn landing(&self, edge: &Edge) -> Result<BasicBlock<'ctx>, Error> {
        let here = self.current()?;
        let block = self.new_block();
        self.builder.position_at_end(block);
        let target = self.pass(edge, block)?;
        self.builder.build_unconditional_branch(target)?;
        self.builder.position_at_end(here);
        Ok(block)
    }

    fn weigh(&self, branch: InstructionValue<'ctx>, likely_first: bool) -> Result<(), Error> {
        branch.set_metadata(self.weights[usize::from(likely_first)], self.prof)?;
        Ok(())
    }

    fn weigh_as(&self, branch: InstructionValue<'ctx>, first: u64, second: u64) -> Result<(), Error> {
        let context = self.data.context;
        let weight = |n: u64| context.i32_type().const_int(n, false).into();
        let name = context.metadata_string("branch_weights").into();
        branch.set_metadata(context.metadata_node(&[name, weight(first), weight(second)]), self.prof)?;
        Ok(())
    }

    /// Goes to the error edge when `raised`, else on.
    fn check(&mut self, inst: &Inst, raised: IntValue<'ctx>) -> Result<(), Error> {
        let Some(edge) = &inst.error else {
            return Err(Error(format!("{} may raise but has no error edge", inst.op.row().text)));
        };
        let target = self.pass(edge, self.current()?)?;
        let next = self.new_block();
        let branch = self.builder.build_conditional_branch(raised, target, next)?;
        self.weigh(branch, false)?;
        self.builder.position_at_end(next);
        Ok(())
    }

    fn is_zero(&self, value: IntValue<'ctx>) -> Result<IntValue<'ctx>, Error> {
        Ok(self
            .builder
            .build_int_compare(IntPredicate::EQ, value, value.get_type().const_zero(), "")?)
    }

    fn is_negative(&self, value: IntValue<'ctx>) -> Result<IntValue<'ctx>, Error> {
        Ok(self
            .builder
            .build_int_compare(IntPredicate::SLT, value, value.get_type().const_zero(), "")?)
    }

    // ---- frames and polls ----

    fn thread_field(&self, offset: usize) -> Result<IntValue<'ctx>, Error> {
        let place = self.at(self.thread, offset as i64)?;
        Ok(self
            .builder
            .build_load(self.data.context.i32_type(), place, "")?
            .into_int_value())
    }

    /// Calls a row that raises by a negative result, when `needed`.
    fn call_if(&mut self, inst: &Inst, needed: IntValue<'ctx>, row: &str) -> Result<(), Error> {
        let (slow, next) = (self.new_block(), self.new_block());
        let branch = self.builder.build_conditional_branch(needed, slow, next)?;
        self.weigh(branch, false)?;
        self.builder.position_at_end(slow);
        let call = self.call_named(row, &[])?;
        let raised = self.is_negative(self.int_result(call)?)?;
        self.check(inst, raised)?;
        self.builder.build_unconditional_branch(next)?;
        self.builder.position_at_end(next);
        Ok(())
    }

    fn change_depth(&self, by: i64) -> Result<(), Error> {
        let offset = offset_of!(ThreadState, depth);
        let depth = self.thread_field(offset)?;
        let new = self
            .builder
            .build_int_add(depth, depth.get_type().const_int(by as u64, true), "")?;
        self.builder.build_store(self.at(self.thread, offset as i64)?, new)?;
        Ok(())
    }

    fn depth_and_limit(&self) -> Result<(IntValue<'ctx>, IntValue<'ctx>), Error> {
        let depth = self.thread_field(offset_of!(ThreadState, depth))?;
        Ok((depth, self.thread_field(offset_of!(ThreadState, limit))?))
    }

    fn enter(&mut self, inst: &Inst) -> Result<(), Error> {
        let (depth, limit) = self.depth_and_limit()?;
        let full = self.builder.build_int_compare(IntPredicate::UGE, depth, limit, "")?;
        self.call_if(inst, full, "stack_poll")?;
        self.change_depth(1)
    }

    /// The word that is zero when a poll is asked for.
    fn poll_word(&self) -> Result<IntValue<'ctx>, Error> {
        let limit = self.thread_field(offset_of!(ThreadState, limit))?;
        // Signal handlers write the word: a loop without other memory accesses would read it only once.
        if let Some(load) = limit.as_instruction_value() {
            load.set_volatile(true)
                .map_err(|_| Error("poll: the load cannot be volatile".to_owned()))?;
        }
        Ok(limit)
    }

    fn poll(&mut self, inst: &Inst) -> Result<(), Error> {
        let limit = self.poll_word()?;
        let asked = self.is_zero(limit)?;
        self.call_if(inst, asked, "poll")
    }

    fn check_raised(&mut self, inst: &Inst) -> Result<(), Error> {
        let place = self.at(self.thread, offset_of!(ThreadState, raised) as i64)?;
        let raised = self
            .builder
            .build_load(self.data.context.i64_type(), place, "")?
            .into_int_value();
        let some = self
            .builder
            .build_int_compare(IntPredicate::NE, raised, self.data.i64(0), "")?;
        self.check(inst, some)
    }

    // ---- one inst ----

    /// False when the block ends here although the IR has more insts (they cannot run).
    fn inst(&mut self, inst: &Inst) -> Result<bool, Error> {
        let op = inst.op;
        match op {
            Op::Const => {
                let Imm::Const(id) = self.imm(inst, 0)? else {
                    return Err(Error("const of no constant".into()));
                };
                let word = self.data.word(id)?;
                self.define(inst, 0, word.into());
            }
            Op::Null => self.define(inst, 0, self.data.i64(0).into()),
            Op::Unbound => self.define(inst, 0, self.data.i64(Value::UNBOUND.0).into()),
            Op::I1 | Op::I32 | Op::I64 => {
                let n = self.imm_int(inst, 0)? as u64;
                let ty = match op {
                    Op::I1 => self.data.context.bool_type(),
                    Op::I32 => self.data.context.i32_type(),
                    _ => self.data.context.i64_type(),
                };
                self.define(inst, 0, ty.const_int(n, true).into());
            }
            Op::F64 => {
                let Imm::Float(bits) = self.imm(inst, 0)? else {
                    return Err(Error("f64 of no float".into()));
                };
                let bits = self.data.i64(bits);
                let value = self.builder.build_bit_cast(bits, self.data.context.f64_type(), "")?;
                self.define(inst, 0, value);
            }
            Op::GlobalAddr
            | Op::CacheAddr
            | Op::CodeAddr
            | Op::ModuleAddr
            | Op::ConstCellAddr
            | Op::TypeAddr
            | Op::FrameAddr
            | Op::ScratchAddr => {
                let value = self.address(inst)?;
                self.define(inst, 0, value.into());
            }
            Op::Call => return self.call(inst),
            Op::CallIndirect => self.call_indirect(inst)?,
            Op::CallDirect => self.call_direct(inst)?,
            Op::CallVersion => self.call_version(inst)?,
            Op::RaiseNull => {
                let word = self.int(inst, 0)?;
                let raised = self.is_zero(word)?;
                self.check(inst, raised)?;
                self.define(inst, 0, word.into());
            }
            Op::GuardInt
            | Op::GuardFloat
            | Op::GuardType
            | Op::SlotOf
            | Op::GuardGroup
            | Op::GroupSlot
            | Op::MethodOf
            | Op::ValueOf
            | Op::GuardNative
            | Op::GuardBox
            | Op::GuardShared
            | Op::GuardMore
            | Op::GuardPoll
            | Op::GuardClass
            | Op::Guard
            | Op::GuardGlobal
            | Op::AddFits
            | Op::SubFits
            | Op::MulFits => self.guard(inst)?,
            Op::BoxInt | Op::BoxFloat | Op::F64Bits | Op::BitsF64 | Op::OwnBits | Op::Select => {
                self.representation(inst)?
            }
            Op::Index => {
                let base = self.to_int(self.arg(inst, 0)?)?;
                let shifted = self
                    .builder
                    .build_left_shift(self.int(inst, 1)?, self.data.i64(3), "")?;
                let base = self.to_ptr(base.into())?;
                let place = raw::offset(&self.builder, base, shifted)?;
                self.define(inst, 0, place.into());
                self.places.extend(inst.results.iter().map(|r| (*r, "item".to_owned())));
            }
            Op::Inc => self.inc(inst, false)?,
            Op::Dec => self.dec(inst, false)?,
            Op::XInc => self.inc(inst, true)?,
            Op::XDec => self.dec(inst, true)?,
            Op::Enter => self.enter(inst)?,
            Op::DepthFree => {
                let (depth, limit) = self.depth_and_limit()?;
                let more = depth.get_type().const_int(self.imm_int(inst, 0)? as u64 - 1, false);
                let depth = self.builder.build_int_add(depth, more, "")?;
                let free = self.builder.build_int_compare(IntPredicate::ULT, depth, limit, "")?;
                self.define(inst, 0, free.into());
            }
            Op::Leave => self.change_depth(-1)?,
            Op::Poll => self.poll(inst)?,
            Op::CheckRaised => self.check_raised(inst)?,
            Op::Load | Op::Take => {
                let base = self.to_ptr(self.arg(inst, 0)?)?;
                let place = self.at(base, self.imm_int(inst, 0)?)?;
                let ty = inst.results.first().map_or(Ty::I64, |r| self.ir.ty(*r));
                let value = self.builder.build_load(self.ty(ty), place, "")?;
                match self.places.contains_key(&inst.args[0]) {
                    true => self.tag_place(value.as_instruction_value(), inst.args[0])?,
                    // Fields of built-in types, which are no attributes or items.
                    false if op == Op::Load && self.imm_int(inst, 0)? >= 16 && matches!(ty, Ty::I64 | Ty::Ptr) => {
                        self.tag(value.as_instruction_value(), "field")?;
                    }
                    false => {}
                }
                self.define(inst, 0, value);
            }
            Op::Store => {
                let base = self.to_ptr(self.arg(inst, 0)?)?;
                let place = self.at(base, self.imm_int(inst, 0)?)?;
                let value = self.arg(inst, 1)?;
                let store = self.builder.build_store(place, value)?;
                self.tag_place(Some(store), inst.args[0])?;
            }
            Op::Offset => {
                let base = self.to_ptr(self.arg(inst, 0)?)?;
                let place = self.at(base, self.imm_int(inst, 0)?)?;
                self.define(inst, 0, place.into());
            }
            Op::ICmp
            | Op::Not
            | Op::IsHeap
            | Op::BoxBool
            | Op::Bits
            | Op::FromBits
            | Op::IAdd
            | Op::ISub
            | Op::IMul
            | Op::IAnd
            | Op::IOr
            | Op::IXor
            | Op::IShl
            | Op::IShr
            | Op::AddOverflow
            | Op::SubOverflow
            | Op::MulOverflow
            | Op::IDiv
            | Op::IRem
            | Op::Extend => self.integer(inst)?,
            Op::FAdd | Op::FSub | Op::FMul | Op::FDiv | Op::FNeg | Op::FMath | Op::FCmp | Op::ToF64 => {
                self.floating(inst)?
            }
            Op::Jump => {
                let edge = self.target(inst, 0)?;
                let target = self.pass(edge, self.current()?)?;
                self.builder.build_unconditional_branch(target)?;
            }
            Op::Br | Op::BrLikely | Op::BrNull => {
                let condition = match op {
                    Op::Br | Op::BrLikely => self.flag(inst, 0)?,
                    _ => self.is_zero(self.int(inst, 0)?)?,
                };
                let (yes, no) = (self.target(inst, 0)?, self.target(inst, 1)?);
                let (yes, no) = if yes.block == no.block {
                    (self.landing(yes)?, self.landing(no)?)
                } else {
                    let here = self.current()?;
                    (self.pass(yes, here)?, self.pass(no, here)?)
                };
                let branch = self.builder.build_conditional_branch(condition, yes, no)?;
                let cold = |i: usize| inst.targets.get(i).is_some_and(|e| self.ir.block(e.block).cold);
                if cold(0) != cold(1) && !self.cold {
                    self.weigh(branch, cold(1))?;
                } else if op == Op::BrLikely {
                    self.weigh_as(branch, 31, 1)?;
                }
            }
            Op::Switch => {
                let value = self.int(inst, 0)?;
                let mut cases = Vec::new();
                for i in 0..inst.imms.len() {
                    let n = value.get_type().const_int(self.imm_int(inst, i)? as u64, true);
                    cases.push((n, self.landing(self.target(inst, i)?)?));
                }
                let last = self.landing(self.target(inst, inst.imms.len())?)?;
                self.builder.build_switch(value, last, &cases)?;
            }
            Op::Ret | Op::RetRaw => {
                let value = self.int(inst, 0)?;
                if self.ir.raw_result {
                    let flag = self.data.context.i32_type().const_int(u64::from(op == Op::Ret), false);
                    self.builder.build_aggregate_return(&[value.into(), flag.into()])?;
                } else {
                    self.builder.build_return(Some(&value))?;
                }
            }
            Op::Unreachable => {
                self.builder.build_unreachable()?;
            }
            Op::CallPython
            | Op::CallPythonKw
            | Op::CallInFrame
            | Op::CallExact
            | Op::LoadGlobal
            | Op::StoreGlobal
            | Op::CheckBound
            | Op::LoadCell
            | Op::StoreCell
            | Op::DeleteCell
            | Op::LoadClosure
            | Op::Build
            | Op::LoadMethod
            | Op::LoadSuperMethod
            | Op::LoadSpecial
            | Op::UnpackSequence
            | Op::NextPair
            | Op::Sink
            | Op::UnpackEx
            | Op::CheckEgMatch
            | Op::Send
            | Op::TakeAdd
            | Op::Release
            | Op::Put
            | Op::Keep
            | Op::Retain
            | Op::SetLocal
            | Op::SetNumber
            | Op::Propagate
            | Op::Unwind
            | Op::Yield
            | Op::Inlined
            | Op::ReturnGenerator => {
                return Err(Error(format!("op {} does not belong to stage lowered", op.row().text)));
            }
        }
        Ok(true)
    }

    fn target<'i>(&self, inst: &'i Inst, i: usize) -> Result<&'i Edge, Error> {
        inst.targets
            .get(i)
            .ok_or_else(|| Error(format!("{} lacks target {i}", inst.op.row().text)))
    }

    fn address(&mut self, inst: &Inst) -> Result<PointerValue<'ctx>, Error> {
        Ok(match (inst.op, self.imm(inst, 0)) {
            (Op::GlobalAddr, Ok(Imm::Global(id))) => {
                let (cell, offset) = self.data.cell(id);
                self.at(cell, offset)?
            }
            (Op::CacheAddr, Ok(Imm::Cache(id))) => {
                let size = size_of::<pyaot_abi::AttrCache>() as i64;
                self.at(self.data.caches(), size * i64::from(id.0))?
            }
            (Op::CodeAddr, Ok(Imm::Code(id))) => self.data.code(id)?,
            (Op::ModuleAddr, _) => self.data.root(),
            (Op::ConstCellAddr, Ok(Imm::Code(id))) => {
                self.at(self.data.const_cells(id)?, 8 * self.imm_int(inst, 1)?)?
            }
            (Op::TypeAddr, Ok(Imm::Type(ty))) => self.data.runtime_symbol(&format!("pyaot_type_{}", type_name(ty)?)),
            (Op::FrameAddr, _) => self.frame_address()?,
            (Op::ScratchAddr, Ok(Imm::Int(n))) => match self.scratch {
                Some(base) => self.at(base, 8 * n)?,
                None => return Err(Error("no scratch memory".into())),
            },
            _ => return Err(Error(format!("wrong immediate of {}", inst.op.row().text))),
        })
    }
}

/// Name of the builtin type, as in the symbol of its type object.
fn type_name(ty: Ty) -> Result<&'static str, Error> {
    match ty {
        Ty::None => Ok("NoneType"),
        Ty::Bool
        | Ty::Int
        | Ty::Float
        | Ty::Str
        | Ty::Bytes
        | Ty::List
        | Ty::Tuple
        | Ty::Dict
        | Ty::Set
        | Ty::Function
        | Ty::Generator => Ok(ty.name()),
        Ty::Any | Ty::Opt | Ty::I1 | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Ptr => {
            Err(Error(format!("{} has no type object", ty.name())))
        }
    }
}

/// Reachable blocks, each after one of its predecessors, so that dominating definitions come first.
fn order(ir: &Function) -> Vec<BlockId> {
    let mut seen = vec![false; ir.blocks.len()];
    let mut out = Vec::new();
    let mut stack = vec![BlockId(0)];
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        out.push(id);
        let next: Vec<_> = ir
            .block(id)
            .successors()
            .filter(|s| s.index() < ir.blocks.len())
            .collect();
        stack.extend(next.into_iter().rev());
    }
    out
}
