-- The sessions that ended, in the order of their ends: what sibling services ask for again and again. It serves whatever
-- the index by the time alone did.

-- All that is locked, before any work is done: whoever serves waits for it but briefly, and never the one for the other.
LOCK TABLE user_sessions IN ACCESS EXCLUSIVE MODE;

CREATE INDEX user_sessions_ends ON user_sessions (ended_at, id) WHERE ended_at IS NOT NULL;
DROP INDEX user_sessions_ended;
