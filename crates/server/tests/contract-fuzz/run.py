"""Schemathesis against a real server and the OpenAPI document that it serves, as each role: see .ci/contract-fuzz."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from voxgate import Installation, People

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(f"{HERE}/../../../..")


def main():
    binary = os.environ.get("VOXGATE_BINARY") or f"{os.environ.get('CARGO_TARGET_DIR', f'{ROOT}/target')}/debug/voxgate"
    if not os.path.exists(binary):
        sys.exit(f"there is no {binary}: `cargo build -p voxgate` makes it")
    examples = os.environ.get("CONTRACT_FUZZ_EXAMPLES", "2")
    seed = os.environ.get("CONTRACT_FUZZ_SEED", "20261125")
    print(f"contract fuzzing: CONTRACT_FUZZ_EXAMPLES={examples} CONTRACT_FUZZ_SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="voxgate-") as folder:
        installation = Installation(binary, folder)
        server, url = installation.serve()
        try:
            everybody = roles(installation, url)
            with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as workers:
                passed = workers.map(lambda role: passes(role, installation, url, examples, seed), everybody)
                failed = [role for role, ok in zip(everybody, passed) if not ok]
            if server.poll() is not None:
                failed.append(f"the server, which ended with {server.returncode}")
        finally:
            server.kill()
            server.wait()
    if failed:
        sys.exit(f"contract fuzzing failed as {', '.join(failed)}")


def roles(installation, url):
    """Every role that there is, a machine, and nobody; or those that `CONTRACT_FUZZ_ROLES` names."""
    if named := os.environ.get("CONTRACT_FUZZ_ROLES"):
        return named.split(",")
    token = People(installation, url, "admin").token()
    question = urllib.request.Request(f"{url}/roles", None, {"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(question) as answer:
        found = [role["name"] for role in json.load(answer)["items"]]
    assert len(found) >= 5, found
    return [*found, "service", "nobody"]


def passes(role, installation, url, examples, seed):
    """Whether all that schemathesis tries as `role` is answered as the document says."""
    begun = time.monotonic()
    env = {
        **os.environ,
        "CONTRACT_FUZZ_ROLE": role,
        "CONTRACT_FUZZ_BINARY": installation.binary,
        "CONTRACT_FUZZ_FOLDER": installation.folder,
        "CONTRACT_FUZZ_URL": url,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": HERE,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    run = [
        f"{os.path.dirname(sys.executable)}/schemathesis",
        f"--config-file={HERE}/schemathesis.toml",
        "run",
        f"{url}/openapi.json",
        "--checks=all",
        "--max-response-time=10",
        "--continue-on-failure",
        f"--max-examples={examples}",
        f"--seed={seed}",
        "--no-color",
        # Not directly: a request from this very machine may read metrics without a token.
        "--header=Via:1.1 contract-fuzz",
    ]
    done = subprocess.run(run, cwd=installation.folder, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout, done.stderr, sep="\n")
    last = next((line for line in reversed(done.stdout.splitlines()) if line.strip()), "")
    print(f"{role}: {time.monotonic() - begun:.1f} s, {last.strip('= ')}", flush=True)
    return done.returncode == 0


main()
