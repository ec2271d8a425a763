//! What is asked of the server: the works that are measured.

mod forever;
mod mfa_login;
mod people;
mod refresh;
mod registration;

use std::net::Ipv4Addr;
use std::sync::Arc;

use http::StatusCode;
use serde_json::json;

use crate::load::{Ask, Client, LoadError, unexpected};

pub(crate) use forever::Forever;
pub(crate) use mfa_login::{MfaLogin, MfaPeople};
pub(crate) use people::{People, Person, log_in_as_admin};
pub(crate) use refresh::Refresh;
pub(crate) use registration::Registration;

/// A client of any work.
pub(crate) type AnyClient = Box<dyn Client + Send>;

impl Client for AnyClient {
    fn ask(&mut self) -> Option<Ask> {
        (**self).ask()
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        (**self).answered(status, body)
    }
}

/// What people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// `GET /users/profile` with an access token.
    Profile,
    /// `GET /users/sessions` likewise.
    Sessions,
    /// `POST /auth/refresh` with a refresh token, which is rotated.
    Refresh,
    /// `POST /auth/login` with a password.
    Login,
    /// `POST /auth/login` and `POST /auth/mfa/verify` with a code of an authenticator app.
    MfaLogin,
    /// `POST /auth/register` of an address without an account.
    Registration,
    /// `GET /users`, the first page, of 50.
    UserList,
    /// `GET /audit`, the first page, of 50.
    AuditPage,
}

impl Work {
    /// All of them, the cheap ones first.
    pub(crate) const ALL: [Self; 8] = [
        Self::Profile,
        Self::Sessions,
        Self::Refresh,
        Self::UserList,
        Self::AuditPage,
        Self::Login,
        Self::MfaLogin,
        Self::Registration,
    ];

    /// Its name in tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Sessions => "sessions",
            Self::Refresh => "refresh",
            Self::Login => "login",
            Self::MfaLogin => "mfa-login",
            Self::Registration => "registration",
            Self::UserList => "user-list",
            Self::AuditPage => "audit-page",
        }
    }

    /// How many requests are one of it.
    pub(crate) const fn requests(self) -> u64 {
        if matches!(self, Self::MfaLogin) { 2 } else { 1 }
    }

    /// The clients of `connections` connections.
    pub(crate) fn clients(self, people: &Arc<People>, connections: usize) -> Vec<AnyClient> {
        (0..connections).map(|number| self.client(people, number)).collect()
    }

    fn client(self, people: &Arc<People>, number: usize) -> AnyClient {
        let person = people.person(number);
        let get = |path: &'static str, token: &str| -> AnyClient {
            let token = token.to_owned();
            Box::new(Forever::new(path, StatusCode::OK, move || Ask::get(path, &token)))
        };
        match self {
            Self::Profile => get("/users/profile", &person.access_token),
            Self::Sessions => get("/users/sessions", &person.access_token),
            Self::UserList => get("/users?limit=50", &people.admin.access_token),
            Self::AuditPage => get("/audit?limit=50", &people.admin.access_token),
            Self::Refresh => Box::new(Refresh::new(person)),
            Self::Login => {
                let people = Arc::clone(people);
                let login = move || people.next_login();
                Box::new(Forever::new("/auth/login", StatusCode::OK, login))
            }
            Self::MfaLogin => Box::new(MfaLogin::new(Arc::clone(&people.with_mfa))),
            Self::Registration => Box::new(Registration::new()),
        }
    }
}

/// The login of somebody who can, from where they always are: their device is known by that, and no mail tells them of it.
fn login(email: &str) -> Ask {
    let home = email.bytes().fold(0, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let home = Ipv4Addr::from_bits(Ipv4Addr::new(10, 1, 0, 0).to_bits() | (home & 0xffff));
    Ask::post("/auth/login", &credentials(email)).from(home)
}

/// The credentials of somebody who can log in.
fn credentials(email: &str) -> serde_json::Value {
    json!({"email": email, "password": crate::seed::PASSWORD})
}

/// The member `name` of an answer.
fn text(answer: &serde_json::Value, name: &str) -> Result<String, LoadError> {
    let found = answer.get(name).and_then(serde_json::Value::as_str);
    found.map(str::to_owned).ok_or_else(|| LoadError::Answer(format!("there is no {name} in {answer}")))
}

/// Insists on a status.
fn insist(what: &str, found: StatusCode, expected: StatusCode, body: &[u8]) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(unexpected(what, found, body)) }
}
