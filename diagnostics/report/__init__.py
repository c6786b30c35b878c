"""The report: one content, as a page, as Markdown and as JSON."""
