"""Where things live on disk; no reading or writing here."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WAREHOUSE = ROOT / "warehouse"
MODELS = WAREHOUSE / "models"
REFERENCE = WAREHOUSE / "reference"
STARTER = WAREHOUSE / "starter"
CLAIMS = ROOT / "pipeline" / "claims"
DASHBOARDS = ROOT / "dashboards"


@dataclass(frozen=True)
class Home:
    """One data folder: snapshots are the state, all else can be built from them again."""

    data: Path

    @property
    def snapshots(self) -> Path:
        return self.data / "snapshots"

    @property
    def database(self) -> Path:
        """The file that only the pipeline opens."""
        return self.data / "work.duckdb"

    @property
    def published(self) -> Path:
        """A link to the newest complete release; everything readers use is below it."""
        return self.data / "published"

    @property
    def releases(self) -> Path:
        return self.data / "releases"

    @property
    def dagster(self) -> Path:
        return self.data / "dagster"


def home() -> Home:
    """The data folder: the environment variable AJAR_DATA, or `warehouse/data` in the checkout."""
    configured = os.environ.get("AJAR_DATA")
    return Home(Path(configured).resolve() if configured else WAREHOUSE / "data")
