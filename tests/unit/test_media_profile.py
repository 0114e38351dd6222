"""The profile counts the files of rows and says which rows have none."""

from pathlib import Path

import pandas as pd

from iiml_codegen.worker.media_profile import media_profiles
from iiml_codegen.worker.plan import MediaFiles


def test_files_are_counted_by_side_and_sized(tmp_path: Path) -> None:
    media = MediaFiles(kind="image", column="id", train="train/{}.jpg", test="test/{}.jpg")
    for side, names in (("train", ("1", "2", "3")), ("test", ("7", "8"))):
        (tmp_path / side).mkdir()
        for name in names:
            (tmp_path / side / f"{name}.jpg").write_bytes(b"x" * 500)
    train, test = pd.DataFrame({"id": [1, 2, 3, 4]}), pd.DataFrame({"id": [7, 8]})
    (found,) = media_profiles(tmp_path, (media,), train, test)
    assert (found["missing_train"], found["missing_test"]) == (0.25, 0.0)
    assert found["median_bytes"] == 500


def test_a_side_without_any_file_is_missing_as_a_whole(tmp_path: Path) -> None:
    media = MediaFiles(kind="audio", column="file", train="{}", test="{}")
    rows = pd.DataFrame({"file": ["a.wav", "b.wav"]})
    (found,) = media_profiles(tmp_path, (media,), rows, rows.iloc[:0])
    assert (found["missing_train"], found["missing_test"]) == (1.0, 0.0)
    assert found["median_bytes"] == 0
