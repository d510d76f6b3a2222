"""Serves moto as `python -m moto.server` does, one request at a time.

moto answers in threads and iterates over dictionaries that others change meanwhile: half a subnet or half a VPC is made,
the answer is 500 ("dictionary changed size during iteration"), the client tries again, and the first one stays.
"""

import sys
from threading import Lock

from moto import server


class OneAtATime(server.DomainDispatcherApplication):
    """The application of moto, behind a lock."""

    turn = Lock()

    def __call__(self, environ, start_response):
        with self.turn:
            return super().__call__(environ, start_response)


server.DomainDispatcherApplication = OneAtATime
server.main(sys.argv[1:])
