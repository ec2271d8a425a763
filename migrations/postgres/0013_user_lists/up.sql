-- Lists of users for administrators: an index for each filter, all of which give the newest user first, so that a page
-- far down the list costs what the first one does.
--
-- Names are compared by their bytes after their ASCII letters were made small: the collation C does that alike on every
-- server, and as SQLite does.

-- All that is locked, before any work is done: whoever serves waits for it but briefly, and never the one for the other.
LOCK TABLE users IN SHARE MODE;
LOCK TABLE user_role_assignments IN ACCESS EXCLUSIVE MODE;

CREATE INDEX users_living ON users (id DESC) WHERE deleted_at IS NULL;
CREATE INDEX users_status ON users (status, id DESC);
CREATE INDEX users_email_prefix ON users ((email_normalized COLLATE "C"), id);
CREATE INDEX users_first_name_prefix ON users (lower(first_name COLLATE "C"), id);
CREATE INDEX users_last_name_prefix ON users (lower(last_name COLLATE "C"), id);

-- Who has a role, newest user first. It does what the index on the role alone did.
CREATE INDEX user_role_assignments_holders ON user_role_assignments (role, user_id DESC);
DROP INDEX user_role_assignments_role;
