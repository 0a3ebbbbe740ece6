//! Trees made from a list of numbers, so that a failing one can be made smaller.

mod fields;
mod objects;
mod patches;

use std::collections::BTreeMap;

/// Files by path; the folder to build is `over`.
pub(crate) fn tree(choices: &[u16]) -> BTreeMap<String, String> {
    let mut random = Random { choices, at: 0, files: BTreeMap::new(), objects: Vec::new(), generated: false };
    random.base();
    random.overlay();
    random.files
}

struct Random<'c> {
    choices: &'c [u16],
    at: usize,
    files: BTreeMap<String, String>,
    /// apiVersion, kind, name of what there is.
    objects: Vec<(&'static str, &'static str, String)>,
    /// Whether there is a ConfigMap that generators can merge with.
    generated: bool,
}

/// Values as they are written; `{}` is the indentation of a block.
const VALUES: &[&str] = &[
    "a",
    "\"b\"",
    "'c d'",
    "1",
    "\"1\"",
    "1.50",
    "true",
    "yes",
    "\"no\"",
    "null",
    "~",
    "",
    "0x10",
    "017",
    "1e3",
    "2020-01-01",
    "\"2020-01-01\"",
    "1:30",
    "'a: b'",
    "\"a #b\"",
    "'- x'",
    "é ü",
    "\"😀\"",
    "\"a\\tb\"",
    "\"tab\\there\\n and more\"",
    "\"\"",
    "''",
    "\" lead\"",
    "'trail '",
    "12345678901234567890",
    "1.0",
    "-0",
    ".5",
    "+1",
    "{}",
    "[]",
    "[1, \"2\", [a]]",
    "{x: y, z: [1]}",
    "|\n{}  one\n{}  two",
    "|-\n{}  one\n{}   two\n{}\n{}  three",
    ">\n{}  folded\n{}  text\n{}\n{}    deeper\n{}  end",
    ">-\n{}  a\n{}  b",
    "|+\n{}  keep\n{}\n",
    "!!str 7",
    "!!int \"8\"",
    "aaaaaaaaa bbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccc dddddddddddddddddddddd eeeeeeeeeeeeeeeeeeee fffff ggg",
    "'aaaaaaaaa: bbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccc dddddddddddddddddddddd eeeeeeeeeeeeeeeeeeee fffff ggg'",
    "\"aaaaaaaaa\\tbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccc dddddddddddddddddddddd eeeeeeeeeeeeeeeeeeee  fffff ggg\"",
    "nginx:1.2",
    "host/app@sha256:abc",
    "$(VAR)",
    "\"a $(VAR) $$(VAR)\"",
    "${X}",
    "\"%y\"",
    "\"@x\"",
    "\"`x`\"",
    "&anchor v",
    "<<",
    "=",
    "off",
    "1_000",
    "0b11",
    "0o17",
    "08",
    "1.2.3",
    "::1",
    "10.0.0.0/8",
    "\"null\"",
    "\"~\"",
    "\"multi\\nline\"",
    "\"x\\n\\n\"",
    "\"\\n\"",
    "\"\\u00a0\"",
    "\"\\u0085x\"",
    "\"\\u2028\"",
    "\"\\e\"",
    "inf",
    "1e400",
    "-1",
];

impl Random<'_> {
    fn pick(&mut self, below: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % below.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.pick(n) == n - 1
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.pick(texts.len())]
    }

    fn value(&mut self, indent: usize) -> String {
        self.of(VALUES).replace("{}", &" ".repeat(indent))
    }

    /// A scalar value that is text wherever text is needed.
    fn text(&mut self) -> &'static str {
        self.of(&["a", "b-c", "\"5\"", "\"yes\"", "'x y'", "\"\"", "é", "$(VAR)", "\"$(B)-$(VAR)\""])
    }

    fn base(&mut self) {
        let mut documents = String::new();
        for n in 0..=self.pick(5) {
            if n > 0 {
                documents.push_str(self.of(&[
                    "---\n",
                    "---\n",
                    "--- # next\n",
                    "---\n# comment\n",
                    "---\n---\n",
                ]));
            }
            documents.push_str(&self.object(n));
        }
        self.files.insert("base/objects.yaml".to_owned(), documents);
        let mut text = String::from("resources:\n- objects.yaml\n");
        if self.one_in(3) {
            self.generators(&mut text, "base", true);
        }
        self.transformers(&mut text, "base");
        self.files.insert("base/kustomization.yaml".to_owned(), text);
    }

    fn overlay(&mut self) {
        let mut text = String::from(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- ../base\n",
        );
        if self.one_in(4) {
            self.files.insert(
                "comp/kustomization.yaml".to_owned(),
                "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n".to_owned(),
            );
            let mut component = self.files["comp/kustomization.yaml"].clone();
            if self.one_in(2) {
                let object = self.object(9);
                self.files.insert("comp/more.yaml".to_owned(), object);
                component.push_str("resources: [more.yaml]\n");
            }
            if self.generated && self.one_in(3) {
                component.push_str("configMapGenerator: [{name: gen, behavior: merge, literals: [c=d]}]\n");
            }
            self.transformers(&mut component, "comp");
            component.push_str("commonAnnotations: {from: component}\n");
            let once = component.matches("commonAnnotations").count() == 1;
            if once {
                self.files.insert("comp/kustomization.yaml".to_owned(), component);
                text.push_str("components:\n- ../comp\n");
            }
        }
        if self.one_in(3) {
            self.generators(&mut text, "over", false);
        }
        self.transformers(&mut text, "over");
        if self.one_in(5) {
            text.push_str("sortOptions: {order: fifo}\n");
        }
        self.files.insert("over/kustomization.yaml".to_owned(), text);
    }
}
