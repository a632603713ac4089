"""Stanford HELM's model register: who made a model, when it came out, and how one can get at it."""

from collections.abc import Iterator
from datetime import timedelta

import yaml

from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

TEST_MODEL = "simple/model1"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model; HELM's own test model and word-for-word repeats are left out."""
    try:
        models = yaml.load(content, Loader=yaml.CSafeLoader)["models"]
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"expected a YAML file, found {error}") from error
    seen: dict[str, Record] = {}
    for model in models:
        name = model["name"]
        if name != TEST_MODEL and seen.get(name) != model:
            seen[name] = model
            yield model


SOURCE = Source(
    name="helm_models",
    title="HELM model register",
    doc="Each model that Stanford's HELM evaluates, with its maker, release date and access: open, limited or closed.",
    homepage="https://crfm.stanford.edu/helm/",
    subject="releases",
    origins=(
        PackageOrigin(
            package="crfm-helm",
            member="helm/config/model_metadata.yaml",
            cut=cut,
            every="month",
            since="0.4.0",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/stanford-crfm/helm/blob/main/LICENSE",
        redistributable=True,
        attribution="HELM, Stanford Center for Research on Foundation Models (Apache-2.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    proved="captured",
    key=("helm_id",),
    fields=(
        Field("helm_id", "VARCHAR", "$.name", "HELM's id, organisation/model", required=True),
        Field("name", "VARCHAR", "$.display_name", "display name of the model", required=True),
        Field(
            "organisation_tag",
            "VARCHAR",
            "$.creator_organization_name",
            "maker of the model as HELM writes it",
            required=True,
        ),
        Field(
            "access_tag",
            "VARCHAR",
            "$.access",
            "open: weights can be had; limited: only through an API or on request; closed: not to outsiders",
            required=True,
        ),
        Field("released_on", "DATE", ("$.release_date", "$.release"), "release date of this model by HELM's account"),
        Field(
            "parameters_count",
            "BIGINT",
            "$.num_parameters",
            "parameters of the model; missing where the maker does not say",
        ),
        Field("tags", "JSON", "$.tags", "HELM's tags as a JSON list: modality, tuning, deprecation"),
    ),
    # The oldest copy kept, of December 2023, has 145 models.
    bounds=Bounds(min_records=120),
    warnings=(
        "HELM says open of any weights one can download, whatever the licence; it records no licence.",
        "The register follows what HELM evaluates: 248 of its models are of 2024, 124 of 2025, 11 of 2026.",
        "Some IBM models have their date under another key; one of these, 2024-18-4, is no date and stays empty.",
        "No release of the package between 2024-10 and 2025-04.",
    ),
)
