"""The package client against an index on loopback: real pip, real wheels, nothing installed, nothing run."""

import importlib.util
import json
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_support import (
    MEMBER,
    Index,
    clear_environment,
    cut,
    index_page,
    listed,
    quick_client,
    run_python,
    wheel,
    zipped,
)
from misbehaving import Answer, Server
from packaging.version import Version

from pipeline.kernel.cutting import members, packaged_version
from pipeline.kernel.http import HttpFault
from pipeline.kernel.packages import (
    JSON_INDEX,
    PackageFault,
    Release,
    choose,
    download,
    index_url,
    list_releases,
    parse_index,
    read,
)
from pipeline.kernel.source import PackageOrigin

HIDDEN = "s3cr3t-of-the-test"
DATA = b'[{"id": "m1"}]'
ORIGIN = PackageOrigin("demo-data", MEMBER, cut, max_bytes=1000)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def index(server: Server, monkeypatch: pytest.MonkeyPatch) -> Index:
    index = Index(server)
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    return index


def fetcher(tmp_path: Path) -> Callable[[str, str], bytes]:
    client = quick_client()

    def fetch(url: str, accept: str) -> bytes:
        return (client.get(url, into=tmp_path / "page", accept=accept).path or tmp_path).read_bytes()

    return fetch


def versions(*files: dict[str, Any]) -> list[str]:
    return [release.version for release in parse_index(index_page("demo-data", files), "demo-data")]


def at(version: str, uploaded: str | None, **changes: Any) -> dict[str, Any]:
    return listed(f"demo_data-{version}-py3-none-any.whl", uploaded, **changes)


def test_releases_are_listed_oldest_first_with_hash_and_time(index: Index, tmp_path: Path) -> None:
    second = index.add("1.1", "2026-05-02T10:00:00.123456Z", {})
    first = index.add("1.0", "2026-05-01T23:30:00-02:00", {})
    assert list_releases("Demo_Data", fetcher(tmp_path)) == [
        Release("Demo_Data", "1.0", "2026-05-02T01:30:00+00:00", first),
        Release("Demo_Data", "1.1", "2026-05-02T10:00:00+00:00", second),
    ]
    (request,) = index.server.requests
    assert request.headers["Accept"] == JSON_INDEX


def test_backports_do_not_count() -> None:
    assert versions(
        at("1.0", "2026-01-01T00:00:00Z"), at("2.0", "2026-02-01T00:00:00Z"), at("1.1", "2026-03-01T00:00:00Z"),
        at("2.0.1", "2026-04-01T00:00:00Z"),
    ) == ["1.0", "2.0", "2.0.1"]  # fmt: skip


def test_versions_are_compared_as_versions() -> None:
    assert versions(at("1.9", "2026-01-01T00:00:00Z"), at("1.10", "2026-02-01T00:00:00Z")) == ["1.9", "1.10"]


@pytest.mark.parametrize(
    "left_out",
    [
        at("1.1", "2026-02-01T00:00:00Z", yanked=True),
        at("1.1", "2026-02-01T00:00:00Z", yanked="wrong data"),
        at("1.1rc1", "2026-02-01T00:00:00Z"),
        at("1.1.dev3", "2026-02-01T00:00:00Z"),
        at("1.1", None),
        at("1.1", "2026-02-01T00:00:00Z", **{"upload-time": None}),
        at("1.1", "2026-02-01T00:00:00Z", hashes={"md5": "0" * 32}),
        listed("demo_data-1.1.tar.gz", "2026-02-01T00:00:00Z"),
        listed("other-1.1-py3-none-any.whl", "2026-02-01T00:00:00Z"),
        listed("demo_data-one-py3-none-any.whl", "2026-02-01T00:00:00Z"),
        listed("nonsense.whl", "2026-02-01T00:00:00Z"),
    ],
    ids=lambda file: f"{file['filename']}-{file.get('yanked', '')}",
)
def test_files_that_do_not_count(left_out: dict[str, Any]) -> None:
    before, after = at("1.0", "2026-01-01T00:00:00Z"), at("1.2", "2026-03-01T00:00:00Z", yanked=False)
    assert versions(after, left_out, before) == ["1.0", "1.2"]


