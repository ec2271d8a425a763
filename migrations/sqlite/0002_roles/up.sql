-- Roles, what they allow, and who has them, from whom, since when and why.
CREATE TABLE user_roles (
    name TEXT PRIMARY KEY NOT NULL,
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT user_roles_name_length CHECK (length(name) BETWEEN 1 AND 32),
    CONSTRAINT user_roles_description_length CHECK (length(description) <= 255)
) STRICT;

CREATE TABLE user_role_assignments (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) CHECK (length(user_id) = 16),
    role TEXT NOT NULL REFERENCES user_roles (name),
    assigned_by BLOB REFERENCES users (id) CHECK (length(assigned_by) = 16),
    reason TEXT NOT NULL,
    assigned_at INTEGER NOT NULL,
    CONSTRAINT user_role_assignments_user_id_role_key UNIQUE (user_id, role),
    CONSTRAINT user_role_assignments_reason_length CHECK (length(reason) <= 1000)
) STRICT;

-- Who has this role: asked before the last administrator loses it.
CREATE INDEX user_role_assignments_role ON user_role_assignments (role);
