"""The errors that simulations have found in the service, planted again, so that each is found once more."""

from tests.simulation.mutants.mutant import Mutant

FOUND = [
    Mutant(
        "mail_timeout_raises",
        "chalicelib/mail/sending.py",
        '        details = (getattr(error, "response", None) or {}).get("Error", {})  # without an answer it is None\n',
        '        details = getattr(error, "response", {}).get("Error", {})\n',
        "A mail that SES does not answer in time ends the request with 500.",
        survives="Both attempts to send a mail must get no answer, which few seeds do. A test of invitations finds it.",
    ),
    Mutant(
        "note_not_replaced",
        "chalicelib/domain/accounts/recent_mails.py",
        "    note.replaced = last_mail.about if last_mail else None\n",
        "    note.replaced = None\n",
        "Asking again for a new address, after a request that was cut off, is answered with 409 for ten minutes.",
        scenario="addresses change",
    ),
    Mutant(
        "expired_chunks_not_read",
        "chalicelib/http/idempotency.py",
        "        rows = table.get_many(refs)  # DynamoDB removes each expired row on its own, days later\n",
        "        rows = table.get_many([])\n",
        "A large answer cannot be kept where parts of an expired one lie: 409 after the work was done, each time.",
    ),
    Mutant(
        "comments_deleted_first",
        "chalicelib/domain/activities/activities.py",
        "        yield Change(None, save=[activity], delete=outdated)\n",
        "        pass\n",
        "The deletion of an activity loses its comments when it is refused half-way, and new ones may stay behind.",
        further=(
            (
                "    *batches, last = deletion.delete_with_comments(caller, activity)\n",
                "    activity.deleted_by = None\n"
                "    *batches, last = deletion.delete_with_comments(caller, activity)\n"
                "    last = Change(None, delete=[*last.delete, *outdated])\n",
            ),
        ),
        scenario="an activity is discussed and deleted",
    ),
    Mutant(
        "hidden_beside_the_deleted_object",
        "chalicelib/domain/ogsm/deletion.py",
        "        yield Change(None, save=[root, *batch], resumes=has_begun)\n",
        "        yield Change(None, save=batch if has_begun else [root, *batch], resumes=has_begun)\n",
        "Of two deletions of an object, one hides what has just arrived, and the other finishes without it.",
        scenario="strategies share KPIs",
    ),
    Mutant(
        "moved_invitation_not_followed",
        "chalicelib/domain/people/invitation_mails.py",
        "    moved = [copy for copy in stored if not copy.is_canonical and copy.user != copies[0].user]\n",
        "    moved: list[Invitation] = []\n",
        "An invitation that passes to another user while its mail is sent does not say there that it was sent.",
        scenario="addresses change",
        survives="Hardly any address is confirmed while a mail to it is sent. A test of that moment finds it.",
    ),
    Mutant(
        "planned_again_from_the_beginning",
        "chalicelib/storage/unit_of_work.py",
        "                change = again if again.replan else replace(again, replan=change.replan)\n",
        "                change = again\n",
        "A request that has delegated and mailed is planned anew, if its delegation ends before the mail is noted.",
        survives="The answer must then lose another race when it is kept. A test of that moment finds it.",
    ),
]
