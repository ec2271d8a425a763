"""Checks deploy/aws: each request against the model of the API that botocore ships, the policies with parliament.

What the model cannot know is checked by hand below: that a task keeps its promises (no root, read-only root file system,
secrets not in the environment), and that files speak of the same names.
"""

import json
import sys
from pathlib import Path

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from parliament import analyze_policy_string

AWS = Path(__file__).parent.parent / "aws"
REQUESTS = {
    "task-definition.json": ("ecs", "RegisterTaskDefinition"),
    "service.json": ("ecs", "CreateService"),
    "migrate-task.json": ("ecs", "RunTask"),
    "first-keys-task.json": ("ecs", "RunTask"),
    "target-group.json": ("elbv2", "CreateTargetGroup"),
    "access-point.json": ("efs", "CreateAccessPoint"),
}
SECRET = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "ENCRYPTION_KEYS", "PASSWORD_PEPPERS")
faults = []


def read(path):
    return json.loads(path.read_text())


def enumerations(value, shape, where):
    """Every value that has a closed list must be in it."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, item in value.items():
            if name in shape.members:
                yield from enumerations(item, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for number, item in enumerate(value):
            yield from enumerations(item, shape.member, f"{where}[{number}]")
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{where}: {value!r} is none of {', '.join(shape.enum)}"


def check_requests():
    for name, (service, operation) in REQUESTS.items():
        shape = ServiceModel(Loader().load_service_model(service, "service-2")).operation_model(operation).input_shape
        request = read(AWS / name)
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            faults.append(f"{name}: {report.generate_report()}")
        faults.extend(enumerations(request, shape, name))
    missing = {path.name for path in AWS.glob("*.json")} - REQUESTS.keys()
    faults.extend(f"{name}: nothing here knows what it is" for name in sorted(missing))


def check_policies():
    for path in sorted((AWS / "iam").glob("*.json")):
        if path.name == "trust.json":
            continue
        for finding in analyze_policy_string(path.read_text()).findings:
            faults.append(f"iam/{path.name}: {finding.issue}: {finding.detail} {finding.location}")
        for statement in read(path)["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            if any("*" in action for action in actions):
                faults.append(f"iam/{path.name}: {statement['Sid']} allows a group of actions: name each")
            if statement["Resource"] == "*" and actions != ["ecr:GetAuthorizationToken"]:
                faults.append(f"iam/{path.name}: {statement['Sid']} allows it on everything")
    trust = read(AWS / "iam/trust.json")["Statement"]
    if any("Condition" not in statement for statement in trust):
        faults.append("iam/trust.json: any account's tasks could take the role (confused deputy)")


def check_promises():
    task = read(AWS / "task-definition.json")
    (container,) = task["containerDefinitions"]
    wanted = {
        "runs as nobody in particular": container["user"] == "65532:65532",
        "cannot write its root": container["readonlyRootFilesystem"] is True,
        "drops every capability": container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]},
        "is not privileged": not container.get("privileged", False),
        "asks itself for its health": container["healthCheck"]["command"] == ["CMD", "/usr/local/bin/voxgate", "health"],
        "keeps secrets out of the environment": not {e["name"] for e in container["environment"]} & set(SECRET),
        "gets every secret": {e["name"] for e in container["secrets"]} == set(SECRET),
        "encrypts the way to its keys": task["volumes"][0]["efsVolumeConfiguration"]["transitEncryption"] == "ENABLED",
        "has time to stop": stop_time(container) < container["stopTimeout"],
    }
    faults.extend(f"task-definition.json: the task no longer {promise}" for promise, kept in wanted.items() if not kept)
    service = read(AWS / "service.json")
    if service["loadBalancers"][0]["containerName"] != container["name"]:
        faults.append("service.json: the load balancer asks for a container that is not there")
    for name in ("service.json", "migrate-task.json", "first-keys-task.json"):
        if read(AWS / name)["taskDefinition"] != task["family"]:
            faults.append(f"{name}: is of another family of tasks")


def stop_time(container):
    """Seconds from SIGTERM to the end, at the worst."""
    environment = {entry["name"]: entry["value"] for entry in container["environment"]}
    return int(environment["SHUTDOWN_GRACE"].removesuffix("s")) + 5


check_requests()
check_policies()
check_promises()
for fault in faults:
    print(fault, file=sys.stderr)
print(f"deploy/aws: {len(REQUESTS)} requests and 3 policies checked, {len(faults)} faults")
sys.exit(bool(faults))
