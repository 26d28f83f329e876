"""Reads command lines of the AWS CLI, a JSON list of lists of words, from standard input, and writes the request that each would send."""

import json
import sys

from awscli.clidriver import create_clidriver


class Recorded(BaseException):
    """Ends a command before it sends anything. No handler of the CLI catches it."""


request = {}


def built(params, **_):
    request.update(parameters=dict(params))


def stop(**_):
    # The parameters were accepted: they have their names and types.
    raise Recorded


def driver():
    made = create_clidriver()
    made.session.register("before-parameter-build.*.*", built)
    made.session.register("before-call.*.*", stop)
    return made


drivers = {}
for words in json.load(sys.stdin):
    request.clear()
    # A driver keeps the profile of its last command.
    profile = words[words.index("--profile") + 1] if "--profile" in words else None
    if profile not in drivers:
        drivers[profile] = driver()
    try:
        code = drivers[profile].main(words)
        request.update(error=f"ended with {code}")
    except Recorded:
        region = words[words.index("--region") + 1]
        request.update(operation=" ".join(words[:2]), region=region, profile=profile)
    print(json.dumps(request, default=str))
