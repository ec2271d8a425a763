-- An index for each way in which auditors look for events, newest first.
CREATE INDEX audit_logs_event ON audit_logs (event, occurred_at DESC, id DESC);
CREATE INDEX audit_logs_outcome ON audit_logs (outcome, occurred_at DESC, id DESC);
CREATE INDEX audit_logs_ip_address ON audit_logs (ip_address, occurred_at DESC, id DESC) WHERE ip_address IS NOT NULL;
