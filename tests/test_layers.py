"""The rule of the tree: modules directly in `optout/` are pure, sub-packages are edges, and layers point down."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "optout"
LAYERS = [
    {"errors", "problems", "strictjson", "addressee", "naming", "hosts", "batch"},
    {"errors", "problems", "findings"},
    {"dates", "recovery", "seats", "membership"},
    {
        "law",
        "jurisdiction",
        "firm",
        "subject",
        "letter",
        "case",
        "records",
        "chain",
        "closed",
        "languages",
        "typography",
    }
    | {"freshness", "refusing"},
    {"addressed", "changes"},
    {"exported", "inherit", "select", "advice", "views", "counting", "history", "lifecycle", "checks"}
    | {
        "setting",
        "pieces",
        "acting",
        "compose",
        "ways",
        "firmchecks",
        "namechecks",
        "authoritychecks",
        "firmage",
        "listed",
    }
    | {"requestlist", "sameness"},
    {"derivation", "letterdays"},
    {"deadlines"},
    {"owntime", "letterwalk"},
    {"walk"},
    {"objections", "steps", "drp", "recourse", "replies"},
    {"admit"},
    {"standing"},
    {"escalation"},
    {"recount"},
    {"proofs", "missed"},
    {"replying"},
    {"followup"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
SAME_LEVEL = {
    ("errors", "problems"),
    ("setting", "advice"),
    ("compose", "setting"),
    ("compose", "views"),
    ("compose", "acting"),
    ("compose", "pieces"),
    ("acting", "pieces"),
    ("acting", "setting"),
    ("acting", "views"),
    ("pieces", "setting"),
    ("firm", "law"),
    ("firm", "jurisdiction"),
    ("jurisdiction", "law"),
    ("freshness", "firm"),
    ("refusing", "firm"),
    ("refusing", "law"),
    ("ways", "advice"),
    ("firmchecks", "checks"),
    ("namechecks", "checks"),
    ("authoritychecks", "checks"),
    ("firmage", "checks"),
    ("firmage", "firmchecks"),
    ("case", "law"),
    ("case", "firm"),
}
FORBIDDEN = {
    "click",
    "yaml",
    "jinja2",
    "docx",
    "keyring",
    "os",
    "io",
    "pathlib",
    "sys",
    "logging",
    "random",
    "uuid",
    "secrets",
}
EDGES = {"library", "render", "store"}
PURE = sorted(p for p in ROOT.glob("*.py") if not p.name.startswith("__"))
ALL = sorted(ROOT.rglob("*.py"))


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Parsed once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Dotted names imported at run time; those under TYPE_CHECKING too, since they bind the design as well."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", PURE, ids=lambda p: p.stem)
def test_pure_modules_touch_nothing(path: Path) -> None:
    assert path.stem in LEVEL, "give the module a layer here and in docs/architecture.md"
    for name in imports(path):
        assert name.split(".")[0] not in FORBIDDEN
        parts = name.split(".")
        if parts[0] == "optout" and len(parts) > 1:
            assert parts[1] not in {"cli", *EDGES}, "the core does not know its edges"
            if parts[1] in LEVEL and parts[1] != path.stem:
                lower = LEVEL[parts[1]] < LEVEL[path.stem] or (path.stem, parts[1]) in SAME_LEVEL
                assert lower, f"{path.stem} imports {parts[1]} of its own layer or a higher one"


@pytest.mark.parametrize("path", [p for p in ALL if p.parent.name in EDGES], ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_edges_do_not_know_one_another(path: Path) -> None:
    others = {"cli", *EDGES} - {path.parent.name}
    for name in imports(path):
        assert not any(name.startswith(f"optout.{other}") for other in others), name


@pytest.mark.parametrize("path", ALL, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_only_the_app_knows_the_day_and_chance(path: Path) -> None:
    if path.parent.name == "cli" and path.stem == "app":
        return
    tree = tree_of(path)
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"date.today", "datetime.now", "datetime.today", "time.time", "random.random", "uuid.uuid4"}
    assert "print" not in calls


def test_no_drawer_for_odds_and_ends() -> None:
    assert not {p.stem for p in ALL} & {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", ALL, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_functions_stay_short(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name
