"""The crash record: what the guard writes down about an exception, and what it leaves out."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from processes import script, spec_for

from iiml_codegen.domain.run import RunResult
from iiml_codegen.execution.runner import Runner
from iiml_codegen.integration.crash_record import NAME, read_crash
from iiml_codegen.integration.trace import Glance, Trace
from iiml_codegen.integration.traceback_text import busy_frames

MOST_BYTES = 200 * 1024


def crash(folder: Path, text: str, **changes: object) -> tuple[RunResult, Trace | None]:
    """Run a script, and read the record that it left."""
    spec = spec_for(script(folder / "work.py", text), folder / "runs", **changes)
    result = Runner().run(spec)
    return result, read_crash(Path(spec.folder))


def value(trace: Trace | None, name: str) -> Glance:
    """A variable of the innermost own frame."""
    assert trace is not None
    found = [frame for frame in trace.frames if frame.own][-1].value(name)
    assert found is not None
    return found


def test_the_failing_expression_has_its_columns(tmp_path: Path) -> None:
    text = "names = {'é': 1}\ntotal = names['é'] + names['ö'] + 1\n"
    _, trace = crash(tmp_path, text)
    assert trace is not None
    (frame,) = trace.frames
    assert (trace.type, trace.message) == ("KeyError", "'ö'")
    assert (frame.line, frame.column, frame.end_column) == (2, 22, 32)


def test_tables_are_told_by_shape_columns_and_gaps(tmp_path: Path) -> None:
    _, trace = crash(
        tmp_path,
        """
        import numpy as np
        import pandas as pd
        def work(rows, scores):
            return rows["sise"]
        table = pd.DataFrame({"size": [1.5, None], "colour": ["red", "blue"]})
        work(table, np.array([1.0, np.inf, 3.0]))
        """,
    )
    rows, scores = value(trace, "rows"), value(trace, "scores")
    assert (rows.shape, rows.columns) == ((2, 2), ("size", "colour"))
    assert (rows.missing, rows.missing_in, rows.not_numbers) == (1, ("size",), ("colour",))
    assert (scores.infinite, scores.low, scores.high) == (1, 1.0, 3.0)


def test_the_tables_in_a_tuple_are_told(tmp_path: Path) -> None:
    text = "import numpy as np\ndef f(valid):\n    a, b, c = valid\n"
    text += "f((np.zeros((3, 2)), np.ones(3)))\n"
    _, trace = crash(tmp_path, text)
    valid = value(trace, "valid")
    assert (valid.length, [item.shape for item in valid.items]) == (2, [(3, 2), (3,)])


def test_cells_and_secrets_stay_out(tmp_path: Path) -> None:
    result, trace = crash(
        tmp_path,
        """
        import pandas as pd
        def work(rows, api_key, words):
            raise ValueError("no")
        rows = pd.DataFrame({"name": ["Mr. Underhill"] * 3})
        work(rows, "sk-" + "123", ["x" * 5000])
        """,
    )
    written = (tmp_path / "runs" / "work" / NAME).read_text("utf-8")
    assert "Underhill" not in written
    assert "sk-123" not in written
    assert "x" * 100 not in written
    assert value(trace, "api_key").type == "str"
    assert result.exit_code == 1


def test_a_record_of_many_frames_and_columns_stays_small(tmp_path: Path) -> None:
    _, trace = crash(
        tmp_path,
        """
        import pandas as pd
        wide = pd.DataFrame([[0] * 3000], columns=["column" * 30 + str(n) for n in range(3000)])
        def work(depth, rows):
            return work(depth + 1, rows.copy(deep=False))
        work(0, wide)
        """,
    )
    assert trace is not None
    assert trace.type == "RecursionError"
    assert (tmp_path / "runs" / "work" / NAME).stat().st_size <= MOST_BYTES


def test_causes_are_kept_and_a_group_is_its_first_member(tmp_path: Path) -> None:
    chained = "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('b') from error\n"
    _, trace = crash(tmp_path, chained)
    assert trace is not None
    assert [one.type for one in (trace, *trace.earlier)] == ["ValueError", "KeyError"]
    group = "raise ExceptionGroup('both', [KeyError('a'), ValueError('b')])\n"
    _, trace = crash(tmp_path, group)
    assert trace is not None
    assert (trace.type, trace.message) == ("KeyError", "'a'")


POOLS = {
    "multiprocessing": """
        import multiprocessing
        def started():
            with multiprocessing.get_context(START).Pool(2) as pool:
                return pool.map(work, [1, 2])
        """,
    "futures": """
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        def started():
            with ProcessPoolExecutor(2, multiprocessing.get_context(START)) as pool:
                return list(pool.map(work, [1, 2]))
        """,
    "joblib": """
        from joblib import Parallel, delayed
        def started():
            return Parallel(2)(delayed(work)(n) for n in [1, 2])
        """,
}
WORK = """
def work(row):
    return look({"a": row})
