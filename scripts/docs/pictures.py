"""Pictures inside the page: an image tag that names a picture of ours becomes the picture."""

from __future__ import annotations

import posixpath
import re

from mkdocs.structure.files import Files

_IMAGE = re.compile(r'<img alt="([^"]*)" src="([^"]+\.svg)"\s*/?>')


def inline(html: str, page: str, files: Files) -> str:
    """Replaces the images of a page. Opened by itself a picture carries its own colours; here the site's hold."""

    def picture(found: re.Match[str]) -> str:
        file = files.get_file_from_path(_source(found[2], page))
        if file is None:
            return found[0]
        drawn = re.sub(r"<style>.*?</style>", "", file.content_string, flags=re.DOTALL)
        return drawn.replace("<svg ", f'<svg class="picture" role="img" aria-label="{found[1]}" ', 1)

    return _IMAGE.sub(picture, html)


def _source(url: str, page: str) -> str:
    """The picture's path under docs. Pages are folders of their own, so links on them start one level deeper."""
    folder = posixpath.dirname(page) if page.endswith("index.md") else page.removesuffix(".md")
    return posixpath.normpath(posixpath.join(folder, url))
