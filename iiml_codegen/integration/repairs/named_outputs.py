"""Outputs of prepare that the contract misses: under their own name, and for both halves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.contract import Clause, Contract
from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import strings
from iiml_codegen.integration.repairs.flow import Source, name_of, source_at, text_of
from iiml_codegen.integration.repairs.known_names import nearest_names
from iiml_codegen.integration.repairs.lines import put_before
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.views import Given, outputs_given

SIGNS = (
    r"returned no|no output|gives no|KeyError|has no `|missing output|did not return|not returned"
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First the right name for what is there, then what can be said from the other half."""
    source = source_at(fault, text)
    if not re.search(SIGNS, fault.message) or "prepare" not in source.functions:
        return
    wanted = wanted_outputs(fault, facts)
    given = outputs_given(source)
    extra = [name for name in names_given(given) if name not in wanted]
    for output in missing_outputs(fault, wanted, given):
        yield from renamed(source, output, extra)
        yield from only_stranger(source, output, wanted)
        yield from from_other_half(source, output, given)
        yield from from_variable(source, output)


def wanted_outputs(fault: Fault, facts: Facts) -> list[str]:
    """The outputs that the contract lists."""
    contract = facts.contract
    listed = [clause.output for clause in contract.clauses] if contract else []
    return list(dict.fromkeys([*listed, *([contract.target_output] if contract else [])]))


def missing_outputs(fault: Fault, wanted: list[str], given: list[Given]) -> list[str]:
    """Outputs that the fault names, the one that is broken first."""
    spoken = re.findall(r"[`'\"](\w+)[`'\"]", fault.message.split("(")[0])
    named = [name for name in [*spoken, *fault.names] if not wanted or name in wanted]
    return list(dict.fromkeys(named))[:2]


def names_given(given: list[Given]) -> list[str]:
    """The names under which prepare gives something; a cut view has two."""
    found = []
    for item in given:
        ends = [f"_{item.half}"] if item.half else ["", "_train", "_test"]
        found += [f"{item.view}{end}" for end in ends]
    return found


def renamed(source: Source, output: str, extra: list[str]) -> Iterator[Edit]:
    """The name spelled most alike that no clause asks for, as the clause spells it."""
    ending = re.search(r"_(train|test)$", output)
    stem = output[: ending.start()] if ending else output
    for near in nearest_names(output, extra):
        pairs = [(near, output)]
        if ending and near.endswith(ending.group()):
            pairs.append((near[: -len(ending.group())], stem))
        for old, new in pairs:
            found = spelled(source.functions["prepare"], old) if old != new else []
            if found:
                edits = [(node, source.source(node).replace(old, new)) for node in found]
                yield Edit(
                    f"Call {near} by its name in the contract: {output}", source.replaced(*edits)
                )
                return


def only_stranger(source: Source, output: str, wanted: list[str]) -> Iterator[Edit]:
    """The one name in what `prepare` returns that no clause knows, whatever it is spelled like."""
    stems = {re.sub(r"_(train|test)$", "", name) for name in wanted}
    returns = [n for n in ast.walk(source.functions["prepare"]) if isinstance(n, ast.Return)]
    said = [node for given in returns for node in ast.walk(given) if text_of(node)]
    strange = [node for node in said if text_of(node) not in {*wanted, *stems}]
    stem = re.sub(r"_(train|test)$", "", output)
    if len(strange) != 1 or not wanted or stem in {text_of(node) for node in said}:
        return
    old = text_of(strange[0])
    new = output if re.search(r"_(train|test)$", old) or output == stem else stem
    edit = (strange[0], source.source(strange[0]).replace(old, new))
    yield Edit(f"Call {old} by its name in the contract: {new}", source.replaced(edit))


def spelled(function: ast.FunctionDef, name: str) -> list[ast.AST]:
    """Strings that are a name, and f-strings that begin with it and go on by halves."""
    begun = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.JoinedStr) and text_of(node.values[0]) == f"{name}_"
    ]
    return [*strings(function, name), *begun]


