//! The word codes of this crate's findings: stable names that scripts, CI and the documentation rely on.

/// Declares the codes and the table of their meanings together.
macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)+) => {
        $(#[doc = $meaning] pub(crate) const $name: &str = $code;)+
        /// Every code with its meaning, in the order of the file.
        pub const CODES: &[(&str, &str)] = &[$(($code, $meaning)),+];
    };
}

codes! {
    // Files and folders.
    MISSING = "kustomize/missing", "A file or folder that is named does not exist";
    UNREADABLE = "kustomize/unreadable", "A file or folder cannot be read";
    TOO_LARGE = "kustomize/too-large", "A file or the result of a build is too large to be meant";
    TOO_DEEP = "kustomize/too-deep", "Folders refer to folders too many levels deep";
    ENCODING = "kustomize/encoding", "A file is not UTF-8 text";
    NO_KUSTOMIZATION = "kustomize/no-kustomization", "A folder has no kustomization file";
    SEVERAL_KUSTOMIZATIONS = "kustomize/several-kustomizations", "A folder has more than one kustomization file";
    CYCLE = "kustomize/cycle", "A folder is part of itself";
    NOT_A_FOLDER = "kustomize/not-a-folder", "A folder is expected where a file is named";
    // The kustomization file.
    EMPTY = "kustomize/empty", "A kustomization file says nothing";
    UNKNOWN_FIELD = "kustomize/unknown-field", "No such field";
    TYPE = "kustomize/type", "A field has another type than it takes";
    KIND = "kustomize/kind", "A Component stands where a Kustomization must, or the reverse, or another kind altogether";
    UNSUPPORTED = "kustomize/unsupported", "A field or entry that is not built here: plugins, charts, remote sources";
    DEPRECATED = "kustomize/deprecated", "A field that kustomize will drop";
    FIELD_CASE = "kustomize/field-case", "A field is written in other letters than it is known by";
    // Objects.
    OBJECT = "kustomize/object", "A document is not a Kubernetes object with a kind and a name";
    SEPARATOR = "kustomize/separator", "Something other than a comment follows the document separator";
    KEY = "kustomize/key", "A key of an object is not text";
    VALUE = "kustomize/value", "A value has no form in an object";
    DUPLICATE_ID = "kustomize/duplicate-id", "Two objects have the same group, version, kind, namespace and name";
    // Transformers.
    FIELD_PATH = "kustomize/field-path", "Something else stands where a transformer expects a field";
    CONFIGURATION = "kustomize/configuration", "A configuration contradicts kustomize's own places, or another one";
    LABELS = "kustomize/labels", "Field specifications of labels contradict each other";
    IMAGE = "kustomize/image", "An image name is no pattern that can be matched";
    REPLICAS = "kustomize/replicas", "No object has the name whose replicas are to be set";
    SELECTOR = "kustomize/selector", "A selector cannot be understood";
    PATCH = "kustomize/patch", "A patch cannot be understood, or does not fit what it is applied to";
    NO_TARGET = "kustomize/no-target", "A patch names an object that is not there, or more than one";
    REPLACEMENT = "kustomize/replacement", "A replacement's source or target cannot be found or changed";
    GENERATOR = "kustomize/generator", "A generator's sources or behavior do not fit";
    REFERENCE = "kustomize/reference", "A reference to another object cannot be updated";
    VAR = "kustomize/var", "A variable of vars is there twice, cannot be found, or is used nowhere";
    SORT = "kustomize/sort", "The order asked for is none that exists";
    // Flux.
    FLUX_FIELD = "flux/field", "A field of a Flux Kustomization has a value that cannot be used";
    FLUX_PATH = "flux/path", "The path of a Flux Kustomization does not exist";
    FLUX_OUTSIDE = "flux/outside", "A path leads out of the source that Flux fetches";
    FLUX_SOURCE = "flux/source", "A Flux Kustomization takes its files from another source";
    VARIABLE_NAME = "flux/variable-name", "The name of a variable is not one";
    VARIABLE_UNSET = "flux/variable-unset", "A variable is used that has no value and no default";
    SUBSTITUTION = "flux/substitution", "An expression of a substitution cannot be understood";
    SUBSTITUTED = "flux/substituted", "An object is no valid YAML after its variables were filled in";
    SUBSTITUTE_FROM = "flux/substitute-from", "A ConfigMap or Secret that variables come from is not there";
}
