"""The media recipes: pictures, sounds and atoms as numbers; a row of gaps where they fail."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from workspace_templates.recipes.atoms import atoms_statistics, read_atoms
from workspace_templates.recipes.images import image_statistics
from workspace_templates.recipes.sounds import sound_statistics

ROCK_SALT = """#======
lattice_vector 4.0 0.0 0.0
lattice_vector 0.0 4.0 0.0
lattice_vector 0.0 0.0 4.0
atom 0.0 0.0 0.0 Ga
atom 2.0 0.0 0.0 O
"""
EXTENDED = """2
Lattice="4.0 0.0 0.0 0.0 4.0 0.0 0.0 0.0 4.0" Properties=species:S:1:pos:R:3
Ga 0.0 0.0 0.0
O 2.0 0.0 0.0
"""


def stripes(path: Path, upright: bool) -> Path:
    """Draw black and white stripes of 8 pixels."""
    bars = np.tile(np.repeat([0, 255], 8), 8).astype("uint8")
    grey = np.tile(bars, (96, 1)) if upright else np.tile(bars[:, None], (1, 96))
    Image.fromarray(grey).save(path)
    return path


def tone(path: Path, hertz: float, rate: int, seconds: float = 0.5) -> Path:
    """Write a sine wave with silence on both sides."""
    time = np.arange(int(rate * seconds)) / rate
    wave = 0.5 * np.sin(2 * np.pi * hertz * time)
    rest = np.zeros(rate // 10)
    soundfile.write(path, np.concatenate([rest, wave, rest]), rate)
    return path


def cell(rows: pd.DataFrame, row: int, column: str) -> float:
    """One number of a table."""
    return float(rows[column].to_numpy()[row])


def test_a_picture_tells_its_size_its_colours_and_the_direction_of_its_edges(
    tmp_path: Path,
) -> None:
    """Upright stripes have edges that run across, lying ones edges that run down."""
    red = tmp_path / "red.png"
    Image.new("RGB", (40, 20), (255, 0, 0)).save(red)
    paths = [red, stripes(tmp_path / "a.png", True), stripes(tmp_path / "b.png", False)]
    rows = image_statistics(paths)
    told = ["image_width", "image_height", "image_aspect", "image_red_mean", "image_green_mean"]
    assert rows[told].to_numpy()[0].tolist() == [40, 20, 2, 1, 0]
    across, down = "image_edge_1_1_0", "image_edge_1_1_4"
    assert cell(rows, 1, across) > 10 * cell(rows, 1, down)
    assert cell(rows, 2, down) > 10 * cell(rows, 2, across)


def test_a_picture_that_cannot_be_read_is_a_row_of_gaps(tmp_path: Path) -> None:
    """Missing, cut off and not a picture: each leaves its row, and the others stay whole."""
    good = stripes(tmp_path / "good.jpg", True)
    cut, text = tmp_path / "cut.jpg", tmp_path / "text.jpg"
    cut.write_bytes(good.read_bytes()[:300])
    text.write_text("no picture", "utf-8")
    rows = image_statistics([tmp_path / "absent.jpg", cut, text, good])
    assert rows.isna().all(axis=1).tolist() == [True, True, True, False]


def test_the_same_tone_sounds_alike_at_any_sampling_rate(tmp_path: Path) -> None:
    """Bands are the same in hertz, so a file's rate does not move a tone."""
    low = tone(tmp_path / "low.wav", 500, 8000)
    same = tone(tmp_path / "same.flac", 500, 44100)
    high = tone(tmp_path / "high.wav", 2500, 8000)
    rows = sound_statistics([low, same, high])
    bands = rows[[f"sound_band{k}_mean" for k in range(40)]].to_numpy()
    places = bands.argmax(axis=1).tolist()
    assert places[0] == places[1] < places[2]
    assert rows["sound_seconds"].tolist() == pytest.approx([0.7, 0.7, 0.7], abs=0.01)
    assert cell(rows, 2, "sound_crossings") > 3 * cell(rows, 0, "sound_crossings")


def test_a_sound_that_cannot_be_read_is_a_row_of_gaps_and_silence_is_none(tmp_path: Path) -> None:
    """A click of a few samples has a length only; silence is measured like any sound."""
    text, click, quiet = tmp_path / "text.wav", tmp_path / "click.wav", tmp_path / "quiet.wav"
    text.write_text("no sound", "utf-8")
    soundfile.write(click, np.ones(20), 8000)
    soundfile.write(quiet, np.zeros(8000), 8000)
    rows = sound_statistics([text, click, quiet, tmp_path / "absent.wav"])
    assert rows.isna().all(axis=1).tolist() == [True, False, False, True]
    assert rows.loc[1].notna().sum() == 1
    assert np.isfinite(rows.to_numpy()[2]).all()


@pytest.mark.parametrize("text", [ROCK_SALT, EXTENDED])
def test_atoms_are_read_in_both_common_forms(tmp_path: Path, text: str) -> None:
    """Lattice lines or a `Lattice=` entry; the symbol before or behind the numbers."""
    path = tmp_path / "geometry.xyz"
    path.write_text(text, "utf-8")
    places, names, lattice = read_atoms(path)
    assert names == ["Ga", "O"] and places[1].tolist() == [2.0, 0.0, 0.0]
    assert lattice.tolist() == (4 * np.eye(3)).tolist()


def test_neighbours_are_found_across_the_borders_of_the_cell(tmp_path: Path) -> None:
    """In this cell Ga has an O on both sides along x, and itself again at 4 ångström."""
    path = tmp_path / "geometry.xyz"
    path.write_text(ROCK_SALT, "utf-8")
    row = atoms_statistics([path, tmp_path / "absent.xyz"], {})
    assert cell(row, 0, "atoms_volume_per_atom") == 32
    assert cell(row, 0, "atoms_O_Ga_nearest") == 2 and cell(row, 0, "atoms_O_Ga_neighbours") == 2
    assert cell(row, 0, "atoms_Ga_Ga_nearest") == 4 and cell(row, 0, "atoms_Ga_Ga_neighbours") == 6
    assert row.loc[1].isna().all()


def test_new_rows_get_the_columns_of_the_elements_that_were_learned(tmp_path: Path) -> None:
    """A saved pipeline keeps its columns when a new file brings another element."""
    first, second = tmp_path / "first.xyz", tmp_path / "second.xyz"
    first.write_text(ROCK_SALT, "utf-8")
    second.write_text(ROCK_SALT.replace("Ga", "Fe"), "utf-8")
    fitted: dict[str, object] = {}
    learned = atoms_statistics([first], fitted)
    later = atoms_statistics([second], fitted)
    assert set(later.columns) <= set(learned.columns)
    assert cell(later, 0, "atoms_share_Ga") == 0
