"""Settings: flags over iiml.toml over defaults, and a folder never chooses what is executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from iiml_codegen.cli import parser
from iiml_codegen.cli_solve import solve_flags
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.settings import FORBIDDEN, SettingsError, read_file, seconds, solve_options


def toml(folder: Path, text: str) -> Path:
    path = folder / "iiml.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_flags_and_file_there_are_defaults(tmp_path: Path) -> None:
    assert solve_options(tmp_path, {"seed": None, "metric": None}) == SolveOptions()


def test_a_flag_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    toml(tmp_path, 'budget = "5m"\nseed = 3\nwithout = ["knowledge"]\nfolds = "auto"\n')
    options = solve_options(tmp_path, {"seed": 4, "folds": None})
    assert options == SolveOptions(budget=300.0, seed=4, without=("knowledge",), folds=0)


@pytest.mark.parametrize(("flags", "learns"), [([], True), (["--no-learn"], False)])
def test_a_solve_keeps_what_it_teaches_unless_a_flag_says_no(
    tmp_path: Path, flags: list[str], learns: bool
) -> None:
    given = parser().parse_args(["solve", str(tmp_path), *flags])
    assert solve_options(tmp_path, solve_flags(given)).learn is learns


@pytest.mark.parametrize("key", FORBIDDEN)
def test_a_folder_must_not_choose_what_is_executed(tmp_path: Path, key: str) -> None:
    path = toml(tmp_path, f'seed = 1\n{key} = "x"\n')
    with pytest.raises(SettingsError) as trouble:
        read_file(path)
    assert f"{path}:2: {key}" in str(trouble.value)


def test_a_forbidden_key_inside_a_table_is_refused_too(tmp_path: Path) -> None:
    path = toml(tmp_path, 'seed = 1\n[backbone]\nBase-URL = "http://x"\n')
    with pytest.raises(SettingsError, match=r"iiml\.toml:3: base_url"):
        read_file(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("seed = 1\ncolour = 2\n", 2),
        ('# seed\n\nseed = "one"\n', 3),
        ('tracks = ["traditional", "magic"]\n', 1),
        ('tracks = ["traditional"]\nwithout = ["sleep"]\n', 2),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    with pytest.raises(SettingsError, match=rf"iiml\.toml:{line}: "):
        read_file(toml(tmp_path, text))


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"iiml\.toml"):
        read_file(toml(tmp_path, "budget = = 3"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400), ("1h30m", 5400), (" 2M ", 120)],
)
def test_budgets_are_written_as_people_write_them(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "10 minutes", "-5m", "1s", "m"])
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        seconds(text)


@pytest.mark.parametrize("flags", [{"folds": 1}, {"folds": -2}, {"repair_rounds": -1}])
def test_numbers_that_make_no_sense_are_refused(tmp_path: Path, flags: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        solve_options(tmp_path, flags)
