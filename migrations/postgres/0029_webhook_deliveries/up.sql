-- Events on their way to endpoints: what is pending, what was delivered, and what was given up. A delivery is claimed by
-- counting its attempt and putting it off before it is sent, so that a crash cannot lose it; of each user and endpoint the
-- first that is pending goes first.

-- All that is locked, before any work is done: whoever serves waits for it but briefly, and never the one for the other.
LOCK TABLE webhook_endpoints, user_events IN SHARE ROW EXCLUSIVE MODE;

CREATE TABLE webhook_deliveries (
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id),
    sequence bigint NOT NULL REFERENCES user_events (sequence),
    user_id uuid,
    status text NOT NULL,
    attempts integer NOT NULL,
    queued_at timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    finished_at timestamptz,
    last_error text,
    PRIMARY KEY (endpoint_id, sequence),
    CONSTRAINT webhook_deliveries_status_known CHECK (status IN ('pending', 'delivered', 'dead')),
    CONSTRAINT webhook_deliveries_finished CHECK ((status = 'pending') = (finished_at IS NULL)),
    CONSTRAINT webhook_deliveries_attempts_counted CHECK (attempts >= 0),
    CONSTRAINT webhook_deliveries_last_error_length CHECK (length(last_error) <= 500)
);

-- What is due.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE finished_at IS NULL;
-- What waits before and behind a delivery.
CREATE INDEX webhook_deliveries_order ON webhook_deliveries (endpoint_id, user_id, sequence) WHERE finished_at IS NULL;
-- What became of the events, latest first.
CREATE INDEX webhook_deliveries_status ON webhook_deliveries (endpoint_id, status, sequence DESC);
-- What is over, for purging; and the deliveries of an event.
CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (sequence);
