"""The pages as files: all written, linked, escaped, and saying what the published file says and nothing else."""

import json
import re
from copy import deepcopy
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards import words
from dashboards.answers import plain_sentence
from dashboards.charts import THEMED, themed
from dashboards.curves import MOST_SPECIFICATIONS, Curve, specification_curve
from dashboards.openness import DEFINITIONS, DEFINITIONS_NOW, OPENNESS
from dashboards.published import COLUMNS, ESSAY_SECTIONS, OPENING, Claim
from dashboards.site import template_environment, write_site
from dashboards.trends import TRENDS
from pipeline.kernel.project import open_project
from pipeline.kernel.warehouse import reader
from tests.dashboards.sample import BREAKING, DAYS, HOSTILE, NOW, WHOLE, Rows, sample, write_sample


class Page(HTMLParser):
    """A page taken apart: its elements, links, marks, visible text and embedded JSON."""

    VOID = frozenset({"meta", "link", "br", "col", "img", "hr", "input", "path", "rect", "circle", "line", "use"})

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.unclosed: list[str] = []
        self.feed(path.read_text())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.elements.append((tag, named))
        if "id" in named:
            self.ids.append(named["id"])

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.unclosed, f"{self.path.name}: </{tag}> closes nothing"
        opened = self.unclosed.pop()
        assert opened == tag, f"{self.path.name}: </{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        (self.scripts if self.unclosed[-1:] == ["script"] else self.texts).append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def write(folder: Path, rows: Rows) -> dict[str, Page]:
    write_site(write_sample(folder / "ajar.duckdb", rows), folder / "site")
    return {path.name: Page(path) for path in (folder / "site").glob("*.html")}


@pytest.fixture(scope="module")
def rows() -> Rows:
    return sample()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, rows: Rows) -> dict[str, Page]:
    return write(tmp_path_factory.mktemp("release"), rows)


def changed(rows: Rows, table: str, key: dict[str, Any], **values: Any) -> Rows:
    """A copy of the rows with the matching ones of a table changed."""
    copied = deepcopy(rows)
    matching = [row for row in copied[table] if all(row.get(name) == value for name, value in key.items())]
    assert matching, f"{table}: expected rows with {key}, found none"
    for row in matching:
        row.update(values)
    return copied


def test_every_page_is_written(site: dict[str, Page], rows: Rows) -> None:
    claims = {f"claim-{row['claim_id']}.html" for row in rows["claims.claim"]}
    assert set(site) == {"index.html", "openness.html", "sources.html", "tables.html", "method.html", *claims}


def test_pages_are_well_formed(site: dict[str, Page]) -> None:
    for name, page in site.items():
        assert page.unclosed == [], name
        assert page.of("html") == [{"lang": "en"}], name
        assert len(page.of("h1")) == len(page.of("title")) == len(page.of("main")) == 1, name
        assert len(page.ids) == len(set(page.ids)), f"{name}: expected each id once, found {page.ids}"
        assert all(len(element["d"]) > 3 for element in page.of("path")), name


def test_internal_links_and_marks_resolve(site: dict[str, Page]) -> None:
    for name, page in site.items():
        links = [e["href"] for tag in ("a", "link", "use") for e in page.of(tag)]
        links += [e["src"] for e in page.of("script") if "src" in e]
        links += [f"#{e['data-chart']}" for e in page.of("div") if "data-chart" in e]
        assert len(links) > 8
        for link in links:
            if link.startswith("https://"):
                continue
            target, _, mark = link.partition("#")
            path = page.path.parent / target if target else page.path
            assert path.is_file(), f"{name}: {link}"
            if mark:
                assert mark in site[path.name].ids, f"{name}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: dict[str, Page]) -> None:
    for name, page in site.items():
        loaded = [e.get("src", "") for tag in ("script", "img", "iframe") for e in page.of(tag)]
        loaded += [e["href"] for e in page.of("link")]
        assert not [address for address in loaded if ":" in address or address.startswith("//")], name
        (policy,) = (e["content"] for e in page.of("meta") if e.get("http-equiv") == "Content-Security-Policy")
        assert policy.startswith("default-src 'none'"), name
        assert "unsafe" not in policy, name
        assert "http" not in policy, name
        assert not [e for _, e in page.elements if "style" in e or any(key.startswith("on") for key in e)], name
    assert "http" not in (site["index.html"].path.parent / "assets" / "style.css").read_text()


