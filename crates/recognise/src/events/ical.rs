//! iCalendar files (RFC 5545): the `VEVENT`s of a desk's own calendar, as events. Out of a file that anyone may have written: every part has
//! a limit, and what cannot be read is an error with its line, never a guess.
//!
//! Read: `SUMMARY`, `LOCATION`, `UID`, `DTSTART`, `DTEND`, `DURATION`, `RRULE`, `EXDATE`, `STATUS`. Times keep the clock they are written in, whatever
//! their `TZID`: an event is local to its place. Alarms, attendees and descriptions are passed over.

use super::{Event, Recurrence, Times, after};
use jiff::civil::{Date, DateTime};
use rustc_hash::FxHashMap;

/// Bytes of a file: a busy desk's calendar of ten years stays below a tenth of it.
pub const ICAL_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Events of a file.
pub const ICAL_EVENTS_MAX: usize = 10_000;
/// Bytes of one line after unfolding; descriptions are the longest.
const LINE_BYTES_MAX: usize = 256 * 1024;
/// Exceptions of one event.
const EXCEPTIONS_MAX: usize = 1_000;
/// Characters of a name that are kept.
const NAME_CHARS_MAX: usize = 200;
/// Days that one event lasts at most; longer is a mistake or mischief.
const EVENT_DAYS_MAX: i64 = 3_660;
/// Components inside each other; alarms stand two deep.
const DEPTH_MAX: usize = 8;

/// Why an iCalendar file cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum IcalError {
    /// It is none.
    #[error("this is no iCalendar file: it does not begin with `BEGIN:VCALENDAR`")]
    NotACalendar,
    /// A limit is passed.
    #[error("the calendar has {what}, the limit is {limit}: split it")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: usize,
    },
    /// A line cannot be read.
    #[error("line {line} of the calendar: {message}")]
    Line {
        /// From 1, where the event ends that it belongs to or where it stands.
        line: usize,
        /// What is wrong and what is expected.
        message: String,
    },
    /// It ends inside a component.
    #[error("the calendar ends before `END:{0}`: the file is cut off")]
    CutOff(String),
}

/// Reads the events of an iCalendar file. Cancelled ones are left out. Ids are made from the names, places are those of `known_places`
/// whose name (first of the pair, folded by the caller's own rule) the location holds; the second is the id.
pub fn read_ical(content: &str, place_of: &dyn Fn(&str) -> Vec<String>) -> Result<Vec<Event>, IcalError> {
    if content.len() > ICAL_BYTES_MAX {
        return Err(IcalError::TooLarge { what: "too many bytes", limit: ICAL_BYTES_MAX });
    }
    let lines = unfold(content.trim_start_matches('\u{feff}'))?;
    if !lines.first().is_some_and(|(_, line)| line.trim_end().eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(IcalError::NotACalendar);
    }
    let mut open: Vec<String> = Vec::new();
    let mut event: Option<Raw> = None;
    let (mut events, mut used) = (Vec::new(), FxHashMap::default());
    for (number, line) in &lines {
        let Some(line) = Line::read(line) else { continue };
        match line.name.as_str() {
            "BEGIN" => {
                if open.len() >= DEPTH_MAX {
                    return Err(IcalError::TooLarge { what: "components too deep in each other", limit: DEPTH_MAX });
                }
                if line.value.eq_ignore_ascii_case("VEVENT") {
                    event = Some(Raw::default());
                }
                open.push(line.value.trim().to_ascii_uppercase());
            }
            "END" => {
                let closed = open.pop().unwrap_or_default();
                if !closed.eq_ignore_ascii_case(line.value.trim()) {
                    return Err(fault(*number, format!("`END:{}` closes `{closed}`", line.value.trim())));
                }
                if closed == "VEVENT"
                    && let Some(raw) = event.take()
                {
                    if events.len() >= ICAL_EVENTS_MAX {
                        return Err(IcalError::TooLarge { what: "too many events", limit: ICAL_EVENTS_MAX });
                    }
                    events.extend(raw.event(*number, &mut used, place_of)?);
                }
            }
            // What stands in an alarm inside an event is not the event's.
            _ if open.last().is_some_and(|last| last == "VEVENT") => {
                if let Some(raw) = &mut event {
                    raw.take(*number, line)?;
                }
            }
            _ => {}
        }
    }
    match open.pop() {
        Some(name) => Err(IcalError::CutOff(name)),
        None => Ok(events),
    }
}

