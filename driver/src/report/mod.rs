//! `pyaot report`: what became of every line of a program. In: a script and the options of a build. Out: an HTML page and JSON.
//!
//! The program is compiled as `pyaot build` does it, through the cache; sizes come from the objects that a link would take. What the
//! specialiser did is recorded by running the passes once more over the program's own modules (they are a small part of a build).
//! The surprising decision: loops are told from the bytecode, as nesting backward jumps, so that a line has the same depth whatever
//! was made of it.
mod html;
mod lines;
mod model;
mod words;

use crate::build::{Build, Compiled};
use crate::cli::ReportArgs;
use crate::failure::{Failure, Result};
use crate::finder::Found;
use crate::scratch::Pending;
use crate::toolchain::Home;
use crate::{maps, pipeline};
use model::{ModuleCost, Report, Source, Total, Units};
use std::path::{Path, PathBuf};

/// Changes when a key of the JSON changes its meaning or goes away.
const FORMAT: u32 = 1;

pub fn command(args: &ReportArgs) -> Result<u8> {
    let home = Home::find()?;
    let build = Build::new(&home, &args.options, &args.script)?;
    let page = match &args.output {
        Some(path) => path.clone(),
        None => default_page(&args.script)?,
    };
    for path in std::iter::once(&page).chain(&args.json) {
        crate::check_output(path, &args.script)?;
    }
    let same = |a: &Path, b: &Path| std::path::absolute(a).ok() == std::path::absolute(b).ok();
    if args.json.as_ref().is_some_and(|json| same(json, &page)) {
        return Err(Failure::request(format!(
            "the page and the JSON cannot both be '{}'",
            page.display()
        )));
    }
    let (report, sources) = gather(&build, args)?;
    let text = html::page(&report, &sources)?;
    let io = |path: &Path, e: std::io::Error| Failure::io("write", path, &e);
    // Both are whole before the first takes its place.
    let pending = Pending::new(&page);
    std::fs::write(pending.path(), text).map_err(|e| io(&page, e))?;
    if let Some(path) = &args.json {
        let mut json = serde_json::to_string_pretty(&report).map_err(|e| Failure::internal("report", e))?;
        json.push('\n');
        Pending::write(path, json.as_bytes()).map_err(|e| io(path, e))?;
    }
    pending.commit()?;
    build.cache.trim();
    build.progress.finish();
    crate::print(format!("{}\n", page.display()).as_bytes())?;
    Ok(0)
}

/// The script's name with `.report.html`, in the current folder.
fn default_page(script: &Path) -> Result<PathBuf> {
    let mut name = crate::default_output(script)?.into_os_string();
    name.push(".report.html");
    Ok(PathBuf::from(name))
}

fn gather(build: &Build<'_>, args: &ReportArgs) -> Result<(Report, Vec<Source>)> {
    let compiled = build.compiled()?;
    let mut report = Report {
        format: FORMAT,
        script: args.script.display().to_string(),
        opt_level: args.options.opt_level,
        units: Units {
            size: "bytes",
            time: "milliseconds",
        },
        total: Total::default(),
        modules: Vec::new(),
        functions: Vec::new(),
        lines: Vec::new(),
        worth_changing: Vec::new(),
    };
    let mut sources = Vec::new();
    for Compiled { module, objects, cost } in &compiled {
        let (mut code_bytes, mut data_bytes) = (0, 0);
        let mut sizes = Vec::new();
        for object in objects {
            let bytes = std::fs::read(object).map_err(|e| Failure::io("read", object, &e))?;
            let (code, data) = maps::section_bytes(&bytes)?;
            code_bytes += code;
            data_bytes += data;
            sizes.extend(maps::code_sizes(&bytes)?);
        }
        report.modules.push(ModuleCost {
            name: module.name.clone(),
            file: module.filename.clone(),
            library: module.stdlib,
            code_bytes,
            data_bytes,
            front_ms: cost.map(|c| c.0),
            back_ms: cost.map(|c| c.1),
        });
        report.total.code_bytes += code_bytes;
        report.total.data_bytes += data_bytes;
        if let Some(text) = own_source(module)? {
            let lines = lines::of_module(build, module, &text, &sizes)?;
            report.functions.extend(lines.functions);
            report.lines.extend(lines.lines);
            report.worth_changing.extend(lines.worth);
            sources.push(Source {
                module: module.name.clone(),
                file: module.filename.clone(),
                text: String::from_utf8_lossy(&text).into_owned(),
            });
        }
    }
    if sources.is_empty() {
        return Err(Failure::request(format!(
            "a report needs the program's source, which '{}' does not have",
            args.script.display()
        )));
    }
    let key = |w: &model::Worth| (std::cmp::Reverse(w.weight), w.module.clone(), w.line);
    report.worth_changing.sort_by_key(key);
    Ok((report, sources))
}

/// The source of one of the program's own modules.
fn own_source(module: &Found) -> Result<Option<Vec<u8>>> {
    let text = crate::texts::of_name(&module.name).is_some();
    if module.stdlib || text || module.path.is_none() {
        return Ok(None);
    }
    let source = Build::read(module)?;
    Ok((!pipeline::is_pyc(&source)).then_some(source))
}
