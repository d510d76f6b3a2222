"""Run by Python before ministack: lets PutEvents take events in the name of AWS's own services.

AWS refuses them to everybody but itself, and so does ministack. A test of what hears of AWS's events has no other way to
make one.
"""

from ministack.services import eventbridge

# The one default is that of `allow_aws_source`.
if eventbridge._put_events.__defaults__ != (False,):
    raise SystemExit("ministack's PutEvents is no longer what sitecustomize.py knows")
eventbridge._put_events.__defaults__ = (True,)