def test_hostile_texts_stay_texts(tmp_path: Path, rows: Rows) -> None:
    hostile = changed(rows, "claims.claim", C01, title=HOSTILE, statement=BREAKING, question='" onload="x')
    hostile = changed(hostile, "claims.verdict", C01, reason=BREAKING)
    hostile = changed(hostile, "meta.source", HELM, licence=HOSTILE, licence_url="javascript:alert(3)")
    hostile = changed(hostile, "claims.figure", C01, title=BREAKING, sql=f"select '{BREAKING}' -- marts.release")
    pages = write(tmp_path, hostile)
    for name, page in pages.items():
        inline = [e for e in page.of("script") if "src" not in e]
        assert all(e.get("type") == "application/json" for e in inline), name
        assert len(inline) == len(page.scripts), name
        assert not any(key.startswith("on") for _, e in page.elements for key in e), name
        assert not [e for e in page.of("a") if e["href"].startswith("javascript")], name
        assert page.unclosed == [], name
    assert HOSTILE in pages["index.html"].text
    assert BREAKING in pages["claim-C01.html"].text
    assert HOSTILE in pages["sources.html"].text
    drawn = [row for chart in charts(pages["index.html"]) for row in chart["data"]["values"]]
    assert {row["best_name"] for row in drawn if "best_name" in row} == {HOSTILE, BREAKING}


def charts(page: Page) -> list[dict[str, Any]]:
    return [json.loads(text) for text in page.scripts]


def test_board_says_what_the_verdicts_are(site: dict[str, Page], rows: Rows) -> None:
    page = site["index.html"]
    for row in rows["claims.claim"]:
        assert row["title"] in page.text
    assert [e["data-verdict"] for e in page.of("tr") if "data-verdict" in e] == [
        "supported", "contradicted", "mixed", "insufficient-evidence",
    ]  # fmt: skip
    assert [e["data-verdict"] for e in page.of("div") if "data-verdict" in e] == ["not-testable"]
    assert f"Reason of C02 on {DAYS[-1]} hindsight." in page.text
    assert f"Reason of C05 on {DAYS[0]} hindsight." in page.text
    assert "Verdicts as of 30 September 2026" in page.text


Key = dict[str, Any]
SHARE = {"hypothesis_id": "C01.share"}
LAG = {"hypothesis_id": "C01.lag"}
C01 = {"claim_id": "C01"}
ANY = {"definition": "open_any"}
HELM = {"source": "helm_models"}
OLD = NOW - timedelta(days=900)
DAY_BEFORE = DAYS[-1] - timedelta(days=1)
CHANGES: list[tuple[str, str, Key, Key, str]] = [
    (
        "index",
        "claims.verdict",
        C01,
        {"reason": "C01.share supports."},
        "62%: estimand of C01.share 51 to 73%, n = 137",
    ),
    ("index", "claims.verdict", C01, {"reason": "Nothing was sold. In figures: n = 3."}, "Nothing was sold."),
    ("index", "claims.verdict", {"claim_id": "C02"}, {"verdict": "mixed"}, "0 contradicted"),
    ("index", "claims.verdict", {"as_of": DAYS[-1]}, {"as_of": DAY_BEFORE}, "29 September 2026"),
    ("index", "meta.source", {}, {"last_observed_at": OLD}, f"0 fresh, {len(open_project().sources)} older"),
    ("index", "meta.source", {}, {"last_observed_at": None}, f"{len(open_project().sources)} never captured here"),
    ("index", "marts.release_openness", ANY, {"label": "closed"}, "are known, 0% can be downloaded"),
    ("openness", "marts.release_openness", ANY, {"label": "open"}, "100% can be downloaded"),
    ("openness", "marts.release_openness", {"definition": "osi_weights"}, {"label": "open"}, "100% come under a"),
    ("index", "marts.capability_frontier_monthly", {}, {"best_rating": 1777.0}, "is rated 1777"),
    ("index", "marts.price_floor_monthly", {}, {"floor_price_usd_per_mtok": 3.21}, "3.21 dollars"),
    ("index", "marts.price_level_monthly", {}, {"median_price_usd_per_mtok": 6.54}, "6.54 dollars"),
    ("index", "marts.listings_per_open_model_monthly", {}, {"model_count": 909}, "909 open models"),
    ("claim-C01", "claims.test", SHARE, {"estimate": 0.5678}, "56.8% estimand of C01.share 51 to 73%"),
    ("claim-C01", "claims.test", SHARE, {"sample_size": 4321}, "n = 4,321"),
    ("claim-C01", "claims.test", SHARE, {"interval_level": None}, "(bounds, not of sampling)"),
    ("claim-C01", "claims.test", SHARE, {"estimate": None}, "No finite estimate"),
    ("claim-C01", "claims.test", {**SHARE, "as_of": DAYS[1]}, {"estimate": 0.4321}, "43.2%"),
    ("claim-C01", "claims.test", LAG, {"estimate": 9.87}, "9.87 months"),
    ("claim-C01", "claims.test", LAG, {"p_adjusted": 0.4567}, "0.457"),
    ("claim-C01", "claims.test", SHARE, {"decision": "inconclusive"}, "inconclusive"),
    ("claim-C01", "claims.hypothesis", SHARE, {"minimum_sample": 808}, "808"),
    ("claim-C01", "claims.specification", C01, {"has_claimed_sign": True}, "12 of 12"),
    ("claim-C01", "claims.claim", C01, {"caveats": '["Quite another caveat."]'}, "Quite another caveat."),
    ("claim-C01", "claims.claim", C01, {"ceiling": "mixed"}, "at most the verdict “mixed”"),
    ("sources", "meta.source", HELM, {"snapshot_count": 1234}, "1,234 snapshots"),
    ("sources", "meta.source", HELM, {"is_redistributable": False}, "may not be passed on"),
    ("tables", "meta.column", {"column_name": "claim_id"}, {"doc": "another meaning"}, "another meaning"),
]


