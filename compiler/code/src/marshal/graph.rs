//! Marshal data as what it is: a graph of objects, in which lists, dicts and tuples may contain themselves.
//!
//! In: bytes that anybody may have damaged. Out: `Graph`, with every type of marshal (lists, dicts, sets and
//! StopIteration too, which no compilation makes), or an error that says where and why; and back to bytes. The
//! surprising decision: nothing here recurses. What waits for its items stands on a stack of our own, so that CPython's
//! limit of nesting holds on any thread.
//! CPython: Python/marshal.c, r_object, w_object.

use super::{Damage, FLAG_REF, MarshalError};
use crate::object::Constant;
use crate::pystr::PyStr;

/// CPython: Python/marshal.c, MAX_MARSHAL_STACK_DEPTH
pub const MAX_DEPTH: usize = 2000;

/// Index into `Graph::nodes`.
pub type Id = usize;

/// An object; items are other nodes.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Anything without items.
    Leaf(Constant),
    /// A string that is interned when it is read.
    Interned(PyStr),
    StopIteration,
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Set(Vec<Id>),
    FrozenSet(Vec<Id>),
    /// Pairs in the order of the data; a later key replaces an equal earlier one.
    Dict(Vec<(Id, Id)>),
    /// start, stop, step
    Slice(Vec<Id>),
    Code(Box<CodeNode>),
}

/// A code object before its fields are checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeNode {
    /// argcount, posonlyargcount, kwonlyargcount, stacksize, flags
    pub numbers: [i32; 5],
    pub firstlineno: i32,
    /// code, consts, names, localsplusnames, localspluskinds, filename, name, qualname, linetable, exceptiontable
    pub parts: Vec<Id>,
}

/// Objects of a code object that stand before `firstlineno`, and all of them.
const PARTS_BEFORE_LINE: usize = 8;
const PARTS: usize = 10;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    pub nodes: Vec<Node>,
    /// Where each node starts in the input.
    pub starts: Vec<usize>,
    pub root: Id,
    /// The nodes in the order in which they became complete: items before what holds them, cycles excepted.
    pub complete: Vec<Id>,
    /// Bytes of the input that were read.
    pub length: usize,
}

/// Reads one object; bytes after it are left alone.
pub fn load(data: &[u8]) -> Result<Graph> {
    let mut reader = Reader {
        data,
        at: 0,
        refs: Vec::new(),
        graph: Graph::default(),
        waiting: Vec::new(),
    };
    let root = reader.run()?;
    let length = reader.at;
    Ok(Graph {
        root,
        length,
        ..reader.graph
    })
}

type Result<T, E = MarshalError> = std::result::Result<T, E>;

/// A container whose items are being read.
struct Waiting {
    id: Id,
    /// Items to come; unbounded for a dict, which ends with a NULL.
    left: usize,
    /// The key that waits for its value.
    key: Option<Id>,
    /// Place among the references that is filled when the object is complete.
    reserved: Option<usize>,
}

