"""Sends one request the way the Python samples of the seeds do; the request comes in and the answer goes out as JSON."""
import json
import sys

import requests

request = json.load(sys.stdin)
body = {"json": request["body"]} if "body" in request else {}
send = getattr(requests, request["method"].lower())
response = send(request["url"], headers=request["headers"], **body)
answer = {
    "status": response.status_code,
    "contentType": response.headers.get("content-type"),
    "text": response.content.decode("utf-8"),
}
print(json.dumps(answer))
