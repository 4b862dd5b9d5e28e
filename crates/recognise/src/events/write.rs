//! Events as entries of a register file, to be reviewed by a person and kept.

use super::{Event, Recurrence, Times, after};
use jiff::civil::{Date, DateTime};

/// Register entries of dated and rule-bound events. The register knows days: times of day are left out, an event that ends within a day
/// counts to its end. `source` is what each entry names as its source.
pub fn to_toml(events: &[Event], source: &str) -> String {
    let mut out = String::new();
    for event in events {
        let (from, to, rule, except) = match &event.times {
            Times::Once { from, to } => (*from, *to, None, [].as_slice()),
            Times::Rule { from, to, rule, except } => (*from, *to, Some(rule), except.as_slice()),
            // Anniversaries come from register files and need not go back there.
            Times::Yearly(_) => continue,
        };
        out.push_str(&format!("[[event]]\nid = {}\nname = {}\n", quoted(&event.id), quoted(&event.name)));
        out.push_str(&format!("from = \"{}\"\nto = \"{}\"\n", from.date(), day_after(to)));
        if let Some(rule) = rule {
            out.push_str(&format!("recurs = {}\n", recurs(rule, except)));
        }
        if !event.places.is_empty() {
            let places: Vec<String> = event.places.iter().map(|place| quoted(place)).collect();
            out.push_str(&format!("places = [{}]\n", places.join(", ")));
        }
        out.push_str(&format!("source = {}\n\n", quoted(source)));
    }
    out
}

fn recurs(rule: &Recurrence, except: &[DateTime]) -> String {
    let days: Vec<String> = except.iter().map(|at| format!("\"{}\"", at.date())).collect();
    match days.is_empty() {
        true => format!("{{ rule = {} }}", quoted(&rule.write())),
        false => format!("{{ rule = {}, except = [{}] }}", quoted(&rule.write()), days.join(", ")),
    }
}

/// The day after the last one that an end touches.
fn day_after(to: DateTime) -> Date {
    if to.time() == jiff::civil::Time::midnight() { to.date() } else { after(to.date(), 1).unwrap_or(to.date()) }
}

/// A TOML string; control characters do not come out of the calendar reader.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
