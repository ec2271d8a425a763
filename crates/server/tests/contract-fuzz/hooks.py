"""Who calls, for schemathesis: `CONTRACT_FUZZ_ROLE`, logged in anew whenever the session is over."""

import os

import schemathesis
from refusals import beyond_a_schema
from voxgate import Installation, People

ROLE = os.environ["CONTRACT_FUZZ_ROLE"]
# What ends the session of the caller when it succeeds.
ENDINGS = ("POST /auth/logout", "DELETE /users/account")

if ROLE != "nobody":
    installation = Installation(os.environ["CONTRACT_FUZZ_BINARY"], os.environ["CONTRACT_FUZZ_FOLDER"])
    people = People(installation, os.environ["CONTRACT_FUZZ_URL"], ROLE)

    @schemathesis.auth(refresh_interval=None)
    class Caller:
        """The bearer token of the role."""

        def get(self, case, context):
            return people.token()

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

    @schemathesis.hook
    def after_call(context, case, response):
        """Notices that a session is over."""
        sent = response.request.headers.get("Authorization", "")
        over = response.status_code == 401 and b'"unauthenticated"' in (response.content or b"")
        ended = response.status_code == 204 and case.operation.label in ENDINGS
        if over or ended:
            people.forget(sent.removeprefix("Bearer "))


@schemathesis.check
def refusals_are_beyond_a_schema(ctx, response, case):
    """A request that is as the document says is refused for what no schema can tell, and for nothing else."""
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if positive and response.status_code in (400, 412, 422, 423):
        unsaid = beyond_a_schema(response.json())
        assert unsaid is None, f"the document does not tell: {unsaid}"
