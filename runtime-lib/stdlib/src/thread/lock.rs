//! `lock` and `RLock` objects.
use super::ident;
use super::raw::{RawLock, Wait, wait_arguments};
use crate::native_type::native_type;
use pyaot_core::call::convert;
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::int;

native_type! {
    struct Lock, LOCK_TYPE, "_thread.lock" {} { raw: RawLock, unused: u64 }
    flags: type_flag::WEAKREFABLE,
    doc: "A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().  Methods are:\n\nacquire() -- lock the lock, possibly blocking until it can be obtained\nrelease() -- unlock of the lock\nlocked() -- test whether the lock is currently locked\n\nA lock is not owned by the thread that locked it; another thread may\nunlock it.  A thread attempting to lock a lock that it has already locked\nwill block until another thread unlocks it.  Deadlocks may ensue.",
    slots: {
        new: Some(|_, args| {
            args.no_keywords("lock")?;
            args.count("lock", 0, 0)?;
            new()
        }),
        repr: Some(|l| {
            let state = if Lock::cast(l).raw.is_taken() { "locked" } else { "unlocked" };
            Ok(Own::str(&format!("<{state} {} object at {:#x}>", l.ty().full_name(), l.value().0)))
        }),
    },
    methods: LOCK_METHODS, getset: &[]
}

pub fn new() -> PyResult {
    Lock::make(&LOCK_TYPE, RawLock::new(), 0)
}
fn acquire(l: Ref, b: &Bound) -> PyResult {
    Ok(Own::bool(Lock::cast(l).raw.acquire(wait_arguments(b)?)?))
}
fn release(l: Ref) -> PyResult {
    let raw = &Lock::cast(l).raw;
    if !raw.is_taken() {
        return exc::runtime_error(format_args!("release unlocked lock"));
    }
    raw.release();
    Ok(Own::none())
}
fn locked(l: Ref) -> PyResult {
    Ok(Own::bool(Lock::cast(l).raw.is_taken()))
}

static LOCK_METHODS: &[MethodDef] = &[
    bound(sig!("acquire_lock($self, /, blocking=True, timeout=-1)"), acquire).doc("An obsolete synonym of acquire()."),
    bound(sig!("acquire($self, /, blocking=True, timeout=-1)"), acquire).doc(
        "Lock the lock.  Without argument, this blocks if the lock is already\nlocked (even by the same thread), waiting for another thread to release\nthe lock, and return True once the lock is acquired.\nWith an argument, this will only block if the argument is true,\nand the return value reflects whether the lock is acquired.\nThe blocking operation is interruptible.",
    ),
    noargs(sig!("release_lock($self, /)"), release).doc("An obsolete synonym of release()."),
    noargs(sig!("release($self, /)"), release).doc(
        "Release the lock, allowing another thread that is blocked waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nbut it needn't be locked by the same thread that unlocks it.",
    ),
    noargs(sig!("locked_lock($self, /)"), locked).doc("An obsolete synonym of locked()."),
    noargs(sig!("locked($self, /)"), locked).doc("Return whether the lock is in the locked state."),
    noargs(sig!("__enter__($self, /)"), |l| {
        Ok(Own::bool(Lock::cast(l).raw.acquire(Wait::Forever)?))
    })
    .doc("Lock the lock."),
    bound(sig!("__exit__($self, /, *exc_info)"), |l, _| release(l)).doc("Release the lock."),
    noargs(sig!("_at_fork_reinit($self, /)"), |l| {
        Lock::cast(l).raw.reset();
        Ok(Own::none())
    }),
];

// ---- RLock ----

native_type! {
    struct RLock, RLOCK_TYPE, "_thread.RLock" {} { raw: RawLock, owner: Cell<u64>, count: Cell<u64> }
    flags: type_flag::WEAKREFABLE | type_flag::BASETYPE, doc: "",
    slots: {
        new: Some(|cls, _| RLock::make(cls, RawLock::new(), Cell::new(0), Cell::new(0))),
        repr: Some(|l| {
            let this = RLock::cast(l);
            let state = if this.raw.is_taken() { "locked" } else { "unlocked" };
            Ok(Own::str(&format!(
                "<{state} {} object owner={} count={} at {:#x}>",
                l.ty().full_name(),
                this.owner.get(),
                this.count.get(),
                l.value().0
            )))
        }),
    },
    methods: RLOCK_METHODS, getset: &[]
}

