//! Keys, certificates and random tokens as Talos makes them: the four certificate authorities of a cluster, the key
//! that signs service-account tokens, client certificates for the Talos API, and the random words of a secrets bundle.
//!
//! One backend (aws-lc) for every algorithm. Private keys live in [`Secret`], which is wiped when dropped and never
//! printed. Time is passed in, so that callers decide what now is. Nothing in here reads or writes files.

mod authority;
mod client;
mod der;
mod error;
mod inspect;
mod key;
mod pem;
pub mod random;
mod rsa;
mod secret;

pub use authority::{
    AUTHORITY_LIFETIME, aggregator_authority, etcd_authority, kubernetes_authority, talos_authority,
};
pub use client::{CLIENT_LIFETIME, talos_client};
pub use error::{Error, Result};
pub use inspect::{Certificate, check_key, check_pair, read_certificate};
pub use key::{ServiceAccountKey, service_account_key};
pub use secret::{KeyPair, Secret};
