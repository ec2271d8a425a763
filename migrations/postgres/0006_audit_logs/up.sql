-- The audit trail (45 CFR 164.312(b)). It can only grow: triggers refuse every change, whoever tries it.
--
-- It names people by id and has no foreign key, so that erasing a person leaves it whole. It is partitioned by month, so
-- that retention drops whole partitions and indexes stay small; the default partition catches what is outside of them.
CREATE TABLE audit_logs (
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    event text NOT NULL,
    outcome text NOT NULL,
    actor_id uuid,
    subject_id uuid,
    session_id uuid,
    ip_address text,
    user_agent text,
    request_id text,
    reason text,
    details jsonb NOT NULL,
    PRIMARY KEY (occurred_at, id),
    CONSTRAINT audit_logs_event_length CHECK (length(event) BETWEEN 1 AND 64),
    CONSTRAINT audit_logs_outcome_known CHECK (outcome IN ('success', 'failure', 'denied')),
    CONSTRAINT audit_logs_ip_address_length CHECK (length(ip_address) BETWEEN 2 AND 45),
    CONSTRAINT audit_logs_user_agent_length CHECK (length(user_agent) BETWEEN 1 AND 256),
    CONSTRAINT audit_logs_request_id_length CHECK (length(request_id) BETWEEN 8 AND 64),
    CONSTRAINT audit_logs_reason_length CHECK (length(reason) <= 1000)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX audit_logs_subject ON audit_logs (subject_id, occurred_at DESC, id DESC) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_logs_actor ON audit_logs (actor_id, occurred_at DESC, id DESC) WHERE actor_id IS NOT NULL;

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_logs is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Every partition gets its copy of the row trigger by itself.
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TABLE audit_logs_default PARTITION OF audit_logs DEFAULT;

CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs_default
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Makes the partitions of this month and the next three that are missing; to be called again every month. A statement
-- trigger is not inherited, so each partition gets its own against TRUNCATE.
CREATE FUNCTION create_audit_partitions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    begins timestamp;
    name text;
BEGIN
    FOR ahead IN 0..3 LOOP
        begins := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead);
        name := 'audit_logs_' || to_char(begins, 'YYYY_MM');
        IF to_regclass(quote_ident(name)) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF audit_logs FOR VALUES FROM (%L) TO (%L)',
                name, begins AT TIME ZONE 'UTC', (begins + interval '1 month') AT TIME ZONE 'UTC'
            );
            EXECUTE format(
                'CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON %I '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()',
                name
            );
        END IF;
    END LOOP;
END
$$;

SELECT create_audit_partitions();
