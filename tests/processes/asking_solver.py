"""A solver that asks the editor's model what it is told to ask, and notes what it hears."""

from __future__ import annotations

import subprocess
from pathlib import Path

from iiml_codegen.domain.events import EditorQuestion, Entry, Note
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace
from processes import start_python

SOLVER = """
import sys, types
from pathlib import Path
from iiml_codegen.backbones.backbone import BackboneError, Message, Request
from iiml_codegen.backbones.editor import EditorQuestions
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution import solver
from iiml_codegen.execution.context import SolveResult

FOLDER, *ASKED = sys.argv[1:]
made = {}

def with_models(context, orders):
    editor = EditorQuestions(context.workspace.home, context.journal.append)
    made["backbone"] = editor.backbone(BackboneSetup(name="editor", provider="editor"))
    return context, editor

def ask(context, text):
    spoken = (Message("system", "Be short."), Message("user", text))
    request = Request(agent="improver", messages=spoken, schema={"type": "object"}, max_output=50)
    try:
        reply = made["backbone"].ask(request, seconds=60.0, stopped=context.stop.is_set)
    except BackboneError as error:
        return f"{error.trouble}: {error}"
    return f"{reply.text} ({reply.usage.input} + {reply.usage.output})"

def solve(context):
    for text in ASKED:
        context.journal.append(Note(level="information", text=f"heard {ask(context, text)}"))
    return SolveResult(status="stopped" if context.stop.is_set() else "solved", message="")

solver._with_models = with_models
sys.modules["iiml_codegen.solve"] = types.SimpleNamespace(solve=solve)
options = SolveOptions(
    interpreter=sys.executable, tracks=("traditional",), backbone="editor", learn=False
)
solver.read_orders = lambda: solver.Orders(options=options)
sys.exit(solver.main(Path(FOLDER)))
"""


class AskingFolder:
    """A folder in which solvers ask."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self.workspace = Workspace(path).create()

    @property
    def uri(self) -> str:
        return self.workspace.folder.as_uri()

    def solver(self, *asked: str) -> subprocess.Popen[str]:
        """A solver that asks these things, one after the other."""
        return start_python(SOLVER, self.workspace.folder, *asked)

    def entries(self) -> list[Entry]:
        return Journal(self.workspace.journal).read() if self.workspace.journal.exists() else []

    def heard(self) -> list[str]:
        """What the solver heard, in order."""
        notes = [entry.event.text for entry in self.entries() if isinstance(entry.event, Note)]
        return [text.removeprefix("heard ") for text in notes if text.startswith("heard ")]

    def asked(self) -> int:
        """How many questions the solver put."""
        return sum(isinstance(entry.event, EditorQuestion) for entry in self.entries())

    def open_questions(self) -> list[Path]:
        """The files of questions that wait."""
        return sorted((self.workspace.generated / "questions").glob("[!.]*.json"))
