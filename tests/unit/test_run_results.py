"""What runs found in modules, by the folders in which these stand."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.domain.fault import Place, Violation
from iiml_server.run_results import RunResults

HERE, THERE = Path("/here/iiml"), Path("/there/iiml")


def texts(home: Path, *names: str) -> dict[Path, str]:
    return {home / name: "A = 1\n" for name in names}


def broken(*files: str) -> list[Violation]:
    return [Violation(code="IIML400", message="broken", place=Place(file=name)) for name in files]


def test_a_verification_replaces_what_was_known_of_a_folder_and_of_no_other() -> None:
    results, names = RunResults(), ("prep.py", "model_traditional.py")
    results.solve(HERE, texts(HERE, *names), broken("prep.py"))
    for home in (HERE, THERE):
        results.verify(home, texts(home, *names), broken(*names))
    changed = results.verify(HERE, texts(HERE, "prep.py"), [])
    assert changed == {HERE / name for name in names}
    assert not any(results.of(HERE / name) for name in names)
    assert all(results.of(THERE / name) for name in names)


def test_a_folder_that_is_left_keeps_what_is_known_of_modules_that_stay() -> None:
    results, names = RunResults(), ("prep.py", "model_traditional.py")
    results.verify(HERE, texts(HERE, *names), broken(*names))
    assert results.leave(HERE, ["prep.py"]) == {HERE / "model_traditional.py"}
    assert results.of(HERE / "prep.py") and not results.of(HERE / "model_traditional.py")
