//! Constants of code objects into the module's pool. In: `Constant`. Out: `ConstId`.
use pyaot_code::Constant;
use pyaot_ir::{CodeId, Const, ConstId, Module};

/// `code` is the id for a code constant.
pub fn add(module: &mut Module, constant: &Constant, code: CodeId) -> ConstId {
    let value = match constant {
        Constant::None => Const::None,
        Constant::Bool(false) => Const::False,
        Constant::Bool(true) => Const::True,
        Constant::Ellipsis => Const::Ellipsis,
        Constant::Int(i) => Const::Int(*i),
        Constant::BigInt(big) => Const::BigInt {
            negative: big.negative,
            limbs: big.limbs.clone(),
        },
        Constant::Float(bits) => Const::Float(*bits),
        Constant::Complex(re, im) => Const::Complex(*re, *im),
        Constant::Str(text) => Const::Str(text.as_bytes().to_vec()),
        Constant::Bytes(bytes) => Const::Bytes(bytes.to_vec()),
        Constant::Tuple(items) => Const::Tuple(items.iter().map(|item| add(module, item, code)).collect()),
        Constant::FrozenSet(items) => {
            Const::FrozenSet(items.given().iter().map(|item| add(module, item, code)).collect())
        }
        Constant::Slice(items) => Const::Slice([0, 1, 2].map(|i| add(module, &items[i], code))),
        Constant::Code(_) => Const::Code(code),
    };
    module.add_const(value)
}
