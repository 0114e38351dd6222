"""The inbox: each request is taken once, in order, and nothing unreadable is swallowed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from iiml_codegen.execution.inbox import (
    AcceptPatchRequest,
    Inbox,
    StopRequest,
    UnreadableRequest,
    VerifyRequest,
)


def test_requests_come_in_the_order_of_sending_and_only_once(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    sent = [VerifyRequest(), StopRequest(solver=7), AcceptPatchRequest(patch="p")]
    for request in sent:
        inbox.send(request)
    assert inbox.take() == sent
    assert inbox.take() == []


def test_an_inbox_that_was_never_used_is_empty(tmp_path: Path) -> None:
    assert Inbox(tmp_path / "none").take() == []


def test_two_takers_never_get_the_same_request(tmp_path: Path) -> None:
    for number in range(200):
        Inbox(tmp_path).send(StopRequest(solver=number))
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: Inbox(tmp_path).take(), range(4)))
    numbers = [one.solver for part in taken for one in part if isinstance(one, StopRequest)]
    assert sorted(numbers) == list(range(200))


def test_a_file_that_is_no_request_is_put_aside_and_said(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text('{"request": "Dance"}', "utf-8")
    (found,) = Inbox(tmp_path).take()
    assert isinstance(found, UnreadableRequest)
    assert "Dance" in found.why
    assert [path.name for path in tmp_path.iterdir()] == ["1.bad"]
