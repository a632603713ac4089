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

from dashboards.openness import OPENNESS
from dashboards.site import write_site
from dashboards.trends import TRENDS
from tests.dashboards.sample import WHOLE, sample, write_sample

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
    write_site(write_sample(folder / "ajar.duckdb", sample(WHOLE)), folder / "site")
    return folder / "site"


DRAWN = {
    "index.html": len(TRENDS) + 1, "openness.html": len(OPENNESS), "claim-C01.html": 1, "claim-C09.html": 0,
    "claim-C15.html": 1, "claim-C28.html": 0, "sources.html": 0, "tables.html": 0, "method.html": 0,
}  # fmt: skip
AWKWARD = ("claim-C06.html", "claim-C07.html", "claim-C08.html", "claim-C12.html", "claim-C14.html")


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
    script = (
        "root.dataset.stroke = getComputedStyle(document.querySelector('#trends .mark-line path')).stroke;"
        "root.dataset.paper = getComputedStyle(document.body).backgroundColor;"
    )
    found = {}
    for scheme, setting in (("light", 1), ("dark", 0)):
        flag = f"--blink-settings=preferredColorScheme={setting}"
        seen = probed(site, tmp_path, "index.html", script, "", flag)
        found[scheme] = (seen.data("stroke"), seen.data("paper"))
    assert found["light"] == ("rgb(11, 114, 133)", "rgb(253, 252, 249)")
    assert found["dark"] == ("rgb(69, 184, 201)", "rgb(22, 22, 19)")


def probed(site: Path, tmp_path: Path, page: str, script: str, mark: str = "", *flags: str) -> Seen:
    """A page with a script of the test's own that runs once everything is drawn."""
    name = f"probe-{tmp_path.name}"
    (site / "assets" / f"{name}.js").write_text(
        "const root = document.documentElement, all = (what) => [...document.querySelectorAll(what)];"
        "const seen = (what) => all(what).filter((one) => one.checkVisibility()).length;"
        "const type = (text) => { const field = document.getElementById('search'); field.value = text;"
        "field.dispatchEvent(new Event('input')); };"
        "const key = (name, on) => on.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));"
        f"addEventListener('load', () => setTimeout(() => {{ {script} }}, 1500));"
    )
    text = (site / page).read_text()
    (site / f"{name}.html").write_text(
        text.replace("</head>", f'<script src="assets/{name}.js" defer></script></head>')
    )
    return Seen((site / f"{name}.html").as_uri() + mark, tmp_path, *flags)


def test_the_board_is_narrowed_by_verdict_and_by_words(site: Path, tmp_path: Path) -> None:
    seen = probed(
        site,
        tmp_path,
        "index.html",
        "const rows = '.board tr[id]', loose = '.untestable div[id]', button = '[data-verdict=mixed] button';"
        "root.dataset.first = seen(rows);"
        "document.querySelector(button).click();"
        "root.dataset.mixed = seen(rows) + ' ' + seen(`${rows}:not([data-verdict=mixed])`);"
        "root.dataset.pressed = document.querySelector(button).getAttribute('aria-pressed');"
        "type('c03');"
        "root.dataset.both = seen(rows);"
        "type('nothing has these words');"
        "root.dataset.none = seen(rows) + ' ' + seen('.nothing') + ' ' + seen('.board .part');"
        "all('[data-all]').find((one) => one.checkVisibility()).click();"
        "root.dataset.again = seen(rows);"
        "type('TITLE of c25');"
        "root.dataset.loose = seen(rows) + ' ' + seen(loose);"
        "key('Escape', document.getElementById('search'));"
        "root.dataset.emptied = document.getElementById('search').value + seen(rows) + ' ' + seen(loose);"
        "document.activeElement.blur(); key('/', document.body);"
        "root.dataset.focus = document.activeElement.id;",
    )
    assert seen.data("faults") is None
    assert seen.data("first") == "21"
    assert seen.data("mixed") == "5 0"
    assert seen.data("pressed") == "true"
    assert seen.data("both") == "1"
    assert seen.data("none") == "0 1 0"
    assert seen.data("again") == "21"
    assert seen.data("loose") == "0 1"
    assert seen.data("emptied") == "21 0"
    assert seen.data("focus") == "search"


