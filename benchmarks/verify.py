"""What rungs 0 and 1 cost on a long module, beside the parser and beside ruff.

    python benchmarks/verify.py [--module iiml/prep.py] [--lines 3000] [--times 9]

Prints Markdown. The module is one given, or made of our recipes, repeated under other names up to
the wanted number of lines. Parser, rules and ruff take turns on the same text in the same run, and
the fastest time of each counts: what slows all of them down is left out of the ratios. Times are
those of the processor; ruff runs in a process of its own, without its cache, so its start counts.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import symtable
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from iiml_codegen.integration.rules import PARSING_RULES, STATIC_RULES
from iiml_codegen.integration.verifier import looked, read, verify_text

RECIPES = Path(__file__).resolve().parents[1] / "workspace_templates" / "recipes"
DEFINED = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
PREPARE = "\n\ndef prepare(data_dir):\n    return {'target': data_dir}\n"
SLOWEST = 5


def main() -> None:
    """Print the table, and the rules that take longest."""
    given = arguments()
    text = repeated(source(given.module), given.lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prep.py"
        path.write_text(text, encoding="utf-8")
        tasks: dict[str, Callable[[], object]] = {
            "parser and symbol tables": lambda: parsed(text),
            f"all {len(PARSING_RULES) + len(STATIC_RULES)} rules, parser included": lambda: (
                verify_text("prep.py", text)
            ),
            "ruff check, pyflakes rules": lambda: ruff(path, "F"),
            "ruff check, as this project": lambda: ruff(path, "E,F,W,I,B,BLE,C4,PIE,RUF,SIM,UP"),
        }
        fastest = dict.fromkeys(tasks, float("inf"))
        for _ in range(given.times):
            for name, task in tasks.items():
                fastest[name] = min(fastest[name], seconds(task))
    lines = text.count("\n")
    for row in table(fastest, lines):
        print(row)
    print("\nSlowest rules, in thousandths of the whole:\n")
    for share, rule in slowest(text, given.times):
        print(f"- {share:.0f} {rule}")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--module", type=Path, help="a module to repeat; ours by default")
    parser.add_argument("--lines", type=int, default=3000)
    parser.add_argument("--times", type=int, default=9)
    return parser.parse_args()


def source(module: Path | None) -> str:
    """The text to repeat: imports first, then definitions."""
    if module is not None:
        return module.read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in sorted(RECIPES.glob("*.py"))]
    bodies = [ast.parse(text).body for text in texts]
    imports = {ast.unparse(node) for body in bodies for node in body if is_import(node)}
    future = sorted(line for line in imports if "__future__" in line)
    rest = sorted(imports - set(future))
    blocks = [
        ast.get_source_segment(text, node) or ""
        for text, body in zip(texts, bodies, strict=True)
        for node in body
        if isinstance(node, ast.FunctionDef | ast.Assign | ast.AnnAssign)
    ]
    return "\n".join([*future, *rest]) + "\n\n\n" + "\n\n\n".join(blocks) + PREPARE


def is_import(node: ast.stmt) -> bool:
    """Whether a statement imports; our own modules are in the text themselves."""
    ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
        "workspace_templates"
    )
    return isinstance(node, ast.Import | ast.ImportFrom) and not ours


def repeated(text: str, lines: int) -> str:
    """The text with its definitions again and again, under other names, up to so many lines."""
    first = DEFINED.search(text)
    start = first.start() if first else 0
    names = re.compile(rf"\b({'|'.join(dict.fromkeys(DEFINED.findall(text)))})\b")
    parts = [text]
    while sum(part.count("\n") for part in parts) < lines:
        number = len(parts)
        parts.append(names.sub(rf"\1_{number}", text[start:]))
    kept = "\n\n".join(parts).split("\n")
    last = max((n for n, line in enumerate(kept[:lines]) if line.startswith("def ")), default=lines)
    return "\n".join(kept[:last]).rstrip() + "\n"


def parsed(text: str) -> None:
    """What has to be done before any rule can look."""
    ast.parse(text)
    symtable.symtable(text, "prep.py", "exec")


def ruff(path: Path, select: str) -> None:
    """One run of ruff on the file; it finds things, so its status says nothing."""
    command = ["-m", "ruff", "check", "--isolated", "--no-cache", "--select", select, str(path)]
    subprocess.run([sys.executable, *command], check=False, capture_output=True)


def seconds(task: Callable[[], object]) -> float:
    """Processor seconds of a task, in this process and in its children."""
    before = os.times()
    start = time.process_time()
    task()
    own, after = time.process_time() - start, os.times()
    children = after.children_user + after.children_system
    return own + children - before.children_user - before.children_system


def table(fastest: dict[str, float], lines: int) -> Iterator[str]:
    """One row per task, as a ratio to the parser."""
    base = next(iter(fastest.values()))
    yield f"| {lines} lines | ms | ratio |"
    yield "| --- | --- | --- |"
    for name, took in fastest.items():
        yield f"| {name} | {took * 1000:.0f} | {took / base:.2f} |"


def slowest(text: str, times: int) -> list[tuple[float, str]]:
    """The rules that take most of the time, with their shares."""
    module = read("prep.py", text)
    looked(STATIC_RULES[0], module)
    took: dict[str, float] = {}
    for rule in (*PARSING_RULES, *STATIC_RULES):
        looks = partial(looked, rule, module)
        took[f"{rule.code} {rule.title}"] = min(seconds(looks) for _ in range(times))
    whole = seconds(partial(verify_text, "prep.py", text))
    shares = sorted(((1000 * each / whole, name) for name, each in took.items()), reverse=True)
    return shares[:SLOWEST]


if __name__ == "__main__":
    main()
