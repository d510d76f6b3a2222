"""Serves ministack as `python -m ministack` does, over connections that never wear out.

Its HTTP/2 server closes a connection after 1,000 requests, and what is asked before the client hears of it is a protocol error that
takes the answers under way along: "server sent GOAWAY and closed the connection". Terraform's provider asks everything over one
connection, so every larger apply meets that end, and now and then one of its resources fails of it.
"""

import sys

from hypercorn.config import Config
from ministack.app import main

Config.keep_alive_max_requests = sys.maxsize
main()
