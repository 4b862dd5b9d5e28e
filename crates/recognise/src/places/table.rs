//! The gazetteer's packed form: places and the hashes of their names, read in place without unpacking.
//!
//! The table holds no spelled-out alternate names: a name is the hash of its word keys. Packing and looking up use the same
//! folding, and a test looks names of three scripts up, so a change of the folding that needs a new table is noticed.

use crate::words::{self, join};
use vedette_text::fold::fold_plain;
use vedette_text::tokens::tokens;

/// First bytes of the file; the last digit is its version.
const MAGIC: &[u8; 8] = b"VGAZ0004";
const HEADER_BYTES: usize = 32;
const PLACE_BYTES: usize = 26;
const PAIR_BYTES: usize = 8;
/// Names are sorted by hash and found through the first 16 bits of it.
const BUCKETS: usize = 1 << 16;
/// Bits of the map that says which sequences of words begin a name: 8 Mi keep wrong answers below a tenth.
const PREFIX_BITS: u64 = 1 << 23;
/// Words of the longest place name.
pub(crate) const PLACE_WORDS_MAX: usize = 6;
/// Marks, in a pair, the name that a place is shown by.
const MAIN: u32 = 1 << 31;
/// Marks, in a pair, a Cyrillic name that ends in a consonant: with the ending of an adjective it is one, no case of the name.
const CONSONANT: u32 = 1 << 30;
/// Marks, in a pair, a Cyrillic name that is an adjective itself: `Северный`.
const ADJECTIVE: u32 = 1 << 29;
const FLAGS: u32 = MAIN | CONSONANT | ADJECTIVE;
/// Sequences of words are hashed from here.
pub(crate) const SEQUENCE: u64 = 0x5bd1_e995_9bd1_e995;

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    Country,
    City,
    /// A first division of a country, or a region.
    State,
    /// A second division: a county.
    District,
}

/// One place of the gazetteer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub kind: PlaceKind,
    pub geonames_id: u32,
    pub lat: f32,
    pub lon: f32,
    pub country: [u8; 2],
    pub population: u32,
    /// The first division that it lies in, or is; 0 when unknown.
    pub division: u16,
    name: (u32, u8),
}

/// A place that a name may mean, and how it bears the name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub place: Place,
    /// It is shown by this name.
    pub main: bool,
    /// Cyrillic, ends in a consonant.
    pub consonant: bool,
    /// Cyrillic, an adjective by its form.
    pub adjective: bool,
}

/// The packed table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    places: &'static [u8],
    names: &'static [u8],
    buckets: &'static [u8],
    pairs: &'static [u8],
    prefixes: &'static [u8],
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

impl Table {
    /// Opens a packed table; `None` when it is not one.
    pub fn open(bytes: &'static [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let size = |slot: usize| u32_at(rest, slot * 4) as usize;
        let (places, names, pairs) = (size(0) * PLACE_BYTES, size(1), size(2) * PAIR_BYTES);
        let mut at = HEADER_BYTES;
        let mut take = |length: usize| {
            let part = bytes.get(at..at.checked_add(length)?)?;
            at += length;
            Some(part)
        };
        Some(Self {
            places: take(places)?,
            names: take(names)?,
            buckets: take((BUCKETS + 1) * 4)?,
            pairs: take(pairs)?,
            prefixes: take(PREFIX_BITS as usize / 8)?,
        })
    }

    /// Number of places.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.places.len() / PLACE_BYTES
    }

    /// Whether some name begins with, or is, the sequence.
    #[inline]
    pub fn begins(&self, sequence: u64) -> bool {
        let bit = prefix_bit(sequence);
        self.prefixes.get((bit / 8) as usize).is_some_and(|byte| byte & (1 << (bit % 8)) != 0)
    }

    /// The places that a sequence of words names.
    pub fn named(&self, sequence: u64) -> impl Iterator<Item = Named> + '_ {
        let bucket = (sequence >> 48) as usize;
        let check = (sequence >> 16) as u32;
        let from = u32_at(self.buckets, bucket * 4) as usize;
        let to = u32_at(self.buckets, bucket * 4 + 4) as usize;
        (from..to).filter_map(move |pair| {
            let at = pair * PAIR_BYTES;
            if u32_at(self.pairs, at) != check {
                return None;
            }
            let pair = u32_at(self.pairs, at + 4);
            let has = |flag: u32| pair & flag != 0;
            let place = self.place(pair & !FLAGS)?;
            Some(Named { place, main: has(MAIN), consonant: has(CONSONANT), adjective: has(ADJECTIVE) })
        })
    }

    fn place(&self, number: u32) -> Option<Place> {
        let at = number as usize * PLACE_BYTES;
        let row = self.places.get(at..at + PLACE_BYTES)?;
        let kind = match row.get(23)? {
            0 => PlaceKind::Country,
            1 => PlaceKind::City,
            2 => PlaceKind::State,
            _ => PlaceKind::District,
        };
        Some(Place {
            kind,
            lat: f32::from_bits(u32_at(row, 0)),
            lon: f32::from_bits(u32_at(row, 4)),
            population: u32_at(row, 8),
            geonames_id: u32_at(row, 12),
            name: (u32_at(row, 16), *row.get(20)?),
            country: [*row.get(21)?, *row.get(22)?],
            division: u16::from_le_bytes([*row.get(24)?, *row.get(25)?]),
        })
    }

    /// The name a place is shown by.
    pub fn name(&self, place: &Place) -> &'static str {
        let (from, length) = (place.name.0 as usize, usize::from(place.name.1));
        self.names.get(from..from + length).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
    }
}

