-- Roles, what they allow, and who has them, from whom, since when and why.
CREATE TABLE user_roles (
    name text PRIMARY KEY,
    description text NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT user_roles_name_length CHECK (length(name) BETWEEN 1 AND 32),
    CONSTRAINT user_roles_description_length CHECK (length(description) <= 255)
);

CREATE TABLE user_role_assignments (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL REFERENCES user_roles (name),
    assigned_by uuid REFERENCES users (id),
    reason text NOT NULL,
    assigned_at timestamptz NOT NULL,
    CONSTRAINT user_role_assignments_user_id_role_key UNIQUE (user_id, role),
    CONSTRAINT user_role_assignments_reason_length CHECK (length(reason) <= 1000)
);

-- Who has this role: asked before the last administrator loses it.
CREATE INDEX user_role_assignments_role ON user_role_assignments (role);
