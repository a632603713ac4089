"""Stars and forks of the repositories around open and closed models, as GitHub counts them now."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

from pipeline.kernel.cutting import answers
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

REPOSITORIES = (
    "huggingface/transformers",
    "anthropics/anthropic-sdk-python",
    "deepseek-ai/DeepSeek-V3",
    "ggml-org/llama.cpp",
    "langchain-ai/langchain",
    "meta-llama/llama-models",
    "ml-explore/mlx",
    "NVIDIA/TensorRT-LLM",
    "ollama/ollama",
    "openai/gpt-oss",
    "openai/openai-python",
    "pytorch/pytorch",
    "QwenLM/Qwen3",
    "sgl-project/sglang",
    "unslothai/unsloth",
    "vllm-project/vllm",
)
"""The repositories asked for."""


def address(repository: str) -> str:
    return f"https://api.github.com/repos/{repository}"


def others(first: bytes) -> Sequence[str]:
    """The addresses of all repositories but the first, whose answer is already there."""
    return [address(repository) for repository in REPOSITORIES[1:]]


def cut(content: bytes) -> Iterator[Record]:
    """One record for each repository."""
    for answer in answers(content):
        repository = json.loads(answer)
        yield {**repository, "licence": (repository.get("license") or {}).get("spdx_id")}


SOURCE = Source(
    name="github_repositories",
    title="GitHub repositories",
    doc="Stars, forks and licence of each of a declared list of repositories on the day of the capture.",
    homepage="https://docs.github.com/rest/repos/repos",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=address(REPOSITORIES[0]),
            cut=cut,
            accept="application/vnd.github+json",
            label="api.github.com repos",
            more=others,
            headers={"Authorization": "Bearer $AJAR_GITHUB_TOKEN", "X-GitHub-Api-Version": "2022-11-28"},
        ),
    ),
    licence=Licence(
        name="GitHub Terms of Service",
        url="https://docs.github.com/site-policy/github-terms/github-terms-of-service",
        redistributable=False,
        attribution="GitHub REST API",
    ),
    cadence=timedelta(days=1),
    stale_after=timedelta(days=7),
    history="point_in_time",
    proved="documented",
    key=("github_id",),
    fields=(
        Field("github_id", "VARCHAR", "$.full_name", "owner/name, the new one after a move", required=True),
        Field("star_count", "BIGINT", "$.stargazers_count", "accounts that starred it", required=True),
        Field("fork_count", "BIGINT", "$.forks_count", "copies on GitHub", required=True),
        Field(
            "licence_tag", "VARCHAR", "$.licence", "SPDX id by GitHub; NOASSERTION: there is a licence it cannot name"
        ),
        Field("created_at", "TIMESTAMP", "$.created_at", "when the repository was made, UTC", required=True),
        Field("pushed_at", "TIMESTAMP", "$.pushed_at", "last push, UTC"),
        Field("is_archived", "BOOLEAN", "$.archived", "whether its owner has closed it to changes"),
    ),
    bounds=Bounds(min_records=len(REPOSITORIES), max_drop=0.0),
    warnings=(
        "Stars are applause, not use, and can be bought; there is no history: it begins with the first capture.",
        "Without a token GitHub answers 60 requests an hour; to use one, set AJAR_GITHUB_TOKEN.",
        "A repository that is deleted stops the whole capture until it is taken out of the list.",
        "Unverified: no answer was read for this list; the fields are those GitHub documents.",
    ),
)
