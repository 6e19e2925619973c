//! Reference counts: the release that compiled code makes of a value whose type it does not know.
use pyaot_abi::Value;

/// The null word is allowed: clean-up code releases slots that may hold nothing.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_release(v: Value) {
    if v.is_heap() {
        crate::release(v);
    }
}
