-- Seals of the audit trail: what proves that no event was edited, deleted, inserted or moved. docs/audit-trail.md says
-- how. The tables of seals and places can only grow, as audit_logs does.

-- Events that are not sealed yet. A trigger adds each in the transaction that records it, so a row is seen exactly when
-- its event is, whatever its time and id say; an older version that still runs needs to know nothing of it.
CREATE TABLE audit_unsealed (
    occurred_at INTEGER NOT NULL,
    event_id BLOB NOT NULL CHECK (length(event_id) = 16),
    PRIMARY KEY (occurred_at, event_id)
) STRICT;

CREATE INDEX audit_unsealed_event ON audit_unsealed (event_id);

CREATE TRIGGER audit_logs_await_seal AFTER INSERT ON audit_logs
BEGIN
    INSERT INTO audit_unsealed (occurred_at, event_id) VALUES (NEW.occurred_at, NEW.id);
END;

INSERT INTO audit_unsealed (occurred_at, event_id) SELECT occurred_at, id FROM audit_logs;

CREATE TABLE audit_seals (
    number INTEGER PRIMARY KEY NOT NULL,
    first_position INTEGER NOT NULL UNIQUE,
    last_position INTEGER NOT NULL UNIQUE,
    event_count INTEGER NOT NULL,
    root BLOB NOT NULL,
    previous BLOB NOT NULL,
    sealed_at INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    signature BLOB NOT NULL,
    CONSTRAINT audit_seals_number_positive CHECK (number > 0),
    CONSTRAINT audit_seals_positions_whole CHECK (
        first_position > 0 AND event_count > 0 AND event_count = last_position - first_position + 1
    ),
    CONSTRAINT audit_seals_root_length CHECK (length(root) = 32),
    CONSTRAINT audit_seals_previous_length CHECK (length(previous) = 32),
    CONSTRAINT audit_seals_key_id_length CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT audit_seals_signature_length CHECK (length(signature) BETWEEN 1 AND 1024)
) STRICT;

-- The place of each sealed event, and its hash when it was sealed.
CREATE TABLE audit_positions (
    position INTEGER PRIMARY KEY NOT NULL,
    occurred_at INTEGER NOT NULL,
    event_id BLOB NOT NULL UNIQUE,
    leaf BLOB NOT NULL,
    CONSTRAINT audit_positions_position_positive CHECK (position > 0),
    CONSTRAINT audit_positions_event_length CHECK (length(event_id) = 16),
    CONSTRAINT audit_positions_leaf_length CHECK (length(leaf) = 32)
) STRICT;

CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals is append-only: UPDATE is refused');
END;
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals is append-only: DELETE is refused');
END;
CREATE TRIGGER audit_positions_no_update BEFORE UPDATE ON audit_positions
BEGIN
    SELECT RAISE(ABORT, 'audit_positions is append-only: UPDATE is refused');
END;
CREATE TRIGGER audit_positions_no_delete BEFORE DELETE ON audit_positions
BEGIN
    SELECT RAISE(ABORT, 'audit_positions is append-only: DELETE is refused');
END;
