"""The contract between daemon and client: one text for both, and nothing that nobody keeps."""

from __future__ import annotations

from pathlib import Path

import iiml_server
from iiml_server import wire
from iiml_server.__main__ import create_server
from iiml_server.wire_typescript import typescript

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "vscode-client" / "src"
SERVER = Path(iiml_server.__file__).parent


def test_the_clients_types_are_those_of_the_daemon() -> None:
    assert (CLIENT / "wire.ts").read_text("utf-8") == typescript()


def test_every_request_has_a_handler_and_every_handler_is_a_request() -> None:
    handled = {name for name in create_server().protocol.fm.features if name.startswith("iiml/")}
    assert handled == set(wire.REQUESTS)


def code(folder: Path, pattern: str, without: str) -> str:
    """All sources of one side but the contract itself."""
    paths = sorted(path for path in folder.rglob(pattern) if path.name != without)
    return "\n".join(path.read_text("utf-8") for path in paths)


def test_every_notification_is_sent_by_the_daemon_and_heard_by_the_client() -> None:
    sent, heard = code(SERVER, "*.py", "wire.py"), code(CLIENT, "*.ts", "wire.ts")
    for method in wire.NOTIFICATIONS:
        assert f'"{method}"' in sent
        assert f'"{method}"' in heard


def test_every_request_is_made_by_the_client() -> None:
    made = code(CLIENT, "*.ts", "wire.ts")
    assert [method for method in wire.REQUESTS if f'"{method}"' not in made] == []


def test_every_request_of_the_daemon_is_made_and_answered() -> None:
    made, answered = code(SERVER, "*.py", "wire.py"), code(CLIENT, "*.ts", "wire.ts")
    for method in wire.ASKED:
        assert f'"{method}"' in made
        assert f'"{method}"' in answered
