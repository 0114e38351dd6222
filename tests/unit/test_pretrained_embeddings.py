"""Embeddings by frozen weights: a row on its own, and clear words where weights are lacking."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from processes.tiny_checkpoints import tiny_reader

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
soundfile = pytest.importorskip("soundfile")
pytest.importorskip("efficientnet_lite_pytorch")
Image = pytest.importorskip("PIL.Image")

from workspace_templates.networks.fine_tuned_pictures import TunedPictures  # noqa: E402
from workspace_templates.networks.pretrained_pictures import (  # noqa: E402
    embed_pictures,
    embed_pictures_unmirrored,
)
from workspace_templates.networks.pretrained_places import (  # noqa: E402
    cached_weights,
    folder_weights,
    packaged_weights,
)
from workspace_templates.networks.pretrained_sounds import embed_sounds, embed_voices  # noqa: E402
from workspace_templates.networks.pretrained_texts import (  # noqa: E402
    embed_text_pairs,
    embed_texts,
)

TEXTS = pd.Series(["a big dog sat", "", "a cat", "small small small cat sat " * 9, "a big dog sat"])


@pytest.fixture(scope="module")
def texts_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny transformer with its tokeniser, as the transformers library writes them."""
    return tiny_reader(tmp_path_factory.mktemp("texts"))


def test_what_a_text_gives_does_not_depend_on_its_neighbours(texts_checkpoint: Path) -> None:
    together = embed_texts(TEXTS, texts_checkpoint, 1)
    alone = [embed_texts(TEXTS[k : k + 1], texts_checkpoint, 1)[0] for k in range(len(TEXTS))]
    assert (together.shape, together.dtype) == ((5, 16), np.float32)
    assert (together == np.stack(alone)).all()
    assert (together[0] == together[4]).all()
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert np.abs(together[0] - together[2]).max() > 1e-3


def test_the_texts_of_a_row_are_compared(texts_checkpoint: Path) -> None:
    pairs = pd.DataFrame({"one": TEXTS, "other": TEXTS[::-1].to_numpy()})
    found = embed_text_pairs(pairs, texts_checkpoint, 1)
    one, other, apart, both = np.split(found, 4, axis=1)
    assert (one == embed_texts(TEXTS, texts_checkpoint, 1)).all()
    assert np.allclose(apart, np.abs(one - other)) and np.allclose(both, one * other)
    assert (apart[0] == 0).all()


def test_a_sentence_encoder_pools_as_it_was_trained_to(texts_checkpoint: Path) -> None:
    means = embed_texts(TEXTS, texts_checkpoint, 1)
    page = texts_checkpoint / "1_Pooling" / "config.json"
    page.parent.mkdir()
    page.write_text(json.dumps({"pooling_mode_cls_token": True}))
    try:
        firsts = embed_texts(TEXTS, texts_checkpoint, 1)
    finally:
        page.unlink()
        page.parent.rmdir()
    assert np.abs(means - firsts).max() > 1e-3


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> pd.Series:
    """Two rows with one sound each, one with both, one whose file is no sound, one without."""
    folder = tmp_path_factory.mktemp("sounds")
    for name, hertz in (("low", 220), ("high", 880)):
        wave = np.sin(2 * np.pi * hertz * np.arange(4000) / 8000)
        soundfile.write(folder / f"{name}.wav", 0.3 * wave, 8000)
    (folder / "broken.wav").write_bytes(b"no sound")
    low, high = str(folder / "low.wav"), str(folder / "high.wav")
    return pd.Series([low, high, f"{low}|{high}", str(folder / "broken.wav"), ""])


def test_voices_are_heard_by_a_recurrent_encoder(sounds: pd.Series, tmp_path: Path) -> None:
    torch.manual_seed(0)
    layers = torch.nn.LSTM(40, 256, num_layers=3).state_dict()
    state = {f"lstm.{name}": value for name, value in layers.items()}
    torch.save({"model_state": state}, tmp_path / "encoder.pt")
    heard = embed_voices(sounds, tmp_path / "encoder.pt", 1)
    assert (heard.shape, heard.dtype) == ((5, 768), np.float32)
    assert np.abs(heard[0] - heard[1]).max() > 1e-3
    assert np.allclose(heard[2], (heard[0] + heard[1]) / 2, atol=1e-6)
    assert (heard[3] == heard[4]).all()
    assert (embed_voices(sounds[1:2], tmp_path / "encoder.pt", 1)[0] == heard[1]).all()


def test_sounds_are_heard_by_a_transformer(sounds: pd.Series, tmp_path: Path) -> None:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    convolutions = {"conv_dim": (8, 8), "conv_stride": (5, 4), "conv_kernel": (10, 8)}
    config = transformers.Wav2Vec2Config(
        **sizes, **convolutions, intermediate_size=24, num_conv_pos_embeddings=4
    )
    transformers.Wav2Vec2Model(config).save_pretrained(tmp_path)
    transformers.Wav2Vec2FeatureExtractor().save_pretrained(tmp_path)
    heard = embed_sounds(sounds, tmp_path, 1)
    assert (heard.shape, heard.dtype) == ((5, 16), np.float32)
    assert np.abs(heard[0] - heard[1]).max() > 1e-4
    assert (embed_sounds(sounds[1:2], tmp_path, 1)[0] == heard[1]).all()


