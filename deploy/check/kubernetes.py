"""Checks what the schemas of Kubernetes cannot: that built manifests (on standard input) fit each other and are hardened.

The rules of containers are those of the Pod Security Standard `restricted`.
"""

import sys

import yaml

objects = [item for item in yaml.safe_load_all(sys.stdin) if item]
faults = []


def of(kind):
    return [item for item in objects if item["kind"] == kind]


def labels_match(selector, labels):
    return selector.items() <= labels.items()


def pods():
    """Name, labels and specification of each pod that something here makes."""
    for item in of("Deployment") + of("Job") + of("CronJob"):
        template = item["spec"]["template"]
        yield f"{item['kind']} {item['metadata']['name']}", template["metadata"]["labels"], template["spec"]


def check_pods():
    maps = {item["metadata"]["name"] for item in of("ConfigMap")}
    claims = {item["metadata"]["name"] for item in of("PersistentVolumeClaim")}
    accounts = {item["metadata"]["name"] for item in of("ServiceAccount")}
    for name, _, spec in pods():
        security = spec.get("securityContext", {})
        promises = {
            "run as root": security.get("runAsNonRoot") is True and security.get("runAsUser", 0) > 0,
            "run without seccomp": security.get("seccompProfile") == {"type": "RuntimeDefault"},
            "talk to the cluster": spec.get("automountServiceAccountToken") is False,
            "run for an account that is not there": spec["serviceAccountName"] in accounts,
        }
        for container in spec["containers"]:
            inner = container.get("securityContext", {})
            promises |= {
                "gain privileges": inner.get("allowPrivilegeEscalation") is False,
                "write its root": inner.get("readOnlyRootFilesystem") is True,
                "keep capabilities": inner.get("capabilities") == {"drop": ["ALL"]},
                "take all memory": "memory" in container["resources"]["limits"],
                "be any image": ":" in container["image"].rsplit("/")[-1] and not container["image"].endswith(":latest"),
                "mount what is no volume": {mount["name"] for mount in container["volumeMounts"]}
                == {volume["name"] for volume in spec["volumes"]},
                "read settings that are not there": all(e["configMapRef"]["name"] in maps for e in container["envFrom"]),
            }
        for volume in spec["volumes"]:
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            promises[f"mount {claim}"] = claim is None or claim in claims
        faults.extend(f"{name}: could {fault}" for fault, kept in promises.items() if not kept)


def check_selectors():
    labels = [labels for _, labels, _ in pods()]
    selectors = [(item, item["spec"]["selector"]) for item in of("Service")]
    selectors += [(item, item["spec"]["selector"]["matchLabels"]) for item in of("Deployment") + of("PodDisruptionBudget")]
    selectors += [(item, item["spec"]["podSelector"]["matchLabels"]) for item in of("NetworkPolicy")]
    for item, selector in selectors:
        if not any(labels_match(selector, each) for each in labels):
            faults.append(f"{item['kind']} {item['metadata']['name']}: chooses no pod")
    # A Job that the Service or the disruption budget took for a server would get requests, or count as one.
    for item, selector in selectors:
        if item["kind"] in ("Service", "PodDisruptionBudget"):
            jobs = [name for name, each, _ in pods() if not name.startswith("Deployment") and labels_match(selector, each)]
            faults.extend(f"{item['kind']} {item['metadata']['name']}: chooses {name}" for name in jobs)
    deployments = {item["metadata"]["name"] for item in of("Deployment")}
    for item in of("HorizontalPodAutoscaler"):
        if item["spec"]["scaleTargetRef"]["name"] not in deployments:
            faults.append("the autoscaler scales what is not there")
    services = {item["metadata"]["name"] for item in of("Service")}
    for item in of("Ingress"):
        for rule in item["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                if path["backend"]["service"]["name"] not in services:
                    faults.append("the ingress leads to what is not there")


def check_times():
    """Kubernetes must not kill what still drains."""
    (settings,) = of("ConfigMap")
    worst = int(settings["data"]["SHUTDOWN_GRACE"].removesuffix("s")) + 5
    for item in of("Deployment"):
        if item["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] <= worst:
            faults.append(f"terminationGracePeriodSeconds must be above {worst}")


check_pods()
check_selectors()
check_times()
for fault in faults:
    print(fault, file=sys.stderr)
print(f"deploy/kubernetes: {len(objects)} objects checked, {len(faults)} faults")
sys.exit(bool(faults))
