"""Pictures in columns: told from other wide tables, laid out, and seen by a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from competitions.modality_pixels import fields, pictures_in_columns, strokes
from competitions.networks import planned_networks, share_of_error

import workspace_templates
from iiml_codegen import report_words
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, Leak, Raster
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.implementation.modeling_coder import exchanged, template_constants
from iiml_codegen.implementation.network_code import network_names, stands_alone
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever, every_member
from iiml_codegen.planning.member_plan import planned
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.columns import columns_of
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.profile import profile
from iiml_codegen.worker.rasters import form_of, rasters
from iiml_codegen.worker.roles import role_of
from workspace_templates.networks.pictures import chance_moves, raster_pixels
from workspace_templates.recipes.rasters import (
    pictures_of_shades,
    raster_statistics,
    shades_in_cells,
    shades_of_columns,
)

RNG = np.random.default_rng(7)
COUNT = 300


def walks() -> np.ndarray:
    """Series that drift: neighbours are alike, and no distance is special."""
    return RNG.normal(size=(COUNT, 196)).cumsum(axis=1)


def spectra() -> np.ndarray:
    """Peaks at random places of a line."""
    places = np.linspace(0, 1, 196)
    peaks = RNG.uniform(0, 1, (COUNT, 8, 1)), RNG.uniform(0.01, 0.1, (COUNT, 8, 1))
    return np.asarray(np.exp(-(((places - peaks[0]) / peaks[1]) ** 2)).sum(axis=1))


def hours() -> np.ndarray:
    """Two weeks of hours, which repeat themselves day by day."""
    of_day = 2 * np.pi * np.arange(14 * 24) / 24
    strength = RNG.uniform(0.5, 2, (COUNT, 1))
    waves = strength * np.sin(of_day + RNG.uniform(0, 2 * np.pi, (COUNT, 1)))
    return np.asarray(waves + RNG.normal(0, 0.3, waves.shape))


def factors() -> np.ndarray:
    """Columns that depend on five numbers."""
    return RNG.normal(size=(COUNT, 5)) @ RNG.normal(size=(5, 196))


@pytest.mark.parametrize(
    "made", [walks, spectra, hours, factors, lambda: RNG.normal(size=(COUNT, 196))]
)
def test_other_wide_tables_are_no_pictures(made: Callable[[], np.ndarray]) -> None:
    assert form_of(made()) is None


def test_pictures_are_told_by_their_lines_and_the_order_of_their_colours() -> None:
    grey = strokes(RNG, RNG.choice([0.0, 0.25, 0.5, 0.75], COUNT))
    colour = fields(RNG, COUNT)
    wide = colour[:, :8, :, 0]
    tables = [grey, wide, colour, colour.transpose(0, 3, 1, 2)]
    found = [form_of(table.reshape(COUNT, -1)) for table in tables]
    told = [(form.high, form.wide, form.order) for form in found if form is not None]
    assert told == [(14, 14, "lines"), (8, 12, "lines"), (12, 12, "pixels"), (12, 12, "planes")]


def test_a_margin_that_never_varies_changes_nothing() -> None:
    grey = strokes(RNG, RNG.choice([0.0, 0.25, 0.5, 0.75], COUNT))
    found = form_of(np.pad(grey, ((0, 0), (5, 5), (5, 5))).reshape(COUNT, -1))
    assert found is not None
    assert (found.high, found.wide) == (24, 24)


def profiled(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The pictures that are found in a table."""
    columns = columns_of(frame[:200], frame[200:].reset_index(drop=True))
    return rasters([(column, role_of(column, "id")) for column in columns], 0)


def table_of(pictures: np.ndarray) -> pd.DataFrame:
    """A table with a column for each pixel."""
    return pd.DataFrame(pictures.reshape(len(pictures), -1)).add_prefix("p")


def test_a_column_that_is_no_pixel_leaves_the_others_plain_numbers() -> None:
    table = table_of(strokes(RNG, RNG.choice([0.0, 0.25, 0.5, 0.75], COUNT)))
    assert [one["high"] for one in profiled(table)] == [14]
    assert profiled(table.drop(columns="p50")) == []
    words = table.assign(p50=RNG.choice(["a", "b", "c"], COUNT))
    assert profiled(words) == []
    marked = table.map(lambda shade: f"{shade / 255:.2f}".replace(".", ","))
    assert profiled(marked) == []


