-- What people were told by mail: which messages, and what became of them; never their words.
CREATE TABLE notification_history (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) CHECK (length(user_id) = 16),
    kind TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    sent_at INTEGER,
    failed_at INTEGER,
    CONSTRAINT notification_history_kind_length CHECK (length(kind) BETWEEN 1 AND 64),
    CONSTRAINT notification_history_sent_or_failed CHECK (sent_at IS NULL OR failed_at IS NULL)
) STRICT;

-- The messages to a user, newest first.
CREATE INDEX notification_history_of ON notification_history (user_id, id DESC);
