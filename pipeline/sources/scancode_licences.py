"""ScanCode LicenseDB: thousands of licences, the model licences among them, sorted by what they allow."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import yaml

from pipeline.kernel.cutting import members
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each licence or exception of the index."""
    yield from json.loads(content)


def front_matter(content: bytes) -> bytes:
    """The YAML at the head of a licence file, without the licence's text."""
    stated = re.match(rb"---\n(.*?\n)---(?:\n|$)", content, re.DOTALL)
    if stated is None:
        raise ValueError("expected YAML between two lines of dashes at the head, found none")
    return stated[1]


def cut_front_matter(content: bytes) -> Iterator[Record]:
    """The same for the licence files of ScanCode's own data package, which leave out a flag that is not set."""
    for text in members(content).values():
        about = yaml.load(text, Loader=yaml.CSafeLoader)
        yield {
            **about,
            "license_key": about["key"],
            "is_exception": bool(about.get("is_exception", False)),
            "is_deprecated": bool(about.get("is_deprecated", False)),
        }


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
        PackageOrigin(
            package="licensedcode-data",
            member="licensedcode/data/licenses/*.LICENSE",
            cut=cut_front_matter,
            every="newest",
            gather="files",
            keep=front_matter,
            prereleases=True,
            heavy=True,
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
    proved="captured",
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
        Field("name", "VARCHAR", "$.name", "full name of the licence; only in ScanCode's own package"),
        Field("owner_tag", "VARCHAR", "$.owner", "who wrote the licence; only in ScanCode's own package"),
        Field("osi_url", "VARCHAR", "$.osi_url", "the Open Source Initiative's page of it; only in that package"),
        Field("homepage_url", "VARCHAR", "$.homepage_url", "where the licence stands; only in that package"),
    ),
    # The newest index, of July 2025, has 2,579 entries.
    bounds=Bounds(min_records=2_300),
    warnings=(
        "Llama, Gemma and RAIL licences are filed under Proprietary Free, DeepSeek's under Source-available: "
        "the categories do not measure openness of models.",
        "Missing: Llama 3.0 and the research licences of Mistral and Cohere.",
        "The newest data, of 2026-05, are a pre-release of ScanCode's package: 2,715 licences, of which 198 are in a "
        "category Non-Commercial that the index of 2025 does not have; the head of each file is kept, not its text.",
    ),
)
