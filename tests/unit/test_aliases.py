"""Tables that rows name twice under other names: home_team_id and away_team_id of a team_id."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from competitions.odd_road import Planned, walk

from iiml_codegen.worker.aliases import aliases, called_after
from workspace_templates.recipes.rows import join_lookup_as


@pytest.mark.parametrize(
    ("stem", "columns", "named"),
    [
        ("team_id", ["home_team_id", "away_team_id", "day"], ["home_{}", "away_{}"]),
        ("TeamID", ["WTeamID", "LTeamID", "WScore"], ["w_{}", "l_{}"]),
        ("player", ["player1", "player2"], ["{}_1", "{}_2"]),
        ("atom_index", ["atom_index_0", "atom_index_1"], ["{}_0", "{}_1"]),
        ("player_id", ["player_1_id", "player_2_id"], ["{}_1", "{}_2"]),
        ("id", ["id1", "id2"], ["{}_1", "{}_2"]),
        ("id", ["shop_id", "type_id"], []),
        ("team", ["team", "home_team", "away_team"], []),
        ("node", ["from_node", "distance"], ["from_{}"]),
    ],
)
def test_columns_are_called_after_a_stem(stem: str, columns: list[str], named: list[str]) -> None:
    rows = pd.DataFrame(columns=columns)
    assert list(called_after(stem, rows).values()) == named


def test_names_alone_are_not_enough() -> None:
    teams = pd.DataFrame({"team": list("abcd"), "rank": [1, 2, 3, 4]})
    games = pd.DataFrame({"home_team": list("abca"), "away_team": list("dcbd")})
    (found,) = aliases([("teams.csv", teams), ("games.csv", games)])
    assert (found["keys"], found["columns"]) == (
        [],
        {"home_team": "home_{}", "away_team": "away_{}"},
    )
    others = games.assign(away_team=list("wxyz"))
    assert aliases([("teams.csv", teams), ("games.csv", others)]) == []
    twice = pd.concat([teams, teams])
    assert aliases([("teams.csv", twice), ("games.csv", games)]) == []


def test_a_table_is_joined_once_for_each_name() -> None:
    atoms = pd.DataFrame({"m": list("aab"), "i": list("010"), "x": list("579")})
    train = pd.DataFrame({"m": ["a", "b"], "i_0": ["1", "0"], "i_1": ["0", "3"]})
    test = train.iloc[:1]
    for tag in ("0", "1"):
        keys = {"m": "m", "i": f"i_{tag}"}
        train, test = join_lookup_as(train, test, atoms, keys, f"{{}}_{tag}")
    assert train.columns.tolist() == ["m", "i_0", "i_1", "x_0", "x_1"]
    assert train["x_0"].tolist() == ["7", "9"]
    assert train["x_1"].tolist()[0] == "5" and train["x_1"].isna().tolist() == [False, True]
    assert test[["x_0", "x_1"]].to_numpy().tolist() == [["7", "5"]]


def pairs_of_points(folder: Path) -> Path:
    """Bonds of molecules: rows name two atoms, whose places stand in a table of all atoms."""
    rng, count = np.random.default_rng(0), 40
    atoms = pd.DataFrame(
        [(f"mol{m:03d}", i) for m in range(count) for i in range(5)], columns=["mol", "atom_index"]
    )
    atoms[["x", "y"]] = rng.normal(size=(len(atoms), 2)).round(4)
    atoms["kind"] = rng.choice(list("CHO"), len(atoms))
    ends = [(f"mol{m:03d}", i, j) for m in range(count) for i in range(5) for j in range(i)]
    bonds = pd.DataFrame(ends, columns=["mol", "atom_index_0", "atom_index_1"])
    bonds.insert(0, "id", rng.permutation(len(bonds)))
    places = atoms.set_index(["mol", "atom_index"])[["x", "y"]]
    first, second = (
        places.loc[list(zip(bonds["mol"], bonds[f"atom_index_{n}"], strict=True))].to_numpy()
        for n in (0, 1)
    )
    bonds["pull"] = np.hypot(*(first - second).T).round(4)
    told = bonds["mol"] < "mol030"
    charges = atoms[atoms["mol"] < "mol030"][["mol", "atom_index"]]
    charges.assign(charge=1.5).to_csv(folder / "charges.csv", index=False)
    atoms.to_csv(folder / "atoms.csv", index=False)
    bonds[told].to_csv(folder / "train.csv", index=False)
    bonds[~told].drop(columns="pull").to_csv(folder / "test.csv", index=False)
    bonds[~told][["id"]].assign(pull=0.5).to_csv(folder / "sample_submission.csv", index=False)
    (folder / "description.md").write_text("# Bonds\n\nPredict `pull`; mean absolute error.\n")
    return folder


def test_rows_that_name_two_atoms_get_the_places_of_both(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    found = walk(pairs_of_points(tmp_path / "real"), tmp_path / "work")
    assert isinstance(found, Planned) and found.changed == ()
    twice = [one for one in found.task.layout.related if one.table_keys]
    assert [(one.file, one.keys, one.table_keys, one.named) for one in twice] == [
        ("atoms.csv", ("mol", f"atom_index_{n}"), ("mol", "atom_index"), f"{{}}_{n}")
        for n in (0, 1)
    ]
    columns = {name for step in found.blueprint.steps for name in step.values.get("columns", ())}
    assert {"x_0", "y_0", "x_1", "y_1", "kind_0", "kind_1"} <= columns
    prep = found.modules[0]
    assert prep.count('read_text_table(data_dir / "atoms.csv")') == 2  # the other is its history
    assert prep.count("train, test = join_lookup_as(") == 2
