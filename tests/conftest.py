"""How the suite is shared out over processes."""

import pytest
from xdist.scheduler import LoadScopeScheduling


class _ByFolder(LoadScopeScheduling):
    """Keeps the tests of one folder in one process, where they share what they build."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("/")[1]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFolder:
    return _ByFolder(config, log)
