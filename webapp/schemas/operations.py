"""Schemas of how the service is, and of every error."""

from marshmallow import Schema, fields

from webapp.schemas.described import VERSION, number, text, words


class Error(Schema):
    """What went wrong, in one shape for every endpoint."""

    code = number(422)
    status = text("Unprocessable Entity")
    message = text("k: 101: expected a whole number from 1 to 100")
    errors = fields.Dict(
        metadata={
            "example": {"json": {"k": ["101: expected a whole number from 1 to 100"]}},
            "description": "By place (json or query) and field; or the id and the reason.",
        }
    )


class HealthAnswer(Schema):
    """What serves, and since when; everything of the model is null where there is none."""

    status = words("no_model: no bundle is loaded.", ("ok", "draining", "no_model"))
    model_version = text(VERSION, allow_none=True)
    model_loaded_at = fields.DateTime(
        required=True, allow_none=True, metadata={"example": "2026-01-05T10:00:00+00:00"}
    )
    model_refused = fields.String(
        required=True,
        allow_none=True,
        metadata={"example": None, "description": "Why the bundle that is to serve does not."},
    )
    uptime_seconds = fields.Float(required=True, metadata={"example": 86.4})
    n_users = number(943, allow_none=True)
    n_items = number(1682, allow_none=True)
    data_cutoff = fields.DateTime(
        required=True, allow_none=True, metadata={"example": "1998-04-22T23:10:38+00:00"}
    )
    bundle_hash = text("3f1c0e5a", allow_none=True)
    log_queue_depth = number(0)


class LiveAnswer(Schema):
    """The process answers."""

    status = words("Always alive.", ("alive",))


class ReadyAnswer(Schema):
    """Whether requests should come here."""

    status = words("Always ready; otherwise the answer is a 503 that says why.", ("ready",))
    model_version = text(VERSION)
