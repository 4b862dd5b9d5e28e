//! What one form of a word can mean: the vocabulary of the rules.

use super::feasts::Feast;

/// Calendar of a month name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calendar {
    Gregorian,
    Hijri,
    Solar,
}

impl Calendar {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Gregorian => "gregorian",
            Self::Hijri => "hijri",
            Self::Solar => "solar-hijri",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Quarter,
    HalfYear,
    Year,
    Decade,
    Century,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Dawn,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
    Midnight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// A time that is named without being told, and the days around now it is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vague {
    /// "Now": no interval.
    Now,
    /// "These days".
    TheseDays,
    /// "Soon", "shortly".
    Soon,
    /// "In the future", "one day".
    Someday,
    /// "Recently".
    Recent,
    /// "Previously", "in the past".
    Formerly,
}

/// Meanings that are yes or no: the name in the tables and the bit.
macro_rules! flags {
    ($($name:ident $bit:literal $word:literal),* $(,)?) => {
        $(pub(super) const $name: u64 = 1 << $bit;)*
        const FLAGS: &[(&str, u64)] = &[$(($word, $name)),*];
    };
}

flags! {
    WEEKEND 0 "weekend", NEXT 1 "next", LAST 2 "last", THIS 3 "this", COMING 4 "coming", FEW 5 "few",
    AFTER_PRE 6 "after-pre", AFTER_POST 7 "after-post", BEFORE_PRE 8 "before-pre", BEFORE_POST 9 "before-post",
    WITHIN_PRE 10 "within-pre", WITHIN_POST 11 "within-post", ON 12 "on", AT 13 "at", HOUR_AT 14 "hour-at", OF 15 "of",
    THE 16 "the", TO 17 "to", AND 18 "and", FROM 19 "from", EVERY 20 "every", AM 21 "am", PM 22 "pm", OCLOCK 23 "oclock",
    ORDINAL 24 "ordinal", YEAR 25 "year", PLURAL 26 "plural", HIJRI_MARK 27 "hijri-mark", SOLAR_MARK 28 "solar-mark",
    GREGORIAN_MARK 29 "gregorian-mark", SINCE 30 "since", ABOUT 31 "about", EARLY 32 "early", LATE 33 "late", MID 34 "mid",
    FISCAL 35 "fiscal", OWNED 36 "owned", HALF 37 "half", BEFORE 38 "before", AFTER 39 "after", THAT 40 "that", OR 41 "or",
    FILLER 42 "filler", PERIOD 43 "period", PAST_CLOCK 45 "past-clock", TO_CLOCK 46 "to-clock",
    QUARTER_HOUR 47 "quarter-hour", BC 48 "bc", RECENT 49 "recent", Q_MARK 50 "q-mark", FOR 51 "for", ANCHORED 52 "anchored", COUPLE 53 "couple", NOTHING 54 "nothing",
}
/// Also an ordinary word.
pub(super) const WEAK: u64 = 1 << 63;
/// Can make a date of the words around it; set when a table has been read.
const CORE: u64 = 1 << 62;
/// Can begin a date; set when a table has been read.
const STARTS: u64 = 1 << 61;

/// Everything one form can mean.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Senses {
    pub flags: u64,
    pub month: Option<(Calendar, i8)>,
    /// 1 Monday to 7 Sunday.
    pub weekday: Option<i8>,
    /// Days from today.
    pub day: Option<i8>,
    pub part: Option<Part>,
    pub unit: Option<Unit>,
    /// A dual: two of these.
    pub two: Option<Unit>,
    /// "Daily" and its like.
    pub set: Option<Unit>,
    /// "Next week" in one word: so many of these units from now.
    pub relative: Option<(Unit, i8)>,
    pub number: Option<u16>,
    /// "Third".
    pub ordinal: Option<u8>,
    pub season: Option<Season>,
    pub feast: Option<Feast>,
    /// "Nineties": 90.
    pub decade: Option<u8>,
    pub vague: Option<Vague>,
}

/// The senses of what is no known word.
const NOTHING_KNOWN: Senses = Senses {
    flags: 0,
    month: None,
    weekday: None,
    day: None,
    part: None,
    unit: None,
    two: None,
    set: None,
    relative: None,
    number: None,
    ordinal: None,
    season: None,
    feast: None,
    decade: None,
    vague: None,
};

/// Turkish endings after an apostrophe: `5'te` at, `5'ten` from, `7'ye` to.
pub(super) static TURKISH_AT: Senses = Senses { flags: ON, ..NOTHING_KNOWN };
pub(super) static TURKISH_FROM: Senses = Senses { flags: FROM, ..NOTHING_KNOWN };
pub(super) static TURKISH_TO: Senses = Senses { flags: TO, ..NOTHING_KNOWN };
/// The senses of what is no known word.
pub(super) static NO_SENSES: Senses = NOTHING_KNOWN;

