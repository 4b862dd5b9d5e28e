//! What a site asks robots not to fetch (RFC 9309), for the one question that matters here: may we fetch this path?

/// The name by which a site can address us.
const OUR_NAME: &str = "vedette";
/// Bytes of the file that are read; the RFC asks for at least 500 KiB.
pub(crate) const ROBOTS_BYTES_MAX: usize = 512 * 1024;
/// Rules that are heeded.
const RULES_MAX: usize = 5_000;

/// The rules for us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Robots {
    /// Pattern, and whether it allows.
    rules: Vec<(String, bool)>,
}

impl Robots {
    /// Reads the file: the group that names us, else the one for everybody.
    pub(crate) fn read(text: &str) -> Self {
        let (mut ours, mut everybodys) = (Vec::new(), Vec::new());
        let (mut names_us, mut for_all, mut in_rules, mut found_us) = (false, false, false, false);
        for line in text.lines() {
            let Some((key, value)) = line.split('#').next().unwrap_or_default().split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" => {
                    if std::mem::take(&mut in_rules) {
                        (names_us, for_all) = (false, false);
                    }
                    names_us |= value.eq_ignore_ascii_case(OUR_NAME);
                    for_all |= value == "*";
                    found_us |= names_us;
                }
                "allow" | "disallow" => {
                    in_rules = true;
                    if !value.is_empty() && ours.len() + everybodys.len() < RULES_MAX {
                        let rule = (value.to_owned(), key == "allow");
                        if names_us {
                            ours.push(rule.clone());
                        }
                        if for_all {
                            everybodys.push(rule);
                        }
                    }
                }
                _ => {}
            }
        }
        Self { rules: if found_us { ours } else { everybodys } }
    }

    /// Whether a path (with its query) may be fetched: the longest rule that fits decides, and allowing wins a tie.
    pub(crate) fn allows(&self, path: &str) -> bool {
        let fitting = self.rules.iter().filter(|(pattern, _)| fits(pattern, path));
        fitting.max_by_key(|(pattern, allow)| (pattern.len(), *allow)).is_none_or(|(_, allow)| *allow)
    }
}

/// `*` stands for anything, `$` at the end for the end.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
        last = Some(part);
    }
    !to_end || rest.is_empty() || last.is_some_and(|part| part.is_empty() || path.ends_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_that_fits_decides() {
        let robots = Robots::read(
            "User-agent: *\nDisallow: /private # quiet\nAllow: /private/open\nDisallow: /*.php$\nDisallow:\n",
        );
        for (path, allowed) in [
            ("/", true),
            ("/private/x", false),
            ("/private/open/x", true),
            ("/a.php", false),
            ("/a.php?x=1", true),
            ("/a.php/b.php", false),
        ] {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
    }

    #[test]
    fn a_group_that_names_us_stands_for_us_alone() {
        let text = "User-agent: other\nDisallow: /\n\nUser-agent: Vedette\nUser-agent: another\nDisallow: /us\n\nUser-agent: *\nDisallow: /all";
        let robots = Robots::read(text);
        assert!(!robots.allows("/us/1") && robots.allows("/all/1"));
        assert_eq!(Robots::read("<html>not found</html>"), Robots::default());
    }
}
