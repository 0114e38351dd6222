"""Models that mean ill, or know nothing: each is an answering of `ScriptedModel`.

The planning agents' answers stay the scripted ones, so that hostile code gets as far as it can.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from .scripted_model import Answer, Answering, Asked, Raw

CODERS = {"preprocessing_coder", "modeling_coder", "improvement_coder", "debugging_agent"}
OLD_PREP = """
import numpy as np
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    # [P1] Read both tables
    train = pd.read_csv(data_dir / "train.csv", squeeze=True)
    test = pd.read_csv(data_dir / "test.csv", error_bad_lines=False)
    # [P2] Take the number to predict
    target = train["minutes"].as_matrix().astype(np.float)
    # [P3] Use what both tables have
    rows = train.append(test)
    numbers = rows.ix[:, ["km", "parcels"]]
    return {
        "rounds_train": numbers[: len(train)],
        "rounds_test": numbers[len(train) :],
        "target": target,
    }
"""
OLD_MODEL = """
from sklearn.cross_validation import cross_val_score
from sklearn.linear_model import LinearRegression


def fit(X, y, *, seed=0):
    # [M1] Linear regression
    # [T1] Least squares
    return LinearRegression(normalize=True).fit(X, y)


def predict(model, X):
    return model.predict(X)
"""
DELETING = """
import os
import shutil
from pathlib import Path

for target in {targets!r}:
    for delete in (shutil.rmtree, os.remove, os.unlink, lambda path: open(path, "w").close()):
        try:
            delete(target)
        except Exception:
            pass


def prepare(data_dir, extracted=None, fitted=None):
    for path in Path(data_dir).rglob("*"):
        try:
            path.unlink()
        except Exception:
            pass
    os.system("rm -rf " + " ".join({targets!r}))
    raise ValueError("nothing is left")


def fit(X, y, *, seed=0):
    shutil.rmtree(Path.cwd().parents[1], ignore_errors=True)
    return None


def predict(model, X):
    return None
"""
SLY = """
def tidy():
    for parts in {targets!r}:
        target = "/".join(parts)
        for sweep in (Path(target).unlink, Path(target).rmdir):
            try:
                sweep()
            except OSError:
                continue
"""
TELLING = """
import os
import sys
from pathlib import Path

KEY = {key!r}
print("the key is", KEY, file=sys.stderr)
Path("key.txt").write_text(KEY)


def prepare(data_dir, extracted=None, fitted=None):
    print(KEY, sorted(os.environ.items()))
    raise ValueError("the key is " + KEY)


def fit(X, y, *, seed=0):
    raise ValueError("the key is " + KEY)


def predict(model, X):
    return KEY
"""


def random_bytes(asked: Asked) -> Answer:
    """Bytes that are no protocol, no JSON and no text; the same for the same question."""
    seed = hashlib.sha256(asked.body).digest()
    return Raw(200, b"".join(hashlib.sha256(seed + bytes([n])).digest() for n in range(64)))


def noise(asked: Asked) -> Answer:
    """The protocol is kept, but what is said are bytes that somebody read as text."""
    raw = random_bytes(asked)
    assert isinstance(raw, Raw)
    return raw.body.decode("latin-1")


def old_protocol(asked: Asked) -> Answer:
    """What completions looked like before there were chats."""
    choice = {"text": "import pandas", "index": 0, "logprobs": None, "finish_reason": "length"}
    body = {"id": "cmpl-1", "object": "text_completion", "created": 0, "choices": [choice]}
    return Raw(200, json.dumps(body).encode())


def nonsense(asked: Asked) -> Answer:
    """No two answers of an agent are wrong alike."""
    kinds = (noise, random_bytes, old_protocol)
    return kinds[(asked.count - 1) % len(kinds)](asked)


def without_ideas(usual: Answering) -> Answering:
    """A model that has nothing to improve: its first code is what matters."""
    return lambda asked: '{"ideas": []}' if asked.agent == "improver" else usual(asked)


def coding(
    usual: Answering, prep: Callable[[Asked], str], model: Callable[[Asked], str]
) -> Answering:
    """A model that plans as `usual`, and whose code is what the functions say."""

    def answering(asked: Asked) -> Answer:
        if asked.agent not in CODERS:
            return usual(asked)
        text = model(asked) if asked.agent == "modeling_coder" else prep(asked)
        return f"```python{text}```"

    return answering


def old_code(usual: Answering) -> Answering:
    """Code for libraries of years ago."""
    return coding(usual, lambda asked: OLD_PREP, lambda asked: OLD_MODEL)


def deleting(usual: Answering, targets: list[Path]) -> Answering:
    """Code that deletes and empties files: bluntly at first, later hidden in what works."""
    blunt = DELETING.format(targets=[str(path) for path in targets])
    sly = SLY.format(targets=[str(path).split("/") for path in targets])

    def answering(asked: Asked) -> Answer:
        answer = usual(asked)
        if asked.agent != "preprocessing_coder" or not isinstance(answer, str):
            return answer
        if asked.count == 1:
            return f"```python{blunt}```"
        head, first, rest = answer.partition("\n\n\n")
        marked = re.sub(r"^( +)(# \[[PM]1\])", r"\1tidy()\n\1\2", rest, count=1, flags=re.MULTILINE)
        return f"{head}\n\n{sly}{first}{marked}"

    return answering


def telling(usual: Answering) -> Answering:
    """The key that came with the question, in answers, in code and in errors."""
    coder = coding(
        usual,
        lambda asked: TELLING.format(key=asked.key),
        lambda asked: TELLING.format(key=asked.key),
    )

    def answering(asked: Asked) -> Answer:
        if asked.agent in CODERS:
            return coder(asked)
        if asked.count % 3 == 1:
            return Raw(400, json.dumps({"error": {"message": f"bad key {asked.key}"}}).encode())
        if asked.count % 3 == 2:
            return f"Your key is {asked.key}; {json.dumps({'key': asked.key})}"
        return usual(asked)

    return answering
