-- Users, the hashes of their former passwords, and what they want to be told by mail.
--
-- A closed account stays until retention purges it, so only the address of an account that is not deleted is unique:
-- the index, and not a read before the write, decides who gets an address.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    email_normalized text NOT NULL,
    email_verified_at timestamptz,
    status text NOT NULL,
    deleted_at timestamptz,
    password_hash text,
    first_name text,
    last_name text,
    phone_number text,
    date_of_birth date,
    locale text,
    time_zone text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_login_at timestamptz,
    version bigint NOT NULL,
    CONSTRAINT users_email_length CHECK (octet_length(email) BETWEEN 3 AND 254),
    CONSTRAINT users_email_normalized_length CHECK (octet_length(email_normalized) BETWEEN 3 AND 254),
    CONSTRAINT users_status_known CHECK (status IN ('pending', 'active', 'inactive', 'deleted')),
    CONSTRAINT users_deleted_at_when_deleted CHECK ((status = 'deleted') = (deleted_at IS NOT NULL)),
    CONSTRAINT users_password_hash_length CHECK (length(password_hash) BETWEEN 1 AND 512),
    CONSTRAINT users_first_name_length CHECK (length(first_name) BETWEEN 1 AND 100),
    CONSTRAINT users_last_name_length CHECK (length(last_name) BETWEEN 1 AND 100),
    CONSTRAINT users_phone_number_length CHECK (length(phone_number) BETWEEN 8 AND 16),
    CONSTRAINT users_locale_length CHECK (length(locale) BETWEEN 1 AND 35),
    CONSTRAINT users_time_zone_length CHECK (length(time_zone) BETWEEN 1 AND 64),
    CONSTRAINT users_version_counts_up CHECK (version >= 0)
);

CREATE UNIQUE INDEX users_email_normalized_key ON users (email_normalized) WHERE deleted_at IS NULL;

-- The order of the rows is the order of the passwords: two can be set within one microsecond.
CREATE TABLE password_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    password_hash text NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT password_history_password_hash_length CHECK (length(password_hash) BETWEEN 1 AND 512)
);

CREATE INDEX password_history_newest ON password_history (user_id, id DESC);

CREATE TABLE notification_preferences (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    product_email boolean NOT NULL,
    analysis_email boolean NOT NULL,
    updated_at timestamptz NOT NULL
);