/// What one type code stands for.
enum Head {
    Complete(Id),
    /// Its items follow.
    Open,
    Null,
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    /// `None` while the object cannot be referred to.
    refs: Vec<Option<Id>>,
    graph: Graph,
    waiting: Vec<Waiting>,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, kind: Damage, message: impl Into<String>) -> Result<T> {
        Err(MarshalError {
            kind,
            offset: self.at,
            message: message.into(),
        })
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        self.fail(Damage::Value, message)
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        match self.data[self.at..].split_at_checked(n) {
            Some((bytes, _)) => {
                self.at += n;
                Ok(bytes)
            }
            None => self.fail(Damage::Eof, "marshal data too short"),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn byte(&mut self) -> Result<u8> {
        match self.data.get(self.at) {
            Some(byte) => {
                self.at += 1;
                Ok(*byte)
            }
            None => self.fail(Damage::Eof, "EOF read where object expected"),
        }
    }

    fn long(&mut self) -> Result<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// A count of which each has at least `least` bytes: a larger one is damage and must not size an allocation.
    fn size(&mut self, what: &str, least: usize) -> Result<usize> {
        let Ok(n) = usize::try_from(self.long()?) else {
            return self.error(format!("bad marshal data ({what} size out of range)"));
        };
        if n > (self.data.len() - self.at) / least {
            return self.fail(Damage::Eof, "marshal data too short");
        }
        Ok(n)
    }

    fn run(&mut self) -> Result<Id> {
        loop {
            let mut delivered = match self.head()? {
                Head::Complete(id) => Some(id),
                Head::Null => None,
                Head::Open => match self.waiting.pop_if(|w| w.left == 0) {
                    Some(empty) => Some(self.finish(empty)),
                    None => continue,
                },
            };
            loop {
                let Some(holder) = self.waiting.last_mut() else {
                    return match delivered {
                        Some(id) => Ok(id),
                        None => self.fail(Damage::Type, "NULL object in marshal data for object"),
                    };
                };
                let is_dict = matches!(self.graph.nodes[holder.id], Node::Dict(_));
                match delivered {
                    Some(id) if is_dict => match holder.key.take() {
                        Some(key) => {
                            if let Node::Dict(pairs) = &mut self.graph.nodes[holder.id] {
                                pairs.push((key, id));
                            }
                        }
                        None => holder.key = Some(id),
                    },
                    Some(id) => {
                        holder.left -= 1;
                        self.add_item(id)?;
                    }
                    None if is_dict => holder.left = 0,
                    None => {
                        let what = match self.graph.nodes[holder.id] {
                            Node::Tuple(_) => "tuple",
                            Node::List(_) => "list",
                            Node::Set(_) | Node::FrozenSet(_) => "set",
                            _ => "object",
                        };
                        return self.fail(Damage::Type, format!("NULL object in marshal data for {what}"));
                    }
                }
                match self.waiting.pop_if(|w| w.left == 0) {
                    Some(full) => delivered = Some(self.finish(full)),
                    None => break,
                }
            }
        }
    }

    /// Puts `id` into the container that waits; a code object has a number between its parts.
    fn add_item(&mut self, id: Id) -> Result<()> {
        let Some(holder) = self.waiting.last() else {
            return Ok(());
        };
        let holder = holder.id;
        let mut line_follows = false;
        match &mut self.graph.nodes[holder] {
            Node::Tuple(items) | Node::List(items) | Node::Set(items) | Node::FrozenSet(items) | Node::Slice(items) => {
                items.push(id)
            }
            Node::Code(code) => {
                code.parts.push(id);
                line_follows = code.parts.len() == PARTS_BEFORE_LINE;
            }
            Node::Leaf(_) | Node::Interned(_) | Node::StopIteration | Node::Dict(_) => {}
        }
        if line_follows {
            let line = self.long()?;
            if let Node::Code(code) = &mut self.graph.nodes[holder] {
                code.firstlineno = line;
            }
        }
        Ok(())
    }

    fn finish(&mut self, full: Waiting) -> Id {
        if let Some(place) = full.reserved {
            self.refs[place] = Some(full.id);
        }
        self.graph.complete.push(full.id);
        full.id
    }

    fn push(&mut self, node: Node, start: usize) -> Id {
        self.graph.starts.push(start);
        self.graph.nodes.push(node);
        self.graph.nodes.len() - 1
    }

    fn head(&mut self) -> Result<Head> {
        let start = self.at;
        let byte = self.byte()?;
        if self.waiting.len() >= MAX_DEPTH {
            return self.error("recursion limit exceeded");
        }
        let (tag, is_ref) = (byte & !FLAG_REF, byte & FLAG_REF != 0);
        let (node, left) = match tag {
            b'0' => return Ok(Head::Null),
            b'r' => {
                let n = self.long()?;
                let found = usize::try_from(n)
                    .ok()
                    .and_then(|n| self.refs.get(n).copied().flatten());
                return match found {
                    Some(id) => Ok(Head::Complete(id)),
                    None => self.error("bad marshal data (invalid reference)"),
                };
            }
            b')' => (Node::Tuple(Vec::new()), usize::from(self.byte()?)),
            b'(' => (Node::Tuple(Vec::new()), self.size("tuple", 1)?),
            b'[' => (Node::List(Vec::new()), self.size("list", 1)?),
            b'<' => (Node::Set(Vec::new()), self.size("set", 1)?),
            b'>' => (Node::FrozenSet(Vec::new()), self.size("set", 1)?),
            b'{' => (Node::Dict(Vec::new()), usize::MAX),
            b':' => (Node::Slice(Vec::new()), 3),
            b'c' => {
                let mut code = CodeNode::default();
                // The place among the references comes before whatever is found to be wrong behind it.
                for number in &mut code.numbers {
                    *number = self.long()?;
                }
                (Node::Code(Box::new(code)), PARTS)
            }
            _ => {
                let node = self.leaf(tag, start)?;
                let none = matches!(
                    node,
                    Node::Leaf(Constant::None | Constant::Bool(_) | Constant::Ellipsis) | Node::StopIteration
                );
                let id = self.push(node, start);
                self.graph.complete.push(id);
                if is_ref && !none {
                    self.refs.push(Some(id));
                }
                return Ok(Head::Complete(id));
            }
        };
        // What can be changed after it is made can be referred to from its own items.
        let early = matches!(node, Node::Tuple(_) | Node::List(_) | Node::Set(_) | Node::Dict(_));
        let id = self.push(node, start);
        let mut reserved = None;
        if is_ref {
            reserved = (!early).then_some(self.refs.len());
            self.refs.push(early.then_some(id));
        }
        self.waiting.push(Waiting {
            id,
            left,
            key: None,
            reserved,
        });
        Ok(Head::Open)
    }

    fn leaf(&mut self, tag: u8, start: usize) -> Result<Node> {
        let text = |s: PyStr, interned: bool| {
            if interned {
                Node::Interned(s)
            } else {
                Node::Leaf(Constant::Str(s))
            }
        };
        Ok(Node::Leaf(match tag {
            b'N' => Constant::None,
            b'F' => Constant::Bool(false),
            b'T' => Constant::Bool(true),
            b'.' => Constant::Ellipsis,
            b'S' => return Ok(Node::StopIteration),
            b'i' => Constant::Int(i64::from(self.long()?)),
            b'I' => Constant::Int(i64::from_le_bytes(self.array()?)),
            b'l' => self.big_int()?,
            b'g' => Constant::Float(u64::from_le_bytes(self.array()?)),
            b'f' => Constant::Float(self.text_float()?.to_bits()),
            b'y' => Constant::Complex(u64::from_le_bytes(self.array()?), u64::from_le_bytes(self.array()?)),
            b'x' => Constant::Complex(self.text_float()?.to_bits(), self.text_float()?.to_bits()),
            b's' => {
                let n = self.size("bytes object", 1)?;
                Constant::Bytes(self.take(n)?.into())
            }
            b'a' | b'A' => {
                let n = self.size("string", 1)?;
                return Ok(text(self.latin1(n)?, tag == b'A'));
            }
            b'z' | b'Z' => {
                let n = usize::from(self.byte()?);
                return Ok(text(self.latin1(n)?, tag == b'Z'));
            }
            b'u' | b't' => {
                let n = self.size("string", 1)?;
                let bytes = self.take(n)?;
                match PyStr::from_surrogatepass(bytes) {
                    Some(s) => return Ok(text(s, tag == b't')),
                    None => return self.error("bad marshal data (invalid UTF-8)"),
                }
            }
            _ => {
                self.at = start;
                return self.error("bad marshal data (unknown type code)");
            }
        }))
    }

    fn latin1(&mut self, n: usize) -> Result<PyStr> {
        let bytes = self.take(n)?;
        Ok(PyStr::from(bytes.iter().map(|&b| char::from(b)).collect::<String>()))
    }

    fn text_float(&mut self) -> Result<f64> {
        let n = usize::from(self.byte()?);
        let text = self.take(n)?;
        match std::str::from_utf8(text).ok().and_then(|s| s.parse().ok()) {
            Some(value) => Ok(value),
            None => self.error("could not convert string to float"),
        }
    }

    /// Sign is that of the count; 15-bit digits, least significant first.
    fn big_int(&mut self) -> Result<Constant> {
        let n = self.long()?;
        let count = n.unsigned_abs() as usize;
        if count > (self.data.len() - self.at) / 2 {
            return self.fail(Damage::Eof, "marshal data too short");
        }
        let mut limbs = vec![0u64; (count * 15).div_ceil(64)];
        for i in 0..count {
            let digit = u16::from_le_bytes(self.array()?);
            if digit >= 1 << 15 {
                return self.error("bad marshal data (digit out of range in long)");
            }
            if digit == 0 && i == count - 1 {
                return self.error("bad marshal data (unnormalized long data)");
            }
            let (limb, shift) = (i * 15 / 64, i * 15 % 64);
            limbs[limb] |= u64::from(digit) << shift;
            if shift > 64 - 15 && limb + 1 < limbs.len() {
                limbs[limb + 1] |= u64::from(digit) >> (64 - shift);
            }
        }
        Ok(Constant::int_from_limbs(n < 0, limbs))
    }
}

/// Marshal bytes of a graph; what is held more than once is marked and referred to.
pub fn dump(graph: &Graph) -> Result<Vec<u8>> {
    let too_deep = || MarshalError {
        kind: Damage::Value,
        offset: 0,
        message: "object too deeply nested to marshal".into(),
    };
    let mut held = vec![0u32; graph.nodes.len()];
    for id in graph.nodes.iter().flat_map(items).chain([graph.root]) {
        held[id] = held[id].saturating_add(1);
    }
    let mut out = Vec::new();
    let mut numbers: Vec<Option<u32>> = vec![None; graph.nodes.len()];
    let mut next = 0;
    // What is still to be written: an object with its depth, or bytes after the objects before them.
    enum Todo {
        Object(Id, usize),
        Bytes(Vec<u8>),
    }
    let mut todo = vec![Todo::Object(graph.root, 1)];
    while let Some(step) = todo.pop() {
        let (id, depth) = match step {
            Todo::Bytes(bytes) => {
                out.extend_from_slice(&bytes);
                continue;
            }
            Todo::Object(id, depth) => (id, depth),
        };
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        if let Some(number) = numbers[id] {
            out.push(b'r');
            out.extend_from_slice(&number.to_le_bytes());
            continue;
        }
        let mut flag = 0;
        if held[id] > 1 && can_be_shared(&graph.nodes[id]) {
            numbers[id] = Some(next);
            next += 1;
            flag = FLAG_REF;
        }
        let sized = |out: &mut Vec<u8>, tag: u8, n: usize| {
            out.push(tag | flag);
            out.extend_from_slice(&(n as i32).to_le_bytes());
        };
        match &graph.nodes[id] {
            Node::Leaf(value) => super::write::leaf(&mut out, value, flag, false),
            Node::Interned(text) => super::write::leaf(&mut out, &Constant::Str(text.clone()), flag, true),
            Node::StopIteration => out.push(b'S'),
            Node::Tuple(items) => match u8::try_from(items.len()) {
                Ok(n) => out.extend_from_slice(&[b')' | flag, n]),
                Err(_) => sized(&mut out, b'(', items.len()),
            },
            Node::List(items) => sized(&mut out, b'[', items.len()),
            Node::Set(items) => sized(&mut out, b'<', items.len()),
            Node::FrozenSet(items) => sized(&mut out, b'>', items.len()),
            Node::Slice(_) => out.push(b':' | flag),
            Node::Dict(_) => {
                out.push(b'{' | flag);
                todo.push(Todo::Bytes(vec![b'0']));
            }
            Node::Code(code) => {
                out.push(b'c' | flag);
                code.numbers
                    .iter()
                    .for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
                let (before, after) = code.parts.split_at(PARTS_BEFORE_LINE.min(code.parts.len()));
                todo.extend(after.iter().rev().map(|&id| Todo::Object(id, depth + 1)));
                todo.push(Todo::Bytes(code.firstlineno.to_le_bytes().to_vec()));
                todo.extend(before.iter().rev().map(|&id| Todo::Object(id, depth + 1)));
                continue;
            }
        }
        todo.extend(
            items(&graph.nodes[id])
                .into_iter()
                .rev()
                .map(|id| Todo::Object(id, depth + 1)),
        );
    }
    Ok(out)
}

/// Singletons are written anew each time.
fn can_be_shared(node: &Node) -> bool {
    !matches!(
        node,
        Node::Leaf(Constant::None | Constant::Bool(_) | Constant::Ellipsis) | Node::StopIteration
    )
}

/// The nodes that a node holds, in the order of the data.
pub fn items(node: &Node) -> Vec<Id> {
    match node {
        Node::Leaf(_) | Node::Interned(_) | Node::StopIteration => Vec::new(),
        Node::Tuple(items) | Node::List(items) | Node::Set(items) | Node::FrozenSet(items) | Node::Slice(items) => {
            items.clone()
        }
        Node::Dict(pairs) => pairs.iter().flat_map(|(key, value)| [*key, *value]).collect(),
        Node::Code(code) => code.parts.clone(),
    }
}
