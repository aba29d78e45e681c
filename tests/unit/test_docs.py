"""What README.md and the documents in docs/ say and show is so."""

from __future__ import annotations

import ast
import contextlib
import doctest
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import widget
from bundler import command_line
from server import __main__ as server_command
from server.api.app import create_api
from server.config import SETTINGS, Config
from tests.slim import corpus
from widget import config, design, errors
from widget.design import Design
from widget.page import bridge
from widget.telemetry import schema
from widget.telemetry.fields import FIELDS
from widget.telemetry.parser import parse
from widget.testing import FakeBridge

ROOT = Path(__file__).resolve().parents[2]
LANDING = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "deploy/README.md")
DOCUMENTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (*LANDING, *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
}
README, EMBED, OPERATE = (DOCUMENTS[name] for name in ("README.md", "docs/embed.md", "docs/operate.md"))

FENCED = re.compile(r"^```(\w*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def blocks(language: str) -> list[tuple[str, str]]:
    """Every code block of the language, with its document's name."""
    everywhere = [(name, *block) for name, text in DOCUMENTS.items() for block in FENCED.findall(text)]
    return [(name, text) for name, of, text in everywhere if of == language]


def prose(text: str) -> str:
    """The document without its code blocks."""
    return FENCED.sub("", text)


def section(text: str, heading: str) -> str:
    """From a heading to the next one of any level."""
    assert text.count(f"# {heading}\n") == 1, heading
    return re.split(r"^#", text.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of each table row, without the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    bodies = [line for line, below in zip(lines, [*lines[1:], ""], strict=True) if not below.startswith("|---")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in bodies]
    return [row for row in cells if not set(row[0]) <= set("-")]


# Size and links


def test_the_readme_is_short():
    assert README.count("\n") <= 200


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(text)))
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_something(name):
    links = [link for link in LINK.findall(prose(DOCUMENTS[name])) if not link.startswith(("https:", "http:"))]
    for link in links:
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_readme_leads_to_every_document():
    links = {link.partition("#")[0] for link in LINK.findall(README)}
    assert {name for name in DOCUMENTS if name != "README.md" and name not in links} == {"deploy/README.md"}
    assert "deploy" in links


@pytest.mark.parametrize("name", DOCUMENTS)
def test_one_word_is_used_for_the_server(name):
    assert "collector" not in DOCUMENTS[name].lower()


# What is collected, and what the page can do


def test_the_table_of_what_is_collected_is_the_schemas():
    table = [[f"`{field.name}`", field.bounds, field.purpose] for field in FIELDS]
    assert rows(section(README, "What is collected")) == table


def of(name: str, language: str) -> list[str]:
    """The document's code blocks of the language."""
    return [text for document, text in blocks(language) if document == name]


def test_the_receipts_example_is_a_batch():
    (example,) = re.findall(r"^> `(.*)`$", (ROOT / "docs" / "embed.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [load.load_ms for report in parse(example) for load in report.loads] == [412]


def test_the_embed_code_is_the_same_in_both_places():
    assert of("README.md", "html") == of("docs/embed.md", "html")[:1] != []


def test_the_code_for_bundlers_is_the_npm_packages():
    """Whose README is compiled with the package's types in tests/packages/."""
    package = FENCED.findall((ROOT / "web" / "npm" / "README.md").read_text(encoding="utf-8"))
    for language in ("js", "jsx"):
        code = [text for text in of("docs/embed.md", language) if '"tresta-widget' in text]
        assert code == [text for name, text in package if name == language] != []


@pytest.mark.parametrize(("name", "block"), [(name, text) for name, text in blocks("python") if "await" not in text])
def test_python_blocks_run(name, block):
    page = FakeBridge()
    bridge.set_page(page)
    try:
        names = {"page": page}
        exec(compile(block, name, "exec"), names)
        page.hide()
    finally:
        bridge.set_page(None)
    assert names["page"].sent


@pytest.mark.parametrize(("name", "block"), blocks("pycon"))
def test_worked_examples_compute(name, block):
    examples = doctest.DocTestParser().get_doctest(block, {}, name, name, 0)
    assert len(examples.examples) > 5
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0


def test_every_public_name_is_documented():
    text = section(EMBED, "Python")
    missing = [name for name in widget.__all__ if not name.startswith("__") and not re.search(rf"`{name}\b", text)]
    assert missing == []


def test_exactly_the_calls_of_the_page_are_listed():
    folder = ROOT / "web" / "loader"
    (names,) = re.findall(r'METHODS =\s*"([^"]+)"', (folder / "tracker.js").read_text(encoding="utf-8"))
    sampler = re.findall(r"^    this\.(\w+) = ", (folder / "sampler.js").read_text(encoding="utf-8"), re.MULTILINE)
    methods = {*names.split(), *sampler}
    assert {"trackLoad", "shouldSample"} <= methods
    spans = [span for row in rows(section(EMBED, "JavaScript")) for span in SPAN.findall(row[0])]
    assert {re.sub(r"\(.*", "", span).rpartition(".")[2] for span in spans if not span.startswith("Tresta")} == methods
    for name in ("ready", "mount", "refresh", "unmount", "getState"):
        assert any(re.match(rf"Tresta\.{name}\b", span) for span in spans), name
        assert re.search(rf"\b{name}\b", (ROOT / "web" / "loader" / "tresta.js").read_text(encoding="utf-8")), name


def test_exactly_the_existing_error_codes_are_explained():
    counted = {value for name, value in vars(errors).items() if name.isupper()} | {
        schema.INVALID_CODE,
        schema.OTHER_CODE,
    }
    boot = set(re.findall(r"RUNTIME_[A-Z]+", (ROOT / "web" / "boot.js").read_text(encoding="utf-8")))
    assert len(counted) >= 9
    assert len(boot) >= 4
    codes = [row[0].strip("`") for row in rows(section(EMBED, "Error codes"))]
    assert sorted(codes) == sorted(counted | boot)


# The script tag

LOADER = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "web" / "loader").glob("*.js")))