def from_other_half(source: Source, output: str, given: list[Given]) -> Iterator[Edit]:
    """The test half as the training half is made, with the other table's rows."""
    view, _, half = output.rpartition("_")
    other = {"train": "test", "test": "train"}.get(half)
    for item in given:
        if item.view == view and item.half == other:
            new = mirrored(source.source(item.value), half)
            if new != source.source(item.value):
                yield from added(source, f"Give {output} as {view}_{other} is given", output, new)


def mirrored(expression: str, half: str) -> str:
    """An expression for the other half: the rest of the rows, or the other table."""
    train, test = r"\[: ?(len\(\w+\)|\w+)\]", r"\[(len\(\w+\)|\w+) ?:\]"
    if half == "test" and re.search(train, expression):
        return re.sub(train, r"[\1 :]", expression)
    if half == "train" and re.search(test, expression):
        return re.sub(test, r"[: \1]", expression)
    old = "train" if half == "test" else "test"
    return re.sub(rf"(?<![a-z]){old}(?![a-z])", half, expression)


def from_variable(source: Source, output: str) -> Iterator[Edit]:
    """A variable of this very name that is not given yet."""
    known = {name_of(t) for a in source.assigned(output) for t in a.targets}
    if output in known:
        yield from added(source, f"Give {output}", output, output)
    elif output == "target":
        near = nearest_names("target", ["targets", "y", "labels", "y_train", "answers"], 5)
        for name in [*near, "y", "labels"]:
            if source.assigned(name, source.functions["prepare"]):
                yield from added(source, f"Give {name} as the target", output, name)
                return


def added(source: Source, title: str, output: str, value: str) -> Iterator[Edit]:
    """One more entry of what prepare returns."""
    for node in ast.walk(source.functions["prepare"]):
        if not isinstance(node, ast.Return):
            continue
        if isinstance(node.value, ast.Dict) and node.value.values:
            last = node.value.values[-1]
            line = source.text.splitlines()[last.lineno - 1]
            indent = line[: len(line) - len(line.lstrip())]
            alone = last.lineno != node.value.lineno
            gap = f",\n{indent}" if alone else ", "
            new = f'{source.source(last)}{gap}"{output}": {value}'
            yield Edit(title, source.replaced((last, new)))
        elif isinstance(node.value, ast.Name):
            new = f'{node.value.id}["{output}"] = {value}'
            yield Edit(title, put_before(source, node, new))


def lacking(output: str) -> Fault:
    """The fault of an output that is not there."""
    return Fault(
        kind="contract_fulfilment",
        message=f"prepare returned no `{output}` (it returned words_train)",
        place=Place(file="prep.py", line=2),
        evidence="",
    )


CLAUSES = tuple(
    Clause(
        id=f"C{number}",
        output=output,
        says="",
        shape="features",
        kind=("frame",),
        rows_like="train",
    )
    for number, output in enumerate(("words_train", "words_test"), start=1)
)
FACTS = Facts(contract=Contract(views=(), clauses=CLAUSES))
HEAD = "def prepare(d):\n    return "
REPAIR = Repair(
    name="named_outputs",
    title="Give outputs by their names in the contract",
    kinds=("contract_fulfilment", "contract_usage", "preprocessing", "unknown_column", "unknown"),
    propose=propose,
    examples=(
        Example(
            lacking("target"),
            HEAD + '{"words_train": a, "words_test": b, "targets": y}\n',
            HEAD + '{"words_train": a, "words_test": b, "target": y}\n',
            FACTS,
        ),
        Example(
            lacking("words_test"),
            HEAD + '{"words_train": w[: len(train)], "target": y}\n',
            HEAD + '{"words_train": w[: len(train)], "target": y, "words_test": w[len(train) :]}\n',
            FACTS,
        ),
        Example(
            lacking("words_train"),
            HEAD + '{**cut("word", w, n), "target": y}\n',
            HEAD + '{**cut("words", w, n), "target": y}\n',
            FACTS,
        ),
        Example(
            lacking("words_train"),
            HEAD + '{**cut("table", w, n), "target": y}\n',
            HEAD + '{**cut("words", w, n), "target": y}\n',
            FACTS,
        ),
    ),
)
