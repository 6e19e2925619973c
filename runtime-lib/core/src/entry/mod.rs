//! Bodies of the intrinsics (`pyaot_abi::for_each_intrinsic`), by family. Each is `pyaot_NAME` with C linkage; thin: the work is in
//! the object model.

pub mod attribute_groups;
pub mod attributes;
pub mod build;
pub mod calls;
pub mod class_groups;
pub mod containers;
pub mod direct;
pub mod exceptions;
pub mod filled;
pub mod filled_exceptions;
pub mod generators;
pub mod imports;
pub mod in_frame;
pub mod iteration;
pub mod match_;
pub mod names;
pub mod operators;
pub mod program;
pub mod quiet;
pub mod references;
pub mod spine;
pub mod text;
