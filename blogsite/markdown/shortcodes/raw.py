"""`{% raw %}` in code: Jekyll reads tags before Markdown, so its authors protect the braces in their code, too."""

from __future__ import annotations

import re

RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
OF_JEKYLL = re.compile(r"(?:^|/)\d{4}-\d\d?-\d\d?-[^/]*\Z|/_posts/")


def is_of_jekyll(path: str) -> bool:
    """Return whether a file has a name like Jekyll's posts; Hexo and others leave tags in code alone."""
    return OF_JEKYLL.search(path) is not None


def without_raw(code: str) -> str:
    """Return code without the tags `{% raw %}` and `{% endraw %}`."""
    return RAW.sub("", code) if "endraw" in code else code
