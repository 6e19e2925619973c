//! A build: from the script to the executable.
//!
//! Modules are found wave by wave from the imports of those already known, compiled in parallel and cached by the content that
//! went in; the link joins them with the runtime archive. The surprising decision: the key of a cached object is made from the
//! source text, not from the code object, so a rebuild does not even parse what has not changed.
use crate::archive;
use crate::cache::Cache;
use crate::cli::CodeArgs;
use crate::compile_units::Source;
use crate::encodings;
use crate::failure::{Failure, Result};
use crate::finder::{Finder, Found};
use crate::imports::{self, Request, Unit};
use crate::pipeline::{self, Artifact, Options};
use crate::progress::Progress;
use crate::scratch::{Folder, Pending};
use crate::toolchain::{self, Home};
use crate::{link, maps, program, texts};
use pyaot_code::CodeObject;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub struct Build<'a> {
    pub home: &'a Home,
    pub cache: Cache,
    pub args: &'a CodeArgs,
    pub progress: Progress,
    finder: Finder,
    script: Found,
    /// The modules of a `.pyz`, as long as they are needed.
    _unpacked: Option<Folder>,
    /// Native modules that the program can import, as far as they are found.
    native: Mutex<BTreeSet<String>>,
    /// Length of the program's own sources, once all are found.
    own_bytes: AtomicUsize,
}

/// A module that is ready to be linked.
struct Ready {
    /// Objects with code or data, each followed by its table of return addresses where it has code.
    objects: Vec<PathBuf>,
    key: blake3::Hash,
}

/// A module whose imports are known.
struct Opened {
    module: Arc<Found>,
    source: Vec<u8>,
    /// Its code object, and how long that took, unless the imports were in the cache.
    code: Option<(Arc<CodeObject>, std::time::Duration)>,
}

/// A module of the program, for a report.
pub struct Compiled {
    pub module: Found,
    pub objects: Vec<PathBuf>,
    /// Milliseconds that the front end and what stands behind it took, when the module was compiled.
    pub cost: Option<(f64, f64)>,
}

enum State {
    Waiting,
    Ready(Ready),
    /// A library module that could not be compiled: absent from the executable.
    Absent,
}

/// The script as a module, its path made absolute.
pub fn open_script(script: &Path, finder_filename: impl Fn(&Path) -> String) -> Result<Found> {
    match script.metadata() {
        Err(e) => return Err(Failure::io("open", script, &e)),
        Ok(meta) if meta.is_dir() => {
            let main = script.join("__main__.py");
            let compiled = script.join("__main__.pyc");
            if !main.is_file() && compiled.is_file() {
                return open_script(&compiled, finder_filename);
            }
            if !main.is_file() {
                return Err(Failure::request(format!(
                    "'{}' is a folder without __main__.py",
                    script.display()
                )));
            }
            return open_script(&main, finder_filename);
        }
        Ok(_) => {}
    }
    let path = std::path::absolute(script).map_err(|e| Failure::io("open", script, &e))?;
    let filename = finder_filename(&path);
    Ok(Found {
        name: "__main__".into(),
        path: Some(path),
        package: false,
        stdlib: false,
        filename,
    })
}

pub fn remaps(args: &CodeArgs) -> Result<Vec<(String, String)>> {
    args.remap_path
        .iter()
        .map(|text| match text.split_once('=') {
            Some((from, to)) if !from.is_empty() => Ok((from.to_string(), to.to_string())),
            _ => Err(Failure::request(format!("--remap-path wants FROM=TO, got '{text}'"))),
        })
        .collect()
}

/// Bytes of source of which everything may be specialised.
const SMALL: usize = 64 << 10;

/// Thousandths of a program's own code that may be specialised, by the length of its sources; an edit hardly ever changes it.
fn hot_share(bytes: usize) -> u32 {
    (SMALL * 1000 / bytes.next_power_of_two()).min(1000) as u32
}

