"""pyproject's warning filters, as pytest applies them here."""

import warnings

import pytest


@pytest.mark.parametrize("module", ["warehouse", "warehouse.files", "models_py.data.marts"])
def test_a_deprecation_in_our_own_code_is_an_error(module: str) -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn_explicit("old", DeprecationWarning, "file.py", 1, module=module)
