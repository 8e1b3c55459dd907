"""Results for other programs: a workbook, and layers of a map."""
