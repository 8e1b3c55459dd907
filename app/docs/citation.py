"""`codemeta.json`, made from CITATION.cff and pyproject.toml: how others find and cite anlan."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from anlan.analysis.words import LANGS
from anlan.app.docs.markdown import DOCS

PAGE = "../codemeta.json"
ROOT = DOCS.parent
CONTEXT = "https://doi.org/10.5063/schema/codemeta-2.0"
LICENSES = "https://spdx.org/licenses/"


def citation() -> dict[str, Any]:
    """What CITATION.cff says."""
    import yaml

    found: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def codemeta() -> str:
    """The same in the words of CodeMeta, with what the package needs to run."""
    cited = citation()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = {
        "@context": CONTEXT,
        "@type": "SoftwareSourceCode",
        "name": project["name"],
        "description": cited["abstract"],
        "headline": cited["title"],
        "version": cited["version"],
        "license": LICENSES + cited["license"],
        "author": [_author(author) for author in cited["authors"]],
        "keywords": cited["keywords"],
        "inLanguage": list(LANGS),
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {project['requires-python']}",
        "softwareRequirements": [need.split(";")[0].strip() for need in project["dependencies"]],
        "developmentStatus": "wip" if ".dev" in cited["version"] else "active",
    }
    if "date-released" in cited:
        told["datePublished"] = str(cited["date-released"])
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _author(author: dict[str, str]) -> dict[str, str]:
    """A person, or whoever goes by one name."""
    if "name" in author:
        return {"@type": "Organization", "name": author["name"]}
    names = {"givenName": "given-names", "familyName": "family-names", "@id": "orcid"}
    return {"@type": "Person"} | {k: author[v] for k, v in names.items() if v in author}
