"""The code under test: names the spaces of an organization with the vendor's client."""

from aitronos import Aitronos


def name_of_space(client: Aitronos, space_id: str) -> str:
    return client.spaces.get_space(space_id).name
