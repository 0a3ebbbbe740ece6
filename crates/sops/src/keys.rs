//! Who can read a file: recipients, and the identities that open it.

mod environment;
mod identity;
mod recipient;
mod wrap;

pub use environment::Environment;
pub use identity::{Identities, Keyring};
pub use recipient::{KeyGroup, MasterKey, Recipient, generate_identity, parse_recipients};
pub(crate) use wrap::{unwrap, wrap};
