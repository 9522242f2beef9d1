"""TeX: finding it in Markdown, numbering and labels, preparing it, the engine."""
