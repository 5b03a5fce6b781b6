import pytest
import requests

from library import name_of_space

OWNER = {"X-API-Key": "ak_owner"}


def test_the_vendors_client_reads_a_space(client):
    assert name_of_space(client, "space_abc123") == "Launch room"


@pytest.mark.parametrize("new_name", ["One", "Two"])
def test_a_change_is_seen_in_its_own_world(client, world, new_name):
    space = f"{world}/v1/spaces/space_abc123"
    assert requests.get(space, headers=OWNER).json()["name"] == "Launch room"
    assert requests.patch(space, headers=OWNER, json={"name": new_name}).status_code == 200
    assert name_of_space(client, "space_abc123") == new_name
