"""ScanCode LicenseDB: thousands of licences, the model licences among them, sorted by what they allow."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each licence or exception of the index."""
    yield from json.loads(content)


SOURCE = Source(
    name="scancode_licences",
    title="ScanCode LicenseDB",
    doc="Each licence that ScanCode knows, with the category its curators put it in and its SPDX identifier.",
    homepage="https://scancode-licensedb.aboutcode.org/",
    subject="licences",
    origins=(
        PackageOrigin(
            package="license-expression",
            member="license_expression/data/scancode-licensedb-index.json",
            cut=cut,
            every="newest",
        ),
        HttpOrigin(url="https://scancode-licensedb.aboutcode.org/index.json", cut=cut),
    ),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://github.com/aboutcode-org/scancode-licensedb/blob/main/NOTICE",
        redistributable=True,
        attribution="ScanCode LicenseDB, Copyright (c) nexB Inc. and others (CC BY 4.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    key=("licence_key",),
    fields=(
        Field("licence_key", "VARCHAR", "$.license_key", "ScanCode's key of the licence", required=True),
        Field(
            "category_tag",
            "VARCHAR",
            "$.category",
            "ScanCode's category, such as Permissive or Proprietary Free",
            required=True,
        ),
        Field(
            "spdx_id",
            "VARCHAR",
            "$.spdx_license_key",
            "SPDX identifier; LicenseRef-scancode-… where SPDX has none of its own",
        ),
        Field(
            "is_exception", "BOOLEAN", "$.is_exception", "whether it is an exception added to a licence", required=True
        ),
        Field("is_deprecated", "BOOLEAN", "$.is_deprecated", "whether ScanCode has withdrawn the key", required=True),
    ),
    # The newest index, of July 2025, has 2,579 entries.
    bounds=Bounds(min_records=2_300),
    warnings=(
        "Llama, Gemma and RAIL licences are filed under Proprietary Free, DeepSeek's under Source-available: "
        "the categories do not measure openness of models.",
        "Missing: Llama 3.0 and the research licences of Mistral and Cohere.",
    ),
)
