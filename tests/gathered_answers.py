"""Answers of sources that gather members of a package, made from their fixtures in the form a capture keeps."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.kernel.source import HttpOrigin, Origin

FIXTURES = Path(__file__).parent / "sources" / "fixtures"


def gathered(files: Mapping[str, bytes]) -> bytes:
    """The tar of members that a capture keeps."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def written(file: str, origin: Origin) -> bytes:
    """The fixture itself."""
    return (FIXTURES / file).read_bytes()


def gguf_package(file: str, origin: Origin) -> bytes:
    fixture = json.loads(written(file, origin))
    names = fixture["architectures"]
    module = (
        "from enum import IntEnum, auto\n\n\nclass MODEL_ARCH(IntEnum):\n"
        + "".join(f"    {member} = auto()\n" for member in names)
        + "\n\nMODEL_ARCH_NAMES: dict[MODEL_ARCH, str] = {\n"
        + "".join(f'    MODEL_ARCH.{member}: "{name}",\n' for member, name in names.items())
        + "}\n"
    )
    return gathered({"gguf/constants.py": module.encode(), **metadata("gguf", fixture["version"])})


def leaderboards(file: str, origin: Origin) -> bytes:
    fixture = json.loads(written(file, origin))
    boards = {name: "\n".join(lines).encode() + b"\n" for name, lines in fixture["boards"].items()}
    return gathered({**boards, **metadata("alpaca_eval", fixture["version"])})


def metadata(package: str, version: str) -> dict[str, bytes]:
    """A package's own METADATA under its name."""
    about = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    return {f"{package}-{version}.dist-info/METADATA": about.encode()}


def model_configs(file: str, origin: Origin) -> bytes:
    fixture = json.loads(written(file, origin))
    entries = "".join(f"    {key!r}: {called('ModelConfig', stated)},\n" for key, stated in fixture["models"].items())
    module = f"from bfcl_eval import ModelConfig\n\napi_inference_model_map = {{\n{entries}}}\n"
    names = {"bfcl_eval/constants/model_config.py": module.encode()}
    return gathered({**names, **metadata("bfcl_eval", fixture["version"])})


def called(name: str, stated: Mapping[str, Any]) -> str:
    """A call as Python writes it; a value {"name": X} stands for the name X, and so does a handler's class."""
    arguments = (
        f"{key}={value['name'] if isinstance(value, dict) else value if key == 'model_handler' else repr(value)}"
        for key, value in stated.items()
    )
    return f"{name}({', '.join(arguments)})"


def model_metas(file: str, origin: Origin) -> bytes:
    fixture = json.loads(written(file, origin))
    dates = "".join(f"{name} = {value!r}\n" for name, value in fixture["values"].items())
    models = "".join(f"model_{place} = {called('ModelMeta', m)}\n" for place, m in enumerate(fixture["models"]))
    modules = {"mteb/models/dates.py": dates.encode(), "mteb/models/all_models.py": models.encode()}
    return gathered({**modules, **metadata("mteb", fixture["version"])})


def one_member(file: str, origin: Origin) -> bytes:
    return gathered({"llmfit-1.1.17.data/scripts/llmfit": written(file, origin)})


def gzipped(file: str, origin: Origin) -> bytes:
    return gzip.compress(written(file, origin), mtime=0)


def prices_module(file: str, origin: Origin) -> bytes:
    """The JSON itself for the address, and for the package the Python that builds the same."""
    if isinstance(origin, HttpOrigin):
        return written(file, origin)
    hosts = json.loads(written(file, origin))
    listed = ", ".join(
        f"Provider(id={host['id']!r}, name={host['name']!r}, models=[{', '.join(map(model_info, host['models']))}])"
        for host in hosts
    )
    return f"from .types import *\n\nproviders: list[Provider] = [{listed}]\n".encode()


def model_info(model: Mapping[str, Any]) -> str:
    prices = model["prices"]
    if isinstance(prices, dict):
        listed = model_price(prices)
    else:
        entries = (f"ConditionalPrice({condition(price)}prices={model_price(price['prices'])})" for price in prices)
        listed = f"[{', '.join(entries)}]"
    stated = {key: model[key] for key in ("id", "name", "context_window", "deprecated") if key in model}
    return f"{called('ModelInfo', stated)[:-1]}, match=ClauseContains(contains='x'), prices={listed})"


def condition(price: Mapping[str, Any]) -> str:
    found = price.get("constraint")
    if found is None:
        return ""
    if "start_date" in found:
        day = ", ".join(str(int(part)) for part in found["start_date"].split("-"))
        return f"constraint=StartDateConstraint(start_date=datetime.date({day})), "
    hours = {key: tuple(int(part) for part in found[key].rstrip("Z").split(":")) for key in ("start_time", "end_time")}
    clock = ", ".join(
        f"{key}=datetime.time({hour}, {minute}, tzinfo=datetime.UTC)" for key, (hour, minute, _) in hours.items()
    )
    return f"constraint=TimeOfDateConstraint({clock}), "


def model_price(price: Mapping[str, Any]) -> str:
    def amount(value: Any) -> str:
        if isinstance(value, dict):
            return f"TieredPrices(base={amount(value['base'])}, tiers=[])"
        return f"Decimal('{value}')"

    return f"ModelPrice({', '.join(f'{key}={amount(value)}' for key, value in price.items())})"


def licence_files(file: str, origin: Origin) -> bytes:
    """The index itself, and for ScanCode's own package the head of each licence's file, without flags that are off."""
    listed = json.loads(written(file, origin))
    if origin.name != "licensedcode-data":
        return written(file, origin)
    heads = {}
    for entry in listed:
        about = {
            key: value for key, value in entry.items() if value is not False and key not in ("license_key", "json")
        }
        text = yaml.safe_dump({"key": entry["license_key"], **about}, sort_keys=False)
        heads[f"licensedcode/data/licenses/{entry['license_key']}.LICENSE"] = text.encode()
    return gathered(heads)


GATHERED_ANSWERS: dict[str, tuple[Callable[[str, Origin], bytes], str]] = {
    "alpaca_eval": (leaderboards, "alpaca_eval.json"),
    "bfcl_models": (model_configs, "bfcl_models.json"),
    "genai_prices": (prices_module, "genai_prices.json"),
    "gguf_architectures": (gguf_package, "gguf_architectures.json"),
    "litellm_price_events": (gzipped, "litellm_price_events.json"),
    "llmfit_repositories": (one_member, "llmfit_repositories.json"),
    "metergraph_prices": (written, "metergraph_prices.yml"),
    "model_prices": (written, "model_prices.json"),
    "mteb_models": (model_metas, "mteb_models.json"),
    "scancode_licences": (licence_files, "scancode_licences.json"),
    "transformers_architectures": (written, "transformers_architectures.json"),
}
"""How the answer of each of these sources is made from its fixture."""
