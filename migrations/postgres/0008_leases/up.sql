-- Leases: each background job runs on the one replica that holds its lease.
CREATE TABLE leases (
    name text PRIMARY KEY,
    holder text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT leases_name_length CHECK (length(name) BETWEEN 1 AND 64),
    CONSTRAINT leases_holder_length CHECK (length(holder) BETWEEN 1 AND 255)
);
