"""The manifest for people: a page for visitors, and a text for the record of processing (GDPR, Article 30)."""

from __future__ import annotations

from html import escape
from typing import Any

from ..control.settings import page_views

CSS = """
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 2.25rem; }
dl { margin: 0; } dt { font-weight: 600; margin-top: 1rem; } dd { margin: 0; }
code { font-size: .95em; } small { opacity: .75; }
a { color: inherit; }
"""


def page(manifest: dict[str, Any], name: str) -> str:
    """An HTML page about one account's widgets. It loads nothing and has no script."""
    fields = "".join(
        f"<dt><code>{escape(field['name'])}</code></dt>"
        f"<dd>{escape(field['purpose'])}<br><small>{escape(field['type'])}: {escape(field['bounds'])}. "
        f"Seen by the owner under: {escape(field['panel'])}</small></dd>"
        for field in manifest["fields"]
    )
    if manifest["rate"] is None:
        collected = "<p>These widgets collect nothing: the account has switched telemetry off.</p>"
    else:
        collected = f"<p>{escape(_sampling(manifest))}</p><p>Such a page view sends these fields:</p><dl>{fields}</dl>"
    account = escape(manifest["account"])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Data of the widgets of {escape(name)}</title>
<style>{CSS}</style>
</head>
<body>
<h1>Data of the testimonial widgets of {escape(name)}</h1>
<h2>What is collected</h2>
{collected}
<h2>What is not collected</h2>
{_list(manifest["not_collected"])}
<h2>How to say no</h2>
<p>One of these is enough:</p>
{_list(manifest["refused_by"])}
<h2>How long it is kept</h2>
<p>{manifest["retention_days"]} days at most. Nothing in it says who the visitor was.</p>
<h2>How to check this</h2>
<p>Each batch carries the digest of the table above. Schema {manifest["schema"]} has <code>{manifest["digest"]}</code>.
The same as data: <a href="{account}.json">{account}.json</a>.
For the record of processing: <a href="{account}.txt" download>{account}.txt</a>.</p>
<h2>What changed</h2>
{_changes(manifest["changes"])}
</body>
</html>
"""


def record(manifest: dict[str, Any], name: str) -> str:
    """A draft for the record of processing activities. The blanks in brackets are the controller's to fill."""
    fields = "\n".join(
        f"- {field['name']} ({field['type']}): {field['bounds']}. Purpose: {field['purpose']}. Panel: {field['panel']}."
        for field in manifest["fields"]
    )
    return f"""Record of processing activities (draft, GDPR Article 30)
Usage figures of the testimonial widgets of {name}

Controller: [name, address, contact]
Data protection officer: [name, contact, or "none"]
Processor: [the operator of the telemetry server, if that is another company]

Purpose: to learn how fast the widgets load, what fails in them, and whether their controls are used.

Data subjects: visitors of the pages that show the widgets.

Sampling: {_sampling(manifest)}

Categories of data (schema {manifest["schema"]}, digest {manifest["digest"]}):
{fields or "- none: the account has switched telemetry off."}

Not collected:
{_lines(manifest["not_collected"])}

Refusals that are respected:
{_lines(manifest["refused_by"])}

Recipients: [who reads the figures]
Transfers to third countries: [none, or which and on what basis]
Time limit for erasure: {manifest["retention_days"]} days, by the database itself.
Security: TLS [check]; tokens with scopes; an audit trail; no figure of fewer than 20 page views is shown.

Legal basis, and whether reading the page's settings needs consent (ePrivacy Directive, Article 5(3); EDPB Guidelines
2/2023): [for the controller and its counsel to decide]
"""


def _changes(versions: list[dict[str, Any]]) -> str:
    return "".join(
        f"<p>Schema {version['to']}, digest {version['digest']}:</p>"
        + _list(tuple(_change(change) for change in version["fields"]))
        for version in versions
    )


def _change(change: dict[str, str]) -> str:
    if not change["before"]:
        return f"{change['field']} is new: {change['after']}"
    if not change["after"]:
        return f"{change['field']} is gone; it was {change['before']}"
    return f"{change['field']} is {change['after']}; it was {change['before']}"


def _sampling(manifest: dict[str, Any]) -> str:
    if manifest["rate"] is None:
        return "None: the account has switched telemetry off."
    text = f"{page_views(manifest['rate']).capitalize()}, drawn at random in the page."
    if manifest["rate_on_error"]:
        text += f" Errors leave from {page_views(manifest['rate_on_error'])}."
    truth = manifest["region_truth"]
    if truth is not None and truth < 1:
        text += f" A page names its own region with the probability {truth:g}, else any other one by chance."
    return text


def _list(items: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _lines(items: tuple[str, ...]) -> str:
    return "\n".join(f"- {item}" for item in items)
