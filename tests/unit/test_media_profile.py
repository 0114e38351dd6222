"""The profile counts the files of rows and says which rows have none."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from competitions.media import write_tone
from PIL import Image

from iiml_codegen.worker.broken_files import is_broken
from iiml_codegen.worker.layouts.split import Side
from iiml_codegen.worker.media_profile import media_profiles
from iiml_codegen.worker.plan import MediaFiles


@dataclass
class Rows:
    """Rows of both sides, known by some columns as texts."""

    columns: dict[Side, dict[str, list[str]]]
    train_rows: int = 0
    test_rows: int = 0

    def texts(self, side: Side, column: str) -> list[str] | None:
        return self.columns[side].get(column)


def test_files_are_counted_by_side_and_sized(tmp_path: Path) -> None:
    media = MediaFiles(kind="image", column="id", train="train/{}.jpg", test="test/{}.jpg")
    for side, names in (("train", ("1", "2", "3")), ("test", ("7", "8"))):
        (tmp_path / side).mkdir()
        for name in names:
            whole = b"\xff\xd8" + b"x" * 496 + b"\xff\xd9"
            (tmp_path / side / f"{name}.jpg").write_bytes(whole)
    rows = Rows({"train": {"id": ["1", "2", "3", "4"]}, "test": {"id": ["7", "8"]}})
    (found,) = media_profiles(tmp_path, (media,), rows, {})
    assert (found["missing_train"], found["missing_test"]) == (0.25, 0.0)
    assert (found["broken_train"], found["broken_test"]) == (0.0, 0.0)
    assert found["median_bytes"] == 500


def test_a_side_without_any_file_is_missing_as_a_whole(tmp_path: Path) -> None:
    media = MediaFiles(kind="audio", column="file", train="{}", test="{}")
    looked_up = pd.DataFrame({"file": ["a.wav", "b.wav"]})
    frames: dict[Side, pd.DataFrame] = {"train": looked_up, "test": looked_up.iloc[:0]}
    (found,) = media_profiles(tmp_path, (media,), Rows({"train": {}, "test": {}}), frames)
    assert (found["missing_train"], found["missing_test"]) == (1.0, 0.0)
    assert found["median_bytes"] == 0


def test_files_that_are_empty_cut_off_or_of_another_kind_are_broken(tmp_path: Path) -> None:
    for name, kind in (("a.png", "PNG"), ("b.jpg", "JPEG"), ("c.bmp", "BMP"), ("d.jpg", "PNG")):
        Image.new("RGB", (30, 20), (200, 30, 30)).save(tmp_path / name, kind)
    write_tone(tmp_path / "e.wav", 440.0, np.random.default_rng(0))
    (tmp_path / "f.json").write_text('{"a": 1}')
    whole = sorted(tmp_path.iterdir())
    assert [path.name for path in whole if is_broken(path)] == []
    for path in whole:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if path.suffix != ".bmp" else b"<html>")
    assert [path.name for path in whole if not is_broken(path)] == []
    whole[0].write_bytes(b"")
    assert is_broken(whole[0])
