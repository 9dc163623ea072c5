"""Findings as every report shows them: those that were not measured for one reason stand together. Opens nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voiceprep.model import Finding


def together(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield `findings` with neighbours of a group that were not measured for the same reason as one."""
    for (_, reason), same in groupby(findings, lambda finding: (finding.group, finding.measurement.reason)):
        group = tuple(same)
        if reason and len(group) > 1:
            label = ", ".join(finding.label for finding in group)
            yield replace(group[0], label=label, band=None, source=None)
        else:
            yield from group
