-- What subscribers are told of: changes of accounts, each recorded with the change itself and its audit event. An event
-- has ids and names of roles alone. The sequence is its place in the order: of two events of one user the later has the
-- greater. It is never used twice, also when the last event is purged.
--
-- There is no foreign key to the user: an event tells of an account also when that is gone.
CREATE TABLE user_events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    user_id BLOB CHECK (length(user_id) = 16),
    roles TEXT,
    occurred_at INTEGER NOT NULL,
    CONSTRAINT user_events_id_key UNIQUE (id),
    CONSTRAINT user_events_kind_length CHECK (length(kind) BETWEEN 1 AND 64),
    CONSTRAINT user_events_roles_list CHECK (json_valid(roles) AND json_type(roles) = 'array')
) STRICT;

-- Replay from a time on, and purging.
CREATE INDEX user_events_occurred_at ON user_events (occurred_at);