def attributes() -> dict[str, list[str]]:
    """The cells `values` and `default` of each attribute."""
    table = {}
    for names, *cells in rows(section(EMBED, "The script tag")):
        for name in SPAN.findall(names):
            table[name.removeprefix("data-") if name.startswith("data-") else f"show{name}"] = cells
    return table


def test_exactly_the_existing_attributes_are_documented():
    others = {"widget-id", "api-url", "container", "telemetry", "min-height", "runtime", "debug", "nonce"}
    assert set(attributes()) == others | {name.replace("_", "-") for name in design.NAMES}
    for name in others:
        assert re.search(rf"\b{re.sub('-(.)', lambda hit: hit[1].upper(), name)}\b", LOADER), name


def test_the_attributes_have_the_values_and_defaults_of_the_code():
    table, default = attributes(), Design()
    for name, values in (("layout", schema.LAYOUTS), ("card", design.CARDS), ("theme", design.THEMES)):
        assert tuple(SPAN.findall(table[name][0])) == values
    assert table["max"] == [f"number of testimonials, 1-{design.MAX_TESTIMONIALS}", f"`{default.max}`"]
    assert table["autoplay"][1] == f"`{default.autoplay}`"
    assert table["api-url"][1] == f"`{config.DEFAULT_API_URL}`"
    assert f"MIN_HEIGHT_PX = {table['min-height'][1].strip('`')};" in LOADER


# The server


