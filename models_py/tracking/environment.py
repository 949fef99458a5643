"""What a result was made with: Python, packages, machine, code."""

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from warehouse.settings import PROJECT_ROOT

PACKAGES = (
    "duckdb",
    "dbt-core",
    "dbt-duckdb",
    "numpy",
    "scipy",
    "implicit",
    "faiss-cpu",
    "mlflow-skinny",
)


@cache
def code_revision() -> str | None:
    """Git commit of the code, with ``-dirty`` if changed since; none outside a repository."""
    command = ["git", "-C", str(PROJECT_ROOT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def package_versions() -> dict[str, str | None]:
    """Versions of the packages that decide what a model is; none where one is missing."""
    return {package: _version_of(package) for package in PACKAGES}


def environment() -> dict[str, Any]:
    """Describe the environment, JSON-serialisable."""
    return {
        "python": platform.python_version(),
        "packages": package_versions(),
        "machine": {
            "system": platform.platform(),
            "architecture": platform.machine(),
            "cores": os.cpu_count(),
        },
        "code_revision": code_revision(),
    }


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
