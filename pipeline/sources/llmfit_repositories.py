"""Open-weight repositories that the tool llmfit knows, with the licence tag that Hugging Face shows for each."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import members
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

KEPT = ("name", "license", "architecture", "parameters_raw", "release_date", "hf_downloads", "hf_likes", "pipeline_tag")


def embedded_list(content: bytes) -> bytes:
    """The list of repositories that lies as JSON inside the program, which is only searched, never run.

    Of each entry the keys in KEPT stay. ValueError when no list of named repositories is found.
    """
    for start in re.finditer(rb'\[\s*\{\s*"name"\s*:', content):
        try:
            found, _ = json.JSONDecoder().raw_decode(content[start.start() :].decode("latin-1"))
        except ValueError:
            continue
        if len(found) > 100 and all("hf_downloads" in entry for entry in found[:100]):
            entries = [{key: _utf8(entry[key]) for key in KEPT if entry.get(key) is not None} for entry in found]
            return json.dumps(entries, ensure_ascii=False, sort_keys=True, indent=0).encode()
    raise ValueError("expected a JSON list of repositories inside the program, found none")


def _utf8(value: object) -> object:
    """Text that was read byte by byte, read as the UTF-8 it is."""
    return value.encode("latin-1").decode("utf-8", "replace") if isinstance(value, str) else value


def cut(content: bytes) -> Iterator[Record]:
    """One record for each repository."""
    (listed,) = members(content).values()
    yield from json.loads(listed)


SOURCE = Source(
    name="llmfit_repositories",
    title="llmfit's repositories",
    doc="Open-weight repositories at Hugging Face that llmfit knows, with licence tag, size and architecture.",
    homepage="https://github.com/AlexsJones/llmfit",
    subject="licences",
    origins=(
        PackageOrigin(
            package="llmfit",
            member="llmfit-*.data/scripts/llmfit*",
            cut=cut,
            every="month",
            since="1.0.1",  # releases before it have no licences
            gather="files",
            keep=embedded_list,
        ),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/AlexsJones/llmfit/blob/main/LICENSE",
        redistributable=True,
        attribution="llmfit by Alex Jones (MIT), from the public model listing of Hugging Face",
    ),
    cadence=timedelta(days=30),
    stale_after=timedelta(days=120),
    history="vintages",
    proved="captured",
    key=("repository_tag",),
    fields=(
        Field("repository_tag", "VARCHAR", "$.name", "repository at Hugging Face, owner/name", required=True),
        Field(
            "licence_tag", "VARCHAR", "$.license", "Hugging Face's licence tag; empty where none is set", usually=0.5
        ),
        Field("architecture_tag", "VARCHAR", "$.architecture", "architecture as the model's configuration names it"),
        Field("parameters_count", "BIGINT", "$.parameters_raw", "parameters of the model", usually=0.5),
        Field(
            "created_on",
            "DATE",
            "$.release_date",
            "day the repository was made, which llmfit calls release date; for old models years after the release",
        ),
        Field("task_tag", "VARCHAR", "$.pipeline_tag", "Hugging Face's task, such as text-generation"),
        Field(
            "downloads_count",
            "BIGINT",
            "$.hf_downloads",
            "downloads as Hugging Face shows them (30 days by its default), read on an unknown earlier day",
        ),
        Field("likes_count", "BIGINT", "$.hf_likes", "likes, read on an unknown earlier day"),
    ),
    # The release of October 2026 lists 16,849 repositories.
    bounds=Bounds(min_records=5_000, max_drop=0.5),
    warnings=(
        "A table of licences and rough sizes, no series: most counts are copied unread from release to release.",
        "The list grew seventeen times in half a year, mostly by community fine-tunes: growth is coverage.",
        "It lies inside a compiled program and is found by searching: another layout only makes the capture fail.",
    ),
)
