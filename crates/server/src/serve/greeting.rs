//! What a person sees when the service starts on their machine.

use std::net::SocketAddr;

use secrecy::ExposeSecret as _;

use crate::settings::Settings;
use crate::terminal::{dim, heading, say};

/// In development: where the service listens, where the data and the mail go, and on the first start three lines to try.
pub(crate) fn greet(settings: &Settings, address: SocketAddr, first_start: bool) {
    if settings.is_production() {
        return;
    }
    let base = settings.public_url.as_str().trim_end_matches('/');
    say(format_args!("{} {} in development", heading("Voxgate"), env!("CARGO_PKG_VERSION")));
    say(format_args!("  listens on  http://{address}"));
    say(format_args!("  data        {}", data(settings)));
    say(format_args!("  mail        {}", mail(settings)));
    say(format_args!("  API docs    {base}/docs and {base}/redoc"));
    if first_start {
        say(format_args!("\n{}", heading("Try it")));
        say(try_it(&format!("http://{address}"), &settings.mail.dir.display().to_string()));
    }
    say(dim("\nctrl-c stops it\n"));
}

/// The database without what is secret in its URL.
fn data(settings: &Settings) -> String {
    let url = settings.database.url.expose_secret();
    match url.strip_prefix("sqlite://") {
        Some(path) => format!("{path} (SQLite)"),
        None => url::Url::parse(url).map_or_else(
            |_| "PostgreSQL".to_owned(),
            |url| format!("PostgreSQL at {}{}", url.host_str().unwrap_or("localhost"), url.path()),
        ),
    }
}

fn mail(settings: &Settings) -> String {
    match settings.mail.smtp_url {
        Some(_) => "by SMTP".to_owned(),
        None => format!("{}/*.eml", settings.mail.dir.display()),
    }
}

/// Register, verify with the token from the mail, log in.
fn try_it(base: &str, mail_dir: &str) -> String {
    let json = "-H 'content-type: application/json' -d";
    format!(
        r#"  curl {base}/auth/register {json} '{{"email": "ada@example.org", "password": "correct-Horse7battery"}}'
  curl {base}/auth/verify-email {json} "{{\"token\": \"$(grep -hE '^[A-Za-z0-9_-]{{43}}\s*$' {mail_dir}/*.eml | tail -1 | tr -d '\r')\"}}"
  curl {base}/auth/login {json} '{{"email": "ada@example.org", "password": "correct-Horse7battery"}}'"#
    )
}