def test_the_dictionary_is_searched(site: Path, tmp_path: Path) -> None:
    seen = probed(
        site,
        tmp_path,
        "tables.html",
        "const tables = '.layer details'; root.dataset.all = seen(tables);"
        "type('effect_unit'); root.dataset.found = all(tables).filter((t) => !t.hidden).map((t) => t.id).join();"
        "root.dataset.hits = seen('tr.hit'); type(''); root.dataset.again = seen(tables);",
    )
    assert seen.data("found") == "claims.test,claims.test_history"
    assert seen.data("hits") == "2"
    assert int(seen.data("all") or 0) > 30
    assert seen.data("again") == seen.data("all")


@pytest.mark.parametrize(
    ("page", "mark"), [("index.html", "#C08"), ("index.html", "#C25"), ("sources.html", "#helm_models")]
)
def test_a_link_to_a_row_shows_it(site: Path, tmp_path: Path, page: str, mark: str) -> None:
    script = (
        f"const place = document.getElementById('{mark[1:]}').getBoundingClientRect();"
        "root.dataset.top = Math.round(place.top); root.dataset.height = Math.round(place.height);"
    )
    seen = probed(site, tmp_path, page, script, mark)
    assert 0 <= int(seen.data("top") or -1) < 900
    assert int(seen.data("height") or 0) > 20


def test_the_head_of_the_board_stays_in_sight(site: Path, tmp_path: Path) -> None:
    script = (
        "const row = document.getElementById('C19'), head = document.querySelector('.board thead th');"
        "row.scrollIntoView(); root.dataset.head = Math.round(head.getBoundingClientRect().top);"
        "root.dataset.apart = Math.round(row.getBoundingClientRect().top - head.getBoundingClientRect().bottom);"
    )
    seen = probed(site, tmp_path, "index.html", script)
    assert seen.data("head") == "0"
    assert int(seen.data("apart") or -1) >= 0


@pytest.mark.parametrize("page", ["index.html", "claim-C01.html", "sources.html", "tables.html", "openness.html"])
def test_pages_are_whole_without_scripts(site: Path, tmp_path: Path, page: str) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<!doctype html><html lang="en"><iframe id="still" sandbox="allow-same-origin" src="{(site / page).as_uri()}"'
        ' width="1000" height="800"></iframe><script>const still = document.getElementById("still");'
        "const root = document.documentElement; still.onload = () => { const inner = still.contentDocument;"
        "const seen = (what) => [...inner.querySelectorAll(what)].filter((one) => one.checkVisibility()).length;"
        "root.dataset.rows = seen('.board tr[id]'); root.dataset.tools = seen('.tools');"
        "root.dataset.said = seen('noscript p');"
        "root.dataset.canvas = [...inner.querySelectorAll('.canvas')].filter((one) => one.clientHeight > 0).length;"
        "for (const fold of inner.querySelectorAll('details')) fold.open = true;"
        "root.dataset.loose = seen('.untestable div[id]'); root.dataset.data = seen('.data tbody tr'); };"
        "</script></html>"
    )
    seen = Seen(frame.as_uri(), tmp_path, "--allow-file-access-from-files")
    assert seen.data("tools") == "0"
    assert seen.data("canvas") == "0"
    if page == "index.html":
        assert (seen.data("rows"), seen.data("loose")) == ("21", "7")
    assert int(seen.data("said") or 0) == DRAWN[page]
    assert bool(int(seen.data("data") or 0)) == bool(DRAWN[page])


@pytest.mark.parametrize("page", [*DRAWN, *AWKWARD])
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