def test_only_the_encoder_of_a_speech_model_hears(sounds: pd.Series, tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = transformers.WhisperConfig(
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=24,
        decoder_ffn_dim=24,
        vocab_size=60,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    transformers.WhisperModel(config).save_pretrained(tmp_path)
    transformers.WhisperFeatureExtractor().save_pretrained(tmp_path)
    heard = embed_sounds(sounds[:2], tmp_path, 1)
    assert heard.shape == (2, 16)
    assert np.abs(heard[0] - heard[1]).max() > 1e-4


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> pd.Series:
    """Rows with a picture, with two, with one that is broken, and with none."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for name, size in (("wide", (20, 60)), ("high", (50, 30))):
        Image.fromarray(rng.integers(0, 255, (*size, 3), dtype="uint8")).save(
            folder / f"{name}.png"
        )
    (folder / "broken.png").write_bytes(b"no picture")
    wide, high = str(folder / "wide.png"), str(folder / "high.png")
    return pd.Series([wide, high, f"{wide}|{high}", str(folder / "broken.png"), ""])


def test_pictures_are_seen_by_any_transformer_for_pictures(
    pictures: pd.Series, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    vit = transformers.ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=24,
        image_size=32,
        patch_size=16,
    )
    resnet = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic"
    )
    settings = {"size": {"height": 32, "width": 32}, "image_mean": [0.4] * 3}
    for name, network in (
        ("vit", transformers.ViTModel(vit)),
        ("resnet", transformers.ResNetModel(resnet)),
    ):
        network.save_pretrained(tmp_path / name)
        (tmp_path / name / "preprocessor_config.json").write_text(json.dumps(settings))
        seen = embed_pictures(pictures, tmp_path / name, 1)
        assert (seen.shape, seen.dtype) == ((5, 16), np.float32)
        assert np.abs(seen[0] - seen[1]).max() > 1e-4
        assert np.allclose(seen[2], (seen[0] + seen[1]) / 2, atol=1e-6)
        assert (seen[3] == seen[4]).all()
        assert (embed_pictures(pictures[1:2], tmp_path / name, 1)[0] == seen[1]).all()


@pytest.mark.parametrize("sort", ["wide_vit", "efficientnet", "mobilenet", "siglip", "clip"])
def test_ordinary_picture_weights_are_seen_through_and_tuned(
    pictures: pd.Series, tmp_path: Path, sort: str
) -> None:
    torch.manual_seed(0)
    small: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 24,
    }
    eye = {**small, "image_size": 48, "patch_size": 16}
    made: dict[str, Callable[[], Any]] = {
        "wide_vit": lambda: transformers.ViTForImageClassification(transformers.ViTConfig(**eye)),
        "efficientnet": lambda: transformers.EfficientNetModel(
            transformers.EfficientNetConfig(
                width_coefficient=0.2, depth_coefficient=0.1, hidden_dim=256
            )
        ),
        "mobilenet": lambda: transformers.MobileNetV2Model(
            transformers.MobileNetV2Config(depth_multiplier=0.25)
        ),
        "siglip": lambda: transformers.SiglipModel(
            transformers.SiglipConfig(text_config=small, vision_config=eye)
        ),
        "clip": lambda: transformers.CLIPModel(
            transformers.CLIPConfig(text_config=small, vision_config=eye)
        ),
    }
    made[sort]().save_pretrained(tmp_path)
    built = {} if sort in ("wide_vit", "siglip", "clip") else {"size": {"shortest_edge": 64}}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(built))
    seen = embed_pictures(pictures[:2], tmp_path, 1)
    assert seen.shape[0] == 2 and np.isfinite(seen).all()
    assert (embed_pictures(pictures[:2], tmp_path, 1) == seen).all()
    tuned = TunedPictures(tmp_path, 3)
    assert tuned.network.side == (64 if built else 48)
    assert tuned(torch.zeros(2, 3, 32, 32)).shape == (2, 3)


def test_pictures_that_are_others_in_a_mirror_are_seen_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "eye").mkdir()
    vit = transformers.ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=24,
        image_size=32,
        patch_size=16,
    )
    transformers.ViTModel(vit).save_pretrained(tmp_path / "eye")
    (tmp_path / "eye" / "preprocessor_config.json").write_text("{}")
    left = np.zeros((32, 32, 3), dtype="uint8")
    left[:, :16] = 255
    for name, shades in (("left", left), ("right", left[:, ::-1])):
        Image.fromarray(shades).save(tmp_path / f"{name}.png")
    both = pd.Series([str(tmp_path / "left.png"), str(tmp_path / "right.png")])
    alike = embed_pictures(both, tmp_path / "eye", 1)
    apart = embed_pictures_unmirrored(both, tmp_path / "eye", 1)
    assert np.abs(alike[0] - alike[1]).max() < 1e-5 < 1e-4 < np.abs(apart[0] - apart[1]).max()


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="not installed: no_such_package"):
        packaged_weights("no_such_package/model")
    with pytest.raises(FileNotFoundError, match="no pretrained weights at"):
        packaged_weights("transformers/no_such_folder")
    with pytest.raises(FileNotFoundError, match="no pretrained weights at"):
        folder_weights(str(tmp_path / "gone"))
    commit = "c" * 40
    with pytest.raises(FileNotFoundError, match=f"hf download own/model --revision {commit}"):
        cached_weights(f"own/model@{commit}")
    assert packaged_weights("transformers/models").is_dir()
