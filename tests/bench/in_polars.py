"""The same work in polars: streaming where it can, the same answers."""

import sys
from pathlib import Path
from typing import Any

import polars as pl

from tests.bench.measure import Clock


def numbers(frame: pl.DataFrame) -> list[float]:
    return [float(value) for row in frame.iter_rows() for value in row if isinstance(value, int | float)]


def typed(file: Path) -> pl.LazyFrame:
    card, bases = pl.col("cardData"), pl.col("baseModels").struct
    created = pl.col("createdAt").dt.replace_time_zone(None)
    licence = (
        pl.col("tags")
        .list.eval(pl.element().filter(pl.element().str.starts_with("license:")).str.strip_prefix("license:"))
        .list.sort()
        .list.join(", ")
    )

    def in_card(key: str) -> pl.Expr:
        return pl.when(card.str.contains(f'"{key}"', literal=True)).then(card).str.json_path_match(f"$.{key}")

    return pl.scan_parquet(file).select(
        huggingface_id="id",
        huggingface_author="author",
        repository_created_at=pl.when(created >= pl.datetime(2022, 3, 2, 23, 30)).then(created),
        modified_at=pl.col("lastModified").dt.replace_time_zone(None),
        downloads_30d_count="downloads",
        downloads_all_time_count="downloadsAllTime",
        like_count="likes",
        gated_tag="gated",
        licence_tag=pl.when(licence != "").then(licence),
        licence_name_tag=in_card("license_name"),
        licence_link_tag=in_card("license_link"),
        base_relation_tag=bases.field("relation"),
        base_models=bases.field("models").list.eval(pl.element().struct.field("id")).list.sort(),
        parameters_count=pl.coalesce(pl.col("safetensors").struct.field("total"), pl.col("gguf").struct.field("total")),
        library_tag="library_name",
        pipeline_tag="pipeline_tag",
    )


def lineage(edges: pl.DataFrame) -> pl.DataFrame:
    """Every repository with each of its roots and the fewest steps from it; circles without a root by name."""
    children = edges["repository"].unique()
    roots = edges.select(repository="base").unique().filter(~pl.col("repository").is_in(children.implode()))
    reached = frontier = roots.with_columns(root="repository", generation=pl.lit(0, pl.Int32))
    while frontier.height:
        frontier = (
            frontier.join(edges, left_on="repository", right_on="base", suffix="_child")
            .select(pl.col("repository_child").alias("repository"), "root", pl.col("generation") + 1)
            .unique()
            .join(reached, on=["repository", "root"], how="anti")
        )
        reached = pl.concat([reached, frontier])
    adrift = edges.filter(~pl.col("repository").is_in(reached["repository"].unique().implode()))
    pairs = step = adrift.select("repository", ancestor="base")
    while step.height:
        step = (
            step.join(adrift.rename({"repository": "ancestor", "base": "further"}), on="ancestor")
            .select("repository", ancestor="further")
            .unique()
            .join(pairs, on=["repository", "ancestor"], how="anti")
        )
        pairs = pl.concat([pairs, step])
    circle = pairs.filter(pl.col("repository") == pl.col("ancestor"))["repository"].unique()
    circular = (
        pairs.filter(pl.col("ancestor").is_in(circle.implode()))
        .group_by("repository")
        .agg(root=pl.col("ancestor").min())
    ).with_columns(generation=(pl.col("repository") != pl.col("root")).cast(pl.Int32))
    return pl.concat([reached, circular])


def main(file: Path) -> None:
    clock = Clock()
    with clock.step("staging"):
        staging = typed(file).collect(engine="streaming")
    with clock.step("licence"):
        found = staging.group_by("licence_tag").len().sort("len", "licence_tag", descending=[True, False]).head(5)
    clock.answers["licence"] = numbers(found.select("len"))
    with clock.step("organisation"):
        by_author: Any = staging.group_by("huggingface_author").agg(
            pl.len(), pl.col("downloads_all_time_count").sum(), pl.col("licence_tag").is_in(["mit", "apache-2.0"]).sum()
        )
        found = by_author.sort("downloads_all_time_count", "huggingface_author", descending=[True, False]).head(5)
    clock.answers["organisation"] = numbers(found.drop("huggingface_author"))
    with clock.step("lineage"):
        edges = (
            staging.filter(pl.col("base_models").is_not_null())
            .select("base_models", repository="huggingface_id")
            .explode("base_models")
            .rename({"base_models": "base"})
            .filter(pl.col("repository") != pl.col("base"))
            .unique()
        )
        tree = lineage(edges)
        licences = staging.select("huggingface_id", "licence_tag")
        known = tree.join(licences, left_on="repository", right_on="huggingface_id", how="left").join(
            licences.rename({"licence_tag": "root_licence_tag"}), left_on="root", right_on="huggingface_id", how="left"
        )
        effective = pl.coalesce("licence_tag", "root_licence_tag") == "mit"
        found = known.select(
            pl.len(), above=(pl.col("generation") > 0).sum(), steps=pl.col("generation").sum(), mit=effective.sum()
        )
    clock.answers["lineage"] = numbers(found)
    with clock.step("monthly"):
        dated = staging.select("huggingface_id", month=pl.col("repository_created_at").dt.truncate("1mo"))
        monthly = (
            tree.filter(pl.col("generation") > 0)
            .join(dated, left_on="repository", right_on="huggingface_id")
            .filter(pl.col("month").is_not_null())
            .group_by("root", "month")
            .len()
        )
        found = monthly.select(pl.len().alias("n"), pl.col("len").sum().alias("s"), pl.col("len").max())
    clock.answers["monthly"] = numbers(found)
    clock.report()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
