//! The suite is frozen: whoever changes a case after tuning has changed the measure.

#![allow(clippy::unwrap_used)] // a test may panic

use std::path::Path;

use sha2::{Digest, Sha256};

/// Hashes by split, as `build.py` makes them: SHA-256 over the split's lines of `cases.jsonl`, each with its end.
fn hash_of(split: &str, cases: &str) -> String {
    let mut hash = Sha256::new();
    for line in cases.lines().filter(|line| line.contains(&format!("\"split\":\"{split}\""))) {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_cases_of_threatcheck_are_those_that_were_frozen() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("threatcheck");
    let cases = std::fs::read_to_string(suite.join("cases.jsonl")).unwrap();
    let frozen = std::fs::read_to_string(suite.join("FROZEN.sha256")).unwrap();
    for split in ["tune", "held"] {
        let hash = hash_of(split, &cases);
        assert!(frozen.contains(&hash), "the {split} split hashes to {hash}, which is not in FROZEN.sha256:\n{frozen}");
    }
    // The control: a word more in the cases, and the hash is another.
    assert!(!frozen.contains(&hash_of("tune", &cases.replace("\"text\":\"", "\"text\":\"and "))));
}
