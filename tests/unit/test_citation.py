"""How anlan is cited: CITATION.cff is complete, and what is made from it says the same."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from anlan.app.docs.citation import LICENSES, citation, codemeta

ROOT = Path(__file__).resolve().parents[2]
# of the Citation File Format 1.2.0; the first four it demands
KEYS = ("cff-version", "message", "title", "authors", "type", "abstract", "version", "license",
        "keywords")  # fmt: skip


def test_the_citation_is_complete_and_of_this_version() -> None:
    cited = citation()
    assert [key for key in KEYS if not cited.get(key)] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["version"] == project["version"]
    assert cited["license"] == project["license"]
    assert len(set(cited["keywords"])) == len(cited["keywords"])
    assert all(author.get("name") or author.get("family-names") for author in cited["authors"])


def test_a_version_that_is_released_has_its_date() -> None:
    """That of its heading in the list of changes; one that is not has none."""
    cited = citation()
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    head = re.search(rf"^## {re.escape(cited['version'])} \((.*)\)$", changes, re.M)
    assert str(cited.get("date-released")) == (head[1] if head else "None")


def test_codemeta_says_what_the_citation_says() -> None:
    text = (ROOT / "codemeta.json").read_text(encoding="utf-8")
    assert text == codemeta()
    told, cited = json.loads(text), citation()
    assert told["version"] == cited["version"]
    assert told["description"] == cited["abstract"]
    assert told["headline"] == cited["title"]
    assert told["keywords"] == cited["keywords"]
    assert told["license"] == LICENSES + cited["license"]
    assert [a["name"] for a in told["author"]] == [a["name"] for a in cited["authors"]]
    assert any(need.startswith("mesa") for need in told["softwareRequirements"])
