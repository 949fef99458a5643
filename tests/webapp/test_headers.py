"""Headers of every response, who may call from where, and whose word counts."""

import flask
import pytest

EVERY = ["/health", "/nothing", "/popular?k=x", "/openapi.json", "/docs", "/docs/swagger-ui.css"]


@pytest.mark.parametrize("path", EVERY)
def test_every_response_is_named_and_guarded(client, path):
    headers = client.get(path).headers
    assert len(headers["X-Request-ID"]) == 36
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_answers_are_kept_by_nobody_on_the_way(client):
    assert client.get("/popular").headers["Cache-Control"] == "no-store"


def test_a_client_cannot_choose_the_request_id(client):
    given = client.get("/livez", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"]
    assert given != "mine"


def test_no_cookie_is_set(client):
    assert "Set-Cookie" not in client.get("/docs").headers


def test_head_and_options_work(client):
    head = client.head("/popular")
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    options = client.options("/recommend")
    assert options.status_code == 200
    assert "POST" in options.headers["Allow"]


def test_no_other_origin_may_call_by_default(client):
    headers = client.get("/popular", headers={"Origin": "https://example.org"}).headers
    assert not [name for name, _ in headers if name.startswith("Access-Control")]


def test_a_chosen_origin_may_call(make_app):
    client = make_app(CORS_ORIGINS="https://example.org, https://two.example").test_client()
    allowed = client.get("/popular", headers={"Origin": "https://example.org"}).headers
    assert allowed["Access-Control-Allow-Origin"] == "https://example.org"
    assert "X-Request-ID" in allowed["Access-Control-Expose-Headers"]
    refused = client.get("/nothing", headers={"Origin": "https://evil.example"}).headers
    assert "Access-Control-Allow-Origin" not in refused
    preflight = client.options(
        "/recommend",
        headers={
            "Origin": "https://two.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    ).headers
    assert preflight["Access-Control-Allow-Origin"] == "https://two.example"
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    assert preflight["Access-Control-Allow-Headers"] == "content-type"


@pytest.mark.parametrize(
    "origin", ["https://example.org.evil.example", "https://exampleXorg", "http://example.org"]
)
def test_an_origin_that_only_looks_like_a_chosen_one_may_not(make_app, origin):
    client = make_app(CORS_ORIGINS="https://example.org").test_client()
    headers = client.get("/popular", headers={"Origin": origin}).headers
    assert "Access-Control-Allow-Origin" not in headers


def test_all_origins_may_call_where_that_is_chosen(make_app):
    client = make_app(CORS_ORIGINS="*").test_client()
    headers = client.get("/popular", headers={"Origin": "https://any.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "https://any.example"
    assert "Access-Control-Allow-Credentials" not in headers


FORWARDED = {
    "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
    "X-Forwarded-Proto": "https, https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "//evil.example",
}


@pytest.mark.parametrize(
    ("trusted", "address", "scheme"),
    [("0", "127.0.0.1", "http"), ("1", "203.0.113.9", "https"), ("2", "6.6.6.6", "https")],
)
def test_only_trusted_proxies_are_believed(make_app, trusted, address, scheme):
    app = make_app(TRUSTED_PROXIES=trusted)
    seen = []
    app.before_request(lambda: seen.append((flask.request.remote_addr, flask.request.scheme)))
    app.test_client().get("/docs", headers=FORWARDED)
    assert seen == [(address, scheme)]


@pytest.mark.parametrize("trusted", ["0", "1"])
def test_no_proxy_chooses_the_host_or_where_our_pages_lie(make_app, trusted):
    app = make_app(TRUSTED_PROXIES=trusted)
    seen = []
    app.before_request(lambda: seen.append(flask.request.host))
    page = app.test_client().get("/docs", headers=FORWARDED).text
    assert seen == ["localhost"]
    assert "evil" not in page
    assert 'src="/docs/start.js"' in page
    assert 'data-document="/openapi.json"' in page
