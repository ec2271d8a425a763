//! How a message looks, in text and in HTML.

use askama::Template;

/// Columns of the text part; a link or token may be longer and stays whole.
const COLUMNS: usize = 76;

/// A message in text. The values are put in as they are.
#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    heading: &'a str,
    paragraphs: Vec<String>,
    link: Option<LinkPart>,
    advice: String,
    footer: String,
}

/// A message in HTML. Whatever is put in is escaped by the template.
#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    language: &'a str,
    heading: &'a str,
    paragraphs: &'a [&'a str],
    link: Option<&'a LinkPart>,
    advice: &'a str,
    footer: &'a str,
}

/// What a message shows of a link.
#[derive(Clone)]
pub(crate) struct LinkPart {
    /// What following it does.
    pub(crate) action: &'static str,
    /// Where it leads.
    pub(crate) url: String,
    /// The sentence before the token.
    pub(crate) alone: &'static str,
    /// The token, alone on its line.
    pub(crate) token: String,
    /// Until when it is good.
    pub(crate) until: String,
}

/// What a message shows, in one language.
pub(crate) struct Content<'a> {
    pub(crate) language: &'a str,
    pub(crate) heading: &'a str,
    pub(crate) paragraphs: &'a [&'a str],
    pub(crate) link: Option<LinkPart>,
    pub(crate) advice: &'a str,
    pub(crate) footer: &'a str,
}

impl Content<'_> {
    /// The text part, in lines of at most 76 characters where words allow.
    pub(crate) fn text(&self) -> Result<String, askama::Error> {
        let text = Text {
            heading: self.heading,
            paragraphs: self.paragraphs.iter().map(|paragraph| wrap(paragraph)).collect(),
            link: self.link.clone().map(|link| LinkPart { until: wrap(&link.until), ..link }),
            advice: wrap(self.advice),
            footer: wrap(self.footer),
        };
        text.render().map(|mut text| {
            text.push('\n');
            text
        })
    }

    /// The HTML part.
    pub(crate) fn html(&self) -> Result<String, askama::Error> {
        let html = Html {
            language: self.language,
            heading: self.heading,
            paragraphs: self.paragraphs,
            link: self.link.as_ref(),
            advice: self.advice,
            footer: self.footer,
        };
        html.render()
    }
}

/// `text` with its spaces turned into line breaks where a line would grow too long.
fn wrap(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 {
            let fits = column + 1 + length <= COLUMNS;
            wrapped.push(if fits { ' ' } else { '\n' });
            column = if fits { column + 1 } else { 0 };
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_shows_hostile_values_and_never_runs_them() {
        let evil = r#""><script>alert(1)</script><img src=x onerror='y'>&"#;
        let link = LinkPart { action: "Go", url: evil.into(), alone: "Or", token: evil.into(), until: evil.into() };
        let content = Content {
            language: evil,
            heading: evil,
            paragraphs: &[evil, evil],
            link: Some(link),
            advice: evil,
            footer: evil,
        };
        let html = content.html().unwrap();
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("'y'"), "{html}");
        assert_eq!(html.matches("&#60;script").count(), 10, "{html}");
    }

    #[test]
    fn lines_break_at_spaces_and_words_stay_whole() {
        let wrapped = wrap(&format!("{} {} short words", "a".repeat(70), "b".repeat(100)));
        let lines: Vec<usize> = wrapped.lines().map(str::len).collect();
        assert_eq!(lines, [70, 100, 11]);
    }
}
