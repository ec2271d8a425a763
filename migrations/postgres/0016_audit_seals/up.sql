-- Seals of the audit trail: what proves that no event was edited, deleted, inserted or moved. docs/audit-trail.md says
-- how. The tables of seals and places can only grow, as audit_logs does.

-- Events that are not sealed yet. A trigger adds each in the transaction that records it, so a row is seen exactly when
-- its event is, however long that transaction took and whatever its time and id say; an older version that still runs
-- needs to know nothing of it. The sealer takes rows away; whoever records an event waits for nobody.
CREATE TABLE audit_unsealed (
    occurred_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (occurred_at, event_id)
);

CREATE INDEX audit_unsealed_event ON audit_unsealed (event_id);

CREATE FUNCTION await_audit_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (occurred_at, event_id) VALUES (NEW.occurred_at, NEW.id);
    RETURN NULL;
END
$$;

-- Every partition gets its copy by itself. The trigger comes first: it waits for the transactions that record events,
-- so that none falls between it and the events that are there.
CREATE TRIGGER audit_logs_await_seal AFTER INSERT ON audit_logs
FOR EACH ROW EXECUTE FUNCTION await_audit_seal();

INSERT INTO audit_unsealed (occurred_at, event_id) SELECT occurred_at, id FROM audit_logs;

CREATE TABLE audit_seals (
    number bigint PRIMARY KEY,
    first_position bigint NOT NULL UNIQUE,
    last_position bigint NOT NULL UNIQUE,
    event_count bigint NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT audit_seals_number_positive CHECK (number > 0),
    CONSTRAINT audit_seals_positions_whole CHECK (
        first_position > 0 AND event_count > 0 AND event_count = last_position - first_position + 1
    ),
    CONSTRAINT audit_seals_root_length CHECK (length(root) = 32),
    CONSTRAINT audit_seals_previous_length CHECK (length(previous) = 32),
    CONSTRAINT audit_seals_key_id_length CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT audit_seals_signature_length CHECK (length(signature) BETWEEN 1 AND 1024)
);

-- The place of each sealed event, and its hash when it was sealed.
CREATE TABLE audit_positions (
    position bigint PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    event_id uuid NOT NULL UNIQUE,
    leaf bytea NOT NULL,
    CONSTRAINT audit_positions_position_positive CHECK (position > 0),
    CONSTRAINT audit_positions_leaf_length CHECK (length(leaf) = 32)
);

CREATE FUNCTION refuse_trail_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals
FOR EACH ROW EXECUTE FUNCTION refuse_trail_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals
FOR EACH STATEMENT EXECUTE FUNCTION refuse_trail_change();
CREATE TRIGGER audit_positions_append_only BEFORE UPDATE OR DELETE ON audit_positions
FOR EACH ROW EXECUTE FUNCTION refuse_trail_change();
CREATE TRIGGER audit_positions_no_truncate BEFORE TRUNCATE ON audit_positions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_trail_change();
