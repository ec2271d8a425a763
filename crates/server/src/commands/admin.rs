//! `voxgate admin`

use std::io::BufRead as _;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use voxgate_application::Error;
use voxgate_domain::ports::Conflict;
use voxgate_domain::{EmailAddress, Password};

use crate::cli::AdminCreate;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{terminal, wiring};

/// Makes an administrator whose password comes on standard input.
pub(crate) async fn create(admin: AdminCreate, settings: Settings) -> Result<(), Failure> {
    let email = EmailAddress::parse(&admin.email).map_err(|error| Failure::Usage(format!("--email {error}")))?;
    let password = read_password()?;

    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let application = wiring::application(&settings, &database, tokens)?;
    application.seed_roles().await.doing("making the roles")?;
    match application.create_admin(email, password).await {
        Ok(id) => {
            terminal::say(format_args!("made administrator {id}"));
            Ok(())
        }
        Err(Error::PasswordRejected(faults)) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Err(Failure::Usage(format!("the password is not good enough: {}", faults.join("; "))))
        }
        Err(Error::Conflict(Conflict::EmailTaken)) => Err(Failure::Usage("the address has an account".to_owned())),
        Err(error) => Err(error).doing("making the administrator"),
    }
}

/// The first line of standard input.
fn read_password() -> Result<Password, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).doing("reading the password")?;
    let line = SecretString::from(line);
    let text = line.expose_secret().trim_end_matches(['\r', '\n']);
    Password::parse(text).map_err(|error| Failure::Usage(format!("the password {error}")))
}
