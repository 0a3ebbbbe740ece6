//! Which steps come next: workers with the same operation side by side, everything else alone, and among controllers
//! the one that leads etcd last, whichever it is then: each time it goes down, etcd must find another.

use std::collections::VecDeque;

use cliutil::Outcome;

use crate::observe::Observer;
use crate::plan::{Condition, Plan, Step};

/// The steps that are left.
pub(super) struct Order<'p> {
    rest: VecDeque<&'p Step>,
}

impl<'p> Order<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self { rest: plan.steps.iter().collect() }
    }

    /// The steps that may run beside each other now; none when all are done.
    ///
    /// # Errors
    /// `program/start`.
    pub(super) fn next(&mut self, observer: &Observer) -> Outcome<Vec<&'p Step>> {
        let Some(first) = self.rest.front().copied() else { return Ok(Vec::new()) };
        let alike = |step: &&&Step| step.action.name() == first.action.name() && may_run_beside(step);
        let size = self.rest.iter().take_while(alike).count().max(1);
        if size == 1 && first.action.leads_last() && !first.on_worker() {
            self.leader_back(first, observer)?;
        }
        Ok(self.rest.drain(..size).collect())
    }

    /// Puts the leader behind the other controllers that the same is to be done to.
    fn leader_back(&mut self, first: &Step, observer: &Observer) -> Outcome<()> {
        let alike = |step: &&&Step| step.action.name() == first.action.name() && !step.on_worker();
        let count = self.rest.iter().take_while(alike).count();
        let controllers = first.preconditions.iter().chain(&first.checks).find_map(Condition::controllers);
        let Some(controllers) = controllers.filter(|_| count > 1) else { return Ok(()) };
        let Some(leader) = observer.etcd_leader(controllers)? else { return Ok(()) };
        let leads = |step: &&Step| step.node.as_ref().is_some_and(|node| node.address == leader);
        if self.rest.front().is_some_and(leads)
            && let Some(step) = self.rest.pop_front()
        {
            self.rest.insert(count - 1, step);
        }
        Ok(())
    }
}

/// Workers may, and what changes nothing.
fn may_run_beside(step: &Step) -> bool {
    step.on_worker() || (step.node.is_some() && !step.action.changes())
}