fn fault(line: usize, message: String) -> IcalError {
    IcalError::Line { line, message }
}

/// Lines with their numbers; a line that begins with a space or tab goes on the one before (section 3.1).
fn unfold(content: &str) -> Result<Vec<(usize, String)>, IcalError> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (at, line) in content.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let more = line.strip_prefix([' ', '\t']);
        match (more, lines.last_mut()) {
            (Some(more), Some((_, so_far))) => so_far.push_str(more),
            _ if line.is_empty() => {}
            _ => lines.push((at + 1, line.to_owned())),
        }
        if lines.last().is_some_and(|(_, line)| line.len() > LINE_BYTES_MAX) {
            return Err(IcalError::TooLarge { what: "a line too long", limit: LINE_BYTES_MAX });
        }
    }
    Ok(lines)
}

/// A content line: name, parameters, value.
struct Line {
    name: String,
    all_day: bool,
    value: String,
}

impl Line {
    /// `None` for a line without a value, which is passed over.
    fn read(line: &str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, ch)| {
            quoted ^= *ch == '"';
            *ch == ':' && !quoted
        });
        let (head, value) = line.split_at_checked(colon?.0)?;
        let mut parts = head.split(';');
        let name = parts.next()?.trim().to_ascii_uppercase();
        let all_day = parts.any(|part| part.eq_ignore_ascii_case("VALUE=DATE"));
        Some(Self { name, all_day, value: value.get(1..)?.to_owned() })
    }
}

/// A `VEVENT` before it is checked.
#[derive(Default)]
struct Raw {
    summary: String,
    location: String,
    start: Option<(DateTime, bool)>,
    end: Option<DateTime>,
    days_and_seconds: Option<(i64, i64)>,
    rule: Option<Recurrence>,
    except: Vec<DateTime>,
    cancelled: bool,
    /// This one moves an occurrence of another.
    moved: bool,
}

