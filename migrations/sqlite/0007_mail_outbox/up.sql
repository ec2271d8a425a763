-- Mail that shall leave: committed together with the change that it tells of, so that none is lost and none is sent for
-- what did not happen. The content is encrypted, since it holds tokens, and wiped once the mail has left.
--
-- There is no foreign key to the user: a mail can outlive the account that it is about.
CREATE TABLE mail_outbox (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    user_id BLOB CHECK (length(user_id) = 16),
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    locale TEXT,
    sealed BLOB,
    queued_at INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    sent_at INTEGER,
    failed_at INTEGER,
    last_error TEXT,
    CONSTRAINT mail_outbox_kind_length CHECK (length(kind) BETWEEN 1 AND 64),
    CONSTRAINT mail_outbox_recipient_length CHECK (length(CAST(recipient AS BLOB)) BETWEEN 3 AND 254),
    CONSTRAINT mail_outbox_locale_length CHECK (length(locale) BETWEEN 1 AND 35),
    CONSTRAINT mail_outbox_attempts_counted CHECK (attempts >= 0),
    CONSTRAINT mail_outbox_sealed_until_sent CHECK ((sealed IS NULL) = (sent_at IS NOT NULL)),
    CONSTRAINT mail_outbox_sent_or_failed CHECK (sent_at IS NULL OR failed_at IS NULL),
    CONSTRAINT mail_outbox_last_error_length CHECK (length(last_error) <= 500)
) STRICT;

-- What is due.
CREATE INDEX mail_outbox_due ON mail_outbox (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
