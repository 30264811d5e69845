"""For every test: what the developer's shell has set for a twin of their own does not reach the tests."""

import os

KEPT = {"TWIN_TEST_INPUTS"}

for name in [name for name in os.environ if name.startswith("TWIN_") and name not in KEPT]:
    del os.environ[name]
