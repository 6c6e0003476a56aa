"""The forms of pages: carrying one out, and showing the page again with the error beside the form."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from chalicelib import errors
from chalicelib.http.request import ApiRequest, read_form
from chalicelib.http.response import ApiResponse
from chalicelib.pages import rendering
from chalicelib.storage.unit_of_work import Change, Steps

Form = dict[str, Any]
Redirect = Callable[[ApiRequest, Any], ApiResponse]


class FormError(NamedTuple):
    """The error of a form: which form, the values that were sent, the problem, and the labels of the form's fields."""

    form: str  # "create", or the id of what is changed
    sent: Form
    problem: errors.Problem
    labels: Mapping[str, str]

    @property
    def text(self) -> str:
        """Return the error as a sentence: the message, or a fragment for each wrong field."""
        fragments = [f"{self.labels.get(name, name)} {detail}" for name, detail in self.fields.items()]
        text = "; ".join(fragments) or self.problem.detail
        return f"{text[:1].upper()}{text[1:].removesuffix('.')}."

    @property
    def fields(self) -> dict[str, str]:
        """Return the fragments that say what is wrong, by field."""
        field_errors = self.problem.errors if isinstance(self.problem, errors.Invalid) else []
        return {error["pointer"].removeprefix("#/"): error["detail"] for error in field_errors}


class FormPage(NamedTuple):
    """A page with forms: the labels of their fields, and the function that shows the page with an error."""

    labels: Mapping[str, str]
    show_error: Callable[[ApiRequest, int, FormError], ApiResponse]


def submit_form(
    request: ApiRequest,
    page: FormPage,
    name: str,
    plan: Callable[[Form], Change[Any]],
    make_response: Callable[[ApiRequest, Any], ApiResponse],
) -> Steps[ApiResponse]:
    """Carry out a form. If that fails, show the page again with the error beside the form, and with the values sent.

    The answer is planned after the commit, so that the page shows what was changed.
    """
    rendering.require_same_origin_form(request)
    form = read_form(request.raw)
    try:
        outcome = yield replace(plan(form), replan=lambda: plan(form))
    except (errors.Conflict, errors.Forbidden, errors.Invalid, errors.NotFound) as problem:
        return Change(page.show_error(request, problem.status, FormError(name, form, problem, page.labels)))
    return Change(make_response(request, outcome))


def redirect(path: str) -> Redirect:
    """Return a function that leads to another page of this service."""
    return lambda request, _: ApiResponse("", 303, {"Location": request.href(path)})


def without_blanks(form: Form) -> Form:
    """Return the fields of a form that have a value."""
    return {name: value for name, value in form.items() if value is not None}
