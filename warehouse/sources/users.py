"""Reading an edition's file of users, where it has one (ML-100K and ML-1M)."""

import pyarrow as pa

from warehouse.sources.formats import TAB, Family
from warehouse.sources.lines import numbered_lines
from warehouse.sources.rejects import DUPLICATE_ID, MALFORMED, RejectLog

USERS_SCHEMA = pa.schema(
    [
        pa.field("user_id", pa.int32(), nullable=False),
        pa.field("age", pa.int32()),
        pa.field("gender", pa.string()),
        pa.field("occupation", pa.string()),
        pa.field("zip_code", pa.string()),
    ]
)

# ML-1M gives a code; its README gives these names.
OCCUPATIONS = (
    "other",
    "academic/educator",
    "artist",
    "clerical/admin",
    "college/grad student",
    "customer service",
    "doctor/health care",
    "executive/managerial",
    "farmer",
    "homemaker",
    "K-12 student",
    "lawyer",
    "programmer",
    "retired",
    "sales/marketing",
    "scientist",
    "self-employed",
    "technician/engineer",
    "tradesman/craftsman",
    "unemployed",
    "writer",
)


def read_users(text: str, family: Family, file: str, log: RejectLog) -> pa.Table:
    """Parse a file of users.

    Parameters
    ----------
    text : str
        Empty where the edition has no users.
    family : Family
    file : str
        Base name, for the rejects.
    log : RejectLog
        Gets malformed lines and repeated ids (the first one stays).

    Returns
    -------
    pa.Table
        Of `USERS_SCHEMA`, ordered by ``user_id``. In ML-1M ``age`` is the
        lower bound of an age group.
    """
    split = _split_tab if family is TAB else _split_double_colon
    users: dict[int, dict[str, object]] = {}
    for number, line in numbered_lines(text):
        log.rows_read += 1
        try:
            user_id, age, gender, occupation, zip_code = split(line)
            known: dict[str, object] = {
                "user_id": _natural(user_id),
                "age": _natural(age) if age else None,
                "gender": gender or None,
                "occupation": occupation or None,
                "zip_code": zip_code.strip() or None,
            }
        except (ValueError, IndexError):
            log.add(file, MALFORMED, [number], [line])
            continue
        if known["user_id"] in users:
            log.add(file, DUPLICATE_ID, [number], [line])
            continue
        users[_natural(user_id)] = known
    return pa.Table.from_pylist([users[key] for key in sorted(users)], schema=USERS_SCHEMA)


def _natural(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number


def _split_tab(line: str) -> tuple[str, str, str, str, str]:
    user_id, age, gender, occupation, zip_code = line.split("|")
    return user_id, age, gender, occupation, zip_code


def _split_double_colon(line: str) -> tuple[str, str, str, str, str]:
    user_id, gender, age, code, zip_code = line.split("::")
    number = int(code)
    if number < 0:
        raise ValueError(code)
    return user_id, age, gender, OCCUPATIONS[number], zip_code
