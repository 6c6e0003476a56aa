"""The Chalice app, built from the blueprints of all nouns."""

import gc

from chalicelib import config

if config.FASTPATH:  # objects that are created while modules load stay; looking for garbage among them takes 35 ms
    gc.disable()

from chalice.app import Chalice

from chalicelib import routes
from chalicelib.http import error_pages
from chalicelib.http.authorizer import authorizer_blueprint
from chalicelib.http.routing import refuse_other_methods
from chalicelib.pages.error_page import render_error

app = Chalice(app_name="ogsm-workspaces")
app.api.binary_types = []  # http/pipeline.py encodes binary bodies, and infra/template.yaml says that there are some
app.register_blueprint(authorizer_blueprint)
for blueprint in routes.load_blueprints():
    app.register_blueprint(blueprint)
refuse_other_methods(app)
error_pages.register(render_error)

if config.FASTPATH:
    gc.freeze()
    gc.enable()

if config.CHALICE_LOCAL:  # answer as API Gateway does
    from chalicelib.http import local_server

    local_server.install()
