//! Reading secrets out of forms.

use std::convert::Infallible;

use voxgate_domain::policy::{PasswordFault, PasswordPolicy, PersonalFacts};
use voxgate_domain::{Password, SecretToken};

use crate::form::{Fault, IntoFaults};

/// Reads a token that somebody presents. What can be no token is not told apart from one that is not known, so it is no
/// fault of the form.
pub(super) fn presented(text: &str) -> Result<Option<SecretToken>, Infallible> {
    Ok(SecretToken::presented(text))
}

/// Reads a new password, and finds all that can be found without the account that it is for.
pub(super) fn new_password<'a>(
    policy: PasswordPolicy,
    about: Option<PersonalFacts<'a>>,
) -> impl FnOnce(&str) -> Result<Password, Vec<Fault>> + 'a {
    move |text| {
        let password = Password::parse(text).map_err(IntoFaults::into_faults)?;
        let faults: Vec<PasswordFault> = policy.faults_in_form(&password, about);
        if faults.is_empty() { Ok(password) } else { Err(faults.into_faults()) }
    }
}
