"""The experiments of an account: A/B tests of its widgets' designs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException, Query
from fastapi import Path as PathParameter
from starlette.concurrency import run_in_threadpool

from ...control.database import timestamp
from ...experiments.experiment import Experiment, check_shares, parse_variants
from ..http.access import Caller, EditableAccount, VisibleAccount
from ..http.errors import NO_WIDGET, error_responses
from ..schemas import experiments as schemas
from ..schemas.dashboard_query import instant
from ..services import ServicesDep

EXAMPLES = {
    "a list against the present design": {
        "value": {
            "widget": "w1",
            "name": "List or grid",
            "figure": "interaction_rate",
            "variants": [{"share": 0.5, "design": {}}, {"share": 0.5, "design": {"layout": "list"}}],
            "ends_at": "2027-01-31T00:00:00Z",
        }
    }
}
Id = Annotated[int, PathParameter(description="An experiment's id.", ge=1, le=10**9, examples=[7])]

router = APIRouter(prefix="/accounts/{account}/experiments", tags=["experiments"])


@router.get("", response_model=schemas.Experiments, responses=error_responses(404))
def experiments(account: VisibleAccount, services: ServicesDep) -> object:
    """All experiments of the account, the newest first."""
    return {"experiments": [_answer(experiment) for experiment in services.experiments.of(account.id)]}


@router.post("", status_code=201, response_model=schemas.Experiment, responses=error_responses(400, 403, 404, 413))
def make_experiment(
    account: EditableAccount,
    request: Annotated[schemas.NewExperiment, Body(openapi_examples=EXAMPLES)],
    token: Caller,
    services: ServicesDep,
) -> object:
    """Plans an experiment, or starts it at once. From its start on, each content answer draws a variant anew."""
    experiment = services.experiments.add(
        account.id,
        request.widget,
        request.name,
        request.figure,
        parse_variants([(variant.share, variant.design) for variant in request.variants]),
        instant(request.starts_at) if request.starts_at else datetime.now(UTC),
        instant(request.ends_at),
        actor=token.actor,
    )
    return _answer(experiment)


@router.get("/plan", response_model=schemas.Plan, responses=error_responses(400, 404))
def plan(account: VisibleAccount, query: Annotated[schemas.PlanQuery, Query()], services: ServicesDep) -> object:
    """How many days an experiment of the widget would need to see a change, at the traffic of the last seven."""
    if query.widget not in services.widgets.of(account.id):
        raise HTTPException(404, NO_WIDGET)
    check_shares(query.shares)
    return services.reports.plan(account.id, query.widget, query.figure, query.shares, query.change, datetime.now(UTC))


@router.get("/{id}", response_model=schemas.Experiment, responses=error_responses(400, 404))
def experiment(account: VisibleAccount, id: Id, services: ServicesDep) -> object:  # noqa: A002
    """One experiment."""
    return _answer(services.experiments.get(account.id, id))


@router.get("/{id}/results", response_model=schemas.ExperimentResults, responses=error_responses(400, 404))
async def results(account: VisibleAccount, id: Id, services: ServicesDep) -> object:  # noqa: A002
    """What the experiment says so far. One may look as often as one likes: the intervals hold at all looks together."""
    experiment = await run_in_threadpool(services.experiments.get, account.id, id)
    await services.content_answers.flush()
    return await run_in_threadpool(services.reports.results, experiment, datetime.now(UTC))


@router.post("/{id}/end", response_model=schemas.Experiment, responses=error_responses(400, 403, 404, 413))
def end_experiment(
    account: EditableAccount,
    id: Id,  # noqa: A002
    request: schemas.EndedExperiment,
    token: Caller,
    services: ServicesDep,
) -> object:
    """Ends the experiment now, if it has not ended, and makes the winner the widget's design, if one is named."""
    return _answer(services.experiments.stop(account.id, id, request.winner, actor=token.actor))


def _answer(experiment: Experiment) -> dict[str, object]:
    return {
        **vars(experiment),
        "state": experiment.state(datetime.now(UTC)),
        "variants": [{**vars(variant), "design": dict(variant.design)} for variant in experiment.variants],
        "starts_at": timestamp(experiment.starts_at),
        "ends_at": timestamp(experiment.ends_at),
    }