@pytest.mark.parametrize(("page", "table", "key", "change", "said"), CHANGES)
def test_pages_follow_the_file(
    tmp_path: Path, site: dict[str, Page], rows: Rows, page: str, table: str, key: Key, change: Key, said: str
) -> None:
    assert said not in site[f"{page}.html"].text
    assert said in write(tmp_path, changed(rows, table, key, **change))[f"{page}.html"].text


def test_verdict_now_is_of_the_newest_day_in_hindsight(tmp_path: Path, rows: Rows) -> None:
    split = changed(rows, "claims.verdict", {**C01, "as_of": DAYS[-1], "clock": "then"}, verdict="contradicted")
    split = changed(split, "claims.verdict", {**C01, "as_of": DAYS[0], "clock": "then"}, verdict="mixed")
    split["claims.verdict"].reverse()
    page = write(tmp_path, split)["index.html"]
    row = page.text[page.text.index("Title of C01") : page.text.index("Title of C02")]
    said = re.findall("Supported|Contradicted|Mixed|Insufficient evidence", row)
    assert said[:3] == ["Supported", "Mixed", "Insufficient evidence"]


def test_ages_are_counted_against_each_source(site: dict[str, Page], rows: Rows) -> None:
    text = site["sources.html"].text
    assert "Older than promised: 90 days old, promised within 10 days" in text
    assert "failed: HTTP 503" in text
    assert text.count("Fresh: 2 days old") == len(rows["meta.source"]) - 1


def table_of(name: str) -> str:
    """The table that the columns of this name are read from."""
    return f"{'meta' if name in ('source', 'column') else 'claims'}.{name}"


@pytest.mark.parametrize("table", sorted(sample(1)))
@pytest.mark.parametrize("gone", ["absent", "empty"])
def test_a_missing_table_is_said_and_breaks_nothing(tmp_path: Path, rows: Rows, table: str, gone: str) -> None:
    left = {name: [] if name == table else listed for name, listed in rows.items() if name != table or gone == "empty"}
    pages = write(tmp_path, left)
    text = pages["index.html"].text
    read = set(map(table_of, COLUMNS))
    drawn = {name for trend in (*TRENDS, DEFINITIONS_NOW) for name in re.findall(r"marts\.\w+", trend.sql)}
    if table in read:
        assert f"{table} {'is not in the file' if gone == 'absent' else 'has no rows'}" in text
    if table in drawn:
        assert ("cannot answer its query" if gone == "absent" else "found no rows") in text
    assert ("claim-C01.html" in pages) == (table != "claims.claim")


def test_tables_are_listed_with_their_rows_and_words(site: dict[str, Page], rows: Rows) -> None:
    text = site["tables.html"].text
    for name in ("marts.price_level_monthly", "claims.test", "meta.source"):
        assert f"{name} {words.counted(len(rows[name]), 'row')}{open_project().tables[name].header.doc}" in text
    assert "core.model not in this file" in text
    for column in open_project().tables["marts.release"].header.columns.values():
        assert column.doc in text


def test_a_file_with_nothing_in_it_gives_pages_that_say_so(tmp_path: Path) -> None:
    pages = write(tmp_path, {})
    assert "holds no claims" in pages["index.html"].text
    assert pages["index.html"].text.count("No chart:") == len(TRENDS) + 1
    assert pages["openness.html"].text.count("No chart:") == len(OPENNESS)
    assert "names no source" in pages["sources.html"].text
    assert "holds no tables" in pages["tables.html"].text


def test_no_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="ajar run"):
        write_site(tmp_path / "none.duckdb", tmp_path / "site")


def test_a_claim_id_that_is_no_file_name_is_refused(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(ValueError, match="expected claim_id"):
        write(tmp_path, changed(rows, "claims.claim", {"claim_id": "C01"}, claim_id="../C01"))


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ({"vega_lite": '"not a chart"'}, "No chart: Its specification cannot be read"),
        ({"vega_lite": None}, "No chart: Its specification cannot be read"),
        (
            {"sql": "select month from marts.open_release_share_monthly where false"},
            "No chart: Its query found no rows",
        ),
    ],
)
def test_a_figure_that_cannot_be_drawn_says_why(tmp_path: Path, rows: Rows, figure: Key, said: str) -> None:
    page = write(tmp_path, changed(rows, "claims.figure", C01, **figure))["claim-C01.html"]
    assert said in page.text
    assert page.scripts == []


