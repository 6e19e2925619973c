//! The key of str and bytes hashes: from PYTHONHASHSEED, else random.
use pyaot_text::hash::{self, Seed};
use std::sync::Once;

static ONCE: Once = Once::new();

/// Makes the process's key. A bad PYTHONHASHSEED ends the process as it ends CPython's.
pub fn init() {
    ONCE.call_once(|| {
        let text = std::env::var("PYTHONHASHSEED").ok();
        let key = match hash::parse_seed(text.as_deref()) {
            Ok(Seed::Fixed(n)) => hash::key_of_seed(n),
            Ok(Seed::Random) => random_key(),
            Err(message) => {
                eprintln!("Fatal Python error: config_init_hash_seed: {message}");
                eprintln!("Python runtime state: preinitialized\n");
                std::process::exit(1);
            }
        };
        hash::init(key);
    });
}

fn random_key() -> [u64; 2] {
    let mut bytes = [0u8; 16];
    // SAFETY: the buffer has the size that is given.
    let n = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    if n != bytes.len() as isize {
        // No entropy source: the clock and an address are what is left.
        let t = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| d.as_nanos() as u64);
        bytes[..8].copy_from_slice(&t.to_le_bytes());
        bytes[8..].copy_from_slice(&(&raw const ONCE as u64).to_le_bytes());
    }
    hash::key_of_bytes(&bytes)
}
