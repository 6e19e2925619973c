//! "Did you mean": the weighted edit distance and the choice among candidates that tracebacks use.
//! Distances are over UTF-8 bytes; a move costs 2, a change of case 1. CPython: Python/suggestions.c.

const MAX_CANDIDATES: usize = 750;
const MAX_LENGTH: usize = 40;
const MOVE: usize = 2;
const CASE: usize = 1;

fn substitution(a: u8, b: u8) -> usize {
    if a & 31 != b & 31 {
        MOVE
    } else if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The distance of two names, or more than `max` as soon as it must be more than that.
pub fn distance(a: &[u8], b: &[u8], max: usize) -> usize {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return max + 1;
    }
    let (a, b) = if b.len() < a.len() { (b, a) } else { (a, b) };
    if (b.len() - a.len()) * MOVE > max {
        return max + 1;
    }
    // One row of the matrix, updated in place: row[i] is the cost from the prefix of b to a[..=i].
    let mut row = [0; MAX_LENGTH];
    for (i, cell) in row[..a.len()].iter_mut().enumerate() {
        *cell = (i + 1) * MOVE;
    }
    let mut result = 0;
    for (j, &c) in b.iter().enumerate() {
        let mut diagonal = j * MOVE;
        result = diagonal;
        let mut minimum = usize::MAX;
        for (cell, &d) in row.iter_mut().zip(a) {
            let substitute = diagonal + substitution(c, d);
            diagonal = *cell;
            result = substitute.min(result.min(diagonal) + MOVE);
            *cell = result;
            minimum = minimum.min(result);
        }
        if minimum > max {
            return max + 1;
        }
    }
    result
}

/// Index of the candidate that is suggested for `name`, the first of the nearest ones. Names are UTF-8; the caller
/// leaves out what is no str, and asks nothing when a name does not encode.
pub fn suggest<'a>(candidates: impl ExactSizeIterator<Item = &'a [u8]>, name: &[u8]) -> Option<usize> {
    if candidates.len() >= MAX_CANDIDATES {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    for (i, item) in candidates.enumerate() {
        if item == name {
            continue;
        }
        // At most a third of the characters may need a change, and a tie keeps the earlier candidate.
        let mut max = (name.len() + item.len() + 3) * MOVE / 6;
        if let Some((_, d)) = best {
            if d == 0 {
                break;
            }
            max = max.min(d - 1);
        }
        let d = distance(name, item, max);
        if d <= max {
            best = Some((i, d));
        }
    }
    best.map(|(i, _)| i)
}
