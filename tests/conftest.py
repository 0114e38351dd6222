"""What holds for every test: a home of its own, no keys, quiet threads."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY", "HF_TOKEN")
FOLDERS = {"CACHE": ".cache", "CONFIG": ".config", "STATE": ".state", "DATA": ".local/share"}
QUIET = {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let what tests start be interrupted, also where a shell runs them in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Send caches and settings to a temporary home, so that tests neither see nor leave any."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name, folder in FOLDERS.items():
            patch.setenv(f"XDG_{name}_HOME", str(home / folder))
        for name in [name for name in os.environ if name in KEYS or name.startswith("IIML_CACHE")]:
            patch.delenv(name)
        for name, value in QUIET.items():
            patch.setenv(name, value)
        yield