def test_a_figure_whose_query_fails_is_drawn_and_says_so(tmp_path: Path, rows: Rows) -> None:
    page = write(tmp_path, changed(rows, "claims.figure", C01, sql="select 1 from marts.nothing"))["claim-C01.html"]
    assert "The published file cannot answer its query" in page.text
    assert len(page.scripts) == 1


def test_long_data_are_cut_and_said_to_be(tmp_path: Path, rows: Rows) -> None:
    page = write(tmp_path, changed(rows, "claims.figure", C01, sql="select * from range(1234) as r (k)"))[
        "claim-C01.html"
    ]
    assert "Data, 1,234 rows" in page.text
    assert "The first 200 of 1,234 rows" in page.text


def test_a_claim_without_tests_or_verdict_has_a_page(tmp_path: Path, rows: Rows) -> None:
    bare = {**rows, **{f"claims.{name}": [] for name in ("verdict", "test", "hypothesis", "specification", "figure")}}
    pages = write(tmp_path, bare)
    assert "No verdict on this claim" in pages["claim-C01.html"].text
    assert "No verdict is in the published file." in pages["index.html"].text


def test_the_site_reads_columns_that_are_declared() -> None:
    declared = {name: set(table.header.columns) for name, table in open_project().tables.items()}
    for name, columns in COLUMNS.items():
        assert set(columns) <= declared[table_of(name)], name


@pytest.mark.parametrize("trend", [*TRENDS, *OPENNESS], ids=lambda trend: trend.trend_id)
def test_trends_read_marts_only_and_compile(tmp_path: Path, rows: Rows, trend: Any) -> None:
    import vl_convert

    named = set(re.findall(r"\b(?:from|join)\s+(\w+\.\w+)", trend.sql + trend.sentence))
    assert named
    assert all(name.startswith("marts.") for name in named)
    with reader(write_sample(tmp_path / "ajar.duckdb", rows)) as connection:
        found = connection.execute(trend.sql).fetchall()
        names = [column[0] for column in connection.description or []]
        (sentence,) = connection.execute(trend.sentence).fetchone() or (None,)
    assert sentence
    assert len(found) >= (len(DEFINITIONS) if trend is DEFINITIONS_NOW else 20)
    fields = set(re.findall(r'"field": "(\w+)"', json.dumps(trend.spec)))
    assert fields <= set(names)
    values = [dict(zip(names, map(str, row), strict=True)) for row in found]
    assert vl_convert.vegalite_to_vega({**trend.spec, "data": {"values": values}})["marks"]


def test_charts_take_the_colours_of_the_page() -> None:
    own = {"config": {"background": "white"}, "background": "white"}
    spec = {"mark": {"type": "bar", "color": "#0B7285"}, "data": {"values": [{"a": DAYS[0]}]}, **own}
    drawn = themed(spec, "words")
    assert drawn["mark"]["color"] == "var(--open)"
    assert drawn["data"]["values"] == [{"a": "2024-05-31T00:00:00"}]
    assert drawn["config"]["background"] == "transparent"
    assert drawn["description"] == "words"
    style = (Path(__file__).parents[2] / "dashboards" / "style.css").read_text()
    assert all(f"{name[4:-1]}:" in style for name in THEMED.values())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.number(1234567), "1,234,567"),
        (words.number(0.00366), "0.00366"),
        (words.number(-4.567), "−4.57"),
        (words.number(None), "–"),
        (words.number(1473.4), "1,473"),
        (words.value_of(0.4996, "share"), "50%"),
        (words.value_of(0.0001, "share of releases"), "< 0.1%"),
        (words.value_of(0.0, "share"), "0%"),
        (words.value_of(None, "share"), "–"),
        (words.unit_of("share of releases"), "of releases"),
        (words.unit_of("months"), "months"),
        (words.value_of(-0.658, "relative change of the price"), "−65.8%"),
        (words.unit_of("relative change of the price"), "change of the price"),
        (words.between(-1.0, 0.221, "relative change of the price"), "−100 to 22.1%"),
        (words.between(0.1, 0.25, "share"), "10 to 25%"),
        (words.between(1.2, None, "odds ratio"), "1.2 or more"),
        (words.between(None, 3.0, "months"), "3 or less"),
        (words.between(None, None, "months"), ""),
        (words.interval_kind(0.99375), "99.4% interval"),
        (words.interval_kind(None), "bounds, not of sampling"),
        (words.interval(0.2, 0.2, None, "share")[1], "nothing unknown"),
        (words.interval(0.2, 0.4, None, "share"), ("20 to 40%", "bounds, not of sampling")),
        (words.interval(None, None, 0.95, "months"), ("", "")),
        (words.sentence_start("share of Apple’s"), "Share of Apple’s"),
        (words.p_value(0.0001), "< 0.001"),
        (words.p_value(None), "–"),
        (words.day(DAYS[0]), "31 May 2024"),
        (words.quarter_mark(DAYS[0]), "31 May ’24"),
        (words.span(1.0), "1 hour"),
        (words.span(30.0), "30 hours"),
        (words.span(49.0), "2 days"),
        (words.cadence(168), "every week"),
        (words.cadence(72), "every 3 days"),
        (words.counted(1, "row"), "1 row"),
        (words.counted(0, "row"), "0 rows"),
        (words.cell(None), "–"),
        (words.cell(True), "yes"),
    ],
)
def test_words(said: object, expected: object) -> None:
    assert said == expected


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    return write(tmp_path_factory.mktemp("whole"), sample(WHOLE))