def refusal_words() -> set[str]:
    """Every word that is counted or answered, read from the code: what refusing calls are given."""
    words = set()
    for path in (ROOT / "widget" / "telemetry" / "parser.py", *(ROOT / "server" / "ingest").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if re.search("refus|reject|count", name, re.IGNORECASE):
                words |= {text for argument in call.args for text in constants(argument, path)}
    return {word for word in words if re.fullmatch(r"[a-z]+(_[a-z]+)*", word)} - FIELD_NAMES


INVALID = ("widget", "version", "layout", "code", "variant", "region")
# A refusal's second word.
FIELD_NAMES = {
    "schema", "digest", "widget", "widgets", "rate", "errors", "code", "layout", "region", "ready_ms",
}  # fmt: skip


def constants(argument: ast.expr, path: Path) -> Iterator[str]:
    """The texts that an argument may be: itself, a module's constant, either of two, or a text with a field's name."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.Name):
        yield from re.findall(rf'^{argument.id} = "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    elif isinstance(argument, ast.JoinedStr):
        yield from (f"invalid_{name}" for name in INVALID)


def test_exactly_the_existing_refusals_are_explained():
    documented = [word for row in rows(section(OPERATE, "What the server accepts")) for word in SPAN.findall(row[1])]
    assert sorted(documented) == sorted(refusal_words())


def test_exactly_the_existing_operations_of_the_api_are_listed():
    paths = create_api().openapi()["paths"]
    operations = [f"{method.upper()} {path}" for path, items in paths.items() for method in items]
    assert len(operations) >= 15
    documented = [span for row in rows(section(OPERATE, "API")) for span in SPAN.findall(row[0])]
    assert sorted(documented) == sorted(operations)


def test_exactly_the_existing_settings_are_listed_with_their_defaults():
    table = {row[0].strip("`"): row[1] for row in rows(section(OPERATE, "Settings"))}
    assert set(table) == set(SETTINGS)
    for name in ("host", "port", "durability"):
        assert table[name] == f"`{getattr(Config(), name)}`"
    assert table["data"] == f"`./{Config().data}`"


def test_every_command_of_the_server_is_documented():
    for command in server_command.COMMANDS:
        assert f"tresta {command.__name__.rpartition('.')[2]}" in OPERATE, command.__name__


# Commands


def commands(text: str) -> Iterator[list[str]]:
    """The simple commands of a shell block, as lists of words; comments and `for` are left out."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word not in (";", "&&", "||", "|", "do", "done"):
                words.append(word)
            elif words:
                if words[0] != "for":
                    yield words
                words = []


def check(words: list[str]) -> None:
    """Fails where the program's own parser refuses the words, or a file they name does not exist."""
    match words:
        case ["tresta", *rest] | [".venv/bin/python", "-m", "server", *rest]:
            with accepting(rest):
                server_command._parser().parse_args(rest)
        case ["python3", "build.py", *rest]:
            with accepting(rest):
                options = command_line.parse(rest)
                check([".venv/bin/pytest", *getattr(options, "pytest_args", ())])
        case [".venv/bin/pytest", *rest]:
            assert all((ROOT / word).exists() for word in rest if "/" in word), rest
        case [program, *_]:
            assert program in ("pip", "npm", "curl"), words


@contextlib.contextmanager
def accepting(words: list[str]) -> Iterator[None]:
    """argparse ends the process with 2 where it refuses the words, and with 0 where it has shown something."""
    try:
        yield
    except SystemExit as end:
        assert end.code == 0, f"refused: {words}"


# Those of deploy/README.md are for root on a machine of its own: tests/deploy/ looks at them.
SHELL = [(name, words) for name, text in blocks("sh") if name != "deploy/README.md" for words in commands(text)]


@pytest.mark.parametrize("words", [words for _, words in SHELL], ids=[" ".join(words[:4]) for _, words in SHELL])
def test_every_command_shown_is_one(words):
    check(words)


def test_the_usual_commands_are_shown():
    usual = {tuple(words[:3]) for name, words in SHELL if name == "README.md"}
    assert {("python3", "build.py", "serve"), ("python3", "build.py", "test")} <= usual
    assert {tuple(words[:2]) for _, words in SHELL} >= {("tresta", "init"), ("tresta", "serve")}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_named_in_a_sentence_is_one(name):
    spans = SPAN.findall(prose(DOCUMENTS[name]))
    verbs = {command.__name__.rpartition(".")[2] for command in server_command.COMMANDS} | {"VERB", "--version"}
    for span in spans:
        for verb in re.findall(r"(?:\btresta|-m server) (\S+)", span):
            assert verb in verbs, span
        if "build.py " in span:
            check(["python3", "build.py", *shlex.split(span.partition("build.py ")[2])])


# The guide for contributors

GUIDE = DOCUMENTS["CONTRIBUTING.md"]
PATH = re.compile(r"[\w.-]+/[\w./-]*|[\w-]+\.(?:py|md|js|json|sql|toml)")


def items() -> list[str]:
    """The paragraphs and list items of the guide."""
    return [item for item in re.split(r"\n(?=\d+\. |- |\n)", prose(GUIDE)) if item.strip()]


def paths(item: str) -> list[Path]:
    named = [span for span in SPAN.findall(item) if PATH.fullmatch(span) and "NAME" not in span and span[0] != "/"]
    return [ROOT / span for span in named]


def test_every_path_in_the_guide_exists():
    named = [path for item in items() for path in paths(item) if path.parts[-2:] != (ROOT.name, "dist")]
    assert len(named) > 50
    assert [str(path) for path in named if not path.exists() and path.name not in (".venv", "dist")] == []


@pytest.mark.parametrize("item", [item for item in items() if re.match(r"\d+\. ", item)], ids=lambda item: item[:40])
def test_every_name_in_a_recipe_is_in_a_file_that_it_names(item):
    texts = [path.read_text(encoding="utf-8") for path in paths(item) if path.is_file()]
    names = [
        re.match(r"[A-Za-z_]\w*", span) for span in SPAN.findall(item) if re.fullmatch(r"[A-Za-z_]\w*(\(.*\))?", span)
    ]
    missing = [name[0] for name in names if name and not any(name[0] in text for text in texts)]
    folders = [
        text for path in paths(item) if path.is_dir() for text in (each.read_text() for each in path.glob("*.*"))
    ]
    assert [name for name in missing if not any(name in text for text in folders)] == []


# Figures that a count can tell


def test_the_snippets_are_as_many_as_the_documents_say():
    topics = corpus.load()
    snippets = sum(map(len, topics.values()))
    tree = ast.parse((ROOT / "tests" / "slim" / "test_corpus.py").read_text(encoding="utf-8"))
    (exceptions,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Dict)
        and ast.unparse(node.targets[0]) == "DIFFERENCES"
    ]
    slim = " ".join(DOCUMENTS["docs/slim-runtime.md"].split())
    assert f"{snippets} snippets of Python in {len(topics)} topics" in slim
    assert f"except for {len(exceptions.keys)} snippets" in slim


def test_the_changelog_has_this_version():
    assert f"\n## [{widget.__version__}] - " in DOCUMENTS["CHANGELOG.md"]
    assert "\n## [Unreleased]\n" in DOCUMENTS["CHANGELOG.md"]