impl Senses {
    pub(super) fn has(&self, flags: u64) -> bool {
        self.flags & flags != 0
    }

    /// True when a word can make a date of the words around it; prepositions and numbers in words cannot.
    pub(super) fn is_core(&self) -> bool {
        self.has(CORE)
    }

    /// True when a date can begin with it.
    pub(super) fn starts(&self) -> bool {
        self.has(STARTS)
    }

    /// To be called when all meanings are known.
    pub(super) fn settle(&mut self) {
        let core = self.month.is_some()
            || self.weekday.is_some()
            || self.day.is_some()
            || self.part.is_some()
            || self.unit.is_some()
            || self.two.is_some()
            || self.set.is_some()
            || self.relative.is_some()
            || self.season.is_some()
            || self.feast.is_some()
            || self.decade.is_some()
            || self.vague.is_some()
            // "Nineteen ninety-six".
            || self.number == Some(19)
            || self.has(WEEKEND | HOUR_AT | OCLOCK | AM | PM | HALF | QUARTER_HOUR);
        let leading = AFTER_PRE
            | BEFORE_PRE
            | WITHIN_PRE
            | NEXT
            | LAST
            | THIS
            | COMING
            | EVERY
            | AT
            | HOUR_AT
            | FROM
            | ABOUT
            | EARLY
            | MID
            | LATE
            | FEW
            | RECENT
            | THAT
            | HALF
            | QUARTER_HOUR
            | FISCAL
            | YEAR
            | Q_MARK
            | COUPLE;
        if core {
            self.flags |= CORE;
        }
        if core || self.number.is_some() || self.ordinal.is_some() || self.has(leading) {
            self.flags |= STARTS;
        }
    }

    /// Adds a meaning as the tables write it.
    pub(super) fn add(&mut self, meaning: &str) {
        let mut words = meaning.split(' ');
        let (name, first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
        let count: i8 = first.parse().unwrap_or(0);
        match name {
            "month" => self.month = Some((Calendar::Gregorian, count)),
            "hijri" => self.month = Some((Calendar::Hijri, count)),
            "solar" => self.month = Some((Calendar::Solar, count)),
            "weekday" => self.weekday = Some(count),
            "day" => self.day = Some(count),
            "number" => self.number = first.parse().ok(),
            "nth" => self.ordinal = first.parse().ok(),
            "decade" => self.decade = first.parse().ok(),
            "part" => self.part = part(first),
            "today-part" => (self.day, self.part) = (Some(0), part(first)),
            "yesterday-part" => (self.day, self.part) = (Some(-1), part(first)),
            "unit" => self.unit = unit(first),
            "two" => self.two = unit(first),
            "set" => self.set = unit(first),
            "season" => self.season = season(first),
            "vague" => self.vague = vague(first),
            "feast" => self.feast = Feast::read(first),
            "relative" => {
                let count = second.and_then(|count| count.parse().ok()).unwrap_or(1);
                self.relative = unit(first).map(|unit| (unit, count));
            }
            _ => {
                if let Some((_, bit)) = FLAGS.iter().find(|(flag, _)| *flag == name) {
                    self.flags |= bit;
                }
            }
        }
    }

    /// True when the table knows the meaning's name; a misspelt line must not vanish silently.
    #[cfg(test)]
    pub(super) fn knows(meaning: &str) -> bool {
        let mut senses = Self::default();
        senses.add(meaning);
        senses != Self::default()
    }
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "fortnight" => Unit::Fortnight,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "halfyear" => Unit::HalfYear,
        "year" => Unit::Year,
        "decade" => Unit::Decade,
        "century" => Unit::Century,
        _ => return None,
    })
}

fn part(word: &str) -> Option<Part> {
    Some(match word {
        "dawn" => Part::Dawn,
        "morning" => Part::Morning,
        "noon" => Part::Noon,
        "afternoon" => Part::Afternoon,
        "evening" => Part::Evening,
        "night" => Part::Night,
        "midnight" => Part::Midnight,
        _ => return None,
    })
}

fn season(word: &str) -> Option<Season> {
    Some(match word {
        "spring" => Season::Spring,
        "summer" => Season::Summer,
        "autumn" => Season::Autumn,
        "winter" => Season::Winter,
        _ => return None,
    })
}

fn vague(word: &str) -> Option<Vague> {
    Some(match word {
        "now" => Vague::Now,
        "these-days" => Vague::TheseDays,
        "soon" => Vague::Soon,
        "someday" => Vague::Someday,
        "recent" => Vague::Recent,
        "formerly" => Vague::Formerly,
        _ => return None,
    })
}
