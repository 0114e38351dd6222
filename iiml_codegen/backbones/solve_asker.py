"""The asker of a solve, made from its orders; only a solve with a backbone imports this."""

from __future__ import annotations

from collections.abc import Callable

from iiml_codegen.backbones.answer_cache import AnswerCache
from iiml_codegen.backbones.asking import BackboneAsker
from iiml_codegen.backbones.calling import Around
from iiml_codegen.backbones.choice import BackboneChoice
from iiml_codegen.backbones.editor import EditorQuestions
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.backbones.ledger import Ledger
from iiml_codegen.backbones.providers import backbone_of
from iiml_codegen.backbones.setup import Asking
from iiml_codegen.backbones.web_search import WebSearch, WebSearchError, web_search
from iiml_codegen.budget import Budget
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.journal import Journal
from iiml_codegen.model_use import since_start

SEARCH_KEY = "SEARCH_API_KEY"


def solve_asker(
    options: SolveOptions,
    asking: Asking,
    *,
    journal: Journal,
    budget: Budget,
    stopped: Callable[[], bool],
    editor: EditorQuestions | None = None,
) -> BackboneAsker:
    """The asker of a solve. What the journal says was paid for it already counts."""
    secrets = Secrets(asking.keys)

    def told(text: str) -> None:
        journal.append(Note(level="information", text=secrets.hidden(f"Models: {text}")))

    around = Around(
        journal=journal,
        budget=budget,
        stopped=stopped,
        ledger=Ledger(options.max_tokens, options.max_cost, since_start(journal.read())),
        cache=AnswerCache(),
        secrets=secrets,
        rounds=options.repair_rounds,
        share_values=options.share_values,
    )
    choice = BackboneChoice(
        {setup.name: setup for setup in asking.setups},
        lambda setup: backbone_of(setup, asking.keys, editor=editor, told=told),
        default=options.backbone,
        agents=options.agent_backbones,
        prices=asking.prices,
    )
    return BackboneAsker(choice, around)


def solve_search(asking: Asking, journal: Journal) -> WebSearch | None:
    """The web search of a solve; None where the user has set none up, or it cannot work."""
    if asking.search is None:
        return None
    hidden = Secrets(asking.keys).known_hidden
    try:
        return web_search(asking.search, asking.keys.get(SEARCH_KEY, ""), hidden)
    except WebSearchError as error:
        journal.append(Note(level="warning", text=f"Search: {error}"))
        return None
