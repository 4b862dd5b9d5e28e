//! The post as a whole against its sentences one by one: what the model of the wording adds to the rules, and takes from them.
//!
//! What it adds is tentative, worth a look and no alarm, unless it is nearly sure of a short post with a word of harm in it.
//! Every threshold was set on the texts that were read while building.

use super::rules::Reading;
use super::{Scene, Sentence, slots};
use crate::lexicon::class;
use crate::wording::{self, Features, INTENTS, Likely};
use vedette_core::{Statement, StatementKind};

/// From this likelihood on, a post threatens, calls or instructs though no rule says so.
const INTENT: f32 = 0.5;
/// The same where a word of harm or death stands in it.
const INTENT_GRIM: f32 = 0.4;
/// From here on a single sentence of several does.
const INTENT_ALONE: f32 = 0.85;
/// From here on it claims an attack or recruits.
const CLAIM: f32 = 0.4;
/// From here on it praises, warns or denies: harmless to add.
const SOFT: f32 = 0.3;
/// From here on it does any of them in talk of sport, play or fiction.
const UNREAL: f32 = 0.9;
/// From here on a short grim post is taken at its word.
const SURE: f32 = 0.98;
/// Below this likelihood, a post does not make the statement that a rule found.
const DROP: f32 = 0.1;
/// From this likelihood on, a statement that is taken back was a report, or speaks against it.
const INSTEAD: f32 = 0.5;

/// Words of the longest post to which something is added.
const WORDS_MAX: usize = 80;
/// Words of the longest post that is taken at its word.
const SURE_WORDS_MAX: usize = 30;
/// Sentences of the shortest post whose sentences are weighed one by one, and words of the shortest of them.
const SENTENCES_MIN: usize = 3;
const SENTENCE_WORDS_MIN: usize = 3;

/// Adds what the wording says and no rule found, and takes back what it speaks against.
pub(super) fn revise(scene: &Scene<'_>, features: &Features, found: &mut Vec<Statement>) {
    let Some(likely) = wording::weigh(features) else { return };
    // Whoever endorses a quotation was read by that; a hashtag by its words alone.
    if !scene.ranges.iter().any(|sentence| scene.any(*sentence, class::ENDORSE)) {
        take_back(&likely, found);
    }
    if scene.words.list.len() > WORDS_MAX {
        return;
    }
    let passed_on = likely.reports() + likely.counters();
    if scene.grim && passed_on < INSTEAD && !makes(found, StatementKind::Threat) {
        add_sentences(scene, features, found);
    }
    let unreal = is_unreal(scene);
    let from = |kind: StatementKind| match kind {
        _ if unreal => UNREAL,
        StatementKind::Threat | StatementKind::Call | StatementKind::Instruction if scene.grim => INTENT_GRIM,
        StatementKind::Threat | StatementKind::Call | StatementKind::Instruction => INTENT,
        StatementKind::Claim | StatementKind::Recruitment => CLAIM,
        _ => SOFT,
    };
    let kinds = [
        likely.intent(),
        StatementKind::Claim,
        StatementKind::Praise,
        StatementKind::Recruitment,
        StatementKind::Warning,
        StatementKind::Denial,
    ];
    for kind in kinds {
        let share = share(&likely, kind);
        if share < from(kind) || makes(found, kind) {
            continue;
        }
        let sure = INTENTS.contains(&kind) && share >= SURE && scene.grim && scene.words.list.len() <= SURE_WORDS_MAX;
        let weights = wording::weights_of(features, kind, scene.words.list.len());
        let weight = |sentence: &Sentence| within(&weights, *sentence).iter().sum::<f32>();
        let sentence = scene.ranges.iter().max_by(|a, b| weight(a).total_cmp(&weight(b)));
        found.extend(sentence.and_then(|sentence| statement(scene, &weights, kind, *sentence, !sure)));
    }
}

/// How likely the post does this.
fn share(likely: &Likely, kind: StatementKind) -> f32 {
    match INTENTS.contains(&kind) {
        true => INTENTS.iter().map(|kind| likely.of(*kind)).sum(),
        false => likely.of(kind),
    }
}

/// Whether a statement of this kind was found in the writer's own words.
fn makes(found: &[Statement], kind: StatementKind) -> bool {
    let alike = |other: StatementKind| other == kind || INTENTS.contains(&kind) && INTENTS.contains(&other);
    found.iter().any(|statement| !statement.reported && alike(statement.kind))
}

/// Sport, play, a joke or a story anywhere in the post.
fn is_unreal(scene: &Scene<'_>) -> bool {
    scene.joking
        || scene.sporting.iter().any(|sport| *sport)
        || scene.ranges.iter().any(|sentence| scene.any(*sentence, class::UNREAL))
}

/// Takes back threats, calls and instructions: what else the rules find in own words is milder, and rests on plainer words.
fn take_back(likely: &Likely, found: &mut Vec<Statement>) {
    found.retain_mut(|statement| {
        let kept = statement.reported || !INTENTS.contains(&statement.kind) || statement.quote.starts_with('#');
        if kept || share(likely, statement.kind) >= DROP {
            return true;
        }
        if likely.reports() > INSTEAD {
            (statement.kind, statement.reported) = (StatementKind::Report, true);
        } else if likely.counters() > INSTEAD {
            statement.kind = StatementKind::Denial;
        } else {
            return false;
        }
        true
    });
}

/// Sentences that threaten on their own, among others that do not.
fn add_sentences(scene: &Scene<'_>, features: &Features, found: &mut Vec<Statement>) {
    if scene.ranges.len() < SENTENCES_MIN {
        return;
    }
    for sentence in scene.ranges.iter().filter(|sentence| sentence.end - sentence.first >= SENTENCE_WORDS_MIN) {
        let Some(alone) = wording::weigh_within(features, sentence.first, sentence.end) else { continue };
        let kind = alone.intent();
        if share(&alone, kind) >= INTENT_ALONE {
            let weights = wording::weights_of(features, kind, scene.words.list.len());
            found.extend(statement(scene, &weights, kind, *sentence, true));
        }
    }
}

/// The weights of a sentence's words.
fn within(weights: &[f32], sentence: Sentence) -> &[f32] {
    weights.get(sentence.first..sentence.end).unwrap_or_default()
}

/// A sentence as a statement, resting on the word that speaks most for it.
fn statement(
    scene: &Scene<'_>,
    weights: &[f32],
    kind: StatementKind,
    sentence: Sentence,
    tentative: bool,
) -> Option<Statement> {
    let words = within(weights, sentence).iter().enumerate();
    let (at, _) = words.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let statement = slots::fill(scene, sentence, &Reading { kind, reported: false, anchor: sentence.first + at });
    Some(Statement { tentative, ..statement })
}
