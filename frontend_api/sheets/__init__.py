"""Spreadsheets (.xlsx) as rows of cells."""

from frontend_api.sheets.guard import SheetLimits
from frontend_api.sheets.xlsx import write_rows

__all__ = ["SheetLimits", "write_rows"]
