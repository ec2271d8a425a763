-- What people were told by mail: which messages, and what became of them; never their words.
CREATE TABLE notification_history (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL,
    queued_at timestamptz NOT NULL,
    sent_at timestamptz,
    failed_at timestamptz,
    CONSTRAINT notification_history_kind_length CHECK (length(kind) BETWEEN 1 AND 64),
    CONSTRAINT notification_history_sent_or_failed CHECK (sent_at IS NULL OR failed_at IS NULL)
);

-- The messages to a user, newest first.
CREATE INDEX notification_history_of ON notification_history (user_id, id DESC);
