//! The mailer port of the domain by SMTP or into a folder, and the templates of the messages.
