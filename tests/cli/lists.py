"""A list of firms as datenanfragen writes it, of invented firms, with every field that its schema knows."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "datenanfragen-sample.tar.xz"
"""Real records, where they lie beside the checkout."""
FULL: dict[str, Any] = {
    "slug": "acme-faces",
    "relevant-countries": ["de", "at"],
    "categories": ["commerce", "social media"],
    "name": "Acme Faces GmbH",
    "runs": ["Facebook of Acme", "acme.shop"],
    "address": "c/o Wurst & Söhne\nMusterstraße 1\n10115 Berlin\nDeutschland",
    "phone": "+49 30 1234567 ext. 8",
    "fax": "+49 30 1234568",
    "email": "privacy@acme-faces.example",
    "webform": "https://acme-faces.example/privacy",
    "pgp-fingerprint": "0000 1111 2222 3333 4444  5555 6666 7777 8888 9999",
    "pgp-url": "https://acme-faces.example/key.asc",
    "web": "https://www.acme-faces.example/",
    "sources": ["https://acme-faces.example/imprint"],
    "required-elements": [
        {"desc": "Name", "type": "name"},
        {"desc": "Customer number", "type": "input", "optional": True},
        {"desc": "Date of birth", "type": "birthdate", "optional": False},
    ],
    "request-language": "fi",
    "custom-access-template": "access-tracking",
    "needs-id-document": True,
    "suggested-transport-medium": "webform",
    "comments": ["They answer slowly.\nVery slowly."],
    "quality": "tested",
    "facet-group": "school",
    "nsfw": True,
    "of-a-later-schema": {"deep": [1, None, True, "ü"]},
}
CHURCH: dict[str, Any] = {
    "slug": "parish-of-example",
    "relevant-countries": ["de"],
    "categories": ["church"],
    "name": "Parish of Example",
    "address": "Kirchweg 1\n10115 Berlin\nGermany",
    "email": "office@parish.example",
    "custom-access-template": "access-evangelische-kirche",
    "sources": ["https://parish.example"],
    "quality": "scraped",
}
OBSOLETE: dict[str, Any] = {
    "slug": "old-acme",
    "name": "Old Acme AG",
    "reason": "company-acquired",
    "redirect-to": "acme-faces",
    "sources": ["https://acme-faces.example/news"],
    "quality": "obsolete",
}
OURS: dict[str, Any] = {
    "slug": "clearview-ai",
    "relevant-countries": ["all"],
    "name": "Clearview AI, Inc.",
    "address": "1 Wrong Street\nNew York NY 10001\nUnited States of America",
    "email": "somebody@clearview.ai",
    "web": "https://clearview.ai/",
    "sources": ["https://clearview.ai/privacy"],
    "quality": "verified",
}
PACK = [{"slug": "usual", "type": "choose", "companies": ["acme-faces"]}]
AUTHORITY: dict[str, Any] = {
    "slug": "frcnil",
    "relevant-countries": ["fr"],
    "name": "CNIL of old",
    "address": "1 Old Street\n75001 Paris\nFrance",
    "web": "https://www.cnil.fr/",
    "sources": ["https://www.cnil.fr/"],
}
REQUESTS = (
    "date;slug;recipient;email;reference;type;via\r\n"
    "2026-09-01;clearview-ai;Clearview AI, Inc., New York;somebody@clearview.ai;2026-AAAAAAA;access;email\r\n"
)
"""What their app exports."""
RECORDS = [FULL, CHURCH, OBSOLETE, OURS]


def firm(slug: str, /, **more: Any) -> dict[str, Any]:
    """A small record that is whole."""
    return {
        "slug": slug, "relevant-countries": ["all"], "name": f"{slug} Ltd", "address": "1 Sample Street\nIreland",
        "sources": [f"https://{slug}.example"], "quality": "verified", **more,
    }  # fmt: skip


def files(*records: dict[str, Any]) -> dict[str, bytes]:
    return {f"companies/{record['slug']}.json": json.dumps(record, indent=4).encode() for record in records}


WHOLE = {
    **files(*RECORDS),
    "company-packs/de.json": json.dumps(PACK).encode(),
    "supervisory-authorities/frcnil.json": json.dumps(AUTHORITY).encode(),
    "README.md": b"# Data\n",
    "templates/en/access-default.txt": b"{name}",
}


def folder(path: Path, contents: dict[str, bytes] = WHOLE) -> Path:
    for name, data in contents.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return path


def tar(path: Path, contents: dict[str, bytes] = WHOLE, *more: tarfile.TarInfo) -> Path:
    """An archive packed as its name says; `more` are members without content."""
    how = path.suffix.removeprefix(".")
    with tarfile.open(path, f"w:{'' if how == 'tar' else how}") as archive:
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in more:
            archive.addfile(info)
    return path
