"""``/docs``: Swagger UI from the files of an installed package, nothing from elsewhere."""

from importlib.resources import files

import flask

PATH = "/docs"
_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# A script file and not part of the page, so that no script in a page need be allowed.
_START = """\
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: document.body.dataset.document,
    dom_id: "#swagger-ui",
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
"""
_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{{ title }}</title>
    <link rel="stylesheet" href="{{ file('swagger-ui.css') }}">
    <link rel="icon" type="image/png" href="{{ file('favicon-32x32.png') }}">
  </head>
  <body data-document="{{ document }}">
    <div id="swagger-ui"></div>
    <script src="{{ file('swagger-ui-bundle.js') }}"></script>
    <script src="{{ url_for('docs.start') }}"></script>
  </body>
</html>
"""


def docs_blueprint(title: str) -> flask.Blueprint:
    """Pages for people; they are no part of the OpenAPI document.

    Parameters
    ----------
    title : str
    """
    blueprint = flask.Blueprint("docs", __name__, url_prefix=PATH)
    folder = str(files("flask_swagger_ui") / "dist")

    @blueprint.get("")
    def page() -> str:
        return flask.render_template_string(
            _PAGE,
            title=title,
            document=flask.url_for("document.openapi"),
            file=lambda name: flask.url_for("docs.file", name=name),
        )

    @blueprint.get("/start.js")
    def start() -> flask.Response:
        return flask.Response(_START, mimetype="text/javascript")

    @blueprint.get(f"/<any({','.join(repr(name) for name in _FILES)}):name>")
    def file(name: str) -> flask.Response:
        return flask.send_from_directory(folder, name)

    return blueprint
