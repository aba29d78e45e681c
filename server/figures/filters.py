"""What selects the rows of a question, besides its time range, as conditions of SQL.

Only the conditions that are asked for are in a statement: the engine takes longer to understand ten that are always
true than to read the rows of a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import page_totals
from .question import FILTERS, Question

# By the bit of the class of the rows that do not meet them, see `sql/page_views.sql`. A region that was named by chance
# selects nothing, and an error has no layout.
_CONDITIONS = {
    1: {"widget": "widget = {widget:String}", "not_widget": "widget != {not_widget:String}"},
    2: {"layout": "layout = {layout:String}", "not_layout": "layout NOT IN ('', {not_layout:String})"},
    4: {"version": "version = {version:String}", "not_version": "version != {not_version:String}"},
    8: {"code": "code = {code:String}"},
    16: {
        "region": "region = {region:String} AND truth = 1",
        "not_region": "region NOT IN ('', {not_region:String}) AND truth = 1",
    },
}


@dataclass(frozen=True)
class Filter:
    """The conditions of a question. Those that are not asked for are empty."""

    account: str
    widget: str
    layout: str
    version: str
    region: str
    not_widget: str
    not_layout: str
    not_version: str
    not_region: str
    code: str
    exclusions: str  # a condition of SQL

    @classmethod
    def of(cls, question: Question) -> Filter:
        return cls(
            question.account, *(getattr(question, name) or "" for name in (*FILTERS, "code")), **question.literals
        )

    def parameters(self) -> dict[str, object]:
        """The account, and the values of the conditions that are asked for."""
        return {
            "account": self.account,
            **{name: getattr(self, name) for names in self._asked().values() for name in names},
        }

    def expressions(self) -> dict[str, str]:
        """The `$names` of `sql/selection.sql`, and those of the totals of a page view."""
        asked = {bit: " AND ".join(conditions.values()) for bit, conditions in self._asked().items()}
        totals = page_totals.expressions(widget=bool(self.widget), layout=bool(self.layout), code=bool(self.code))
        return {
            **totals,
            "has_errors": "0" if self.layout or self.not_layout else "1",
            "class": " + ".join(f"if({conditions}, 0, {bit})" for bit, conditions in asked.items()) or "0",
            "filter": "".join(f"AND {conditions}\n    " for conditions in asked.values()).strip(),
            "exclusions": self.exclusions,
        }

    def _asked(self) -> dict[int, dict[str, str]]:
        """The conditions that are asked for, by bit and name."""
        asked = {
            bit: {name: condition for name, condition in conditions.items() if getattr(self, name)}
            for bit, conditions in _CONDITIONS.items()
        }
        return {bit: conditions for bit, conditions in asked.items() if conditions}
