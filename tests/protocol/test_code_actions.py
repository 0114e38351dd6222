"""Quick fixes and `source.fixAll.iiml`, in every kind of text."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp
from processes.editing import Editor, session

FIT = '''"""Fit a forest; 😀 is a comment's guest."""

from sklearn.ensemble import RandomForestClassifier


def fit(X, y, *, seed=0, threads=1):
    """Fit."""
    name = "😀"; model = RandomForestClassifier(n_jobs=-1, random_state=42)
    other = RandomForestClassifier(n_jobs=-1, random_state=7)
    return model.fit(X, y), other, name


def predict(model, X):
    """Predict."""
    return model[0].predict_proba(X)[:, 1]
'''
FIXED = FIT.replace("n_jobs=-1", "n_jobs=threads")
for number in ("42", "7"):
    FIXED = FIXED.replace(f"random_state={number}", "random_state=seed")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "iiml" / "model_traditional.py"
    path.parent.mkdir()
    return path


def written(path: Path, newline: str, mark: str) -> str:
    text = mark + FIT.replace("\n", newline)
    path.write_bytes(text.encode())
    return text


@pytest.mark.parametrize(("newline", "mark"), [("\n", ""), ("\r\n", ""), ("\r\n", "\ufeff")])
def test_a_fix_changes_only_its_own_words(model: Path, newline: str, mark: str) -> None:
    text = written(model, newline, mark)
    line = FIT[: FIT.index("name =")].count("\n")

    async def work(editor: Editor) -> None:
        document = editor.open(model)
        await editor.until(lambda: editor.rows.get(document.uri))
        actions = await editor.actions(document, line, [lsp.CodeActionKind.QuickFix])
        cores = next(one for one in actions if "n_jobs" in one.title)
        assert cores.edit is None and cores.is_preferred
        assert cores.diagnostics and cores.diagnostics[0].range.start.line == line
        await editor.take(cores)
        assert document.text == text.replace("n_jobs=-1", "n_jobs=threads", 1)

    session(work)


@pytest.mark.parametrize(("newline", "mark"), [("\n", ""), ("\r\n", "\ufeff")])
def test_fix_all_mends_until_nothing_changes(model: Path, newline: str, mark: str) -> None:
    written(model, newline, mark)

    async def work(editor: Editor) -> None:
        document = editor.open(model)
        await editor.until(lambda: editor.rows.get(document.uri))
        (fix_all,) = await editor.actions(document, 0, ["source.fixAll"])
        assert fix_all.kind == "source.fixAll.iiml"
        await editor.take(fix_all)
        assert document.text == mark + FIXED.replace("\n", newline)
        assert await editor.actions(document, 0, ["source.fixAll.iiml"]) == []

    session(work)


def test_a_fix_is_its_own_though_those_of_other_lines_were_asked_for_since(model: Path) -> None:
    text = written(model, "\n", "")
    line = FIT[: FIT.index("name =")].count("\n")

    async def work(editor: Editor) -> None:
        document = editor.open(model)
        await editor.until(lambda: editor.rows.get(document.uri))
        first = await editor.actions(document, line, [lsp.CodeActionKind.QuickFix])
        second = await editor.actions(document, line + 1, [lsp.CodeActionKind.QuickFix])
        cores = next(one for one in first if "n_jobs" in one.title)
        seed = next(one for one in second if "random_state" in one.title)
        assert (await editor.code_action_resolve_async(seed)).edit is not None
        await editor.take(cores)
        assert document.text == text.replace("n_jobs=-1", "n_jobs=threads", 1)

    session(work)


def test_a_fix_of_a_document_that_was_opened_again_is_refused(model: Path) -> None:
    written(model, "\n", "")
    line = FIT[: FIT.index("name =")].count("\n")

    async def work(editor: Editor) -> None:
        document = editor.open(model)
        await editor.until(lambda: editor.rows.get(document.uri))
        before = await editor.actions(document, line, [lsp.CodeActionKind.QuickFix])
        editor.close(document)
        model.write_text(FIT.replace("other", "another"), "utf-8")
        document = editor.open(model)
        assert await editor.actions(document, line + 1, [lsp.CodeActionKind.QuickFix])
        with pytest.raises(Exception, match=r"(?i)modified"):
            await editor.take(before[0])

    session(work)


def test_a_fix_of_an_older_text_is_refused(model: Path) -> None:
    written(model, "\n", "")

    async def work(editor: Editor) -> None:
        document = editor.open(model)
        await editor.until(lambda: editor.rows.get(document.uri))
        (fix_all,) = await editor.actions(document, 0, ["source.fixAll.iiml"])
        editor.type(document, document.text + "\n")
        with pytest.raises(Exception, match=r"(?i)modified"):
            await editor.take(fix_all)

    session(work)


def test_two_folders_are_kept_apart(tmp_path: Path) -> None:
    paths = [tmp_path / name / "iiml" / "model_traditional.py" for name in ("one", "two é")]
    for path in paths:
        path.parent.mkdir(parents=True)
    written(paths[0], "\n", "")
    paths[1].write_text(FIXED, "utf-8")

    async def work(editor: Editor) -> None:
        first, second = (editor.open(path) for path in paths)
        await editor.until(lambda: first.uri in editor.rows and second.uri in editor.rows)
        codes = {row.code for row in editor.rows[first.uri]}
        assert codes - {row.code for row in editor.rows[second.uri]}
        assert await editor.actions(second, 0, ["source.fixAll.iiml"]) == []
        assert await editor.actions(first, 0, ["source.fixAll.iiml"])

    session(work)