def test_the_board_follows_the_essay(whole: dict[str, Page]) -> None:
    text = whole["index.html"].text
    places = [text.index(f"{heading} C") for heading in (OPENING, *ESSAY_SECTIONS[:3])]
    assert places == sorted(places)
    ids = [e["id"] for tag in ("tr", "div") for e in whole["index.html"].of(tag) if "data-words" in e]
    assert ids[0] == "C08", "a claim without heading or paragraph comes first"
    assert ids.index("C12") + 1 == ids.index("C17"), "a later paragraph of its section, whatever its id"
    assert ids[-6:] == [f"C{number}" for number in range(23, 29)]
    assert sorted(ids) == [f"C{number:02d}" for number in range(1, 29)]


def test_claims_are_linked_in_the_order_of_the_essay(whole: dict[str, Page]) -> None:
    turns = {e.get("rel"): e["href"] for e in whole["claim-C17.html"].of("a") if "rel" in e}
    assert (turns["prev"], turns["next"]) == ("claim-C12.html", "claim-C13.html")
    assert [e for e in whole["claim-C08.html"].of("a") if e.get("rel") == "prev"] == []


@pytest.mark.parametrize(
    ("claim_id", "said", "unsaid"),
    [
        ("C06", BREAKING, "None"),
        ("C08", "Title of C08", "None"),
        ("C09", "No figure of this claim is in the published file", "None"),
        ("C10", "no verdict for this day and clock", "None"),
        ("C11", "Reason of C11 on 2024-05-31 then.", "None"),
        ("C12", "No estimate", "None"),
        ("C13", "No test result for the newest verdict", "Every look"),
        ("C14", "No verdict on this claim is in the published file", "As registered"),
        ("C28", "No data stand behind it", "The tests"),
    ],
)
def test_awkward_claims_have_pages_that_say_what_lacks(
    whole: dict[str, Page], claim_id: str, said: str, unsaid: str
) -> None:
    text = whole[f"claim-{claim_id}.html"].text
    assert said in text
    assert unsaid not in text.replace("None of", "")


def test_pages_are_light(whole: dict[str, Page]) -> None:
    sizes = {name: page.path.stat().st_size for name, page in whole.items()}
    assert len(sizes) == WHOLE + 5
    assert {name: size for name, size in sizes.items() if size > 1_500_000} == {}


def test_a_curve_draws_every_answer_and_lists_a_part(whole: dict[str, Page]) -> None:
    page = whole["claim-C15.html"]
    dots = [e["d"] for e in page.of("path") if "spot" in e.get("class", "")]
    assert sum(path.count("M") for path in dots) == 372
    assert f"{MOST_SPECIFICATIONS} of 372 rows, evenly from lowest to highest" in page.text
    heights = [float(text) for path in dots for text in re.findall(r"M[\d.]+ ([\d.]+)h", path)]
    assert all(0 <= height <= 150 for height in heights)


def curve_of(values: list[tuple[float, float | None, float | None]]) -> Curve:
    now = {"as_of": DAYS[-1], "clock": "hindsight", "verdict": "mixed"}
    rows = [
        {"hypothesis_id": "C01.a", "as_of": DAYS[-1], "clock": "hindsight", "specification": f'{{"choice": "{k}"}}',
         "estimate": estimate, "interval_low": low, "interval_high": high, "has_claimed_sign": estimate > 1}
        for k, (estimate, low, high) in enumerate(values)
    ]  # fmt: skip
    claim = Claim({"claim_id": "C01"}, [now], [], [], rows, [], [], [], [], [])
    found = specification_curve(claim, {"hypothesis_id": "C01.a"})
    assert found is not None
    return found


def test_a_curve_puts_higher_estimates_higher() -> None:
    curve = curve_of([(3.0, 2.0, 4.0), (0.5, None, 0.8), (2.0, 1.0, None)])
    assert [row["estimate"] for row in curve.rows] == [0.5, 2.0, 3.0]
    assert (curve.claimed_count, curve.is_logarithmic) == (2, False)
    claimed = [float(text) for text in re.findall(r"M[\d.]+ ([\d.]+)h", curve.claimed_dots)]
    other = [float(text) for text in re.findall(r"M[\d.]+ ([\d.]+)h", curve.other_dots)]
    assert other[0] > claimed[0] > claimed[1]
    assert [(choice.count, choice.claimed_count) for choice in curve.choices] == [(1, 1), (1, 0), (1, 1)]