impl RLock {
    fn is_owned(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == ident()
    }
    fn acquire(&self, wait: Wait) -> PyResult<bool> {
        if self.is_owned() {
            let Some(n) = self.count.get().checked_add(1) else {
                return exc::overflow_error(format_args!("Internal lock count overflowed"));
            };
            self.count.set(n);
            return Ok(true);
        }
        let got = self.raw.acquire(wait)?;
        if got {
            self.owner.set(ident());
            self.count.set(1);
        }
        Ok(got)
    }
    fn release(&self) -> PyResult {
        self.must_own()?;
        self.count.set(self.count.get() - 1);
        if self.count.get() == 0 {
            self.owner.set(0);
            self.raw.release();
        }
        Ok(Own::none())
    }
    fn must_own(&self) -> PyResult<()> {
        if self.is_owned() {
            return Ok(());
        }
        exc::runtime_error(format_args!("cannot release un-acquired lock"))
    }
}

static RLOCK_METHODS: &[MethodDef] = &[
    bound(sig!("acquire($self, /, blocking=True, timeout=-1)"), |l, b| {
        Ok(Own::bool(RLock::cast(l).acquire(wait_arguments(b)?)?))
    })
    .doc(
        "Lock the lock.  `blocking` indicates whether we should wait\nfor the lock to be available or not.  If `blocking` is False\nand another thread holds the lock, the method will return False\nimmediately.  If `blocking` is True and another thread holds\nthe lock, the method will wait for the lock to be released,\ntake it and then return True.\n(note: the blocking operation is interruptible.)\n\nIn all other cases, the method will return True immediately.\nPrecisely, if the current thread already holds the lock, its\ninternal counter is simply incremented. If nobody holds the lock,\nthe lock is taken and its internal counter initialized to 1.",
    ),
    noargs(sig!("release($self, /)"), |l| RLock::cast(l).release()).doc(
        "Release the lock, allowing another thread that is blocked waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nand must be locked by the same thread that unlocks it; otherwise a\n`RuntimeError` is raised.\n\nDo note that if the lock was acquire()d several times in a row by the\ncurrent thread, release() needs to be called as many times for the lock\nto be available for other threads.",
    ),
    noargs(sig!("locked($self, /)"), |l| Ok(Own::bool(RLock::cast(l).raw.is_taken())))
        .doc("locked()\n\nReturn a boolean indicating whether this object is locked right now."),
    noargs(sig!("_is_owned($self, /)"), |l| Ok(Own::bool(RLock::cast(l).is_owned())))
        .doc("For internal use by `threading.Condition`."),
    one(sig!("_acquire_restore($self, state, /)"), acquire_restore).doc("For internal use by `threading.Condition`."),
    noargs(sig!("_release_save($self, /)"), release_save).doc("For internal use by `threading.Condition`."),
    noargs(sig!("_recursion_count($self, /)"), |l| {
        let this = RLock::cast(l);
        Ok(Own::uint(if this.is_owned() { this.count.get() } else { 0 }))
    })
    .doc("For internal use by reentrancy checks."),
    noargs(sig!("__enter__($self, /)"), |l| {
        Ok(Own::bool(RLock::cast(l).acquire(Wait::Forever)?))
    })
    .doc("Lock the lock."),
    bound(sig!("__exit__($self, /, *exc_info)"), |l, _| RLock::cast(l).release()).doc("Release the lock."),
    noargs(sig!("_at_fork_reinit($self, /)"), |l| {
        let this = RLock::cast(l);
        this.raw.reset();
        this.owner.set(0);
        this.count.set(0);
        Ok(Own::none())
    }),
];

fn acquire_restore(l: Ref, state: Ref) -> PyResult {
    let wrong = |what: String| exc::type_error(format_args!("_acquire_restore() argument 1 must be {what}"));
    if !state.ty().has(type_flag::TUPLE) {
        return wrong(format!("2-item tuple, not {}", convert::type_name(state)));
    }
    if tuple::len(state) != 2 {
        return wrong(format!("tuple of length 2, not {}", tuple::len(state)));
    }
    let number = |i| -> PyResult<u64> {
        let n = int::index(tuple::get(state, i))?;
        Ok(int::convert::to_u64(n.r()).unwrap_or(0))
    };
    let (count, owner) = (number(0)?, number(1)?);
    let this = RLock::cast(l);
    this.raw.acquire(Wait::Forever)?;
    this.owner.set(owner);
    this.count.set(count);
    Ok(Own::none())
}
fn release_save(l: Ref) -> PyResult {
    let this = RLock::cast(l);
    this.must_own()?;
    let (count, owner) = (this.count.replace(0), this.owner.replace(0));
    this.raw.release();
    tuple::try_from_vec(vec![Own::uint(count), Own::uint(owner)])
}
