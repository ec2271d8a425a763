-- Retention: when the personal fields of a closed account were purged, and a legal hold that suspends it.
--
-- The row of a purged user stays, without anything personal: sessions, assignments and the audit trail name its id.

-- All that is locked, before any work is done: whoever serves waits for it but briefly, and never the one for the other.
LOCK TABLE users IN ACCESS EXCLUSIVE MODE;
LOCK TABLE user_sessions, one_time_tokens, mail_outbox, login_attempts IN SHARE MODE;

ALTER TABLE users
    ADD COLUMN purged_at timestamptz,
    ADD COLUMN legal_hold_at timestamptz,
    ADD COLUMN legal_hold_reason text,
    ADD CONSTRAINT users_purged_when_deleted CHECK (purged_at IS NULL OR deleted_at IS NOT NULL),
    ADD CONSTRAINT users_legal_hold_has_reason CHECK ((legal_hold_at IS NULL) = (legal_hold_reason IS NULL)),
    ADD CONSTRAINT users_legal_hold_reason_length CHECK (length(legal_hold_reason) BETWEEN 1 AND 500);

-- What is looked through each day, oldest first.
CREATE INDEX users_to_purge ON users (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX users_on_hold ON users (id) WHERE legal_hold_at IS NOT NULL;
CREATE INDEX user_sessions_ended ON user_sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX user_sessions_expired ON user_sessions (expires_at);
CREATE INDEX one_time_tokens_expired ON one_time_tokens (expires_at);
CREATE INDEX mail_outbox_sent ON mail_outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX mail_outbox_failed ON mail_outbox (failed_at) WHERE failed_at IS NOT NULL;
CREATE INDEX mail_outbox_of_user ON mail_outbox (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX login_attempts_updated ON login_attempts (updated_at);
-- What goes with a user.
CREATE INDEX user_sessions_of_user ON user_sessions (user_id);
CREATE INDEX one_time_tokens_of_user ON one_time_tokens (user_id);
