"""The pages in a real browser, from disk and without a network: charts drawn, nothing asked of any host."""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dashboards.site import write_site
from dashboards.trends import TRENDS
from tests.dashboards.sample import sample, write_sample

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--no-default-browser-check", "--disable-features=OptimizationHints",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=10000",
)  # fmt: skip
"""Whatever the browser itself would like to ask, it finds no host but this one."""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium on the path")


class Seen:
    """A page as the browser had it in the end: its elements, what went wrong, and every address it asked for."""

    def __init__(self, address: str, folder: Path, *flags: str) -> None:
        assert BROWSER is not None
        network, profile = folder / "network.json", folder / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        command = [
            BROWSER, *FLAGS, f"--user-data-dir={profile}", f"--log-net-log={network}", "--enable-logging=stderr",
            "--window-size=1280,900", *flags, "--dump-dom", address,
        ]  # fmt: skip
        environment = {**os.environ, "HOME": str(folder)}
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        assert ended.returncode == 0, ended.stderr[-2000:]
        self.dom = ended.stdout
        self.console = [line for line in ended.stderr.splitlines() if "CONSOLE" in line]
        self.asked = requested(network)

    def data(self, name: str) -> str | None:
        """A data attribute of the root element."""
        found = re.search(rf'<html[^>]*\sdata-{name}="([^"]*)"', self.dom)
        return html.unescape(found[1]) if found else None


def requested(log: Path) -> list[str]:
    """The addresses that pages asked for, from a network log; what the browser asks of its own accord has no origin.

    A log that was cut off in its last line is read up to there.
    """
    text = log.read_text()
    try:
        events: list[dict[str, Any]] = json.loads(text)["events"]
    except json.JSONDecodeError:
        events = json.loads(text.rstrip().rstrip(",") + "]}")["events"]
    started = [event.get("params", {}) for event in events if "initiator" in event.get("params", {})]
    return sorted({params["url"] for params in started if params["initiator"] != "not an origin"})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_site(write_sample(folder / "ajar.duckdb", sample(2)), folder / "site")
    return folder / "site"


DRAWN = {"index.html": len(TRENDS), "claim-C01.html": 1, "sources.html": 0, "tables.html": 0, "method.html": 0}


@pytest.mark.parametrize(("page", "count"), DRAWN.items())
def test_charts_are_drawn_and_nothing_goes_wrong(site: Path, tmp_path: Path, page: str, count: int) -> None:
    seen = Seen((site / page).as_uri(), tmp_path)
    assert seen.data("faults") is None
    assert seen.console == []
    assert seen.data("charts") == seen.data("asked") == str(count)
    drawings = re.findall(r'<svg[^>]*class="marks".*?</svg>', seen.dom, re.DOTALL)
    assert len(drawings) == count
    for drawing in drawings:
        marks = re.findall(
            r'class="mark-(line|area|rect|symbol) role-mark[^"]*".*?<path[^>]* d="([^"]+)"', drawing, re.DOTALL
        )
        assert marks
        assert any(len(path) > 20 for _, path in marks)


@pytest.mark.parametrize("page", ["index.html", "claim-C01.html"])
def test_no_request_leaves_the_machine(site: Path, tmp_path: Path, page: str) -> None:
    asked = Seen((site / page).as_uri(), tmp_path).asked
    assert [address for address in asked if not address.startswith(("file://", "data:", "chrome:", "blob:"))] == []


def test_the_log_would_show_a_request(site: Path, tmp_path: Path) -> None:
    page = tmp_path / "asking.html"
    page.write_text('<!doctype html><html lang="en"><img src="http://127.0.0.1:9/picture.png" alt=""></html>')
    assert "http://127.0.0.1:9/picture.png" in Seen(page.as_uri(), tmp_path).asked


def test_the_policy_stops_what_a_page_must_not_do(site: Path, tmp_path: Path) -> None:
    page = site / "broken.html"
    text = (site / "method.html").read_text()
    page.write_text(
        text.replace(
            "</main>", '<img src="http://127.0.0.1:9/picture.png" alt=""><script>document.title="ran"</script></main>'
        )
    )
    seen = Seen(page.as_uri(), tmp_path)
    assert any("img-src" in line for line in seen.console)
    assert any("script-src" in line for line in seen.console)
    assert "<title>ran" not in seen.dom
    assert "http://127.0.0.1:9/picture.png" not in seen.asked


def test_a_chart_that_cannot_be_drawn_is_said(site: Path, tmp_path: Path) -> None:
    page = site / "wrong.html"
    text = (site / "claim-C01.html").read_text()
    page.write_text(text.replace('"mark":{', '"mark":5,"was":{'))
    assert page.read_text() != text
    seen = Seen(page.as_uri(), tmp_path)
    assert seen.data("charts") == "0"
    assert "could not be drawn" in seen.dom
    assert seen.data("faults")


def test_colours_follow_the_scheme(site: Path, tmp_path: Path) -> None:
    probe = site / "probe.html"
    text = (site / "index.html").read_text()
    (site / "assets" / "probe.js").write_text(
        'addEventListener("load", () => setTimeout(() => { const line = document.querySelector(".mark-line path");'
        "document.documentElement.dataset.stroke = getComputedStyle(line).stroke;"
        "document.documentElement.dataset.paper = getComputedStyle(document.body).backgroundColor; }, 3000));"
    )
    probe.write_text(text.replace("</head>", '<script src="assets/probe.js" defer></script></head>'))
    found = {}
    for scheme, setting in (("light", 1), ("dark", 0)):
        seen = Seen(probe.as_uri(), tmp_path, f"--blink-settings=preferredColorScheme={setting}")
        found[scheme] = (seen.data("stroke"), seen.data("paper"))
    assert found["light"] == ("rgb(11, 114, 133)", "rgb(253, 252, 249)")
    assert found["dark"] == ("rgb(69, 184, 201)", "rgb(22, 22, 19)")


@pytest.mark.parametrize("page", DRAWN)
def test_narrow_screens_do_not_scroll_sideways(site: Path, tmp_path: Path, page: str) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<!doctype html><html lang="en"><iframe id="phone" src="{(site / page).as_uri()}" width="390" height="800">'
        "</iframe><script>const phone = document.getElementById('phone'), root = document.documentElement;"
        "phone.onload = () => setTimeout(() => { const inner = phone.contentDocument.documentElement;"
        "root.dataset.room = inner.clientWidth; root.dataset.taken = inner.scrollWidth; }, 3000);</script></html>"
    )
    seen = Seen(frame.as_uri(), tmp_path, "--allow-file-access-from-files")
    assert 350 <= int(seen.data("room") or 0) <= 390
    assert seen.data("taken") == seen.data("room")
