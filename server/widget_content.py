"""GET /api/widgets/{widget}/public: a widget's content with its drawing, for pages of the origins that may show it."""

from __future__ import annotations

import logging
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from widget.content import Regions

from . import public_content
from .content_files import ContentFiles
from .control.widget_owners import Owner, WidgetOwners
from .errors import BrokenContentError, ControlError, UnknownWidgetError
from .experiments.running import RunningExperiments
from .ingest.content_answers import ContentAnswers
from .ingest.counters import Counters
from .ingest.origins_seen import OriginsSeen

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}  # and never credentials, because there are none
CONTENT = ANY_ORIGIN | {
    # Each page view asks again, because a change of the account's setting takes effect at the next page load. So each
    # page view is an answer that is counted, often a 304 of some 200 bytes.
    "Cache-Control": "public, max-age=0, stale-if-error=86400",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
WRONG_ORIGIN = "content_wrong_origin"  # counted among the refusals
UNKNOWN = "There is no widget of this id."
FOREIGN = "This widget may not be shown by pages of this origin; its owner decides that."
BROKEN = "The content of this widget is broken; the server's log says where."
UNAVAILABLE = "No widget can be served now; the server's log says why."

log = logging.getLogger(__name__)


class WidgetContent:
    """Answers requests for content, and counts the answers and the origins of the pages that asked."""

    def __init__(
        self,
        content: ContentFiles,
        widget_owners: WidgetOwners,
        experiments: RunningExperiments,
        answers: ContentAnswers,
        origins_seen: OriginsSeen,
        counters: Counters,
        own_origin: str,
    ) -> None:
        self._content, self._widget_owners, self._experiments = content, widget_owners, experiments
        self._answers, self._origins_seen, self._counters = answers, origins_seen, counters
        self._own_origin = own_origin

    async def answer(self, request: Request) -> Response:
        """The content, 304 if the page has it already, or an error with its sentence."""
        widget = request.path_params["widget"]
        try:
            owner = self._widget_owners.owner_of(widget)
            account, regions = owner.account, Regions(owner.truth) if owner.truth else None
            content = replace(self._content.get(widget), regions=regions)
            content = public_content.of_account(content, account.telemetry, account.id)
            content = self._experiments.applied_to(content, is_preview="preview" in request.query_params)
            content = public_content.in_language(content, request.query_params)
        except UnknownWidgetError:
            return _refusal(404, UNKNOWN)
        except BrokenContentError:
            return _refusal(500, BROKEN)
        except ControlError as error:
            log.error("%s", error)
            return _refusal(503, UNAVAILABLE)
        is_page = _is_page(request)
        if is_page:
            self._origins_seen.count(widget, self._origin(request))
        if not owner.allows(self._origin(request)):
            self._counters.count_refusal(WRONG_ORIGIN)
            return _refusal(403, FOREIGN)
        if is_page:
            self._answers.count(owner.account.id, widget, content.variant.code if content.variant else "")
        answer = public_content.answer(content, public_content.chosen_design(request.query_params, content))
        if content.variant:  # a copy that is shown again would be a variant that was not drawn
            return Response(answer.body, headers=CONTENT | NO_STORE, media_type="application/json")
        headers = _headers(owner, answer.etag)
        cached_tags = request.headers.get("if-none-match", "").split(",")
        if answer.etag in [tag.strip().removeprefix("W/") for tag in cached_tags]:
            return Response(status_code=304, headers=headers)
        return Response(answer.body, headers=headers, media_type="application/json")

    def _origin(self, request: Request) -> str:
        """The origin of the asking page. Browsers leave it out for pages of the server's own origin."""
        return request.headers.get("origin", self._own_origin)


def _is_page(request: Request) -> bool:
    """True if a page asks, for a visitor. Programs other than browsers send neither of these headers."""
    has_visitor = request.method == "GET" and "preview" not in request.query_params
    return has_visitor and ("origin" in request.headers or "sec-fetch-mode" in request.headers)


def _headers(owner: Owner, etag: str) -> dict[str, str]:
    # With a list of origins a shared cache must not give one origin's answer to another.
    return CONTENT | {"ETag": etag} | ({"Vary": "Origin"} if owner.origins else {})


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status, ANY_ORIGIN | NO_STORE)
