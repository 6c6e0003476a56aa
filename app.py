"""The composition root: Chalice's app, put together from its parts."""

import gc

from chalice.app import Chalice

from chalicelib import config
from chalicelib.http.authorizer import authorizer_blueprint
from chalicelib.http.routing import refuse_other_methods
from chalicelib.routes import (
    actions,
    activities,
    alarms,
    assets,
    audit,
    comments,
    contract,
    credentials,
    delegations,
    flat_stacks,
    follows,
    health,
    invitation_links,
    invitations,
    items,
    me,
    oauth,
    pages,
    session,
    settings,
    stacks,
    users,
    workspaces,
)

gc.disable()  # next to nothing of what is made while modules load is garbage, and looking for it takes 35 ms

app = Chalice(app_name="ogsm-workspaces")
app.register_blueprint(authorizer_blueprint)
for noun in (
    actions,
    workspaces,
    stacks,
    items,
    activities,
    delegations,
    alarms,
    flat_stacks,
    comments,
    invitations,
    credentials,
    users,
    me,
    follows,
    audit,
    oauth,
    session,
    pages,
    settings,
    invitation_links,
    assets,
    contract,
    health,
):
    app.register_blueprint(noun.routes)
refuse_other_methods(app)

gc.freeze()
gc.enable()

if config.CHALICE_LOCAL:  # answer as API Gateway does; infra is not in the package
    from chalicelib.http import local_server

    local_server.install()
