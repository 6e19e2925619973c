//! `pyaot_passes`: from Raw IR to what the back end reads.
//!
//! In: a module at stage Raw. Out: the same module at stage Lowered. The order of the passes is data ([`PASSES`]) with reasons
//! that a test checks; after every pass the function is renumbered, and verified where [`run_pass`] says so.
#![forbid(unsafe_code)]

mod borrow;
mod certify;
mod checked;
mod cleanup;
mod counts;
mod expand;
mod generators;
mod heat;
mod known_shapes;
mod landings;
mod open_blocks;
mod pairs;
mod polls;
mod specialise;

use pyaot_ir::{Function, Module, Stage, verify_function};
pub use specialise::record;

/// We are wrong: a pass made IR that breaks an invariant, or met IR that it cannot handle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PassError {
    pub pass: &'static str,
    pub function: String,
    pub message: String,
}

impl std::fmt::Display for PassError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "internal error: pass {} on {}: {}",
            self.pass, self.function, self.message
        )
    }
}

impl std::error::Error for PassError {}

/// What a pass sees of the module besides its function.
pub struct Context<'a> {
    pub module: &'a mut Module,
    /// Functions that the pass made out of this one.
    pub made: Vec<Function>,
}

pub struct Pass {
    pub name: &'static str,
    /// Stage that the pass reads and the stage that it leaves.
    pub stages: (Stage, Stage),
    pub run: fn(&mut Function, &mut Context) -> Result<(), String>,
    /// Passes that must have run, and why.
    pub after: &'static [(&'static str, &'static str)],
}

/// All passes in order.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "checked",
        stages: (Stage::Raw, Stage::Checked),
        run: checked::run,
        after: &[],
    },
    Pass {
        name: "polls",
        stages: (Stage::Checked, Stage::Checked),
        run: polls::run,
        after: &[("checked", "a poll that moves takes its error edge along")],
    },
    Pass {
        name: "borrow",
        stages: (Stage::Checked, Stage::Checked),
        run: borrow::run,
        after: &[(
            "checked",
            "an error edge may end the life of what a value was loaded from",
        )],
    },
    Pass {
        name: "counts",
        stages: (Stage::Checked, Stage::Counted),
        run: counts::run,
        after: &[
            ("checked", "error edges end the life of values, too"),
            ("borrow", "it counts what is left to count"),
        ],
    },
    Pass {
        name: "certify",
        stages: (Stage::Counted, Stage::Counted),
        run: certify::run,
        after: &[("counts", "it proves what counts made")],
    },
    Pass {
        name: "generators",
        stages: (Stage::Counted, Stage::Counted),
        run: generators::run,
        after: &[(
            "certify",
            "references that rest in a heap frame are invisible to the certifier",
        )],
    },
    Pass {
        name: "landings",
        stages: (Stage::Counted, Stage::Counted),
        run: landings::run,
        after: &[
            (
                "certify",
                "the certifier does not know that `reraise` hands its reference on",
            ),
            ("generators", "bodies of generators are functions of their own then"),
        ],
    },
    Pass {
        name: "expand",
        stages: (Stage::Counted, Stage::Lowered),
        run: expand::run,
        after: &[
            (
                "counts",
                "fast paths differ in who releases, which one op with a mask says more simply",
            ),
            ("generators", "suspensions become loads and stores"),
        ],
    },
    Pass {
        name: "open_blocks",
        stages: (Stage::Lowered, Stage::Lowered),
        run: open_blocks::run,
        after: &[("expand", "earlier passes rely on closed blocks")],
    },
    Pass {
        name: "cleanup",
        stages: (Stage::Lowered, Stage::Lowered),
        run: cleanup::run,
        after: &[("open_blocks", "parameters that are dropped leave blocks that merge")],
    },
];

/// The pass over whole modules that comes before [`PASSES`] where the module asks for it.
pub const SPECIALISE: &str = "specialise";

/// Runs all passes on a module.
pub fn run_all(module: &mut Module) -> Result<(), PassError> {
    run_until(module, None)
}

/// Runs the passes up to and with `last` (all when `None`).
pub fn run_until(module: &mut Module, last: Option<&str>) -> Result<(), PassError> {
    run(module, last, None)
}

/// The pass over the whole module, where the module asks for it.
pub fn specialise(module: &mut Module) -> Result<(), PassError> {
    run(module, Some(SPECIALISE), None)
}

/// Runs all passes and says what they did with each operation of the source.
pub fn run_recorded(module: &mut Module) -> Result<record::Record, PassError> {
    let mut record = record::Record::default();
    if !module.specialise {
        for function in &module.functions {
            record.skip(function, record::Reason::Level);
        }
    }
    run(module, None, Some(&mut record))?;
    Ok(record)
}

fn run(module: &mut Module, last: Option<&str>, mut record: Option<&mut record::Record>) -> Result<(), PassError> {
    if let Some(share) = module.hot_share.take() {
        heat::run(module, share);
    }
    if module.specialise {
        specialise::run(module, record.as_deref_mut()).map_err(|message| PassError {
            pass: SPECIALISE,
            function: module.name.clone(),
            message,
        })?;
        if cfg!(debug_assertions) {
            pyaot_ir::verify_module(module).map_err(|message| PassError {
                pass: SPECIALISE,
                function: module.name.clone(),
                message,
            })?;
        }
    }
    if last == Some(SPECIALISE) {
        return Ok(());
    }
    for pass in PASSES {
        run_pass(module, pass)?;
        if let Some(record) = record.as_deref_mut().filter(|_| pass.name == "counts") {
            record.tally_counts(&module.functions);
        }
        if last == Some(pass.name) {
            break;
        }
    }
    Ok(())
}

/// Runs one pass on the functions that are at its stage. The verifier follows every pass in debug builds; in others only the
/// last, whose result the back end trusts.
pub fn run_pass(module: &mut Module, pass: &Pass) -> Result<(), PassError> {
    let verify = cfg!(debug_assertions) || PASSES.last().is_some_and(|last| last.name == pass.name);
    let mut functions = std::mem::take(&mut module.functions);
    let mut made_all = Vec::new();
    let here = |f: &&mut Function| f.stage == pass.stages.0 && !f.is_declaration();
    for function in functions.iter_mut().filter(here) {
        let mut cx = Context {
            module: &mut *module,
            made: Vec::new(),
        };
        let error = |function: &Function, message: String| PassError {
            pass: pass.name,
            function: function.name.clone(),
            message,
        };
        (pass.run)(function, &mut cx).map_err(|message| error(function, message))?;
        let mut made = cx.made;
        for f in std::iter::once(&mut *function).chain(&mut made) {
            f.stage = pass.stages.1;
            f.renumber();
            if verify {
                verify_function(f, Some(module)).map_err(|broken| error(f, broken.to_string()))?;
            }
        }
        made_all.append(&mut made);
    }
    for function in made_all {
        if let Some(info) = module.codes.get_mut(function.code.index()) {
            info.resume = Some(functions.len() as u32);
        }
        functions.push(function);
    }
    module.functions = functions;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_obeys_its_reasons_and_stages() {
        for (i, pass) in PASSES.iter().enumerate() {
            for (earlier, reason) in pass.after {
                assert!(
                    PASSES[..i].iter().any(|p| p.name == *earlier),
                    "{} after {earlier}: {reason}",
                    pass.name
                );
            }
            if i > 0 {
                assert_eq!(PASSES[i - 1].stages.1, pass.stages.0, "{}", pass.name);
            }
        }
    }
}
