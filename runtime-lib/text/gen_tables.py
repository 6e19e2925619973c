#!/usr/bin/env python3.14
"""Writes src/unicode/tables.rs and src/unicode/normal_tables.rs.

Everything is asked of CPython itself (str methods, unicodedata, _sre), so the tables are CPython's by construction.
Run it with the reference CPython 3.14: `python3.14 gen_tables.py OUTPUT_FOLDER`.
"""
import sys
import unicodedata
import _sre

N = 0x110000
(ALPHA, DECIMAL, DIGIT, NUMERIC, SPACE, PRINTABLE, UPPER, LOWER, TITLE, XID_START, XID_CONTINUE, CASED, CASE_IGNORABLE,
 LINE_BREAK, SRE_CASED, SPECIAL) = (1 << i for i in range(16))
FLAG_NAMES = ("ALPHA DECIMAL DIGIT NUMERIC SPACE PRINTABLE UPPER LOWER TITLE XID_START XID_CONTINUE CASED "
              "CASE_IGNORABLE LINE_BREAK SRE_CASED SPECIAL").split()


def flags_of(c):
    f = 0
    if c.isalpha(): f |= ALPHA
    if c.isdecimal(): f |= DECIMAL
    if c.isdigit(): f |= DIGIT
    if c.isnumeric(): f |= NUMERIC
    if c.isspace(): f |= SPACE
    if c.isprintable(): f |= PRINTABLE
    if c.isupper(): f |= UPPER
    if c.islower(): f |= LOWER
    if c.istitle() and not c.isupper(): f |= TITLE
    if c.isidentifier() and c != '_': f |= XID_START
    if ('a' + c).isidentifier(): f |= XID_CONTINUE
    # str.title() lowers what follows a cased character.
    if (c + 'a').title().endswith('a'): f |= CASED
    # The final-sigma rule looks through case-ignorable characters.
    if ('A\u03a3' + c + 'A').lower()[1] == '\u03c3' and ('A\u03a3' + c + '1').lower()[1] == '\u03c2': f |= CASE_IGNORABLE
    if len(('a' + c + 'b').splitlines()) > 1: f |= LINE_BREAK
    if _sre.unicode_iscased(ord(c)): f |= SRE_CASED
    return f


def signed_delta(c, s):
    return ord(s) - ord(c)


def blocks_of(values, shift):
    """The different blocks of 2^shift values one after the other, and the block that each part of `values` is."""
    seen, index, data = {}, [], []
    for i in range(0, len(values), 1 << shift):
        key = tuple(values[i:i + (1 << shift)])
        if key not in seen:
            seen[key] = len(seen)
            data.extend(key)
        index.append(seen[key])
    return index, data


def width(values):
    return 1 if max(values) < 256 else 2


UNSIGNED = {1: 'u8', 2: 'u16', 4: 'u32'}


def split(values, name, out, elem):
    """Best two-level form of a table; both levels are narrowed as far as their content allows."""
    best = None
    for shift in range(4, 10):
        index, data = blocks_of(values, shift)
        cost = len(index) * width(index) + len(data) * elem
        if best is None or cost < best[0]:
            best = cost, shift, index, data
    cost, shift, index, data = best
    out.append(f"pub const {name}_SHIFT: usize = {shift};")
    array(out, f"{name}_INDEX", UNSIGNED[width(index)], index)
    array(out, f"{name}_DATA", UNSIGNED[elem], data)
    return cost


def split_twice(values, name, out, elem):
    """Best three-level form of a table: NAME_TOP gives a block of NAME_INDEX, which gives a block of NAME_DATA."""
    best = None
    for shift in range(2, 7):
        index, data = blocks_of(values, shift)
        for above in range(2, 7):
            top, middle = blocks_of(index, above)
            cost = len(top) * width(top) + len(middle) * width(middle) + len(data) * elem
            if best is None or cost < best[0]:
                best = cost, shift, above, top, middle, data
    cost, shift, above, top, middle, data = best
    out.append(f"pub const {name}_SHIFT: usize = {shift};")
    out.append(f"pub const {name}_TOP_SHIFT: usize = {shift + above};")
    array(out, f"{name}_TOP", UNSIGNED[width(top)], top)
    array(out, f"{name}_INDEX", UNSIGNED[width(middle)], middle)
    array(out, f"{name}_DATA", UNSIGNED[elem], data)
    return cost


def array(out, name, ty, items, fmt=str):
    out.append(f"pub static {name}: [{ty}; {len(items)}] = [")
    line = "   "
    for x in items:
        word = f" {fmt(x)},"
        if len(line) + len(word) > 118:
            out.append(line)
            line = "   "
        line += word
    out.append(line)
    out.append("];")


HEAD = """//! Written by gen_tables.py from CPython {}.{}.{} (Unicode {}). Do not edit.
#![cfg_attr(rustfmt, rustfmt_skip)]
"""


def head():
    return [HEAD.format(*sys.version_info[:3], unicodedata.unidata_version)]


