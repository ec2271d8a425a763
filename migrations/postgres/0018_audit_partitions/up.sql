-- Makes create_audit_partitions() safe when the default partition holds events of a month whose partition is made: they
-- move into it. Before, the call failed, and so did every later one.
CREATE OR REPLACE FUNCTION create_audit_partitions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    begins timestamp;
    from_time timestamptz;
    to_time timestamptz;
    name text;
BEGIN
    -- Two replicas that do this at once would both see that a partition is missing.
    PERFORM pg_advisory_xact_lock(hashtext('create_audit_partitions'));
    FOR ahead IN 0..3 LOOP
        begins := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead);
        from_time := begins AT TIME ZONE 'UTC';
        to_time := (begins + interval '1 month') AT TIME ZONE 'UTC';
        name := 'audit_logs_' || to_char(begins, 'YYYY_MM');
        IF to_regclass(quote_ident(name)) IS NOT NULL THEN
            CONTINUE;
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE audit_logs INCLUDING ALL)', name);
        IF EXISTS (SELECT FROM audit_logs_default WHERE occurred_at >= from_time AND occurred_at < to_time) THEN
            -- Nobody sees the default partition until this transaction ends: neither without the rows that move, nor
            -- without the trigger that refuses deletion. The rows keep their place in the queue for sealing, since the
            -- new table is no partition yet when they come in.
            LOCK TABLE audit_logs_default IN ACCESS EXCLUSIVE MODE;
            ALTER TABLE audit_logs_default DISABLE TRIGGER audit_logs_append_only;
            EXECUTE format(
                'WITH moved AS (DELETE FROM audit_logs_default WHERE occurred_at >= %L AND occurred_at < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved',
                from_time, to_time, name
            );
            ALTER TABLE audit_logs_default ENABLE TRIGGER audit_logs_append_only;
        END IF;
        -- Attaching, unlike making a partition in place, lets events be recorded into the other partitions meanwhile.
        EXECUTE format(
            'ALTER TABLE audit_logs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, from_time, to_time
        );
        EXECUTE format(
            'CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()',
            name
        );
    END LOOP;
END
$$;
