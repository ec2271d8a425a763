-- Emergency accesses, "break-glass" (45 CFR 164.312(a)(2)(ii)): who opened whose data, when, for how long and why. A row
-- stays; the audit trail names its id at each use.
CREATE TABLE emergency_accesses (
    id uuid PRIMARY KEY,
    holder_id uuid NOT NULL REFERENCES users (id),
    subject_id uuid NOT NULL REFERENCES users (id),
    reason text NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT emergency_accesses_of_another CHECK (holder_id <> subject_id),
    CONSTRAINT emergency_accesses_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    CONSTRAINT emergency_accesses_expires_later CHECK (expires_at > granted_at)
);

-- Of one holder to one subject only one is open; one that has expired is closed before the next is added.
CREATE UNIQUE INDEX emergency_accesses_open ON emergency_accesses (holder_id, subject_id) WHERE closed_at IS NULL;
-- The accesses of a holder, newest first.
CREATE INDEX emergency_accesses_of ON emergency_accesses (holder_id, id DESC);
CREATE INDEX emergency_accesses_to ON emergency_accesses (subject_id);

-- Who may take one. A version before this one skips a permission that it does not know.
UPDATE user_roles SET permissions = array_append(permissions, 'emergency:access')
WHERE name IN ('clinician', 'admin') AND NOT 'emergency:access' = ANY (permissions);
