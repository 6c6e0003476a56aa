"""Planted mistakes in chalicelib/http."""

from tests.simulation.mutants.mutant import Mutant

IDEMPOTENCY, EXECUTION = "chalicelib/http/idempotency.py", "chalicelib/http/execution.py"

HTTP = [
    Mutant(
        "receipt_before_commit",
        EXECUTION,
        "            change = self._key.complete(change)\n",
        "            kept = self._key.complete(Change(change.answer))\n            unit_of_work.run(lambda: kept)\n",
        "The receipt is saved before the change, so that a repetition hears of work that was not done.",
    ),
    Mutant(
        "receipt_after_commit",
        EXECUTION,
        "            change = self._key.complete(change)\n",
        "            pass\n",
        "The receipt is saved after the change, so that a repetition does the work again.",
        further=(
            (
                "            return unit_of_work.run(self.plan, self.prepare, self.author, writer)",
                "            answer = unit_of_work.run(self.plan, self.prepare, self.author, writer)\n"
                "            if self._key and self._request:\n"
                "                kept = self._key.complete(Change(answer))\n"
                "                unit_of_work.run(lambda: kept)\n"
                "            return answer",
            ),
        ),
    ),
    Mutant(
        "claim_unchecked",
        IDEMPOTENCY,
        '        if not receipt.status:\n            raise errors.Conflict(IN_PROGRESS, {"Retry-After": "5"})\n',
        "        if not receipt.status:\n            return None\n",
        "A request does not wait for another one with the same Idempotency-Key.",
    ),
    Mutant(
        "claim_answers",
        IDEMPOTENCY,
        'self._fill_in(ApiResponse("", 0), CLAIM_LIFETIME)',
        'self._fill_in(ApiResponse("", 204), CLAIM_LIFETIME)',
        "The claim of an Idempotency-Key is answered like a finished request.",
    ),
    Mutant(
        "claim_never_expires",
        IDEMPOTENCY,
        "if receipt.ttl is None or receipt.ttl <= clock.current_time():",
        "if receipt.ttl is None:",
        "The claim of a request that was cut off keeps everybody from finishing its work.",
    ),
    Mutant(
        "fingerprint_ignored",
        IDEMPOTENCY,
        "        if receipt.fingerprint != self._fingerprint:\n"
        '            raise errors.KeyReused("This Idempotency-Key was already used for a different request.")\n',
        "",
        "A kept answer is given to a different request with the same Idempotency-Key.",
    ),
    Mutant(
        "receipt_overwritten",
        IDEMPOTENCY,
        "receipt = self._receipt = table.get(Receipt.ref(*self._ids)) or Receipt.at(*self._ids)",
        "receipt = table.get(Receipt.ref(*self._ids)) or Receipt.at(*self._ids)",
        "An expired claim is replaced as if there were none, which never succeeds.",
    ),
    Mutant(
        "release_forgotten",
        EXECUTION,
        "            if self._key and self._key.is_claimed and problem.status < 500:\n",
        "            if self._key and self._key.is_claimed and problem.status < 400:\n",
        "A request that was refused after its first commit keeps its Idempotency-Key claimed.",
        survives="The claim ends after a minute, and clients repeat a refused request hardly ever, or later. A test of"
        " refused requests finds it.",
    ),
    Mutant(
        "if_match_ignored",
        EXECUTION,
        "            change = self._require_if_match(self._request, change)\n",
        "            pass\n",
        "If-Match is not checked.",
    ),
    Mutant(
        "if_match_before_reading",
        EXECUTION,
        "            change = self._require_if_match(self._request, change)\n",
        "            pass\n",
        "If-Match is checked before the object is read for the change, so that another change fits in between.",
        further=(
            (
                "        self._request = request = self._read_request()\n",
                "        self._request = request = self._read_request()\n"
                "        self._require_if_match(request, Change(None))\n",
            ),
        ),
    ),
]
