//! Fuzzes `pdf_pages`, see `entries.rs`.
#![no_main]
#[path = "../entries.rs"]
mod entries;
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::pdf_pages(bytes));
