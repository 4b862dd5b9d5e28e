//! Abbreviations whose stop does not end a sentence, folded to lower case and without that stop.

/// Whether the rest of the sentence follows this abbreviation (lower case, without its last stop).
pub(super) fn is_known(word: &str) -> bool {
    ABBREVIATIONS.iter().any(|line| line.split('|').any(|known| known == word))
}

/// One line a language, separated by `|`: some hold spaces.
const ABBREVIATIONS: &[&str] = &[
    // English
    "mr|mrs|ms|dr|prof|st|sr|jr|vs|etc|e.g|i.e|cf|al|no|nos|vol|fig|gen|col|lt|sgt|capt|cpl|maj|cmdr|gov",
    "sen|rep|rev|hon|pres|inc|ltd|corp|dept|est|approx|ave|blvd|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct",
    "nov|dec|a.m|p.m|u.s|u.k|u.n|pp|ed",
    // German
    "z.b|z. b|bzw|usw|ca|nr|bspw|d.h|d. h|u.a|u. a|evtl|ggf|vgl|str|hr|fr|abs|geb|mio|mrd|tel|sog|inkl",
    "bzgl|hl|jh|v.a|o.ä",
    // French
    "m|mm|mme|mlle|mgr|av|env|p.ex|p. ex|c.-à-d|éd|chap|art|janv|févr|juil|boul|bd",
    // Spanish
    "sra|srta|dra|d|dña|ud|uds|ee.uu|ee. uu|pág|avda|núm|p.ej|p. ej|gral",
    // Turkish
    "vb|vd|doç|yrd|av|sn|örn|bkz|cad|sok|mah|alb|org",
    // Russian and Ukrainian
    "т.е|т. е|т.д|т. д|т.п|т. п|т.к|т. к|г|гг|ул|им|руб|млн|млрд|тыс|др|пр|см|стр|обл|р|н.э|н. э|проф|акад",
    "ген|св|тов|гр|кв|просп|наб|напр|в|вв|коп|чел|мин|сек|ст",
    // Arabic and Persian
    "د|م|ه|أ|ص|ج|ق.م|هـ",
];
