-- The partitions by month that are missing between two times, each as create_audit_partitions() makes it: that looks ahead
-- alone, and what is made here reaches back for years.
DO $$
DECLARE
    begins timestamp;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('create_audit_partitions'));
    FOR begins IN
        SELECT generate_series(
            date_trunc('month', timestamptz '{from}' AT TIME ZONE 'UTC'),
            date_trunc('month', timestamptz '{until}' AT TIME ZONE 'UTC'),
            interval '1 month'
        )
    LOOP
        name := 'audit_logs_' || to_char(begins, 'YYYY_MM');
        IF to_regclass(quote_ident(name)) IS NOT NULL THEN
            CONTINUE;
        END IF;
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF audit_logs FOR VALUES FROM (%L) TO (%L)',
            name, begins AT TIME ZONE 'UTC', (begins + interval '1 month') AT TIME ZONE 'UTC'
        );
        EXECUTE format(
            'CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()',
            name
        );
    END LOOP;
END
$$;