def main_tables(folder):
    out = head()
    for i, name in enumerate(FLAG_NAMES):
        out.append(f"pub const {name}: u16 = 1 << {i};")
    records, values = {}, []
    special, pool = [], []
    for cp in range(N):
        c = chr(cp)
        f = flags_of(c)
        full = [c.lower(), c.upper(), c.title(), c.casefold()]
        dec = unicodedata.decimal(c, 255)
        dig = unicodedata.digit(c, 255)
        simple = _sre.unicode_tolower(cp) - cp
        if all(len(s) == 1 for s in full):
            rec = (f, dec, dig) + tuple(signed_delta(c, s) for s in full)
            assert rec[3] == simple, hex(cp)
        else:
            f |= SPECIAL
            offs = []
            for s in full:
                offs.append((len(pool), len(s)))
                pool.extend(map(ord, s))
            # The lower delta of a special record is the simple lower mapping; the upper delta is its row number.
            rec = (f, dec, dig, simple, len(special), 0, 0)
            special.append(offs)
        values.append(records.setdefault(rec, len(records)))
    cost = split_twice(values, "RECORD", out, 2)
    out.append("#[derive(Clone, Copy)]")
    out.append("pub struct Record { pub flags: u16, pub decimal: u8, pub digit: u8, pub lower: i32, pub upper: i32, pub title: i32, pub fold: i32 }")
    array(out, "RECORDS", "Record", list(records),
          lambda r: "Record { flags: %d, decimal: %d, digit: %d, lower: %d, upper: %d, title: %d, fold: %d }" % r)
    array(out, "SPECIAL_POOL", "u16", pool)
    array(out, "SPECIAL_ROWS", "[(u16, u8); 4]", special, lambda r: "[" + ", ".join(map(str, r)) + "]")
    cost += len(records) * 20 + len(pool) * 2 + len(special) * 16
    # Latin-1 in one step.
    array(out, "LATIN1_FLAGS", "u16", [list(records)[values[i]][0] for i in range(256)])
    # Numeric values that are no digit, as (first, count, numerator, denominator); the numerator grows by one along a run.
    rows = []
    for cp in range(N):
        v = unicodedata.numeric(chr(cp), None)
        if v is None or unicodedata.digit(chr(cp), None) is not None:
            continue
        if v == int(v):
            num, den = int(v), 1
        else:
            for den in range(2, 400):
                num = round(v * den)
                if num / den == v:
                    break
            else:
                raise AssertionError(hex(cp))
        if rows and rows[-1][0] + rows[-1][1] == cp and rows[-1][3] == den and rows[-1][2] + rows[-1][1] == num:
            rows[-1][1] += 1
        else:
            rows.append([cp, 1, num, den])
    array(out, "NUMERIC_TABLE", "(u32, u16, i64, u16)", rows, lambda r: "(%d, %d, %d, %d)" % tuple(r))
    cost += len(rows) * 16
    open(folder + "/tables.rs", "w").write("\n".join(out) + "\n")
    print("tables.rs:", cost, "bytes,", len(records), "records,", len(special), "special,", len(rows), "numeric rows")


def normal_tables(folder):
    out = head()
    ccc, decomp, pool = [], [0] * N, []
    rows, seen = [((0, 0), (0, 0), [0, 0])], {}
    pairs = []
    for cp in range(N):
        c = chr(cp)
        ccc.append(unicodedata.combining(c))
        if 0xac00 <= cp < 0xac00 + 11172:
            continue
        nfd, nfkd = unicodedata.normalize('NFD', c), unicodedata.normalize('NFKD', c)
        if nfd == c and nfkd == c:
            continue
        offs = []
        for s in (nfd, nfkd):
            if s == c:
                offs.append((0, 0))
                continue
            if s not in seen:
                seen[s] = len(pool), len(s)
                pool.extend(map(ord, s))
            offs.append(seen[s])
        decomp[cp] = len(rows)
        stable = [(unicodedata.normalize(form, c) == c) << 31 for form in ('NFC', 'NFKC')]
        rows.append((offs[0], offs[1], stable))
        one = unicodedata.decomposition(c)
        if one and not one.startswith('<'):
            parts = [int(x, 16) for x in one.split()]
            if len(parts) == 2 and unicodedata.normalize('NFC', chr(parts[0]) + chr(parts[1])) == c:
                pairs.append((parts[0], parts[1], cp))
    pairs.sort()
    assert len(pool) < 65536
    cost = split(ccc, "CCC", out, 1)
    cost += split(decomp, "DECOMP", out, 2)
    # offset << 5 | length of the canonical and of the compatibility decomposition; length 0 is "itself"; the top bit
    # says that the composed form leaves the character as it is.
    word = lambda o, stable: o[0] << 5 | o[1] | stable
    assert all(max(r[0][1], r[1][1]) < 32 for r in rows)
    array(out, "ROWS", "(u32, u32)", rows, lambda r: "(%d, %d)" % (word(r[0], r[2][0]), word(r[1], r[2][1])))
    # Decomposed code points beyond the BMP are few: they stand in a list of their own behind 0xD800 + index.
    beyond = sorted({x for x in pool if x > 0xffff})
    assert len(beyond) < 0x800
    array(out, "POOL", "u16", [x if x < 0x10000 else 0xd800 + beyond.index(x) for x in pool])
    array(out, "BEYOND", "u32", beyond)
    array(out, "PAIRS", "(u32, u32, u32)", pairs, lambda r: "(%d, %d, %d)" % r)
    cost += len(rows) * 8 + len(pool) * 2 + len(beyond) * 4 + len(pairs) * 12
    # Quick check: 1 = changes under NFC or can join with what stands before it; the other forms are seen by DECOMP and CCC.
    second = sorted({p[1] for p in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11a8, 0x11c3)))
    runs = []
    for x in second:
        if runs and runs[-1][1] + 1 == x:
            runs[-1][1] = x
        else:
            runs.append([x, x])
    array(out, "JOINS_BACK", "(u32, u32)", runs, lambda r: "(%d, %d)" % tuple(r))
    open(folder + "/normal_tables.rs", "w").write("\n".join(out) + "\n")
    print("normal_tables.rs:", cost, "bytes,", len(pairs), "pairs")


main_tables(sys.argv[1])
normal_tables(sys.argv[1])
