//! Wiping what may be secret: `zeroize` for documents and data, so that `Zeroizing<Stream>` and `Zeroizing<Value>` leave
//! no text in memory. Keys count as text.

use zeroize::Zeroize;

use crate::node::{Comment, Kind, Node, Pair, Stream};
use crate::{Mapping, Value};

impl Zeroize for Node {
    fn zeroize(&mut self) {
        match &mut self.kind {
            Kind::Scalar(text, _) => text.zeroize(),
            Kind::Alias(target) => target.zeroize(),
            Kind::Sequence(items) => items.iter_mut().for_each(Zeroize::zeroize),
            Kind::Mapping(pairs) => pairs.iter_mut().for_each(Zeroize::zeroize),
        }
    }
}

impl Zeroize for Pair {
    fn zeroize(&mut self) {
        self.key.zeroize();
        self.value.zeroize();
    }
}

impl Zeroize for Comment {
    fn zeroize(&mut self) {
        self.text.zeroize();
    }
}

impl Zeroize for Stream {
    fn zeroize(&mut self) {
        self.documents.iter_mut().for_each(|document| document.root.zeroize());
        self.comments.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl Zeroize for Value {
    fn zeroize(&mut self) {
        match self {
            Self::String(text) => text.zeroize(),
            Self::Sequence(items) => items.iter_mut().for_each(Zeroize::zeroize),
            Self::Mapping(mapping) => mapping.zeroize(),
            Self::Int(number) => number.zeroize(),
            Self::Float(number) => number.zeroize(),
            Self::Null | Self::Bool(_) => {}
        }
    }
}

impl Zeroize for Mapping {
    fn zeroize(&mut self) {
        for (key, value) in self.entries_mut() {
            key.zeroize();
            value.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;

    #[test]
    fn no_text_is_left() {
        let text = "a: secret # c\nb: &x [secret, {c: secret}]\nd: *x\n";
        let mut stream = crate::parse(text).unwrap();
        let mut value = crate::load_one(text, Dialect::Yaml12).unwrap();
        assert!(format!("{stream:?}{value:?}").contains("secret"));
        stream.zeroize();
        value.zeroize();
        assert!(!format!("{stream:?}{value:?}").contains("secret"));
        assert_eq!(stream.comments[0].text, "");
    }

    #[test]
    fn a_secret_text_is_read_as_any() {
        for text in ["a: 1 # c\nb: &x [2, {c: 3}]\nd: *x\n---\ne: f\n", "a: &x 1\nb: [*x, {c: d", "a: *x\n"] {
            let secret = crate::parse_secret(text).map(|stream| (*stream).clone());
            assert_eq!(secret, crate::parse(text), "{text}");
        }
    }
}
