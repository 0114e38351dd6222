"""The agents of the second line: the expert's, with a model behind those that mend and bind."""

from __future__ import annotations

from dataclasses import replace

from iiml_codegen.agents import Agents
from iiml_codegen.backbones.agents import debugging_agent
from iiml_codegen.backbones.agents.assembler import BackboneAssembler
from iiml_codegen.backbones.agents.debugging_agent import (
    BackboneDebuggingAgent,
    ExpertThenBackbone,
    Searching,
)
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.integration.debugging_agent import ExpertDebuggingAgent


def with_models(
    agents: Agents, asker: Asker, options: SolveOptions, web: Searching | None = None
) -> Agents:
    """Faults go to the expert first, then to the model; ties of the binder to the model."""
    name = options.agent_backbones.get(debugging_agent.AGENT, options.backbone)
    model = BackboneDebuggingAgent(asker, name=name, web=web)
    return replace(
        agents,
        debugging_agent=ExpertThenBackbone(ExpertDebuggingAgent(), model),
        assembler=BackboneAssembler(asker),
    )
