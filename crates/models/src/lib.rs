//! Model packs: local folders and files, each file known by its SHA-256, found by what they are for. Never downloaded.