def test_cells_with_gaps_or_other_words_are_no_pictures() -> None:
    pictures = strokes(RNG, RNG.choice([0.0, 0.25, 0.5, 0.75], COUNT)).astype(int)
    cells = [" ".join(map(str, picture.ravel())) for picture in pictures]
    assert [one["in_cells"] for one in profiled(pd.DataFrame({"cells": cells}))] == [True]
    for odd in (None, "none", cells[0] + " 7"):
        assert profiled(pd.DataFrame({"cells": [*cells[:250], *([odd] * 50)]})) == []
    assert profiled(pd.DataFrame({"note": [None, "a", "b"] * 100})) == []


def test_gaps_and_numbers_that_mean_a_gap_do_not_set_the_span() -> None:
    light = strokes(RNG, RNG.choice([0.0, 0.25, 0.5, 0.75], COUNT)) / 255
    table = table_of(light + RNG.uniform(0, 0.001, light.shape))
    table.loc[3, "p20"], table.loc[7, "p70"] = -999.0, np.nan
    (found,) = profiled(table)
    assert (found["high"], found["wide"]) == (14, 14)
    assert -0.1 < found["darkest"] < found["brightest"] < 1.1


@pytest.mark.parametrize("order", ["lines", "pixels", "planes"])
def test_columns_and_cells_are_laid_out_as_the_picture_that_they_were(order: str) -> None:
    pictures = fields(RNG, 5)
    pictures = pictures[..., :1] if order == "lines" else pictures
    planes = order == "planes"
    written = (pictures.transpose(0, 3, 1, 2) if planes else pictures).reshape(5, -1)
    rows = pd.DataFrame(written).add_prefix("c").astype(str)
    form = (12, 0.0, 1.0, pictures.shape[3], planes)
    shades = shades_of_columns(rows, list(rows.columns), *form)
    assert (pictures_of_shades(shades) == np.rint(255 * pictures)).all()
    cells = rows.agg(" ".join, axis=1)
    pd.testing.assert_frame_equal(shades_in_cells(cells, written.shape[1], *form), shades)
    listed = "[" + rows.agg(", ".join, axis=1) + "]"
    pd.testing.assert_frame_equal(shades_in_cells(listed, written.shape[1], *form), shades)
    assert (raster_pixels(shades, 12) == np.rint(255 * pictures)).all()
    assert raster_pixels(shades, 6).shape == (5, 6, 6, pictures.shape[3])
    none = shades_of_columns(rows[:0], list(rows.columns), *form)
    assert len(raster_pixels(none, 6)) == 0
    assert list(raster_statistics(none).columns) == list(raster_statistics(shades).columns)


def test_a_cell_that_is_cut_off_is_dark_where_it_ends() -> None:
    cells = pd.Series(["1 2 3 4", "4 3", None, "4 ? 4 4 9"])
    shades = shades_in_cells(cells, 4, 2, 1.0, 4.0)
    assert shades.to_numpy().tolist() == [
        [0, 85, 170, 255],
        [255, 170, 0, 0],
        [0, 0, 0, 0],
        [255, 0, 255, 255],
    ]


def test_what_is_no_number_is_dark_and_shades_beyond_the_span_are_cut() -> None:
    rows = pd.DataFrame({"a": ["1", "x"], "b": [None, "7"], "c": ["-3", "4"], "d": ["2", "3"]})
    shades = shades_of_columns(rows, list("abcd"), 2, 1.0, 3.0)
    assert shades.to_numpy().tolist() == [[0, 0, 0, 128], [0, 255, 255, 255]]
    assert list(shades.columns) == ["0_0", "0_1", "1_0", "1_1"]


def test_a_picture_is_measured_by_itself() -> None:
    pictures = fields(RNG, 40).reshape(40, -1)
    columns = [f"c{n}" for n in range(pictures.shape[1])]
    rows = pd.DataFrame(pictures, columns=columns)
    shades = shades_of_columns(rows, columns, 12, 0.0, 1.0, 3)
    whole = raster_statistics(shades)
    assert np.isfinite(whole.to_numpy()).all()
    part = raster_statistics(shades[7:9].reset_index(drop=True))
    pd.testing.assert_frame_equal(part, whole[7:9].reset_index(drop=True))


def test_signs_are_not_mirrored() -> None:
    assert (chance_moves(50, mirror=False)[:, 0, 0] > 0).all()
    assert (chance_moves(50)[:, 0, 0] > 0).any() and (chance_moves(50)[:, 0, 0] < 0).any()


