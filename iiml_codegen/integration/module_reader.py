"""Takes a module's text apart with libcst, by scopes and positions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

import libcst as cst
import libcst.matchers as m
from libcst.metadata import (
    CodeRange,
    ImportAssignment,
    MetadataWrapper,
    PositionProvider,
    Scope,
    ScopeProvider,
)

from iiml_codegen.errors import GenerationError
from iiml_codegen.integration.module_source import (
    Definition,
    DefinitionKind,
    ImportedName,
    ModuleSource,
    Spot,
)
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.syntax import literal_value, syntax_tree

MAIN_BLOCK = m.If(
    test=m.Comparison(
        left=m.Name("__name__") | m.SimpleString(),
        comparisons=[m.ComparisonTarget(comparator=m.SimpleString() | m.Name("__name__"))],
    )
)
IMPORTS = m.SimpleStatementLine(body=[m.AtLeastN(m.Import() | m.ImportFrom(), n=1)])
DOCSTRING = m.SimpleStatementLine(body=[m.Expr(m.SimpleString() | m.ConcatenatedString())])


def read_module(module: Module) -> ModuleSource:
    """Take a module apart; raises GenerationError where it cannot travel into a pipeline."""
    return read_once(module).copy()


@lru_cache(maxsize=64)
def read_once(module: Module) -> ModuleSource:
    """The one reading of a text; scopes take a tenth of a second for a hundred lines."""
    text = module.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except cst.ParserSyntaxError as error:
        where = f"{module.label}:{error.editor_line}"
        raise GenerationError(f"{where} is not Python", hint="mend the syntax error") from error
    return Reader(module, text, wrapper).read()


class Reader:
    """One reading of one module."""

    def __init__(self, module: Module, text: str, wrapper: MetadataWrapper) -> None:
        self.tree = wrapper.module
        self.places = wrapper.resolve(PositionProvider)
        self.scopes = wrapper.resolve(ScopeProvider)
        words = set(re.findall(r"[^\W\d]\w*", text))
        self.source = ModuleSource(module, text.split("\n"), words=words)

    def read(self) -> ModuleSource:
        """Read statements first, then who refers to whom."""
        for position, statement in enumerate(self.tree.body):
            self.read_statement(position, statement)
        scope = self.scopes.get(self.tree)
        if scope is not None:
            self.read_names(scope)
        self.read_written_names()
        self.keep_single_definitions(scope)
        return self.source

    def lines_of(self, node: cst.CSTNode) -> tuple[int, int]:
        """First and last line of a statement, decorators included."""
        place = self.places[node]
        assert isinstance(place, CodeRange)
        first = place.start.line
        for decorator in getattr(node, "decorators", ()):
            first = min(first, self.places[decorator].start.line)
        return first, place.end.line

    def read_statement(self, position: int, statement: cst.CSTNode) -> None:
        """Sort one top-level statement: docstring, import, `__main__` block or definition."""
        first, last = self.lines_of(statement)
        if position == 0 and m.matches(statement, DOCSTRING):
            docstring = literal_value("\n".join(self.source.lines[first - 1 : last]))
            self.source.docstring = (first, str(docstring))
        elif m.matches(statement, IMPORTS):
            assert isinstance(statement, cst.SimpleStatementLine)
            for part in statement.body:
                self.read_import(part)
        elif m.matches(statement, MAIN_BLOCK):
            while first > 1 and self.source.lines[first - 2].startswith("#"):
                first -= 1
        else:
            self.read_definition(statement, first, last)
            return
        self.source.dropped.update(range(first, last + 1))

    def read_import(self, statement: cst.CSTNode) -> None:
        """Note what an import binds; raises GenerationError for a star import."""
        if isinstance(statement, cst.ImportFrom) and isinstance(statement.names, cst.ImportStar):
            raise GenerationError(
                f"{self.source.module.label}: star import", hint="import the names you use"
            )
        for item in imported_names(statement):
            if item.module == "__future__":
                self.source.future.add(item.bound)
            else:
                self.source.imports.append(item)

    def read_definition(self, statement: cst.CSTNode, first: int, last: int) -> None:
        """Note a function, class or value with one name."""
        text = "\n".join(self.source.lines[first - 1 : last])
        kind: DefinitionKind
        if isinstance(statement, cst.FunctionDef):
            name, kind = statement.name.value, "function"
            self.source.parameters[name] = tuple(parameters(statement.params))
        elif isinstance(statement, cst.ClassDef):
            name, kind = statement.name.value, "class"
        else:
            assigned = assigned_value(text)
            if assigned is None:
                return
            name, value = assigned
            constant = repr_of_constant(value)
            kind = "constant" if constant else "alias" if is_alias(value) else "variable"
            text = constant or text
        self.source.definitions[name] = Definition(name, first, last, text, kind)

    def read_names(self, scope: Scope) -> None:
        """Note every place of each global name; sets are read only to fill sets."""
        for assignment in scope.assignments:
            name = assignment.name.split(".")[0]
            spots = self.source.spots.setdefault(name, set())
            if isinstance(assignment, ImportAssignment):
                if name not in {item.bound for item in self.source.imports}:
                    found = [i for i in imported_names(assignment.node) if i.bound == name]
                    self.source.frozen.setdefault(name, found[0])
            else:
                node = getattr(assignment, "node", None)
                spots.update(self.spots_of(getattr(node, "name", node)))
            for access in assignment.references:
                spots.update(self.spots_of(access.node))

    def spots_of(self, node: object) -> Iterator[Spot]:
        """The place of a name, or of the first name of a dotted one."""
        while isinstance(node, cst.Attribute):
            node = node.value
        if isinstance(node, cst.Name):
            place = self.places[node]
            yield Spot(place.start.line, place.start.column, place.end.column)

    def read_written_names(self) -> None:
        """Note names in `global` statements and in annotations written as strings."""
        found = WrittenNames()
        self.tree.visit(found)
        for name in found.declared:
            self.source.spots.setdefault(name.value, set()).update(self.spots_of(name))
        for string in found.strings:
            place = self.places[string].start
            for word in re.finditer(r"(?<![\w.])[^\W\d]\w*", string.value):
                if word.group() in self.source.spots and "\n" not in string.value:
                    start, end = place.column + word.start(), place.column + word.end()
                    self.source.spots[word.group()].add(Spot(place.line, start, end))

    def keep_single_definitions(self, scope: Scope | None) -> None:
        """Forget definitions of names bound more than once; say what each of the rest needs."""
        bound = [assignment.name for assignment in scope.assignments] if scope else []
        self.source.definitions = {
            name: item for name, item in self.source.definitions.items() if bound.count(name) == 1
        }
        for item in self.source.definitions.values():
            item.needs = {
                name
                for name, spots in self.source.spots.items()
                if name != item.name and any(item.first <= s.line <= item.last for s in spots)
            }


def text_behind(text: str, name: str) -> str:
    """A function of a module with all that it uses there; the whole text where that is not sure."""
    try:
        source = read_module(Module(name="module", label="module", text=text))
    except GenerationError:
        return text
    found: dict[str, str] = {}
    waiting = [name]
    imports = {item.bound: repr(item.target) for item in source.imports}
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        if one in imports:
            found[one] = imports[one]
        elif one in source.definitions:
            found[one] = source.definitions[one].text
            waiting += sorted(source.definitions[one].needs)
        else:
            return text
    return "\n".join(f"{one}: {found[one]}" for one in sorted(found))


class WrittenNames(cst.CSTVisitor):
    """Collects names that scopes do not tell of."""

    def __init__(self) -> None:
        super().__init__()
        self.declared: list[cst.Name] = []
        self.strings: list[cst.SimpleString] = []
        self.depth = 0

    def visit_Global(self, node: cst.Global) -> None:
        """Names declared global."""
        self.declared += [item.name for item in node.names]

    def visit_Annotation(self, node: cst.Annotation) -> None:
        """Enter an annotation."""
        self.depth += 1

    def leave_Annotation(self, original_node: cst.Annotation) -> None:
        """Leave an annotation."""
        self.depth -= 1

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        """A string inside an annotation."""
        if self.depth:
            self.strings.append(node)


def imported_names(statement: cst.CSTNode) -> list[ImportedName]:
    """What an import statement binds."""
    if isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar):
        module = "." * len(statement.relative) + dotted(statement.module)
        return [ImportedName(module, dotted(a.name), a.evaluated_alias) for a in statement.names]
    if isinstance(statement, cst.Import):
        return [ImportedName(dotted(a.name), None, a.evaluated_alias) for a in statement.names]
    return []


def dotted(node: cst.CSTNode | None) -> str:
    """The dotted name of an import."""
    return "" if node is None else cst.Module([]).code_for_node(node).replace(" ", "")


def parameters(found: cst.Parameters) -> Iterator[str]:
    """Names of parameters in order; "**" if any keyword is taken."""
    for parameter in (*found.posonly_params, *found.params, *found.kwonly_params):
        yield parameter.name.value
    if found.star_kwarg is not None:
        yield "**"


def assigned_value(text: str) -> tuple[str, ast.expr] | None:
    """Name and value of `NAME = value`."""
    body = syntax_tree(text.strip()).body
    if len(body) != 1 or not isinstance(body[0], ast.Assign | ast.AnnAssign):
        return None
    statement = body[0]
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or statement.value is None:
        return None
    return targets[0].id, statement.value


def is_alias(value: ast.expr) -> bool:
    """Whether a value is another name or a type written with brackets, which cannot change."""
    if isinstance(value, ast.Subscript):
        return is_alias(value.value)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        return is_alias(value.left) and is_alias(value.right)
    return isinstance(value, ast.Name | ast.Attribute | ast.Constant)


def repr_of_constant(value: ast.expr) -> str | None:
    """How an immutable literal prints, or None."""
    try:
        literal = literal_value(value)
        hash(literal)
    except (ValueError, TypeError):
        return None
    return repr(literal)
