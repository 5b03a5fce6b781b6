"""Reads one space as each of the keys, with the vendor's client as it comes from PyPI, and prints what came: a line of JSON each.

Takes the base URL, the seconds that the client waits, and the keys.
"""

import json
import sys
import time

import httpx
from aitronos import Aitronos
from aitronos.core.api_error import ApiError

BASE_URL, PATIENCE, *KEYS = sys.argv[1:]


def look(key):
    seen = {}

    def note(response):
        seen["status"] = response.status_code
        seen["type"] = response.headers.get("content-type")
        seen["retryAfter"] = response.headers.get("retry-after")

    http = httpx.Client(timeout=float(PATIENCE), event_hooks={"response": [note]})
    client = Aitronos(base_url=BASE_URL, api_key=key, httpx_client=http)
    begun = time.monotonic()
    try:
        seen["id"] = client.spaces.get_space("space_abc123", request_options={"max_retries": 0}).id
    except ApiError as error:
        if isinstance(error.body, dict):
            seen["code"] = error.body["error"]["code"]
        else:
            seen["text"] = error.body
    except Exception as error:  # the client lets through what its transport raises
        seen["failed"] = type(error).__name__
    return {**seen, "ms": (time.monotonic() - begun) * 1000}


for key in KEYS:
    print(json.dumps(look(key)))
