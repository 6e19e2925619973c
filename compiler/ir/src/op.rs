//! THE op table. One row states an op's immediates, operands with their ownership, results, when it raises, what it may
//! run, its place in a block, the stages that may contain it, its text name and its meaning.
//!
//! Surprising decision: there is one `call` op for the whole intrinsic table; its operands and result come from the
//! row of `pyaot_abi` that its first immediate names, so an intrinsic needs no op of its own.
use pyaot_abi::{Arg, Effect, Error, Ret};

/// What stands between the brackets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImmKind {
    Const,
    Int,
    /// IEEE bits.
    Float,
    /// A row of the intrinsic table.
    Row,
    Global,
    Cache,
    Code,
    Type,
    Cond,
    /// Any number of further ints.
    Ints,
}

/// An operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgKind {
    /// A Python value that stays with its owner. Null is allowed only where the value's type is `opt`.
    Borrow,
    /// A Python value whose reference the op takes, also when it raises.
    Own,
    /// A reference that the op takes when it succeeds and leaves when it raises.
    OwnOnSuccess,
    /// Any word; ownership is not touched.
    Word,
    /// Address: `ptr`, or a heap object.
    Base,
    I1,
    I32,
    I64,
    F64,
    Ptr,
    /// `i1`, or an `i32` that is 0 or 1.
    Flag,
    /// Any number of further borrowed values.
    BorrowRest,
    /// Any number of further owned values.
    OwnRest,
    /// As the intrinsic's row says.
    Row,
    /// Any number of values; bit i of the first immediate says whether operand i is taken.
    MaskRest,
    /// A Python value that the op, when it goes on, has shown to be no heap object: its reference ends without further work.
    Unbox,
    /// Any number of words; bit i of the second immediate says whether operand i is a value that is taken.
    VersionRest,
}

/// A result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResKind {
    Own,
    OwnOpt,
    Borrow,
    Static,
    StaticOpt,
    I1,
    I32,
    I64,
    F64,
    Ptr,
    /// The type of the first operand (ownership none).
    Same,
    /// Any type, as declared on the result; a Python value is borrowed.
    Declared,
    /// As declared; a Python value is owned (it moves out of memory).
    DeclaredOwn,
    /// Any number of owned values.
    OwnRest,
    Row,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Raises {
    Never,
    May,
    Always,
    /// As the intrinsic's row says.
    Row,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpEffect {
    Pure,
    Quiet,
    Foreign,
    Row,
}

/// Place in a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Plain,
    /// Ends the block; number of targets.
    Ends(usize),
    /// Ends the block; one target for each `Ints` immediate and one more.
    EndsSwitch,
    /// Ends the block; the first parameter of the one target is defined by the op.
    EndsResume,
}

/// First and last stage that may contain an op.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stages(pub crate::Stage, pub crate::Stage);

/// One row.
#[derive(Debug)]
pub struct OpRow {
    pub op: Op,
    pub text: &'static str,
    pub imms: &'static [ImmKind],
    pub args: &'static [ArgKind],
    pub results: &'static [ResKind],
    pub raises: Raises,
    pub effect: OpEffect,
    pub shape: Shape,
    pub stages: Stages,
    pub doc: &'static str,
}

macro_rules! stages {
    (all) => {
        Stages(crate::Stage::Raw, crate::Stage::Lowered)
    };
    (raw) => {
        Stages(crate::Stage::Raw, crate::Stage::Raw)
    };
    (checked) => {
        Stages(crate::Stage::Raw, crate::Stage::Checked)
    };
    (rich) => {
        Stages(crate::Stage::Raw, crate::Stage::Counted)
    };
    (late) => {
        Stages(crate::Stage::Checked, crate::Stage::Counted)
    };
    (counted) => {
        Stages(crate::Stage::Counted, crate::Stage::Lowered)
    };
    (lowered) => {
        Stages(crate::Stage::Lowered, crate::Stage::Lowered)
    };
}

macro_rules! shape {
    (plain) => {
        Shape::Plain
    };
    (ends0) => {
        Shape::Ends(0)
    };
    (ends1) => {
        Shape::Ends(1)
    };
    (ends2) => {
        Shape::Ends(2)
    };
    (switch) => {
        Shape::EndsSwitch
    };
    (resume) => {
        Shape::EndsResume
    };
}

