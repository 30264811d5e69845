"""How a community's twin is kept, drawn and served; what it shows is declared in `layers`."""

__version__ = "0.1.0"
