"""Asks ministack's TestEventPattern, an implementation that is not ours, about many patterns and events at once.

Reads from standard input [{"pattern", "event"}] and writes one of "matches", "does not match" and "refused" for each.
Run it with the Python of ministack's virtual environment.
"""

import json
import sys

from ministack.services import eventbridge


def ask(case):
    request = {"EventPattern": json.dumps(case["pattern"]), "Event": json.dumps(case["event"])}
    status, _, body = eventbridge._test_event_pattern(request)
    answer = json.loads(body)
    if status == 200:
        return "matches" if answer["Result"] else "does not match"
    if "Event pattern is not valid" in answer.get("message", ""):
        return "refused"
    raise SystemExit(f"{status} for {json.dumps(case)}: {body}")


json.dump([ask(case) for case in json.load(sys.stdin)], sys.stdout)
