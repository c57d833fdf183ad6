"""Examples may take as long as the machine needs: no test asserts seconds."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")
