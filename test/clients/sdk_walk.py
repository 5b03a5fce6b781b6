"""Walks through the API with the vendor's client as it comes from PyPI: configured, and nothing in it changed.

One JSON line per step: what the client returned, or what it raised. Then it waits for a line on its input, so that
whoever started it can tell which requests belong to the step. Takes the base URL as its argument.
"""

import asyncio
import inspect
import json
import sys
import time
from importlib.metadata import version

from aitronos import Aitronos, AsyncAitronos
from aitronos.core.api_error import ApiError

BASE_URL = sys.argv[1]
ORG = "org_xyz789"
ONCE = {"max_retries": 0}


def client(api_key="ak_owner", **options):
    return Aitronos(base_url=BASE_URL, api_key=api_key, timeout=10, **options)


def plain(answer):
    if isinstance(answer, list):
        return [plain(item) for item in answer]
    return answer.model_dump(mode="json") if hasattr(answer, "model_dump") else answer


def step(name, call):
    """Reports one call, and returns what it returned; None when it raised."""
    answer, line, begun = None, {}, time.monotonic()
    try:
        answer = call()
        line = {"answer": plain(answer)}
    except ApiError as error:
        refusal = error.body["error"] if isinstance(error.body, dict) else {}
        line = {
            "error": type(error).__name__,
            "status": error.status_code,
            "code": refusal.get("code"),
            "details": refusal.get("details"),
        }
    except Exception as error:  # the client refuses an answer with whatever its model library raises
        line = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps({"step": name, "seconds": time.monotonic() - begun, **line}), flush=True)
    sys.stdin.readline()
    return answer


owner, viewer, member = client(), client("ak_viewer"), client("ak_member")
spaces, threads, messages, stores = owner.spaces, owner.threads, owner.messages, owner.vector_stores
# April's client asks for the organization on every call inside a space, February's does not take it.
april = "organization_id" in inspect.signature(spaces.get_space).parameters
of = {"organization_id": ORG} if april else {}

step("say which version it is", lambda: version("aitronos-sdk"))

# Spaces and their stores
space = step("create a space", lambda: spaces.create_space(organization_id=ORG, name="Made by the SDK", access_mode="private"))
step("create a space with a wrong access_mode", lambda: spaces.create_space(organization_id=ORG, name="x", access_mode="secret"))
page = step("list spaces", lambda: spaces.list_spaces(organization_id=ORG, limit=1))
step("list spaces, next page", lambda: spaces.list_spaces(organization_id=ORG, limit=1, cursor=page.next_cursor))
step("retrieve a space", lambda: spaces.get_space(space.id, **of))
step("update a space", lambda: spaces.update_space(space.id, name="Renamed by the SDK", **of))
step("attach a store", lambda: spaces.add_vector_store_to_space(space.id, "vs_def456", **of))
step("list the stores of a space", lambda: spaces.list_space_vector_stores(space.id, **of))
step("attach it again", lambda: spaces.add_vector_store_to_space(space.id, "vs_def456", **of))
step("attach it again, told not to retry", lambda: spaces.add_vector_store_to_space(space.id, "vs_def456", request_options=ONCE, **of))
step("attach to an unknown space", lambda: spaces.add_vector_store_to_space("space_invalid", "vs_def456", **of))
step("attach an unknown store", lambda: spaces.add_vector_store_to_space(space.id, "vs_invalid", **of))
step("attach as a viewer", lambda: viewer.spaces.add_vector_store_to_space("space_abc123", "vs_def456", **of))
step("attach the space's own store", lambda: spaces.add_vector_store_to_space("space_abc123", "vs_abc123", **of))
step("attach a foreign store", lambda: spaces.add_vector_store_to_space(space.id, "vs_other_org", **of))
step("detach a store", lambda: spaces.remove_vector_store_from_space(space.id, "vs_def456", **of))
step("detach it again", lambda: spaces.remove_vector_store_from_space(space.id, "vs_def456", **of))
step("retrieve a space as a stranger", lambda: member.spaces.get_space("space_abc123", **of))

# Threads in a space
step("add a thread", lambda: spaces.add_thread_to_space(space.id, "thrd_def456", **of))
step("list the threads of a space", lambda: spaces.list_space_threads(space.id, **of))
step("remove a thread", lambda: spaces.remove_thread_from_space(space.id, "thrd_def456", **of))
step("add an unknown thread", lambda: spaces.add_thread_to_space(space.id, "thrd_invalid", **of))
step("delete a space", lambda: spaces.delete_space(space.id, **of))
step("retrieve a deleted space", lambda: spaces.get_space(space.id, **of))

