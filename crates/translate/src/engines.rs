//! The engines of a desk, in the order in which they are asked, with what each may be asked and what may leave the machine.

use std::sync::Arc;

use vedette_core::translation::{Engine, Translator};

use crate::allowance::{Allowance, Ledger, MemoryLedger};
use crate::cache::{Cache, MemoryCache};
use crate::policy::Policy;
use crate::translating::{NotTranslated, ToTranslate};

/// An engine and what it may be asked.
pub(crate) struct Equipped {
    pub translator: Arc<dyn Translator>,
    pub allowance: Allowance,
}

/// The engines, in the order of the configuration.
pub struct Engines {
    list: Vec<Equipped>,
    policy: Policy,
    pub(crate) cache: Arc<dyn Cache>,
    pub(crate) ledger: Arc<dyn Ledger>,
}

impl Default for Engines {
    /// No engine, nothing leaves, cache and ledger in memory.
    fn default() -> Self {
        Self::new(Policy::default(), Arc::new(MemoryCache::default()), Arc::new(MemoryLedger::default()))
    }
}

impl Engines {
    /// No engine yet: [`Engines::with`] adds them.
    pub fn new(policy: Policy, cache: Arc<dyn Cache>, ledger: Arc<dyn Ledger>) -> Self {
        Self { list: Vec::new(), policy, cache, ledger }
    }

    /// Adds an engine behind those that are there.
    #[must_use]
    pub fn with(mut self, translator: Arc<dyn Translator>, allowance: Allowance) -> Self {
        self.list.push(Equipped { translator, allowance });
        self
    }

    /// Whether no engine is installed.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The installed engines in order.
    pub fn installed(&self) -> impl Iterator<Item = Engine> {
        self.list.iter().map(|equipped| equipped.translator.engine())
    }

    /// Whether some engine translates these languages, whatever may leave the machine.
    pub fn knows(&self, from: &str, to: &str) -> bool {
        self.list.iter().any(|equipped| equipped.translator.knows(from, to))
    }

    /// The engine that would be asked first.
    ///
    /// # Errors
    /// Why there is none.
    pub fn would_ask(&self, what: &ToTranslate<'_>) -> Result<Engine, NotTranslated> {
        let first = self.candidates(what)?.into_iter().next().ok_or(NotTranslated::NoEngine)?;
        Ok(first.translator.engine_for(what.from, what.to))
    }

    /// Those that know the pair and are allowed, in order; at least one.
    pub(crate) fn candidates(&self, what: &ToTranslate<'_>) -> Result<Vec<&Equipped>, NotTranslated> {
        if self.list.is_empty() {
            return Err(NotTranslated::NoEngine);
        }
        let mut refused = None;
        let mut allowed = Vec::new();
        for equipped in self.list.iter().filter(|equipped| equipped.translator.knows(what.from, what.to)) {
            match self.policy.allows(&equipped.translator.engine(), what.source_id, what.tlp) {
                Ok(()) => allowed.push(equipped),
                Err(fault) => refused = refused.or(Some(fault)),
            }
        }
        match (allowed.is_empty(), refused) {
            (false, _) => Ok(allowed),
            (true, Some(fault)) => Err(NotTranslated::NotAllowed { reason: fault.to_string() }),
            (true, None) => Err(NotTranslated::NoPair { from: what.from.to_owned(), to: what.to.to_owned() }),
        }
    }
}
