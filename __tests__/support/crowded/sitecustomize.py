"""Run by Python before moto: counts the requests that are answered at once, and says the most of them in each answer."""

import time
from threading import Lock

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

count = Lock()
now = most = 0
answer = DomainDispatcherApplication.__call__


def counting(self, environ, start_response):
    global now, most
    with count:
        now += 1
        most = max(most, now)
    # Long enough for those that were sent with it to arrive.
    time.sleep(0.2)

    def start(status, headers, *rest):
        return start_response(status, [*headers, ("x-at-once", str(most))], *rest)

    try:
        return answer(self, environ, start)
    finally:
        with count:
            now -= 1


DomainDispatcherApplication.__call__ = counting