def test_post_releases_count_and_one_wheel_of_a_version_is_enough() -> None:
    assert versions(
        at("1.0", "2026-01-01T00:00:00Z"),
        listed("demo_data-1.0-cp311-cp311-linux_x86_64.whl", "2026-01-01T00:01:00Z"),
        at("1.0.post1", "2026-01-02T00:00:00Z"),
    ) == ["1.0", "1.0.post1"]


def test_pre_releases_count_when_asked_for() -> None:
    page = index_page("demo-data", [at("1.0", "2026-01-01T00:00:00Z"), at("2.0rc1", "2026-02-01T00:00:00Z")])
    assert [release.version for release in parse_index(page, "demo-data", prereleases=True)] == ["1.0", "2.0rc1"]


def test_wheels_for_other_machines_are_known_by_their_hashes() -> None:
    files = [
        listed(f"demo_data-1.0-cp311-cp311-{machine}.whl", f"2026-01-01T00:0{minute}:00Z", hashes={"sha256": mark * 64})
        for minute, machine, mark in [(1, "win_amd64", "b"), (0, "macosx_11_0_arm64", "a")]
    ]
    late = listed("demo_data-1.0-py3-none-any.whl", "2026-03-01T00:00:00Z", hashes={"sha256": "c" * 64})
    (release, newer) = parse_index(
        index_page("demo-data", [*files, at("1.1", "2026-02-01T00:00:00Z"), late]), "demo-data"
    )
    assert (release.sha256, release.others) == ("a" * 64, ("b" * 64,))
    assert newer.version == "1.1"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 400)), min_size=1, max_size=12))
def test_kept_versions_rise_with_time(drawn: list[tuple[int, int, int]]) -> None:
    files = [at(f"{a}.{b}", f"2026-{1 + day // 40:02}-{1 + day % 28:02}T00:00:00Z") for a, b, day in drawn]
    kept = parse_index(index_page("demo-data", files), "demo-data")
    numbers = [Version(release.version) for release in kept]
    assert numbers == sorted(set(numbers))
    assert [r.uploaded_at for r in kept] == sorted(r.uploaded_at for r in kept)
    assert numbers[-1] == max(Version(f"{a}.{b}") for a, b, _ in drawn)


@pytest.mark.parametrize("page", [b"", b"<html>", b"[]", b"null", b"{}", b'{"files": null}', b'{"files": [{}]}',
                                  b'{"files": [5]}', b'{"files": [{"filename": 5}]}'])  # fmt: skip
def test_a_page_of_another_form_is_a_fault(page: bytes) -> None:
    with pytest.raises(PackageFault, match="index page of demo-data: expected the JSON form"):
        parse_index(page, "demo-data")


@pytest.mark.parametrize(
    "files", [[], [at("1.0", None), at("1.1", None)], [at("1.0", "2026-01-01T00:00:00Z", yanked=True)]]
)
def test_a_page_without_a_release_that_counts_is_a_fault_and_not_silence(files: list[dict[str, Any]]) -> None:
    with pytest.raises(PackageFault, match=r"found none.*PIP_INDEX_URL"):
        versions(*files)


RELEASES = [
    Release("demo-data", version, f"{day}T10:00:00+00:00", "0" * 64)
    for version, day in [("1.0", "2025-12-31"), ("1.1", "2026-01-01"), ("1.2", "2026-01-31"), ("2.0", "2026-03-05")]
]


