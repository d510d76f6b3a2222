"""Serves moto as `python -m moto.server` does, one request at a time, the head of each answer with its body.

moto answers in threads and iterates over dictionaries that others change meanwhile: half a subnet or half a VPC is made,
the answer is 500 ("dictionary changed size during iteration"), the client tries again, and the first one stays.

It writes the head of an answer and its body apart. Terraform's provider loses one of some hundreds between them ("use of
closed network connection", aws-sdk-go-v2#1825), tries again, and what it made is there already, or what it deleted is gone, which
moto answers with 500 as well: an apply fails, or a destroy tries for many minutes.
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


class InOnePiece(server.MotoRequestHandler):
    """The handler of moto, which keeps the head of an answer until its body comes."""

    wbufsize = 1 << 20


server.DomainDispatcherApplication = OneAtATime
server.MotoRequestHandler = InOnePiece
server.main(sys.argv[1:])
