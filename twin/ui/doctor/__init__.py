"""The doctor: looks at a twin, says in plain words how it is, and mends what can safely be mended."""

from twin.ui.doctor.visit import visit_closed, visit_served

__all__ = ["visit_closed", "visit_served"]
