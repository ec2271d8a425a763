//! What people hold: tokens, codes, identifiers. The model knows none of it.

use serde_json::{Value, json};

use crate::app::App;
use crate::operation::Proof;

/// A token that nobody gave out.
pub(crate) const MADE_UP: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The password of a number.
pub(crate) fn password(number: usize) -> String {
    format!("xK9#mQ2$vL7p{number:02}Qw")
}

/// The tokens of a session, each latest last.
#[derive(Debug, Default)]
pub(crate) struct SessionTokens {
    pub(crate) id: String,
    pub(crate) access: Vec<String>,
    pub(crate) refresh: Vec<String>,
}

impl SessionTokens {
    /// Takes what a login or a refresh answered.
    pub(crate) fn take(&mut self, pair: &Value) {
        let text = |name: &str| pair[name].as_str().unwrap_or_else(|| panic!("no {name} in {pair}")).to_owned();
        self.id = text("session_id");
        self.access.push(text("access_token"));
        self.refresh.push(text("refresh_token"));
    }
}

/// What the owner of an account has of their second factor.
#[derive(Default)]
pub(crate) struct Owner {
    pub(crate) id: String,
    pub(crate) app: Option<App>,
    recovery: Vec<String>,
    spent: Vec<String>,
}

/// A proof as it is shown.
pub(crate) struct Shown {
    pub(crate) body: Value,
    /// Whether it must be taken for right where the factor is asked.
    pub(crate) right: bool,
    used: Used,
}

enum Used {
    Nothing,
    Step(u64),
    RecoveryCode,
}

fn shown(field: &str, code: String, used: Used) -> Shown {
    Shown { body: json!({field: code}), right: !matches!(used, Used::Nothing), used }
}

impl Owner {
    /// The owner of the account with this identifier.
    pub(crate) fn of(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    /// What is shown as `proof`; nothing when a code of the app is wanted that is not there before the next step. Where
    /// recovery codes are not taken, `codes_only`, another code is.
    pub(crate) fn show(&self, proof: Proof, codes_only: bool) -> Option<Shown> {
        let Some(app) = &self.app else { return Some(shown("code", "123456".to_owned(), Used::Nothing)) };
        let fresh = || app.fresh().map(|(step, code)| shown("code", code, Used::Step(step)));
        let recovery = || self.recovery.last().map(|code| shown("recovery_code", code.clone(), Used::RecoveryCode));
        match proof {
            Proof::Right if codes_only => fresh(),
            Proof::Right => fresh().or_else(recovery),
            Proof::Recovery if !codes_only => {
                let none = || shown("recovery_code", "AAAA-AAAA-AAAA-AAAA".to_owned(), Used::Nothing);
                Some(recovery().unwrap_or_else(none))
            }
            Proof::Spent if !codes_only && !self.spent.is_empty() => {
                Some(shown("recovery_code", self.spent.last()?.clone(), Used::Nothing))
            }
            Proof::Spent => Some(shown("code", app.spent().unwrap_or_else(|| app.wrong()), Used::Nothing)),
            Proof::Recovery | Proof::Wrong => Some(shown("code", app.wrong(), Used::Nothing)),
        }
    }

    /// It was taken.
    pub(crate) fn used(&mut self, proof: &Shown) {
        match (&proof.used, &mut self.app) {
            (Used::Step(step), Some(app)) => app.accept(*step),
            (Used::RecoveryCode, _) => self.spent.extend(self.recovery.pop()),
            _ => {}
        }
    }

    /// New recovery codes took the place of all former ones.
    pub(crate) fn renew(&mut self, codes: &Value) {
        self.spent.append(&mut self.recovery);
        self.recovery = serde_json::from_value(codes.clone()).unwrap();
    }

    /// The factor was turned off.
    pub(crate) fn turn_off(&mut self) {
        self.app = None;
        self.spent.append(&mut self.recovery);
    }

    /// How many recovery codes are left.
    pub(crate) fn recovery_codes(&self) -> usize {
        self.recovery.len()
    }
}
