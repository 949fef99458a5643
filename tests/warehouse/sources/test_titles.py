import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.sources.titles import split_title


@pytest.mark.parametrize(
    ("source", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Seven (Se7en) (1995)", "Seven (Se7en)", 1995),
        ("Hollywood Madam (1995) ", "Hollywood Madam", 1995),
        ("Great Giving (1995) (V)", "Great Giving", 1995),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975),
        ("Big Bang Theory, The (2007-)", "Big Bang Theory, The", 2007),
        ("Death Note (2006–2007)", "Death Note", 2006),
        ("2046 (2004)", "2046", 2004),
        ("Babylon 5", "Babylon 5", None),
        ("unknown", "unknown", None),
        ("Blade Runner 2049", "Blade Runner 2049", None),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009),
        ("Se7en (195)", "Se7en (195)", None),
        ("(1995)", "(1995)", None),
        ("", "", None),
    ],
)
def test_known_shapes(source: str, title: str, year: int | None) -> None:
    assert split_title(source) == (title, year)


@given(st.text(), st.integers(1870, 2099))
def test_any_name_comes_back_from_its_title(name: str, year: int) -> None:
    name = f"Film {name}".replace("\n", " ").replace("\r", " ").strip()
    assert split_title(f"{name} ({year})") == (name, year)


@given(st.text())
def test_no_title_is_refused(source: str) -> None:
    title, year = split_title(source)
    assert title == title.strip()
    assert year is None or str(year) in source
