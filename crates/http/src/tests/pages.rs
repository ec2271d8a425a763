//! The pages and the documentation: served by the binary alone.

use actix_web::test::TestRequest;
use rstest::rstest;

use super::answer;

#[rstest]
#[case("/verify-email?token=marked-secret", None, "Confirm your e-mail address")]
#[case("/verify-email?token=marked-secret", Some("de-CH,de;q=0.9"), "E-Mail-Adresse bestätigen")]
#[case("/reset-password?token=marked-secret", Some("fr"), "Choose a password")]
#[case("/reset-password?token=marked-secret", Some("de"), "Passwort wählen")]
#[actix_web::test]
async fn a_link_opens_a_page_in_the_language_of_its_reader(
    #[case] path: &str,
    #[case] language: Option<&'static str>,
    #[case] title: &str,
) {
    // The mocks would panic if opening the page touched anything.
    let mut request = TestRequest::get().uri(path);
    if let Some(language) = language {
        request = request.insert_header(("accept-language", language));
    }
    let answered = answer(request).await;
    assert_eq!((answered.status.as_u16(), answered.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(answered.text.contains(title));
    assert!(!answered.text.contains("marked-secret"));
    assert_eq!(answered.header("cache-control"), Some("no-store"));
    assert_eq!(answered.header("referrer-policy"), Some("no-referrer"));
    let policy = answered.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
}

/// What `text` loads by `src` or `href`.
fn loaded(text: &str) -> Vec<&str> {
    let parts = [" src=\"", " href=\""].into_iter().flat_map(|attribute| text.split(attribute).skip(1));
    parts.filter_map(|part| part.split('"').next()).filter(|target| !target.starts_with("data:")).collect()
}

#[rstest]
#[case("/verify-email")]
#[case("/reset-password")]
#[case("/docs")]
#[case("/redoc")]
#[actix_web::test]
async fn a_page_loads_only_what_is_served_here_and_has_no_inline_script(#[case] path: &str) {
    let page = answer(TestRequest::get().uri(path)).await;
    assert!(!loaded(&page.text).is_empty());
    for target in loaded(&page.text) {
        let answered = answer(TestRequest::get().uri(target)).await;
        assert_eq!(answered.status, 200, "{target} of {path}");
        assert!(!answered.text.is_empty());
    }
    for script in page.text.split("<script").skip(1) {
        assert!(script.contains("></script>"), "inline script in {path}");
    }
    assert!(!page.text.contains(" style=") && !page.text.contains(" onclick="));
}

#[actix_web::test]
async fn the_document_is_served() {
    let answered = answer(TestRequest::get().uri("/openapi.json")).await;
    assert_eq!(answered.header("content-type"), Some("application/json"));
    assert_eq!(answered.json()["openapi"], "3.1.0");
}
