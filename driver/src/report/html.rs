//! The page: one file without anything from outside. In: the report and the sources. Out: HTML.
//!
//! Lines are plain markup, so the page reads without scripts; what opens under a line comes from the lines' data at its end, which
//! keeps a page of many thousand lines small.
use super::model::{Function, Line, ModuleCost, Report, Source, Status};
use crate::failure::{Failure, Result};
use std::collections::HashMap;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Lines and functions in the lists before "all" is asked for.
const LISTED: usize = 12;

pub fn page(report: &Report, sources: &[Source]) -> Result<String> {
    let mut out = String::new();
    write_page(&mut out, report, sources).map_err(|e| Failure::internal("report", e))?;
    Ok(out)
}

fn write_page(out: &mut String, report: &Report, sources: &[Source]) -> std::result::Result<(), std::fmt::Error> {
    let script = escape(&report.script);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{script} - pyaot report</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{script}</h1>\n"
    )?;
    summary(out, report)?;
    out.push_str("</header>\n<div class=\"page\">\n<aside>\n");
    worth(out, report, sources.len() > 1)?;
    functions(out, report, sources)?;
    modules(out, report)?;
    out.push_str("</aside>\n<main>\n");
    for (i, source) in sources.iter().enumerate() {
        listing(out, report, i, source)?;
    }
    out.push_str("</main>\n</div>\n<script type=\"application/json\" id=\"data\">");
    let mut details: Vec<HashMap<u32, &Line>> = Vec::new();
    for source in sources {
        let own = report.lines.iter().filter(|l| l.module == source.module);
        details.push(own.map(|l| (l.line, l)).collect());
    }
    data(out, &details)?;
    write!(out, "</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n")
}

/// Text as it stands in HTML, also between quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text in which `…` marks code.
fn marked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(i, part)| match i % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    });
    parts.collect()
}

fn bytes(n: u64) -> String {
    match n {
        0..=9_999 => format!("{n} B"),
        10_000..=9_999_999 => format!("{:.0} kB", n as f64 / 1e3),
        _ => format!("{:.1} MB", n as f64 / 1e6),
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Typed => "typed",
        Status::Mixed => "mixed",
        Status::Generic => "generic",
        Status::Runtime => "runtime",
        Status::Cold => "cold",
    }
}

const STATUSES: [(Status, &str); 5] = [
    (Status::Typed, "machine code for known types"),
    (Status::Mixed, "typed code, and general code beside it"),
    (
        Status::Generic,
        "works for any type, so each operation asks the runtime",
    ),
    (
        Status::Runtime,
        "the runtime does it, whatever the types: making lists, formatting, dicts",
    ),
    (Status::Cold, "runs once, compiled small"),
];

fn summary(out: &mut String, report: &Report) -> std::fmt::Result {
    let with_work = report.lines.iter().filter(|l| !l.operations.is_empty());
    let mut counts = HashMap::new();
    for line in with_work {
        *counts.entry(line.status.map_or("", word)).or_insert(0u32) += 1;
    }
    let own: u64 = report.modules.iter().filter(|m| !m.library).map(|m| m.code_bytes).sum();
    let library = report.modules.iter().filter(|m| m.library).count();
    write!(
        out,
        "<p class=\"facts\">-O{} · {} of machine code in the program's own modules · {} of code and {} of data with {library} library modules</p>\n\
         <ul class=\"legend\">\n",
        report.opt_level,
        bytes(own),
        bytes(report.total.code_bytes),
        bytes(report.total.data_bytes),
    )?;
    for (status, meaning) in STATUSES {
        let name = word(status);
        writeln!(
            out,
            "<li><button type=\"button\" class=\"key s-{name}\" data-status=\"{name}\" aria-pressed=\"true\" title=\"{meaning}\">\
             <b>{}</b> {name}</button></li>",
            counts.get(name).copied().unwrap_or(0)
        )?;
    }
    out.push_str("</ul>\n<p class=\"help\">Lines by what became of them. Select a line (or press <kbd>Enter</kbd> on it) for details; \
                  <kbd>j</kbd> and <kbd>k</kbd> go to the next and the previous line with general code.</p>\n");
    Ok(())
}