impl<'a> Build<'a> {
    pub fn new(home: &'a Home, args: &'a CodeArgs, script: &Path) -> Result<Build<'a>> {
        let absolute = std::path::absolute(script).map_err(|e| Failure::io("open", script, &e))?;
        let folder = if absolute.is_dir() {
            absolute.clone()
        } else {
            absolute.parent().unwrap_or(Path::new("/")).to_path_buf()
        };
        let unpacked = archive::unpack(script)?;
        let (folder, script) = match &unpacked {
            Some(modules) => (modules.path(), modules.path()),
            None => (folder.as_path(), script),
        };
        let mut finder = Finder::new(folder, &home.lib, home.native_modules.clone(), remaps(args)?);
        finder.archive = unpacked
            .as_ref()
            .map(|modules| (modules.path().to_path_buf(), absolute.clone()));
        let script = open_script(script, |path| finder.filename(path, None))?;
        Ok(Build {
            home,
            cache: Cache::open(Some(home.prebuilt.clone())),
            args,
            progress: Progress::new(args.verbose),
            finder,
            script,
            _unpacked: unpacked,
            // The runtime imports it itself.
            native: Mutex::new(BTreeSet::from(["sys".to_string()])),
            own_bytes: AtomicUsize::new(0),
        })
    }

    pub fn options(&self) -> Options {
        let bytes = self.own_bytes.load(Ordering::Relaxed);
        Options {
            hot_share: (self.args.opt_level == 2).then(|| hot_share(bytes)),
            opt_level: self.args.opt_level,
            python_optimize: self.args.python_optimize,
            debug: self.args.debug,
            pie: self.args.pie,
            sanitize: self.args.sanitize_address,
            quick: self.args.quick_machine_code,
            embed_source: !self.args.no_source,
        }
    }

    /// Key of the object of `module`, whose file holds `source`.
    fn key(&self, module: &Found, source: &[u8]) -> blake3::Hash {
        let mut key = blake3::Hasher::new();
        key.update(&self.home.fingerprint);
        let mut options = self.options();
        if module.stdlib {
            // Light code is the same at every level but 0.
            options.opt_level = options.opt_level.min(1);
            options.quick = false;
            options.hot_share = None;
        }
        for part in [
            module.name.as_bytes(),
            module.filename.as_bytes(),
            format!("{options:?}").as_bytes(),
            source,
        ] {
            key.update(&(part.len() as u64).to_le_bytes());
            key.update(part);
        }
        key.update(&[u8::from(module.package), u8::from(module.stdlib)]);
        key.finalize()
    }

    /// Reads a module's file; a package without a file has no source.
    pub fn read(module: &Found) -> Result<Vec<u8>> {
        match (&module.path, texts::of_name(&module.name)) {
            (Some(path), _) => std::fs::read(path).map_err(|e| Failure::io("read", path, &e)),
            (None, Some((_, text))) => Ok(text.as_bytes().to_vec()),
            (None, None) => Ok(Vec::new()),
        }
    }

    /// The code object of a module; warnings about the program's own source are shown.
    fn front(&self, module: &Found, source: &[u8]) -> Result<Arc<CodeObject>> {
        let (code, warnings) = pipeline::code_object(module, source, self.args.python_optimize)?;
        if !module.stdlib {
            warnings.iter().for_each(|warning| self.progress.note(warning));
        }
        Ok(code)
    }

    /// Reads a module; `discovered` learns its imports, from the cache or from its code.
    fn open(&self, module: Arc<Found>, discovered: &mut dyn FnMut(Vec<Unit>)) -> Result<Opened> {
        let source = Self::read(&module)?;
        let key = self.key(&module, &source);
        if let Some(text) = self.cache.get(&key, "imports")
            && let Some(units) = imports::from_text(&String::from_utf8_lossy(&text))
        {
            discovered(units);
            return Ok(Opened {
                module,
                source,
                code: None,
            });
        }
        let start = Instant::now();
        let code = self.front(&module, &source)?;
        let mut units = imports::units(&code, module.name == "__main__");
        if !module.stdlib {
            let encodings = encodings::request(&code, &units, &self.home.lib);
            units[0].requests.extend(encodings);
        }
        self.cache.put(&key, "imports", imports::to_text(&units).as_bytes());
        discovered(units);
        Ok(Opened {
            module,
            source,
            code: Some((code, start.elapsed())),
        })
    }

    /// Object of one module, from the cache or made now.
    fn compile(&self, opened: Opened) -> Result<Ready> {
        let Opened { module, source, code } = opened;
        let module = &*module;
        let key = self.key(module, &source);
        if let Some(objects) = self.cached_objects(&key) {
            return Ok(Ready { objects, key });
        }
        let start = Instant::now();
        let (code, front) = match code {
            Some(made) => made,
            None => {
                let code = self.front(module, &source)?;
                (code, start.elapsed())
            }
        };
        let start = Instant::now();
        let is_split = !module.stdlib && !self.args.sanitize_address && texts::of_name(&module.name).is_none();
        let objects = match is_split {
            true => {
                let source = Source {
                    module,
                    bytes: &source,
                    code: &code,
                };
                self.compile_units(&source, &key)?
            }
            false => {
                let bytes = pipeline::compile(
                    module,
                    &source,
                    &code,
                    &self.options(),
                    &self.home.hot,
                    Artifact::Object,
                )?;
                self.put_object(&key, &bytes)?
            }
        };
        let back = start.elapsed();
        let cost = format!("{:.2} {:.2}", front.as_secs_f64() * 1e3, back.as_secs_f64() * 1e3);
        self.cache.put(&key, "ms", cost.as_bytes());
        if self.progress.is_verbose() {
            self.progress
                .stage(&format!("compile {} (front end)", module.name), front);
            self.progress
                .stage(&format!("compile {} (back end)", module.name), back);
        }
        Ok(Ready { objects, key })
    }

    /// The objects of a module, if all of them are in the cache.
    fn cached_objects(&self, key: &blake3::Hash) -> Option<Vec<PathBuf>> {
        let Some(units) = self.cache.get(key, "units") else {
            return Some(vec![self.cache.find(key, "o")?, self.cache.find(key, "maps.o")?]);
        };
        let mut objects = vec![self.cache.find(key, "data.o")?];
        for unit in String::from_utf8(units).ok()?.lines() {
            let unit = blake3::Hash::from_hex(unit).ok()?;
            objects.extend([self.cache.find(&unit, "o")?, self.cache.find(&unit, "maps.o")?]);
        }
        Some(objects)
    }

    pub(crate) fn put(&self, key: &blake3::Hash, suffix: &str, data: &[u8]) -> Result<PathBuf> {
        let path = self.cache.path(key, suffix);
        if self.cache.put(key, suffix, data) {
            return Ok(path);
        }
        Err(Failure::request(format!(
            "cannot write to the cache ('{}'): is the disk full? PYAOT_CACHE names another folder",
            path.display()
        )))
    }

    /// Writes an object with code, and its table of return addresses.
    pub(crate) fn put_object(&self, key: &blake3::Hash, bytes: &[u8]) -> Result<Vec<PathBuf>> {
        let table = maps::write(bytes)?;
        Ok(vec![self.put(key, "o", bytes)?, self.put(key, "maps.o", &table)?])
    }

    /// Compiles the script and everything it can import.
    fn compile_all(&self) -> Result<BTreeMap<String, Ready>> {
        let shared = Shared {
            live: Mutex::default(),
            states: Mutex::new(BTreeMap::new()),
            failure: Mutex::new(None),
            done: AtomicUsize::new(0),
            own: Mutex::default(),
        };
        rayon::scope(|scope| {
            self.schedule(scope, &shared, self.script.clone());
            for name in &self.args.include {
                let request = Request {
                    level: 0,
                    name: name.clone(),
                    names: Vec::new(),
                };
                self.request(scope, &shared, &self.script, &request, true);
            }
        });
        let own = std::mem::take(&mut *shared.own.lock().unwrap_or_else(|e| e.into_inner()));
        let bytes = own.iter().map(|opened| opened.source.len()).sum();
        self.own_bytes.store(bytes, Ordering::Relaxed);
        if shared.failure.lock().unwrap_or_else(|e| e.into_inner()).is_none() {
            rayon::scope(|scope| {
                for opened in own {
                    scope.spawn(|_| self.finish(opened, &shared));
                }
            });
        }
        if let Some(failure) = shared.failure.into_inner().unwrap_or_else(|e| e.into_inner()) {
            return Err(failure);
        }
        let states = shared.states.into_inner().unwrap_or_else(|e| e.into_inner());
        Ok(states
            .into_iter()
            .filter_map(|(name, state)| match state {
                State::Ready(ready) => Some((name, ready)),
                State::Waiting | State::Absent => None,
            })
            .collect())
    }

    /// All modules of the program, in the order of their names.
    pub fn compiled(&self) -> Result<Vec<Compiled>> {
        let find = |name: &str| match texts::of_name(name) {
            _ if name == self.script.name => Some(self.script.clone()),
            Some(_) => Some(texts::module(name.to_string())),
            None => self.finder.find(name),
        };
        let modules = self.compile_all()?.into_iter().filter_map(|(name, ready)| {
            let text = self
                .cache
                .get(&ready.key, "ms")
                .and_then(|text| String::from_utf8(text).ok());
            let cost = text.and_then(|text| {
                let (front, back) = text.split_once(' ')?;
                Some((front.parse().ok()?, back.parse().ok()?))
            });
            Some(Compiled {
                module: find(&name)?,
                objects: ready.objects,
                cost,
            })
        });
        Ok(modules.collect())
    }

    fn schedule<'s>(&'s self, scope: &rayon::Scope<'s>, shared: &'s Shared, module: Found) {
        {
            let mut states = shared.states.lock().unwrap_or_else(|e| e.into_inner());
            if states.contains_key(&module.name) {
                return;
            }
            states.insert(module.name.clone(), State::Waiting);
        }
        scope.spawn(move |scope| {
            let module = Arc::new(module);
            let opened = self.open(module.clone(), &mut |units| {
                let live = shared.live(&module, units);
                for (importer, request) in live.requests {
                    self.request(scope, shared, &importer, &request, false);
                }
                for text in live.texts {
                    self.schedule(scope, shared, texts::module(text));
                }
            });
            match opened {
                // How much of the program may be specialised depends on all its own modules.
                Ok(opened) if !module.stdlib => shared.own.lock().unwrap_or_else(|e| e.into_inner()).push(opened),
                Ok(opened) => self.finish(opened, shared),
                Err(failure) => self.note(&module, Err(failure), shared),
            }
        });
    }

    fn finish(&self, opened: Opened, shared: &Shared) {
        let module = opened.module.clone();
        let result = self.compile(opened);
        self.note(&module, result, shared);
    }

    fn note(&self, module: &Found, result: Result<Ready>, shared: &Shared) {
        let state = match result {
            Ok(ready) => State::Ready(ready),
            Err(failure) if module.stdlib => {
                if self.progress.is_verbose() {
                    self.progress
                        .warn(&format!("library module '{}' is left out: {failure}", module.name));
                }
                State::Absent
            }
            Err(failure) => {
                shared.fail(failure, module.name == "__main__");
                State::Absent
            }
        };
        let mut states = shared.states.lock().unwrap_or_else(|e| e.into_inner());
        let total = states.len();
        states.insert(module.name.clone(), state);
        drop(states);
        let done = shared.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.progress.step(done, total, &module.name);
    }

    fn request<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        shared: &'s Shared,
        importer: &Found,
        request: &Request,
        must: bool,
    ) {
        for (name, required) in self.finder.expand(importer, request) {
            if name.starts_with("importlib._bootstrap") {
                // It takes these by computed names. CPython: Lib/importlib/_bootstrap.py and _bootstrap_external.py, _setup.
                let names = ["_thread", "_warnings", "_weakref", "_io", "marshal", "posix", "_imp"].map(String::from);
                let linked = names.into_iter().filter(|name| self.home.native_linked.contains(name));
                self.native.lock().unwrap_or_else(|e| e.into_inner()).extend(linked);
            }
            match self.finder.find(&name) {
                Some(found) => {
                    // CPython: Lib/importlib/_bootstrap.py, _setup, asks for these by computed names.
                    if name == "encodings" {
                        // Asked for by computed names: what pickle and escapes in text need.
                        for codec in ["ascii", "latin_1", "raw_unicode_escape", "unicode_escape"] {
                            if let Some(module) = self.finder.find(&format!("encodings.{codec}")) {
                                self.schedule(scope, shared, module);
                            }
                        }
                    }
                    if name == "importlib._bootstrap" {
                        let mut native = self.native.lock().unwrap_or_else(|e| e.into_inner());
                        native.extend(["_thread", "_warnings", "_weakref"].map(str::to_string));
                    }
                    self.schedule(scope, shared, found);
                }
                None => {
                    if self.home.native_linked.contains(&name) {
                        self.native
                            .lock()
                            .unwrap_or_else(|e| e.into_inner())
                            .insert(name.clone());
                    }
                    let known = self.finder.is_native(&name)
                        || name
                            .split_once('.')
                            .is_some_and(|(top, _)| self.finder.find(top).is_none_or(|f| f.stdlib));
                    if must && !self.finder.is_native(&name) {
                        shared.fail(Failure::request(format!("--include: no module named '{name}'")), true);
                    } else if required && !known && !importer.stdlib {
                        self.progress.warn(&format!(
                            "no module named '{name}' (imported by {}): importing it will raise ModuleNotFoundError",
                            importer.filename
                        ));
                    }
                    // A name that is no submodule says nothing about the next one.
                    if required {
                        return;
                    }
                }
            }
        }
    }

    fn native_names(&self) -> Vec<String> {
        self.native
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .iter()
            .cloned()
            .collect()
    }

    /// Builds the executable at `output`.
    pub fn executable(&self, output: &Path) -> Result<()> {
        let linker = toolchain::linker()?;
        let modules = self.compile_all()?;
        self.link_all(&linker, &modules, output)
    }

    /// Path of the executable in the cache, built if it is not there.
    pub fn cached_executable(&self) -> Result<PathBuf> {
        let modules = self.compile_all()?;
        let mut key = blake3::Hasher::new();
        key.update(&self.home.archive_stamp);
        key.update(format!("{:?}", self.args.dynamic).as_bytes());
        key.update(format!("{:?} {:?}", self.args.warnings, self.args.x_options).as_bytes());
        for ready in modules.values() {
            key.update(ready.key.as_bytes());
        }
        key.update(self.native_names().join(" ").as_bytes());
        let path = self.cache.path(&key.finalize(), "exe");
        if !path.is_file() {
            let linker = toolchain::linker()?;
            self.link_all(&linker, &modules, &path)?;
        }
        self.progress.finish();
        Ok(path)
    }

    fn link_all(&self, linker: &toolchain::Linker, modules: &BTreeMap<String, Ready>, output: &Path) -> Result<()> {
        let start = Instant::now();
        let scratch = Folder::new(self.args.keep_temps)?;
        let names: Vec<String> = modules.keys().cloned().collect();
        let mut options: Vec<String> = self.args.warnings.iter().map(|w| format!("W{w}")).collect();
        options.extend(self.args.x_options.iter().map(|x| format!("X{x}")));
        let root = program::write(&program::Program {
            modules: &names,
            native: &self.native_names(),
            optimize: u32::from(self.args.python_optimize),
            build_flags: 0,
            options: &options,
        })?;
        let root_path = scratch.path().join("program.o");
        std::fs::write(&root_path, root).map_err(|e| Failure::io("write", &root_path, &e))?;
        let mut objects = vec![root_path];
        for ready in modules.values() {
            objects.extend(ready.objects.iter().cloned());
        }
        let pending = Pending::new(output);
        link::link(&link::Link {
            linker,
            objects: &objects,
            archive: &self.home.archive,
            output: pending.path(),
            scratch: scratch.path(),
            dynamic: self.args.dynamic,
            pie: self.args.pie,
            debug: self.args.debug,
            sanitize: self.args.sanitize_address,
        })?;
        self.progress.stage(
            &format!("link ({})", linker.fuse.unwrap_or("default linker")),
            start.elapsed(),
        );
        pending.commit()?;
        if self.args.keep_temps {
            eprintln!("pyaot: intermediate files are in {}", scratch.path().display());
        }
        Ok(())
    }

    /// Every module in turn up to an earlier form; only the script's own modules are printed.
    pub fn artifact(&self, artifact: Artifact) -> Result<Vec<u8>> {
        let source = Self::read(&self.script)?;
        let code = self.front(&self.script, &source)?;
        self.own_bytes.store(source.len(), Ordering::Relaxed);
        pipeline::compile(&self.script, &source, &code, &self.options(), &self.home.hot, artifact)
    }

    /// Front end only, for the script and all modules of its own that it imports.
    pub fn check(&self) -> Result<()> {
        let mut pending = vec![self.script.clone()];
        let mut seen = HashSet::new();
        while let Some(module) = pending.pop() {
            if !seen.insert(module.name.clone()) || module.stdlib {
                continue;
            }
            let source = Self::read(&module)?;
            let code = self.front(&module, &source)?;
            let units = imports::units(&code, module.name == "__main__");
            for request in units.into_iter().flat_map(|u| u.requests) {
                let names = self.finder.expand(&module, &request);
                pending.extend(names.iter().filter_map(|(name, _)| self.finder.find(name)));
            }
        }
        Ok(())
    }

    /// Object files of the program's own modules, by file name.
    pub fn objects(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let modules = self.compile_all()?;
        modules
            .iter()
            .flat_map(|(name, ready)| {
                let objects = ready.objects.iter().enumerate();
                objects.map(move |(i, path)| (format!("{name}.{i}.o"), path))
            })
            .map(|(name, path)| Ok((name, std::fs::read(path).map_err(|e| Failure::io("read", path, &e))?)))
            .collect()
    }
}