# Threads and messages
thread = step("create a thread", lambda: threads.create_thread(organization_id=ORG, title="From the SDK", metadata={"a": 1}))
first = step("list threads", lambda: threads.list_threads(organization_id=ORG, limit=2, include_total=True))
step("list threads, next page", lambda: threads.list_threads(organization_id=ORG, limit=2, after=first.last_id))
step("retrieve a thread", lambda: threads.get_thread(thread.id))
step("update a thread", lambda: threads.update_thread(thread.id, title="Renamed by the SDK"))
step("pin a thread", lambda: threads.pin_thread(thread.id))
step("unpin a thread", lambda: threads.unpin_thread(thread.id))
step("name a thread", lambda: threads.generate_thread_name("thrd_def456"))
step("list messages", lambda: messages.get_thread_messages("thrd_def456", order="asc"))
step("update a message", lambda: messages.update_message("thrd_def456", "msg_1", content="Edited by the SDK"))
step("delete a message", lambda: messages.delete_message("thrd_def456", "msg_1"))
step("retrieve a foreign thread", lambda: viewer.threads.get_thread("thrd_def456"))
step("delete a thread", lambda: threads.delete_thread(thread.id))
step("delete all threads", lambda: threads.delete_all_threads(organization_id=ORG))

# Vector stores
store = step("create a vector store", lambda: stores.create_vector_store(ORG, name="By the SDK"))
step("list vector stores", lambda: stores.list_vector_stores(ORG, take=1))
step("retrieve a vector store", lambda: stores.get_vector_store(ORG, store.data.id))
step("update a vector store", lambda: stores.update_vector_store(ORG, store.data.id, name="Renamed by the SDK"))
step("usage of the vector stores", lambda: stores.get_vector_store_usage(ORG))
step("delete a vector store", lambda: stores.delete_vector_store(ORG, store.data.id))
step("retrieve a foreign vector store", lambda: stores.get_vector_store(ORG, "vs_other_org"))

# The sample of seed 002, as it stands there
step(
    "the sample of seed 002",
    lambda: owner.knowledge.create_store(
        organization_id=ORG,
        slice_id="kslice_abc123",
        name="API Documentation Store",
        description="Vector store for API docs",
        access_mode="organization",
    ),
)

# Knowledge
if hasattr(owner, "departments"):
    step("list departments", lambda: owner.departments.list_departments(ORG))
    step("retrieve the departments as a tree", lambda: owner.departments.get_department_tree(ORG, scope="dept_research"))
    step("list capabilities", lambda: owner.roles.list_capabilities())

if hasattr(owner, "knowledge"):
    knowledge = owner.knowledge
    seed = {"name": "API Documentation Store", "description": "Vector store for API docs"}
    slice_ = step("create a slice", lambda: knowledge.create_slice(ORG, name="By the SDK", owner_type="organization", owner_id=ORG))
    step("list slices", lambda: knowledge.list_slices(ORG, limit=2))
    step("retrieve a slice", lambda: knowledge.get_slice(ORG, slice_.id))
    step("update a slice", lambda: knowledge.update_slice(ORG, slice_.id, name="Renamed by the SDK"))
    made = step(
        "create a store in a slice",
        lambda: knowledge.create_store_in_slice(ORG, "kslice_abc123", access_mode="organization", **seed),
    )
    step(
        "create a store with a wrong access_mode",
        lambda: knowledge.create_store_in_slice(ORG, "kslice_abc123", access_mode="secret", **seed),
    )
    step(
        "create a store without the capability",
        lambda: member.knowledge.create_store_in_slice(ORG, "kslice_abc123", **seed),
    )
    step("list the stores of a slice", lambda: knowledge.list_stores_by_slice(ORG, "kslice_abc123", limit=1))
    step("list stores", lambda: knowledge.list_stores_for_org(ORG, limit=1))
    step("retrieve a store", lambda: knowledge.get_store(ORG, made.id))
    step("move a store", lambda: knowledge.update_store(ORG, made.id, slice_id=slice_.id))
    step("delete a store", lambda: knowledge.delete_store(ORG, made.id))
    step("retrieve a deleted store", lambda: knowledge.get_store(ORG, made.id))
    step("archive a slice", lambda: knowledge.archive_slice(ORG, slice_.id))
    step("create a store in an archived slice", lambda: knowledge.create_store_in_slice(ORG, slice_.id, **seed))
    step("unarchive a slice", lambda: knowledge.unarchive_slice(ORG, slice_.id))
    members = ["kslice_abc123", slice_.id] if slice_ else []
    composite = step("create a composite", lambda: knowledge.create_composite(ORG, name="Both", member_slice_ids=members))
    step("list composites", lambda: knowledge.list_composites(ORG, limit=1))
    step("update a composite", lambda: knowledge.update_composite(ORG, composite.id, name="Both of them"))

# Who is calling
step("with an expired key", lambda: client("ak_expired").spaces.list_spaces(organization_id=ORG))
step("with a token and an empty key", lambda: client("", token="tok_owner").spaces.list_spaces(organization_id=ORG, limit=1))
step(
    "without waiting for the answer",
    lambda: asyncio.run(AsyncAitronos(base_url=BASE_URL, api_key="ak_owner").spaces.get_space("space_abc123", **of)),
)
