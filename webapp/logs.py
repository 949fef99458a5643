"""The logs of a process: structlog for our own lines and everybody else's, in one form."""

import logging.config
from typing import Any

import structlog

from warehouse.settings import ServingSettings

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
_NAMES = ("_granian", "granian.access")


def logging_config(settings: ServingSettings) -> dict[str, Any]:
    """Configure Python's logging; the server sets it again in every process it starts.

    A traceback says where and why, and no more: the variables on its way hold
    the bundle, what people asked, and the password of the store.
    """
    if settings.log_format == "json":
        rendering = [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(),
        ]
    else:
        rendering = [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    handled = {"handlers": ["standard"], "level": settings.log_level.upper(), "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *rendering,
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"standard": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["standard"], "level": settings.log_level.upper()},
        "loggers": {**dict.fromkeys(_NAMES, handled), "alembic": {"level": "WARNING"}},
    }


def configure_logs(settings: ServingSettings) -> None:
    """Log as the settings say, on standard error."""
    logging.config.dictConfig(logging_config(settings))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
