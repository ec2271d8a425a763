//! Mail by SMTP.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::{Error as LettreError, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::time::timeout;
use voxgate_domain::mail::Mail;
use voxgate_domain::ports::{MailError, Mailer};

use crate::composer::{MailComposer, TextEncoding};

/// How long the server may take for one command.
const COMMAND: Duration = Duration::from_secs(10);
/// How long one mail may take: connection, greeting, TLS, login, envelope and text are several commands.
const WHOLE: Duration = Duration::from_secs(30);

/// Sends mail by SMTP (RFC 5321), over a few connections that are kept open between mails.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    composer: MailComposer,
}

/// The SMTP URL is unfit. The message does not repeat it, since it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be smtps://user:password@host, smtp://user:password@host?tls=required, or smtp://host for a server on this \
     machine, with user and password percent-encoded"
)]
pub struct SmtpUrlError;

/// What is told of a failure: never the server's own words, which often repeat the receiver's address.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the server answered {0}")]
    Status(String),
    #[error("the server took too long")]
    TimedOut,
    #[error("TLS could not be set up")]
    Tls,
    #[error("the server did not speak SMTP as expected")]
    Protocol,
    #[error("no connection to the server, or it broke off")]
    Connection,
}

impl SmtpMailer {
    /// Sends to the server of `smtp_url`, as lettre reads it: `smtps://user:password@host:465`,
    /// `smtp://user:password@host:587?tls=required`, `smtp://localhost:1025` (not encrypted). Connects at the first
    /// mail.
    ///
    /// # Errors
    ///
    /// [`SmtpUrlError`] when it is no such URL.
    pub fn new(smtp_url: &str, composer: MailComposer) -> Result<Self, SmtpUrlError> {
        let pool = PoolConfig::new().max_size(4).idle_timeout(Duration::from_secs(60));
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url)
            .map_err(|_| SmtpUrlError)?
            .timeout(Some(COMMAND))
            .pool_config(pool)
            .build();
        Ok(Self { transport, composer })
    }

    /// Whether mail to the server of `smtp_url` is always encrypted (`smtps:`, or `tls=required`).
    #[must_use]
    pub fn always_encrypts(smtp_url: &str) -> bool {
        url::Url::parse(smtp_url).is_ok_and(|url| {
            let tls = url.query_pairs().find(|(name, _)| name == "tls");
            url.scheme() == "smtps" || url.scheme() == "smtp" && tls.is_some_and(|(_, value)| value == "required")
        })
    }

    /// Whether the server can be reached and greets, for health checks.
    pub async fn reaches_server(&self) -> bool {
        matches!(timeout(COMMAND, self.transport.test_connection()).await, Ok(Ok(true)))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.composer.compose(mail, TextEncoding::Portable)?;
        match timeout(WHOLE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(not_taken(refusal(&error))),
            Err(_) => Err(not_taken(Refusal::TimedOut)),
        }
    }
}

fn refusal(error: &LettreError) -> Refusal {
    match error.status() {
        Some(code) => Refusal::Status(code.to_string()),
        None if error.is_timeout() => Refusal::TimedOut,
        None if error.is_tls() => Refusal::Tls,
        None if error.is_client() || error.is_response() => Refusal::Protocol,
        None => Refusal::Connection,
    }
}

fn not_taken(refusal: Refusal) -> MailError {
    MailError::NotTaken(Box::new(refusal))
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The transport holds the server's password.
        f.debug_struct("SmtpMailer").field("composer", &self.composer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::composer::tests::{composer, link_mail};

    #[rstest]
    #[case("smtps://mail.example.org", true, true)]
    #[case("smtp://mail.example.org?tls=required", true, true)]
    #[case("smtp://user:marked%40secret@mail.example.org:587/ehlo?tls=required", true, true)]
    #[case("smtp://mail.example.org?tls=opportunistic", true, false)]
    #[case("smtp://localhost:1025", true, false)]
    #[case("smtp://localhost?tls=off", false, false)]
    #[case("https://user:marked-secret@mail.example.org", false, false)]
    #[case("marked-secret", false, false)]
    #[tokio::test]
    async fn the_url_decides_where_to_and_whether_encrypted(
        #[case] url: &str,
        #[case] fit: bool,
        #[case] encrypts: bool,
    ) {
        let mailer = SmtpMailer::new(url, composer());
        assert_eq!((mailer.is_ok(), SmtpMailer::always_encrypts(url)), (fit, encrypts));
        match mailer {
            Ok(mailer) => assert!(!format!("{mailer:?}").contains("marked")),
            Err(error) => assert!(!format!("{error} {error:?}").contains("marked")),
        }
    }

    #[tokio::test]
    async fn without_a_server_the_mail_is_not_taken_and_the_error_is_silent_about_it() {
        let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mailer = SmtpMailer::new(&format!("smtp://{unused}"), composer()).unwrap();
        let error = mailer.send(&link_mail("de")).await.unwrap_err();
        assert!(matches!(&error, MailError::NotTaken(cause) if cause.to_string().contains("no connection")));
        assert!(!format!("{error:?}").contains("ada") && !format!("{error:?}").contains("token"));
        assert!(!mailer.reaches_server().await);
    }
}
