"""What stands around a backbone and goes by its name: a limit, a second try, a cleaned answer."""

from __future__ import annotations

from iiml_codegen.backbones.backbone import Backbone


class Wrapped:
    """A backbone with something around it; who derives from it says what `ask` does."""

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone

    @property
    def name(self) -> str:
        """Of the backbone that is asked."""
        return self._backbone.name

    @property
    def model(self) -> str:
        """Of the backbone that is asked."""
        return self._backbone.model

    @property
    def grounds(self) -> bool:
        """As the backbone that is asked."""
        return self._backbone.grounds
