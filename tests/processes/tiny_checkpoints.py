"""Tiny pretrained checkpoints, written by the libraries whose form they have."""

from __future__ import annotations

from pathlib import Path

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "big", "small", "dog", "cat", "sat")


def tiny_reader(place: Path) -> Path:
    """A transformer of two layers with its tokeniser, which knows `WORDS`."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    BertTokenizer(vocab={word: number for number, word in enumerate(WORDS)}).save_pretrained(place)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
    )
    BertModel(config).save_pretrained(place)
    return place
