//! Leaves: a record becomes a commitment, a commitment a leaf hash, two hashes a node (RFC 6962 section 2.1).

use vedette_core::Sha256;

use crate::sha256_of;

/// SHA-256(salt ‖ record): the data of a leaf. Once the salt is erased, a short post cannot be guessed from it.
pub fn commitment(salt: &[u8; 16], record: &str) -> Sha256 {
    sha256_of(&[salt, record.as_bytes()])
}

/// Hash of a leaf: SHA-256(0x00 ‖ commitment).
pub fn leaf_hash(commitment: &Sha256) -> Sha256 {
    sha256_of(&[&[0], &commitment.0])
}

/// Hash of a node over two others: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Sha256, right: &Sha256) -> Sha256 {
    sha256_of(&[&[1], &left.0, &right.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_is_no_node_and_another_salt_is_another_leaf() {
        let one = commitment(&[1; 16], "record");
        assert_ne!(one, commitment(&[2; 16], "record"));
        assert_ne!(leaf_hash(&one), one);
        assert_ne!(node_hash(&one, &one), leaf_hash(&one));
    }

    #[test]
    fn hashes_are_those_of_the_rfc() {
        // The empty leaf and the first two leaves of the test data that Certificate Transparency publishes.
        let empty = crate::sha256_of(&[&[0]]);
        assert_eq!(empty.hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let second = crate::sha256_of(&[&[0], &[0]]);
        assert_eq!(
            node_hash(&empty, &second).hex(),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
    }
}
