"""What a request can be refused for although it is as the OpenAPI document says: what no JSON schema can tell.

Everything else has to be in the document. Field and code, as they stand in an answer; `*` is any field."""

# By the code of the problem.
PROBLEMS = {
    "invalid_token": "whether a token is one shows when it is looked up",
    "invalid_scope": "what a client may ask for is data",
    "invalid_request": "a client may prove who it is in one way, not by a header and a form at once",
    "precondition_failed": "which version is the present one is data",
    "account_locked": "how often somebody failed is data",
}

_SECRET = "how hard a password is to guess, and what it says of its owner, is reckoned"
_TEXT = "texts are brought into NFC and trimmed by Unicode's own properties, which ECMA 262 patterns have not"
_OPEN = "a list that grows: a client that held to an old copy of it would refuse what a newer server takes"
_TOGETHER = "one of two fields: a contract that names both optional, and their refusal together"

# By the field and the code of its fault.
FAULTS = {
    ("cursor", "malformed"): "cursors are sealed: whether one is ours shows when it is opened",
    ("password", "*"): _SECRET,
    ("new_password", "*"): _SECRET,
    # Of the present one nothing is checked but its length, and that it has no control characters.
    ("current_password", "malformed"): _TEXT,
    ("email", "malformed"): "which domains there can be is said by IDNA (UTS 46), not by a pattern",
    ("new_email", "malformed"): "which domains there can be is said by IDNA (UTS 46), not by a pattern",
    ("email", "too_long"): "254 bytes (RFC 5321), where JSON schema counts characters",
    ("new_email", "too_long"): "254 bytes (RFC 5321), where JSON schema counts characters",
    ("first_name", "malformed"): _TEXT,
    ("first_name", "required"): _TEXT,
    ("last_name", "malformed"): _TEXT,
    ("last_name", "required"): _TEXT,
    ("device_name", "malformed"): _TEXT,
    ("device_name", "required"): _TEXT,
    ("reason", "malformed"): _TEXT,
    ("reason", "required"): _TEXT,
    ("description", "malformed"): _TEXT,
    ("description", "required"): _TEXT,
    ("q", "malformed"): _TEXT,
    ("q", "required"): _TEXT,
    ("locale", "malformed"): "the grammar of language tags (BCP 47) is no pattern that anybody could read",
    ("timezone", "unknown"): _OPEN,
    ("date_of_birth", "out_of_range"): "today is no constant",
    ("ip_address", "invalid"): "one of two formats",
    ("roles", "malformed"): _OPEN,
    ("roles", "unknown"): _OPEN,
    ("permissions", "unknown"): _OPEN,
    ("permissions", "required"): _OPEN,
    ("events", "unknown"): _OPEN,
    ("url", "malformed"): "what of a URI is no address to send to (a user name, a fragment) is in its description",
    ("url", "not_encrypted"): "which machine this is, is data",
    ("security_email", "always_on"): "the contract has the field, which cannot be turned off, and the refusal",
    ("code", "required"): _TOGETHER,
    ("recovery_code", "conflicting"): _TOGETHER,
    ("delivery_ids", "conflicting"): _TOGETHER,
    ("refresh_token", "required"): "whether the cookie has it is not said by the body",
}


def beyond_a_schema(problem):
    """What of `problem` the document should have said, or nothing."""
    if problem["code"] != "validation_failed":
        return None if problem["code"] in PROBLEMS else problem["code"]
    faults = [(fault["field"], fault["code"]) for fault in problem["errors"]]
    unsaid = [fault for fault in faults if fault not in FAULTS and (fault[0], "*") not in FAULTS]
    return unsaid or None