impl Raw {
    fn take(&mut self, number: usize, line: Line) -> Result<(), IcalError> {
        let value = line.value.trim();
        let date = || {
            moment(value)
                .ok_or_else(|| fault(number, format!("`{value}` is no date such as 20261204 or 20261204T180000")))
        };
        match line.name.as_str() {
            "SUMMARY" => self.summary = text(value),
            "LOCATION" => self.location = text(value),
            "STATUS" => self.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            "RECURRENCE-ID" => self.moved = true,
            "DTSTART" => self.start = Some(date().map(|(at, day)| (at, day || line.all_day))?),
            "DTEND" => self.end = Some(date()?.0),
            "DURATION" => {
                let length = duration(value)
                    .ok_or_else(|| fault(number, format!("`{value}` is no duration such as P1D or PT2H")))?;
                self.days_and_seconds = Some(length);
            }
            "RRULE" => {
                self.rule =
                    Some(Recurrence::parse(value).map_err(|message| fault(number, format!("the rule {message}")))?)
            }
            "EXDATE" => {
                for one in value.split(',') {
                    if self.except.len() >= EXCEPTIONS_MAX {
                        return Err(IcalError::TooLarge {
                            what: "too many exceptions of one event",
                            limit: EXCEPTIONS_MAX,
                        });
                    }
                    let (at, _) =
                        moment(one).ok_or_else(|| fault(number, format!("`{one}` is no date such as 20261204")))?;
                    self.except.push(at);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The event; `None` when it was cancelled.
    fn event(
        self,
        line: usize,
        used: &mut FxHashMap<String, usize>,
        place_of: &dyn Fn(&str) -> Vec<String>,
    ) -> Result<Option<Event>, IcalError> {
        if self.cancelled {
            return Ok(None);
        }
        let Some((from, all_day)) = self.start else {
            return Err(fault(line, "the event that ends here has no `DTSTART`".to_owned()));
        };
        let to = self.end_of(from, all_day).ok_or_else(|| {
            fault(
                line,
                format!("the event that ends here ends before it begins, or lasts longer than {EVENT_DAYS_MAX} days"),
            )
        })?;
        let name = match self.summary.trim() {
            "" => "Event".to_owned(),
            name => name.chars().take(NAME_CHARS_MAX).collect(),
        };
        let count = used.entry(slug(&name)).and_modify(|count| *count += 1).or_insert(1);
        let id = if *count == 1 { slug(&name) } else { format!("{}-{count}", slug(&name)) };
        let times = match self.rule {
            Some(rule) if !self.moved => Times::Rule { from, to, rule, except: self.except },
            _ => Times::Once { from, to },
        };
        Ok(Some(Event { id, name, places: place_of(&self.location), times }))
    }

    fn end_of(&self, from: DateTime, all_day: bool) -> Option<DateTime> {
        let to = match (self.end, self.days_and_seconds) {
            (Some(end), _) => end,
            (None, Some((days, seconds))) => {
                from.checked_add(jiff::Span::new().try_days(days).ok()?.try_seconds(seconds).ok()?).ok()?
            }
            (None, None) if all_day => after(from.date(), 1)?.to_datetime(from.time()),
            // A moment is given an hour, so that there is something to meet.
            (None, None) => from.checked_add(jiff::Span::new().hours(1)).ok()?,
        };
        // An end on the same day is how some programs write one day.
        let to = if to == from {
            if all_day {
                after(from.date(), 1)?.to_datetime(from.time())
            } else {
                from.checked_add(jiff::Span::new().hours(1)).ok()?
            }
        } else {
            to
        };
        let days = from.date().until(to.date()).ok()?.get_days();
        (to > from && i64::from(days) <= EVENT_DAYS_MAX).then_some(to)
    }
}

/// `20261204`, `20261204T180000`, `20261204T180000Z`: the moment as written, and whether it is a day.
pub(super) fn moment(value: &str) -> Option<(DateTime, bool)> {
    let value = value.trim();
    let digits = |from: usize, to: usize| {
        let part = value.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i16>().ok()).flatten()
    };
    let small = |from: usize, to: usize| digits(from, to).and_then(|number| i8::try_from(number).ok());
    let day =
        Date::new(digits(0, 4)?, small(4, 6)?, small(6, 8)?).ok().filter(|day| (1900..=2200).contains(&day.year()))?;
    match value.get(8..)? {
        "" => Some((super::midnight(day), true)),
        time if time.starts_with('T') && matches!(time.len(), 7 | 8) && (time.len() == 7 || time.ends_with('Z')) => {
            let second = small(13, 15)?.min(59);
            let time = jiff::civil::Time::new(small(9, 11)?, small(11, 13)?, second, 0).ok()?;
            Some((day.to_datetime(time), false))
        }
        _ => None,
    }
}

/// `P1W`, `P1DT2H30M`: days and seconds. Negative ones are none.
fn duration(value: &str) -> Option<(i64, i64)> {
    let rest = value.strip_prefix('+').unwrap_or(value).strip_prefix('P')?;
    let (mut days, mut seconds, mut number, mut in_time) = (0i64, 0i64, None::<i64>, false);
    for ch in rest.chars() {
        match ch {
            '0'..='9' => {
                let digit = i64::from(ch.to_digit(10)?);
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit).filter(|n| *n < 10_000_000)?);
            }
            'T' => in_time = true,
            unit => {
                let count = number.take()?;
                match (unit, in_time) {
                    ('W', false) => days += count * 7,
                    ('D', false) => days += count,
                    ('H', true) => seconds += count * 3_600,
                    ('M', true) => seconds += count * 60,
                    ('S', true) => seconds += count,
                    _ => return None,
                }
            }
        }
    }
    (number.is_none() && days + seconds > 0).then_some((days, seconds))
}

/// Takes the escapes of section 3.3.11 out; line breaks and controls become spaces.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut escaped = false;
    for ch in value.chars() {
        match (escaped, ch) {
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (true, 'n' | 'N') => out.push(' '),
            (_, ch) if ch.is_control() => out.push(' '),
            (_, ch) => out.push(ch),
        }
        escaped = false;
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id from a name: letters that Latin script has, digits and hyphens; `event` when none remain.
fn slug(name: &str) -> String {
    const CHARS_MAX: usize = 60;
    let folded = vedette_text::fold::fold_plain(name);
    let mut out = String::new();
    for ch in folded.chars().take(CHARS_MAX) {
        if ch.is_ascii_alphanumeric() {
            out.push(ch.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_end_matches('-').to_owned();
    if out.is_empty() { "event".to_owned() } else { out }
}