def test_a_curve_is_logarithmic_over_a_wide_positive_range_and_cuts_far_ends() -> None:
    assert curve_of([(1.0, 0.1, 10.0), (30.0, 3.0, 300.0)]).is_logarithmic
    cut = curve_of([(1.0, 0.0, 2.0), (2.0, -1.0, 1e9)])
    assert (cut.is_logarithmic, cut.high) == (False, 3.5)
    lone = curve_of([(1.0, None, None)])
    assert (lone.low, lone.high) == (0.5, 1.5)


@pytest.mark.parametrize(
    ("reason", "plain"),
    [
        ("Meta opened 12 of 20. In figures: C01.a supports (n = 20).", "Meta opened 12 of 20."),
        ("The U.S. share rose by 3.5 points to 60%. It is more.", "The U.S. share rose by 3.5 points to 60%."),
        ("C14.openai supports: 0.0615 (share), n = 65. More.", ""),
        ("It holds up. 0 % of 16 releases are meant.", "It holds up."),
        ("The 95 % interval is wide.", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_first_sentences_are_plain_or_left_out(reason: str | None, plain: str) -> None:
    assert plain_sentence(reason) == plain


def packed(page: Page | str) -> str:
    """A text without spaces, as cells that touch have none between them."""
    return re.sub(r"\s", "", page if isinstance(page, str) else page.text)


def release_with(folder: Path, rows: Rows, *statements: str) -> dict[str, Page]:
    """The pages of a file to which tables were added that this checkout may not declare."""
    database = write_sample(folder / "ajar.duckdb", rows)
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)
    write_site(database, folder / "site")
    return {path.name: Page(path) for path in (folder / "site").glob("*.html")}


def test_a_summary_is_said_first_and_its_figures_apart(tmp_path: Path, rows: Rows) -> None:
    summary = "The claim holds up. Meta gave away 62 % of its models. More so since 2025."
    pages = release_with(
        tmp_path,
        rows,
        "alter table claims.verdict add column if not exists summary text",
        f"update claims.verdict set summary = '{summary}', reason = '{summary} In figures: C01.share 0.62.' "
        "where claim_id in ('C01', 'C03')",
    )
    board = packed(pages["index.html"])
    past = "InsufficientevidenceInsufficientevidence"
    assert f"TitleofC01Supported{past}Metagaveaway62%ofitsmodels." in board
    assert f"TitleofC03Mixed{past}Theclaimholdsup.Metagaveaway" in board
    page = packed(pages["claim-C01.html"])
    assert packed(f"Supported {summary}") in page
    assert packed("as of 30 September 2026 Supported C01.share 0.62. What would change it.") in page


def test_what_a_claim_rests_on_is_listed_by_source(tmp_path: Path, rows: Rows) -> None:
    pages = release_with(
        tmp_path,
        rows,
        "create or replace table claims.source as select * from (values "
        "('C01', 'marts.release', 'helm_models', 16, date '2023-12-20', date '2026-04-30'), "
        "('C01', 'marts.rated_release', 'helm_models', 16, date '2023-12-20', date '2026-04-30'), "
        "('C01', 'marts.release', 'epoch_models', 0, null, null), ('C01', 'marts.release', 'gone', 2, null, null), "
        "('C01', 'marts.release', 'reference.event', null, date '2026-11-23', date '2026-11-25')) "
        "as t (claim_id, mart, source, capture_count, first_observed_on, last_observed_on); "
        "create or replace table claims.query as select * from (values "
        "('C01', date '2026-09-30', 'hindsight', 0, 'select 1 < 2', '{\"as_of\": {\"day\": \"2026-09-30\"}}'), "
        "('C01', date '2026-09-30', 'then', 0, 'select 2', 'null')) "
        "as t (claim_id, as_of, clock, place, query, parameters)",
    )
    page = pages["claim-C01.html"]
    line = packed("The helm_models title rated_release release MIT 20 December 2023 to 30 April 2026 16")
    assert packed(page).count(line) == 1
    assert "1 source it would also read, never captured here The epoch_models title." in page.text
    assert "1 table of facts kept by hand, each row with its source event read up to 25 November 2026." in page.text
    assert (
        "1 query from which the verdict of 30 September 2026 was computed -- $as_of = 2026-09-30 select 1 < 2"
        in page.text
    )
    assert "select 2" not in page.text
    assert "gone" in page.text
    assert "sources.html#gone" not in {e["href"] for e in page.of("a")}
    assert "The figures read" in pages["claim-C02.html"].text


def test_published_figures_are_said_to_be_reproduced_or_not(tmp_path: Path, rows: Rows) -> None:
    pages = release_with(
        tmp_path,
        rows,
        "create or replace table claims.anchor as select * from (values "
        "('A1', 'C01 C02', 'share of days', 0.78, 0.781, 0.01, true, null, 'https://example.org/a', 'select 1'), "
        "('A2', 'C02', 'months behind', 3.0, 5.5, 1.0, false, 'Other vintage.', 'javascript:alert(4)', 'select 1'), "
        "('A3', 'C02', 'tokens', 33.0, null, null, null, 'No captures.', null, 'select 1'), "
        "('A4', 'C02', 'firms', 20.0, null, null, null, 'A survey.', null, null), "
        "('B1', 'C02', 'entries', 20.0, 20.0, 0, true, null, null, 'select 1')) "
        "as t (anchor_id, claim_ids, metric, published, computed, tolerance, is_within_tolerance, reason, url, sql)",
        "alter table claims.anchor add column publisher text default 'A lab'; "
        "update claims.anchor set publisher = 'our first look at HELM' where anchor_id = 'B1'",
    )
    method = pages["method.html"]
    said = "Of 4 figures, 2 could be computed: 1 came out within the tolerance set for them, 1 did not. The other 2"
    assert packed(said) in packed(method.text)
    ours = (
        "in a first look, as a check on the pipeline. Of 1 count, 1 could be computed: 1 came out within the tolerance"
    )
    assert packed(ours) in packed(method.text)
    assert packed("Differs, and why") in packed(method.text)
    assert packed("Cannot be tried here, and why") in packed(method.text)
    assert "waits for data" in method.text
    assert "cannot be tried" in method.text
    assert "A survey." in method.text
    assert "No captures." in method.text
    assert [e["href"] for e in method.of("a") if "example.org" in e["href"]][:1] == ["https://example.org/a"]
    assert not [e for e in method.of("a") if e["href"].startswith("javascript")]
    assert "share of days" in pages["claim-C01.html"].text
    assert "months behind" not in pages["claim-C01.html"].text
    assert "differs within 1" in pages["claim-C02.html"].text
    assert "computed again" not in pages["claim-C03.html"].text


def test_tables_are_shown_where_the_file_has_them(tmp_path: Path, site: dict[str, Page], rows: Rows) -> None:
    assert "Agreement with others" not in site["openness.html"].text
    assert "told apart" not in site["method.html"].text
    pages = release_with(
        tmp_path,
        rows,
        "create or replace table claims.agreement as select * from (values "
        "('models_dev', 'independent', 100, 0.9, 0.7213, 6e-1, 851e-3, true), "
        "('mot', 'all', 5, 0.4, -0.1, -5e-1, 3e-1, false)) "
        "as t (label_set, selection, model_count, agreed_share, alpha, alpha_low, alpha_high, is_reliable)",
        "create or replace table claims.false_positive as select 'C15' as judged, 'as open as others' as truth, "
        "'30 releases' as sample, 60 as draw_count, 'supported' as wrong, 0.05 as wrong_share, 'a' as kind, "
        "'b' as case_id, 171e-4 as wrong_low_share, 137e-3 as wrong_high_share",
        "create schema if not exists reference",
        f"create or replace table reference.identity_quality as select '{HOSTILE}' as catalogue, "
        "0.985 as recall_share, date '2026-11-01' as month",
    )
    openness, method = packed(pages["openness.html"]), packed(pages["method.html"])
    assert packed("models dev those on which our word is not theirs 100 90% 0.72 0.6 to 0.85 enough") in openness
    assert packed("mot all that both label 5 40% −0.1 -0.5 to 0.3 too little") in openness
    assert packed("C15 as open as others 30 releases 60 supported 5% 1.7 to 13.7%") in method
    assert packed(f"{HOSTILE} 98.5% November 2026") in packed(pages["method.html"])
    shaped = release_with(
        tmp_path,
        rows,
        "create or replace table claims.agreement as select 'osai' as other_column",
        "create or replace table claims.false_positive as select 'C15' as judged, 'as open as others' as truth, "
        "'30 releases' as sample, 60 as draw_count, 'supported' as wrong, 0.05 as wrong_share, 'a' as kind, "
        "'b' as case_id",
        "create schema if not exists reference",
        "create or replace table reference.identity_quality as select 'all' as catalogue_a, 'all' as catalogue_b, "
        "'held_back' as part, 190 as pair_count, 83 as true_joins, 1 as false_joins, 5 as missed_joins, "
        "0.9881 as precision_share, 9356e-4 as precision_low, 9979e-4 as precision_high, 0.9432 as recall_share, "
        "8738e-4 as recall_low, 9755e-4 as recall_high",
        "create or replace table reference.identity_rule as select 'name_key' as rule, 197 as pair_count, "
        "196 as true_joins, 0.9949 as precision_share, 9718e-4 as precision_low, 9991e-4 as precision_high",
    )
    method = packed(shaped["method.html"])
    assert "osai" in shaped["openness.html"].text, "a table of another shape is shown as it is"
    assert packed("C15 as open as others 30 releases 60 supported 5% a b Query") in method
    assert packed("first drawing, kept back 190 83 1 5 98.8% 93.6 to 99.8% 94.3% 87.4 to 97.6%") in method
    assert packed("name key 197 196 99.5% 97.2 to 99.9%") in method


def test_a_changed_registration_is_said_with_its_reason(tmp_path: Path, rows: Rows) -> None:
    hash_ = next(row["registration_hash"] for row in rows["claims.claim"] if row["claim_id"] == "C01")
    pages = release_with(
        tmp_path,
        rows,
        "create or replace table claims.registration_change as select * from (values "
        f"('C01', '{hash_}', date '2026-11-25', 'another test', 'It keeps its size.', true), "
        "('C01', 'a', date '2026-11-25', 'a lower gate', 'One board is shorter.', false), "
        "('C01', 'b', date '2026-11-23', 'first entry', 'Here it begins.', true), "
        "('C02', 'c', date '2026-11-23', 'first entry', 'Alone.', true)) "
        "as t (claim_id, registration_hash, changed_on, what, why, is_after_results)",
    )
    told = packed(pages["claim-C01.html"])
    first, second, third = (
        told.index(packed(text))
        for text in (
            "23 November 2026 First entry Here it begins. yes",
            "25 November 2026 A lower gate One board is shorter. no",
            "25 November 2026 Another test It keeps its size. yes",
        )
    )
    assert first < second < third
    assert "Alone." not in pages["claim-C02.html"].text, "one entry is no change"
    without = release_with(tmp_path, rows, "drop table claims.registration_change")
    assert "What was changed" not in without["claim-C01.html"].text


@pytest.mark.parametrize(
    ("captured", "absent", "said"),
    [
        (2, 0, "Data: S0, S1"),
        (6, 1, "Data: S0, S1, S2, S3, S4, S5 and 1 source not captured here"),
        (8, 0, "Data: S0, S1, S2, S3, S4, S5 and 2 more"),
        (9, 2, "Data: S0, S1, S2, S3, S4, S5 and 3 more, and 2 sources not captured here"),
        (0, 2, "Data: 2 sources not captured here"),
    ],
)
def test_a_long_credit_names_six_sources_and_counts_the_rest(captured: int, absent: int, said: str) -> None:
    sources = [
        {"source": f"s{place}", "title": f"S{place}", "last_observed_at": NOW if place < captured else None}
        for place in range(captured + absent)
    ]
    credit = str(template_environment().get_template("parts.html").module.credit(sources))
    assert re.sub(r"<[^>]+>", "", credit).strip() == said


def test_quarantined_answers_are_said_with_their_reason(tmp_path: Path, rows: Rows) -> None:
    kept = {
        "snapshot_id": "helm_models/1", "source": "helm_models", "captured_at": NOW, "outcome": "quarantined",
        "reason": f"3 records of at least 100 {HOSTILE}",
    }  # fmt: skip
    fine = {**kept, "snapshot_id": "helm_models/2", "outcome": "accepted", "reason": "not to be said"}
    text = write(tmp_path, {**rows, "meta.snapshot": [kept, fine]})["sources.html"].text
    assert f"3 records of at least 100 {HOSTILE}" in text
    assert "not to be said" not in text


SCHEMES = {"light": 0, "dark": 1}
TEXTS = ("ink", "soft", "link", "open", "closed", "supported", "contradicted", "mixed", "insufficient")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_words_stand_out_from_their_ground(scheme: str, name: str, ground: str) -> None:
    style = (Path(__file__).parents[2] / "dashboards" / "style.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): #(\w{6});", blocks[SCHEMES[scheme]]))
    lighter, darker = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour as WCAG 2 defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_curve_says_what_it_comes_to_as_a_whole_or_why_that_is_not_known(tmp_path: Path, rows: Rows) -> None:
    release = release_with(
        tmp_path,
        rows,
        "create or replace table claims.specification_joint as select * from (values "
        "('C01', 'C01.share', 299, 0.0033, 0.25, 0.5, 'Each coin is tossed anew.'), "
        "('C02', 'C02.share', 0, null, null, null, 'There is nothing to exchange.')) as told(claim_id, hypothesis_id, "
        "draw_count, median_p_value, sign_share_p_value, significant_share_p_value, how)",
    )
    drawn, undrawn = release["claim-C01.html"].text, release["claim-C02.html"].text
    assert "of 300 worlds, this one and 299 made so that nothing is true" in drawn
    assert "in 0.3%, as many answers are on it in 25%, and as many are significant in 50%" in drawn
    assert "Each coin is tossed anew. No verdict rests on it." in drawn
    assert "Not tested as a whole. There is nothing to exchange." in undrawn
