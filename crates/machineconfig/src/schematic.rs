//! Image-factory schematics: what an image is made of. Their ID is the SHA-256 of their canonical text.

use cliutil::hex;
use sha2::{Digest as _, Sha256};
use yaml::Value;

use crate::Problems;
use crate::goyaml;
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
    /// As [`Self::load`]; keys that are not known do not count, as talhelper has it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn read(text: &str) -> Result<Self, Problems> {
        Self::load(text).map(|(schematic, _)| schematic)
    }

    /// Reads a schematic, scalars as they are written, and names the keys that are not known: the factory refuses them.
    ///
    /// # Errors
    /// When it is not YAML, a key is there twice, or a value has the wrong type.
    pub fn load(text: &str) -> Result<(Self, Problems), Problems> {
        let stream = yaml::parse(text).map_err(|error| vec![error.into()])?;
        let duplicates = yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3);
        if !duplicates.is_empty() {
            return Err(duplicates.into_iter().map(Into::into).collect());
        }
        let mut decoder = Decoder::new(Reading::Machine);
        let root = stream.documents.first().map(|document| &document.root);
        let value = root.and_then(|root| decoder.structure(root, Schema::get().id("schematic.Schematic")));
        let (unknown, wrong): (Problems, Problems) =
            decoder.errors.into_iter().partition(|problem| problem.code == "config/unknown-key");
        if wrong.is_empty() { Ok((Self::from_value(value.as_ref()), unknown)) } else { Err(wrong) }
    }

    /// The schematic that a node's data describes; none at all is the empty one.
    pub(crate) fn from_value(value: Option<&Value>) -> Self {
        let kind = Type::Struct(Schema::get().id("schematic.Schematic"));
        Self { value: value.cloned(), canonical: goyaml::marshal(&encode(value, &kind), 4) }
    }

    /// A schematic of system extensions and kernel arguments; empty ones (a variable that is not set) are none.
    pub fn of_parts(extensions: &[String], kernel_arguments: &[String]) -> Self {
        let texts = |texts: &[String]| {
            let given = texts.iter().filter(|text| !text.is_empty());
            Some(given.map(|text| Value::from(text.as_str())).collect::<Vec<_>>())
                .filter(|list| !list.is_empty())
                .map(Value::Sequence)
        };
        let mut customization = yaml::Mapping::new();
        if let Some(list) = texts(kernel_arguments) {
            customization.insert("extraKernelArgs", list);
        }
        if let Some(list) = texts(extensions) {
            let list: yaml::Mapping = [("officialExtensions", list)].into_iter().collect();
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
