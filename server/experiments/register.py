"""The register of experiments in the control database."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from ..control.audit import record
from ..control.connection import Connection, Row
from ..control.database import ControlDatabase, timestamp
from ..errors import SettingError, UnknownExperimentError
from .experiment import Experiment, Variant, check, design_in_words, in_words

COLUMNS = "id, account, widget, name, figure, variants, starts_at, ends_at, winner"


class Experiments:
    """All experiments. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def add(
        self,
        account: str,
        widget: str,
        name: str,
        figure: str,
        variants: tuple[Variant, ...],
        starts_at: datetime,
        ends_at: datetime,
        *,
        actor: str,
    ) -> Experiment:
        """Plan an experiment, or start it if `starts_at` has passed.

        Raises SettingError for a wrong value, a widget of another account, and a second experiment at the same time.
        """
        now = datetime.now(UTC)
        starts_at = max(starts_at, now) if starts_at.tzinfo else starts_at
        check(name, figure, starts_at, ends_at, now)
        start, end, text = timestamp(starts_at), timestamp(ends_at), _variants_text(variants)
        with self._database.change() as connection:
            owner = connection.execute("SELECT account FROM widgets WHERE id = ?", (widget,)).fetchone()
            if owner is None or owner["account"] != account:
                raise SettingError("There is no widget of this id in the account.")
            overlap = "SELECT name FROM experiments WHERE widget = ? AND starts_at < ? AND ends_at > ?"
            if other := connection.execute(overlap, (widget, end, start)).fetchone():
                raise SettingError(f"The widget has an experiment at that time: {other['name']}. Stop it first.")
            (id_,) = connection.execute(
                "INSERT INTO experiments (account, widget, name, figure, variants, starts_at, ends_at, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (account, widget, name.strip(), figure, text, start, end, timestamp(now)),
            ).fetchone()
            record(connection, actor, account, "experiment.add", f"{name.strip()} of {widget}: {in_words(variants)}")
        return self.get(account, id_)

    def get(self, account: str, id: int) -> Experiment:  # noqa: A002
        """The account's experiment. Raises UnknownExperimentError."""
        rows = self._database.read(f"SELECT {COLUMNS} FROM experiments WHERE id = ? AND account = ?", id, account)
        if not rows:
            raise UnknownExperimentError
        return _experiment(rows[0])

    def of(self, account: str) -> list[Experiment]:
        """The account's experiments, the newest first."""
        sql = f"SELECT {COLUMNS} FROM experiments WHERE account = ? ORDER BY id DESC"
        return [_experiment(row) for row in self._database.read(sql, account)]

    def by_widget(self) -> dict[str, list[Experiment]]:
        """All experiments by their widget, the oldest first."""
        widgets: dict[str, list[Experiment]] = {}
        for row in self._database.read(f"SELECT {COLUMNS} FROM experiments ORDER BY starts_at"):
            widgets.setdefault(row["widget"], []).append(_experiment(row))
        return widgets

    def designs(self) -> dict[str, dict[str, object]]:
        """The options that winners have left to their widgets."""
        return {row["widget"]: json.loads(row["design"]) for row in self._database.read("SELECT * FROM designs")}

    def stop(self, account: str, id: int, winner: str | None, *, actor: str) -> Experiment:  # noqa: A002
        """End the experiment now if it has not ended, and make the `winner` (a letter) the widget's design, if given.

        Raises UnknownExperimentError, and SettingError for an unknown letter or if another variant has won already.
        """
        now = datetime.now(UTC)
        with self._database.change() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS} FROM experiments WHERE id = ? AND account = ?", (id, account)
            ).fetchone()
            if row is None:
                raise UnknownExperimentError
            experiment = _experiment(row)
            if experiment.state(now) != "ended":
                # One that has not begun takes no time at all.
                start = min(experiment.starts_at, now)
                times = (timestamp(start), timestamp(now), id)
                connection.execute("UPDATE experiments SET starts_at = ?, ends_at = ? WHERE id = ?", times)
                record(connection, actor, account, "experiment.stop", experiment.name)
            if winner is not None:
                self._adopt(connection, experiment, winner, actor)
        return self.get(account, id)

    def _adopt(self, connection: Connection, experiment: Experiment, winner: str, actor: str) -> None:
        variant = next((variant for variant in experiment.variants if variant.letter == winner), None)
        if variant is None:
            raise SettingError("The experiment has no variant of this letter.")
        if experiment.winner not in (None, winner):
            raise SettingError(f"The variant {experiment.winner} of this experiment is the widget's design already.")
        row = connection.execute("SELECT design FROM designs WHERE widget = ?", (experiment.widget,)).fetchone()
        text = json.dumps({**(json.loads(row["design"]) if row else {}), **dict(variant.design)})
        sql = "INSERT INTO designs VALUES (?, ?) ON CONFLICT (widget) DO UPDATE SET design = excluded.design"
        connection.execute(sql, (experiment.widget, text))
        connection.execute("UPDATE experiments SET winner = ? WHERE id = ?", (winner, experiment.id))
        detail = f"{experiment.name}: variant {winner} becomes the design of {experiment.widget}"
        detail += f": {design_in_words(variant.design)}"
        record(connection, actor, experiment.account, "experiment.adopt", detail)


def _variants_text(variants: tuple[Variant, ...]) -> str:
    return json.dumps([{"share": variant.share, "design": dict(variant.design)} for variant in variants])


def _experiment(row: Row) -> Experiment:
    variants = tuple(
        Variant(letter, item["share"], tuple(sorted(item["design"].items())))
        for letter, item in zip("abcd", json.loads(row["variants"]), strict=False)
    )
    return Experiment(
        id=row["id"],
        account=row["account"],
        widget=row["widget"],
        name=row["name"],
        figure=row["figure"],
        variants=variants,
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        winner=row["winner"],
    )
