-- Leases: each background job runs on the one replica that holds its lease.
CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT leases_name_length CHECK (length(name) BETWEEN 1 AND 64),
    CONSTRAINT leases_holder_length CHECK (length(holder) BETWEEN 1 AND 255)
) STRICT;
