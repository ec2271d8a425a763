//! Somebody who uses Voxgate.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Voxgate, token_in};

pub(crate) const PASSWORD: &str = "xK9#mQ2$vL7pQw";
pub(crate) const OTHER_PASSWORD: &str = "hR4!tZ8&yB3nWs";

/// A person with the tokens of one session.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) session_id: String,
}

/// A person from what a login or a refresh answered.
pub(crate) fn person(email: &str, pair: &Value) -> Person {
    let text = |name: &str| pair[name].as_str().unwrap_or_else(|| panic!("no {name} in {pair}")).to_owned();
    Person {
        email: email.to_owned(),
        access_token: text("access_token"),
        refresh_token: text("refresh_token"),
        session_id: text("session_id"),
    }
}

impl Voxgate {
    pub(crate) async fn register(&self, email: &str) -> Answer {
        self.post("/auth/register", json!({"email": email, "password": PASSWORD})).await
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post("/auth/login", json!({"email": email, "password": password})).await
    }

    /// Somebody who registered and verified the address; their first mail was the link.
    pub(crate) async fn verified(&self, email: &str) {
        self.register(email).await.expect(202);
        let token = token_in(&self.mail_to(email, 1).await);
        self.post("/auth/verify-email", json!({"token": token})).await.expect(204);
    }

    /// Somebody who is logged in.
    pub(crate) async fn logged_in(&self, email: &str) -> Person {
        self.verified(email).await;
        person(email, &self.log_in(email, PASSWORD).await.expect(200).json())
    }

    /// An administrator, made at the command line and logged in.
    pub(crate) async fn admin(&self, email: &str) -> Person {
        self.command_with(&["admin", "create", "--email", email, "--password-stdin"], &format!("{PASSWORD}\n"));
        person(email, &self.log_in(email, PASSWORD).await.expect(200).json())
    }

    /// Somebody whom `admin` invited with these roles, and who accepted and logged in; their first mail was the link.
    pub(crate) async fn invited(&self, admin: &Person, email: &str, roles: &[&str]) -> Person {
        let body = json!({"email": email, "roles": roles});
        self.call(Method::POST, "/users", &admin.access_token, body).await.expect(201);
        let token = token_in(&self.mail_to(email, 1).await);
        let body = json!({"token": token, "new_password": PASSWORD});
        self.post("/auth/reset-password", body).await.expect(204);
        person(email, &self.log_in(email, PASSWORD).await.expect(200).json())
    }

    /// The id of a person.
    pub(crate) async fn id_of(&self, who: &Person) -> String {
        self.profile(who).await.expect(200).json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn profile(&self, who: &Person) -> Answer {
        self.call(Method::GET, "/users/profile", &who.access_token, Value::Null).await
    }

    pub(crate) async fn refresh(&self, refresh_token: &str) -> Answer {
        self.post("/auth/refresh", json!({"refresh_token": refresh_token})).await
    }
}
