"""What mkdocs calls while it builds: the reference and the house are written then, so that nothing of them is kept."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from house import house
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pictures import inline
from reference import capabilities, command, contract, errors, messages, metrics, roles, settings

ROOT = Path(__file__).parents[2]
# Files that stand at the top of the repository, where strangers look for them, and are pages here too.
_AT_THE_TOP = {"CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md", "CHANGELOG.md": "changelog.md"}
_LINK = re.compile(r"\]\((?:\.\./)*(" + "|".join(re.escape(name) for name in _AT_THE_TOP) + r")(#[\w-]+)?\)")
# Five lines of a language stand in its client's README, where its tests run them.
_EXAMPLE = re.compile(r"^\[The example\]\(\.\./\.\./(clients/\w+/README\.md)\)$", re.MULTILINE)
_CODE = re.compile(r"^```\w+\n.*?^```$", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made, and those of the top of the repository."""
    for name, text in (*_reference(), *_top_pages()):
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leads links to files at the top of the repository to their pages, and puts in the examples of the clients."""
    here = posixpath.dirname(page.file.src_uri)

    def led(found: re.Match[str]) -> str:
        return f"]({posixpath.relpath(_AT_THE_TOP[found[1]], here or '.')}{found[2] or ''})"

    return _LINK.sub(led, _EXAMPLE.sub(_example, markdown))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Puts pictures into the page itself, so that they follow its light and dark."""
    return inline(html, page.file.src_uri, files)


def _example(found: re.Match[str]) -> str:
    """The first code of a client's README."""
    code = _CODE.search((ROOT / found[1]).read_text())
    if code is None:
        raise ValueError(f"{found[1]} has no example")
    folder = posixpath.dirname(found[1])
    return f"{code[0]}\n\nA whole program, with paging, retries and errors by their reason: `{folder}`."


def _reference() -> Iterator[tuple[str, str]]:
    found = contract.read()
    for service in found.services:
        yield f"reference/{messages.page_name(service)}", messages.service_page(service, found)
    yield f"reference/{messages.MESSAGES}", messages.messages_page(found)
    yield "reference/errors.md", errors.page(found)
    yield "reference/settings.md", settings.page(found)
    yield "reference/command.md", command.page()
    yield "reference/roles.md", roles.page(found)
    yield "reference/capabilities.md", capabilities.page()
    yield "reference/metrics.md", metrics.page()
    yield "pictures/house.svg", house()


def _top_pages() -> Iterator[tuple[str, str]]:
    for name, page in _AT_THE_TOP.items():
        text = (ROOT / name).read_text()
        # Their links start at the top of the repository.
        yield page, text.replace("](docs/", "](")
