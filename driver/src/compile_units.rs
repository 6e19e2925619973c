//! A module of the program, compiled by units, each of which is in the cache by what is in it; only those that changed are made.
//!
//! What an edit waits for is the specialiser, which does the module anew, and then the changed unit. The source is packed beside the
//! first, and the module's data is written beside the machine code of the second: it needs to know the frames only, which the passes give.
use crate::build::Build;
use crate::failure::{Failure, Result};
use crate::finder::Found;
use crate::pipeline::{self, Options};
use crate::units::{self, Frame, Unit};
use pyaot_code::CodeObject;
use pyaot_ir::{CodeId, Module};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Instant;

/// The module that is compiled.
pub struct Source<'a> {
    pub module: &'a Found,
    pub bytes: &'a [u8],
    pub code: &'a Arc<CodeObject>,
}

/// Frames of some code objects.
type Frames = Vec<(CodeId, Frame)>;

impl Build<'_> {
    /// The objects of a module: its data, then each unit's. `key`: of the module in the cache.
    pub(crate) fn compile_units(&self, source: &Source<'_>, key: &blake3::Hash) -> Result<Vec<PathBuf>> {
        std::thread::scope(|scope| self.compile_beside(scope, source, key))
    }

    fn compile_beside<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
        source: &'s Source<'s>,
        key: &blake3::Hash,
    ) -> Result<Vec<PathBuf>> {
        let (module, code) = (source.module, source.code);
        let start = Instant::now();
        let options = self.options();
        let embeds = options.embed_source;
        let packed = beside(scope, move || pipeline::packed(source.bytes, embeds))?;
        let mut ir = pipeline::specialised(module, code, &options)?;
        let specialised = start.elapsed();
        let codes = pyaot_llvm::code_objects(code);
        let names = pyaot_llvm::code_names(&module.name, &codes);
        let lines = |id: CodeId| match options.debug {
            true => format!("{:?}", codes[id.index()].positions()).into_bytes(),
            false => Vec::new(),
        };
        let all = units::of(&ir, &names, &self.unit_settings(module, &options), &lines);
        let keyed = start.elapsed();
        let (send, receive) = channel();
        let mut bare = ir.without_functions();
        bare.versions.clear();
        let count = all.len();
        let data = beside(scope, move || {
            let packed = packed
                .join()
                .map_err(|_| Failure::internal("data", "the source cannot be packed"))?;
            match fill_frames(&mut bare, &receive, count) {
                true => pipeline::data_object(module, source.bytes.len(), packed.as_deref(), code, &bare).map(Some),
                false => Ok(None),
            }
        })?;
        let made = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let work = |sender: &mut Sender<Frames>, unit: &Unit| -> Result<Vec<PathBuf>> {
            let files = match self.cached_unit(unit) {
                Some((files, frames)) => {
                    tell(sender, unit, &frames);
                    files
                }
                None => {
                    made.fetch_add(1, Ordering::Relaxed);
                    self.make_unit(source, unit, units::module(&ir, unit), &options, sender)?
                }
            };
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            self.progress.part(done, all.len(), &module.name);
            Ok(files)
        };
        let results = all.par_iter().map_with(send, work).collect::<Result<Vec<_>>>()?;
        let compiled = start.elapsed();
        // It takes its time to take a large module apart.
        let functions = std::mem::take(&mut ir.functions);
        rayon::spawn(move || drop(functions));
        let data = data
            .join()
            .map_err(|_| Failure::internal("data", "the data cannot be written"))??;
        let data = data.ok_or_else(|| Failure::internal("data", "frames are missing"))?;
        let mut objects = vec![self.put(key, "data.o", &data)?];
        objects.extend(results.into_iter().flatten());
        let keys: Vec<String> = all.iter().map(|unit| unit.key.to_hex().to_string()).collect();
        self.put(key, "units", keys.join("\n").as_bytes())?;
        let name = &module.name;
        self.progress.stage(&format!("specialise {name}"), specialised);
        self.progress.stage(&format!("keys of {name}"), keyed - specialised);
        let made = made.into_inner();
        self.progress
            .stage(&format!("compile {made} of {count} units of {name}"), compiled - keyed);
        self.progress
            .stage(&format!("rest of the data of {name}"), start.elapsed() - compiled);
        Ok(objects)
    }

    /// What decides the code of all units besides what is in them.
    fn unit_settings(&self, module: &Found, options: &Options) -> blake3::Hash {
        let mut settings = blake3::Hasher::new();
        settings.update(&self.home.fingerprint);
        settings.update(module.filename.as_bytes());
        let Options {
            opt_level,
            debug,
            pie,
            quick,
            ..
        } = options;
        settings.update(format!("{opt_level} {debug} {pie} {quick}").as_bytes());
        settings.finalize()
    }

    fn cached_unit(&self, unit: &Unit) -> Option<(Vec<PathBuf>, Vec<Frame>)> {
        let frames = self.cache.get(&unit.key, "frames")?;
        let frames = units::frames_from_text(std::str::from_utf8(&frames).ok()?)?;
        let files = vec![self.cache.find(&unit.key, "o")?, self.cache.find(&unit.key, "maps.o")?];
        (frames.len() == unit.codes.len()).then_some((files, frames))
    }

    /// `part`: the unit as a module.
    fn make_unit(
        &self,
        source: &Source<'_>,
        unit: &Unit,
        mut part: Module,
        options: &Options,
        sender: &Sender<Frames>,
    ) -> Result<Vec<PathBuf>> {
        let frames = pipeline::unit_passes(&mut part, &unit.codes)?;
        tell(sender, unit, &frames);
        let bytes = pipeline::unit_object(source.module, source.code, &part, options, &self.home.hot)?;
        let files = self.put_object(&unit.key, &bytes)?;
        self.put(&unit.key, "frames", units::frames_to_text(&frames).as_bytes())?;
        Ok(files)
    }
}

/// Runs `work` in a thread of its own: the threads of the pool may all be waiting for it.
fn beside<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl FnOnce() -> T + Send + 's,
) -> Result<ScopedJoinHandle<'s, T>> {
    let thread = std::thread::Builder::new().stack_size(crate::STACK);
    thread
        .spawn_scoped(scope, work)
        .map_err(|e| Failure::request(format!("cannot start a thread: {e}")))
}

fn tell(sender: &Sender<Frames>, unit: &Unit, frames: &[Frame]) {
    // Nobody listens any more when the data has failed, which is said then.
    let _ = sender.send(unit.codes.iter().copied().zip(frames.iter().copied()).collect());
}

/// Whether the frames of so many units came.
fn fill_frames(ir: &mut Module, receive: &Receiver<Frames>, count: usize) -> bool {
    let mut came = 0;
    for frames in receive {
        came += 1;
        for (code, frame) in frames {
            let info = &mut ir.codes[code.index()];
            info.frame_slots = frame.slots;
            info.resume = frame.has_resume.then_some(0);
        }
    }
    came == count
}
