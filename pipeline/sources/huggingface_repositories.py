"""Every model repository of the Hugging Face Hub, from a daily dump of its listing; the API's cohorts are elsewhere."""

from datetime import timedelta

from pipeline.kernel.source import Bounds, Field, Licence, ParquetOrigin, Source
from pipeline.sources.huggingface_models import MADE_FOR, SHOWN

LICENCES = "array_to_string(list_sort(list_filter({}, lambda tag: starts_with(tag, 'license:'))), ', ')"

SOURCE = Source(
    name="huggingface_repositories",
    title="Hugging Face Hub, all model repositories",
    doc="Model repositories of the Hub as a daily dump lists them; of each capture only what changed since the last.",
    homepage="https://huggingface.co/datasets/cfahlgren1/hub-stats",
    subject="adoption",
    origins=(
        ParquetOrigin(
            url="https://huggingface.co/datasets/cfahlgren1/hub-stats/resolve/main/models.parquet",
            label="hub-stats models",
            counters=("modified_at", "downloads_30d_count", "downloads_all_time_count", "like_count"),
            requests_per_second=1.0,
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://huggingface.co/datasets/cfahlgren1/hub-stats",
        redistributable=True,
        attribution="Caleb Fahlgren: hub-stats, from the Hugging Face Hub API",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=21),
    history="point_in_time",
    proved="documented",
    key=("huggingface_id",),
    fields=(
        Field("huggingface_id", "VARCHAR", "$.id", "id of the repository on the Hub, author/model", required=True),
        *SHOWN,
        Field(
            "downloads_all_time_count",
            "BIGINT",
            "$.downloadsAllTime",
            "the same since the Hub began to count; in the dump since 2025-02-27",
        ),
        Field("like_count", "BIGINT", "$.likes", "likes", required=True),
        Field(
            "gated_tag",
            "VARCHAR",
            "$.gated",
            "false: anyone may download; auto: after accepting terms; manual: after the author agrees; missing where "
            "the dump of that day does not say",
        ),
        Field(
            "licence_tag",
            "VARCHAR",
            "$.tags",
            "licence as the uploader typed it, several joined by comma; other where the Hub has no identifier; "
            "missing is unstated",
            reads="VARCHAR[]",
            expression=f"nullif(replace({LICENCES}, 'license:', ''), '')",
        ),
        Field(
            "licence_name_tag",
            "VARCHAR",
            "$.cardData.license_name",
            "name of the licence as the uploader typed it, mostly where the tag is other",
        ),
        Field(
            "licence_link_tag",
            "VARCHAR",
            "$.cardData.license_link",
            "address or file of the licence, as typed",
        ),
        Field(
            "base_relation_tag",
            "VARCHAR",
            "$.baseModels.relation",
            "finetune, adapter, quantized or merge: what the model is to its base models; missing is undeclared",
            expression="nullif({}, '')",
        ),
        Field(
            "base_model_ids",
            "JSON",
            "$.baseModels.models[*].id",
            "ids of the models it was made from, as a JSON list; missing or empty is undeclared, not from scratch",
            reads="VARCHAR[]",
            expression="to_json(list_sort({}))",
        ),
        Field(
            "parameters_count",
            "BIGINT",
            ("$.safetensors.total", "$.gguf.total"),
            "parameters by the headers of its safetensors or GGUF files; missing without such files",
        ),
        *MADE_FOR,
    ),
    # 2.86 million rows in May 2026, about 3.1 million in October.
    bounds=Bounds(min_records=2_000_000, max_drop=0.1),
    warnings=(
        "One person's dump of the Hub, taken down for some days in August 2026 and restored: never the only copy.",
        "A download is any request for a counted file: continuous integration and mirrors inflate it.",
        "Licence and base models are declared by the uploader, may be missing or wrong, and lineage has circles.",
        "Qwen, Mistral and DeepSeek licences have no identifier on the Hub: see licence_name_tag.",
        "Parameter counts add up tensors: packed quantisations count too few, and a total can be wrong outright.",
        "A renamed repository goes and another comes: the dump has no id that survives a rename.",
        "Counters stall for days and have fallen, as in May 2025 and June 2026: see core.hub_counter_fall.",
        "Columns as loaders of the dump in 2026 read them; no dump has been read here yet. [U]",
    ),
    heavy=True,
)
