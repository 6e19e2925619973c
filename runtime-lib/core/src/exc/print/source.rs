//! Source lines of compiled modules: the embedded text, inflated at the first use.
use core::cell::RefCell;
use pyaot_abi::{CodeObject, ModuleStatic};
use std::collections::HashMap;
use std::rc::Rc;

struct Cache(RefCell<HashMap<usize, Option<Rc<Vec<String>>>, NoSeed>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Cache {}
static CACHE: Cache = Cache(RefCell::new(HashMap::with_hasher(NoSeed)));

/// Standard hash map without a random seed, so that it can be made in static memory.
#[derive(Clone, Copy)]
struct NoSeed;
impl std::hash::BuildHasher for NoSeed {
    type Hasher = crate::gc::collect::AddressHash;
    fn build_hasher(&self) -> Self::Hasher {
        Default::default()
    }
}

/// Lines of the module that `code` belongs to; `None` when the build left the source out.
pub fn lines(code: &CodeObject) -> Option<Rc<Vec<String>>> {
    // SAFETY: static data.
    let module = unsafe { code.module.as_ref() }?;
    let key = module as *const ModuleStatic as usize;
    if let Some(found) = CACHE.0.borrow().get(&key) {
        return found.clone();
    }
    let made = text(module).map(|t| Rc::new(split(&t)));
    CACHE.0.borrow_mut().insert(key, made.clone());
    made
}

/// The embedded source text of a module.
pub fn text(module: &ModuleStatic) -> Option<String> {
    if module.source.is_null() {
        return None;
    }
    // SAFETY: the compiler states the length.
    let packed = unsafe { core::slice::from_raw_parts(module.source, module.source_len) };
    let raw = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, module.source_raw_len.max(1)).ok()?;
    Some(String::from_utf8_lossy(&raw).into_owned())
}

/// Lines without their ends; `\r\n` and `\r` end lines too.
fn split(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .split('\n')
        .map(str::to_owned)
        .collect()
}
