"""The verdict on the service targets, from what clients have seen."""

from collections import Counter

import pytest

from scripts.service_targets import Seen, report


def _client(**changes) -> Seen:
    client = Seen(personal=100, fallbacks=5)
    client.latencies = {"/recommend": [9.0] * 100, "/similar": [9.0] * 9, "/popular": [1.0]}
    client.statuses.update({200: 110})
    for name, value in changes.items():
        setattr(client, name, value)
    return client


def test_everything_answered_in_time_keeps_the_targets() -> None:
    assert report([_client(), _client()], minutes=1, connections=2)


@pytest.mark.parametrize(
    "changes",
    [
        {"latencies": {"/recommend": [9.0] * 9 + [190.0], "/similar": [9.0]}},
        {"latencies": {"/recommend": [9.0], "/similar": [51.0]}},
        {"latencies": {"/recommend": [9.0]}},
        {"latencies": {}, "personal": 0, "fallbacks": 0},
        {"fallbacks": 10},
        {"statuses": Counter({200: 109, 503: 1})},
        {"statuses": Counter({200: 109, 422: 1})},
        {"statuses": Counter({200: 109, 0: 1})},
    ],
)
def test_each_target_can_be_missed(changes) -> None:
    assert not report([_client(**changes)], minutes=1, connections=1)
