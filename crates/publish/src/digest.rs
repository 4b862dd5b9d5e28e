//! The digest: one page with a list of reports, in the order in which the editor gives them (importance, not date).
//! It holds what the public may read of each: the title and the first public paragraph.

use vedette_core::{Cleared, Report};

use crate::clean::one_line;
use crate::render::{Form, PUBLIC_LINES, escape_markdown, teaser};

/// A Markdown page with a teaser of each report, ending with how the full texts are had. `period` is a line such as
/// `16 to 22 November 2026`.
pub fn digest(title: &str, period: &str, reports: &[Cleared<Report>]) -> String {
    let mut page = format!("# {}\n\n{}\n", escape_markdown(&one_line(title)), escape_markdown(&one_line(period)));
    for cleared in reports {
        let report = cleared.work();
        let series = format!("{} No. {}", one_line(&report.series), report.number);
        page.push_str(&format!(
            "\n## {}\n\n*{}*\n",
            escape_markdown(&one_line(&report.title)),
            escape_markdown(&series)
        ));
        if let Some(text) = teaser(&Form::released(cleared, vedette_core::Audience::Public)) {
            page.push_str(&format!("\n{text}\n"));
        }
    }
    page.push_str(&format!("\n---\n\n{}\n", PUBLIC_LINES.join("  \n")));
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_world::{cleared, report};
    use expect_test::expect;
    use vedette_core::{Audience, BlockKind};

    #[test]
    fn a_digest_lists_titles_and_public_teasers_only() {
        let mut second = report();
        second.number = 1206;
        second.title = "A Title With <b>Markup</b>".to_owned();
        for block in &mut second.blocks {
            block.audience = Audience::Subscriber;
        }
        assert_eq!(second.blocks[0].kind, BlockKind::Lead);
        let page = digest("The Valley Week No. 36", "16 to 22 November 2026", &[cleared(report()), cleared(second)]);
        expect![[r#"
            # The Valley Week No. 36

            16 to 22 November 2026

            ## Lantern Media Threatens Stadium In Kelmora

            *Special Announcements No. 1205*

            On November 12, 2026, Lantern Media posted a poster that says “No lamp will burn in Halden Stadium”.

            ## A Title With &lt;b&gt;Markup&lt;/b&gt;

            *Special Announcements No. 1206*

            ---

            The full text of this report is available to subscribers.  
            To subscribe, write to the desk that published this report.  
            Subscribers sign in to read the full text.
        "#]]
        .assert_eq(&page);
    }
}
