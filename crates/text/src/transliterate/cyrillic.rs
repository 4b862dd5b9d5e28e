//! Cyrillic letters, each with its reading; where a letter begins a word or follows a vowel some are read otherwise.

/// Appends a word. Capitals stay capitals: `Щ` becomes `Shch`, between capitals `SHCH`.
pub(super) fn push(word: &str, language: &str, out: &mut String) {
    let letters: Vec<char> = word.chars().collect();
    let mut previous = None;
    for (at, &letter) in letters.iter().enumerate() {
        let low = letter.to_lowercase().next().unwrap_or(letter);
        let latin = reading(low, previous, language);
        let capital = letter != low;
        let capitals_around = [at.checked_sub(1), at.checked_add(1)]
            .into_iter()
            .flatten()
            .filter_map(|near| letters.get(near))
            .any(|near| near.is_uppercase());
        match (capital, capitals_around) {
            (true, true) => out.push_str(&latin.to_uppercase()),
            (true, false) => super::push_capitalised(latin, out),
            (false, _) => out.push_str(latin),
        }
        previous = Some(low);
    }
}

fn is_vowel(letter: char) -> bool {
    "аеёиоуыэюяіїєўӣӯәөүұ".contains(letter)
}

fn reading(letter: char, previous: Option<char>, language: &str) -> &'static str {
    let begins = previous.is_none();
    let after_vowel = previous.is_some_and(|letter| is_vowel(letter) || matches!(letter, 'й' | 'ъ' | 'ь'));
    if language == "uk" {
        match letter {
            'г' => return if previous == Some('з') { "gh" } else { "h" },
            'и' => return "y",
            'е' => return "e",
            'є' => return if begins { "ye" } else { "ie" },
            'ї' => return if begins { "yi" } else { "i" },
            'й' => return if begins { "y" } else { "i" },
            'ю' => return if begins { "yu" } else { "iu" },
            'я' => return if begins { "ya" } else { "ia" },
            _ => {}
        }
    }
    match (letter, language) {
        ('ц' | 'ч', "sr") => return "c",
        ('ш', "sr") => return "s",
        ('ж', "sr") => return "z",
        ('ў', "uz") => return "o",
        ('щ', "bg") => return "sht",
        ('ъ', "bg") => return "a",
        ('е', "bg" | "sr" | "mk" | "kk" | "uz" | "mn") => return "e",
        ('х', "sr" | "mk") => return "h",
        _ => {}
    }
    match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        // BGN/PCGN writes ë with its dots; without them it is е.
        'е' | 'ё' => {
            if begins || after_vowel {
                "ye"
            } else {
                "e"
            }
        }
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' | 'ӣ' => "i",
        'й' => "y",
        'ј' => "j",
        'к' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'н' => "n",
        'њ' => "nj",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' => "c",
        'ђ' => "dj",
        'у' | 'ӯ' | 'ү' | 'ұ' => "u",
        'ў' => "w",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'џ' => "dz",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ы' => "y",
        'э' => "e",
        'ю' => "yu",
        'я' => "ya",
        'є' => "ye",
        'ғ' => "gh",
        'қ' => "q",
        'ҳ' | 'һ' => "h",
        'ҷ' => "j",
        'ң' => "ng",
        'ә' => "a",
        _ => "",
    }
}
