"""Sends requests the way the Python samples of the seeds do; each comes in as a line of JSON, and its answer goes out as one."""
import json
import sys

import requests

for line in sys.stdin:
    request = json.loads(line)
    body = {"json": request["body"]} if "body" in request else {}
    send = getattr(requests, request["method"].lower())
    response = send(request["url"], headers=request["headers"], **body)
    answer = {
        "status": response.status_code,
        "contentType": response.headers.get("content-type"),
        "text": response.content.decode("utf-8"),
    }
    print(json.dumps(answer), flush=True)
