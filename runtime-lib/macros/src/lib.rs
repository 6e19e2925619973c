//! `sig!("name(a, b=1, /, *args, key=None, **kw)")`: a signature text becomes a static `Signature` for argument binding and
//! `__text_signature__`. Works on the literal's characters; no token-tree crates.
use proc_macro::TokenStream;
use std::fmt::Write;

/// Expands to a `&'static ::pyaot_core::call::Signature`. Defaults are kept as text only; an absent optional argument reaches
/// the function as `None`.
#[proc_macro]
pub fn sig(input: TokenStream) -> TokenStream {
    let literal = input.to_string();
    match expand(literal.trim()) {
        Ok(code) => code.parse().expect("generated signature parses"),
        Err(message) => format!("compile_error!({message:?})").parse().expect("error parses"),
    }
}

fn expand(literal: &str) -> Result<String, String> {
    let text = literal
        .strip_prefix('"')
        .and_then(|s| s.strip_suffix('"'))
        .ok_or("sig! takes one string literal")?;
    let text = text.replace("\\\"", "\"").replace("\\n", "\n");
    let open = text.find('(').ok_or("signature has no parenthesis")?;
    let close = text.rfind(')').ok_or("signature has no closing parenthesis")?;
    let name = text[..open].trim();
    let mut params = String::new();
    let (mut total, mut pos_only, mut positional, mut required) = (0usize, 0usize, 0usize, 0usize);
    let (mut star, mut kwargs, mut keyword_only) = (false, false, false);
    for item in split(&text[open + 1..close]) {
        let item = item.trim();
        if item.is_empty() || item.starts_with('$') {
            continue;
        }
        if item == "/" {
            pos_only = total;
        } else if item == "*" {
            keyword_only = true;
        } else if item.starts_with("**") {
            kwargs = true;
        } else if item.starts_with('*') {
            star = true;
            keyword_only = true;
        } else {
            let (param, optional) = match item.split_once('=') {
                Some((param, _)) => (param.trim(), true),
                None => (item, false),
            };
            write!(
                params,
                "::pyaot_core::call::Param {{ name: {param:?}, required: {} }},",
                !optional
            )
            .unwrap();
            total += 1;
            if !keyword_only {
                positional += 1;
                if !optional {
                    required += 1;
                }
            }
        }
    }
    let text_signature = format!("({})", text[open + 1..close].trim());
    Ok(format!(
        "{{ static S: ::pyaot_core::call::Signature = ::pyaot_core::call::Signature {{ name: {name:?}, params: &[{params}], \
         pos_only: {pos_only}, positional: {positional}, required: {required}, star: {star}, kwargs: {kwargs}, \
         text: {text_signature:?} }}; &S }}"
    ))
}

/// Splits at commas outside quotes and brackets.
fn split(params: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0, None);
    for (i, c) in params.char_indices() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&params[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&params[start..]);
    parts
}
