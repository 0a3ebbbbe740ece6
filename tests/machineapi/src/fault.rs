//! Faults on demand: what goes wrong at which call, and who is told.

use std::sync::Arc;

/// What goes wrong.
#[derive(Clone)]
pub enum Fault {
    /// Nobody listens: the connection is refused, as the proxy before the machine reports it.
    Refuse,
    /// The call is taken and never answered; nothing is done.
    Hang,
    /// The connection breaks before anything is done.
    CutBefore,
    /// It is done, and the connection breaks before the answer.
    CutAfter,
    /// The answer is this gRPC code with these words; nothing is done.
    Answer(tonic::Code, &'static str),
    /// The machine goes back to what it ran before, as Talos does when a boot fails.
    RollBack,
    /// The machine comes back without its member of etcd.
    LoseMember,
    /// The machine goes down and stays so.
    NeverReturn,
    /// Somebody is told before anything is done.
    Before(Arc<dyn Fn() + Send + Sync>),
    /// Somebody is told when it is done, before the answer.
    After(Arc<dyn Fn() + Send + Sync>),
}

/// A fault and when it strikes.
#[derive(Clone)]
pub struct Rule {
    /// The call's last word: `Upgrade`, `EtcdStatus`; `*` is any.
    pub call: String,
    /// The machine's address; `*` is any.
    pub address: String,
    /// How many such calls go well before.
    pub skip: usize,
    /// How many are struck afterwards.
    pub times: usize,
    /// What goes wrong.
    pub fault: Fault,
    /// Calls count only after the machine has got this one.
    pub since: Option<&'static str>,
}

impl Rule {
    /// Strikes the first such call, once.
    pub fn once(call: &str, address: &str, fault: Fault) -> Self {
        Self { call: call.to_owned(), address: address.to_owned(), skip: 0, times: 1, fault, since: None }
    }

    /// Strikes every such call.
    pub fn always(call: &str, address: &str, fault: Fault) -> Self {
        Self { times: usize::MAX, ..Self::once(call, address, fault) }
    }

    /// Strikes after `count` such calls.
    #[must_use]
    pub fn after(self, count: usize) -> Self {
        Self { skip: count, ..self }
    }

    /// Strikes only after the machine has got another call.
    #[must_use]
    pub fn since(self, call: Option<&'static str>) -> Self {
        Self { since: call, ..self }
    }

    /// Whether it has struck as often as it was to.
    pub(crate) fn is_over(&self) -> bool {
        self.times == 0
    }

    /// Whether it strikes this call, which it counts.
    pub(crate) fn strikes(&mut self, call: &str, address: &str) -> bool {
        let here = self.address == "*" || self.address == address;
        if let Some(since) = self.since {
            if here && since == call {
                self.since = None;
            }
            return false;
        }
        let meant = here && (self.call == "*" || self.call == call);
        if !meant || self.times == 0 {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.times = self.times.saturating_sub(usize::from(self.times != usize::MAX));
        true
    }
}