@pytest.mark.parametrize(
    ("targets", "classes", "mirrored"),
    [
        (("label",), ("cat", "dog"), True),
        (("label",), tuple("0123456789"), False),
        (("label",), tuple(map(str, range(43))), True),
        (("label",), ("0", "1", "2"), True),
        (("side",), ("left", "right"), False),
        (("left_eye_x", "left_eye_y"), (), False),
        (("x1", "y1"), (), False),
        (("max_depth", "index"), (), True),
    ],
)
def test_what_is_another_thing_in_the_mirror_is_not_mirrored(
    tmp_path: Path, targets: tuple[str, ...], classes: tuple[str, ...], mirrored: bool
) -> None:
    folder = pictures_in_columns(tmp_path / "made", 0).folder
    task, _ = planned_networks(folder, tmp_path / "work")
    kind = "multiclass" if classes else "multi_regression"
    task = msgspec.structs.replace(task, kind=kind, targets=targets, classes=classes)
    empty = DataProfile(train_rows=10, test_rows=10, columns=(), targets=())
    known = {one.name: one for one in every_member() if "images" in one.when}
    parts = {"embed_texts": "embed_pictures_lite", "packaged_weights": "folder_weights"}
    embeds = msgspec.structs.replace(known["embedding_pictures"], parts=parts)
    tuned = planned(known["fine_tune_pictures"], task, empty)
    embedded = planned(embeds, task, empty)
    assert tuned.constants.get("MIRROR", True) == mirrored
    suffix = "" if mirrored else "_unmirrored"
    assert embedded.parts == {**parts, "embed_texts": f"embed_pictures_lite{suffix}"}
    text = exchanged(template_text("models", f"{embedded.template}.py"), embedded.parts)
    assert f"embed_pictures_lite{suffix}(X," in stands_alone(text, network_names(text))


def test_every_network_that_varies_pictures_can_leave_mirror_images_out() -> None:
    models = (Path(workspace_templates.__file__).parent / "models").glob("*.py")
    varied = [one.stem for one in models if "varied_pictures(" in one.read_text("utf-8")]
    assert len(varied) == 8
    assert all("MIRROR" in template_constants(name) for name in varied)


def test_a_network_sees_what_no_single_column_tells(tmp_path: Path) -> None:
    made = pictures_in_columns(tmp_path / "made", 0)
    task, blueprint = planned_networks(made.folder, tmp_path / "work")
    step = next(one for one in blueprint.part("prep") if one.key == "raster")
    assert step.title == "Lay 196 columns of 14 × 14 pixels out as pictures"
    prep = ExpertPreprocessingCoder().write(blueprint)
    assert "train = read_text_columns(data_dir / TRAIN_FILE, [TARGET])" in prep
    assert prep.count("read_text_table(data_dir") == 2, "pixels are read where they are extracted"
    member = blueprint.member("raster_network")
    assert member.constants["SIDE"] == 14
    assert share_of_error(made, task, blueprint, "raster_network", tmp_path / "run") < 0.5


def test_a_report_lists_pictures_once_and_no_pixels() -> None:
    names = [f"p{n}" for n in range(64)]
    columns = tuple(
        ColumnProfile(
            name=name,
            role="number",
            why="",
            in_train=True,
            in_test=True,
            dtype="int",
            distinct=9,
            missing_train=0.0,
            missing_test=0.0,
        )
        for name in ("age", *names)
    )
    raster = Raster(
        columns=tuple(names), high=8, wide=8, order="lines", darkest=0.0, brightest=16.0
    )
    seen = DataProfile(train_rows=9, test_rows=9, columns=columns, targets=(), rasters=(raster,))
    assert [column.name for column in report_words.plain_columns(seen)] == ["age"]
    assert report_words.picture(raster) == "64 columns of 8 × 8 pixels"


def test_a_picture_with_a_pixel_that_is_left_out_is_plain_numbers(tmp_path: Path) -> None:
    made = pictures_in_columns(tmp_path / "made", 0)
    found = msgspec.convert(
        inventory({"folder": str(made.folder), "cache": str(tmp_path)}), Inventory
    )
    task = ExpertTaskAnalyzer().analyse(found)
    asked = {"folder": found.folder, "task": to_plain(task), "seed": 0}
    data = msgspec.convert(profile(asked), DataProfile)
    leak = Leak(column="pixel7", by="value", score=0.99, why="it tells all")
    data = msgspec.structs.replace(data, leaks=(leak,))
    knowledge = ExpertKnowledgeRetriever(learned=False).retrieve(task, data)
    for options, seen in ((SolveOptions(), False), (SolveOptions(use_suspected_leaks=True), True)):
        blueprint, _ = ExpertGuidelineAgent().plan(task, data, knowledge, options)
        assert ("raster" in [step.key for step in blueprint.part("prep")]) is seen
        assert ("raster_network" in [one.name for one in blueprint.members]) is seen
        numbers = [step for step in blueprint.part("prep") if step.key == "numbers"]
        assert len(numbers) == (0 if seen else 1)
        assert all("pixel7" not in step.values["columns"] for step in numbers)
