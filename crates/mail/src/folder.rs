//! Mail into a folder, for development and tests.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use voxgate_domain::mail::Mail;
use voxgate_domain::ports::{Cause, MailError, Mailer};

use crate::composer::{MailComposer, TextEncoding};

/// Writes each mail as `<mail id>.eml`, for its owner alone, since it holds tokens. Names sort by time, and a mail that
/// is sent again takes the place of itself. The text part is readable as it is, with the token alone on a line.
#[derive(Debug)]
pub struct FolderMailer {
    dir: PathBuf,
    composer: MailComposer,
}

impl FolderMailer {
    /// Writes into `dir`, which is made with mode 0700 when it is not there.
    ///
    /// # Errors
    ///
    /// What the file system says when it cannot be made.
    pub fn new(dir: PathBuf, composer: MailComposer) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir)?;
        Ok(Self { dir, composer })
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let eml = self.composer.compose(mail, TextEncoding::Readable)?.formatted();
        let (dir, name) = (self.dir.clone(), mail.id.to_string());
        let written = tokio::task::spawn_blocking(move || write(&dir, &name, &eml)).await;
        written.map_err(not_taken)?.map_err(not_taken)
    }
}

fn not_taken(cause: impl Into<Cause>) -> MailError {
    MailError::NotTaken(cause.into())
}

/// Writes beside and renames, so that no half mail is ever seen; durable when it returns.
fn write(dir: &Path, name: &str, eml: &[u8]) -> io::Result<()> {
    let temporary = dir.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = write_new(&temporary, eml).and_then(|()| fs::rename(&temporary, dir.join(format!("{name}.eml"))));
    if written.is_err() {
        // The error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::composer::tests::{TOKEN, composer, link_mail};

    fn names(dir: &Path) -> Vec<String> {
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_mail_is_one_file_however_often_it_is_sent() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("var/mail");
        let mailer = FolderMailer::new(dir.clone(), composer()).unwrap();
        let mail = link_mail("en");
        mailer.send(&mail).await.unwrap();
        let first = fs::read(dir.join(format!("{}.eml", mail.id))).unwrap();
        mailer.send(&mail).await.unwrap();

        assert_eq!(names(&dir), [format!("{}.eml", mail.id)]);
        assert_eq!(fs::read(dir.join(format!("{}.eml", mail.id))).unwrap(), first, "the same bytes at every try");
    }

    #[tokio::test]
    async fn token_and_link_can_be_found_with_grep_in_every_language() {
        let temp = tempfile::tempdir().unwrap();
        let mailer = FolderMailer::new(temp.path().to_owned(), composer()).unwrap();
        for language in ["en", "de", "fr"] {
            let mail = link_mail(language);
            mailer.send(&mail).await.unwrap();
            let eml = fs::read_to_string(temp.path().join(format!("{}.eml", mail.id))).unwrap();
            assert_eq!(eml.lines().filter(|line| *line == TOKEN).count(), 1, "{eml}");
            let link = format!("https://auth.example.org/verify-email?token={TOKEN}");
            assert_eq!(eml.lines().filter(|line| *line == link).count(), 1, "{eml}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn mails_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("mail");
        let mailer = FolderMailer::new(dir.clone(), composer()).unwrap();
        let mail = link_mail("en");
        mailer.send(&mail).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&dir), mode(&dir.join(format!("{}.eml", mail.id)))), (0o700, 0o600));
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_delays_the_mail_and_says_nothing_of_it() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("mail");
        let mailer = FolderMailer::new(dir.clone(), composer()).unwrap();
        fs::remove_dir(&dir).unwrap();
        let error = mailer.send(&link_mail("en")).await.unwrap_err();
        assert!(matches!(error, MailError::NotTaken(_)));
        assert!(!format!("{error:?}").contains(TOKEN) && !format!("{error:?}").contains("ada"));
    }
}
