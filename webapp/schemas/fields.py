"""Fields of requests: each says what it accepts, in one place for all its uses.

``accepts`` decides, the error names the value and what was expected, the OpenAPI
document shows the same bounds, and `webapp.schemas.loading` calls ``accepts``
directly where a request is plainly valid.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from marshmallow import Schema, ValidationError, fields

from webapp.schemas.loading import Question
from webapp.schemas.showing import shown

LARGEST_ID = 2**31 - 1


def _messages(expects: str) -> dict[str, Any]:
    return {
        "required": f"missing: expected {expects}",
        "null": f"null: expected {expects}",
    }


class AcceptingField(fields.Field[Any], ABC):
    """Base: a field that takes some values just as they come, and no others.

    Parameters
    ----------
    expects : str
        What is accepted, in words.
    documented : mapping
        The same as properties of JSON Schema.
    options
        Those of marshmallow's fields.
    """

    def __init__(self, expects: str, documented: dict[str, Any], **options: Any) -> None:
        metadata = {**documented, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, error_messages=_messages(expects), **options)
        self.expects = expects

    @abstractmethod
    def accepts(self, value: Any) -> bool:
        """Whether `value` is loaded as it is."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if not self.accepts(value):
            raise ValidationError(f"{shown(value)}: expected {self.expects}")
        return value


class WholeNumber(AcceptingField):
    """Whole number within bounds; ``10.0`` counts as one, ``"10"`` and ``true`` do not.

    Parameters
    ----------
    low, high : int
        Both included.
    """

    def __init__(self, low: int, high: int, **options: Any) -> None:
        self.low, self.high = low, high
        documented = {"type": "integer", "minimum": low, "maximum": high}
        super().__init__(f"a whole number from {low} to {high}", documented, **options)

    def accepts(self, value: Any) -> bool:
        """See `AcceptingField.accepts`."""
        return (type(value) is int and self.low <= value <= self.high) or (
            value is None and self.allow_none
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        in_bounds = isinstance(value, float) and self.low <= value <= self.high
        whole = int(value) if in_bounds and value.is_integer() else value
        return super()._deserialize(whole, attr, data, **kwargs)


class TrueOrFalse(AcceptingField):
    """JSON's ``true`` or ``false``, nothing that is merely like one."""

    def __init__(self, **options: Any) -> None:
        super().__init__("true or false", {"type": "boolean"}, **options)

    def accepts(self, value: Any) -> bool:
        """See `AcceptingField.accepts`."""
        return type(value) is bool


class Text(AcceptingField):
    """Text of bounded length.

    Parameters
    ----------
    longest : int
        Characters; at least one is needed.
    """

    def __init__(self, longest: int, **options: Any) -> None:
        self.longest = longest
        documented = {"type": "string", "minLength": 1, "maxLength": longest}
        super().__init__(f"a text of 1 to {longest} characters", documented, **options)

    def accepts(self, value: Any) -> bool:
        """See `AcceptingField.accepts`."""
        return type(value) is str and 1 <= len(value) <= self.longest


class Choice(AcceptingField):
    """One of a few words."""

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        self.choices = tuple(choices)
        documented = {"type": "string", "enum": list(choices)}
        super().__init__(f"one of {', '.join(choices)}", documented, **options)

    def accepts(self, value: Any) -> bool:
        """See `AcceptingField.accepts`."""
        return type(value) is str and value in self.choices


class ListOf(fields.List[Any]):
    """List of bounded length.

    Parameters
    ----------
    inner : AcceptingField
    longest, shortest : int
    """

    inner: AcceptingField

    def __init__(
        self, inner: AcceptingField, longest: int, shortest: int = 0, **options: Any
    ) -> None:
        self.longest, self.shortest = longest, shortest
        self.expects = f"a list of {shortest} to {longest} entries"
        metadata = {"minItems": shortest, "maxItems": longest, **options.pop("metadata", {})}
        super().__init__(
            inner, metadata=metadata, error_messages=_messages(self.expects), **options
        )

    def accepts(self, value: Any) -> bool:
        """See `AcceptingField.accepts`."""
        return self._fits(value) and all(map(self.inner.accepts, value))

    def _fits(self, value: Any) -> bool:
        return type(value) is list and self.shortest <= len(value) <= self.longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not self._fits(value):
            raise ValidationError(f"{shown(value)}: expected {self.expects}")
        return super()._deserialize(value, attr, data, **kwargs)


class Part(fields.Nested):
    """Object within the request, of a schema of its own, none of whose fields is required.

    Parameters
    ----------
    schema : Question class
    """

    def __init__(self, schema: type[Question], **options: Any) -> None:
        self.expects = schema().expects
        super().__init__(schema, error_messages=_messages(self.expects), **options)

    def accepts(self, value: Any) -> bool:
        """See `AcceptingField.accepts`."""
        if type(value) is not dict:
            return False
        known = self.fields_within
        return all(name in known and known[name].accepts(entry) for name, entry in value.items())

    @cached_property
    def fields_within(self) -> dict[str, Any]:
        """Fields of the part, by name."""
        schema: Schema = self.schema
        return schema.fields

    def _deserialize(
        self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, dict):
            raise ValidationError(f"{shown(value)}: expected {self.expects}")
        return super()._deserialize(value, attr, data, partial=partial, **kwargs)
