//! The index on disk gives what comparing with everything gives, after any changes, merges and reopenings; it says when a file is
//! damaged, and forgets nothing then.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use vedette_likeness::PdqHash;
use vedette_likeness::hamming::{HashChange, HashStore, HashStoreError};

type Model = BTreeMap<u64, PdqHash>;

#[derive(Debug, Clone)]
enum Act {
    Apply(Vec<HashChange>),
    Bulk(u64, u64),
    Merge,
    Reopen,
    Verify,
}

/// A hash near one of a few centres, or a stranger.
fn hash_of(seed: u64) -> PdqHash {
    let mut next = words(seed % 5 + u64::from(seed.is_multiple_of(7)) * seed);
    let mut hash = PdqHash(std::array::from_fn(|_| next() as u8));
    let mut next = words(seed);
    (0..next() % 40).for_each(|_| {
        let bit = next() as usize % 256;
        hash.0[bit / 8] ^= 1 << (bit % 8);
    });
    hash
}

fn words(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

fn brute(model: &Model, wanted: &PdqHash, max: u32) -> Vec<(u64, u32)> {
    let mut found: Vec<_> = model.iter().map(|(id, hash)| (*id, hash.distance(wanted))).collect();
    found.retain(|near| near.1 <= max);
    found.sort_unstable_by_key(|&(id, distance)| (distance, id));
    found
}

fn agree(store: &HashStore, model: &Model, seed: u64) {
    assert_eq!(store.len(), model.len());
    for wanted in (seed..seed + 6).map(hash_of) {
        for max in [0, 15, 31, 50] {
            assert_eq!(store.within(&wanted, max), brute(model, &wanted, max), "radius {max}");
        }
    }
}

fn put(model: &mut Model, changes: &[HashChange]) {
    for change in changes {
        match change {
            HashChange::Insert(id, hash) => {
                model.insert(*id, *hash);
            }
            HashChange::Remove(id) => {
                model.remove(id);
            }
        }
    }
}

fn change() -> impl Strategy<Value = HashChange> {
    prop_oneof![
        3 => (0u64..3_000, any::<u64>()).prop_map(|(id, seed)| HashChange::Insert(id, hash_of(seed))),
        2 => (0u64..3_000).prop_map(HashChange::Remove),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => prop::collection::vec(change(), 0..40).prop_map(Act::Apply),
        2 => (0u64..3_000, 200u64..2_500).prop_map(|(first, count)| Act::Bulk(first, count)),
        2 => Just(Act::Merge),
        2 => Just(Act::Reopen),
        1 => Just(Act::Verify),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_changes_merges_and_reopenings_give_what_comparing_everything_gives(
        acts in prop::collection::vec(act(), 1..24),
        seed in any::<u32>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = HashStore::open(folder.path()).unwrap();
        let mut model = Model::new();
        for act in acts {
            match act {
                Act::Apply(changes) => {
                    store.apply(&changes).unwrap();
                    put(&mut model, &changes);
                }
                Act::Bulk(first, count) => {
                    let changes: Vec<_> =
                        (first..first + count).map(|id| HashChange::Insert(id, hash_of(id * 31 + count))).collect();
                    store.apply(&changes).unwrap();
                    put(&mut model, &changes);
                }
                Act::Merge => {
                    store.merge().unwrap();
                }
                Act::Reopen => {
                    drop(store);
                    store = HashStore::open(folder.path()).unwrap();
                }
                Act::Verify => store.verify().unwrap(),
            }
            agree(&store, &model, seed.into());
        }
    }
}

#[test]
fn none_one_and_two_hashes_are_found_again() {
    for count in 0..3u64 {
        let folder = tempfile::tempdir().unwrap();
        let model: Model = (0..count).map(|id| (id, hash_of(id))).collect();
        drop(HashStore::build(folder.path(), model.clone()).unwrap());
        let store = HashStore::open(folder.path()).unwrap();
        agree(&store, &model, 0);
        assert!(!store.merge().unwrap());
        (0..count).for_each(|id| store.apply(&[HashChange::Remove(id)]).unwrap());
        agree(&store, &Model::new(), 0);
        assert_eq!(store.merge().unwrap(), count > 0);
        drop(store);
        agree(&HashStore::open(folder.path()).unwrap(), &Model::new(), 0);
    }
}

#[test]
fn a_snapshot_stays_as_it_is_while_others_change_and_merge() {
    let folder = tempfile::tempdir().unwrap();
    let first: Model = (0..5_000).map(|id| (id, hash_of(id))).collect();
    let store = HashStore::build(folder.path(), first.clone()).unwrap();
    let before = store.snapshot();
    let wanted = hash_of(3);
    let stop = AtomicBool::new(false);
    let mut model = first.clone();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                store.merge().unwrap();
            }
        });
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                assert_eq!(before.within(&wanted, 31), brute(&first, &wanted, 31));
                // Hash 3 is there all the time, however often its id is replaced by itself.
                assert_eq!(store.within(&wanted, 0).iter().filter(|near| near.0 == 3).count(), 1);
            }
        });
        for round in 0..60u64 {
            let changes: Vec<_> = (0..100)
                .map(|at| (round * 173 + at * 37) % 9_000)
                .map(|id| {
                    if id % 3 == 1 {
                        HashChange::Remove(id)
                    } else {
                        HashChange::Insert(id, hash_of(id + 9_000 * round))
                    }
                })
                .filter(|change| !matches!(change, HashChange::Insert(3, _)))
                .chain([HashChange::Insert(3, wanted)])
                .collect();
            store.apply(&changes).unwrap();
            put(&mut model, &changes);
        }
        stop.store(true, Ordering::Relaxed);
    });
    agree(&store, &model, 1);
    drop(store);
    agree(&HashStore::open(folder.path()).unwrap(), &model, 1);
}

