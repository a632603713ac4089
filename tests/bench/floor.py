"""The floor: DuckDB decodes the columns of the dump that the contract reads, and does nothing else with them."""

import sys
from pathlib import Path

from pipeline.kernel.warehouse import literal, scratch
from tests.bench.measure import Clock

COLUMNS = (
    "id", "author", "createdAt", "lastModified", "downloads", "downloadsAllTime", "likes", "gated", "tags", "cardData",
    "baseModels", "safetensors", "gguf", "library_name", "pipeline_tag",
)  # fmt: skip


def main(file: Path) -> None:
    clock = Clock()
    with scratch() as connection:
        looked_at = ", ".join(f'bit_xor(hash("{column}"))' for column in COLUMNS)
        with clock.step("staging"):
            connection.execute(f"select {looked_at} from read_parquet({literal(str(file))})").fetchall()
    clock.report()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