fn worth(out: &mut String, report: &Report, many: bool) -> std::fmt::Result {
    out.push_str("<section>\n<h2>Lines worth changing</h2>\n");
    if report.worth_changing.is_empty() {
        return out.write_str("<p>None: no operation in a function stayed general.</p>\n</section>\n");
    }
    let class = if report.worth_changing.len() > LISTED {
        "worth many"
    } else {
        "worth"
    };
    writeln!(out, "<ol class=\"{class}\">")?;
    for (i, worth) in report.worth_changing.iter().enumerate() {
        let more = if i < LISTED { "" } else { " class=\"more\"" };
        let module = if many {
            format!("{}:", escape(&worth.module))
        } else {
            String::new()
        };
        let loops = match worth.loop_depth {
            0 => String::new(),
            1 => ", in a loop".to_string(),
            n => format!(", in {n} loops"),
        };
        write!(
            out,
            "<li{more}><a href=\"#{}\">{module}{}</a> <span class=\"dim\">{}{loops}</span><br>{}",
            anchor(report, &worth.module, worth.line),
            worth.line,
            escape(&worth.function),
            marked(&worth.reason)
        )?;
        if let Some(hint) = worth.hint {
            write!(out, "<br><span class=\"hint\">{}</span>", marked(hint))?;
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ol>\n");
    all_button(out, report.worth_changing.len())?;
    out.push_str("</section>\n");
    Ok(())
}

fn all_button(out: &mut String, n: usize) -> std::fmt::Result {
    if n <= LISTED {
        return Ok(());
    }
    writeln!(out, "<button type=\"button\" class=\"all\">Show all {n}</button>")
}

/// The element of a line. Own modules are numbered in the order of their sources.
fn anchor(report: &Report, module: &str, line: u32) -> String {
    let mut own: Vec<&str> = Vec::new();
    for function in &report.functions {
        if own.last() != Some(&function.module.as_str()) {
            own.push(&function.module);
        }
    }
    let index = own.iter().position(|m| *m == module).unwrap_or(0);
    line_id(index, line)
}

fn line_id(source: usize, line: u32) -> String {
    format!("m{source}-L{line}")
}

fn functions(out: &mut String, report: &Report, sources: &[Source]) -> std::fmt::Result {
    let mut all: Vec<&Function> = report.functions.iter().collect();
    all.sort_by_key(|f| std::cmp::Reverse(f.code_bytes));
    out.push_str(
        "<section>\n<h2>Functions</h2>\n<table>\n<thead><tr><th scope=\"col\">function</th><th scope=\"col\">code</th>\
         <th scope=\"col\">typed</th><th scope=\"col\">generic</th><th scope=\"col\">counts</th></tr></thead>\n<tbody>\n",
    );
    let n = all.len();
    for (i, function) in all.into_iter().enumerate() {
        let more = if i < LISTED { "" } else { " class=\"more\"" };
        let module = match sources.len() {
            1 => String::new(),
            _ => format!("{}.", function.module),
        };
        let versions: Vec<String> = function
            .versions
            .iter()
            .map(|v| format!("({})", v.join(", ")))
            .collect();
        let note = match (&function.reason, &versions[..]) {
            (Some(reason), _) => reason.clone(),
            (None, []) => String::new(),
            (None, versions) => format!("versions for {}", versions.join(" ")),
        };
        write!(
            out,
            "<tr{more}><td><a href=\"#{}\">{}</a>",
            anchor(report, &function.module, function.line),
            escape(&format!("{module}{}", function.name))
        )?;
        if !note.is_empty() {
            write!(out, "<br><span class=\"dim\">{}</span>", marked(&note))?;
        }
        writeln!(
            out,
            "</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            bytes(function.code_bytes),
            function.typed,
            function.generic + function.mixed,
            function.count_operations
        )?;
    }
    out.push_str("</tbody>\n</table>\n");
    all_button(out, n)?;
    out.push_str("</section>\n");
    Ok(())
}

fn modules(out: &mut String, report: &Report) -> std::fmt::Result {
    let mut all: Vec<&ModuleCost> = report.modules.iter().collect();
    all.sort_by_key(|m| (m.library, std::cmp::Reverse(m.code_bytes + m.data_bytes)));
    out.push_str(
        "<section>\n<h2>Modules</h2>\n<table>\n<thead><tr><th scope=\"col\">module</th><th scope=\"col\">code</th>\
         <th scope=\"col\">data</th><th scope=\"col\">time to compile</th></tr></thead>\n<tbody>\n",
    );
    let n = all.len();
    for (i, module) in all.into_iter().enumerate() {
        let more = if i < LISTED { "" } else { " class=\"more\"" };
        let time = match (module.front_ms, module.back_ms) {
            (Some(front), Some(back)) => format!("{:.0} ms", front + back),
            _ => "prebuilt".to_string(),
        };
        writeln!(
            out,
            "<tr{more}><td>{}{}</td><td>{}</td><td>{}</td><td>{time}</td></tr>",
            escape(&module.name),
            if module.library {
                " <span class=\"dim\">library</span>"
            } else {
                ""
            },
            bytes(module.code_bytes),
            bytes(module.data_bytes)
        )?;
    }
    out.push_str("</tbody>\n</table>\n");
    all_button(out, n)?;
    out.push_str("</section>\n");
    Ok(())
}

fn listing(out: &mut String, report: &Report, index: usize, source: &Source) -> std::fmt::Result {
    let lines: HashMap<u32, &Line> = report
        .lines
        .iter()
        .filter(|l| l.module == source.module)
        .map(|l| (l.line, l))
        .collect();
    write!(
        out,
        "<section class=\"source\" aria-label=\"{name}\">\n<h2>{name} <span class=\"dim\">{}</span></h2>\n\
         <div class=\"l head\" aria-hidden=\"true\"><span>line</span><span title=\"bytes of machine code\">bytes</span>\
         <span title=\"increments and decrements of reference counts\">counts</span><span></span></div>\n",
        escape(&source.file),
        name = escape(&source.module),
    )?;
    for (i, text) in source.text.lines().enumerate() {
        let number = i as u32 + 1;
        let id = line_id(index, number);
        let text = escape(text);
        match lines.get(&number) {
            Some(line) if !line.operations.is_empty() || line.code_bytes > 0 => {
                let status = line.status.map_or("none", word);
                let title = line.operations.iter().flat_map(|o| &o.reasons).next().map_or("", |r| r);
                let count = |n: u64| if n == 0 { String::new() } else { n.to_string() };
                writeln!(
                    out,
                    "<div class=\"l s-{status}\" id=\"{id}\" tabindex=\"0\" role=\"button\" aria-expanded=\"false\" title=\"{}\">\
                     <span>{number}</span><span>{}</span><span>{}</span><code>{text}</code></div>",
                    escape(title),
                    count(line.code_bytes),
                    count(u64::from(line.count_operations))
                )?;
            }
            _ => writeln!(
                out,
                "<div class=\"l\" id=\"{id}\"><span>{number}</span><span></span><span></span><code>{text}</code></div>"
            )?,
        }
    }
    out.push_str("</section>\n");
    Ok(())
}

/// What opens under the lines: `{"m0-L3": {…}}`.
fn data(out: &mut String, modules: &[HashMap<u32, &Line>]) -> std::fmt::Result {
    let mut all = serde_json::Map::new();
    for (i, lines) in modules.iter().enumerate() {
        let mut numbers: Vec<&u32> = lines.keys().collect();
        numbers.sort();
        for number in numbers {
            let line = lines[number];
            let operations = line
                .operations
                .iter()
                .map(|o| serde_json::json!([o.operation, o.text, word(o.status), o.typed, o.reasons, o.hints]));
            let entry = serde_json::json!({
                "bytes": line.code_bytes,
                "counts": line.count_operations,
                "tests": line.type_tests,
                "boxes": line.boxed_numbers,
                "depth": line.loop_depth,
                "ops": operations.collect::<Vec<_>>(),
            });
            all.insert(line_id(i, *number), entry);
        }
    }
    // A text of the program may hold the end of a script.
    let text = serde_json::Value::Object(all).to_string().replace('<', "\\u003c");
    out.write_str(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_source_is_text() {
        assert_eq!(escape("a < b & 'c'"), "a &lt; b &amp; &#39;c&#39;");
        assert_eq!(marked("type of `<x>` & y"), "type of <code>&lt;x&gt;</code> &amp; y");
    }
}