/// Which functions of library modules the program can reach, by name.
#[derive(Default)]
struct Live {
    names: HashSet<String>,
    waiting: HashMap<String, Vec<(Arc<Found>, Unit)>>,
}

/// What units that came alive ask for.
#[derive(Default)]
struct Reached {
    /// Imports, with the module that asks for each.
    requests: Vec<(Arc<Found>, Request)>,
    /// Names of the modules of texts.
    texts: Vec<String>,
}

/// Entry points of library modules for use from a shell; a program that imports the module does not call them.
const SHELL_ENTRIES: [&str; 4] = ["main", "_main", "_test", "test"];

struct Shared {
    live: Mutex<Live>,
    states: Mutex<BTreeMap<String, State>>,
    failure: Mutex<Option<Failure>>,
    done: AtomicUsize,
    /// The program's own modules, which are compiled when all are found.
    own: Mutex<Vec<Opened>>,
}

impl Shared {
    /// Takes in the units of a module, and gives what can run now.
    fn live(&self, module: &Arc<Found>, units: Vec<Unit>) -> Reached {
        let mut guard = self.live.lock().unwrap_or_else(|e| e.into_inner());
        let live = &mut *guard;
        let mut out = Reached::default();
        let mut ready = Vec::new();
        for unit in units {
            let special = unit.name.starts_with("__") && unit.name.ends_with("__");
            if !module.stdlib || unit.name.is_empty() || special || live.names.contains(&unit.name) {
                ready.push((module.clone(), unit));
            } else if !SHELL_ENTRIES.contains(&unit.name.as_str()) {
                live.waiting
                    .entry(unit.name.clone())
                    .or_default()
                    .push((module.clone(), unit));
            }
        }
        while let Some((module, unit)) = ready.pop() {
            out.requests
                .extend(unit.requests.into_iter().map(|r| (module.clone(), r)));
            out.texts.extend(unit.texts);
            for name in unit.names {
                ready.extend(live.waiting.remove(&name).into_iter().flatten());
                live.names.insert(name);
            }
        }
        out
    }

    /// Keeps the first failure; one of the script itself goes before all others.
    fn fail(&self, failure: Failure, script: bool) {
        let mut place = self.failure.lock().unwrap_or_else(|e| e.into_inner());
        if place.is_none() || script {
            *place = Some(failure);
        }
    }
}
