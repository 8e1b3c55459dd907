"""The report: one HTML page that opens anywhere, without a network."""
