"""The demo community: a synthetic neighbourhood and the life that goes on in it."""

from twin.demo.community import Community, generate

__all__ = ["Community", "generate"]
