"""The community's own rules: pure, without effects."""