#[test]
fn one_process_writes_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _store = HashStore::open(folder.path()).unwrap();
    assert!(matches!(HashStore::open(folder.path()), Err(HashStoreError::InUse { .. })));
}

fn checked(folder: &Path) -> Result<HashStore, HashStoreError> {
    let store = HashStore::open(folder)?;
    store.verify()?;
    Ok(store)
}

#[test]
fn a_changed_byte_anywhere_is_named_and_what_is_stored_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut model: Model = (0..400).map(|id| (id, hash_of(id))).collect();
    let store = HashStore::build(folder.path(), model.clone()).unwrap();
    for round in 0..3 {
        let changes = [HashChange::Remove(round), HashChange::Insert(1_000 + round, hash_of(round))];
        store.apply(&changes).unwrap();
        put(&mut model, &changes);
    }
    drop(store);
    let mut tried = 0;
    for name in ["segment-1", "MANIFEST", "log-1"] {
        let path = folder.path().join(name);
        let whole = std::fs::read(&path).unwrap();
        // The last batch of the log alone looks like one that was never acknowledged; it is kept beside it.
        let length = if name == "log-1" { whole.len() - 12 - 50 } else { whole.len() };
        for at in (0..length).step_by(if name == "segment-1" { 211 } else { 1 }) {
            let mut broken = whole.clone();
            broken[at] ^= 1 << (at % 8);
            std::fs::write(&path, &broken).unwrap();
            match checked(folder.path()) {
                Err(error @ HashStoreError::Damaged { .. }) => {
                    assert!(error.to_string().contains(name), "{error}");
                }
                // Filling between the sections.
                Ok(store) if name == "segment-1" => agree(&store, &model, 2),
                other => panic!("byte {at} of {name}: {other:?}"),
            }
            assert_eq!(std::fs::read(&path).unwrap(), broken, "{name} was touched");
            tried += 1;
        }
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            if name != "log-1" {
                std::fs::write(&path, &whole[..length]).unwrap();
                assert!(
                    matches!(checked(folder.path()), Err(HashStoreError::Damaged { .. })),
                    "{name} cut to {length}"
                );
            }
        }
        std::fs::write(&path, &whole).unwrap();
    }
    assert!(tried > 400);
    agree(&checked(folder.path()).unwrap(), &model, 2);
    std::fs::rename(folder.path().join("MANIFEST"), folder.path().join("gone")).unwrap();
    assert!(matches!(checked(folder.path()), Err(HashStoreError::Damaged { .. })));
}

