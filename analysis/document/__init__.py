"""The document to put before a meeting: on one page what decides, then the evidence; as .docx."""
