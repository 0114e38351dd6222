"""Sounds and pictures that are silent, broken in places or deeper than usual."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch")
soundfile = pytest.importorskip("soundfile")
Image = pytest.importorskip("PIL.Image")

from workspace_templates.networks.pictures import picture_pixels, varied_pictures  # noqa: E402
from workspace_templates.networks.sounds import SILENCE, sound_levels, varied_sounds  # noqa: E402
from workspace_templates.networks.tables import TableEncoder  # noqa: E402
from workspace_templates.networks.training import cosine, train_network  # noqa: E402
from workspace_templates.recipes.images import describe_image  # noqa: E402
from workspace_templates.recipes.sounds import describe_sound  # noqa: E402

RATE = 8000
TONE = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


def test_silence_is_silent_and_a_broken_sample_breaks_nothing(tmp_path: Path) -> None:
    broken = TONE.copy()
    broken[100] = np.nan
    files = []
    for name, wave in (("none", np.zeros(RATE)), ("tone", TONE), ("broken", broken)):
        files.append(str(tmp_path / f"{name}.wav"))
        soundfile.write(files[-1], wave, RATE, subtype="FLOAT")
    silent, tone, mended = sound_levels(files, 64).astype("float32")
    assert (silent == SILENCE).all()
    assert tone.max() == 1.0 and np.abs(tone - mended).mean() < 0.5
    assert np.isfinite(list(describe_sound(Path(files[2])).values())).all()


def test_pixels_are_held_once_while_pictures_are_decoded(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), (200, 10, 10)).save(tmp_path / "red.png")
    files = pd.Series([str(tmp_path / "red.png"), str(tmp_path / "none.png")] * 100)
    picture_pixels(files[:2], 64)
    tracemalloc.start()
    shown = picture_pixels(files, 64)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (shown[0, 0, 0].tolist(), shown[1, 0, 0].tolist()) == ([200, 10, 10], [128] * 3)
    assert peak < 1.2 * shown.nbytes


def test_pictures_of_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 60_000, 64).astype("uint16"), (64, 1))
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    Image.fromarray((ramp // 236).astype("uint8")).save(tmp_path / "plain.png")
    files = pd.Series([str(tmp_path / f"{name}.png") for name in ("deep", "plain")])
    deep, plain = picture_pixels(files, 16)
    assert np.abs(deep.astype(int) - plain.astype(int)).max() <= 2
    assert describe_image(tmp_path / "deep.png")["red_spread"] > 0.2


def test_one_value_beside_gaps_still_tells_something() -> None:
    table = pd.DataFrame({"seen": [1.0, np.nan, 1.0, np.nan], "same": [2.0] * 4})
    numbers, flags, _ = TableEncoder(table).tensors(table, torch.device("cpu"))
    assert numbers.shape == (4, 0)
    assert flags[:, 0].tolist() == [0.0, 1.0, 0.0, 1.0]


class Killed(Exception):
    """What ends a training run in the middle."""


@pytest.mark.parametrize("kind", ["sounds", "pictures"])
def test_varied_media_are_varied_alike_after_a_checkpoint(tmp_path: Path, kind: str) -> None:
    shape, made = {
        "sounds": ((24, 16, 8), varied_sounds),
        "pictures": ((24, 8, 8, 3), varied_pictures),
    }[kind]
    rng = np.random.default_rng(0)
    X = (
        rng.integers(0, 255, shape).astype("uint8")
        if kind == "pictures"
        else rng.normal(size=shape)
    )
    y = torch.tensor(np.arange(24) % 2)

    def trained(place: Path | None, stop_after: int = 99) -> Any:
        torch.manual_seed(5)
        network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(2))
        batches = made(X, torch.device("cpu"))
        network(batches(torch.arange(2)))
        torch.manual_seed(6)
        optimizer = torch.optim.Adam(network.parameters(), lr=0.01)

        def schedule(way: float) -> float:
            if way >= stop_after / 4:
                raise Killed
            return cosine(way)

        loss = torch.nn.CrossEntropyLoss()
        settings = {"epochs": 4, "batch": 8, "seed": 1, "checkpoint": place}
        train_network(network, batches, y, loss, optimizer, schedule=schedule, **settings)
        return network[1].weight.detach().clone()

    whole = trained(None)
    with pytest.raises(Killed):
        trained(tmp_path / "half.pt", stop_after=2)
    assert (trained(tmp_path / "half.pt") == whole).all()
