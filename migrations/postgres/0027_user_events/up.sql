-- What subscribers are told of: changes of accounts, each recorded with the change itself and its audit event. An event
-- has ids and names of roles alone. The sequence is its place in the order: who changes an account holds its row, so of
-- two events of one user the later has the greater.
--
-- There is no foreign key to the user: an event tells of an account also when that is gone.
CREATE TABLE user_events (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    roles text[],
    occurred_at timestamptz NOT NULL,
    CONSTRAINT user_events_id_key UNIQUE (id),
    CONSTRAINT user_events_kind_length CHECK (length(kind) BETWEEN 1 AND 64)
);

-- Replay from a time on, and purging.
CREATE INDEX user_events_occurred_at ON user_events (occurred_at);
