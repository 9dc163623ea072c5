"""The table of contents: names of metrics, formats, engines and executors, and where each one lives.

Listing them imports nothing heavy. Adding one is one file (or one function) and one line here. Wherever a name works, a
`module:attribute` path works too, so that other packages need no plugin system.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePath

# In the order in which a report shows them: what was said, then how.
METRICS: Mapping[str, str] = {
    "one_event": "voiceprep.metrics.event:ONE_EVENT",
    "situation": "voiceprep.metrics.star:SITUATION",
    "task": "voiceprep.metrics.star:TASK",
    "action": "voiceprep.metrics.star:ACTION",
    "result": "voiceprep.metrics.star:RESULT",
    "star_parts": "voiceprep.metrics.star:STAR_PARTS",
    "points": "voiceprep.metrics.question:POINTS",
    "question_words": "voiceprep.metrics.question:QUESTION_WORDS",
    "result_numbers": "voiceprep.metrics.content:RESULT_NUMBERS",
    "i_share": "voiceprep.metrics.content:I_SHARE",
    "first_fact": "voiceprep.metrics.event:FIRST_FACT",
    "opening": "voiceprep.metrics.edges:OPENING",
    "ending": "voiceprep.metrics.edges:ENDING",
    "signposts": "voiceprep.metrics.signposts:SIGNPOSTS",
    "hedges": "voiceprep.metrics.hedges:HEDGES",
    "pet_phrases": "voiceprep.metrics.pet_phrases:PET_PHRASES",
    "length": "voiceprep.metrics.timing:LENGTH",
    "response_latency": "voiceprep.metrics.timing:RESPONSE_LATENCY",
    "pace": "voiceprep.metrics.timing:PACE",
    "articulation_rate": "voiceprep.metrics.timing:ARTICULATION_RATE",
    "mean_length_of_run": "voiceprep.metrics.timing:MEAN_LENGTH_OF_RUN",
    "phonation_ratio": "voiceprep.metrics.timing:PHONATION_RATIO",
    "silent_pauses": "voiceprep.metrics.pauses:SILENT_PAUSES",
    "pause_share": "voiceprep.metrics.pauses:PAUSE_SHARE",
    "longest_pause": "voiceprep.metrics.pauses:LONGEST_PAUSE",
    "long_pauses_within": "voiceprep.metrics.pauses:LONG_PAUSES_WITHIN",
    "hesitation_clusters": "voiceprep.metrics.flow:HESITATION_CLUSTERS",
    "filled_pauses": "voiceprep.metrics.fillers:FILLED_PAUSES",
    "filler_words": "voiceprep.metrics.fillers:FILLER_WORDS",
    "hesitations": "voiceprep.metrics.fillers:HESITATIONS",
    "hesitation_share": "voiceprep.metrics.fillers:HESITATION_SHARE",
    "repetitions": "voiceprep.metrics.fillers:REPETITIONS",
    "pitch_spread": "voiceprep.metrics.delivery:PITCH_SPREAD",
    "flat_stretches": "voiceprep.metrics.delivery:FLAT_STRETCHES",
    "rising_ends": "voiceprep.metrics.delivery:RISING_ENDS",
    "fading_ends": "voiceprep.metrics.delivery:FADING_ENDS",
    "loudness_spread": "voiceprep.metrics.delivery:LOUDNESS_SPREAD",
}

FORMATS: Mapping[str, str] = {
    "text": "voiceprep.report.text:render",
    "html": "voiceprep.report.html:render",
    "json": "voiceprep.report.data:render",
    "md": "voiceprep.report.markdown:render",
    "csv": "voiceprep.report.table:render",
    "vtt": "voiceprep.report.captions:render",
    "textgrid": "voiceprep.report.textgrid:render",
}

# A file's ending, in lower case, to the format it asks for.
ENDINGS: Mapping[str, str] = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".md": "md",
    ".markdown": "md",
    ".csv": "csv",
    ".vtt": "vtt",
    ".textgrid": "textgrid",
}

ENGINES: Mapping[str, str] = {
    "whisper": "voiceprep.engines.whisper:open_engine",
}

# Who does the work of a batch: a function of (workers, threads of each, address of a scheduler).
EXECUTORS: Mapping[str, str] = {
    "serial": "voiceprep.batch.executors:serial",
    "processes": "voiceprep.batch.executors:processes",
    "dask": "voiceprep.batch.cluster:dask",
}


def load(table: Mapping[str, str], name: str) -> Any:  # noqa: ANN401  (what a table names is the caller's knowledge)
    """Import and return what `name` stands for in `table`, or at the path `module:attribute` that it is."""
    path = table.get(name, name)
    module, _, attribute = path.partition(":")
    if not attribute:
        raise InputError(f"{name!r} is not known", hint=f"Known are: {', '.join(table)}; or give module:attribute.")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        if name in table:
            raise
        raise InputError(f"{name!r} cannot be loaded: {error}") from error


def format_of(path: PurePath) -> str:
    """Return the name of the format that the ending of `path` asks for."""
    name = ENDINGS.get(path.suffix.lower())
    if name is None:
        known = " ".join(ENDINGS)
        raise InputError(f"{path.name!r} does not end in a known format", hint=f"Use one of {known}, or -f FORMAT.")
    return name
