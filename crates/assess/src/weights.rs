//! What each reason weighs. The figures order cases the way the field's levels do: intent first, then who, where and when,
//! then whether those who speak could mean it. They are judgements, written here so that they can be argued about.

use vedette_core::StatementKind;

/// Intent with at least two of who, where and when: a threat that a protective desk must act on.
pub const HIGH_SPECIFIC_MIN: f32 = 5.5;
/// Intent that somebody stands behind or that names somebody, somewhere or some time.
pub const HIGH_MIN: f32 = 5.0;
/// Intent alone.
pub const MEDIUM_MIN: f32 = 3.0;

/// A target that the register knows: a category, an organisation.
pub const TARGET: f32 = 1.0;
/// "You", "them": somebody is meant, nobody knows who.
pub const TARGET_VAGUE: f32 = 0.25;
/// A town or a venue.
pub const PLACE: f32 = 1.5;
/// A date or a span of at most two weeks.
pub const TIME: f32 = 1.0;
/// How: a category of weapon or method.
pub const METHOD: f32 = 0.75;
/// A dated event that the threat meets and that is near.
pub const EVENT: f32 = 2.0;
/// Posted by an organisation's own outlet.
pub const OFFICIAL: f32 = 1.0;
/// Names an organisation of the register.
pub const ACTOR: f32 = 0.5;

/// Whether this kind announces harm or calls for it.
pub fn is_intent(kind: StatementKind) -> bool {
    matches!(kind, StatementKind::Threat | StatementKind::Call)
}

/// What an utterance weighs by its kind. Reported words weigh little: they are news, and news is no threat.
pub fn of_kind(kind: StatementKind, reported: bool) -> f32 {
    use StatementKind as Kind;
    if reported {
        return match kind {
            Kind::Threat | Kind::Call | Kind::Claim => 0.5,
            _ => 0.0,
        };
    }
    match kind {
        Kind::Threat | Kind::Call => 3.0,
        Kind::Instruction => 2.5,
        Kind::Claim => 2.0,
        Kind::Praise | Kind::Recruitment => 1.0,
        Kind::Warning => 0.5,
        Kind::Denial | Kind::Report => 0.0,
    }
}
