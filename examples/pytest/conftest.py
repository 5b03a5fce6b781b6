"""One mock server for all tests, and a world of its own for each."""

import re
import subprocess
import time

import pytest
import requests
from aitronos import Aitronos


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    ready = tmp_path_factory.mktemp("understudy") / "url"
    command = ["node_modules/.bin/understudy", "serve", "--port", "0", "--clock", "virtual", "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not ready.exists():
            assert process.poll() is None and time.monotonic() < deadline, "the mock server did not start"
            time.sleep(0.05)
        yield ready.read_text().strip()
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def world(server, request):
    """The base URL of a world of this test alone."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name).strip("-")[:60]
    yield f"{server}/w/{name}"
    requests.delete(f"{server}/__admin/worlds/{name}")


@pytest.fixture
def client(world):
    return Aitronos(base_url=world, api_key="ak_owner")