#[inline]
fn prefix_bit(sequence: u64) -> u64 {
    (sequence ^ (sequence >> 31)) & (PREFIX_BITS - 1)
}

/// The key of a word in place names. Unlike names of the register, the Arabic article counts: `المدينة` is a city, `مدينة` any.
pub(crate) fn place_key(key: u64, article: bool) -> u64 {
    if article { join(key, 1) } else { key }
}

/// Packs lines of kind, GeoNames id, latitude, longitude, country, population and names (`|` between them), tabs between
/// the fields, into the bytes that the recogniser reads. An error names the line.
pub fn pack(lines: &str) -> Result<Vec<u8>, String> {
    let (mut places, mut names) = (Vec::new(), Vec::new());
    let mut pairs: Vec<(u64, u32)> = Vec::new();
    let mut prefixes = vec![0u8; PREFIX_BITS as usize / 8];
    for (number, line) in lines.lines().enumerate() {
        let row = read_row(line).ok_or_else(|| format!("line {}: not a place: {line}", number + 1))?;
        let main = row.names.first().copied().unwrap_or_default();
        if main.len() > usize::from(u8::MAX) {
            return Err(format!("line {}: the name is too long: {main}", number + 1));
        }
        for part in [row.lat.to_bits(), row.lon.to_bits(), row.population, row.id, names.len() as u32] {
            places.extend_from_slice(&part.to_le_bytes());
        }
        places.extend_from_slice(&[main.len() as u8, row.country[0], row.country[1], row.kind]);
        places.extend_from_slice(&row.division.to_le_bytes());
        names.extend_from_slice(main.as_bytes());
        for (at, name) in row.names.iter().enumerate() {
            let Some(sequence) = sequence_of(name, &mut prefixes) else { continue };
            let flag = if at == 0 { MAIN } else { 0 } | form_of(name);
            let known = pairs.iter_mut().rev().take(row.names.len());
            match known.into_iter().find(|pair| pair.0 == sequence && pair.1 & !FLAGS == number as u32) {
                // One stem of several spellings: an adjective if any of them is one.
                Some(pair) => pair.1 |= form_of(name) & ADJECTIVE,
                None => pairs.push((sequence, number as u32 | flag)),
            }
        }
    }
    pairs.sort_unstable();
    let count = places.len() / PLACE_BYTES;
    let mut out = Vec::new();
    out.extend_from_slice(MAGIC);
    for part in [count, names.len(), pairs.len(), 0, 0, 0] {
        out.extend_from_slice(&(part as u32).to_le_bytes());
    }
    out.extend_from_slice(&places);
    out.extend_from_slice(&names);
    let mut at = 0;
    for bucket in 0..=BUCKETS as u64 {
        while pairs.get(at).is_some_and(|pair| (pair.0 >> 48) < bucket) {
            at += 1;
        }
        out.extend_from_slice(&(at as u32).to_le_bytes());
    }
    for (sequence, place) in &pairs {
        out.extend_from_slice(&((sequence >> 16) as u32).to_le_bytes());
        out.extend_from_slice(&place.to_le_bytes());
    }
    out.extend_from_slice(&prefixes);
    Ok(out)
}

/// What the last letters of a Cyrillic name say about its cases.
fn form_of(name: &str) -> u32 {
    const ADJECTIVES: &[&str] = &["ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие"];
    match name.chars().last() {
        Some('а'..='я' | 'ё') if ADJECTIVES.iter().any(|ending| name.ends_with(ending)) => ADJECTIVE,
        // `Китай` has the genitive `Китая`.
        Some('а' | 'е' | 'ё' | 'и' | 'й' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'ь') => 0,
        Some('а'..='я') => CONSONANT,
        _ => 0,
    }
}

struct Row<'a> {
    kind: u8,
    id: u32,
    lat: f32,
    lon: f32,
    country: [u8; 2],
    division: u16,
    population: u32,
    names: Vec<&'a str>,
}

fn read_row(line: &str) -> Option<Row<'_>> {
    let mut fields = line.split('\t');
    let kind = match fields.next()? {
        "country" => 0,
        "city" => 1,
        "state" => 2,
        "district" => 3,
        _ => return None,
    };
    Some(Row {
        kind,
        id: fields.next()?.parse().ok()?,
        lat: fields.next()?.parse().ok()?,
        lon: fields.next()?.parse().ok()?,
        country: fields.next()?.as_bytes().try_into().ok()?,
        division: fields.next()?.parse().ok()?,
        population: fields.next()?.parse::<u64>().ok()?.min(u64::from(u32::MAX)) as u32,
        names: fields.next()?.split('|').collect(),
    })
}

/// Hash of a name's words; every beginning of it is marked in `prefixes`.
fn sequence_of(name: &str, prefixes: &mut [u8]) -> Option<u64> {
    let folded = fold_plain(name);
    let words: Vec<&str> = tokens(&folded).filter_map(|token| folded.get(token.start..token.end)).collect();
    if words.is_empty() || words.len() > PLACE_WORDS_MAX {
        return None;
    }
    let mut sequence = SEQUENCE;
    for word in words {
        let (key, article) = words::name_key(word);
        sequence = join(sequence, place_key(key, article));
        let bit = prefix_bit(sequence);
        if let Some(byte) = prefixes.get_mut((bit / 8) as usize) {
            *byte |= 1 << (bit % 8);
        }
    }
    Some(sequence)
}