def look(row):
    return row["b"]
if __name__ == "__main__":
    started()
"""


DOWN = f"""
def down(left, row):
    return down(left - 1, row) if left else look({"row" + " or row" * 60})
"""


@pytest.mark.parametrize("start", ["fork", "spawn"])
@pytest.mark.parametrize("pool", POOLS)
def test_a_failure_in_a_worker_process_is_placed_where_it_failed(
    tmp_path: Path, pool: str, start: str
) -> None:
    text = f"START = {start!r}\n{textwrap.dedent(POOLS[pool])}{WORK}"
    _, trace = crash(tmp_path, text)
    assert trace is not None
    assert (trace.type, trace.message, trace.earlier) == ("KeyError", "'b'", ())
    own = [frame for frame in trace.frames if frame.own]
    assert [frame.function for frame in own] == ["<module>", "started", "work", "look"]
    assert text.split("\n")[own[-1].line - 1] == '    return row["b"]'


def test_a_long_traceback_of_a_worker_process_is_placed_too(tmp_path: Path) -> None:
    deep = WORK.replace("return look(", "return down(9, ").replace("def look", DOWN + "def look")
    text = f"START = None\n{textwrap.dedent(POOLS['futures'])}{deep}"
    _, trace = crash(tmp_path, text)
    assert trace is not None
    own = [frame.function for frame in trace.frames if frame.own]
    assert own[:4] == ["<module>", "started", "work", "down"]


def test_an_exit_with_a_message_and_a_text_that_is_no_python_are_recorded(tmp_path: Path) -> None:
    _, trace = crash(tmp_path, "import sys\nsys.exit('no rows')\n")
    assert trace is not None
    assert (trace.type, trace.message) == ("SystemExit", "no rows")
    _, trace = crash(tmp_path, "x = 1\ny = (\n")
    assert trace is not None
    assert (trace.type, trace.frames[-1].line) == ("SyntaxError", 2)


def test_a_class_that_fails_when_looked_at_does_not_hide_the_crash(tmp_path: Path) -> None:
    result, trace = crash(
        tmp_path,
        """
        class Odd(Exception):
            def __str__(self):
                raise RuntimeError("never")
        class Table:
            shape = property(lambda self: 1 / 0)
            __repr__ = None
        odd = Table()
        raise Odd
        """,
    )
    assert trace is not None
    assert (trace.type, trace.message, result.exit_code) == ("Odd", "", 1)


def test_what_went_well_leaves_no_record_and_an_old_one_is_removed(tmp_path: Path) -> None:
    crash(tmp_path, "1 / 0\n")
    result, trace = crash(tmp_path, "print(1)\n")
    assert (result.status, trace) == ("ok", None)
    assert read_crash(None) is None


def test_a_record_that_somebody_else_wrote_is_none(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"version": 1, "script": "a", "exceptions": "none"}', "utf-8")
    assert read_crash(tmp_path) is None


@pytest.mark.parametrize(
    "work",
    [
        pytest.param("while True:\n        pass", id="in Python"),
        pytest.param("sum(range(10**15))", id="in C, without letting others run"),
    ],
)
def test_a_run_over_its_time_says_where_it_was(tmp_path: Path, work: str) -> None:
    result, _ = crash(tmp_path, f"def busy():\n    {work}\nbusy()\n", wall_seconds=4.0)
    assert result.status == "timeout"
    functions = [[frame.function for frame in frames] for frames in busy_frames(result.log_tail)]
    assert any(one[-2:] == ["<module>", "busy"] for one in functions)


def test_what_a_function_takes_is_told_where_an_argument_did_not_fit(tmp_path: Path) -> None:
    _, trace = crash(
        tmp_path,
        """
        import json
        def work(text):
            return json.loads(
                text, sparse=True)
        work("{}")
        """,
    )
    takes = value(trace, "json.loads takes")
    assert takes.shown.startswith("(s, *, cls=None, object_hook=None")
