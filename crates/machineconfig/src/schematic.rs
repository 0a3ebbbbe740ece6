//! Image-factory schematics: what an image is made of. Their ID is the SHA-256 of their canonical text.

use sha2::{Digest as _, Sha256};
use yaml::Value;

use crate::Problems;
use crate::goyaml;
use crate::hex::hex;
use crate::schema::{Schema, Type};
use crate::typed::{Decoder, Reading, encode};

/// A schematic.
#[derive(Debug, Clone)]
pub struct Schematic {
    value: Option<Value>,
    canonical: String,
}

impl PartialEq for Schematic {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Schematic {}

impl Schematic {
    /// Reads a schematic; keys that are not known do not count.
    ///
    /// # Errors
    /// When it is not YAML, or a value has the wrong type.
    pub fn read(text: &str) -> Result<Self, Problems> {
        let stream = yaml::parse(text).map_err(|error| vec![error.into()])?;
        let mut decoder = Decoder::new(Reading::Talconfig);
        let root = stream.documents.first().map(|document| &document.root);
        let value = root.and_then(|root| decoder.structure(root, Schema::get().id("schematic.Schematic")));
        if decoder.errors.is_empty() { Ok(Self::from_value(value.as_ref())) } else { Err(decoder.errors) }
    }

    /// The schematic that a node's data describes; none at all is the empty one.
    pub(crate) fn from_value(value: Option<&Value>) -> Self {
        let kind = Type::Struct(Schema::get().id("schematic.Schematic"));
        Self { value: value.cloned(), canonical: goyaml::marshal(&encode(value, &kind), 4) }
    }

    /// A schematic of system extensions and kernel arguments.
    pub fn of_parts(extensions: &[String], kernel_arguments: &[String]) -> Self {
        let texts =
            |texts: &[String]| Value::Sequence(texts.iter().map(|text| Value::from(text.as_str())).collect());
        let mut customization = yaml::Mapping::new();
        if !kernel_arguments.is_empty() {
            customization.insert("extraKernelArgs", texts(kernel_arguments));
        }
        if !extensions.is_empty() {
            let list: yaml::Mapping = [("officialExtensions", texts(extensions))].into_iter().collect();
            customization.insert("systemExtensions", list);
        }
        let all: yaml::Mapping = [("customization", customization)].into_iter().collect();
        Self::from_value(Some(&Value::Mapping(all)))
    }

    /// The schematic with values for META added; one that is there is replaced.
    #[must_use]
    pub fn with_meta(self, meta: &[(u8, String)]) -> Self {
        if meta.is_empty() {
            self
        } else {
            Self::from_value(Some(&crate::factory::with_meta(self.value.as_ref(), meta)))
        }
    }

    /// The text that is hashed.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Its ID.
    pub fn id(&self) -> String {
        hex(Sha256::digest(&self.canonical))
    }
}
