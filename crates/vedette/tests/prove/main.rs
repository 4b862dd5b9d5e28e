//! The proofs of "nothing is lost": the real program is killed, its disk loses power, fills up and fails, and afterwards
//! everything that was acknowledged must be there. `docs/proofs.md` says what each harness shows and what it does not.
//!
//! Short by default; `make prove` runs the long form (`VEDETTE_PROVE=long`). Each harness prints its seed and one closing
//! line, and has a control that must fail. `VEDETTE_PROVE_SEED=N` repeats a run.

#![allow(clippy::unwrap_used)] // a test may panic

mod cut;
mod dice;
mod disk;
mod full;
mod kill;
mod life;
mod look;
mod writer;
