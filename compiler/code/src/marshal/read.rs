//! From the graph of marshal data to a constant.
//!
//! In: bytes. Out: a constant, or why it is none: what a code object cannot hold (lists, dicts, sets, StopIteration, a
//! tuple that contains itself) is refused by name.

use std::sync::Arc;

use super::graph::{self, CodeNode, Graph, Id, Node};
use super::{Damage, MarshalError};
use crate::object::{CodeObject, Constant};
use crate::pystr::PyStr;

/// Objects in one constant, what is shared counted each time: some hundred bytes of references can stand for more than
/// any memory holds.
const MAX_EXPANDED: u64 = 1 << 26;

/// Reads one object; bytes after it are ignored, as in `marshal.loads`.
pub fn loads(data: &[u8]) -> Result<Constant> {
    let graph = graph::load(data)?;
    let mut values = Values {
        done: vec![None; graph.nodes.len()],
        weights: vec![1; graph.nodes.len()],
        graph: &graph,
    };
    for &id in &graph.complete {
        let value = values.convert(id).map_err(|e| MarshalError {
            offset: graph.starts[id],
            ..e
        })?;
        values.done[id] = Some(value);
    }
    values.item(graph.root)
}

type Result<T, E = MarshalError> = std::result::Result<T, E>;

fn error<T>(message: impl Into<String>) -> Result<T> {
    Err(MarshalError {
        kind: Damage::Value,
        offset: 0,
        message: message.into(),
    })
}

struct Values<'a> {
    graph: &'a Graph,
    done: Vec<Option<Constant>>,
    weights: Vec<u64>,
}

impl Values<'_> {
    fn item(&self, id: Id) -> Result<Constant> {
        match &self.done[id] {
            Some(value) => Ok(value.clone()),
            None => error("a code object cannot hold a tuple that contains itself"),
        }
    }

    fn convert(&mut self, id: Id) -> Result<Constant> {
        let node = &self.graph.nodes[id];
        let mut weight = 1u64;
        for item in graph::items(node) {
            weight = weight.saturating_add(self.weights[item]);
        }
        if weight > MAX_EXPANDED {
            return error("constants too large");
        }
        self.weights[id] = weight;
        let items = |ids: &[Id]| ids.iter().map(|&id| self.item(id)).collect::<Result<Vec<_>>>();
        let name = match node {
            Node::Leaf(value) => return Ok(value.clone()),
            Node::Interned(text) => return Ok(Constant::Str(text.clone())),
            Node::Tuple(ids) => return Ok(Constant::tuple(items(ids)?)),
            Node::FrozenSet(ids) => return Ok(Constant::frozenset(items(ids)?)),
            Node::Slice(ids) => match <[Constant; 3]>::try_from(items(ids)?) {
                Ok(parts) => return Ok(Constant::Slice(Arc::new(parts))),
                Err(_) => return error("slice without three parts"),
            },
            Node::Code(code) => return Ok(Constant::Code(Arc::new(self.code(code)?))),
            Node::List(_) => "list",
            Node::Dict(_) => "dict",
            Node::Set(_) => "set",
            Node::StopIteration => "StopIteration",
        };
        error(format!("a code object cannot hold a {name}"))
    }

    fn code(&self, node: &CodeNode) -> Result<CodeObject> {
        let part = |i: usize| match node.parts.get(i) {
            Some(&id) => self.item(id),
            None => error("code object with parts missing"),
        };
        let count = |i: usize, what: &str| match u32::try_from(node.numbers[i]) {
            Ok(n) => Ok(n),
            Err(_) => error(format!("negative {what}")),
        };
        let (argcount, posonlyargcount) = (count(0, "argcount")?, count(1, "posonlyargcount")?);
        let kwonlyargcount = count(2, "kwonlyargcount")?;
        let out = CodeObject {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize: count(3, "stacksize")?,
            flags: node.numbers[4] as u32,
            code: bytes(part(0)?, "co_code")?,
            consts: match part(1)? {
                Constant::Tuple(items) => items.to_vec(),
                _ => return error("co_consts is not a tuple"),
            },
            names: strings(part(2)?, "co_names")?,
            localsplusnames: strings(part(3)?, "co_localsplusnames")?,
            localspluskinds: bytes(part(4)?, "co_localspluskinds")?,
            filename: string(part(5)?, "co_filename")?,
            name: string(part(6)?, "co_name")?,
            qualname: string(part(7)?, "co_qualname")?,
            firstlineno: node.firstlineno,
            linetable: bytes(part(8)?, "co_linetable")?,
            exceptiontable: bytes(part(9)?, "co_exceptiontable")?,
        };
        // CPython: Objects/codeobject.c, _PyCode_Validate
        let args = u64::from(argcount) + u64::from(kwonlyargcount);
        if out.localsplusnames.len() != out.localspluskinds.len() {
            return error("co_localsplusnames and co_localspluskinds differ in length");
        }
        if posonlyargcount > argcount || args > out.varnames().count() as u64 {
            return error("more parameters than local variables");
        }
        if !out.code.len().is_multiple_of(2) {
            return error("bytecode of odd length");
        }
        Ok(out)
    }
}

fn bytes(value: Constant, what: &str) -> Result<Vec<u8>> {
    match value {
        Constant::Bytes(bytes) => Ok(bytes.to_vec()),
        _ => error(format!("{what} is not bytes")),
    }
}

fn string(value: Constant, what: &str) -> Result<PyStr> {
    match value {
        Constant::Str(s) => Ok(s),
        _ => error(format!("{what} is not a string")),
    }
}

fn strings(value: Constant, what: &str) -> Result<Vec<PyStr>> {
    let Constant::Tuple(items) = value else {
        return error(format!("{what} is not a tuple"));
    };
    items
        .iter()
        .map(|item| match item {
            Constant::Str(s) => Ok(s.clone()),
            _ => error(format!("{what} holds something else than strings")),
        })
        .collect()
}
