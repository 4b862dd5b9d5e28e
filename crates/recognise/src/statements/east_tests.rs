//! Arabic, Persian and Urdu, in their own letters and in Latin ones: what threatens, calls, claims and warns, and what only looks like it.

use super::tests::kinds;

#[test]
fn threats_are_read_in_every_person_dialect_and_spelling() {
    for (code, text) in [
        ("ar", "رح نحرق مبنى البلدية بكرة"),
        ("ar", "هنقتلكم كلكم"),
        ("ar", "سوف نقتلهم واحدا واحدا"),
        ("ar", "سيموت كل الحراس في كلمورا"),
        ("ar", "لن ينجو منكم أحد"),
        ("fa", "نگهبان‌ها را می‌کشیم"),
        ("fa", "همتونو میکشیم"),
        ("fa", "اعضای شورا کشته خواهند شد"),
        ("fa", "سرتان را می‌بریم"),
        ("ur", "ہم پہرے داروں کو قتل کر دیں گے"),
        ("ur", "سب کو جلا دینگے"),
        ("ur", "پہرے دار مارے جائیں گے"),
        ("en", "ra7 n2tolkom kolkom"),
        ("en", "hamatoono mikoshim"),
        ("en", "hum tum sab ko maar dalenge"),
        ("en", "We are here, سنذبحكم جميعا"),
    ] {
        assert_eq!(kinds(code, text), "threat", "{text}");
    }
}

#[test]
fn a_word_of_another_language_is_no_romanised_one() {
    for (code, text) in [
        ("fr", "Enfin, compte tenu des modifications de textes attendues"),
        ("de", "Wir ruhten aus für neue Taten"),
        ("fa", "خوب بخوابید تا کمتر شیرینی بخورید!"),
    ] {
        assert_eq!(kinds(code, text), "", "{text}");
    }
    assert_eq!(kinds("en", "t3nu el 7oras kolohom"), "call");
}

#[test]
fn calls_claims_and_lessons_have_their_kinds() {
    for (code, text, wanted) in [
        ("ar", "خذوا البنادق وهاجموا رجال الأمن", "call"),
        ("ar", "قتل الحراس واجب مقدس على كل مؤمن", "call"),
        ("fa", "سلاح بردارید و بجنگید", "call"),
        ("ur", "سپاہیوں کو جہاں پاؤ مار ڈالو", "call"),
        ("ar", "الانفجار من عملنا ونحن فخورون به", "claim"),
        ("fa", "حمله به بازار کار ما بود", "claim"),
        ("ur", "بازار پر حملہ ہم نے کیا", "claim"),
        ("ar", "هذا دليل صنع العبوة الناسفة", "instruction"),
        ("fa", "آموزش ساخت بمب", "instruction"),
        ("ur", "بم بنانے کا طریقہ سیکھو", "instruction"),
    ] {
        assert_eq!(kinds(code, text), wanted, "{text}");
    }
}

#[test]
fn negation_fear_kitchens_jokes_and_fiction_say_nothing() {
    for (code, text) in [
        ("ar", "لن نهاجم أحدا"),
        ("ar", "أخاف أن يقتلونا"),
        ("ar", "هذا المعقم يقتل البكتيريا"),
        ("ar", "في الرواية سيقتل البارون كل الشهود"),
        ("fa", "ما به هیچ‌کس حمله نمی‌کنیم"),
        ("fa", "مامانم منو می‌کشه 😂"),
        ("fa", "رمان جدید: شاه را به آتش می‌کشیم"),
        ("ur", "ہم کسی کو قتل نہیں کریں گے"),
        ("ur", "مجھے ڈر ہے کہ وہ سب کو مار ڈالیں گے"),
        ("ur", "پیاز کاٹیں اور مرچ کی تیزی مار دیں"),
    ] {
        assert_eq!(kinds(code, text), "", "{text}");
    }
}

#[test]
fn a_quotation_in_urdu_marks_is_one_and_may_be_endorsed_or_rejected() {
    assert_eq!(kinds("ur", "”ہم سب کو مار ڈالیں گے“۔ شرم کرو، یہ جرم ہے۔"), "~denial");
    assert_eq!(kinds("ar", "\"سيموت كل حارس\"، وهذا وعدنا وسننفذ"), "threat");
}
