-- Users, the hashes of their former passwords, and what they want to be told by mail.
--
-- A closed account stays until retention purges it, so only the address of an account that is not deleted is unique:
-- the index, and not a read before the write, decides who gets an address.
CREATE TABLE users (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    email TEXT NOT NULL,
    email_normalized TEXT NOT NULL,
    email_verified_at INTEGER,
    status TEXT NOT NULL,
    deleted_at INTEGER,
    password_hash TEXT,
    first_name TEXT,
    last_name TEXT,
    phone_number TEXT,
    date_of_birth TEXT,
    locale TEXT,
    time_zone TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_login_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT users_email_length CHECK (length(CAST(email AS BLOB)) BETWEEN 3 AND 254),
    CONSTRAINT users_email_normalized_length CHECK (length(CAST(email_normalized AS BLOB)) BETWEEN 3 AND 254),
    CONSTRAINT users_status_known CHECK (status IN ('pending', 'active', 'inactive', 'deleted')),
    CONSTRAINT users_deleted_at_when_deleted CHECK ((status = 'deleted') = (deleted_at IS NOT NULL)),
    CONSTRAINT users_password_hash_length CHECK (length(password_hash) BETWEEN 1 AND 512),
    CONSTRAINT users_first_name_length CHECK (length(first_name) BETWEEN 1 AND 100),
    CONSTRAINT users_last_name_length CHECK (length(last_name) BETWEEN 1 AND 100),
    CONSTRAINT users_phone_number_length CHECK (length(phone_number) BETWEEN 8 AND 16),
    CONSTRAINT users_locale_length CHECK (length(locale) BETWEEN 1 AND 35),
    CONSTRAINT users_time_zone_length CHECK (length(time_zone) BETWEEN 1 AND 64),
    CONSTRAINT users_version_counts_up CHECK (version >= 0)
) STRICT;

CREATE UNIQUE INDEX users_email_normalized_key ON users (email_normalized) WHERE deleted_at IS NULL;

-- The order of the rows is the order of the passwords: two can be set within one microsecond.
CREATE TABLE password_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BLOB NOT NULL REFERENCES users (id) CHECK (length(user_id) = 16),
    password_hash TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    CONSTRAINT password_history_password_hash_length CHECK (length(password_hash) BETWEEN 1 AND 512)
) STRICT;

CREATE INDEX password_history_newest ON password_history (user_id, id DESC);

CREATE TABLE notification_preferences (
    user_id BLOB PRIMARY KEY NOT NULL REFERENCES users (id) CHECK (length(user_id) = 16),
    product_email INTEGER NOT NULL CHECK (product_email IN (0, 1)),
    analysis_email INTEGER NOT NULL CHECK (analysis_email IN (0, 1)),
    updated_at INTEGER NOT NULL
) STRICT;
