"""/settings/webhooks: the pages on which admins manage webhooks.

The views import the rules when they are called, because few requests need them.
"""

from typing import TYPE_CHECKING, Any

from chalicelib import clock
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.json_text import JsonObject
from chalicelib.pages import page_forms, rendering
from chalicelib.pages.page_forms import Form, FormError, FormPage
from chalicelib.pages.rendering import HTML
from chalicelib.schemas.changes import OBJECT_KINDS
from chalicelib.schemas.webhooks import DEFAULT_OVERLAP, NEW_WEBHOOK, WEBHOOK, WEBHOOK_ROTATION
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.schema import parameters
from chalicelib.validation.types import Enum

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.webhooks import WebhookView

routes = Routes(__name__)
PATH = "/settings/webhooks"
ONE = f"{PATH}/{{webhook_id}}"
LISTED_DELIVERIES = 50
NEWS = {"changed": "The webhook was changed.", "deleted": "The webhook was deleted."}
DONE = parameters(done=Enum(tuple(NEWS), name="WebhookNews"))
OVERLAPS = {
    0: "no longer signs",
    3600: "signs as well for another hour",
    86_400: "signs as well for another day",
    604_800: "signs as well for another week",
}
FIELDS = {"url": "URL", "label": "Label", "kinds": "Kinds", "enabled": "State", "overlap": "The old secret"}


@routes.get(PATH, query=DONE, media_type=HTML)
def show_webhooks(request: ApiRequest) -> ApiResponse:
    """Shows the webhooks of the account. For admins."""
    return _list_page(request, news=NEWS.get(request.query.get("done", "")))


@routes.post(PATH, body=None, media_type=HTML, statuses=(200,))
def submit_webhook(request: ApiRequest) -> Steps[ApiResponse]:
    """Creates a webhook and shows its secret, once."""
    from chalicelib.domain.webhooks import webhooks

    def plan(form: Form) -> "Change[WebhookView]":
        return webhooks.create_webhook(request.caller, NEW_WEBHOOK.check(page_forms.without_blanks(form)))

    return page_forms.submit_form(request, LIST_PAGE, "create", plan, _secret_page)


@routes.get(ONE, query=DONE, media_type=HTML)
def show_webhook(request: ApiRequest, webhook_id: str) -> ApiResponse:
    """Shows a webhook and its last deliveries. For admins."""
    return _one_page(request, webhook_id, news=NEWS.get(request.query.get("done", "")))


@routes.post(ONE, body=None, media_type=HTML, statuses=(303,))
def submit_webhook_details(request: ApiRequest, webhook_id: str) -> Steps[ApiResponse]:
    """Changes a webhook, or enables or disables it."""
    from chalicelib.domain.webhooks import webhooks

    def plan(form: Form) -> "Change[WebhookView]":
        fields = {"label": form.get("label") or "", "kinds": form.get("kinds") or []}
        details = page_forms.without_blanks({name: form.get(name) for name in ("url", "enabled")})
        return webhooks.update_webhook(request.caller, webhook_id, WEBHOOK.check(fields | details))

    done = page_forms.redirect(f"{PATH}/{webhook_id}?done=changed")
    return page_forms.submit_form(request, _page_of(webhook_id), webhook_id, plan, done)


@routes.post(f"{ONE}/rotate", body=None, media_type=HTML, statuses=(200,))
def submit_webhook_rotation(request: ApiRequest, webhook_id: str) -> Steps[ApiResponse]:
    """Gives a webhook a new secret and shows it, once."""
    from chalicelib.domain.webhooks import webhooks

    def plan(form: Form) -> "Change[WebhookView]":
        overlap = WEBHOOK_ROTATION.check(page_forms.without_blanks(form)).get("overlap", DEFAULT_OVERLAP)
        return webhooks.rotate_secret(request.caller, webhook_id, overlap)

    return page_forms.submit_form(request, _page_of(webhook_id), "rotate", plan, _secret_page)


@routes.post(f"{ONE}/test", body=None, media_type=HTML, statuses=(200,))
def submit_webhook_test(request: ApiRequest, webhook_id: str) -> Steps[ApiResponse]:
    """Sends a test to a webhook and shows how that went."""
    from chalicelib.domain.webhooks import deliveries

    rendering.require_same_origin_form(request)
    tested = yield from deliveries.send_test(request.caller, webhook_id)
    yield tested
    return Change(_one_page(request, webhook_id, tested=tested.answer))


@routes.post(f"{ONE}/delete", body=None, media_type=HTML, statuses=(303,))
def submit_webhook_deletion(request: ApiRequest, webhook_id: str) -> Steps[ApiResponse]:
    """Deletes a webhook."""
    from chalicelib.domain.webhooks import webhooks

    def plan(_: Form) -> Change[None]:
        return webhooks.delete_webhook(request.caller, webhook_id)

    done = page_forms.redirect(f"{PATH}?done=deleted")
    return page_forms.submit_form(request, _page_of(webhook_id), "delete", plan, done)


def _secret_page(request: ApiRequest, issued: "WebhookView") -> ApiResponse:
    return _one_page(request, issued.webhook.id, issued=issued)


def _list_page(
    request: ApiRequest, status: int = 200, *, news: str | None = None, form_error: FormError | None = None
) -> ApiResponse:
    from chalicelib.domain.webhooks import webhooks

    words = {"webhooks": webhooks.list_webhooks(request.caller), "news": news, "trouble": form_error}
    return _page(request, "settings_webhooks", words, status)


def _one_page(
    request: ApiRequest,
    webhook_id: str,
    status: int = 200,
    *,
    news: str | None = None,
    issued: "WebhookView | None" = None,
    tested: JsonObject | None = None,
    form_error: FormError | None = None,
) -> ApiResponse:
    from chalicelib.domain.webhooks import deliveries

    view, shown = deliveries.show_deliveries(request.caller, webhook_id, LISTED_DELIVERIES)
    words = {
        "view": view,
        "deliveries": shown,
        "overlaps": OVERLAPS,
        "overlap": DEFAULT_OVERLAP,
        "news": news,
        "issued": issued,
        "tested": tested,
        "trouble": form_error,
    }
    return _page(request, "settings_webhook", words, status)


def _page(request: ApiRequest, template: str, words: dict[str, Any], status: int) -> ApiResponse:
    shared = {"may_write": request.caller.scope == "write", "kinds": OBJECT_KINDS, "now": clock.now()}
    return rendering.page_response(request, template, words | shared, status, rendering.SCRIPT_POLICY)


LIST_PAGE = FormPage(FIELDS, lambda request, status, error: _list_page(request, status, form_error=error))


def _page_of(webhook_id: str) -> FormPage:
    """Return the page of a webhook, to show an error of its forms."""
    return FormPage(FIELDS, lambda request, status, error: _one_page(request, webhook_id, status, form_error=error))
