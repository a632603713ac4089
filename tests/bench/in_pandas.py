"""The same work in pandas, with Arrow types where they help."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from tests.bench.floor import COLUMNS
from tests.bench.measure import Clock


def typed(file: Path) -> pd.DataFrame:
    raw = pq.read_table(file, columns=list(COLUMNS)).to_pandas(types_mapper=None)
    created = raw["createdAt"].dt.tz_convert(None)

    def in_card(card: Any, key: str) -> Any:
        return json.loads(card).get(key) if isinstance(card, str) and f'"{key}"' in card else None

    def licence(tags: Any) -> str | None:
        return ", ".join(sorted(tag[8:] for tag in tags if tag.startswith("license:"))) or None

    def bases(declared: Any) -> Any:
        return sorted(model["id"] for model in declared["models"]) if declared is not None else None

    def total(headers: Any) -> Any:
        return headers["total"] if headers is not None else np.nan

    return pd.DataFrame(
        {
            "huggingface_id": raw["id"],
            "huggingface_author": raw["author"],
            "repository_created_at": created.where(created >= pd.Timestamp("2022-03-02 23:30:00")),
            "modified_at": raw["lastModified"].dt.tz_convert(None),
            "downloads_30d_count": raw["downloads"],
            "downloads_all_time_count": raw["downloadsAllTime"],
            "like_count": raw["likes"],
            "gated_tag": raw["gated"],
            "licence_tag": [licence(tags) for tags in raw["tags"]],
            "licence_name_tag": [in_card(card, "license_name") for card in raw["cardData"]],
            "licence_link_tag": [in_card(card, "license_link") for card in raw["cardData"]],
            "base_relation_tag": [d["relation"] if d is not None else None for d in raw["baseModels"]],
            "base_models": [bases(declared) for declared in raw["baseModels"]],
            "parameters_count": raw["safetensors"].map(total).fillna(raw["gguf"].map(total)),
            "library_tag": raw["library_name"],
            "pipeline_tag": raw["pipeline_tag"],
        }
    )


def lineage(edges: pd.DataFrame) -> pd.DataFrame:
    """Every repository with each of its roots and the fewest steps from it; circles without a root by name."""
    bases = pd.Series(edges["base"].unique())
    roots = bases[~bases.isin(edges["repository"])]
    frontier = pd.DataFrame({"repository": roots, "root": roots, "generation": 0})
    reached = [frontier]
    known = pd.MultiIndex.from_frame(frontier[["repository", "root"]])
    while len(frontier):
        step = frontier.merge(edges.rename(columns={"repository": "child"}), left_on="repository", right_on="base")
        step = step[["child", "root", "generation"]].rename(columns={"child": "repository"})
        step["generation"] += 1
        step = step.drop_duplicates(["repository", "root"])
        pairs = pd.MultiIndex.from_frame(step[["repository", "root"]])
        frontier = step[~pairs.isin(known)]
        known = known.append(pd.MultiIndex.from_frame(frontier[["repository", "root"]]))
        reached.append(frontier)
    tree = pd.concat(reached)
    adrift = edges[~edges["repository"].isin(tree["repository"])]
    pairs = step = adrift.rename(columns={"base": "ancestor"})
    while len(step):
        step = step.merge(adrift.rename(columns={"repository": "ancestor", "base": "further"}), on="ancestor")
        step = step[["repository", "further"]].rename(columns={"further": "ancestor"}).drop_duplicates()
        step = step.merge(pairs, how="left", indicator=True).query("_merge == 'left_only'").drop(columns="_merge")
        pairs = pd.concat([pairs, step])
    circle = pairs.loc[pairs["repository"] == pairs["ancestor"], "repository"]
    circular = pairs[pairs["ancestor"].isin(circle)].groupby("repository")["ancestor"].min().reset_index(name="root")
    circular["generation"] = (circular["repository"] != circular["root"]).astype(int)
    return pd.concat([tree, circular])


def main(file: Path) -> None:
    clock = Clock()
    with clock.step("staging"):
        staging = typed(file)
    with clock.step("licence"):
        counts = staging.groupby("licence_tag", dropna=False).size().sort_values(ascending=False).head(5)
    clock.answers["licence"] = [float(value) for value in counts]
    with clock.step("organisation"):
        grouped = staging.assign(is_open=staging["licence_tag"].isin(["mit", "apache-2.0"])).groupby(
            "huggingface_author"
        )
        by_author = grouped.agg(
            n=("huggingface_id", "size"), downloads=("downloads_all_time_count", "sum"), n_open=("is_open", "sum")
        )
        by_author = by_author.reset_index().sort_values(["downloads", "huggingface_author"], ascending=[False, True])
    clock.answers["organisation"] = [
        float(v) for v in by_author.head(5)[["n", "downloads", "n_open"]].to_numpy().ravel()
    ]
    with clock.step("lineage"):
        edges = staging.loc[staging["base_models"].notna(), ["huggingface_id", "base_models"]].explode("base_models")
        edges = edges.rename(columns={"huggingface_id": "repository", "base_models": "base"})
        edges = edges[edges["repository"] != edges["base"]].drop_duplicates()
        tree = lineage(edges)
        licences = staging.set_index("huggingface_id")["licence_tag"]
        effective = tree["repository"].map(licences).fillna(tree["root"].map(licences))
        found = [len(tree), (tree["generation"] > 0).sum(), tree["generation"].sum(), (effective == "mit").sum()]
    clock.answers["lineage"] = [float(value) for value in found]
    with clock.step("monthly"):
        below = tree[tree["generation"] > 0]
        dated = staging.set_index("huggingface_id")["repository_created_at"].dt.to_period("M")
        monthly = below.assign(month=below["repository"].map(dated)).groupby(["root", "month"]).size()
    clock.answers["monthly"] = [float(len(monthly)), float(monthly.sum()), float(monthly.max())]
    clock.report()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
