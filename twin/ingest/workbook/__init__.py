"""The community's lists as one workbook, in and out: every row judged, nothing written twice."""

from twin.ingest.workbook.exporting import ExportReport, export_workbook
from twin.ingest.workbook.importing import WorkbookOptions, import_workbook
from twin.ingest.workbook.report import WorkbookReport

__all__ = ["ExportReport", "WorkbookOptions", "WorkbookReport", "export_workbook", "import_workbook"]
