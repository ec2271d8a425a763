"""Checks what neither the schema of compose files nor the schema of Kubernetes can: promises about deploy/compose.yaml."""

import sys
from pathlib import Path

import yaml

FILE = Path(__file__).parent.parent / "compose.yaml"
compose = yaml.safe_load(FILE.read_text())
services = compose["services"]
faults = []


def names(value):
    """The names in a list or in the keys of a map."""
    return list(value or [])


for name, service in services.items():
    for kind in ("secrets", "networks"):
        for used in names(service.get(kind)):
            if used not in compose[kind]:
                faults.append(f"{name}: there is no {kind[:-1]} {used}")
    for mount in service.get("volumes", []):
        volume = mount.split(":")[0]
        if volume not in compose["volumes"]:
            faults.append(f"{name}: there is no volume {volume}")
    for other, when in (service.get("depends_on") or {}).items():
        if other not in services:
            faults.append(f"{name}: depends on {other}, which is not there")
        elif when["condition"] == "service_healthy" and "healthcheck" not in services[other]:
            faults.append(f"{name}: waits for the health of {other}, which has no check")
    promises = {
        "cannot write its root": service.get("read_only") is True,
        "drops every capability first": service.get("cap_drop") == ["ALL"],
        "gains no privileges": "no-new-privileges:true" in service.get("security_opt", []),
        "has limits": {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys(),
        "names a version of its image": ":" in service["image"] and not service["image"].endswith(":latest"),
        "is open to this machine alone": all(port.startswith("127.0.0.1:") for port in service.get("ports", [])),
    }
    faults.extend(f"{name}: no longer {promise}" for promise, kept in promises.items() if not kept)
    for variable, value in (service.get("environment") or {}).items():
        if any(word in variable for word in ("PASSWORD", "DATABASE_URL", "REDIS_URL", "KEYS", "PEPPERS")):
            if not (variable.endswith("_FILE") and value.startswith("/run/secrets/")):
                faults.append(f"{name}: {variable} must come from a file of a secret")

unused = compose["secrets"].keys() - {used for service in services.values() for used in names(service.get("secrets"))}
faults.extend(f"the secret {secret} is used by nothing" for secret in sorted(unused))
for fault in faults:
    print(fault, file=sys.stderr)
print(f"deploy/compose.yaml: {len(services)} services checked, {len(faults)} faults")
sys.exit(bool(faults))
