"""What constants and calls have settled is left out of a module's text."""

from __future__ import annotations

from iiml_codegen.implementation.settling import settle_constants, without_idle_options

MODEL = '''"""Classes of naïve rows."""

from counts import counted
from losses import Loss

CLASSES = 3
BALANCED = False
RATE = 0.1


def fit(X, y):
    """Learn."""
    weights = counted(y, CLASSES) if BALANCED else None
    return Loss(weights, judge=Loss if BALANCED else None, rate=RATE, scale=None)


def predict(model, X):
    """Give P(second class), or one probability per class where there are more than two."""
    found = model(X)  # naïve
    return found[:, 1] if CLASSES == 2 else found
'''
LOOP = '''def train(
    network,
    *,
    watch=None,
    clip=None,
    place=None,
):
    """Train.

    Errors are judged by `watch`. Gradients are cut at `clip`. Seeds are given. All is written to
    `place`.
    """
    judge = watch or network.loss
    if clip is not None and clip > 0:
        cut(network, clip)
    if place is not None:
        keep(network, where=place)
    return judge(network)'''


def test_questions_to_constants_are_answered_and_nothing_of_them_is_left() -> None:
    text = settle_constants(MODEL)
    assert "BALANCED" not in text and "weights" not in text and "counted" not in text
    assert (
        "    return Loss(rate=RATE, scale=None)\n" in text and "from losses import Loss\n" in text
    )
    assert "    return found\n" in text and '"""Give one probability per class."""' in text
    assert "CLASSES" not in text and "RATE = 0.1\n" in text


def test_what_a_constant_asks_for_stays() -> None:
    text = settle_constants(MODEL.replace("= 3", "= 2").replace("False", "True"))
    assert "    weights = counted(y, CLASSES)\n" in text
    assert "    return Loss(weights, judge=Loss, rate=RATE, scale=None)\n" in text
    assert "    return found[:, 1]\n" in text and '"""Give P(second class)."""' in text
    assert "CLASSES = 2\n" in text and "BALANCED" not in text


def test_a_block_under_a_constant_goes_or_stays_without_its_question() -> None:
    body = "    if BALANCED:\n        # Naïve.\n        X = X[y]\n        y = y[y]\n"
    block = f'    """Learn."""\n{body}'
    asked = MODEL.replace('    """Learn."""\n', block)
    assert settle_constants(asked) == settle_constants(MODEL)
    kept = settle_constants(asked.replace("False", "True"))
    assert '    """Learn."""\n    # Naïve.\n    X = X[y]\n    y = y[y]\n    weights =' in kept


def test_a_module_without_such_questions_stays_as_it_is() -> None:
    plain = "RATE = 1\n\n\ndef fit(X):\n    return X if X.any() else RATE\n"
    assert settle_constants(plain) == plain


def test_options_that_no_call_gives_go_with_all_that_serves_them() -> None:
    assert without_idle_options([LOOP], "train(net, place=1)") == [
        '''def train(
    network,
    *,
    place=None,
):
    """Train.

    Seeds are given. All is written to `place`.
    """
    judge = network.loss
    if place is not None:
        keep(network, where=place)
    return judge(network)'''
    ]


def test_options_given_by_any_call_stay() -> None:
    calls = "train(a, watch=1, clip=2)\npartial(train, place=3)"
    assert without_idle_options([LOOP], calls) == [LOOP]


def test_a_function_that_is_handed_on_keeps_its_options() -> None:
    assert without_idle_options([LOOP], "run(train)\ntrain(a)") == [LOOP]
