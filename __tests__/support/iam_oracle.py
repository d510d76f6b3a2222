"""Asks ministack's IAM evaluator, an implementation that is not ours, about many requests at once.

Reads from standard input [{"request": {"principal": {"arn"} | {"service"}, "action", "resource", "context"},
"policies": {"identity": [document], "resource"?: document, "boundary"?: document}}] and writes one of "allowed",
"denied" and "not allowed" for each. Run it with the Python of ministack's virtual environment.
"""

import json
import sys

from ministack.core import iam_evaluator as iam

OUTCOMES = {"Allow": "allowed", "Deny": "denied", "ImplicitDeny": "not allowed"}


def account_of(arn):
    return iam._account_from_arn(arn) or ""


def decide(case):
    request, policies = case["request"], case["policies"]
    principal = request["principal"]
    context = {key.lower(): value for key, value in request["context"].items()}
    ctx = iam.EvalContext(
        principal_arn=principal.get("arn", ""),
        principal_type="AssumedRole",
        principal_account=account_of(principal.get("arn", "")),
        action=request["action"],
        resource_arn=request["resource"],
        region="eu-west-1",
        source_ip=context.pop("aws:sourceip"),
        secure_transport=context.pop("aws:securetransport") == "true",
        tag_keys=None,
        service_context=context,
    )
    document = policies.get("resource")
    if "service" in principal:
        return iam.evaluate_resource_policy(document, ctx, service=principal["service"]).decision
    boundary = policies.get("boundary")
    limits = () if boundary is None else ([iam.parse_policy_document(boundary)],)
    identity = iam.evaluate(ctx, [iam.parse_policy_document(each) for each in policies["identity"]], *limits)
    owner = account_of(request["resource"]) or None
    # A key's own policy must agree, and where there is no document nothing agrees.
    required = request["action"].lower().startswith("kms:")
    return iam.combine_resource_policy(identity, ctx, document, owner, required=required, limits=limits).decision


json.dump([OUTCOMES[decide(case)] for case in json.load(sys.stdin)], sys.stdout)
