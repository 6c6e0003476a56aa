"""The Chalice app, built from the blueprints of all nouns."""

import gc

from chalice.app import Chalice

from chalicelib import config, routes
from chalicelib.http.authorizer import authorizer_blueprint
from chalicelib.http.routing import refuse_other_methods

gc.disable()  # next to nothing of what is made while modules load is garbage, and looking for it takes 35 ms

app = Chalice(app_name="ogsm-workspaces")
app.register_blueprint(authorizer_blueprint)
for blueprint in routes.load_blueprints():
    app.register_blueprint(blueprint)
refuse_other_methods(app)

gc.freeze()
gc.enable()

if config.CHALICE_LOCAL:  # answer as API Gateway does
    from chalicelib.http import local_server

    local_server.install()
