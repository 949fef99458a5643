"""The page for people: everything on it comes from this server, as its policy demands."""

import re


def test_it_asks_for_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    assert "http" not in page
    for address in re.findall(r'(?:src|href|data-document)="([^"]+)"', page):
        response = client.get(address)
        assert response.status_code == 200, address
        response.close()


def test_its_policy_allows_its_own_scripts_only(client):
    response = client.get("/docs")
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self'" in policy
    assert not re.search(r"<script>|<script [^>]*>[^<]|\son\w+=", response.text)
    assert 'style="' not in response.text


def test_files_have_their_types(client):
    for name, kind in (
        ("start.js", "text/javascript"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-ui.css", "text/css"),
        ("favicon-32x32.png", "image/png"),
    ):
        response = client.get(f"/docs/{name}")
        assert response.content_type.startswith(kind)
        response.close()


def test_other_files_of_the_package_are_not_served(client):
    assert client.get("/docs/oauth2-redirect.html").status_code == 404
    assert client.get("/docs/../__init__.py").status_code == 404
