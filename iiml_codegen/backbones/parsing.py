"""Answers of models: found leniently, converted strictly, and told what is wrong with them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.syntax import syntax_tree

A = TypeVar("A", bound=Frozen)
MOST_STARTS = 64
"""Places in a text where an object may begin; more are noise, and each is read to its end."""
LONGEST = 400_000
NESTED = 12
THOUGHT = re.compile(r"<think(?:ing)?>")
THOUGHT_ENDS = re.compile(r"</think(?:ing)?>")
PYTHON = re.compile(
    r"^```(?:python|py)?[ \t]*\n(.*?)^```", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
DROPPED = ("title", "default", "$defs")


class WrongAnswer(ValueError):
    """What is wrong with an answer, in words that its model can act on."""


def parsed(text: str, kind: type[A], hidden: Callable[[str], str] = str) -> A:
    """The answer in a text. Every string in it goes through `hidden`. Raises `WrongAnswer`."""
    text = without_thoughts(text[:LONGEST]).strip()
    if not text:
        raise WrongAnswer("the answer is empty")
    wrong = ""
    for plain in _candidates(text, kind):
        try:
            return msgspec.convert(_encodable(plain, hidden), kind)
        except (msgspec.ValidationError, WrongAnswer) as error:
            wrong = wrong or str(error)
    if wrong:
        raise WrongAnswer(f"the JSON object does not have the form asked for: {wrong}")
    wanted = "no fenced python block" if is_code(kind) else "no complete JSON object"
    raise WrongAnswer(f"there is {wanted} in the answer")


def without_thoughts(text: str) -> str:
    """An answer without the thoughts before it; where the prompt began them, they only end here."""
    end, begins = THOUGHT_ENDS.search(text), THOUGHT.match(text.lstrip())
    if end is not None and (begins or not THOUGHT.search(text, 0, end.start())):
        return text[end.end() :].lstrip()
    return "" if begins else text


def is_code(kind: type[Frozen]) -> bool:
    """Whether the answer is nothing but code, which models write better without JSON around it."""
    return kind.__struct_fields__ == ("code",)


def demand(kind: type[Frozen]) -> str:
    """The last words of a prompt: what form the answer must have."""
    if is_code(kind):
        return "Answer with the whole code in one ```python block, and nothing else."
    form = compact(schema_of(kind))
    return f"Answer with one JSON object of this form, and nothing else:\n{form}"


def schema_of(kind: type[Frozen]) -> dict[str, Any]:
    """The JSON schema of a type, without references: not all providers follow them."""
    whole = msgspec.json.schema(kind)
    return dict(_flat(whole, whole.get("$defs", {}), 0))


def compact(schema: Any) -> str:
    """A schema as a person would sketch it: `{"kind": "a" | "b", "columns"?: [string, …]}`."""
    if "enum" in schema:
        return " | ".join(json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "anyOf" in schema:
        return " | ".join(map(compact, schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(map(compact, schema['prefixItems']))}]"
        return f"[{compact(schema.get('items', {}))}, …]"
    if kind == "object":
        return _compact_object(schema)
    return str(kind or "any value")


def _compact_object(schema: dict[str, Any]) -> str:
    fields = schema.get("properties")
    if not fields:
        return f'{{"name": {compact(schema.get("additionalProperties") or {})}, …}}'
    needed = schema.get("required", ())
    written = [
        f'"{name}"{"" if name in needed else "?"}: {compact(field)}{_comment(field)}'
        for name, field in fields.items()
    ]
    return "{" + ", ".join(written) + "}"


def _comment(field: dict[str, Any]) -> str:
    said = field.get("description", "") if field.get("type") != "object" else ""
    return f" /* {said} */" if said else ""


def _flat(schema: Any, known: dict[str, Any], depth: int) -> Any:
    if depth > 4 * NESTED:
        raise ValueError("answers must not hold themselves")
    if isinstance(schema, list):
        return [_flat(one, known, depth + 1) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _flat(known[schema["$ref"].rpartition("/")[2]], known, depth + 1)
    return {
        key: (
            {name: _flat(field, known, depth + 1) for name, field in value.items()}
            if key == "properties"
            else _flat(value, known, depth + 1)
        )
        for key, value in schema.items()
        if key not in DROPPED
    }


def _candidates(text: str, kind: type[Frozen]) -> Iterator[Any]:
    """What may be the answer, most likely first."""
    if not is_code(kind):
        yield from _objects(text)
        return
    if text.startswith("{"):
        yield from _objects(text)
    blocks = PYTHON.findall(text)
    if blocks:
        yield {"code": max(blocks, key=len)}
    elif _is_program(text):
        yield {"code": f"{text}\n"}


def _objects(text: str) -> Iterator[Any]:
    """The JSON objects in a text that are not parts of others, in their order."""
    decoder = json.JSONDecoder(parse_constant=_refused)
    at = text.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield value
        at = text.find("{", end)


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _is_program(text: str) -> bool:
    """Whether a text without fences is Python that defines or imports something."""
    try:
        body = syntax_tree(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    made = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return any(isinstance(statement, made) for statement in body)


def _encodable(value: Any, hidden: Callable[[str], str], depth: int = 0) -> Any:
    """The value with every string hidden where need be; half characters cannot be written."""
    if depth > NESTED:
        raise WrongAnswer("it is nested too deeply")
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise WrongAnswer("a string holds half of a surrogate pair") from None
        return hidden(value)
    if isinstance(value, list):
        return [_encodable(one, hidden, depth + 1) for one in value]
    if isinstance(value, dict):
        return {hidden(key): _encodable(one, hidden, depth + 1) for key, one in value.items()}
    return value
