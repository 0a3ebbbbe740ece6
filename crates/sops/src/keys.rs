//! Who can read a file: recipients, and the identities that open it.

mod ask;
mod environment;
mod identity;
mod pq;
mod recipient;
mod slow;
mod wrap;
mod xwing;

pub use ask::{Ask, set_ask};
pub use environment::Environment;
pub use identity::{Identities, Keyring};
pub use recipient::{
    KeyGroup, MasterKey, Recipient, generate_identity, generate_pq_identity, parse_recipients, shorten,
};
pub(crate) use wrap::wrap;