#[test]
fn a_torn_last_batch_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let store = HashStore::open(folder.path()).unwrap();
    store.apply(&[HashChange::Insert(1, hash_of(1))]).unwrap();
    store.apply(&[HashChange::Insert(2, hash_of(2))]).unwrap();
    drop(store);
    let path = folder.path().join("log-1");
    let whole = std::fs::read(&path).unwrap();
    for length in whole.len() / 2..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let store = checked(folder.path()).unwrap();
        agree(&store, &[(1, hash_of(1))].into(), 0);
        store.apply(&[HashChange::Insert(3, hash_of(3))]).unwrap();
        drop(store);
        agree(&checked(folder.path()).unwrap(), &[(1, hash_of(1)), (3, hash_of(3))].into(), 0);
        if length > whole.len() / 2 {
            assert_eq!(std::fs::read(path.with_extension("torn")).unwrap(), &whole[whole.len() / 2..length]);
        }
    }
}

/// The process is killed while it writes; see the module's child.
mod kill {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    use super::*;

    const FOLDER: &str = "VEDETTE_HASH_STORE_OF_CHILD";
    const FROM: &str = "VEDETTE_HASH_STORE_FROM";

    fn batch(number: u64) -> Vec<HashChange> {
        (0..200)
            .map(|at| (number * 71 + at * 13) % 7_000)
            .map(|id| {
                if (id + number).is_multiple_of(4) {
                    HashChange::Remove(id)
                } else {
                    HashChange::Insert(id, hash_of(id ^ number << 20))
                }
            })
            .collect()
    }

    /// Not a test of its own: writes batches and says which are acknowledged, until it is killed.
    #[test]
    fn child() {
        let Ok(folder) = std::env::var(FOLDER) else { return };
        let from: u64 = std::env::var(FROM).unwrap().parse().unwrap();
        let store = HashStore::open(Path::new(&folder)).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    store.merge().unwrap();
                }
            });
            for number in from.. {
                store.apply(&batch(number)).unwrap();
                eprintln!("acknowledged {number}");
            }
        });
    }

    #[test]
    fn everything_acknowledged_is_there_after_each_kill() {
        let folder = tempfile::tempdir().unwrap();
        let seed =
            std::env::var("VEDETTE_SEED").map_or_else(|_| u64::from(std::process::id()), |seed| seed.parse().unwrap());
        println!("VEDETTE_SEED={seed}");
        let mut next = words(seed);
        let mut model = Model::new();
        let mut from = 0;
        for round in 0..25 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "kill::child", "--nocapture"])
                .env(FOLDER, folder.path())
                .env(FROM, from.to_string())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            let mut acknowledged = from;
            for _ in 0..next() % 20 {
                let Some(Ok(line)) = lines.next() else { break };
                acknowledged =
                    line.strip_prefix("acknowledged ").unwrap_or_else(|| panic!("{line}")).parse::<u64>().unwrap() + 1;
            }
            std::thread::sleep(std::time::Duration::from_micros(next() % 20_000));
            child.kill().unwrap();
            child.wait().unwrap();
            for line in lines.map_while(Result::ok) {
                acknowledged =
                    line.strip_prefix("acknowledged ").unwrap_or_else(|| panic!("{line}")).parse::<u64>().unwrap() + 1;
            }
            (from..acknowledged).for_each(|number| put(&mut model, &batch(number)));
            from = acknowledged;
            let store = checked(folder.path()).unwrap();
            // One batch may have been written and not yet acknowledged.
            let all = |model: &Model| brute(model, &PdqHash::default(), 256);
            if store.within(&PdqHash::default(), 256) != all(&model) {
                put(&mut model, &batch(from));
                from += 1;
            }
            assert!(store.within(&PdqHash::default(), 256) == all(&model), "round {round}: {from} batches");
            agree(&store, &model, round);
        }
        assert!(from > 25, "the children hardly wrote: {from}");
    }
}
