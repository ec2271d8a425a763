//! The report as one page that needs nothing else.

use askama::Template;

use super::Report;

#[derive(Template)]
#[template(path = "compliance.html")]
struct Page<'a> {
    report: &'a Report,
}

/// The page.
///
/// # Errors
///
/// An error of the template.
pub(crate) fn page(report: &Report) -> Result<String, askama::Error> {
    Page { report }.render()
}
