"""Findings by group, as a report shows them: what was not measured for one reason is one entry. Opens nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voiceprep.model import Finding


def groups(findings: Sequence[Finding]) -> list[tuple[str, tuple[Finding, ...]]]:
    """Return `findings` by group, in the order in which groups first appear."""
    order = list(dict.fromkeys(finding.group for finding in findings))
    ranked = sorted(findings, key=lambda finding: order.index(finding.group))
    return [(group, tuple(_together(some))) for group, some in groupby(ranked, lambda one: one.group)]


def _together(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield `findings` with neighbours that were not measured for the same reason as one."""
    for reason, same in groupby(findings, lambda finding: finding.measurement.reason):
        group = tuple(same)
        if reason:
            yield replace(group[0], label=", ".join(finding.label for finding in group))
        else:
            yield from group
