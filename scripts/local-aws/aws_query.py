"""Asks an AWS endpoint several questions at once, with the botocore that each emulator brings along.

Reads from standard input {"endpoint", "ca", "region", "key", "secret", "queries": [{"kind", "service", "operation",
"params", "ids"}]}; `ids` is a JMESPath expression over the answer. Writes {kind: [id, ...] | {"error": text}}.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import botocore.config
import botocore.session

request = json.load(sys.stdin)
session = botocore.session.get_session()
config = botocore.config.Config(retries={"max_attempts": 2}, proxies={}, s3={"addressing_style": "path"})


def client(service):
    return session.create_client(
        service,
        region_name=request["region"],
        endpoint_url=request["endpoint"],
        verify=request["ca"],
        aws_access_key_id=request["key"],
        aws_secret_access_key=request["secret"],
        config=config,
    )


# Making clients is not thread-safe, calling them is.
clients = {service: client(service) for service in sorted({query["service"] for query in request["queries"]})}


def ask(query):
    aws = clients[query["service"]]
    params = query.get("params", {})
    try:
        if aws.can_paginate(query["operation"]):
            pages = aws.get_paginator(query["operation"]).paginate(**params)
            found = pages.search(query["ids"])
        else:
            import jmespath

            found = jmespath.search(query["ids"], getattr(aws, query["operation"])(**params)) or []
        return sorted(str(item) for item in found if item is not None)
    except Exception as error:  # one unanswered question must not hide the other answers
        return {"error": str(error)}


with ThreadPoolExecutor(4) as pool:
    answers = list(pool.map(ask, request["queries"]))
json.dump({query["kind"]: answer for query, answer in zip(request["queries"], answers)}, sys.stdout)
