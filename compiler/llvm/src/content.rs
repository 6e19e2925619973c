//! Constants by content. In: the constant pool. Out: a hash of each constant's type and value, the same whatever number it has.
use pyaot_ir::{Const, ConstId, Module};

/// `names`: of the code objects, see [`crate::code_names`].
pub fn hash(module: &Module, names: &[String], id: ConstId) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    add(&mut hasher, module, names, id);
    hasher.finalize()
}

fn add(hasher: &mut blake3::Hasher, module: &Module, names: &[String], id: ConstId) {
    let mut bytes = |kind: u8, data: &[u8]| {
        hasher.update(&[kind]);
        hasher.update(&(data.len() as u64).to_le_bytes());
        hasher.update(data);
    };
    match module.constant(id) {
        Const::None => bytes(0, &[]),
        Const::False => bytes(1, &[]),
        Const::True => bytes(2, &[]),
        Const::Ellipsis => bytes(3, &[]),
        Const::Int(i) => bytes(4, &i.to_le_bytes()),
        Const::BigInt { negative, limbs } => {
            let limbs: Vec<u8> = limbs.iter().flat_map(|l| l.to_le_bytes()).collect();
            bytes(5 + u8::from(*negative), &limbs);
        }
        Const::Float(bits) => bytes(7, &bits.to_le_bytes()),
        Const::Complex(re, im) => bytes(8, &[re.to_le_bytes(), im.to_le_bytes()].concat()),
        Const::Str(text) => bytes(9, text),
        Const::Bytes(data) => bytes(10, data),
        Const::Code(code) => bytes(11, names.get(code.index()).map_or(&[], |n| n.as_bytes())),
        Const::Tuple(items) => all(hasher, module, names, 12, items),
        Const::FrozenSet(items) => all(hasher, module, names, 13, items),
        Const::Slice(parts) => all(hasher, module, names, 14, parts),
    }
}

fn all(hasher: &mut blake3::Hasher, module: &Module, names: &[String], kind: u8, items: &[ConstId]) {
    hasher.update(&[kind]);
    hasher.update(&(items.len() as u64).to_le_bytes());
    for item in items {
        add(hasher, module, names, *item);
    }
}
