"""Missing packages: only with consent, only what the list names, and by the user's own pip."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.installing import (
    DISTRIBUTIONS,
    distribution_of,
    install,
    install_hint,
)
from iiml_codegen.settings import SettingsError, solve_options

PYTHON = Path(sys.executable)


def wheel(folder: Path, distribution: str, package: str) -> Path:
    """A wheel with one empty package."""
    name = distribution.replace("-", "_")
    info = f"{name}-1.0.dist-info"
    files = {
        f"{package}/__init__.py": b"here = True\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}")
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    place = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(place, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return place


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A throw-away environment whose pip finds packages in a folder, and nowhere else."""
    venv.create(tmp_path / "env", with_pip=True)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder = "Scripts" if sys.platform == "win32" else "bin"
    return tmp_path / "env" / folder / "python"


def imports(interpreter: Path, name: str) -> bool:
    """Whether an interpreter can import a package."""
    command = [str(interpreter), "-I", "-c", f"import {name}"]
    return subprocess.run(command, capture_output=True).returncode == 0


def test_a_listed_package_is_installed_under_its_own_name(
    interpreter: Path, tmp_path: Path
) -> None:
    wheel(tmp_path / "shelf", "imbalanced-learn", "imblearn")
    assert not imports(interpreter, "imblearn")
    assert install(interpreter, "imblearn.over_sampling", allow=True) == "imbalanced-learn"
    assert imports(interpreter, "imblearn")
    with pytest.raises(EnvironmentProblem, match="cannot install opencv-python-headless") as failed:
        install(interpreter, "cv2", allow=True)
    assert failed.value.retryable and "pip said" in failed.value.hint


def test_without_consent_nothing_is_installed_and_the_way_is_named() -> None:
    with pytest.raises(EnvironmentProblem) as refused:
        install(PYTHON, "imblearn", allow=False)
    assert refused.value.code == "IIML903"
    assert "--allow-install" in str(refused.value) and "imbalanced-learn" in str(refused.value)


def test_a_package_that_is_not_listed_is_never_installed() -> None:
    for name in ("sklearn_pro", "opencv", "colourama", "-r", "numpy@evil", "../x"):
        assert distribution_of(name) is None
        with pytest.raises(EnvironmentProblem, match="not one that iiML installs"):
            install(PYTHON, name, allow=True)
    assert "yourself" in install_hint("sklearn_pro")


def test_the_list_maps_import_names_to_plain_distributions() -> None:
    known = {"sklearn": "scikit-learn", "PIL": "pillow", "yaml": "PyYAML", "bs4": "beautifulsoup4"}
    assert {name: distribution_of(name) for name in known} == known
    for name, distribution in DISTRIBUTIONS.items():
        assert name.isidentifier()
        assert distribution.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_folder_cannot_consent_for_the_user(tmp_path: Path) -> None:
    assert SolveOptions().allow_install is False
    assert solve_options(tmp_path, {"allow_install": True}).allow_install is True
    for key in ("allow_install", "allow-install"):
        (tmp_path / "iiml.toml").write_text(f"{key} = true\n", "utf-8")
        with pytest.raises(SettingsError, match="may not stand"):
            solve_options(tmp_path, {})