macro_rules! ops {
    ($( $(#[doc = $doc:literal])* $name:ident = $text:ident [$($imm:ident),*] ($($arg:ident),*) -> ($($res:ident),*) $raises:ident $effect:ident $shape:ident $stages:ident; )*) => {
        /// One operation; see its row.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Op { $( $(#[doc = $doc])* $name, )* }

        /// All rows, in order of the enum.
        pub static OPS: &[OpRow] = &[ $( OpRow {
            op: Op::$name,
            text: stringify!($text),
            imms: &[$(ImmKind::$imm),*],
            args: &[$(ArgKind::$arg),*],
            results: &[$(ResKind::$res),*],
            raises: Raises::$raises,
            effect: OpEffect::$effect,
            shape: shape!($shape),
            stages: stages!($stages),
            doc: concat!($($doc),*),
        }, )* ];
    };
}

ops! {
    // ---- constants and addresses ----
    /// A constant of the pool. Not a frozenset (those are made by `call[const_frozenset]`).
    Const = const [Const] () -> (Static) Never Pure plain all;
    /// The null word.
    Null = null [] () -> (StaticOpt) Never Pure plain all;
    /// The UNBOUND word.
    Unbound = unbound [] () -> (Static) Never Pure plain all;
    I1 = i1 [Int] () -> (I1) Never Pure plain all;
    I32 = i32 [Int] () -> (I32) Never Pure plain all;
    I64 = i64 [Int] () -> (I64) Never Pure plain all;
    F64 = f64 [Float] () -> (F64) Never Pure plain all;
    /// Address of the module's cell of a global name.
    GlobalAddr = global_addr [Global] () -> (Ptr) Never Pure plain all;
    /// Address of an attribute cache.
    CacheAddr = cache_addr [Cache] () -> (Ptr) Never Pure plain all;
    /// Address of a static code object.
    CodeAddr = code_addr [Code] () -> (Ptr) Never Pure plain all;
    /// Address of the module's `ModuleStatic`.
    ModuleAddr = module_addr [] () -> (Ptr) Never Pure plain all;
    /// Address of item `int` of the code object's `const_cells`.
    ConstCellAddr = const_cell_addr [Code, Int] () -> (Ptr) Never Pure plain all;
    /// Address of a builtin type object.
    TypeAddr = type_addr [Type] () -> (Ptr) Never Pure plain all;
    /// Address of the function's machine frame.
    FrameAddr = frame_addr [] () -> (Ptr) Never Pure plain all;
    /// Address of word `int` of the function's scratch memory.
    ScratchAddr = scratch_addr [Int] () -> (Ptr) Never Pure plain all;

    // ---- calls of the runtime and of compiled code ----
    /// Calls an intrinsic.
    Call = call [Row] (Row) -> (Row) Row Row plain all;
    /// Calls the machine code at the first operand with the others in registers (borrowed). Null when it raised: `br_null` follows.
    CallIndirect = call_indirect [] (Ptr, BorrowRest) -> (OwnOpt) Never Foreign plain lowered;
    /// Calls the direct entry of a known code object: function object, then its parameter slots (bit i of the mask: operand i is taken).
    CallDirect = call_direct [Int, Code] (MaskRest) -> (Own) May Foreign plain all;
    /// Calls a version of a function of the module (its number; the mask of taken operands): function object or None, then its parameters.
    /// A raw result and its flag; for versions without raw result the flag is 1.
    CallVersion = call_version [Int, Int] (VersionRest) -> (I64, I32) Never Foreign plain all;
    /// Raises when the operand is null, because what gave it raised.
    RaiseNull = raise_null [] (Own) -> (Own) May Quiet plain all;

    // ---- guards: the error edge is taken when the test fails ----
    /// The number in a small int.
    GuardInt = guard_int [] (Unbox) -> (I64) May Quiet plain all;
    /// The number in a self-tagged float.
    GuardFloat = guard_float [] (Unbox) -> (F64) May Quiet plain all;
    /// The value is a heap object of exactly this type.
    GuardType = guard_type [Type] (Borrow) -> () May Quiet plain all;
    /// Address of the attribute that the site's cache knows for objects of this shape. The place may be empty (null).
    SlotOf = slot_of [Cache] (Borrow) -> (Ptr) May Quiet plain all;
    /// The group of attributes (a tuple of names; int: `pyaot_abi::wanted`) knows objects like this one.
    GuardGroup = guard_group [Cache, Const, Int] (Borrow) -> () May Quiet plain all;
    /// Address of attribute `int` of a group, of an object that has passed its test. The place may be empty (null). Behind it what the
    /// test was for.
    GroupSlot = group_slot [Cache, Int, Const, Int] (Borrow) -> (Ptr) Never Quiet plain all;
    /// The Python function that the named attribute stands for; int: one of `pyaot_abi::found`.
    MethodOf = method_of [Cache, Const, Int] (Borrow) -> (Borrow) May Quiet plain all;
    /// Address of what loading the named attribute gives, in the object or for its class. The place may be empty (null).
    ValueOf = value_of [Cache, Const, Int] (Borrow) -> (Ptr) May Quiet plain all;
    /// The value is a class whose call makes a plain object and runs the `__init__` with this code.
    GuardClass = guard_class [Cache, Code] (Borrow) -> () May Quiet plain all;
    /// The value is this one of `pyaot_abi::NATIVES`.
    GuardNative = guard_native [Int] (Borrow) -> () May Quiet plain all;
    /// The float object of a number, which needs no memory.
    GuardBox = guard_box [] (F64) -> (Own) May Quiet plain all;
    /// A reference of it that is given back is not the last.
    GuardShared = guard_shared [] (Borrow) -> () May Quiet plain all;
    /// It is no object, or has more references than the number.
    GuardMore = guard_more [] (Borrow, Word) -> () May Quiet plain lowered;
    /// Nobody asks for a poll.
    GuardPoll = guard_poll [] () -> () May Quiet plain all;
    /// The flag is 1.
    Guard = guard [] (Flag) -> () May Quiet plain all;
    /// The guard word of a global variable's cell is this one of `pyaot_abi::guard`.
    GuardGlobal = guard_global [Global, Int] () -> () May Quiet plain all;
    /// Exact results of 64 bits.
    AddFits = add_fits [] (I64, I64) -> (I64) May Quiet plain all;
    SubFits = sub_fits [] (I64, I64) -> (I64) May Quiet plain all;
    MulFits = mul_fits [] (I64, I64) -> (I64) May Quiet plain all;

    // ---- representations ----
    /// The int object of a number.
    BoxInt = box_int [] (I64) -> (Own) Never Pure plain all;
    /// The float object of a number.
    BoxFloat = box_float [] (F64) -> (Own) Never Pure plain all;
    F64Bits = f64_bits [] (F64) -> (I64) Never Pure plain all;
    BitsF64 = bits_f64 [] (I64) -> (F64) Never Pure plain all;
    /// A Python value (or null) from its word; the reference comes with it.
    OwnBits = own_bits [] (I64) -> (OwnOpt) Never Quiet plain all;

    /// Calls a method of a built-in type with its exact instance and positional arguments; the cache is the site's.
    CallExact = call_exact [Const, Cache] (Borrow, BorrowRest) -> (Own) May Foreign plain rich;
    /// Calls a Python object: callable, self or null, positional arguments. Bit i of the mask: operand i is taken.
    CallPython = call_python [Int] (MaskRest) -> (Own) May Foreign plain rich;
    /// Likewise with keyword arguments last; the constant is the tuple of their names.
    CallPythonKw = call_python_kw [Int, Const] (MaskRest) -> (Own) May Foreign plain rich;

    /// Calls the operand without arguments for a builtin that reads the calling frame; namespace or null, content of the local slots.
    CallInFrame = call_in_frame [] (Borrow, Borrow, BorrowRest) -> (Own) May Foreign plain rich;

    // ---- names ----
    /// Value of a global name: the module's cell, else builtins.
    LoadGlobal = load_global [Global] () -> (Own) May Foreign plain rich;
    /// Binds a global name. (The old value is released.)
    StoreGlobal = store_global [Global] (Own) -> () May Foreign plain rich;
    /// Raises UnboundLocalError naming the constant when the operand is UNBOUND.
    CheckBound = check_bound [Const] (Borrow) -> () May Quiet plain rich;
    /// Content of a cell object; int: 1 when the variable is free. Raises when the cell is empty.
    LoadCell = load_cell [Const, Int] (Borrow) -> (Own) May Quiet plain rich;
    /// Puts a value into a cell object and releases the old one.
    StoreCell = store_cell [] (Borrow, Own) -> () Never Foreign plain rich;
    /// Empties a cell object; raises when it is empty.
    DeleteCell = delete_cell [Const, Int] (Borrow) -> () May Foreign plain rich;
    /// Cell `int` of the closure of a function object.
    LoadClosure = load_closure [Int] (Borrow) -> (Borrow) Never Quiet plain rich;

    // ---- ops with several results or an array of operands; each stands for one intrinsic ----
    /// `call[row](array of the operands, n)`; the new object takes them. For build_map n counts pairs.
    Build = build [Row] (OwnRest) -> (Own) May Foreign plain rich;
    /// Callable and self (or null) of a method call.
    LoadMethod = load_method [Const, Cache] (Own) -> (Own, OwnOpt) May Foreign plain rich;
    /// Likewise through `super`: super global, class, object; int: 1 for the two-argument form.
    LoadSuperMethod = load_super_method [Const, Int] (Borrow, Borrow, Own) -> (Own, OwnOpt) May Foreign plain rich;
    /// Special method by CPython's SPECIAL number.
    LoadSpecial = load_special [Int] (Own) -> (Own, OwnOpt) May Foreign plain rich;
    /// Items of a sequence, leftmost first.
    UnpackSequence = unpack_sequence [] (Borrow) -> (OwnRest) May Foreign plain rich;
    /// Address of the sink of the generator that runs, 0 when its items are yielded.
    Sink = sink [] () -> (I64) Never Quiet plain rich;
    /// The next item of an iterator, or null at its end; of a pair that the iterator makes, the first item and the second (else null).
    NextPair = next_pair [] (Borrow) -> (OwnOpt, OwnOpt) Never Foreign plain rich;
    /// `before` items, the list of the rest, `after` items.
    UnpackEx = unpack_ex [Int, Int] (Borrow) -> (OwnRest) May Foreign plain rich;
    /// Rest and match of an exception group; None when empty.
    CheckEgMatch = check_eg_match [] (Borrow, Borrow) -> (Own, Own) May Foreign plain rich;
    /// Sends a value into a receiver: what it gives, and 1 when that is its result instead of a yielded value.
    Send = send [] (Borrow, Own) -> (Own, I32) May Foreign plain rich;
    /// `a + b` (int: 0) or `a += b` (int: 13) for a local `a` that is overwritten next: takes the reference of `a` when it succeeds,
    /// and always that of `b` when the int has ADD_TAKES_BOTH.
    TakeAdd = take_add [Int] (OwnOnSuccess, Borrow) -> (Own) May Foreign plain rich;

    // ---- references ----
    /// A holder lets go of the value (POP_TOP, rebinding, `del`, frame exit).
    Release = release [] (Own) -> () Never Foreign plain checked;
    /// A second reference of the value, as a value of its own.
    Retain = retain [] (Borrow) -> (Own) Never Quiet plain rich;
    Inc = inc [] (Borrow) -> () Never Quiet plain counted;
    /// Drops one reference of a value that is not null.
    Dec = dec [] (Own) -> () Never Foreign plain counted;
    /// The same for values that may be null.
    XInc = xinc [] (Borrow) -> () Never Quiet plain counted;
    XDec = xdec [] (Own) -> () Never Foreign plain counted;

    // ---- frames and polls ----
    /// Begins a block (by code and number) of a generator that was inlined into its consumer. The block only computes: what else there is to
    /// do is done where the error edge leads, from the start of the block on.
    Inlined = inlined [Code, Int] () -> () May Quiet plain raw;
    /// Local variable `int` now holds the operand.
    SetLocal = set_local [Int] (Word) -> () Never Pure plain raw;
    /// Local variable `int` now holds what two words say: bits, and one of `pyaot_abi::number_kind`.
    SetNumber = set_number [Int] (I64, I32) -> () Never Pure plain raw;
    /// When `depth >= limit` calls stack_poll, which raises by a negative result; else (or after that) adds one to the depth.
    Enter = enter [] () -> () May Foreign plain all;
    /// Whether that many `enter` would only count: `depth + int - 1 < limit`.
    DepthFree = depth_free [Int] () -> (I1) Never Quiet plain lowered;
    /// Takes one from the depth.
    Leave = leave [] () -> () Never Quiet plain all;
    /// When `limit == 0` calls poll, which raises by a negative result.
    Poll = poll [] () -> () May Foreign plain all;
    /// Raises when the thread state has an exception.
    CheckRaised = check_raised [] () -> () May Quiet plain all;
    /// Goes on with the exception in the thread state, as raised at the position in the operand (-1: raised again).
    Propagate = propagate [] (I32) -> () Always Quiet plain rich;
    /// An exception leaves the frame: position, then the content of all local variable slots.
    Unwind = unwind [] (I32, OwnRest) -> () Never Foreign plain late;

    // ---- words ----
    /// Loads the declared type at a byte offset. A Python value that is loaded is borrowed from the memory.
    Load = load [Int] (Base) -> (Declared) Never Quiet plain all;
    /// Likewise; the reference moves from the memory to the result.
    Take = take [Int] (Base) -> (DeclaredOwn) Never Quiet plain all;
    Store = store [Int] (Base, Word) -> () Never Quiet plain all;
    /// The value is alive up to here: addresses into it were used.
    Keep = keep [] (Borrow) -> () Never Quiet plain rich;
    /// Memory takes a reference.
    Put = put [Int] (Base, Own) -> () Never Quiet plain rich;
    /// Address of word `i` from the base.
    Index = index [] (Base, I64) -> (Ptr) Never Pure plain all;
    /// Address plus a constant.
    Offset = offset [Int] (Base) -> (Ptr) Never Pure plain all;
    /// Compares two words (or i32) of the same type.
    ICmp = icmp [Cond] (Word, Word) -> (I1) Never Pure plain all;
    /// 1 - operand.
    Not = not [] (Flag) -> (Same) Never Pure plain all;
    /// The value (not null) is a heap pointer.
    IsHeap = is_heap [] (Word) -> (I1) Never Pure plain all;
    /// True or False.
    BoxBool = box_bool [] (Flag) -> (Static) Never Pure plain all;
    /// The word of a Python value.
    Bits = bits [] (Word) -> (I64) Never Pure plain all;
    /// A Python value from its word; borrowed.
    FromBits = from_bits [] (I64) -> (Borrow) Never Pure plain all;
    /// Wrapping; operands and result are all i64 or all i32.
    IAdd = iadd [] (Word, Word) -> (Same) Never Pure plain all;
    ISub = isub [] (Word, Word) -> (Same) Never Pure plain all;
    IMul = imul [] (Word, Word) -> (Same) Never Pure plain all;
    IAnd = iand [] (Word, Word) -> (Same) Never Pure plain all;
    IOr = ior [] (Word, Word) -> (Same) Never Pure plain all;
    IXor = ixor [] (Word, Word) -> (Same) Never Pure plain all;
    IShl = ishl [] (Word, Word) -> (Same) Never Pure plain all;
    /// Arithmetic shift right.
    IShr = ishr [] (Word, Word) -> (Same) Never Pure plain all;
    /// Toward zero, as machines divide; the divisor is neither 0 nor -1.
    IDiv = idiv [] (I64, I64) -> (I64) Never Quiet plain all;
    IRem = irem [] (I64, I64) -> (I64) Never Quiet plain all;
    /// The first operand when the flag is 1, else the second; both of one raw type.
    Select = select [] (Word, Word, Flag) -> (Same) Never Pure plain all;
    AddOverflow = add_overflow [] (I64, I64) -> (I64, I1) Never Pure plain all;
    SubOverflow = sub_overflow [] (I64, I64) -> (I64, I1) Never Pure plain all;
    MulOverflow = mul_overflow [] (I64, I64) -> (I64, I1) Never Pure plain all;
    FAdd = fadd [] (F64, F64) -> (F64) Never Pure plain all;
    FSub = fsub [] (F64, F64) -> (F64) Never Pure plain all;
    FMul = fmul [] (F64, F64) -> (F64) Never Pure plain all;
    FDiv = fdiv [] (F64, F64) -> (F64) Never Pure plain all;
    /// The function of C's library for this one of `pyaot_abi::NATIVES`.
    FMath = fmath [Int] (F64) -> (F64) Never Pure plain all;
    FNeg = fneg [] (F64) -> (F64) Never Pure plain all;
    FCmp = fcmp [Cond] (F64, F64) -> (I1) Never Pure plain all;
    /// Nearest float of an i64.
    ToF64 = to_f64 [] (I64) -> (F64) Never Pure plain all;
    /// Sign-extends.
    Extend = extend [] (I32) -> (I64) Never Pure plain all;

    // ---- terminators ----
    Jump = jump [] () -> () Never Pure ends1 all;
    /// To the first target when the flag is 1, else to the second.
    Br = br [] (Flag) -> () Never Pure ends2 all;
    /// The same where the first target is by far the more likely: another round of a loop.
    BrLikely = br_likely [] (Flag) -> () Never Pure ends2 all;
    /// To the first target when the operand is null, else to the second, where it counts as `any`.
    BrNull = br_null [] (Word) -> () Never Pure ends2 all;
    /// Target i when the operand equals int i, else the last target.
    Switch = switch [Ints] (I32) -> () Never Pure switch all;
    /// Returns a value, or null for a raised exception.
    Ret = ret [] (Own) -> () Never Pure ends0 all;
    /// Returns the raw result of a version that has one.
    RetRaw = ret_raw [] (I64) -> () Never Pure ends0 all;
    Unreachable = unreachable [] () -> () Never Pure ends0 all;
    /// Suspends with the operand as the yielded value; the target's first parameter is what `send` gave. The edge's other
    /// arguments are kept in the heap frame. Int: GENERATOR_DELEGATING when the last of them is the delegate. Raises what `throw` gave.
    Yield = yield [Int] (Own) -> () May Foreign resume rich;
    /// Makes the generator object and returns it; the last target is where it starts. Operand: the function object. The other targets,
    /// with their numbers, are blocks at which an object may go on that was made elsewhere; they are given nothing here.
    ReturnGenerator = return_generator [Ints] (Borrow) -> () May Quiet switch rich;
}

impl Op {
    pub fn row(self) -> &'static OpRow {
        &OPS[self as usize]
    }

    pub fn from_text(text: &str) -> Option<Op> {
        OPS.iter().find(|row| row.text == text).map(|row| row.op)
    }

    pub fn is_terminator(self) -> bool {
        self.row().shape != Shape::Plain
    }

    /// A test, or what it has found: no other code runs, and no object changes or ends.
    pub fn is_test(self) -> bool {
        matches!(
            self,
            Op::Guard
                | Op::GuardInt
                | Op::GuardFloat
                | Op::GuardType
                | Op::GuardGroup
                | Op::GuardClass
                | Op::GuardNative
                | Op::GuardBox
                | Op::GuardShared
                | Op::GuardMore
                | Op::GuardPoll
                | Op::GuardGlobal
                | Op::GroupSlot
                | Op::SlotOf
                | Op::MethodOf
                | Op::ValueOf
                | Op::AddFits
                | Op::SubFits
                | Op::MulFits
        )
    }
}

/// Operand kind of an intrinsic's argument.
pub fn arg_kind(arg: Arg) -> ArgKind {
    match arg {
        Arg::Borrow => ArgKind::Borrow,
        Arg::Own => ArgKind::Own,
        Arg::Ptr => ArgKind::Ptr,
        Arg::I32 => ArgKind::I32,
        Arg::I64 => ArgKind::I64,
        Arg::F64 => ArgKind::F64,
    }
}

/// Result kind of an intrinsic's row; `None` for void.
pub fn res_kind(ret: Ret, error: Error) -> Option<ResKind> {
    match ret {
        Ret::Own => Some(if error == Error::NullOrEnd {
            ResKind::OwnOpt
        } else {
            ResKind::Own
        }),
        Ret::Borrow => Some(ResKind::Borrow),
        Ret::Void => None,
        Ret::I32 => Some(ResKind::I32),
        Ret::I64 => Some(ResKind::I64),
        Ret::F64 => Some(ResKind::F64),
        Ret::Ptr => Some(ResKind::Ptr),
    }
}

/// When an intrinsic raises, as an op's rule. `NullOrEnd` does not raise by itself: `br_null` and `check_raised` follow.
pub fn raises(error: Error) -> Raises {
    match error {
        Error::Never | Error::NullOrEnd => Raises::Never,
        Error::Null | Error::Negative => Raises::May,
        Error::Always => Raises::Always,
    }
}

pub fn effect(effect: Effect) -> OpEffect {
    match effect {
        Effect::Pure => OpEffect::Pure,
        Effect::Quiet => OpEffect::Quiet,
        Effect::Foreign => OpEffect::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_enum_order_with_unique_names() {
        for (i, row) in OPS.iter().enumerate() {
            assert_eq!(row.op as usize, i);
            assert!(OPS[i + 1..].iter().all(|r| r.text != row.text), "{}", row.text);
            assert!(row.stages.0 <= row.stages.1, "{}", row.text);
        }
    }
}
