//! Where the parameters of a known callee come from. In: a call's arguments, positional and then by keyword. Out: for each parameter slot an
//! argument, a constant default, the tuple of the positional rest or the dict of the other keywords; nothing when the call may fail.
//!
//! (CPython: Python/ceval.c, initialize_locals.)
use super::body::Body;
use pyaot_ir::{CodeId, Const, ConstId, Imm, Inst, Op};

#[derive(Clone, PartialEq, Debug)]
pub enum Source {
    /// Argument by its number.
    Given(usize),
    /// A default of a positional parameter.
    Default(ConstId),
    KeywordDefault(ConstId),
    /// The tuple of these arguments.
    Rest(Vec<usize>),
    /// The dict of these arguments by their names.
    Keywords(Vec<(ConstId, usize)>),
}

impl Body<'_, '_> {
    /// The names of the arguments that a call gives by keyword.
    pub fn keywords(&self, inst: &Inst) -> Vec<ConstId> {
        match (inst.op, inst.imms.get(1)) {
            (Op::CallPythonKw, Some(Imm::Const(id))) => match self.shared.module.constant(*id) {
                Const::Tuple(names) => names.clone(),
                _ => vec![],
            },
            _ => vec![],
        }
    }

    /// The sources of the parameters of `code` in a call with `given` arguments, the last of them by these keywords.
    pub fn sources(&self, code: CodeId, given: usize, keywords: &[ConstId]) -> Option<Vec<Source>> {
        let info = &self.shared.module.codes[code.index()];
        let s = &info.signature;
        let positional = given.checked_sub(keywords.len())?;
        let defaults = self.shared.names.defaults.get(&code).map_or(&[][..], |(_, all)| all);
        if s.names.is_empty() {
            // Not known, or without parameters.
            let params = info.nparams as usize;
            let place = |i: usize| defaults.get((i + defaults.len()).checked_sub(params)?);
            let source = |i: usize| match i < given {
                true => Some(Source::Given(i)),
                false => place(i).map(|id| Source::Default(*id)),
            };
            let fits = info.plain_params && keywords.is_empty() && given <= params;
            return fits.then(|| (0..params).map(source).collect())?;
        }
        let (params, kwonly) = (s.positional as usize, s.kwonly as usize);
        let mut out: Vec<Option<Source>> = vec![None; s.names.len()];
        for (i, slot) in out.iter_mut().enumerate().take(positional.min(params)) {
            *slot = Some(Source::Given(i));
        }
        if positional > params && !s.star {
            return None;
        }
        let mut others = Vec::new();
        for (k, name) in keywords.iter().enumerate() {
            match s.names[..params + kwonly].iter().position(|n| n == name) {
                Some(named) if named >= s.posonly as usize && out[named].is_none() => {
                    out[named] = Some(Source::Given(positional + k));
                }
                None if s.keywords => others.push((*name, positional + k)),
                _ => return None,
            }
        }
        for (i, slot) in out
            .iter_mut()
            .enumerate()
            .take(params)
            .filter(|(_, slot)| slot.is_none())
        {
            let place = (i + defaults.len()).checked_sub(params)?;
            *slot = Some(Source::Default(*defaults.get(place)?));
        }
        let by_keyword = self.shared.names.keyword_defaults.get(&code);
        for i in params..params + kwonly {
            if out[i].is_none() {
                let (_, value) = by_keyword?.iter().find(|(name, _)| *name == s.names[i])?;
                out[i] = Some(Source::KeywordDefault(*value));
            }
        }
        let mut at = params + kwonly;
        if s.star {
            out[at] = Some(Source::Rest((params..positional).collect()));
            at += 1;
        }
        if s.keywords {
            out[at] = Some(Source::Keywords(others));
        }
        out.into_iter().collect()
    }
}
