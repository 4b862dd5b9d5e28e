//! Weights as the program carries them: 8 bits, or 4 bits and a scale a row.

use super::Group;
use super::learn::Model;
use super::select::Chosen;

/// The bytes of one group; `table.rs` says what stands where.
pub fn pack(group: &Group, codes: &[&str], chosen: &Chosen, model: &Model<'_>) -> Vec<u8> {
    let mut bytes = group.script.as_bytes().to_vec();
    bytes.extend([group.lanes as u8, group.bits as u8, codes.len() as u8]);
    for code in codes {
        bytes.push(code.len() as u8);
        bytes.extend(code.as_bytes());
    }
    let largest = model.weights.iter().fold(0f32, |most, weight| most.max(weight.abs()));
    let unit = if group.bits == 4 { largest / (7.0 * 255.0) } else { largest.min(limit(&model.weights)) / 127.0 };
    bytes.extend(unit.to_le_bytes());
    for bias in &model.bias {
        bytes.extend(bias.to_le_bytes());
    }
    bytes.extend(((chosen.fingerprints.len() / 8) as u32).to_le_bytes());
    for fingerprint in &chosen.fingerprints {
        bytes.extend(fingerprint.to_le_bytes());
    }
    for row in model.weights.chunks_exact(group.lanes) {
        if group.bits == 4 {
            nibbles(row, unit, &mut bytes);
        } else {
            bytes.extend(row.iter().map(|weight| (weight / unit).round().clamp(-127.0, 127.0) as i8 as u8));
        }
    }
    bytes
}

/// Nearly all weights are below this; the few above are cut.
fn limit(weights: &[f32]) -> f32 {
    let mut sizes: Vec<f32> = weights.iter().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() * 9_995 / 10_000).copied().unwrap_or(1.0)
}

/// Adding the same to all lanes of a row changes nothing, so a row is centred between its least and its greatest weight first.
fn nibbles(row: &[f32], unit: f32, bytes: &mut Vec<u8>) {
    let (least, most) =
        row.iter().fold((f32::MAX, f32::MIN), |(least, most), weight| (least.min(*weight), most.max(*weight)));
    let middle = f32::midpoint(least, most);
    let scale = ((most - least) / 2.0 / 7.0 / unit).ceil().clamp(1.0, 255.0);
    bytes.push(scale as u8);
    let level = |weight: f32| ((weight - middle) / (scale * unit)).round().clamp(-8.0, 7.0) as i8 + 8;
    let half = row.len() / 2;
    bytes.extend((0..half).map(|at| level(row[at]) as u8 | ((level(row[at + half]) as u8) << 4)));
}
