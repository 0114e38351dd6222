"""Places of faults: the line that is to blame, from real runs under guard with a crash record."""

from __future__ import annotations

from pathlib import Path

import pytest
from competitions.pipelines import (
    MODEL,
    PREP,
    member,
    prep_module,
    shop_plan,
    shop_task,
    write_shop,
)
from processes import spec_for

from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.fault import Fault
from iiml_codegen.execution.runner import Runner
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.error_analyzer import Evidence, analyse
from iiml_codegen.integration.fault_report import fault_report

COLUMNS = ("id", "size", "age", "colour", "bought")
HELPER = '''

def numbers_of(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Read columns as numbers."""
    numbers = {}
    for column in columns:
        numbers[column] = rows[column].astype("float64")
    return pd.DataFrame(numbers, index=rows.index)
'''
LISTED = PREP.replace(
    'CLASSES = ["no", "yes"]', 'CLASSES = ["no", "yes"]\nNUMBERS = ["size", "age"]'
)
LISTED = LISTED.replace('table[["size", "age"]]', "numbers_of(table, NUMBERS)") + HELPER


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shop."""
    return write_shop(tmp_path_factory.mktemp("places") / "shop")


def fault_of(
    shop: Path,
    prep: str = PREP,
    model: str = MODEL,
    *,
    contract: Contract | None = None,
    observations: tuple[Observation, ...] = (),
    **limits: object,
) -> Fault:
    """What the analyzer makes of a real run under guard."""
    pipeline = assemble(prep_module(prep), [member(text=model)], shop_plan())
    file = shop.parent / "pipeline_traditional.py"
    file.write_text(pipeline.text, encoding="utf-8")
    arguments = ("--data-dir", str(shop), "--out", "submission.csv")
    spec = spec_for(file, shop.parent / "runs", arguments=arguments, **limits)
    result = Runner(reuse=False).run(spec)
    assert not result.ok
    return analyse(
        Evidence(
            result=result,
            log=result.log_tail,
            source_map=pipeline.source_map,
            texts={"prep.py": prep, "model_stumps.py": model},
            columns=COLUMNS,
            task=shop_task(),
            contract=contract,
            observations=observations,
            folder=Path(spec.folder),
        )
    )


def changed(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with a change, and the line of what is new."""
    assert old in text
    broken = text.replace(old, new, 1)
    return broken, next(n for n, t in enumerate(broken.split("\n"), 1) if new.split("\n")[0] in t)


def place(fault: Fault) -> tuple[str, int]:
    """File and line."""
    assert fault.place is not None
    return fault.place.file, fault.place.line


def test_a_wrong_name_in_a_list_is_blamed_and_not_the_helper_that_met_it(shop: Path) -> None:
    prep, line = changed(LISTED, '"size", "age"]\n', '"size", "agee"]\n')
    fault = fault_of(shop, prep)
    assert (fault.kind, fault.component, fault.names) == ("unknown_column", "prep", ("agee",))
    assert place(fault) == ("prep.py", line)
    assert "rows[column]" in prep.split("\n")[fault.related[0].place.line - 1]
    assert any("size, age, colour" in value.shown for value in fault.values)


def test_a_none_that_a_function_forgot_to_return_is_traced_to_that_function(shop: Path) -> None:
    prep, _ = changed(
        LISTED, "return pd.DataFrame(numbers, index=rows.index)", "pd.DataFrame(numbers)"
    )
    prep, _ = changed(
        prep,
        "numbers_of(table, NUMBERS).fillna(medians)",
        "filled(numbers_of(table, NUMBERS), medians)",
    )
    prep += "\n\ndef filled(rows: pd.DataFrame, medians: pd.Series) -> pd.DataFrame:\n"
    prep += "    return rows.fillna(medians)\n"
    fault = fault_of(shop, prep)
    line = next(
        n for n, t in enumerate(prep.split("\n"), 1) if t.strip() == "pd.DataFrame(numbers)"
    )
    assert (fault.kind, place(fault)) == ("preprocessing", ("prep.py", line))


def test_a_text_where_a_list_belongs_is_blamed_at_the_call(shop: Path) -> None:
    prep, line = changed(LISTED, "numbers_of(table, NUMBERS)", 'numbers_of(table, "age")')
    assert place(fault_of(shop, prep)) == ("prep.py", line)


def test_a_column_that_was_renamed_before_is_blamed_at_the_renaming(shop: Path) -> None:
    old = "    # [P2]"
    prep, line = changed(PREP, old, "    train = train.rename(columns=str.upper)\n" + old)
    fault = fault_of(shop, prep)
    assert (fault.kind, place(fault)) == ("unknown_column", ("prep.py", line))


def test_a_keyword_is_found_on_its_own_line_of_a_constant(shop: Path) -> None:
    model, line = changed(MODEL, '{"max_depth": 2, ', '{\n    "depth": 2,\n    ')
    line += 1
    fault = fault_of(shop, model=model)
    assert (fault.kind, fault.component) == ("incompatible_api", "model")
    assert place(fault) == ("model_stumps.py", line)


