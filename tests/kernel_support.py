"""Small true-to-form sources, snapshots, tables and a package index for the kernel's tests; expects nothing itself."""

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from misbehaving import Answer, Server

from pipeline.kernel.contract import judge
from pipeline.kernel.http import Client
from pipeline.kernel.snapshot import Manifest, Snapshot, SnapshotStore
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PackageOrigin, Record, Source
from pipeline.kernel.tables import Table, read_model

ROOT = Path(__file__).parents[1]
URL = "https://models.example/api.json"
MEMBER = "demo_data/models.json"
CC0 = Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", True, "The makers of the example")


def cut(content: bytes) -> Iterator[Record]:
    """One record for each element of a JSON list."""
    yield from json.loads(content)


FIELDS = (
    Field("model_example_id", "VARCHAR", "$.id", "id of the model", required=True),
    Field("name", "VARCHAR", ("$.name", "$.title"), "name of the model", required=True),
    Field("released_on", "DATE", "$.released", "day of release"),
    Field("is_open", "BOOLEAN", "$.open", "whether the weights are open"),
    Field(
        "input_price_usd_per_mtok",
        "DOUBLE",
        "$.price.input",
        "USD per million input tokens, from USD per token",
        expression="{} * 1e6",
    ),
)


def make_source(**changes: Any) -> Source:
    """A source of models at one address; `changes` replace its attributes."""
    source = Source(
        name="example",
        title="Example",
        doc="Each model of the example.",
        homepage="https://models.example",
        subject="releases",
        origins=(HttpOrigin(URL, cut),),
        licence=CC0,
        cadence=timedelta(days=1),
        stale_after=timedelta(days=7),
        history="point_in_time",
        proved="documented",
        key=("model_example_id",),
        fields=FIELDS,
        bounds=Bounds(min_records=1),
    )
    return replace(source, **changes)


def packaged(every: Any = "release", since: str | None = None, **changes: Any) -> Source:
    """The same source in releases of the package demo-data."""
    origin = PackageOrigin("demo-data", MEMBER, cut, every=every, since=since)
    return make_source(**{"origins": (origin,), "history": "vintages", **changes})


def record(number: int, **changes: Any) -> dict[str, Any]:
    """One well-formed record."""
    values = {
        "id": f"m{number}",
        "name": f"Model {number}",
        "released": "2026-05-01",
        "open": number % 2 == 0,
        "price": {"input": 0.000_001},
    }
    return {**values, **changes}


def answer(*records: Mapping[str, Any]) -> bytes:
    return json.dumps(records).encode()


def models(count: int) -> bytes:
    """An answer with `count` well-formed records."""
    return answer(*(record(number) for number in range(count)))


def make_manifest(content: bytes = b"[]", **changes: Any) -> Manifest:
    manifest = Manifest(
        source="example",
        origin="models.example/api.json",
        observed_at="2026-05-01T10:00:00+00:00",
        captured_at="2026-05-01T10:00:00+00:00",
        sha256=hashlib.sha256(content).hexdigest(),
        byte_count=len(content),
        licence="CC0-1.0",
    )
    return replace(manifest, **changes)


def keep(store: SnapshotStore, source: Source, content: bytes, observed_at: str, **changes: Any) -> Snapshot:
    """Judges an answer of the source's first origin and stores it as a capture would."""
    origin = source.origins[0]
    judgement = judge(source, origin, content, "application/json", None)
    manifest = make_manifest(
        content, source=source.name, origin=origin.name, observed_at=observed_at, captured_at=observed_at,
        outcome="quarantined" if judgement.reason else "accepted", reason=judgement.reason,
        record_count=judgement.record_count, keys=judgement.keys,
    )  # fmt: skip
    return store.put(replace(manifest, **changes), content)


def quick_client(**settings: Any) -> Client:
    """The real client in a hurry."""
    return Client(**{"backoff_base": 0.01, "requests_per_second": 10_000, "timeout_read": 5, **settings})


def write_model(folder: Path, name: str, select: str, columns: Mapping[str, str], more: str = "") -> Table:
    """Writes `layer.name` as a SQL file with its header below `folder` and reads it back."""
    layer, _, stem = name.partition(".")
    path = folder / layer / f"{stem}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = "".join(f"  {column}: {text}\n" for column, text in columns.items())
    header = f"doc: Rows of {stem}.\ngrain: a row\nsubject: releases\ncolumns:\n{listed}{more}"
    path.write_text(f"/*\n{header}*/\n{select}\n")
    return read_model(path)


def run_python(code: str, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    """Starts a Python process that can import the project; its own process, so that it can be killed."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away what would lead requests elsewhere: proxies, pip's settings and the project's own."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith(("AJAR_", "PIP_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def wheel(version: str, members: Mapping[str, bytes], package: str = "demo_data") -> bytes:
    """A wheel that pip accepts, with these members."""
    about = f"{package}-{version}.dist-info"
    files = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: {version}\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **members,
    }
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    files[f"{about}/RECORD"] = "".join([*lines, f"{about}/RECORD,,\n"]).encode()
    return zipped(files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive with these members."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(zipfile.ZipInfo(name), content)
    return archive.getvalue()


def index_page(package: str, files: Sequence[Mapping[str, Any]]) -> bytes:
    """A package's page in the JSON form of the simple index."""
    return json.dumps({"meta": {"api-version": "1.1"}, "name": package, "files": files}).encode()


def listed(filename: str, uploaded: str | None, sha256: str = "0" * 64, **changes: Any) -> dict[str, Any]:
    """One file as an index lists it."""
    times = {} if uploaded is None else {"upload-time": uploaded}
    return {"filename": filename, "url": f"../../files/{filename}", "hashes": {"sha256": sha256}, **times, **changes}


class Index:
    """A package index on the loopback server, below /simple/, with files below /files/."""

    def __init__(self, server: Server, package: str = "demo-data") -> None:
        self.server, self.package = server, package
        self.files: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"{self.server.url}/simple"

    @property
    def page(self) -> str:
        return f"/simple/{self.package}/"

    def add(self, version: str, uploaded: str, members: Mapping[str, bytes], **changes: Any) -> str:
        """Publishes a release; its sha256."""
        content = wheel(version, members)
        filename = f"demo_data-{version}-py3-none-any.whl"
        digest = hashlib.sha256(content).hexdigest()
        self.files.append(listed(filename, uploaded, digest, **changes))
        self.server.on(f"/files/{filename}", Answer(content))
        json_form = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
        self.server.on(self.page, Answer(index_page(self.package, self.files), headers=json_form))
        return digest
