"""IIML156: a column is named that the tables do not have."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from iiml_codegen.integration.rules.module_index import last_name, root_name
from iiml_codegen.integration.rules.near_miss import nearest
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import read_tables

MOSTLY = 0.5


@dataclass(frozen=True)
class Near:
    """The columns that there are, and which of them a name is meant for."""

    names: frozenset[str]
    found: dict[str, str] = field(default_factory=dict)

    def near(self, text: ast.Constant) -> str:
        """The column that is meant; empty where the name is one, or none is near."""
        name = text.value
        if not isinstance(name, str):
            return ""
        if name not in self.found:
            self.found[name] = nearest(name, sorted(self.names))
        return self.found[name]


def check(module: Checked) -> Iterator[Finding]:
    """Look at columns of tables as read, at lists that are mostly columns, and at near misses."""
    columns = Near(frozenset(module.facts.columns))
    if not columns.names or not module.is_prep:
        return
    told = made_names(module) | columns.names
    for node in suspects(module, columns):
        name, meant = str(node.value), columns.near(node)
        if name not in told:
            told.add(name)
            hint = f"write {meant!r}" if meant else "look at the columns of the tables"
            names = (name, meant) if meant else (name,)
            yield at(node, f"no table has a column {name!r}", hint, names)


def suspects(module: Checked, columns: Near) -> Iterator[ast.Constant]:
    """Strings that have to be columns of the competition's tables."""
    read = {table for table in read_tables(module) if only_read(module, table)}
    for node in module.nodes(ast.Subscript):
        if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            items = node.slice.elts if isinstance(node.slice, ast.List) else [node.slice]
            certain = node.value.id in read
            yield from (text for text in texts(items) if certain or columns.near(text))
    for call in module.calls(*module.functions()):
        yield from (text for text in texts(call.args) if columns.near(text))
    for statement in module.tree.body:
        value = statement.value if isinstance(statement, ast.Assign) else None
        if isinstance(value, ast.List):
            listed = texts(value.elts)
            known = sum(text.value in columns.names for text in listed)
            mostly = known > MOSTLY * len(listed)
            yield from (text for text in listed if mostly or columns.near(text))
        elif isinstance(value, ast.Constant) and columns.near(value) and indexes(module, statement):
            yield value


def texts(items: Iterable[ast.expr]) -> list[ast.Constant]:
    """String literals among expressions."""
    found = [item for item in items if isinstance(item, ast.Constant)]
    return [item for item in found if isinstance(item.value, str)]


def indexes(module: Checked, node: ast.stmt) -> bool:
    """Whether a constant is used to look a column up."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    names = {item.id for item in targets if isinstance(item, ast.Name)}
    return any(
        isinstance(place.slice, ast.Name) and place.slice.id in names
        for place in module.nodes(ast.Subscript)
    )


def only_read(module: Checked, table: str) -> bool:
    """Whether a table stays as it was read: bound once, and given no new columns."""
    bound = [n for n in module.nodes(ast.Name) if n.id == table and isinstance(n.ctx, ast.Store)]
    stored = any(
        isinstance(node.ctx, ast.Store) and root_name(node) == table
        for node in module.nodes(ast.Subscript)
    )
    renamed = {ast.unparse(n) for n in module.nodes(ast.Attribute) if isinstance(n.ctx, ast.Store)}
    inserts = any(root_name(c.func) == table for c in module.calls("insert", "rename", "add"))
    return len(bound) == 1 and not stored and f"{table}.columns" not in renamed and not inserts


def made_names(module: Checked) -> set[str]:
    """Names that the module makes itself: stored, keys of dicts, arguments, renamed to."""
    own = module.functions()
    made = {item.arg for item in module.nodes(ast.keyword) if item.arg}
    made |= {output.rpartition("_")[0] for output in module.facts.outputs}
    items: list[ast.expr | None] = []
    for table in module.nodes(ast.Dict):
        items += [*table.keys, *table.values]
    for call in module.nodes(ast.Call):
        items += call.args if last_name(call.func) not in own else ()
    for looped in (*module.nodes(ast.comprehension), *module.nodes(ast.For)):
        items += getattr(getattr(looped, "iter", None), "elts", ())
    for node in module.nodes(ast.Subscript):
        if isinstance(node.ctx, ast.Store):
            items += [node.slice, *getattr(node.slice, "elts", ())]
    return made | {str(text.value) for text in texts(item for item in items if item)}


FACTS = Facts(columns=("PassengerId", "Age", "Fare", "Embarked", "Survived"))
READ = (
    "import pandas as pd\n\n\ndef f(data_dir):\n    train = pd.read_csv(data_dir / 'train.csv')\n"
)
RULE = StaticRule(
    code="IIML156",
    title="Unknown column",
    why="A name that no table has ends the run with a KeyError, often by one letter.",
    severity="warning",
    fixable="needs_review",
    fault="unknown_column",
    check=check,
    valid=(
        Example(
            'sizes = {form: len(form) for form in ("plain", "root")}\nx = sizes["plain"]\n',
            facts=Facts(columns=("plan", "age")),
        ),
        Example(READ + "    return train['Age']\n", facts=FACTS),
        Example(
            READ + "    train['Old'] = train['Age'] > 60\n    return train['Old']\n", facts=FACTS
        ),
        Example("NUMBERS = ['Age', 'Fare']\n", facts=FACTS),
        Example("def f(parts):\n    return parts['series']\n", facts=FACTS),
        Example(READ + "    return train['Cabin']\n"),
    ),
    invalid=(
        Example(READ + "    return train['Cabin']\n", facts=FACTS),
        Example("NUMBERS = ['Age', 'Fares']\n", facts=FACTS),
        Example("NUMBERS = ['Age', 'Fare', 'Cabin']\n", facts=FACTS),
        Example(READ + "    return train[['Age', 'embarked']]\n", facts=FACTS),
        Example("TARGET = 'Survivd'\n\n\ndef f(train):\n    return train[TARGET]\n", facts=FACTS),
    ),
)