@pytest.mark.parametrize(
    ("every", "since", "expected"),
    [
        ("release", None, ["1.0", "1.1", "1.2", "2.0"]),
        ("month", None, ["1.0", "1.2", "2.0"]),
        ("newest", None, ["2.0"]),
        ("release", "1.1.1", ["1.2", "2.0"]),
        ("month", "1.2", ["1.2", "2.0"]),
        ("newest", "3", []),
        ("quarter", None, ["1.0", "2.0"]),
    ],
)
def test_releases_are_chosen(every: Any, since: str | None, expected: list[str]) -> None:
    origin = PackageOrigin("demo-data", MEMBER, cut, every=every, since=since)
    assert [release.version for release in choose(origin, RELEASES)] == expected


def test_a_backfill_asks_for_every_release_since_the_first_with_the_member() -> None:
    origin = PackageOrigin("demo-data", MEMBER, cut, every="newest", since="1.1")
    assert [release.version for release in choose(origin, RELEASES, "release")] == ["1.1", "1.2", "2.0"]


def test_a_member_is_downloaded_and_nothing_is_installed_or_run(index: Index, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"import pathlib\npathlib.Path({str(mark)!r}).write_text('ran')\n".encode()
    members = {
        MEMBER: DATA,
        "demo_data/__init__.py": code,
        "demo_data.pth": code,
        "setup.py": code,
        "conftest.py": code,
    }
    digest = index.add("1.0", "2026-05-01T10:00:00Z", members)
    assert download(Release("demo-data", "1.0", "", digest), ORIGIN) == (DATA, digest)
    assert not mark.exists()
    assert importlib.util.find_spec("demo_data") is None


def test_a_wheel_for_another_python_is_still_data(index: Index) -> None:
    about = b"Metadata-Version: 2.1\nName: demo-data\nVersion: 1.0\nRequires-Python: >=9\nRequires-Dist: nowhere\n"
    digest = index.add("1.0", "2026-05-01T10:00:00Z", {MEMBER: DATA, "demo_data-1.0.dist-info/METADATA": about},
                       **{"requires-python": ">=9"})  # fmt: skip
    assert download(Release("demo-data", "1.0", "", digest), ORIGIN) == (DATA, digest)


def test_a_wheel_that_changed_after_listing_is_refused(index: Index, tmp_path: Path) -> None:
    index.add("1.0", "2026-05-01T10:00:00Z", {MEMBER: DATA})
    (release,) = list_releases("demo-data", fetcher(tmp_path))
    tampered = Answer(wheel("1.0", {MEMBER: b"[]"}))
    index.server.on("/files/demo_data-1.0-py3-none-any.whl", tampered)
    with pytest.raises(PackageFault) as raised:
        download(release, ORIGIN)
    assert "pip download: expected success" in str(raised.value)
    assert "HASH" in str(raised.value).upper()
    index.files.clear()
    index.add("1.0", "2026-05-01T10:00:00Z", {MEMBER: b"[]"})
    with pytest.raises(PackageFault, match="pip download: expected success"):
        download(release, ORIGIN)


def test_a_source_distribution_is_never_built(index: Index, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    index.add("1.0", "2026-05-01T10:00:00Z", {MEMBER: DATA})
    index.files[0]["filename"] = "demo_data-1.0.zip"
    index.files[0]["url"] = "../../files/demo_data-1.0.zip"
    code = f"import pathlib\npathlib.Path({str(mark)!r}).write_text('ran')\n".encode()
    index.server.on("/files/demo_data-1.0.zip", Answer(zipped({"demo_data-1.0/setup.py": code})))
    index.server.on(index.page, Answer(index_page("demo-data", index.files), headers={"Content-Type": JSON_INDEX}))
    with pytest.raises(PackageFault, match="pip download"):
        download(Release("demo-data", "1.0", "", index.files[0]["hashes"]["sha256"]), ORIGIN)
    assert not mark.exists()
    assert not index.server.seen("/files/demo_data-1.0.zip")


@pytest.mark.parametrize("login", [f"user:{HIDDEN}", f"{HIDDEN}:", f"user:{HIDDEN}%40home"])
def test_credentials_of_the_index_stay_out_of_errors(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"http://{login}@127.0.0.1:{server.port}/simple")
    with pytest.raises(HttpFault) as unlisted:
        list_releases("demo-data", fetcher(tmp_path))
    with pytest.raises(PackageFault) as unfetched:
        download(Release("demo-data", "1.0", "", "0" * 64), ORIGIN)
    assert server.requests[0].headers["Authorization"].startswith("Basic ")
    for raised in (unlisted, unfetched):
        assert HIDDEN not in "".join(map(str, [raised.value, *raised.value.args, raised.value.__cause__]))


def test_credentials_stay_out_of_a_hash_error(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.add("1.0", "2026-05-01T10:00:00Z", {MEMBER: DATA})
    monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("//", f"//user:{HIDDEN}@"))
    with pytest.raises(PackageFault) as raised:
        download(Release("demo-data", "1.0", "", "f" * 64), ORIGIN)
    assert HIDDEN not in str(raised.value)


def test_the_index_is_that_of_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple/")
    assert index_url() == "https://index.example/simple"


@pytest.mark.parametrize(("written", "starts"), [("https://index.example/simple/", "https://index.example/simple\n"),
                                                 ("", "https://")])  # fmt: skip
def test_the_index_is_that_of_pips_settings_or_its_default(tmp_path: Path, written: str, starts: str) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {written}\n" if written else "")
    code = "from pipeline.kernel.packages import index_url; print(index_url())"
    out, error = run_python(code, PIP_CONFIG_FILE=str(settings)).communicate(timeout=60)
    assert out.startswith(starts), error
    assert out.endswith("/simple\n")


def test_members_up_to_the_cap_are_read(tmp_path: Path) -> None:
    archive = tmp_path / "a.whl"
    archive.write_bytes(zipped({"a/data": b"x" * 1000, "a/bomb": bytes(200_000_000)}))
    assert read(archive, of("a/data", 1000)) == b"x" * 1000
    with pytest.raises(PackageFault, match=r"a\.whl: expected a/data to hold at most 999 bytes"):
        read(archive, of("a/data", 999))
    with pytest.raises(PackageFault, match="at most 1000 bytes"):
        read(archive, of("a/bomb", 1000))


def test_a_missing_member_is_named(tmp_path: Path) -> None:
    archive = tmp_path / "a.whl"
    archive.write_bytes(zipped({"a/data": b""}))
    assert read(archive, of("a/data", 10)) == b""
    with pytest.raises(PackageFault, match=r"a\.whl: expected a member b/data, found none; has the package moved it"):
        read(archive, of("b/data", 10))


@pytest.mark.parametrize(
    "name", ["/etc/cron", "../x", "a/../../x", "a/..", "..\\x", "a\\..\\..\\x", "\\\\host\\x", "C:\\x", "c:x", "D:/x"]
)
def test_an_archive_with_a_path_that_leads_outside_is_refused_whole(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "a.whl"
    archive.write_bytes(zipped({"a/data": b"good", name: b"bad"}))
    for member in ("a/data", name):
        with pytest.raises(PackageFault, match=r"a\.whl: expected paths inside the archive"):
            read(archive, of(member, 1000))


def of(member: str | tuple[str, ...], max_bytes: int = 1000, **changes: Any) -> PackageOrigin:
    return PackageOrigin("demo-data", member, cut, max_bytes=max_bytes, **changes)


def patched(content: bytes, offset_local: int, offset_central: int, value: int) -> bytes:
    """The archive with a 16-bit field of its only member set in both of its headers."""
    changed = bytearray(content)
    struct.pack_into("<H", changed, offset_local, value)
    struct.pack_into("<H", changed, changed.index(b"PK\x01\x02") + offset_central, value)
    return bytes(changed)


WHOLE = zipped({"a/data": json.dumps(list(range(2000))).encode()})
BROKEN = {
    "empty": b"",
    "no zip": b"<html>not found</html>",
    "cut short": WHOLE[: len(WHOLE) // 2],
    "damaged": WHOLE[:200] + bytes(50) + WHOLE[250:],
    "encrypted": patched(WHOLE, 6, 8, 1),
    "unknown compression": patched(WHOLE, 8, 10, 97),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_archive_is_a_fault_that_names_it(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "a.whl"
    archive.write_bytes(BROKEN[name])
    with pytest.raises(PackageFault, match=r"a\.whl: expected a wheel"):
        read(archive, of("a/data", 100_000))


def test_a_link_in_an_archive_is_only_its_text(tmp_path: Path) -> None:
    archive = tmp_path / "a.whl"
    with zipfile.ZipFile(archive, "w") as opened:
        link = zipfile.ZipInfo("a/data")
        link.external_attr = 0o120777 << 16
        opened.writestr(link, "/etc/hostname")
    assert read(archive, of("a/data", 1000)) == b"/etc/hostname"
    assert os.listdir(tmp_path) == ["a.whl"]  # noqa: PTH208


GATHERED = {
    "a/models/one.py": b"1",
    "a/models/deep/two.py": b"22",
    "a/other.py": b"3",
    "a-1.0.dist-info/METADATA": b"x",
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "a.whl"
    path.write_bytes(zipped(GATHERED))
    return path


def test_the_first_of_several_paths_that_is_there_is_read(archive: Path) -> None:
    assert read(archive, of(("a/gone.py", "a/other.py", "a/models/one.py"))) == b"3"
    with pytest.raises(PackageFault, match=r"expected a member a/gone.py or a/lost.py, found none"):
        read(archive, of(("a/gone.py", "a/lost.py")))


def test_members_that_match_are_gathered_by_name(archive: Path) -> None:
    kept = read(archive, of(("a/models/*.py", "*.dist-info/METADATA"), gather="files"))
    assert members(kept) == {name: GATHERED[name] for name in sorted(GATHERED) if name != "a/other.py"}
    assert packaged_version(members(kept)) == "1.0"


def test_the_same_members_in_another_order_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    turned = tmp_path / "b.whl"
    turned.write_bytes(zipped(dict(reversed(GATHERED.items()))))
    for how in ("files", "names"):
        assert read(archive, of("*.py", gather=how)) == read(turned, of("*.py", gather=how))


def test_names_are_listed_without_reading_the_members(archive: Path) -> None:
    assert json.loads(read(archive, of("a/models/*", max_bytes=0, gather="names"))) == [
        "a/models/deep/two.py",
        "a/models/one.py",
    ]


@pytest.mark.parametrize("how", ["files", "names"])
def test_patterns_that_match_nothing_are_named(archive: Path, how: Any) -> None:
    with pytest.raises(
        PackageFault, match=r"a\.whl: expected members like b/\*, found none; has the package moved them"
    ):
        read(archive, of("b/*", gather=how))


def test_gathered_members_stay_below_the_cap_together(archive: Path) -> None:
    assert len(members(read(archive, of("a/models/*.py", 3, gather="files")))) == 2
    with pytest.raises(PackageFault, match=r"expected a/models/one\.py to hold at most 0 bytes"):
        read(archive, of("a/models/*.py", 2, gather="files"))


def test_only_what_is_asked_for_is_kept_of_a_member(archive: Path) -> None:
    def first(content: bytes) -> bytes:
        if content == b"3":
            raise ValueError("expected data, found 3")
        return content[:1]

    assert members(read(archive, of("a/models/*.py", gather="files", keep=first)))["a/models/deep/two.py"] == b"2"
    with pytest.raises(PackageFault, match=r"a\.whl: a/other\.py: expected data, found 3"):
        read(archive, of("a/other.py", keep=first))


@pytest.mark.parametrize("content", [b"", b"x" * 10_240, b"x" * 100])
def test_what_is_no_tar_of_files_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        members(content)
