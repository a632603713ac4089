"""Pulls of the images that serve open models, as Docker Hub counts them."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

from pipeline.kernel.cutting import answers
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

IMAGES = ("ollama/ollama", "vllm/vllm-openai")


def address(image: str) -> str:
    return f"https://hub.docker.com/v2/repositories/{image}/"


def others(first: bytes) -> Sequence[str]:
    """The addresses of all images but the first, whose answer is already there."""
    return [address(image) for image in IMAGES[1:]]


def cut(content: bytes) -> Iterator[Record]:
    """One record for each image, by the name that its answer gives; an answer for each image asked for, or none."""
    found = [json.loads(answer) for answer in answers(content)]
    if len(found) != len(IMAGES):
        raise ValueError(f"expected {len(IMAGES)} answers, found {len(found)}")
    for answer in found:
        yield {**answer, "image": f"{answer['namespace']}/{answer['name']}"}


SOURCE = Source(
    name="docker_pulls",
    title="Docker Hub pulls",
    doc="How often the images of Ollama and vLLM have been pulled from Docker Hub since they were put there.",
    homepage="https://docs.docker.com/reference/api/hub/latest/",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=address(IMAGES[0]),
            cut=cut,
            label="hub.docker.com repositories",
            more=others,
        ),
    ),
    licence=Licence(
        name="Docker Terms of Service",
        url="https://www.docker.com/legal/docker-terms-service/",
        redistributable=False,
        attribution="Docker Hub API",
    ),
    cadence=timedelta(days=1),
    stale_after=timedelta(days=7),
    history="point_in_time",
    proved="documented",
    key=("image",),
    fields=(
        Field("image", "VARCHAR", "$.image", "owner/name of the image", required=True),
        Field("pull_count", "BIGINT", "$.pull_count", "pulls since the beginning; take differences", required=True),
        Field("star_count", "BIGINT", "$.star_count", "accounts that starred it"),
        Field("updated_at", "TIMESTAMP", "$.last_updated", "last push of an image, UTC"),
    ),
    bounds=Bounds(min_records=len(IMAGES), max_drop=0.0),
    warnings=(
        "Machines pull, mostly: clusters that restart and automatic builds count every time.",
        "There is no history: it begins with the first capture.",
        "Unverified: no answer was read; how often the service may be asked is not documented.",
    ),
)