def test_a_setting_that_a_library_refuses_is_blamed_where_it_is_set(shop: Path) -> None:
    model, line = changed(MODEL, '"learning_rate": 0.1', '"learning_rate": -0.1')
    fault = fault_of(shop, model=model)
    assert (fault.kind, place(fault)) == ("incompatible_api", ("model_stumps.py", line))


def test_rows_that_prep_dropped_are_no_fault_of_the_model(shop: Path) -> None:
    prep, line = changed(PREP, "].fillna(medians)", "].dropna()")
    fault = fault_of(shop, prep)
    assert (fault.component, place(fault)) == ("prep", ("prep.py", line))
    assert fault.kind == "shape"


def clause(output: str, **what: object) -> Clause:
    """A clause on features of the shop."""
    fields: dict[str, object] = {
        "id": "C1",
        "output": output,
        "says": "numbers",
        "shape": "features",
    }
    return Clause(**fields, kind=("frame",), rows_like="train", **what)  # type: ignore[arg-type]


def seen(output: str) -> Observation:
    """What prep gave."""
    return Observation(
        output=output, type="frame", rows=60, columns=3, dtype="float64 x 3", missing=0
    )


def test_gaps_that_a_clause_forbids_are_unfulfilled_and_others_are_asked_too_much(
    shop: Path,
) -> None:
    prep, _ = changed(PREP, "].fillna(medians)", "]")
    strict = Contract(views=(), clauses=(clause("features_train", no_missing=True),))
    fault = fault_of(shop, prep, contract=strict, observations=(seen("features_train"),))
    assert (fault.kind, fault.component, fault.clause) == ("contract_fulfilment", "prep", "C1")
    loose = Contract(views=(), clauses=(clause("features_train"),))
    fault = fault_of(shop, prep, contract=loose, observations=(seen("features_train"),))
    assert (fault.kind, fault.component) == ("contract_usage", "model")


def test_a_text_column_among_the_features_is_blamed_where_prep_puts_it(shop: Path) -> None:
    old = '        outputs[f"features_{name}"] ='
    added = '        features["shade"] = table["colour"]\n'
    prep, line = changed(PREP, old, added + old)
    fault = fault_of(shop, prep)
    assert (fault.kind, fault.component, place(fault)) == ("dtype", "prep", ("prep.py", line))


def test_a_column_that_a_model_wants_and_the_view_lacks_is_usage(shop: Path) -> None:
    model, line = changed(
        MODEL, "    trees = rounds", '    X = X[["size", "weight"]]\n    trees = rounds'
    )
    fault = fault_of(shop, model=model)
    assert (fault.kind, fault.component) == ("contract_usage", "model")
    assert place(fault) == ("model_stumps.py", line)


def test_a_run_over_its_time_is_placed_at_what_costs_most(shop: Path) -> None:
    model, line = changed(MODEL, "ROUNDS = 20", "ROUNDS = 20_000_000")
    model = model.replace("trees = rounds or", "trees = ROUNDS or")
    fault = fault_of(shop, model=model, wall_seconds=12.0)
    assert (fault.kind, fault.code, place(fault)) == (
        "timeout",
        "IIML402",
        ("model_stumps.py", line),
    )
    assert [one.message for one in fault.related] == ["busy here"]


def test_a_pause_is_placed_at_its_line(shop: Path) -> None:
    prep, _ = changed(PREP, "import numpy", "import time\n\nimport numpy")
    prep, line = changed(prep, "    # [P2]", "    time.sleep(3600)\n    # [P2]")
    fault = fault_of(shop, prep, wall_seconds=12.0)
    assert (fault.kind, place(fault)) == ("timeout", ("prep.py", line))


def test_a_write_that_is_refused_is_a_fault_of_disk(shop: Path) -> None:
    prep, line = changed(PREP, "    # [P2]", '    train.to_csv(data_dir / "kept.csv")\n    # [P2]')
    fault = fault_of(shop, prep, refused_reads=())
    assert (fault.kind, fault.component, place(fault)) == ("disk", "prep", ("prep.py", line))


def test_a_report_shows_the_line_the_expression_and_what_was_at_hand(shop: Path) -> None:
    prep, line = changed(PREP, 'table["colour"]', 'table["color"]')
    told = fault_report(fault_of(shop, prep), {"prep.py": prep}).splitlines()
    assert told[0].startswith(f"prep.py:{line}:")
    assert "unknown_column" in told[0]
    assert "step P2" in told[0]
    source = next(n for n, text in enumerate(told) if text.startswith(f"  {line:>5} | "))
    start, end = told[source + 1].index("^"), told[source + 1].rindex("^") + 1
    assert told[source][start:end] == '"color"'
    assert "  nearest names: colour" in told
    assert told[-1].startswith("  next: ")
