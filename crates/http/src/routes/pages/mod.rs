//! The pages that links in mails lead to: a button, a form. Opening one changes nothing, since mail scanners open links;
//! its script makes the POST when a person asks for it.

mod language;
mod texts;

use actix_web::http::header::{self, CacheControl, CacheDirective};
use actix_web::{HttpRequest, HttpResponse, Route, web};
use askama::Template;

use crate::allowed_methods::only_get;
use crate::problem::Problem;
use crate::respond::Answer;
use language::Language;
use texts::Texts;

/// The page runs its own script and calls its own origin; nothing else, and nobody frames it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A day, in seconds.
const ASSETS_MAX_AGE: u32 = 86_400;

const STYLE: &str = include_str!("../../../assets/page.css");
const SHARED_SCRIPT: &str = include_str!("../../../assets/page.js");
const VERIFY_SCRIPT: &str = include_str!("../../../assets/verify-email.js");
const RESET_SCRIPT: &str = include_str!("../../../assets/reset-password.js");

pub(super) fn configure(config: &mut web::ServiceConfig) {
    let at = |path: &str, route: Route| web::resource(path.to_owned()).route(route).default_service(web::to(only_get));
    config
        .service(at("/verify-email", web::get().to(verify_email)))
        .service(at("/reset-password", web::get().to(reset_password)))
        .service(at("/pages/page.css", web::get().to(|| async { asset("text/css; charset=utf-8", STYLE) })))
        .service(at("/pages/page.js", web::get().to(|| async { script(SHARED_SCRIPT) })))
        .service(at("/pages/verify-email.js", web::get().to(|| async { script(VERIFY_SCRIPT) })))
        .service(at("/pages/reset-password.js", web::get().to(|| async { script(RESET_SCRIPT) })));
}

/// The button that verifies an address: at registration, and to change it.
#[derive(Template)]
#[template(path = "verify_email.html")]
struct VerifyEmailPage {
    lang: &'static str,
    t: &'static Texts,
}

/// The form that sets a password: after forgetting it, on invitation, and for a registration that was begun twice.
#[derive(Template)]
#[template(path = "reset_password.html")]
struct ResetPasswordPage {
    lang: &'static str,
    t: &'static Texts,
}

async fn verify_email(request: HttpRequest) -> Answer {
    let language = Language::of(&request);
    page(language, &VerifyEmailPage { lang: language.tag(), t: Texts::in_language(language) })
}

async fn reset_password(request: HttpRequest) -> Answer {
    let language = Language::of(&request);
    page(language, &ResetPasswordPage { lang: language.tag(), t: Texts::in_language(language) })
}

fn page(language: Language, page: &impl Template) -> Answer {
    let html = page.render().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::VARY, "Accept-Language"))
        .body(html))
}

fn script(content: &'static str) -> Answer {
    asset("text/javascript; charset=utf-8", content)
}

fn asset(kind: &str, content: &'static str) -> Answer {
    let cache = CacheControl(vec![CacheDirective::Public, CacheDirective::MaxAge(ASSETS_MAX_AGE)]);
    Ok(HttpResponse::Ok().content_type(kind).insert_header(cache).body(content))
}
