"""The LLM seam: backbones behind one protocol, what asks them, and the agents that they answer for.

Nothing here is imported by a solve that asks no model.
"""
