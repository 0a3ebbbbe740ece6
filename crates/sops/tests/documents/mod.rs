//! Generated YAML texts, for the tests here and those beside the code.

use proptest::prelude::*;

/// Scalars in every style, as they are written in block context with `{pad}` as the indentation of blocks.
fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z ,.]{0,12}[a-z]",
        "(yes|no|on|Off|y|null|~|true|FALSE|10:20|1_000|0x1F|017|1\\.10|1e3|-0\\.0|\\.5|007|\\+5|2020-01-01|\\.inf|=|0o7)",
        "[0-9]{1,12}",
        "'[ -&(-~]{1,12}'".prop_map(|text| text),
        "\"[ !#-\\[\\]-~]{1,12}\"",
        "\"[a-z]\\\\(n|t|\"|\\\\|u00e9|x07)[a-z]\"",
        "(\\|-|\\||>-|>)\n\\{pad\\}[a-z#:]{1,8}\n\\{pad\\}[a-z ]{1,8}x",
        "\\|-?\n\\{pad\\}[a-z]{1,4}\n\n\\{pad\\} {2}[a-z]{1,4}",
        Just("\"\"".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
        "\\[[0-9]{1,3}, \"[a-z]{1,4}\"\\]",
        "\\{k: \"[a-z]{1,4}\", n: [0-9]{1,3}\\}",
    ]
}

#[derive(Debug, Clone)]
enum Tree {
    Scalar(String, Option<String>),
    Mapping(Vec<(String, Tree, Vec<String>)>),
    List(Vec<(Tree, Vec<String>)>),
}

fn above() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop_oneof!["# ?[a-z]{1,8}", Just(String::new())], 0..3)
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = (scalar(), prop::option::weighted(0.2, "# [a-z]{1,6}"))
        .prop_map(|(text, comment)| Tree::Scalar(text, comment));
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::btree_map("([a-e]|data|k_[ab])", (inner.clone(), above()), 1..4).prop_map(
                |map| Tree::Mapping(map.into_iter().map(|(key, (tree, above))| (key, tree, above)).collect())
            ),
            prop::collection::vec((inner, above()), 1..4).prop_map(Tree::List),
        ]
    })
}

/// YAML texts of one document: nested mappings and lists with comments and blank lines, scalars in every style.
pub(crate) fn document() -> impl Strategy<Value = String> {
    let root = prop::collection::btree_map("([a-e]|data|k_[ab])", (tree(), above()), 1..4).prop_map(|map| {
        Tree::Mapping(map.into_iter().map(|(key, (tree, above))| (key, tree, above)).collect())
    });
    (root, prop::option::of(Just("---\n")), above(), any::<bool>()).prop_map(
        |(root, start, tail, newline)| {
            let mut text = start.unwrap_or_default().to_owned();
            write(&root, 0, &mut text);
            for line in tail {
                text.push_str(&line);
                text.push('\n');
            }
            if !newline {
                text.truncate(text.trim_end().len());
            }
            text
        },
    )
}

fn write(tree: &Tree, column: usize, out: &mut String) {
    let pad = " ".repeat(column);
    let entry = |lead: String, above: &[String], tree: &Tree, out: &mut String| {
        for line in above {
            out.push_str(if line.is_empty() { "" } else { &pad });
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(&pad);
        out.push_str(&lead);
        match tree {
            Tree::Scalar(text, comment) => {
                out.push(' ');
                out.push_str(&text.replace("{pad}", &" ".repeat(column + 2)));
                if let Some(comment) = comment.as_ref().filter(|_| !text.contains('\n')) {
                    out.push(' ');
                    out.push_str(comment);
                }
                out.push('\n');
            }
            nested => {
                out.push('\n');
                write(nested, column + 2, out);
            }
        }
    };
    match tree {
        Tree::Scalar(..) => {}
        Tree::Mapping(pairs) => {
            for (key, tree, above) in pairs {
                entry(format!("{key}:"), above, tree, out);
            }
        }
        Tree::List(items) => {
            for (tree, above) in items {
                entry("-".to_owned(), above, tree, out);
            }
        }
    }
}
