-- The audit trail (45 CFR 164.312(b)). It can only grow: triggers refuse every change, whoever tries it.
--
-- It names people by id and has no foreign key, so that erasing a person leaves it whole.
CREATE TABLE audit_logs (
    id BLOB NOT NULL CHECK (length(id) = 16),
    occurred_at INTEGER NOT NULL,
    event TEXT NOT NULL,
    outcome TEXT NOT NULL,
    actor_id BLOB CHECK (length(actor_id) = 16),
    subject_id BLOB CHECK (length(subject_id) = 16),
    session_id BLOB CHECK (length(session_id) = 16),
    ip_address TEXT,
    user_agent TEXT,
    request_id TEXT,
    reason TEXT,
    details BLOB NOT NULL,
    PRIMARY KEY (occurred_at, id),
    CONSTRAINT audit_logs_event_length CHECK (length(event) BETWEEN 1 AND 64),
    CONSTRAINT audit_logs_outcome_known CHECK (outcome IN ('success', 'failure', 'denied')),
    CONSTRAINT audit_logs_ip_address_length CHECK (length(ip_address) BETWEEN 2 AND 45),
    CONSTRAINT audit_logs_user_agent_length CHECK (length(user_agent) BETWEEN 1 AND 256),
    CONSTRAINT audit_logs_request_id_length CHECK (length(request_id) BETWEEN 8 AND 64),
    CONSTRAINT audit_logs_reason_length CHECK (length(reason) <= 1000)
) STRICT;

CREATE INDEX audit_logs_subject ON audit_logs (subject_id, occurred_at DESC, id DESC) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_logs_actor ON audit_logs (actor_id, occurred_at DESC, id DESC) WHERE actor_id IS NOT NULL;

CREATE TRIGGER audit_logs_no_update BEFORE UPDATE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'audit_logs is append-only: UPDATE is refused');
END;

CREATE TRIGGER audit_logs_no_delete BEFORE DELETE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'audit_logs is append-only: DELETE is refused');
END;

-- INSERT OR REPLACE deletes the row that is in its way without asking the trigger above.
CREATE TRIGGER audit_logs_no_replace BEFORE INSERT ON audit_logs
WHEN EXISTS (SELECT 1 FROM audit_logs WHERE occurred_at = NEW.occurred_at AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'audit_logs is append-only: REPLACE is refused');
END;
